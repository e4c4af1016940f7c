package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/catalogue"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
)

// A registration is 「申込内容を登録する」 of drafts that are ready; every other one has all its settings.
type registration struct {
	h        *house
	ids      []string
	versions []int
}

func (r *registration) Name() string  { return "registration" }
func (r *registration) Login() string { return "applicant" }

func (r *registration) Longest() time.Duration { return 30 * time.Millisecond }

func (r *registration) Prepare(b *browser, n int) error {
	cat, err := catalogue.Load(nil)
	if err != nil {
		return err
	}
	for i := range n {
		if err := r.draft(b, cat, i%2 == 0); err != nil {
			return fmt.Errorf("draft %d: %w", i, err)
		}
	}
	return nil
}

// draft goes through the wizard up to the confirmation.
func (r *registration) draft(b *browser, cat *catalogue.Catalogue, complete bool) error {
	a, err := b.post("begin", "/applications", url.Values{})
	if err != nil || a.status != http.StatusSeeOther {
		return fmt.Errorf("beginning: %d %w", a.status, err)
	}
	id := strings.Split(a.location, "/")[2]
	a, err = b.get("start", a.location)
	if err != nil {
		return err
	}
	days := possible.FindAllStringSubmatch(a.body, -1)
	if len(days) < 30 {
		return fmt.Errorf("the first page offers %d days", len(days))
	}
	version := 1
	step := func(page string, form url.Values) error {
		form.Set("version", strconv.Itoa(version))
		a, err := b.post("wizard", "/applications/"+id+"/"+page, form)
		if err == nil && a.status != http.StatusSeeOther {
			err = fmt.Errorf("%s: %d", page, a.status)
		}
		version++
		return err
	}
	err = errors.Join(
		step("start", url.Values{"kinds": {"user-code"}, "desired": {days[25][1]}, "reason": {"業務量の増加のため。"}}),
		step("contact", url.Values{"contact.name": {"見本 花子"}, "contact.kana": {"ミホン ハナコ"}, "contact.phone": {"03-1234-5678"},
			"contact.email": {"tanto@mihon.example"}, "contact.confirmed": {"yes"}}),
		step("codes/0", url.Values{"do": {"add"}, "category": {"common"}, "single_sign_on": {"yes"}, "trades": {"customs-broker", "consolidator"},
			"method": {"netnaccs"}, "count": {"2"}, "statistics_paid": {"yes"}}))
	for _, tab := range []string{"name", "customs-broker", "consolidator"} {
		fields := cat.FieldsOf(tab)
		if !complete || len(fields) == 0 {
			continue
		}
		form := url.Values{"do": {"back"}}
		for field, value := range sample.CompleteTab(cat, tab, 1) {
			form.Set(field, value)
		}
		err = errors.Join(err, step("codes/1/settings/"+tab, form))
	}
	r.ids, r.versions = append(r.ids, id), append(r.versions, version)
	return err
}

// pressRegister presses the button once; what comes back may be anything.
func (b *browser) pressRegister(r *registration, i int) (answer, error) {
	return b.post("register", "/applications/"+r.ids[i]+"/confirm",
		url.Values{"version": {strconv.Itoa(r.versions[i])}, "do": {"register"}, "rules": {"yes"}})
}

func (r *registration) Press(b *browser, i int) error {
	a, err := b.pressRegister(r, i)
	if err == nil && a.status != http.StatusSeeOther {
		err = fmt.Errorf("registering: %d", a.status)
	}
	return err
}

var receipts = regexp.MustCompile(`\b\d{7}[A-Z]\b`)

func (r *registration) Look(b *browser, i int) (string, error) {
	a, err := b.get("look", "/applications/"+r.ids[i]+"/registered")
	if err != nil {
		return "", err
	}
	receipt := receipts.FindString(a.body)
	if a.status != http.StatusOK || receipt == "" {
		return "", fmt.Errorf("the receipt: %d", a.status)
	}
	return receipt, nil
}

// Verify: each is registered once, under the number that was told, and no number was told twice.
func (r *registration) Verify(ctx context.Context, db *store.DB, told map[int]string) error {
	var wrong error
	whose := map[string]int{}
	for i, id := range r.ids {
		if other, twice := whose[told[i]]; twice {
			wrong = errors.Join(wrong, fmt.Errorf("%d and %d were both told %s", other, i, told[i]))
		}
		whose[told[i]] = i
		versions, err := db.Read().ListVersions(ctx, id)
		if err != nil {
			return err
		}
		if len(versions) != 1 || versions[0].Receipt != told[i] {
			wrong = errors.Join(wrong, fmt.Errorf("%d was told %s and has %d versions", i, told[i], len(versions)))
		}
	}
	return wrong
}

// An approval is 「承認して発行する」 of what was registered before.
type approval struct {
	h  *house
	of *registration
	// issued is what a code looks like that the page of what was issued shows.
	issued *regexp.Regexp
}

func (w *approval) Name() string  { return "approval" }
func (w *approval) Login() string { return "examiner" }

// Longest leaves time for the password, which is slow on purpose.
func (w *approval) Longest() time.Duration { return 150 * time.Millisecond }

func (w *approval) path(i int) string { return "/desk/applications/" + w.of.ids[i] }

func (w *approval) Prepare(b *browser, n int) error {
	for i := range n {
		a, err := b.get("open", w.path(i))
		if err != nil {
			return err
		}
		a, err = b.post("claim", w.path(i)+"/claim", a.form(w.path(i)+"/claim"))
		if err != nil || a.status != http.StatusSeeOther {
			return fmt.Errorf("claiming %d: %d %w", i, a.status, err)
		}
	}
	return nil
}

// Press opens the page and approves as it proposes. One that no longer offers the verdict was approved by a
// press whose answer was lost.
func (w *approval) Press(b *browser, i int) error {
	a, err := b.get("open", w.path(i))
	if err != nil {
		return err
	}
	form := a.form(w.path(i) + "/approve")
	if form == nil {
		_, err := w.Look(b, i)
		return err
	}
	form.Set("password", password)
	a, err = b.post("approve", w.path(i)+"/approve", form)
	if err == nil && a.status != http.StatusSeeOther {
		err = fmt.Errorf("approving: %d", a.status)
	}
	return err
}

// fresh are the codes that are issued, past those from before.
var fresh, past = regexp.MustCompile(`\b1[A-Z0-9]K\d\d\b`), regexp.MustCompile(`\b1[A-Z0-9]R\d\d\b`)

func (w *approval) Look(b *browser, i int) (string, error) {
	a, err := b.get("look", w.path(i)+"/issued")
	if err != nil {
		return "", err
	}
	code := w.issued.FindString(a.body)
	if a.status != http.StatusOK || code == "" {
		return "", fmt.Errorf("what was issued: %d", a.status)
	}
	return code, nil
}

// Verify: each has its one code with its two IDs, the code that was told, and nobody else has it.
func (w *approval) Verify(ctx context.Context, db *store.DB, told map[int]string) error {
	var wrong error
	whose := map[string]int{}
	for i, id := range w.of.ids {
		if other, twice := whose[told[i]]; twice {
			wrong = errors.Join(wrong, fmt.Errorf("%d and %d were both told %s", other, i, told[i]))
		}
		whose[told[i]] = i
		issued, err := db.Read().ListCodesOf(ctx, id)
		if err != nil {
			return err
		}
		ids, err := db.Read().ListIDsOf(ctx, id)
		if err != nil {
			return err
		}
		if len(issued) != 1 || issued[0].Code != told[i] || len(ids) != 2 {
			wrong = errors.Join(wrong, fmt.Errorf("%d was told %s and has %d codes with %d IDs", i, told[i], len(issued), len(ids)))
		}
	}
	return wrong
}
