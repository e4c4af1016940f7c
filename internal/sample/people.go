package sample

import (
	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"

	"github.com/alexedwards/argon2id"
)

// The establishments: Tokyo and Second belong to 見本商事株式会社 (abbreviation NAC) and to region 1, Other to
// 例示物流株式会社 (abbreviation REI).
const (
	Tokyo  = "e-tokyo"
	Second = "e-second"
	Other  = "e-other"
)

// Password is everybody's.
const Password = "a quiet harbour at noon"

// People are the accounts of a World. Their login is the part of the mail address before "@".
type People struct {
	Applicant, Administrator, Viewer     account.Actor // of Tokyo
	SecondApplicant, SecondAdministrator account.Actor
	OtherApplicant, OtherAdministrator   account.Actor
	Examiner, Colleague, Supervisor      account.Actor
}

func people() People {
	of := func(id, name string, role account.Role, establishment string) account.Actor {
		return account.Actor{ID: account.ID("p-" + id), Name: name, Role: role, Establishment: establishment}
	}
	return People{
		Applicant:           of("applicant", "申込 花子", account.Applicant, Tokyo),
		Administrator:       of("administrator", "管理 太郎", account.Administrator, Tokyo),
		Viewer:              of("viewer", "閲覧 次郎", account.Viewer, Tokyo),
		SecondApplicant:     of("second-applicant", "第二 申子", account.Applicant, Second),
		SecondAdministrator: of("second-administrator", "第二 管子", account.Administrator, Second),
		OtherApplicant:      of("other-applicant", "例示 申吾", account.Applicant, Other),
		OtherAdministrator:  of("other-administrator", "例示 管吾", account.Administrator, Other),
		Examiner:            of("examiner", "審査 一郎", account.Examiner, ""),
		Colleague:           of("colleague", "審査 二郎", account.Examiner, ""),
		Supervisor:          of("supervisor", "責任 三郎", account.Supervisor, ""),
	}
}

// All lists everybody.
func (p People) All() []account.Actor {
	return []account.Actor{p.Applicant, p.Administrator, p.Viewer, p.SecondApplicant, p.SecondAdministrator,
		p.OtherApplicant, p.OtherAdministrator, p.Examiner, p.Colleague, p.Supervisor}
}

// Login is the login of a person.
func Login(a account.Actor) string { return string(a.ID[len("p-"):]) }

// Email is the mail address of a person, unlike that of everybody else.
func Email(a account.Actor) string { return Login(a) + "@mihon.example" }

// Setup is what a World begins with, as it would be imported.
func Setup() desk.Setup {
	s := desk.Setup{
		Companies: []desk.NewCompany{
			{ID: "c-mihon", Name: "見本商事株式会社", NameKana: "ミホンショウジ", Abbreviations: []string{"NAC"}},
			{ID: "c-reiji", Name: "例示物流株式会社", NameKana: "レイジブツリュウ", Abbreviations: []string{"REI"}},
		},
		Establishments: []desk.NewEstablishment{
			establishment(Tokyo, "c-mihon", "東京事業所", "トウキョウジギョウショ"),
			establishment(Second, "c-mihon", "東京第二事業所", "トウキョウダイニジギョウショ"),
			establishment(Other, "c-reiji", "東京営業部", "トウキョウエイギョウブ"),
		},
	}
	for _, a := range people().All() {
		s.People = append(s.People, desk.NewPerson{ID: string(a.ID), Establishment: a.Establishment, Role: a.Role, Login: Login(a),
			Name: a.Name, NameKana: "ミホン タロウ", Department: "通関部", Position: "主任", Phone: "03-1234-5678", Email: Email(a)})
	}
	return s
}

func establishment(id, company, name, kana string) desk.NewEstablishment {
	return desk.NewEstablishment{ID: id, Company: company, Region: "1", Name: name, NameKana: kana, PostalCode: "105-0013",
		Address: "東京都港区浜松町1-1-1", Phone: "03-1234-5678", Fax: "03-1234-5679", EmergencyFax: "03-1234-5680",
		SignatoryPosition: "代表取締役", SignatoryName: "見本 一郎", Plan: "A", Terminals: 3, Since: calendar.MustDate("2020-04-01")}
}

// furnish imports the setup and gives everybody Password. The hash is made cheaply and written beside the
// desk, because hashing as the product does it takes longer than most tests.
func (w *World) furnish() {
	w.T.Helper()
	ctx := w.T.Context()
	_, err := w.Desk.Import(ctx, ops(), Setup(), false)
	w.must(err)
	hash, err := argon2id.CreateHash(Password, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	w.must(err)
	w.must(w.DB.InTx(ctx, func(tx *store.Tx) error {
		for _, a := range w.All() {
			if _, err := tx.SetPassword(ctx, query.SetPasswordParams{ID: string(a.ID), PasswordHash: hash, Version: 1}); err != nil {
				return err
			}
		}
		return nil
	}))
}
