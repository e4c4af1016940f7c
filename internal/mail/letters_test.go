package mail

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
)

var update = flag.Bool("update", false, "write the golden files anew")

// operator is the configuration of all tests.
func operator() Operator {
	return Operator{
		Service: "NSS", Prefix: "【NSS】", Centre: "輸出入・港湾関連情報処理センター",
		HelpDesk: HelpDesk{Name: "ヘルプデスク", Phone: "0120-000-000", Hours: "平日 9:00〜17:00", Email: "help@centre.example"},
		LoginURL: "https://nss.example/login", From: "no-reply@centre.example", ReturnPath: "bounces@centre.example",
	}
}

func newLetters(t *testing.T) *Letters {
	t.Helper()
	ls, err := NewLetters(operator())
	if err != nil {
		t.Fatal(err)
	}
	return ls
}

// full is a letter with every fact of scenario S1.
func full(kind application.Mail) Letter {
	day := calendar.MustDate
	return Letter{
		Kind: kind, To: Person{Name: "山田 太郎", Email: "yamada@nac.example"},
		WrittenAt: time.Date(2024, 12, 2, 1, 30, 0, 0, time.UTC),
		Company:   "ナック通関株式会社", Establishment: "東京事業所", Department: "業務部", Applicant: "山田 太郎",
		Receipt: "2400001A", RegisteredOn: day("2024-11-29"),
		Items: []string{"利用者コード（追加・変更・削除）"}, Desired: day("2024-12-10"), Start: day("2024-12-10"),
		SettingsDeadline: day("2024-12-04"),
		IDsIssued:        true, ReadFrom: day("2024-12-02"), ReadAdvised: day("2024-12-11"), ReadLast: day("2024-12-12"),
		Remarks: []Remark{
			{"利用開始希望日", "連休の前日です。\n後の日をお選びください。"},
			{"", "担当の方へお電話いたします。"},
		},
		Reason: "契約内容に含まれない業種のためです。", Reader: "佐藤 花子",
		ReadAt: time.Date(2024, 12, 3, 0, 5, 0, 0, time.UTC), ExpiresOn: day("2025-03-03"), Link: "01930000-0000-7000-8000-000000000001",
		PreviousStart: day("2024-12-09"), StartReason: "センターの作業日程のためです。",
		Change: &AccountChange{Person: "山田 太郎", By: "鈴木 一郎", Done: "role", PreviousRole: "申込担当者", Role: "閲覧者"},
		Remote: "192.0.2.1", Agent: "Firefox / Windows", Checkpoint: "desk.example.jp/audit\n123\nRqL5pbkhAGgEZNcVX1hGmWmP0bjTknsD1SXWJYvTvXo=\ntime 2024-12-02T01:30:00.000000Z\n\n— desk.example.jp/audit AAAA\n",
	}
}

func toAdministrator(l Letter) Letter {
	l.To = Person{Name: "鈴木 一郎", Email: "suzuki@nac.example", Department: "情報システム部"}
	l.ToAdministrator = true
	return l
}

func with(l Letter, change func(*Letter)) Letter {
	change(&l)
	return l
}

// reissued is the letter of a re-issue of passwords, which has no start date (R-SEC-9).
func reissued(kind application.Mail) Letter {
	return with(full(kind), func(l *Letter) {
		l.Reissue, l.Items, l.Desired, l.Start = true, []string{"パスワード再発行"}, calendar.Date{}, calendar.MustDate("2024-12-02")
		l.SettingsIncomplete = false
	})
}

// goldens are the letters whose whole text is kept, by file name.
func goldens() map[string]Letter {
	letters := map[string]Letter{}
	for _, kind := range application.Mails() {
		if kind != application.MailSecretRead && kind != application.MailFactorsChanged && kind != application.MailCredential {
			letters[string(kind)] = full(kind)
		}
		if kind != application.MailDraftExpiring && !kind.OfAccount() {
			letters[string(kind)+"-administrator"] = toAdministrator(full(kind))
		}
	}
	incomplete := func(l *Letter) { l.SettingsIncomplete = true }
	letters["registered-settings-incomplete"] = with(full(application.MailRegistered), incomplete)
	letters["approved-settings-incomplete"] = with(full(application.MailApproved), incomplete)
	letters["start-date-changed-settings-incomplete"] = with(full(application.MailStartDateChanged), incomplete)
	letters["approved-moved"] = with(full(application.MailApproved), func(l *Letter) { l.Start = calendar.MustDate("2024-12-12") })
	letters["approved-without-ids"] = with(full(application.MailApproved), func(l *Letter) { l.IDsIssued = false })
	for _, kind := range []application.Mail{application.MailRegistered, application.MailApproved, application.MailPasswordReminder} {
		letters[string(kind)+"-reissue"] = reissued(kind)
	}
	for _, done := range []string{"invite", "stop", "reactivate", "end-sessions", "hand-over"} {
		letters["account-changed-"+done] = with(full(application.MailAccountChanged), func(l *Letter) {
			l.Establishment, l.Change = "", &AccountChange{Person: "山田 太郎", By: "鈴木 一郎", Done: done} // of the centre
			switch done {
			case "invite":
				l.Change.Role = "審査担当者"
			case "stop":
				l.Change.Applications = 3
			case "hand-over":
				l.Change.Applications, l.Change.Successor = 1, "佐藤 花子"
			}
		})
	}
	for _, done := range []string{"totp-set", "totp-removed", "passkey-added", "passkey-removed", "passkey-doubted", "recovery-made", "recovery-used", "reset", "guessed"} {
		letters["factors-changed-"+done] = with(full(application.MailFactorsChanged), func(l *Letter) {
			l.Establishment, l.Change = "", &AccountChange{Person: "山田 太郎", By: "山田 太郎", Done: done}
		})
	}
	for _, done := range []string{"set-first-password", "change-password", "reset-password", "ask-address", "change-address"} {
		letters["credential-changed-"+done] = with(full(application.MailCredential), func(l *Letter) {
			l.Change = &AccountChange{Person: "山田 太郎", By: "山田 太郎", Done: done}
		})
	}
	letters["void-by-clock"] = with(full(application.MailVoid), func(l *Letter) { l.Reason = "" })
	return letters
}

func TestLetters(t *testing.T) {
	t.Parallel()
	ls := newLetters(t)
	for name, letter := range goldens() {
		t.Run(name, func(t *testing.T) {
			m, err := ls.Render(letter)
			if err != nil {
				t.Fatal(err)
			}
			got := "To: " + m.To.Name + " <" + m.To.Address + ">\nSubject: " + m.Subject + "\n\n" + m.Body
			golden(t, filepath.Join("testdata", "letters", name+".golden"), got)
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// R-MAIL-2: the order is the operator's own.
func TestApprovalOrder(t *testing.T) {
	t.Parallel()
	letter := with(full(application.MailApproved), func(l *Letter) { l.SettingsIncomplete = true })
	m, err := newLetters(t).Render(letter)
	if err != nil {
		t.Fatal(err)
	}
	if want := "【NSS】利用申込確認完了のお知らせ"; m.Subject != want {
		t.Errorf("R-MAIL-2 subject %q, want %q", m.Subject, want)
	}
	rest := m.Body
	for _, part := range []string{
		"ナック通関株式会社", "東京事業所", "業務部", "山田 太郎 様", "輸出入・港湾関連情報処理センターです", "確認が完了しました",
		"申込受付年月日: 2024年11月29日(金)", "申込受付番号: 2400001A", "https://nss.example/login",
		"トップメニュー → 新着情報「詳細」→「ID通知内容」", "「パスワード」と「利用者パスワード」", "2024年12月2日(月) から 2024年12月12日(木) まで",
		"利用開始日の翌日までにお控えください（参照できるのは2024年12月12日(木)まで）", "2024年12月11日(水)", "再発行",
		"ご希望の日と異なることがあります", "4営業日前（2024年12月4日(水)）", "ヘルプデスク", "送信専用",
	} {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			t.Errorf("R-MAIL-2 %q is missing or out of order", part)
			continue
		}
		rest = after
	}
}

// Traps 12 and 33, R-MAIL-5: no letter links deeper than to the login page or names an ID.
func TestNoDeepLink(t *testing.T) {
	t.Parallel()
	ls := newLetters(t)
	for name, letter := range goldens() {
		m, err := ls.Render(letter)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(m.Body, operator().LoginURL+"\n", "")
		if strings.Contains(text, "http") || strings.Contains(text, operator().LoginURL) {
			t.Errorf("%s: links elsewhere than to the login page", name)
		}
		head := "ナック通関株式会社\n東京事業所\n"
		if letter.Establishment == "" {
			head = "ナック通関株式会社\n業務部\n"
		}
		if !strings.HasPrefix(m.Body, head) || !strings.Contains(m.Body, m.To.Name+" 様\n") {
			t.Errorf("R-MAIL-3 %s: does not begin with its reader", name)
		}
		for line := range strings.Lines(m.Body) {
			if len([]rune(line)) > 52 {
				t.Errorf("%s: too long a line %q", name, line)
			}
		}
	}
}

// R-SEC-11: without new IDs nothing is said about passwords.
func TestWithoutIDs(t *testing.T) {
	t.Parallel()
	ls := newLetters(t)
	for _, kind := range []application.Mail{application.MailApproved, application.MailInEffect, application.MailStartDateChanged, application.MailVoid} {
		m, err := ls.Render(with(full(kind), func(l *Letter) { l.IDsIssued = false }))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(m.Body, "パスワード") || strings.Contains(m.Body, "ID通知内容") {
			t.Errorf("R-SEC-11 %s speaks of passwords:\n%s", kind, m.Body)
		}
	}
}

// R-SEC-9: no letter of a re-issue speaks of a start date.
func TestReissueHasNoStartDate(t *testing.T) {
	t.Parallel()
	ls := newLetters(t)
	for _, kind := range []application.Mail{application.MailRegistered, application.MailApproved, application.MailPasswordReminder, application.MailSecretRead} {
		m, err := ls.Render(reissued(kind))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(m.Body, "利用開始") {
			t.Errorf("%s speaks of a start:\n%s", kind, m.Body)
		}
	}
}

// R-SET-1: a void by the clock says which day was missed; one by the centre says the centre's reason.
func TestReasonOfVoid(t *testing.T) {
	t.Parallel()
	ls := newLetters(t)
	for reason, want := range map[string]string{"": "締切日（2024年12月4日(水)）", " \n": "締切日（2024年12月4日(水)）", "廃業のため": "　廃業のため\n"} {
		m, err := ls.Render(with(full(application.MailVoid), func(l *Letter) { l.Reason = reason }))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(m.Body, want) || (reason == "廃業のため") == strings.Contains(m.Body, "締切日") {
			t.Errorf("R-SET-1 reason %q:\n%s", reason, m.Body)
		}
	}
}

// Every kind of the table has a letter and declares what it needs; a letter without it is refused.
func TestNeeds(t *testing.T) {
	t.Parallel()
	for _, kind := range application.Mails() {
		letter := full(kind)
		if kind == application.MailVoid {
			letter.Reason = ""
		}
		if err := letter.Check(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		needs, known := needsOf(kind, letter)
		if !known || len(needs) == 0 {
			t.Errorf("%s declares no need", kind)
		}
		for _, n := range append(needsOfAll(), needs...) {
			err := without(t, letter, n.fact).Check()
			if n.fact == "applicant" {
				err = without(t, toAdministrator(letter), n.fact).Check()
			}
			if n.fact == "establishment" && kind.OfAccount() {
				if err != nil { // the centre's people have none
					t.Errorf("%s without %s: %v", kind, n.fact, err)
				}
				continue
			}
			if err == nil || !strings.Contains(err.Error(), n.fact) {
				t.Errorf("%s without %s: %v", kind, n.fact, err)
			}
		}
	}
	if err := full("no-such").Check(); err == nil {
		t.Error("an unknown kind passes")
	}
}

// without is the letter lacking one fact, by its JSON name.
func without(t *testing.T, l Letter, fact string) Letter {
	t.Helper()
	if fact == "to.name" {
		l.To.Name = ""
		return l
	}
	raw, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	delete(fields, fact)
	if raw, err = json.Marshal(fields); err != nil {
		t.Fatal(err)
	}
	var lacking Letter
	if err := json.Unmarshal(raw, &lacking); err != nil {
		t.Fatal(err)
	}
	return lacking
}

// The payload of a row is the letter and nothing less.
func TestLetterJSON(t *testing.T) {
	t.Parallel()
	want := toAdministrator(full(application.MailApproved))
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Letter
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(calendar.Date{})); diff != "" {
		t.Error(diff)
	}
}

// Letters are checked when they are made, not when they are sent.
func TestBrokenLetters(t *testing.T) {
	t.Parallel()
	whole := func() fstest.MapFS {
		files := fstest.MapFS{"ja/frame.txt": {Data: []byte(`{{define "letter"}}{{.To}} {{template "body" .}}{{end}}`)}}
		for _, kind := range application.Mails() {
			files["ja/"+string(kind)+".txt"] = &fstest.MapFile{Data: []byte(`{{define "subject"}}S{{.Receipt}}{{end}}{{define "body"}}B{{end}}`)}
		}
		return files
	}
	if _, err := readLanguages(whole()); err != nil {
		t.Fatalf("whole: %v", err)
	}
	for name, spoil := range map[string]func(fstest.MapFS){
		"missing letter":                    func(f fstest.MapFS) { delete(f, "ja/void.txt") },
		"missing frame":                     func(f fstest.MapFS) { delete(f, "ja/frame.txt") },
		"missing Japanese":                  func(f fstest.MapFS) { clear(f) },
		"second language incomplete":        func(f fstest.MapFS) { f["en/frame.txt"] = f["ja/frame.txt"] },
		"no subject":                        set("ja/void.txt", `{{define "body"}}B{{end}}`),
		"no body":                           set("ja/void.txt", `{{define "subject"}}S{{end}}`),
		"unknown field on an untaken path":  set("ja/void.txt", `{{define "subject"}}S{{end}}{{define "body"}}{{if .IDsIssued}}{{.Password}}{{end}}{{end}}`),
		"R-MAIL-5 typed text in a subject":  set("ja/void.txt", `{{define "subject"}}{{.Applicant}}{{end}}{{define "body"}}B{{end}}`),
		"syntax":                            set("ja/void.txt", `{{define "subject"}}`),
		"unknown field in the common frame": set("ja/frame.txt", `{{define "letter"}}{{.Nobody}}{{template "body" .}}{{end}}`),
	} {
		files := whole()
		spoil(files)
		if _, err := readLanguages(files); err == nil {
			t.Errorf("%s: passes", name)
		}
	}
}

func set(name, text string) func(fstest.MapFS) {
	return func(files fstest.MapFS) { files[name] = &fstest.MapFile{Data: []byte(text)} }
}

// A reader whose language has letters gets those, every other one gets the Japanese.
func TestLanguage(t *testing.T) {
	t.Parallel()
	ls := newLetters(t)
	english := fstest.MapFS{"en/frame.txt": {Data: []byte(`{{define "letter"}}Dear {{.To}}{{end}}`)}}
	for _, kind := range application.Mails() {
		english["en/"+string(kind)+".txt"] = &fstest.MapFile{Data: []byte(`{{define "subject"}}Notice{{end}}{{define "body"}}B{{end}}`)}
	}
	sheets, err := readSheets(english, "en")
	if err != nil {
		t.Fatal(err)
	}
	ls.languages["en"] = sheets
	for language, want := range map[string]string{"": "【NSS】利用開始のお知らせ（2400001A）", "fr": "【NSS】利用開始のお知らせ（2400001A）", "en": "【NSS】Notice"} {
		m, err := ls.Render(with(full(application.MailInEffect), func(l *Letter) { l.To.Language = language }))
		if err != nil {
			t.Fatal(err)
		}
		if m.Subject != want {
			t.Errorf("%q: subject %q, want %q", language, m.Subject, want)
		}
	}
}

func TestOperatorCheck(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Operator){
		"no sender":      func(op *Operator) { op.From = "" },
		"sender twice":   func(op *Operator) { op.From = "a@b.example, c@d.example" },
		"return path":    func(op *Operator) { op.ReturnPath = "nobody" },
		"prefix in two":  func(op *Operator) { op.Prefix = "【NSS】\r\nBcc: x@y.example" },
		"no login URL":   func(op *Operator) { op.LoginURL = "" },
		"no phone":       func(op *Operator) { op.HelpDesk.Phone = " " },
		"no centre name": func(op *Operator) { op.Centre = "" },
	} {
		op := operator()
		spoil(&op)
		if _, err := NewLetters(op); err == nil {
			t.Errorf("%s: passes", name)
		}
	}
	if got := operator().MessageID("0193-1"); got != "0193-1@centre.example" {
		t.Errorf("R-MAIL-4 Message-ID %q", got)
	}
}
