package mail

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"uketsuke/internal/application"
)

// The one-time link stands in the mail as it is sent, and nowhere else: not in the row, not in what the centre
// looks at (R-MAIL-3, trap 33).
func TestInvitationHoldsItsLinkOnlyWhenSent(t *testing.T) {
	t.Parallel()
	letter := full(application.MailInvited)
	looked, err := newLetters(t).Render(letter)
	if err != nil || strings.Contains(looked.Body, "/setup/") {
		t.Fatalf("a letter that is looked at: %v\n%s", err, looked.Body)
	}
	sent := ""
	d := &Deliverer{Letters: newLetters(t), Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Links: func(link string) (string, error) { return "https://nss.example/setup/" + link + ".secret", nil },
		Send:  func(_ context.Context, m Message) (string, error) { sent = m.Body; return "250 ok", nil }}
	if _, err := d.attempt(t.Context(), Job{ID: "1", Letter: letter}); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/letters/invited-sent.golden", sent)
	letter.URL = "https://nss.example/setup/secret"
	payload, err := json.Marshal(letter)
	if err != nil || strings.Contains(string(payload), "secret") {
		t.Errorf("the row holds the link: %v %s", err, payload)
	}
	d.Links = func(string) (string, error) { return "", errors.New("no key") }
	sent = ""
	if _, err := d.attempt(t.Context(), Job{ID: "1", Letter: letter}); err == nil || sent != "" {
		t.Errorf("sent without its link: %v %q", err, sent)
	}
}
