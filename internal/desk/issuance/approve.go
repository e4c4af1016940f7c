package issuance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/forget"
	"uketsuke/internal/keyring"
	"uketsuke/internal/problem"
	"uketsuke/internal/secret"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// An Approval says what was issued, and whether it differs from what the page proposed (R-ID-10).
type Approval struct {
	Codes    []casefile.IssuedCode
	Differs  bool
	Start    calendar.Date
	ReadLast calendar.Date
}

// Approve issues: state, codes, numbers, secrets, contract facts, news, mail and evidence in one
// transaction (R-EX-7). docs/issuance.md says the order and why. The key under which the secrets are
// sealed exists on disk before the transaction begins; an attempt that fails destroys it, and one that is
// killed leaves it to the sweep.
func (d *Desk) Approve(ctx context.Context, actor account.Actor, ref command.Ref, in casefile.ApproveForm) (Approval, error) {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return Approval{}, err
	}
	start, err := d.startFor(ctx, actor, ref, application.Approve, in.Start, now)
	if err != nil {
		return Approval{}, err
	}
	var approval Approval
	var dead []keyring.Name
	try := func(k newKey) error {
		return d.DoAt(ctx, actor, now, func(a *command.Tx) error {
			return a.Command(ref, application.Approve, func(a *command.Tx, step application.Step) error {
				if in, err = proposed(a, in, start); err != nil {
					return err
				}
				approval, err = approve(a, step, in, start, k)
				dead = a.Dead
				return err
			})
		})
	}
	if err := d.withKey(ctx, ref.ID, start, try); err != nil {
		return approval, err
	}
	return approval, d.DestroyKeys(ctx, dead)
}

// startFor reads a typed start date, and asks before a key is made whether the command has a chance at all;
// the transaction asks again.
func (d *Desk) startFor(ctx context.Context, actor account.Actor, ref command.Ref, c application.Command, typed string,
	now time.Time) (calendar.Date, error) {
	app, err := command.Visible(ctx, d.DB.Read().Queries, actor, ref.ID)
	if err != nil {
		return calendar.Date{}, err
	}
	if app.Version != ref.Version {
		return calendar.Date{}, &command.Stale{ID: ref.ID, Seen: ref.Version, Now: app.Version}
	}
	if _, err := application.Decide(command.StandingOf(app), c, actor, now); err != nil {
		return calendar.Date{}, err
	}
	if (c == application.Approve || c == application.Propose) && isReissue(app) {
		return calendar.DateOf(now), nil // complete with the approval, in effect at once (R-SEC-9)
	}
	start, problems := command.ParseDay(typed, "start", "R-EX-4", "利用開始日")
	if start.IsZero() && len(problems) == 0 {
		problems.Add("start", "R-EX-4", "「利用開始日」を入力してください。")
	}
	return start, problems.Err()
}

// A newKey is the key of one attempt at issuing or re-sealing: it is made for a last reading day, and the
// transaction compares that day again.
type newKey struct {
	name    keyring.Name
	key     keyring.Key
	lastDay calendar.Date
}

// errDayMoved says that a closing day was entered between the making of the key and the transaction.
var errDayMoved = errors.New("the last reading day moved while the key was made")

// withKey runs try under a fresh key for an application whose IDs start on a day, again when the calendar
// was edited in between, and destroys the key when try has surely failed.
func (d *Desk) withKey(ctx context.Context, app string, start calendar.Date, try func(newKey) error) error {
	for range 3 {
		cal, err := command.BusinessCalendar(ctx, d.DB.Read().Queries)
		if err != nil {
			return err
		}
		lastDay := secret.PeriodFor(cal, d.Now(), start).LastDay
		name, key, err := d.Ring.Create(lastDay, app)
		if err != nil {
			return fmt.Errorf("making a key: %w", err)
		}
		err = try(newKey{name: name, key: key, lastDay: lastDay})
		key.Forget()
		if err == nil {
			return nil
		}
		if errors.Is(err, store.ErrUnsure) {
			// It may have happened: a key that no row names is the sweep's, one that a row names must live.
			return err
		}
		if gone := d.Ring.Destroy(name); gone != nil {
			err = errors.Join(err, gone)
		}
		if !errors.Is(err, errDayMoved) {
			return err
		}
	}
	return errDayMoved
}

func approve(a *command.Tx, step application.Step, in casefile.ApproveForm, start calendar.Date, k newKey) (Approval, error) {
	if err := shown(a, in.Round); err != nil {
		return Approval{}, err
	}
	est, err := a.LockEstablishment()
	if err != nil {
		return Approval{}, err
	}
	doc, _, err := command.RegisteredDocument(a.Ctx, a.Store.Queries, a.App)
	if err != nil {
		return Approval{}, err
	}
	settings, err := casefile.SettingsOf(a.Ctx, a.Store.Queries, a.App)
	if err != nil {
		return Approval{}, err
	}
	complete := application.Complete(doc, settings, a.Runner.Catalogue)
	if err := approvable(a, est, doc, settings, start, complete, in.Reason); err != nil {
		return Approval{}, err
	}
	chosen, err := chosen(a, est, doc, in)
	if err != nil {
		return Approval{}, err
	}
	issued, codes, err := allocate(a, est, doc, chosen)
	if err != nil {
		return Approval{}, err
	}
	if doc.IsReissue() {
		if codes, err = reissue(a, doc); err != nil {
			return Approval{}, err
		}
	}
	if err := seal(a, codes, k); err != nil {
		return Approval{}, err
	}
	a.SetState(step)
	a.App.Holder, a.App.HolderName = column.Text(a.Actor.ID), a.Actor.Name
	a.App.ApprovedAt, a.App.ApprovedBy = column.At(a.Now), column.Text(a.Actor.ID)
	a.App.SettingsComplete = complete
	a.App.StartReason = "" // what is typed while the start is the wish is no reason for anything (R-EX-4)
	if start != doc.Desired && !doc.IsReissue() {
		a.App.StartReason = application.FoldLines(in.Reason)
	}
	if err := promise(a, doc, start, len(codes) > 0, k); err != nil {
		return Approval{}, err
	}
	if err := holding.InsertEffects(a, doc, issued, start); err != nil {
		return Approval{}, err
	}
	if complete {
		if err := casefile.SettingsFacts(a, doc, settings, column.On(start)); err != nil {
			return Approval{}, err
		}
	}
	if err := casefile.LetGoOfAreas(a, doc, settings); err != nil {
		return Approval{}, err
	}
	if a.App.Search, err = casefile.SearchKey(a, est, doc); err != nil {
		return Approval{}, err
	}
	if err := announceApproval(a, step, codes, chosen); err != nil {
		return Approval{}, err
	}
	return Approval{Codes: codes, Differs: differs(codes, in.Proposed), Start: start, ReadLast: a.App.ReadLast.Date}, nil
}

// approvable asks every rule again, on the facts of this transaction: the application by the instant of
// its registration, and the start date by today (R-EX-3, R-EX-4, R-EX-9).
func approvable(a *command.Tx, est query.Establishment, doc application.Document, settings application.Settings,
	start calendar.Date, complete bool, reason string) error {
	then, err := command.BusinessCalendarAt(a.Ctx, a.Store.Queries, a.App.RegisteredAt.Time)
	if err != nil {
		return err
	}
	ground, err := casefile.GroundOf(a.Ctx, a.Runner, a.Store.Queries, est, a.App.ID, doc, settings, a.Now)
	if err != nil {
		return err
	}
	ground.Calendar, ground.RegisteredAt = then, a.App.RegisteredAt.Time
	problems := application.Problems(doc, settings, ground)
	if doc.IsReissue() {
		return problems.Err() // R-EX-4 and R-EX-9 do not apply (R-SEC-9)
	}
	noDeadline := complete || !application.NeedsSettings(doc, a.Runner.Catalogue)
	problems = append(problems, application.StartProblems(a.Calendar, doc.Desired, start, a.Today(), noDeadline,
		application.FoldLines(reason))...)
	return problems.Err()
}

// allocate takes codes and numbers as the plan asks for them: the lowest never-used first, in the order of
// the rows; the database decides who gets which (R-ID-6 … R-ID-10).
func allocate(a *command.Tx, est query.Establishment, doc application.Document, chosen choice) (application.Issued, []casefile.IssuedCode, error) {
	issued := application.Issued{}
	var codes []casefile.IssuedCode
	for _, planned := range application.Plan(doc, a.Runner.Catalogue) {
		item, _ := doc.Asked(planned.Placeholder)
		code, err := codeFor(a, est, planned, chosen)
		if err != nil {
			return nil, nil, err
		}
		if err := bearNumbers(a, code, planned, chosen); err != nil {
			return nil, nil, err
		}
		become := application.IssuedCode{Code: code, Rows: make([][]userid.ID, len(item.Rows))}
		shown := casefile.IssuedCode{Placeholder: planned.Placeholder, Code: code, Category: item.Category}
		for i, number := range planned.Numbers {
			id, err := idFor(a, code, planned.Placeholder, i, number, chosen)
			if err != nil {
				return nil, nil, err
			}
			row := item.Rows[number.Row]
			become.Rows[number.Row] = append(become.Rows[number.Row], id)
			shown.IDs = append(shown.IDs, casefile.IssuedID{ID: id, Number: id.Number(), Trades: row.Trades,
				Method: row.Method, SingleSignOn: row.SingleSignOn})
		}
		issued[planned.Placeholder] = become
		codes = append(codes, shown)
	}
	return issued, codes, nil
}

// codeFor is the existing code that numbers are added to, or a new one, under which the areas of its settings
// stand from now on.
func codeFor(a *command.Tx, est query.Establishment, planned application.PlannedCode, chosen choice) (userid.Code, error) {
	if planned.Existing != "" {
		return planned.Existing, nil
	}
	code, err := chosen.codes[planned.Placeholder], error(nil)
	if code == "" {
		if code, err = takeCode(a, est, planned.Placeholder); err != nil {
			return "", err
		}
	}
	err = a.Store.SetAreaCode(a.Ctx, query.SetAreaCodeParams{UserCode: string(code), Application: a.App.ID, Placeholder: int64(planned.Placeholder)})
	if err != nil {
		return "", fmt.Errorf("putting the bonded areas under %s: %w", code, err)
	}
	return code, nil
}

// takeCode takes the lowest never-used code under the company's abbreviations (R-ID-7). The counter only
// says where to begin; the key decides.
func takeCode(a *command.Tx, est query.Establishment, placeholder int) (userid.Code, error) {
	abbreviations, err := a.Store.ListAbbreviations(a.Ctx, est.Company)
	if err != nil {
		return "", fmt.Errorf("reading the company's abbreviations: %w", err)
	}
	for _, abbreviation := range abbreviations {
		for {
			next, err := a.Store.TakeNext(a.Ctx, "office:"+abbreviation+":"+est.Region)
			if err != nil {
				return "", fmt.Errorf("taking an office code: %w", err)
			}
			if next > int64(userid.OfficesPerRegion) {
				break
			}
			code, err := casefile.CodeAt(est.Region, int(next)-1, abbreviation)
			if err != nil {
				return "", err
			}
			if userid.Reserved(code) {
				continue
			}
			fresh, err := a.Store.InsertUserCode(a.Ctx, query.InsertUserCodeParams{
				Code: string(code), Establishment: est.ID, Application: a.App.ID,
				Placeholder: int64(placeholder), BornAt: column.At(a.Now)})
			if err != nil {
				return "", fmt.Errorf("issuing user code %s: %w", code, err)
			}
			if fresh == 1 {
				a.GiveCode(string(code), est.ID, a.App.ID)
				return code, nil
			}
		}
	}
	return "", problem.List{problem.New("codes", "R-ID-7",
		"この地域では、企業略称「%s」の利用者コードがすべて使われています。企業略称を追加してから承認してください。",
		strings.Join(abbreviations, "、"))}
}

// takeID takes the lowest never-used number of a series under a code (R-ID-9).
func takeID(a *command.Tx, code userid.Code, planned application.PlannedNumber) (userid.ID, error) {
	for {
		next, err := a.Store.TakeNext(a.Ctx, "number:"+string(code)+":"+string(planned.Class))
		if err != nil {
			return "", fmt.Errorf("taking an identification number: %w", err)
		}
		number, err := userid.NumberAt(planned.Class, int(next)-1)
		if errors.Is(err, userid.ErrExhausted) {
			return "", problem.List{problem.New("codes", "R-ID-4",
				"利用者コード「%s」の識別番号がすべて使われています。利用者コードを分けて申し込んでください。", string(code))}
		} else if err != nil {
			return "", fmt.Errorf("taking an identification number: %w", err)
		}
		id := userid.NewID(code, number)
		fresh, err := a.Store.InsertUserID(a.Ctx, query.InsertUserIDParams{
			ID: string(id), Code: string(code), Number: string(number), Establishment: a.App.Establishment,
			Application: a.App.ID, RowIndex: int64(planned.Row), BornAt: column.At(a.Now)})
		if err != nil {
			return "", fmt.Errorf("issuing user ID %s: %w", id, err)
		}
		if fresh == 1 {
			a.GiveID(string(id), a.App.Establishment, a.App.ID)
			return id, nil
		}
	}
}

// seal draws the initial secrets of every ID and stores them sealed (R-SEC-4, R-SEC-6).
func seal(a *command.Tx, codes []casefile.IssuedCode, k newKey) error {
	for _, code := range codes {
		for _, id := range code.IDs {
			for _, name := range secret.Names() {
				clear, err := secret.New(a.Runner.Rand)
				if err != nil {
					return fmt.Errorf("drawing a secret: %w", err)
				}
				sealed, err := k.key.Seal(secret.Place(string(id.ID), name, a.App.ID), clear)
				forget.Bytes(clear)
				if err != nil {
					return fmt.Errorf("sealing a secret: %w", err)
				}
				err = a.Store.InsertSecret(a.Ctx, query.InsertSecretParams{
					UserID: string(id.ID), Name: string(name), Application: a.App.ID, Sealed: sealed,
					KeyName: string(k.name), SealedAt: column.At(a.Now)})
				if err != nil {
					return fmt.Errorf("storing a secret: %w", err)
				}
			}
		}
	}
	return nil
}

// promise stores what follows from a start date, at approval and at each change of it: the deadline of
// the settings (R-SET-1) and the reading period (R-SEC-3). They are dates from then on.
func promise(a *command.Tx, doc application.Document, start calendar.Date, ids bool, k newKey) error {
	a.App.StartDate = column.On(start)
	a.App.SettingsDeadline = column.Day{}
	if application.NeedsSettings(doc, a.Runner.Catalogue) {
		a.App.SettingsDeadline = column.On(application.SettingsDeadline(a.Calendar, start))
	}
	if !ids {
		return nil
	}
	period := secret.PeriodFor(a.Calendar, a.App.ApprovedAt.Time, start)
	if period.LastDay != k.lastDay {
		return errDayMoved
	}
	a.App.ReadAdvised, a.App.ReadLast = column.On(period.Advised), column.On(period.LastDay)
	a.App.ReadClosed = column.On(period.FirstClosed)
	return nil
}

func announceApproval(a *command.Tx, step application.Step, codes []casefile.IssuedCode, chosen choice) error {
	ids := 0
	for _, code := range codes {
		ids += len(code.IDs)
	}
	detail := map[string]string{"start": a.App.StartDate.String(), "codes": strconv.Itoa(len(codes)), "ids": strconv.Itoa(ids)}
	if words := chosen.words(); words != "" {
		detail["chosen"] = words
	}
	if a.App.FourEyes {
		detail["proposed_by"] = a.App.ProposedName
	}
	facts := map[audit.Key]string{audit.Receipt: string(a.App.Receipt), audit.StartDate: a.App.StartDate.String(),
		audit.UserCodes: detail["codes"], audit.UserIDs: detail["ids"]}
	if !a.App.SettingsDeadline.IsZero() {
		detail["deadline"] = a.App.SettingsDeadline.String()
		facts[audit.Deadline] = detail["deadline"]
	}
	if ids > 0 {
		detail["read_last"] = a.App.ReadLast.String()
		facts[audit.LastReadingDay] = detail["read_last"]
	}
	if err := a.Record(string(application.Approve), detail, false); err != nil {
		return err
	}
	if err := a.News(command.NewsSubject(application.Approve)); err != nil {
		return err
	}
	if err := a.MailTo(step.Mail, step.MailTo, nil); err != nil {
		return err
	}
	return a.Audit(string(application.Approve), facts, command.PersonalReason(a.App.StartReason))
}

// differs says whether codes are not those that the page proposed.
func differs(codes []casefile.IssuedCode, proposed []string) bool {
	if len(proposed) == 0 {
		return false
	}
	var got []string
	for _, code := range codes {
		got = append(got, string(code.Code))
	}
	return !slices.Equal(got, proposed)
}
