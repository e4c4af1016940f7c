package catcher

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
)

// A Message is a caught mail as a reader sees it, decoded.
type Message struct {
	// ID names the mail within its catcher, in the order of arrival; "" for one that Decode made.
	ID        string
	From, To  string // as in 山田 <yamada@example.jp>
	Subject   string
	Body      string // lines end with "\n"
	MessageID string // without angle brackets
	Date      time.Time
}

// Decode reads a mail of plain text. An error says which part cannot be read.
func Decode(raw []byte) (Message, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Message{}, fmt.Errorf("read mail: %w", err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return Message{}, fmt.Errorf("decode subject: %w", err)
	}
	from, err := addresses(m.Header, "From")
	if err != nil {
		return Message{}, err
	}
	to, err := addresses(m.Header, "To")
	if err != nil {
		return Message{}, err
	}
	date, err := m.Header.Date()
	if err != nil {
		return Message{}, fmt.Errorf("read date of mail: %w", err)
	}
	body, err := readBody(m)
	return Message{
		From: from, To: to, Subject: subject, Body: body, Date: date,
		MessageID: strings.Trim(m.Header.Get("Message-ID"), "<> "),
	}, err
}

// addresses are those of a header, names decoded, separated by ", ".
func addresses(header mail.Header, key string) (string, error) {
	list, err := header.AddressList(key)
	if err != nil {
		return "", fmt.Errorf("read %s of mail: %w", key, err)
	}
	parts := make([]string, len(list))
	for i, a := range list {
		parts[i] = strings.TrimSpace(a.Name + " <" + a.Address + ">")
	}
	return strings.Join(parts, ", "), nil
}

// readBody undoes the transfer encoding.
func readBody(m *mail.Message) (string, error) {
	body := m.Body
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return "", fmt.Errorf("decode body of mail: %w", err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n"), nil
}
