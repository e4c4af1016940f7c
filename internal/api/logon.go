package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// maxBody bounds a question.
const maxBody = 4 << 10

// checkLogon answers one check and counts it.
func (s *Server) checkLogon(w http.ResponseWriter, r *http.Request, g desk.Gateway) error {
	var asked LogonCheck
	if err := read(w, r, &asked); err != nil {
		return err
	}
	answer, err := s.Desk.CheckLogon(r.Context(), g, asked.UserID)
	if err != nil {
		return err
	}
	s.tally.add(desk.AnswerDay{Gateway: g.ID, Day: answer.Day}, answered(answer.Reason))
	return write(w, s.logonAnswer(answer))
}

func answered(reason contract.LogonReason) desk.Answers {
	switch reason {
	case contract.LogonEntitled:
		return desk.Answers{Entitled: 1}
	case contract.LogonNotIssued:
		return desk.Answers{Unknown: 1}
	}
	return desk.Answers{Denied: 1}
}

// readContract answers with a contract and counts that.
func (s *Server) readContract(w http.ResponseWriter, r *http.Request, g desk.Gateway) error {
	var on calendar.Date
	if typed := r.URL.Query().Get("on"); typed != "" {
		var err error
		if on, err = calendar.ParseDate(typed); err != nil {
			return problem.List{problem.New("on", "R-CON-2", "日付を読み取れません。2024-12-10のように、実在する日付を入力してください。")}
		}
	}
	page, err := s.Desk.ContractFor(r.Context(), g, r.PathValue("establishment"), on)
	if err != nil {
		return err
	}
	s.tally.add(desk.AnswerDay{Gateway: g.ID, Day: page.Today}, desk.Answers{Contracts: 1})
	return write(w, s.contractOf(page))
}

// sendDescription answers with openapi.yaml.
func (s *Server) sendDescription(w http.ResponseWriter, _ *http.Request, _ desk.Gateway) error {
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(openapi)))
	_, err := w.Write(openapi)
	return gone(err)
}

// read takes one JSON object of at most maxBody bytes, with no field that the message does not have and
// nothing behind it.
func read(w http.ResponseWriter, r *http.Request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return status(http.StatusUnsupportedMediaType)
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return status(http.StatusRequestEntityTooLarge)
	case err != nil || !plainObject(text):
		return status(http.StatusBadRequest)
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(into); err != nil {
		return status(http.StatusBadRequest)
	}
	return nil
}

// plainObject says whether a text is one JSON object whose names are in small letters and come once: the decoder takes
// a name in any case and the last of several, so that two readers of a message could see two things.
func plainObject(text []byte) bool {
	in := json.NewDecoder(bytes.NewReader(text))
	if begin, err := in.Token(); err != nil || begin != json.Delim('{') {
		return false
	}
	seen := map[string]bool{}
	for in.More() {
		token, err := in.Token()
		name, is := token.(string)
		if err != nil || !is || seen[name] || name != strings.ToLower(name) {
			return false
		}
		seen[name] = true
		var value json.RawMessage
		if in.Decode(&value) != nil {
			return false
		}
	}
	if _, err := in.Token(); err != nil {
		return false
	}
	_, err := in.Token()
	return errors.Is(err, io.EOF)
}

// write answers 200. Nothing keeps an answer: it is true for a moment.
func write(w http.ResponseWriter, message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	_, err = w.Write(text)
	return gone(err)
}

// gone forgets that whoever asked has left: there is nobody to tell.
func gone(error) error { return nil }
