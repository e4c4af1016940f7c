package kit

import (
	"context"
	"errors"
	"mime/multipart"
	"net/http"

	"uketsuke/internal/problem"
)

type uploadKey struct{}

// FileField is the field for the file of every form that sends one.
const FileField = "file"

// Upload registers an act whose form may send files of up to most bytes together, besides texts. They lie in the system's
// temporary folder, not in memory, until the answer is given. A form that comes back after the session's end
// has lost its file: it is chosen again.
func (s *Kit) Upload(pattern string, a Access, most int64, texts body, do Act, show Show) {
	route := Route{Method: "POST", Pattern: pattern, Access: a, Body: most + texts.Most, Of: texts}
	s.routes = append(s.routes, route)
	s.Mux.HandleFunc("POST "+pattern, func(w http.ResponseWriter, r *http.Request) {
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
func (v *Request) receiveFiles(most int64) error {
	if v.Session.Actor.ID == "" {
		return nil
	}
	if err := v.Wait(); err != nil {
		return err
	}
	v.HTTP.Body = http.MaxBytesReader(v.Out, v.HTTP.Body, v.route.Body)
	err := v.HTTP.ParseMultipartForm(v.route.Of.Most)
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return problem.List{tooLarge(most)}
	case err != nil:
		return StatusError(http.StatusBadRequest)
	}
	for field, files := range v.HTTP.MultipartForm.File {
		if field != FileField || len(files) > 1 {
			return problem.List{problem.New(FileField, "R-APP-12", "ファイルは1つだけ選んでください。")}
		}
	}
	// Where no file was chosen, a browser sends the field with an empty name of a file, which reads as a text.
	if v.HTTP.PostForm.Get(FileField) == "" {
		delete(v.HTTP.PostForm, FileField)
	}
	return v.fewFields()
}

// File opens the one file of a field; none chosen is a problem at the field.
func (v *Request) File(field, rule string) (multipart.File, error) {
	file, _, err := v.HTTP.FormFile(field)
	switch {
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		return nil, problem.List{problem.New(field, rule, "ファイルを選んでください。")}
	case err != nil:
		return nil, StatusError(http.StatusBadRequest)
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
