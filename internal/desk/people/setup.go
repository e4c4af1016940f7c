package people

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/desk/signin"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// A Setup is what exists before the portal's own procedures: companies, establishments with their
// contracts and the codes they already have, people, closing days. `admin` and `seed` bring it; ids are
// chosen by whoever writes it.
type Setup struct {
	Companies      []NewCompany       `json:"companies,omitempty"`
	Establishments []NewEstablishment `json:"establishments,omitempty"`
	People         []NewPerson        `json:"people,omitempty"`
	ClosingDays    []NewClosingDay    `json:"closing_days,omitempty"`
	// Links are the logins of people who get a new one-time link, because they have lost their password or
	// their first link.
	Links []string `json:"links,omitempty"`
}

// A NewCompany is a 企業 with its abbreviations in the order in which they are used up.
type NewCompany struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	NameKana      string   `json:"name_kana"`
	Abbreviations []string `json:"abbreviations"`
}

// A NewEstablishment is a 事業所 with its contract.
type NewEstablishment struct {
	ID                string `json:"id"`
	Company           string `json:"company"`
	Region            string `json:"customs_region"`
	Name              string `json:"name"`
	NameKana          string `json:"name_kana"`
	PostalCode        string `json:"postal_code"`
	Address           string `json:"address"`
	Phone             string `json:"phone"`
	Fax               string `json:"fax"`
	EmergencyFax      string `json:"emergency_fax"`
	SignatoryPosition string `json:"signatory_position"`
	SignatoryName     string `json:"signatory_name"`
	Plan              string `json:"plan"`
	Terminals         int    `json:"terminals"`
	// GeneralPlan and GeneralTerminals are those of the general part (R-CON-5); "" is plan B.
	GeneralPlan      string        `json:"general_plan,omitempty"`
	GeneralTerminals int           `json:"general_terminals,omitempty"`
	Since            calendar.Date `json:"since"`
	Codes            []NewCode     `json:"codes,omitempty"`
}

// A NewCode is a user code that exists already.
type NewCode struct {
	Code      string  `json:"code"`
	Category  string  `json:"category"`
	StatsPaid bool    `json:"statistics_paid"`
	StatsFree bool    `json:"statistics_free"`
	Archive   bool    `json:"bonded_archive"`
	IDs       []NewID `json:"ids"`
}

// A NewID is a user ID that exists already.
type NewID struct {
	Number       string   `json:"number"`
	Trades       []string `json:"trades"`
	Method       string   `json:"method"`
	SingleSignOn bool     `json:"single_sign_on"`
}

// A NewPerson is an account; without Password it is invited by a one-time link. Establishment is "" for
// the centre's staff.
type NewPerson struct {
	ID            string       `json:"id"`
	Establishment string       `json:"establishment,omitempty"`
	Role          account.Role `json:"role"`
	Login         string       `json:"login"`
	Name          string       `json:"name"`
	NameKana      string       `json:"name_kana"`
	Department    string       `json:"department"`
	Position      string       `json:"position"`
	Phone         string       `json:"phone"`
	Email         string       `json:"email"`
	Password      string       `json:"password,omitempty"`
	// TOTP is the key of an authenticator app or of a token that was bought with its key, in base32; "" for none.
	TOTP string `json:"totp,omitempty"`
}

// A NewClosingDay is a day on which the centre is closed (R-CAL-1).
type NewClosingDay struct {
	Day  calendar.Date `json:"day"`
	Name string        `json:"name"`
}

// A SetupReport says what was done, or would be.
type SetupReport struct {
	Done []string
	// Links are the one-time set-up links by login, as paths below the portal's address.
	Links map[string]string
}

// Import carries a setup out in one transaction: all or nothing. A dry run does the same and rolls back;
// its links are not valid.
func (d *Desk) Import(ctx context.Context, actor account.Actor, s Setup, dryRun bool) (SetupReport, error) {
	if actor.Role != account.Operator {
		return SetupReport{}, command.ErrForbidden
	}
	hashes, err := d.hashesOf(ctx, s.People)
	if err != nil {
		return SetupReport{}, err
	}
	var report SetupReport
	err = d.Do(ctx, actor, func(a *command.Tx) error {
		report = SetupReport{Links: map[string]string{}}
		i := &importing{Tx: a, report: &report, hashes: hashes}
		if err := i.all(s); err != nil {
			return err
		}
		if dryRun {
			return command.ErrDryRun
		}
		return a.Audit("import", map[audit.Key]string{audit.Rows: fmt.Sprint(len(report.Done)), audit.Mode: "command line"}, nil)
	})
	if errors.Is(err, command.ErrDryRun) {
		err = nil
	}
	return report, err
}

// hashesOf hashes the given passwords before the transaction, because hashing is slow on purpose.
func (d *Desk) hashesOf(ctx context.Context, people []NewPerson) (map[string]string, error) {
	hashes := map[string]string{}
	for i, p := range people {
		if p.Password == "" {
			continue
		}
		var l problem.List
		l.Join(fmt.Sprintf("people.%d", i), account.NewPassword{Password: p.Password, Again: p.Password,
			Words: []string{p.Login, p.Name, p.NameKana, p.Email}}.Problems())
		if err := l.Err(); err != nil {
			return nil, err
		}
		hash, err := signin.HashPassword(ctx, p.Password)
		if err != nil {
			return nil, err
		}
		hashes[p.Login] = hash
	}
	return hashes, nil
}

// importing is one import on its way.
type importing struct {
	*command.Tx
	report *SetupReport
	hashes map[string]string
}

func (i *importing) done(format string, args ...any) {
	i.report.Done = append(i.report.Done, fmt.Sprintf(format, args...))
}

func (i *importing) all(s Setup) error {
	for n, day := range s.ClosingDays {
		if err := i.closingDay(day); err != nil {
			return fmt.Errorf("closing_days.%d: %w", n, err)
		}
	}
	for n, c := range s.Companies {
		if err := i.company(c); err != nil {
			return fmt.Errorf("companies.%d: %w", n, err)
		}
	}
	for n, e := range s.Establishments {
		if err := i.establishment(e); err != nil {
			return fmt.Errorf("establishments.%d: %w", n, err)
		}
	}
	for n, p := range s.People {
		if err := i.person(p); err != nil {
			return fmt.Errorf("people.%d: %w", n, err)
		}
	}
	for n, login := range s.Links {
		if err := i.relink(login); err != nil {
			return fmt.Errorf("links.%d: %w", n, err)
		}
	}
	return nil
}

// relink gives a person a new one-time link. The password stays until the link is used; links from before
// are over.
func (i *importing) relink(login string) error {
	p, err := i.Store.GetAccountByLogin(i.Ctx, signin.FoldLogin(login))
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) || err == nil && p.Status == "stopped" {
		return problem.List{problem.New("login", "ASVS-6.4.1", "ログインID「%s」の方は登録されていないか、停止されています。", login)}
	} else if err != nil {
		return fmt.Errorf("reading an account: %w", err)
	}
	err = i.Store.EndSetupLinks(i.Ctx, query.EndSetupLinksParams{UsedAt: column.At(i.Runner.Elapsed()), Account: p.ID})
	if err != nil {
		return fmt.Errorf("ending the set-up links before: %w", err)
	}
	i.done("new link for %s %s", p.Login, p.Name)
	return i.link("link-person", p.ID, p.Login, account.Role(p.Role))
}

// needed lists the fields that are empty.
func needed(rule string, fields map[string]string) problem.List {
	var l problem.List
	var empty []string
	for field, value := range fields {
		if strings.TrimSpace(value) == "" {
			empty = append(empty, field)
		}
	}
	slices.Sort(empty)
	for _, field := range empty {
		l.Add(field, rule, "「%s」を入力してください。", field)
	}
	return l
}

func (i *importing) closingDay(day NewClosingDay) error {
	if day.Day.IsZero() || strings.TrimSpace(day.Name) == "" {
		return problem.List{problem.New("day", "R-CAL-1", "休業日には日付と名称が必要です。")}
	}
	fresh, err := i.close(day)
	if err != nil {
		return fmt.Errorf("writing a closing day: %w", err)
	}
	if fresh {
		i.done("closing day %s %s", day.Day, day.Name)
	}
	return nil
}

// close enters a closing day unless the day is closed already.
func (i *importing) close(day NewClosingDay) (bool, error) {
	rows, err := i.Store.ListClosingEntries(i.Ctx)
	if err != nil {
		return false, err
	}
	if _, closed := command.ClosedOn(rows, time.Time{})[day.Day]; closed {
		return false, nil
	}
	return true, i.Store.InsertClosingEntry(i.Ctx, query.InsertClosingEntryParams{Number: int64(len(rows)) + 1, Day: column.On(day.Day),
		Closed: true, Name: day.Name, RecordedAt: column.At(i.Now), RecordedBy: string(i.Actor.ID)})
}

func (i *importing) company(c NewCompany) error {
	l := needed("R-ID-2", map[string]string{"id": c.ID, "name": c.Name})
	if len(c.Abbreviations) == 0 {
		l.Add("abbreviations", "R-ID-2", "企業略称が1つ以上必要です。")
	}
	var abbreviations []string
	for n, typed := range c.Abbreviations {
		abbreviation, err := userid.ParseAbbreviation(typed)
		field := fmt.Sprintf("abbreviations.%d", n)
		switch {
		case err != nil:
			l.Add(field, "R-ID-2", "企業略称「%s」は、半角英数字3文字で入力してください。", typed)
		case userid.ReservedAbbreviation(abbreviation):
			l.Add(field, "R-ID-7", "企業略称「%s」は、網が予約しているため使えません。別の略称にしてください。", typed)
		}
		abbreviations = append(abbreviations, abbreviation)
	}
	if err := l.Err(); err != nil {
		return err
	}
	err := i.Store.InsertCompany(i.Ctx, query.InsertCompanyParams{ID: c.ID, Name: c.Name, NameKana: c.NameKana, CreatedAt: column.At(i.Now)})
	if err != nil {
		return i.taken(err, "id", c.ID)
	}
	for n, abbreviation := range abbreviations {
		err := i.Store.InsertAbbreviation(i.Ctx, query.InsertAbbreviationParams{Abbreviation: abbreviation, Company: c.ID, Position: int64(n)})
		if err != nil {
			return i.taken(err, "abbreviations", abbreviation)
		}
	}
	i.done("company %s %s", c.ID, c.Name)
	return nil
}

// taken turns the violation of a key into a problem that says what stands already.
func (i *importing) taken(err error, field, value string) error {
	if i.Runner.DB.IsTaken(err) {
		return problem.List{problem.New(field, "R-ID-6", "「%s」はすでに登録されています。別の値にしてください。", value)}
	}
	return err
}

func (i *importing) establishment(e NewEstablishment) error {
	l := needed("R-ID-7", map[string]string{"id": e.ID, "company": e.Company, "name": e.Name, "address": e.Address,
		"signatory_name": e.SignatoryName, "signatory_position": e.SignatoryPosition})
	if _, known := i.Runner.Catalogue.Region(e.Region); !known {
		l.Add("customs_region", "R-ID-7", "税関の地域「%s」はありません。1桁のコードで入力してください。", e.Region)
	}
	if e.Plan != "A" && e.Plan != "B" {
		l.Add("plan", "R-CON-5", "料金プランは「A」か「B」で入力してください。")
	}
	if e.Terminals < 0 {
		l.Add("terminals", "R-CON-5", "端末の台数は0以上で入力してください。")
	}
	if e.GeneralPlan != "" && e.GeneralPlan != "A" && e.GeneralPlan != "B" {
		l.Add("general_plan", "R-CON-5", "料金プランは「A」か「B」で入力してください。")
	}
	if e.GeneralTerminals < 0 {
		l.Add("general_terminals", "R-CON-5", "端末の台数は0以上で入力してください。")
	}
	if e.Since.IsZero() {
		l.Add("since", "R-CON-2", "契約の開始日を入力してください。")
	}
	if err := l.Err(); err != nil {
		return err
	}
	company, err := i.Store.GetCompany(i.Ctx, e.Company)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return problem.List{problem.New("company", "R-ID-7", "企業「%s」は登録されていません。先に企業を登録してください。", e.Company)}
	} else if err != nil {
		return fmt.Errorf("reading company %s: %w", e.Company, err)
	}
	search := catalogue.SearchKey(company.Name) + " " + catalogue.SearchKey(company.NameKana) + " " +
		catalogue.SearchKey(e.Name) + " " + catalogue.SearchKey(e.NameKana)
	err = i.Store.InsertEstablishment(i.Ctx, query.InsertEstablishmentParams{ID: e.ID, Company: e.Company, Region: e.Region, Search: search, CreatedAt: column.At(i.Now)})
	if err != nil {
		return i.taken(err, "id", e.ID)
	}
	if err := i.terms(e); err != nil {
		return err
	}
	i.done("establishment %s %s %s", e.ID, company.Name, e.Name)
	for n, code := range e.Codes {
		if err := i.code(e, code); err != nil {
			return fmt.Errorf("codes.%d: %w", n, err)
		}
	}
	return nil
}

func (i *importing) terms(e NewEstablishment) error {
	id, err := i.Runner.NewID()
	if err != nil {
		return err
	}
	from, at := column.On(e.Since), column.At(i.Now)
	err = i.Store.InsertEstablishmentTerm(i.Ctx, query.InsertEstablishmentTermParams{ID: id, Establishment: e.ID, Name: e.Name,
		NameKana: e.NameKana, PostalCode: e.PostalCode, Address: e.Address, Phone: e.Phone, Fax: e.Fax,
		EmergencyFax: e.EmergencyFax, SignatoryPosition: e.SignatoryPosition, SignatoryName: e.SignatoryName,
		ValidFrom: from, RecordedAt: at, Application: command.Born})
	if err != nil {
		return fmt.Errorf("writing the terms of %s: %w", e.ID, err)
	}
	if id, err = i.Runner.NewID(); err != nil {
		return err
	}
	err = i.Store.InsertContractTerm(i.Ctx, query.InsertContractTermParams{ID: id, Establishment: e.ID, Plan: e.Plan,
		Terminals: int64(e.Terminals), GeneralPlan: cmp.Or(e.GeneralPlan, "B"), GeneralTerminals: int64(e.GeneralTerminals), ValidFrom: from, RecordedAt: at, Application: command.Born})
	if err != nil {
		return fmt.Errorf("writing the contract of %s: %w", e.ID, err)
	}
	return nil
}

// code brings a code that exists already: through the same checks and the same tables as an issued one.
func (i *importing) code(e NewEstablishment, c NewCode) error {
	code, err := userid.ParseCode(c.Code)
	if err != nil {
		return problem.List{problem.New("code", "R-ID-2", "利用者コード「%s」は、半角英数字5文字で入力してください。", c.Code)}
	}
	if userid.Reserved(code) {
		return problem.List{problem.New("code", "R-ID-7", "利用者コード「%s」は、網が予約しているため使えません。", c.Code)}
	}
	item := application.CodeItem{Placeholder: 1, Category: c.Category, StatsPaid: c.StatsPaid, StatsFree: c.StatsFree, Archive: c.Archive}
	become := application.IssuedCode{Code: code}
	for n, id := range c.IDs {
		number, err := userid.ParseNumber(id.Number)
		if err != nil {
			return problem.List{problem.New(fmt.Sprintf("ids.%d.number", n), "R-ID-3", "識別番号「%s」を読み取れません。", id.Number)}
		}
		if method, known := i.Runner.Catalogue.Method(id.Method); known && method.Class != number.Class() {
			return problem.List{problem.New(fmt.Sprintf("ids.%d.number", n), "R-ID-3",
				"識別番号「%s」は、処理方式「%s」の番号ではありません。1文字目が英字ならnetNACCS、数字なら一般です。", id.Number, method.Name)}
		}
		row := application.Row{SingleSignOn: id.SingleSignOn, Trades: id.Trades, Method: id.Method, Count: 1}
		same := slices.IndexFunc(item.Rows, func(r application.Row) bool {
			return r.SingleSignOn == row.SingleSignOn && r.Method == row.Method && slices.Equal(r.Trades, row.Trades)
		})
		if same >= 0 {
			item.Rows[same].Count++
			become.Rows[same] = append(become.Rows[same], userid.NewID(code, number))
			continue
		}
		item.Rows = append(item.Rows, row)
		become.Rows = append(become.Rows, []userid.ID{userid.NewID(code, number)})
	}
	if err := application.ExistingCodeProblems(item, i.Runner.Catalogue).Err(); err != nil {
		return err
	}
	fresh, err := i.bearCode(code, e.ID)
	if err != nil {
		return err
	}
	if fresh != 1 {
		return problem.List{problem.New("code", "R-ID-6", "利用者コード「%s」はすでに使われています。", c.Code)}
	}
	ids := 0
	for n, row := range become.Rows {
		for _, id := range row {
			ids++
			fresh, err := i.bearID(id, e.ID, n)
			if err != nil {
				return err
			}
			if fresh != 1 {
				return problem.List{problem.New("ids", "R-ID-6", "利用者ID「%s」はすでに使われています。", string(id))}
			}
		}
	}
	i.App = query.Application{ID: command.Born, Establishment: e.ID}
	defer func() { i.App = query.Application{} }()
	doc := application.Document{Codes: []application.CodeItem{item}}
	if err := holding.InsertEffects(i.Tx, doc, application.Issued{1: become}, e.Since); err != nil {
		return err
	}
	i.done("user code %s with %d IDs", code, ids)
	return nil
}

func (i *importing) person(p NewPerson) error {
	l := needed("R-APP-12", map[string]string{"id": p.ID, "login": p.Login, "name": p.Name, "email": p.Email})
	if _, err := mail.ParseAddress(p.Email); err != nil && p.Email != "" {
		l.Add("email", "R-APP-12", "メールアドレス「%s」を読み取れません。name@example.jp の形で入力してください。", p.Email)
	}
	if !p.Role.OfCentre() && !p.Role.OfEstablishment() {
		l.Add("role", "R-EX-2", "役割「%s」はありません。applicant、administrator、viewer、examiner、supervisor のどれかにしてください。", string(p.Role))
	}
	if p.Role.OfEstablishment() != (p.Establishment != "") {
		l.Add("establishment", "R-EX-2", "事業所の役割には事業所を指定し、センターの役割には指定しないでください。")
	}
	if p.Establishment != "" {
		if _, err := i.Store.GetEstablishment(i.Ctx, p.Establishment); errors.Is(store.Missing(err), store.ErrNotFound) {
			l.Add("establishment", "R-EX-2", "事業所「%s」は登録されていません。先に事業所を登録してください。", p.Establishment)
		}
	}
	if err := l.Err(); err != nil {
		return err
	}
	status := "invited"
	if i.hashes[p.Login] != "" {
		status = "active"
	}
	err := i.Store.InsertAccount(i.Ctx, query.InsertAccountParams{ID: p.ID, Establishment: command.TextOf(p.Establishment), Role: string(p.Role),
		Login: signin.FoldLogin(p.Login), Name: p.Name, NameKana: p.NameKana, Department: p.Department, Position: p.Position,
		Phone: p.Phone, Email: p.Email, PasswordHash: i.hashes[p.Login], Status: status, CreatedAt: column.At(i.Now)})
	if err != nil {
		return i.taken(err, "login", p.Login)
	}
	if err := i.bringTOTP(p); err != nil {
		return err
	}
	i.done("person %s %s (%s)", p.Login, p.Name, p.Role)
	if status == "active" {
		return i.AuditOf("add-person", p.ID, map[audit.Key]string{audit.Role: string(p.Role)}, nil)
	}
	return i.link("add-person", p.ID, p.Login, p.Role)
}

// link makes a one-time set-up link for a person.
func (i *importing) link(act, person, login string, role account.Role) error {
	id, _, err := setupLink(i.Tx, person)
	if err != nil {
		return err
	}
	token, err := signin.LinkToken(i.Runner, id)
	if err != nil {
		return err
	}
	i.report.Links[login] = "/setup/" + token
	return i.AuditOf(act, person, map[audit.Key]string{audit.Role: string(role)}, nil)
}

// setupLink writes a one-time set-up link for a person and says until when, by elapsed time, it can be used.
func setupLink(a *command.Tx, person string) (id string, expires time.Time, err error) {
	if id, err = a.Runner.NewID(); err != nil {
		return "", expires, err
	}
	elapsed := a.Runner.Elapsed()
	expires = elapsed.Add(signin.LinkLife)
	err = a.Store.InsertSetupLink(a.Ctx, query.InsertSetupLinkParams{ID: id, Account: person,
		ExpiresAt: column.At(expires), CreatedAt: column.At(elapsed)})
	if err != nil {
		return "", expires, fmt.Errorf("writing a set-up link: %w", err)
	}
	return id, expires, nil
}
