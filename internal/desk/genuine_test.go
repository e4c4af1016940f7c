package desk_test

import (
	"bytes"
	"errors"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/sample"
)

var headForm = regexp.MustCompile(`番号 +(\S+)\n(?:[^\n]*\n)*? +ダイジェスト +((?:[0-9a-f]{4} ?){6})`)

// headOf is number and digest as somebody types them from a paper.
func headOf(t *testing.T, pdf []byte) (number, digest string) {
	t.Helper()
	read := exec.Command("pdftotext", "-layout", "-", "-")
	read.Stdin = bytes.NewReader(pdf)
	text, err := read.Output()
	if err != nil {
		t.Fatalf("reading a paper (apt-get install poppler-utils): %v", err)
	}
	parts := headForm.FindStringSubmatch(string(text))
	if parts == nil {
		t.Fatalf("the paper does not say how it is checked:\n%s", text)
	}
	return parts[1], parts[2]
}

// Every paper of an application is genuine with its own number and digest, whatever becomes of the application
// later; nothing else is, and every "no" is the same.
func TestCheckPaper(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		check := func(number, digest string) bool {
			t.Helper()
			genuine, err := h.Desk.CheckPaper(t.Context(), number, digest, "192.0.2.7")
			h.ok(err)
			return genuine
		}
		ref := h.UnderExamination(sample.S2("2024-12-12"))
		form := func() (string, string) {
			pdf, _, err := h.Desk.ApplicationForm(t.Context(), h.Applicant, ref.ID, 1, false)
			h.ok(err)
			return headOf(t, pdf)
		}
		receipt, filed := form()
		pdf, _, err := h.Desk.FilingReceipt(t.Context(), h.Applicant, ref.ID, 1, true)
		h.ok(err)
		again, same := headOf(t, pdf)
		if again != receipt || same != filed || !check(receipt, filed) {
			t.Errorf("form %s %q, receipt %s %q", receipt, filed, again, same)
		}
		guess := receipt[:2] + "-" + receipt[2:7]
		if check(guess, filed) {
			t.Error("the digest of the form passes for the notice")
		}
		_, err = h.approve(ref, 1, "2024-12-12", "")
		h.ok(err)
		h.At("2024-12-05T10:00:00+09:00")
		h.ok(h.Desk.ChangeStart(t.Context(), h.Supervisor, h.Ref(ref.ID), desk.StartChangeForm{Start: "2024-12-16", Reason: "設備の点検のため"}))
		h.At("2024-12-16T00:00:00+09:00")
		pdf, _, err = h.Desk.ApprovalNotice(t.Context(), h.Viewer, ref.ID, false)
		h.ok(err)
		notice, approved := headOf(t, pdf)
		if approved == filed || !check(notice, approved) || !check(receipt, filed) {
			t.Errorf("notice %s %q, form %s %q", notice, approved, receipt, filed)
		}
		h.At("2025-03-03T10:00:00+09:00")
		pdf, _, err = h.Desk.ApprovalNotice(t.Context(), h.Viewer, ref.ID, true)
		h.ok(err)
		if _, later := headOf(t, pdf); later != approved {
			t.Errorf("R-APP-16: the notice's digest was %q and is %q", approved, later)
		}
		// Another last digit; which one the right one is, is chance.
		printed := strings.TrimSpace(approved)
		other := printed[:len(printed)-1] + map[bool]string{true: "1", false: "0"}[strings.HasSuffix(printed, "0")]
		for _, row := range [][2]string{{notice, filed}, {receipt, approved}, {receipt[:7] + "B", filed}, {"9999999Z", filed},
			{notice, other}, {"24-99999", approved}, {"202412-00001-1", filed}, {"no number", filed}, {"' OR ''='", filed}} {
			if check(row[0], row[1]) {
				t.Errorf("%q with %q passes", row[0], row[1])
			}
		}
		for _, row := range [][2]string{{"通知第" + notice + "号", strings.ToUpper(approved)}, {" " + strings.ToLower(receipt), strings.ReplaceAll(filed, " ", "")},
			{receipt, filed[:24]}} {
			if !check(row[0], row[1]) {
				t.Errorf("%q with %q does not pass", row[0], row[1])
			}
		}
	})
}

// Too few digits are not looked at: 80 bits at least (ASVS 6.5).
func TestCheckPaperProblems(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		for _, row := range [][3]string{{"", "9f86 d081 884c 7d65 9a2f", "number"}, {"2400001A", " ", "digest"}, {"2400001A", "9f86 d081 884c 7d65 9a2", "digest"},
			{"2400001A", "9f86 d081 884c 7d65 9a2x", "digest"}} {
			_, err := h.Desk.CheckPaper(t.Context(), row[0], row[1], "192.0.2.7")
			if wrong, is := errors.AsType[problem.List](err); !is || len(wrong.At(row[2])) != 1 {
				t.Errorf("%q: %v", row, err)
			}
		}
	})
}

// Failures of an address are slowed, and its own only; sign-ins from there are not (ASVS 6.3.1).
func TestCheckPaperIsSlowed(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		try := func(from string) error {
			_, err := h.Desk.CheckPaper(t.Context(), "2400001A", strings.Repeat("0", 24), from)
			return err
		}
		for n := range 25 {
			if err := try("192.0.2.7"); err != nil {
				t.Fatalf("try %d: %v", n+1, err)
			}
		}
		var many *desk.TooManyTries
		if err := try("192.0.2.7"); !errors.As(err, &many) {
			t.Errorf("the 26th try at once: %v", err)
		}
		h.ok(try("192.0.2.8"))
		_, err := h.Desk.SignIn(t.Context(), sample.Login(h.Applicant), sample.Password, desk.Arrival{From: "192.0.2.7"})
		h.ok(err)
		h.Pass(2 * time.Second)
		h.ok(try("192.0.2.7"))
		if got := h.count("audit_entries", "act = 'check-paper-slowed'"); got != 2 {
			t.Errorf("%d entries say that an address was slowed, want 2", got)
		}
	})
}
