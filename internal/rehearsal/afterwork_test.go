package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/keyring"
	"uketsuke/internal/store"
)

// The works on what was approved before: passwords read, erased, issued again, approvals made void. What they
// have in common is a page with one form.

// A pressing is one form of a page, pressed with something typed.
type pressing struct {
	h    *house
	what string
	who  string
	ids  []string
	// page is where the form stands, action where it is sent, seen where its effect is looked at.
	page, action, seen func(id string) string
	typed              url.Values
	// shows is what a person sees afterwards, "" while it has not happened.
	shows func(answer) string
	// verify compares what is stored.
	verify func(ctx context.Context, db *store.DB, id string) error
}

func (w *pressing) Name() string                { return w.what }
func (w *pressing) Login() string               { return w.who }
func (w *pressing) Longest() time.Duration      { return 40 * time.Millisecond }
func (w *pressing) Prepare(*browser, int) error { return nil }

// Press opens the page and sends its form. A page without the form was pressed before and the answer lost.
func (w *pressing) Press(b *browser, i int) error {
	id := w.ids[i]
	a, err := b.get("open", w.page(id))
	if err != nil {
		return err
	}
	form := a.form(w.action(id))
	if form == nil {
		_, err := w.Look(b, i)
		return err
	}
	for name, values := range w.typed {
		form[name] = values
	}
	form.Set("password", password)
	a, err = b.post(w.what, w.action(id), form)
	if err == nil && a.status != http.StatusSeeOther {
		err = fmt.Errorf("%s: %d", w.what, a.status)
	}
	return err
}

func (w *pressing) Look(b *browser, i int) (string, error) {
	a, err := b.get("look", w.seen(w.ids[i]))
	if err != nil {
		return "", err
	}
	said := w.shows(a)
	if a.status != http.StatusOK || said == "" {
		return "", fmt.Errorf("%s is not to be seen: %d", w.what, a.status)
	}
	return said, nil
}

func (w *pressing) Verify(ctx context.Context, db *store.DB, _ map[int]string) error {
	var wrong error
	for _, id := range w.ids {
		if err := w.verify(ctx, db, id); err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("%s of %s: %w", w.what, id, err))
		}
	}
	return wrong
}

// said is a text of a page, once it stands there.
func said(text string) func(answer) string {
	return func(a answer) string {
		if strings.Contains(a.body, text) {
			return text
		}
		return ""
	}
}

// erasure is 「今すぐ消去する」 (R-SEC-8): no password is stored any more.
func erasure(h *house, ids []string) Work {
	path := func(id string) string { return "/applications/" + id + "/ids/erase" }
	return &pressing{h: h, what: "erasure", who: "administrator", ids: ids, page: path, action: path,
		seen:  func(id string) string { return "/applications/" + id + "/ids" },
		shows: said("参照期間の終わりを待たずに、パスワードが消去または再発行されました。"), verify: noSecrets}
}

func noSecrets(ctx context.Context, db *store.DB, id string) error {
	rows, err := db.Read().ListSecrets(ctx, id)
	if err == nil && len(rows) > 0 {
		err = fmt.Errorf("%d sealed passwords are left", len(rows))
	}
	return err
}

// voiding makes approvals void (R-EX-8): the state is void and no password is stored.
func voiding(h *house, ids []string) Work {
	path := func(id string) string { return "/desk/applications/" + id + "/void" }
	return &pressing{h: h, what: "void", who: "supervisor", ids: ids, page: path, action: path,
		typed: url.Values{"reason": {"申込者から取りやめの連絡があったため。"}},
		seen:  func(id string) string { return "/desk/applications/" + id },
		shows: said(">無効<"),
		verify: func(ctx context.Context, db *store.DB, id string) error {
			app, err := db.Read().GetApplication(ctx, id)
			if err == nil && app.State != "void" {
				err = fmt.Errorf("it is %s", app.State)
			}
			return errors.Join(err, noSecrets(ctx, db, id))
		}}
}

// A reissue is the approval of new passwords for codes from before (R-SEC-9).
type reissue struct{ approval }

func (w *reissue) Name() string { return "re-issue" }

// Prepare registers one application for each code, and claims it.
func (w *reissue) Prepare(b *browser, n int) error {
	administrator := w.h.signedIn("administrator")
	for i := range n {
		if err := w.register(administrator, imported(i)+"A0A"); err != nil {
			return fmt.Errorf("asking for new passwords of %s: %w", imported(i), err)
		}
	}
	return w.approval.Prepare(b, n)
}

func (w *reissue) register(b *browser, id string) error {
	a, err := b.post("begin", "/applications", url.Values{})
	if err != nil || a.status != http.StatusSeeOther {
		return fmt.Errorf("beginning: %d %w", a.status, err)
	}
	app := strings.Split(a.location, "/")[2]
	steps := []struct {
		page string
		form url.Values
	}{
		{"start", url.Values{"kinds": {"password-reissue"}, "reason": {"控えを紛失したため。"}}},
		{"contact", url.Values{"contact.name": {"見本 花子"}, "contact.kana": {"ミホン ハナコ"}, "contact.phone": {"03-1234-5678"},
			"contact.email": {"tanto@mihon.example"}, "contact.confirmed": {"yes"}}},
		{"reissue", url.Values{"reissue": {id}}},
		{"confirm", url.Values{"do": {"register"}, "rules": {"yes"}}},
	}
	for i, step := range steps {
		step.form.Set("version", strconv.Itoa(i+1))
		a, err := b.post("wizard", "/applications/"+app+"/"+step.page, step.form)
		if err != nil {
			return err
		}
		if a.status != http.StatusSeeOther {
			return fmt.Errorf("%s: %d", step.page, a.status)
		}
	}
	w.of.ids = append(w.of.ids, app)
	return nil
}

// Verify: each has two new passwords under a key that is in the ring.
func (w *reissue) Verify(ctx context.Context, db *store.DB, _ map[int]string) error {
	ring, err := keyring.Open(w.h.keys)
	if err != nil {
		return err
	}
	var wrong error
	for _, id := range w.of.ids {
		rows, err := db.Read().ListSecrets(ctx, id)
		if err != nil {
			return err
		}
		if len(rows) != 2 {
			wrong = errors.Join(wrong, fmt.Errorf("%s has %d new passwords, want 2", id, len(rows)))
			continue
		}
		if _, err := ring.Key(keyring.Name(rows[0].KeyName)); err != nil {
			wrong = errors.Join(wrong, err)
		}
	}
	return wrong
}

// imported is the n-th code from before.
func imported(n int) string {
	const seconds = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	return fmt.Sprintf("1%cR%02d", seconds[n%len(seconds)], n/len(seconds))
}
