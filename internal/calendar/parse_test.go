package calendar_test

import (
	"errors"
	"testing"

	. "uketsuke/internal/calendar"
)

func TestParseTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"2024-12-10": "2024-12-10", "2024/12/10": "2024-12-10", "2024.12.10": "2024-12-10", "20241210": "2024-12-10",
		"2024年12月10日": "2024-12-10", "2024/4/1": "2024-04-01", "２０２４年１２月１０日": "2024-12-10", "２０２４／１２／１０": "2024-12-10",
		"2024ー12ー10": "2024-12-10", "　2024-12-10 ": "2024-12-10", "2024年 4月 1日": "2024-04-01",
		"令和6年4月1日": "2024-04-01", "令和元年5月1日": "2019-05-01", "令和１年５月１日": "2019-05-01", "令和 6年 4月 1日": "2024-04-01",
		"R6.4.1": "2024-04-01", "r6/4/1": "2024-04-01", "Ｒ６．４．１": "2024-04-01", "令和6.4.1": "2024-04-01", "㋿6年4月1日": "2024-04-01",
		"H31.4.30": "2019-04-30", "平成元年1月8日": "1989-01-08", "S64.1.7": "1989-01-07", "昭和元年12月25日": "1926-12-25",
		"大正15年12月24日": "1926-12-24", "T1.7.30": "1912-07-30", "明治45年7月29日": "1912-07-29", "M6.1.1": "1873-01-01",
		"2024-02-29": "2024-02-29", "0001-01-01": "0001-01-01", "9999-12-31": "9999-12-31",
	} {
		d, err := ParseTyped(typed)
		if err != nil || d.String() != want {
			t.Errorf("R-SET-3 %q: %q, %v; want %s", typed, d, err, want)
		}
	}
}

func TestParseTypedRefuses(t *testing.T) {
	for _, typed := range []string{
		"", " ", "2024", "2024-12", "2024-12-32", "2024-13-01", "2023-02-29", "2024-00-10", "2024-12-00", "0000-01-01", "00000101",
		"24-12-10", "2024-12/10", "2024.12-10", "2024-12-10日", "2024年12月10", "12/10/2024", "2024-12-10T00:00", "2024 12 10x",
		"令和0年5月1日", "令和元年4月30日", "平成31年5月1日", "平成元年1月7日", "昭和64年1月8日", "昭和元年12月24日", "大正15年12月25日", "明治5年12月2日", "明治45年7月30日",
		"令和6年2月30日", "R6-4.1", "X6.4.1", "慶応3年1月1日", "令和元年", "-2024-12-10", "99999-01-01", "2024-12-10\x00",
	} {
		if d, err := ParseTyped(typed); !errors.Is(err, ErrNotADate) || !d.IsZero() {
			t.Errorf("R-SET-3 %q: %q, %v; want ErrNotADate", typed, d, err)
		}
	}
}

func TestParseDate(t *testing.T) {
	for _, s := range []string{"0001-01-01", "2024-02-29", "9999-12-31"} {
		if d, err := ParseDate(s); err != nil || d.String() != s {
			t.Errorf("%q: %q, %v", s, d, err)
		}
	}
	for _, s := range []string{"", "2024/12/10", "2024-2-1", "2023-02-29", "0000-12-31", "20241210", "２０２４-12-10", " 2024-12-10"} {
		if d, err := ParseDate(s); !errors.Is(err, ErrNotADate) || !d.IsZero() {
			t.Errorf("%q: %q, %v; want ErrNotADate", s, d, err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("MustDate did not panic")
		}
	}()
	MustDate("x")
}

// FuzzParseTyped: whatever is read can be printed in every form and read again as the same day.
func FuzzParseTyped(f *testing.F) {
	for _, s := range []string{"2024-12-10", "令和元年5月1日", "Ｒ６．４．１", "20241210", "昭和64年1月8日", "㍻", "年月日", "0001-01-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseTyped(s)
		if err != nil {
			if !d.IsZero() || !errors.Is(err, ErrNotADate) {
				t.Fatalf("%q: %s with %v", s, d, err)
			}
			return
		}
		forms := []string{d.String(), d.Wareki()}
		if d.Year() > 2117 { // the years of an era are typed in two digits: R2024 is a slip, not the year 4042
			forms = forms[:1]
		}
		for _, form := range forms {
			if again, err := ParseTyped(form); err != nil || again != d {
				t.Fatalf("%q: %s, then %q: %s, %v", s, d, form, again, err)
			}
		}
	})
}
