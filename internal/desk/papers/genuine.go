package papers

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/signin"
	"uketsuke/internal/document"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// Papers that can be checked: each carries its number and the beginning of its digest, and the public check
// page answers whether the two belong together.

// A paper prints shortDigest hexadecimal digits of its digest to be typed, 96 bits; fewer than leastDigest, 80
// bits, are not looked at. Nobody can guess that many.
const (
	shortDigest = 24
	leastDigest = 20
)

// genuine is how a paper is checked. Without an address of this service nothing is said.
func (d *Desk) genuine(number, digest string) (document.Genuine, error) {
	if d.Operator.Mail.LoginURL == "" || len(digest) < shortDigest {
		return document.Genuine{}, nil
	}
	page, err := url.Parse(d.Operator.Mail.LoginURL)
	if err != nil {
		return document.Genuine{}, fmt.Errorf("making the address of the check page: %w", err)
	}
	page.Path, page.RawQuery, page.Fragment = path.Join(cmp.Or(path.Dir(page.Path), "/"), "check"), "", ""
	short := digest[:shortDigest]
	g := document.Genuine{Page: page.String(), Number: number, Digest: document.InFours(short)}
	page.RawQuery = url.Values{"number": {number}, "digest": {short}}.Encode()
	g.Address = page.String()
	return g, nil
}

// Printed makes a paper that can be checked, signed when a certificate is configured. A paper is never held
// back because it cannot be signed, and never looks signed when it is not: it says so, the log and the page
// of operations too. No transaction is open meanwhile.
func (d *Desk) Printed(ctx context.Context, what, number, digest string, signs bool, print func(document.Genuine) ([]byte, error)) ([]byte, error) {
	g, err := d.genuine(number, digest)
	if err != nil {
		return nil, err
	}
	if d.Signer == nil || !signs {
		return print(g)
	}
	g.Signature = "電子署名　" + d.Signer.Name()
	pdf, err := print(g)
	if err != nil {
		return nil, err
	}
	signed, err := d.Signer.Sign(pdf, what, d.Elapsed())
	if err == nil {
		return signed, nil
	}
	d.Log.ErrorContext(ctx, "signing a paper", "paper", what, "number", number, "error", err)
	g.Signature = "電子署名　なし（署名できませんでした）"
	return print(g)
}

// noticeFacts are what a 承認通知 says, as far as it was decided: the digest is of these bytes. All of it stands in
// rows that never change once the start date has come, and before that there is no notice; so there is one
// digest per notice, whatever becomes later of catalogue, company or operator's name.
type noticeFacts struct {
	Application string        `json:"application"`
	Receipt     string        `json:"receipt"`
	Version     string        `json:"version"` // digest of the version approved
	Dated       calendar.Date `json:"dated"`
	Start       calendar.Date `json:"start"`
	Reason      string        `json:"reason,omitempty"`
	Codes       []noticeCode  `json:"codes"`
	IDs         []string      `json:"ids"`
}

type noticeCode struct {
	Placeholder int64  `json:"placeholder"`
	Code        string `json:"code"`
}

// noticeDate is the approval day, or the day of the last change of the start date.
func noticeDate(app query.Application) calendar.Date {
	if !app.StartChangedAt.IsZero() {
		return calendar.DateOf(app.StartChangedAt.Time)
	}
	return calendar.DateOf(app.ApprovedAt.Time)
}

// noticeDigest is the digest of the 承認通知 of an application whose approved version has this digest.
func noticeDigest(ctx context.Context, q command.Reader, app query.Application, version string) (string, error) {
	codes, err1 := q.ListCodesOf(ctx, app.ID)
	ids, err2 := q.ListIDsOf(ctx, app.ID)
	if err := errors.Join(err1, err2); err != nil {
		return "", fmt.Errorf("reading what application %s brought: %w", app.ID, err)
	}
	facts := noticeFacts{Application: app.ID, Receipt: string(app.Receipt), Version: version, Dated: noticeDate(app),
		Start: app.StartDate.Date, Reason: app.StartReason, Codes: []noticeCode{}, IDs: []string{}}
	for _, row := range codes {
		facts.Codes = append(facts.Codes, noticeCode{row.Placeholder, row.Code})
	}
	for _, row := range ids {
		facts.IDs = append(facts.IDs, row.ID)
	}
	slices.SortFunc(facts.Codes, func(a, b noticeCode) int { return cmp.Compare(a.Placeholder, b.Placeholder) })
	slices.Sort(facts.IDs)
	encoded, err := json.Marshal(facts)
	if err != nil {
		return "", fmt.Errorf("writing what the notice says: %w", err)
	}
	return application.Digest(encoded), nil
}

// CheckPaper answers whether number and digest belong to one paper of this centre, and nothing else: whether
// the number or the digest is unknown is not told, and not to be seen by how long the answer takes as long as
// the caller answers after a fixed time. from is the caller's address, whose failures are counted as those of
// signing in are; *TooManyTries. What is no digest at all is a problem.List.
func (d *Desk) CheckPaper(ctx context.Context, number, digest, from string) (bool, error) {
	typed, err := typedDigest(number, digest)
	if err != nil {
		return false, err
	}
	subjects := []string{checksFrom + account.Network(from)}
	if err := d.signin.MayTry(ctx, subjects); err != nil {
		return false, err
	}
	digests, err := d.digestsOf(ctx, application.ParsePaperNumber(number))
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(digests, func(right string) bool { return strings.HasPrefix(right, typed) }) {
		return true, nil
	}
	return false, d.failedCheck(ctx, subjects[0], from)
}

func typedDigest(number, digest string) (string, error) {
	var l problem.List
	if strings.TrimSpace(number) == "" {
		l.Add("number", "R-APP-16", "書面の番号を入力してください。")
	}
	digits, is := application.ParseDigest(digest)
	switch {
	case strings.TrimSpace(digest) == "":
		l.Add("digest", "R-APP-16", "書面のダイジェストを入力してください。")
	case !is:
		l.Add("digest", "R-APP-16", "ダイジェストは、数字の0〜9と英字のa〜fです。書面のとおりに入力してください。")
	case len(digits) < leastDigest:
		l.Add("digest", "R-APP-16", "ダイジェストは、書面にある%d桁をすべて入力してください。", shortDigest)
	}
	return digits, l.Err()
}

// digestsOf are the digests of the papers that a number names. The same statements are asked whatever it is.
func (d *Desk) digestsOf(ctx context.Context, number application.PaperNumber) ([]string, error) {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return nil, err
	}
	q := d.DB.Read().Queries
	var digests []string
	row, err := q.VersionByReceipt(ctx, number.Receipt)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("looking for a paper: %w", err)
	}
	if err == nil && !number.Notice {
		digests = append(digests, row.Digest)
	}
	if number.Notice {
		notice, err := noticeOfFirst(ctx, q, row.Application, now)
		if err != nil {
			return nil, err
		}
		digests = append(digests, notice...)
	}
	for _, invoice := range append(number.Invoices, "")[:max(1, len(number.Invoices))] {
		digest, err := q.InvoiceDigest(ctx, invoice)
		switch err = store.Missing(err); {
		case err == nil:
			digests = append(digests, digest)
		case !errors.Is(err, store.ErrNotFound):
			return nil, fmt.Errorf("looking for an invoice: %w", err)
		}
	}
	return digests, nil
}

// noticeOfFirst is the digest of an application's notice; none before its start date.
func noticeOfFirst(ctx context.Context, q command.Reader, id string, now time.Time) ([]string, error) {
	app, err := q.GetApplication(ctx, id)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("reading application %s: %w", id, err)
	}
	if command.StandingOf(app).StateAt(now) != application.InEffect {
		return nil, nil
	}
	version, err := q.GetVersion(ctx, command.VersionKey(id, int(app.Round)))
	if err != nil {
		return nil, fmt.Errorf("reading version %d of application %s: %w", app.Round, id, err)
	}
	digest, err := noticeDigest(ctx, q, app, version.Digest)
	return []string{digest}, err
}

// checksFrom begins the subject under which failed checks of an address are counted. They are counted apart
// from those of signing in: nobody who checks a paper keeps a colleague from logging in.
const checksFrom = "check:"

// failedCheck counts a failure. Evidence is left when it slows the address down.
func (d *Desk) failedCheck(ctx context.Context, subject, from string) error {
	nobody := account.Actor{ID: "unknown", Role: account.Clock}
	return d.DoAs(ctx, nobody, command.Always, func(a *command.Tx) error {
		failures, err := signin.Count(a, subject)
		if err != nil || signin.WaitAfter(subject, failures) == 0 {
			return err
		}
		return a.Audit("check-paper-slowed", map[audit.Key]string{audit.Findings: strconv.FormatInt(failures, 10)},
			map[audit.Key]string{audit.Remote: from})
	})
}
