package document

import (
	"fmt"
	"strings"
	"time"

	"uketsuke/internal/calendar"
)

var applicant = Party{
	PostalCode:    "105-0011",
	Address:       "東京都港区芝公園四丁目２番８号　見本ビルディング７階",
	Company:       "見本商事株式会社",
	Establishment: "東京事業所",
	Position:      "代表取締役社長",
	Name:          "𠮷田　太郎",
}

// genuine is how a sample paper is checked.
func genuine(number string) Genuine {
	const short = "9f86d081884c7d659a2feaa0"
	return Genuine{Page: "https://desk.example.jp/check", Address: "https://desk.example.jp/check?d=" + short + "&n=" + number,
		Number: number, Digest: InFours(short)}
}

const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// sampleForm is the application of scenario S3, with settings for its first code only.
func sampleForm() Form {
	return Form{
		Centre:       "見本ネットワーク運営センター",
		Service:      "見本ネットワーク サポートシステム",
		Receipt:      "2400001A",
		RegisteredAt: time.Date(2024, 11, 29, 1, 0, 0, 0, time.UTC),
		Date:         calendar.NewDate(2024, 11, 29),
		Applicant:    applicant,
		Items:        []string{"利用者コード（追加）"},
		Desired:      calendar.NewDate(2024, 12, 10),
		Reason: "東京事業所で通関業を始めるにあたり、利用者コードを２つ追加します。既存の「混載業」の業務とは担当部署が異なるため、利用者コードを分けて管理します。\n" +
			"稼働の準備（netNACCS端末の設置）は、2024年12月6日(金)までに終わる予定です。",
		Rows: []Row{
			{"追加", "共用", []string{"通関"}, "net", "追加1", "－", 1, true, true, false},
			{"追加", "共用", []string{"混載", "航空代理店", "自社通関"}, "インタラクティブ", "追加2", "－", 12, false, false, false},
			{"追加", "海上", []string{"保税"}, "SMTP双方向", "追加3", "－", 3, true, false, true},
		},
		Legend: []string{
			"追加1 同士は同じ利用者コードになります。",
			"追加1 と 追加2 は異なる利用者コードになります。",
		},
		Archive: []string{"追加3"},
		Settings: []SettingsSheet{
			{Title: "追加1　名称", Fields: []LabelledValue{
				{"企業名（漢字）", "見本商事株式会社"},
				{"企業名（カナ）", "ミホンショウジカブシキガイシャ"},
				{"企業名（英字）", "MIHON SHOJI CO., LTD."},
				{"営業所名（漢字）", ""},
			}},
			{Title: "追加2　名称", Missing: true},
		},
		Contact: Contact{
			Department: "物流システム部", Position: "課長", Name: "髙﨑　花子", Kana: "タカサキ　ハナコ",
			Phone: "03-1234-5678", Extension: "4321", Fax: "03-1234-5679", Email: "hanako.takasaki@mihon-shoji.example",
		},
		Digest: digest, Genuine: genuine("2400001A"),
	}
}

// sampleNotice is the answer to scenario S2, two business days after the wish.
func sampleNotice() Notice {
	return Notice{
		Number: "通知第24-00001号",
		Date:   calendar.NewDate(2024, 12, 2),
		Sender: SenderParty{
			PostalCode: "100-0013", Address: "東京都千代田区霞が関九丁目９番９号",
			Name: "見本ネットワーク運営センター", Department: "利用契約部",
		},
		Service:    "見本ネットワーク サポートシステム",
		Addressee:  applicant,
		Receipt:    "2400001A",
		Items:      []string{"利用者コード（追加）"},
		Desired:    calendar.NewDate(2024, 12, 10),
		Confirmed:  calendar.NewDate(2024, 12, 12),
		DateReason: "設備の点検のため、ご希望の日に利用を開始できません。",
		Rows: []NoticeRow{
			{"追加", "共用", []string{"通関", "混載"}, "net", "1ANAC", "A0A", true, true, false},
			{"追加", "共用", []string{"通関", "混載"}, "net", "1ANAC", "A0B", true, true, false},
			{"追加", "海上", []string{"保税"}, "インタラクティブ", "1BNAC", "001", true, false, true},
		},
		HelpDesk: []string{"見本ネットワーク ヘルプデスク", "電話 0120-000-000（平日 9:00–17:00）"},
		Digest:   digest, Genuine: genuine("24-00001"),
	}
}

// longest fills a form to its limits: every text as long as it may be and longer, 20 codes of 10 rows.
func longestForm() Form {
	f := sampleForm()
	f.Wareki = true
	f.Applicant = Party{
		PostalCode: "105-0011", Address: strings.Repeat("北海道虻田郡", 30), Company: strings.Repeat("長", 120),
		Establishment: strings.Repeat("事業所", 40), Position: strings.Repeat("取締役", 30), Name: strings.Repeat("寿限無", 30),
	}
	f.Reason = strings.Repeat("「理由」です。", 71) + "おわり"
	f.Items = []string{"利用者コード（追加）", strings.Repeat("識別番号", 40)}
	f.Rows, f.Settings = nil, nil
	for code := range 20 {
		name := fmt.Sprintf("追加%d", code+1)
		for range 10 {
			f.Rows = append(f.Rows, Row{"追加", "共用", []string{"通関", "輸出入者", "航空代理店", "機長代行", "混載"},
				"インタラクティブ", name, "－", 99, true, false, code%2 == 0})
		}
		sheet := SettingsSheet{Title: name + "　名称"}
		for i := range 30 {
			sheet.Fields = append(sheet.Fields, LabelledValue{fmt.Sprintf("項目%d（漢字）", i+1), strings.Repeat("値", 70)})
		}
		f.Settings = append(f.Settings, sheet)
	}
	f.Contact.Department = strings.Repeat("部", 60)
	f.Contact.Email = strings.Repeat("a", 200) + "@" + strings.Repeat("b", 50) + ".example"
	return f
}
