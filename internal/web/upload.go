package web

import (
	"context"
	"errors"
	"mime/multipart"
	"net/http"

	"uketsuke/internal/problem"
)

type uploadKey struct{}

// fileField is the field for the file of every form that sends one.
const fileField = "file"

// upload registers an act whose form may send files of up to most bytes together, besides texts. They lie in the system's
// temporary folder, not in memory, until the answer is given. A form that comes back after the session's end
// has lost its file: it is chosen again.
func (s *Server) upload(pattern string, a Access, most int64, texts body, do act, show page) {
	route := Route{Method: "POST", Pattern: pattern, Access: a, Body: most + texts.most, of: texts}
	s.routes = append(s.routes, route)
	s.mux.HandleFunc("POST "+pattern, func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(context.WithValue(r.Context(), uploadKey{}, most))
		defer func() {
			if r.MultipartForm == nil {
				return
			}
			if err := r.MultipartForm.RemoveAll(); err != nil {
				s.Log.ErrorContext(r.Context(), "removing uploaded files", "error", err)
			}
		}()
		s.visit(w, r, route, do, show)
	})
}

// mostUploaded is how many bytes the route of the request takes as files; 0 for every form without.
func mostUploaded(r *http.Request) int64 {
	most, _ := r.Context().Value(uploadKey{}).(int64)
	return most
}

// receiveFiles reads a form with files; nothing of it for somebody who is not signed in. It may take longer
// than a page.
func (v *visit) receiveFiles(most int64) error {
	if v.session.Actor.ID == "" {
		return nil
	}
	if err := v.wait(); err != nil {
		return err
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, v.route.Body)
	err := v.r.ParseMultipartForm(v.route.of.most)
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return problem.List{tooLarge(most)}
	case err != nil:
		return statusError(http.StatusBadRequest)
	}
	for field, files := range v.r.MultipartForm.File {
		if field != fileField || len(files) > 1 {
			return problem.List{problem.New(fileField, "R-APP-12", "ファイルは1つだけ選んでください。")}
		}
	}
	// Where no file was chosen, a browser sends the field with an empty name of a file, which reads as a text.
	if v.r.PostForm.Get(fileField) == "" {
		delete(v.r.PostForm, fileField)
	}
	return v.fewFields()
}

// file opens the one file of a field; none chosen is a problem at the field.
func (v *visit) file(field, rule string) (multipart.File, error) {
	file, _, err := v.r.FormFile(field)
	switch {
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		return nil, problem.List{problem.New(field, rule, "ファイルを選んでください。")}
	case err != nil:
		return nil, statusError(http.StatusBadRequest)
	}
	return file, nil
}

// tooLarge says the bound of a file in the unit in which it is a number to speak of.
func tooLarge(most int64) problem.Problem {
	if most < 1<<20 {
		return problem.New("file", "R-APP-12", "ファイルが大きすぎます（上限は%d KB）。分けるか、不要な内容を除いてください。", most>>10)
	}
	return problem.New("file", "R-APP-12", "ファイルが大きすぎます（上限は%d MB）。分けるか、不要な内容を除いてください。", most>>20)
}
