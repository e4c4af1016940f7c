package account

import (
	"strings"
	"testing"
	"time"
)

func TestNewPasswords(t *testing.T) {
	words := []string{"yamada", "山田 太郎", "yamada@nac.example", "ナック通関株式会社", "東京事業所", "NSS", "NACCS センター", "Jo", "林"}
	long := "seven lanterns hang over the quay and nobody knows who lights them each evening, though the harbour master once asked the fishermen about it."
	tests := []struct {
		name, password string
		factor         bool
		rule           string
	}{
		{"ASVS-6.2.1 14 characters", "quiet harbours", false, "ASVS-6.2.1"},
		{"ASVS-6.2.1 15 characters", "quiet harbours!", false, ""},
		{"ASVS-6.2.1 11 with a second factor", "quiet quays", true, "ASVS-6.2.1"},
		{"ASVS-6.2.1 12 with a second factor", "quiet quays!", true, ""},
		{"ASVS-6.2.1 characters, not bytes", "静かな港に灯がともる夕べの鐘", false, "ASVS-6.2.1"},
		{"ASVS-6.2.9 64 characters", long[:64], false, ""},
		{"ASVS-6.2.9 128 characters", long[:128], false, ""},
		{"ASVS-6.2.9 129 characters", long[:129], false, "ASVS-6.2.9"},
		{"ASVS-6.2.5 small letters alone", "seven lanterns over the quay", false, ""},
		{"ASVS-6.2.8 a control character", "seven lanterns\x00 over", false, "ASVS-6.2.8"},
		{"ASVS-6.2.4 a listed one", "1qaz2wsx3edc4rfv", false, "ASVS-6.2.4"},
		{"ASVS-6.2.4 a listed one with a second factor", "administrator", true, "ASVS-6.2.4"},
		{"ASVS-6.2.4 twice a common one", "passwordpassword", false, "ASVS-6.2.4"},
		{"ASVS-6.2.4 two common ones", "Dragon-Sunshine-2024", false, "ASVS-6.2.4"},
		{"ASVS-6.2.4 with signs for letters", "P@ssw0rd!P@ssw0rd!", false, "ASVS-6.2.4"},
		{"ASVS-6.2.4 figures around a common one", "20241201 welcome 20241201", false, "ASVS-6.2.4"},
		{"ASVS-6.2.4 figures alone", "314159265358979323", false, "ASVS-6.2.4"},
		{"ASVS-6.2.4 rows of a keyboard", "qwertyuiopasdfghjkl", false, "ASVS-6.2.4"},
		{"ASVS-6.2.4 one character", strings.Repeat("z", 20), false, "ASVS-6.2.4"},
		{"ASVS-6.2.11 the login", "yamada-yamada-1", false, "ASVS-6.2.4"},
		{"ASVS-6.2.11 product and year", "NSS2024-NACCS2024", false, "ASVS-6.2.4"},
		{"ASVS-6.2.11 company and establishment", "ナック通関株式会社東京事業所123", false, "ASVS-6.2.4"},
		{"ASVS-6.2.11 a common one and the login", "welcome_yamada_99", false, "ASVS-6.2.4"},
		{"ASVS-6.2.11 a name of two kanji and a common one", "山田-sunshine-2024", false, "ASVS-6.2.4"},
		{"ASVS-6.2.11 many words of the place, and nothing else", "yamada-nss-nss-yamada", false, "ASVS-6.2.4"},
		{"ASVS-6.2.11 a part of a name of the place, and nothing else", "yamada-naccs-nss-yamada", false, "ASVS-6.2.4"},
		{"ASVS-6.2.11 two letters of a name say nothing", "jo-sunshine-20241201", false, ""},
		{"ASVS-6.2.11 nor are they taken away before what is left is looked at", "jokjokjomjo-kmjo", false, ""},
		{"ASVS-6.2.4 four different characters", "kmkk-mjkjk-mjmjk", false, "ASVS-6.2.4"},
		{"ASVS-6.2.4 stretches of a keyboard", "ertyuio-sdfghjk-1", false, "ASVS-6.2.4"},
		{"ASVS-6.2.4 stretches backwards", "kjhgfds-edcba-2024", false, "ASVS-6.2.4"},
		{"ASVS-6.2.4 three of a row are a stretch", "rty-sunshine-2024", false, "ASVS-6.2.4"},
		{"ASVS-6.2.4 two beside each other are none", "we-sunshine-20241201", false, ""},
		{"four words", "correct horse battery staple", false, ""},
		{"a sentence", "hanami-to-momiji", false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for _, p := range (NewPassword{Password: tt.password, Again: tt.password, SecondFactor: tt.factor, Words: words}).Problems() {
				got = p.Rule
			}
			if got != tt.rule {
				t.Errorf("%q breaks %q, want %q", tt.password, got, tt.rule)
			}
		})
	}
	if l := (NewPassword{Password: "quiet harbours!", Again: "quiet harbours"}).Problems(); len(l) != 1 || l[0].Field != "again" {
		t.Errorf("typed differently: %v", l)
	}
}

// ASVS-6.2.4 asks for the 3,000 commonest that are long enough. The commonest there are, put together with
// themselves, each other or figures, are all refused.
func TestCommonPasswords(t *testing.T) {
	n, before := 0, "dragon"
	for word := range strings.Lines(commonPasswords) {
		word = strings.TrimSuffix(word, "\n")
		if len(word) < 6 || n == 3000 {
			continue
		}
		n++
		for _, made := range []string{word + word, before + word, strings.ToUpper(word[:1]) + word[1:] + "-20241202"} {
			if !isCommon(made, nil) {
				t.Errorf("%q is not refused", made)
			}
		}
		before = word
	}
	if n != 3000 {
		t.Errorf("%d words were tried", n)
	}
}

// The judgement of the longest password takes no time to speak of.
func TestJudgingIsQuick(t *testing.T) {
	began := time.Now()
	isCommon(strings.Repeat("ab", PasswordMax/2), []string{"abab"})
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %v", took)
	}
}

func TestPrepared(t *testing.T) {
	for typed, want := range map[string]string{
		"ｑｕｉｅｔ　ｈａｒｂｏｕｒ": "quiet harbour", "か\u3099": "が", "ﾊﾟｽ": "パス", "quiet": "quiet", "\xff": "\xff",
		strings.Repeat("ﷺ", 2000):        strings.Repeat("ﷺ", 2000),
		strings.Repeat("ｱ", 1365) + "a":  strings.Repeat("ア", 1365) + "a", // 4096 bytes, the most that is looked at
		strings.Repeat("ｱ", 1365) + "aa": strings.Repeat("ｱ", 1365) + "aa",
	} {
		if got := Prepared(typed); got != want {
			t.Errorf("%q is prepared as %q, want %q", typed, got, want)
		}
	}
}

func TestBrowser(t *testing.T) {
	const webkit = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " + webkit:                          "Chrome / Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " + webkit + " Edg/142.0.0.0":       "Edge / Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":       "Firefox / Linux",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/1": "Safari / iPhone",
		"Firefox/140.0": "Firefox", "Reader/3 (Windows NT 10.0)": "Reader/3",
		"curl/8.5.0": "curl/8.5.0", "": "", strings.Repeat("x", 99): strings.Repeat("x", 30),
	} {
		if got := Browser(agent); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
}
