package demo

import (
	"crypto/sha256"
	"slices"
	"uketsuke/internal/web/kit"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/mail"
)

// Password is that of everybody in the demo.
const Password = "hanami-to-momiji"

// Operator is the demo's centre. login is the address of its login page.
func Operator(login string) desk.Operator {
	const centre = "例示ネットワークセンター株式会社"
	return desk.Operator{
		Mail: mail.Operator{
			Service: "NSS", Prefix: "【NSS】", Centre: centre, LoginURL: login, From: "no-reply@centre.example", BounceDomain: "bounce.centre.example",
			HelpDesk: mail.HelpDesk{Name: "NSSヘルプデスク", Phone: "03-0000-0000", Hours: "平日 9:00–17:00"},
		},
		Centre: centre, Address: "東京都千代田区例示町1-2-3", InvoiceRegistration: "T1234567890123", RulesVersion: "2024-10", RulesURL: "https://centre.example/rules",
		MaxCodes: 20, AnswerTarget: 2,
		CertificateURL: "https://centre.example/certificate", SoftwareURL: "https://centre.example/software", ManualURL: "https://centre.example/manual",
	}
}

// A person of the demo, with the words that the login page says of them.
type person struct {
	desk.NewPerson
	who string
}

// people are a person of every role: the scenarios' establishment, a second one of the same company, a
// second company, and the centre.
func people() []person {
	of := func(establishment, who string, role account.Role, login, name, kana, department, position, email string) person {
		return person{desk.NewPerson{
			ID: login, Establishment: establishment, Role: role, Login: login, Name: name, NameKana: kana,
			Department: department, Position: position, Phone: "03-1234-5678", Email: email, Password: Password, TOTP: totpOf(role, login),
		}, who}
	}
	return []person{
		of("nac-tokyo", "見本商事 東京事業所 申込担当者", account.Applicant, "yamada", "山田 花子", "ヤマダ ハナコ", "通関部", "主任", "yamada@nac.example"),
		of("nac-tokyo", "見本商事 東京事業所 管理責任者", account.Administrator, "sato", "佐藤 健一", "サトウ ケンイチ", "情報システム部", "部長", "sato@nac.example"),
		of("nac-tokyo", "見本商事 東京事業所 閲覧者", account.Viewer, "suzuki", "鈴木 次郎", "スズキ ジロウ", "経理部", "", "suzuki@nac.example"),
		of("nac-osaka", "見本商事 大阪事業所 申込担当者", account.Applicant, "tanaka", "田中 美咲", "タナカ ミサキ", "業務課", "", "tanaka@nac.example"),
		of("nac-osaka", "見本商事 大阪事業所 管理責任者", account.Administrator, "ito", "伊藤 修", "イトウ オサム", "業務課", "課長", "ito@nac.example"),
		of("exl-yokohama", "例示物流 横浜事業所 申込担当者", account.Applicant, "watanabe", "渡辺 結衣", "ワタナベ ユイ", "海務部", "", "watanabe@exl.example"),
		of("exl-yokohama", "例示物流 横浜事業所 管理責任者", account.Administrator, "nakamura", "中村 学", "ナカムラ マナブ", "総務部", "部長", "nakamura@exl.example"),
		of("exl-yokohama", "例示物流 横浜事業所 管理責任者（メールの届かない例）", account.Administrator, "ogawa", "小川 亮", "オガワ リョウ", "総務部", "", "ogawa@bounce.example"),
		of("", "センター 審査担当者", account.Examiner, "kobayashi", "小林 誠", "コバヤシ マコト", "審査課", "", "kobayashi@centre.example"),
		of("", "センター 審査担当者", account.Examiner, "kato", "加藤 恵", "カトウ メグミ", "審査課", "", "kato@centre.example"),
		of("", "センター 審査責任者", account.Supervisor, "yoshida", "吉田 薫", "ヨシダ カオル", "審査課", "課長", "yoshida@centre.example"),
	}
}

// totpOf is the key of somebody's authenticator app: the centre's people have one, as they must.
func totpOf(role account.Role, login string) string {
	if !role.OfCentre() {
		return ""
	}
	sum := sha256.Sum256([]byte("demo " + login))
	return account.TOTPKey(sum[:account.TOTPSecretBytes])
}

// Logins are everybody with login and password, in the order in which the story needs them.
func Logins() []kit.DemoLogin {
	var logins []kit.DemoLogin
	for _, p := range people() {
		logins = append(logins, kit.DemoLogin{Who: p.who + " " + p.Name, Login: p.Login, Password: p.Password})
	}
	return logins
}

// Setup is the demo's companies, contracts and people. The scenarios' establishment has no codes yet.
func Setup() desk.Setup {
	s := desk.Setup{
		Companies: []desk.NewCompany{
			{ID: "nac", Name: "見本商事株式会社", NameKana: "ミホンショウジカブシキガイシャ", Abbreviations: []string{"NAC"}},
			{ID: "exl", Name: "例示物流株式会社", NameKana: "レイジブツリュウカブシキガイシャ", Abbreviations: []string{"EXL", "EX2"}},
		},
		Establishments: []desk.NewEstablishment{
			establishment("nac-tokyo", "nac", "1", "東京事業所", "トウキョウジギョウショ", "100-0001", "東京都千代田区見本町1-1", "見本 太郎"),
			establishment("nac-osaka", "nac", "4", "大阪事業所", "オオサカジギョウショ", "530-0001", "大阪府大阪市北区見本2-2", "見本 太郎"),
			establishment("exl-yokohama", "exl", "2", "横浜事業所", "ヨコハマジギョウショ", "231-0001", "神奈川県横浜市中区例示3-3", "例示 一郎"),
		},
	}
	s.Establishments[1].Codes = []desk.NewCode{code("4ANAC", "air", "consolidator", "A0A", "netnaccs"), shared("4BNAC"), stored("4CNAC")}
	s.Establishments[2].Codes = []desk.NewCode{code("2AEXL", "sea", "sea-forwarder", "A0A", "netnaccs"), code("2BEXL", "sea", "container-yard", "001", "webnaccs")}
	for _, p := range people() {
		s.People = append(s.People, p.NewPerson)
	}
	return s
}

func establishment(id, company, region, name, kana, postal, address, signatory string) desk.NewEstablishment {
	return desk.NewEstablishment{
		ID: id, Company: company, Region: region, Name: name, NameKana: kana, PostalCode: postal, Address: address,
		Phone: "03-1234-5678", Fax: "03-1234-5679", EmergencyFax: "03-1234-5680",
		SignatoryPosition: "代表取締役", SignatoryName: signatory, Plan: "A", Terminals: 2, Since: calendar.MustDate("2023-04-03"),
	}
}

// shared is a user code with an ID of two trades, two IDs of one, and statistics: something to change and delete.
func shared(name string) desk.NewCode {
	c := code(name, "common", "customs-broker", "A0A", "netnaccs")
	c.StatsFree = true
	c.IDs[0].Trades, c.IDs[0].SingleSignOn = []string{"customs-broker", "consolidator"}, true
	for _, number := range []string{"A0B", "A0C"} {
		c.IDs = append(c.IDs, desk.NewID{Number: number, Trades: []string{"customs-broker"}, Method: "netnaccs"})
	}
	return c
}

// stored is a user code with the bonded archive.
func stored(name string) desk.NewCode {
	c := code(name, "common", "bonded-warehouse", "A0A", "netnaccs")
	c.Archive = true
	return c
}

// code is a user code from before, with one ID of one trade.
func code(code, category, trade, number, method string) desk.NewCode {
	c := desk.NewCode{Code: code, Category: category, StatsPaid: true}
	c.IDs = slices.Grow(c.IDs, 1)[:1]
	c.IDs[0].Number, c.IDs[0].Trades, c.IDs[0].Method = number, []string{trade}, method
	return c
}
