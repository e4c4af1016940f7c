package mail

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Fate is what a returned mail says of the mail it came back for.
type Fate string

// The fates. Neither is drawn from the sender's words alone where the standard's fields are there.
const (
	FateFailed  Fate = "failed"  // it did not arrive, and nobody tries any more
	FateDelayed Fate = "delayed" // it has not arrived yet; a server still tries
	FateNone    Fate = ""        // nothing of the kind: an answer by machine, a receipt
)

// A Bounce is what came back, as far as it is kept.
type Bounce struct {
	Fate Fate
	// Status is an enhanced status code (RFC 3463) such as "5.1.1", "" if none was given.
	Status string
	// Text is the server's own words: one clean line of at most maxBounceText characters. It may hold
	// the recipient's address.
	Text string
}

// Bounds of what is looked at. The whole of a returned mail is bounded by who receives it.
const (
	maxBounceText = 300
	maxParts      = 20
	maxReport     = 64 << 10 // bytes of a report or of a text that are read
	maxField      = 4 << 10  // bytes of one field of a report
	maxDepth      = 3        // of parts within parts
)

// ReadBounce reads a mail that came back: the report of RFC 3464, or a plain text of a mail server. An error
// says that it is no mail.
func ReadBounce(raw []byte) (Bounce, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Bounce{}, fmt.Errorf("read returned mail: %w", err)
	}
	found := look(textproto.MIMEHeader(m.Header), m.Body, maxDepth)
	if found.reported {
		return found.bounce, nil
	}
	return fromWords(m.Header, found.text), nil
}

// A sighting is what was found in a mail or a part of one.
type sighting struct {
	reported bool // there was a report; bounce is what it says
	bounce   Bounce
	text     string // the first plain text
}

// look goes through a part and the parts within it. What cannot be read is passed over.
func look(header textproto.MIMEHeader, body io.Reader, depth int) sighting {
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		kind = "text/plain" // as RFC 2045 has it for a mail that says nothing
	}
	switch {
	case kind == "message/delivery-status" || kind == "message/global-delivery-status":
		bounce, ok := readReport(decoded(header, body))
		return sighting{reported: ok, bounce: bounce}
	case strings.HasPrefix(kind, "multipart/") && depth > 0:
		return lookInside(multipart.NewReader(body, params["boundary"]), depth-1)
	case kind == "text/plain":
		return sighting{text: read(decoded(header, body))}
	}
	return sighting{}
}

func lookInside(parts *multipart.Reader, depth int) sighting {
	var all sighting
	for range maxParts {
		part, err := parts.NextRawPart()
		if err != nil {
			break
		}
		found := look(part.Header, part, depth)
		if found.reported {
			return found
		}
		if all.text == "" {
			all.text = found.text
		}
	}
	return all
}

// decoded undoes the transfer encoding of a part.
func decoded(header textproto.MIMEHeader, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(header.Get("Content-Transfer-Encoding"))) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	}
	return body
}

// read is the beginning of a text; a text that breaks off is what was read of it.
func read(from io.Reader) string {
	text, _ := io.ReadAll(io.LimitReader(from, maxReport))
	return string(text)
}

// readReport reads the groups of fields of a report: the first is about the mail, each other about one
// recipient. Several there are only where the one address was expanded on the way; one of them that did not
// get the mail is enough.
func readReport(from io.Reader) (Bounce, bool) {
	var found []Bounce
	for _, group := range groups(read(from)) {
		if b, ok := aboutRecipient(group); ok {
			found = append(found, b)
		}
	}
	for _, fate := range []Fate{FateFailed, FateDelayed} {
		if i := slices.IndexFunc(found, func(b Bounce) bool { return b.Fate == fate }); i >= 0 {
			return found[i], true
		}
	}
	return Bounce{}, len(found) > 0
}

// groups are the groups of fields of a report, by the fields' names in small letters. It is read more
// leniently than a mail's head: one broken line must not hide what the others say.
func groups(text string) []map[string]string {
	all, last := []map[string]string{{}}, ""
	for line := range strings.Lines(text) {
		group := all[len(all)-1]
		name, value, field := strings.Cut(line, ":")
		switch {
		case strings.TrimSpace(line) == "":
			if len(group) > 0 && len(all) < maxParts {
				all, last = append(all, map[string]string{}), ""
			}
		case line[0] == ' ' || line[0] == '\t':
			if len(group[last]) < maxField {
				group[last] += " " + strings.TrimSpace(line)
			}
		case field:
			last = strings.ToLower(strings.TrimSpace(name))
			group[last] = strings.TrimSpace(value)
		}
	}
	return all
}

// aboutRecipient is one group of a report. The action decides: "failed" is final whatever the code, and a
// server that gives up after days says it with a code 4; without an action the code's class decides.
func aboutRecipient(group map[string]string) (Bounce, bool) {
	if group["action"] == "" && group["status"] == "" {
		return Bounce{}, false
	}
	b := Bounce{Status: statusForm.FindString(group["status"])}
	_, said, typed := strings.Cut(group["diagnostic-code"], ";")
	if !typed {
		said = group["diagnostic-code"]
	}
	b.Text = bounded(said)
	switch action, _, _ := strings.Cut(strings.ToLower(group["action"]), " "); {
	case action == "failed":
		b.Fate = FateFailed
	case action == "delayed":
		b.Fate = FateDelayed
	case action != "": // delivered, relayed, expanded
	case strings.HasPrefix(b.Status, "5"):
		b.Fate = FateFailed
	case strings.HasPrefix(b.Status, "4"):
		b.Fate = FateDelayed
	}
	return b, true
}

var (
	// statusForm is an enhanced status code; replyForm an SMTP reply with a code of refusal.
	statusForm = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)
	replyForm  = regexp.MustCompile(`(?m)\b[45]\d\d[ -][^\r\n]*`)
	// delayWords and failWords stand in what mail servers write to people.
	delayWords = regexp.MustCompile(`(?i)delayed|will (be retried|retry|keep trying)|still trying|not yet been delivered|warning|遅延|再送を試み`)
	failWords  = regexp.MustCompile(`(?i)undeliver|not be delivered|delivery (has )?failed|failure|returned mail|returning message|permanent|no such user|unknown user|user unknown|giving up|配信できません|配送できません|不達|エラー`)
)

// fromWords reads what a server without reports has written. Only what names a mail server as its author
// counts: absences are announced to the return path too.
func fromWords(header mail.Header, text string) Bounce {
	if !fromServer(header) {
		return Bounce{}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
	if err != nil {
		subject = header.Get("Subject")
	}
	b := Bounce{Status: statusForm.FindString(text), Text: bounded(replyForm.FindString(text))}
	if b.Text == "" {
		b.Text = bounded(subject)
	}
	switch words := subject + "\n" + text; {
	case strings.HasPrefix(b.Status, "4") || b.Status == "" && delayWords.MatchString(subject):
		b.Fate = FateDelayed
	case strings.HasPrefix(b.Status, "5") || failWords.MatchString(words):
		b.Fate = FateFailed
	case delayWords.MatchString(words):
		b.Fate = FateDelayed
	}
	return b
}

// fromServer says whether a mail names a mail server as its author.
func fromServer(header mail.Header) bool {
	from, err := header.AddressList("From")
	if err != nil || len(from) == 0 {
		return false
	}
	local, _, _ := strings.Cut(strings.ToLower(from[0].Address), "@")
	return slices.Contains([]string{"mailer-daemon", "postmaster", "mail-daemon", "mdaemon"}, local)
}

// bounded is one clean line of foreign text, cut to what is kept.
func bounded(s string) string {
	s = strings.Join(strings.Fields(oneLine(s)), " ")
	if utf8.RuneCountInString(s) <= maxBounceText {
		return s
	}
	return string([]rune(s)[:maxBounceText-1]) + "…"
}
