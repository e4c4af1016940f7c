package desk_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// certificate is a file that begins as a PKCS #12 does, of any size.
func certificate(size int) *bytes.Reader {
	return bytes.NewReader(append([]byte{0x30, 0x82, 0x0a, 0x00}, bytes.Repeat([]byte("x"), size-4)...))
}

func certificateOf(establishment string, terminal int) desk.FileForm {
	return desk.FileForm{Kind: desk.FileCertificate, Establishment: establishment, Terminal: terminal, Name: "端末.p12"}
}

var software = desk.FileForm{Kind: desk.FileSoftware, Name: "package.zip"}

func zipped() *strings.Reader { return strings.NewReader("PK\x03\x04 package software") }

// add offers a file as the supervisor and gives its key.
func (h *house) add(form desk.FileForm, content io.ReadSeeker) string {
	h.t.Helper()
	_, err := h.Desk.AddFile(h.t.Context(), h.Supervisor, form, content, false)
	h.ok(err)
	page, err := h.Desk.OfferedFiles(h.t.Context(), h.Supervisor, "")
	h.ok(err)
	return page.Files[len(page.Files)-1].ID
}

// R-CON-3: certificates and software can be had from the approval on, by those who may apply, of their own
// establishment; never before, never by the centre, and no more when the approval came to nothing.
func TestFilesFromTheApprovalOn(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		own, all := h.add(certificateOf(sample.Tokyo, 3), certificate(100)), h.add(software, zipped())
		fetch := func(actor account.Actor, id string) error {
			_, err := h.Desk.FetchFile(t.Context(), actor, id)
			return err
		}
		ref := h.UnderExamination(incomplete(sample.S1("2024-12-12")))
		equal(t, "R-CON-3 before the approval", errors.Is(fetch(h.Applicant, own), desk.ErrNotFound), true)
		page, err := h.Desk.Files(t.Context(), h.Applicant)
		h.ok(err)
		equal(t, "R-CON-3 nothing is shown before the approval", page.May || len(page.Files) > 0, false)
		_, err = h.approve(ref, 1, "2024-12-12", "")
		h.ok(err)
		for _, id := range []string{own, all} {
			h.ok(fetch(h.Applicant, id))
			h.ok(fetch(h.Administrator, id))
			equal(t, "viewer", errors.Is(fetch(h.Viewer, id), desk.ErrForbidden), true)
			equal(t, "centre", errors.Is(fetch(h.Supervisor, id), desk.ErrForbidden), true)
			equal(t, "another establishment, without any approval", errors.Is(fetch(h.OtherApplicant, id), desk.ErrNotFound), true)
		}
		equal(t, "fetches of the certificate, software is not listed", h.count("file_fetches", "file = $1", own), 2)
		equal(t, "evidence", h.count("audit_entries", "act = 'fetch-file'"), 4)
		page, err = h.Desk.Files(t.Context(), h.Viewer)
		h.ok(err)
		equal(t, "viewers see the list", len(page.Files), 2)
		equal(t, "who fetched", page.Files[0].Fetches[0].By, h.Administrator.Name)
		equal(t, "who uploaded is not theirs to know", page.Files[0].By, "")
		h.At("2024-12-07T00:00:00+09:00")
		equal(t, "R-CON-3 void by the deadline, not recorded", errors.Is(fetch(h.Applicant, all), desk.ErrNotFound), true)
	})
}

// An approval of one establishment opens nothing of another's.
func TestForeignCertificates(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.Approved(sample.S2("2024-12-12"))
		h.Approved(by(h.SecondApplicant, sample.Warehouse("2024-12-12", 5)))
		own := h.add(certificateOf(sample.Tokyo, 1), certificate(100))
		_, err := h.Desk.FetchFile(t.Context(), h.SecondApplicant, own)
		equal(t, "trap 27", errors.Is(err, desk.ErrNotFound), true)
		page, err := h.Desk.Files(t.Context(), h.SecondApplicant)
		h.ok(err)
		equal(t, "trap 27 nothing to see", len(page.Files), 0)
		menu, err := h.Desk.Preparation(t.Context(), h.SecondApplicant, "nothing")
		equal(t, "trap 27 no page", errors.Is(err, desk.ErrNotFound) && len(menu.Files) == 0, true)
	})
}

// A file comes out as it went in, part by part; one that is withdrawn is gone, its row stays.
func TestFilesKeepTheirBytes(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.Approved(sample.S2("2024-12-12"))
		content := certificate(2<<20 + 17)
		id := h.add(certificateOf(sample.Tokyo, 1), content)
		equal(t, "parts", h.count("file_parts", "file = $1", id), 3)
		file, err := h.Desk.FetchFile(t.Context(), h.Applicant, id)
		h.ok(err)
		sum := sha256.New()
		asked := 0
		h.ok(file.CopyTo(t.Context(), sum, func() error { asked++; return nil }))
		equal(t, "digest", hex.EncodeToString(sum.Sum(nil)), file.Digest)
		equal(t, "asked before each part", asked, 3)
		second := certificateOf(sample.Tokyo, 1)
		_, err = h.Desk.AddFile(t.Context(), h.Supervisor, second, certificate(50), false)
		broken(t, err, "R-CON-3", "replace")
		second.Replace = true
		h.add(second, certificate(50))
		equal(t, "the parts of the replaced one are gone", h.count("file_parts", "file = $1", id), 0)
		equal(t, "its row stays", h.count("files", "id = $1 AND revoked_at IS NOT NULL", id), 1)
		if err := file.CopyTo(t.Context(), io.Discard, func() error { return nil }); err == nil {
			t.Error("half a file was sent as a whole one")
		}
		page, err := h.Desk.OfferedFiles(t.Context(), h.Supervisor, "")
		h.ok(err)
		h.ok(h.Desk.WithdrawFile(t.Context(), h.Supervisor, page.Files[0].ID))
		h.ok(h.Desk.WithdrawFile(t.Context(), h.Supervisor, page.Files[0].ID))
		equal(t, "withdrawn once", h.count("audit_entries", "act = 'withdraw-file'"), 2)
	})
}

// What is wrong with an upload is told at its field, and nothing is kept of it.
func TestUploadsAreJudged(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.Desk.Operator.MaxFileMB = 1
		terminal := func(n int) desk.FileForm { return certificateOf(sample.Tokyo, n) }
		named := func(form desk.FileForm, name string) desk.FileForm { form.Name = name; return form }
		for _, tt := range []struct {
			name    string
			form    desk.FileForm
			content io.ReadSeeker
			field   string
		}{
			{"no kind", desk.FileForm{Name: "a.zip"}, zipped(), "kind"},
			{"empty", software, strings.NewReader(""), "file"},
			{"too large", terminal(1), certificate(1<<20 + 1), "file"},
			{"terminal 0", terminal(0), certificate(10), "terminal"},
			{"terminal beyond those of the contract", terminal(4), certificate(10), "terminal"},
			{"nowhere", certificateOf("どこにもない", 1), certificate(10), "establishment"},
			{"no establishment", certificateOf(" ", 1), certificate(10), "establishment"},
			{"several establishments", certificateOf("東京", 1), certificate(10), "establishment"},
			{"a program as certificate", named(terminal(1), "a.exe"), strings.NewReader("MZ......"), "file"},
			{"content unlike its ending", named(software, "a.zip"), strings.NewReader("MZ......"), "file"},
			{"a path", named(software, "../a.zip"), zipped(), "file"},
			{"a hidden name", named(software, ".zip"), zipped(), "file"},
			{"a line end in the name", named(software, "a\r\nb.zip"), zipped(), "file"},
			{"a name that reads backwards", named(software, "a\u202epiz.zip"), zipped(), "file"},
			{"a long name", named(software, strings.Repeat("長", 97)+".zip"), zipped(), "file"},
		} {
			err := h.unchanged(tt.name, func() error {
				_, err := h.Desk.AddFile(t.Context(), h.Supervisor, tt.form, tt.content, false)
				return err
			})
			broken(t, err, "R-CON-3", tt.field)
		}
		h.ok(h.unchanged("dry run", func() error {
			_, err := h.Desk.AddFile(t.Context(), operator(), terminal(3), certificate(1<<20), true)
			return err
		}))
		// A part of 東京第二事業所's kana is answered with its key: nothing goes to another company by a slip.
		_, err := h.Desk.AddFile(t.Context(), h.Supervisor, certificateOf("だいに", 1), certificate(10), false)
		broken(t, err, "R-CON-3", "establishment")
		if !strings.Contains(err.Error(), sample.Second) {
			t.Errorf("the refusal names no key: %v", err)
		}
		h.add(certificateOf(sample.Second, 1), certificate(10))
		for _, who := range []account.Actor{h.Examiner, h.Administrator} {
			_, err := h.Desk.AddFile(t.Context(), who, software, zipped(), false)
			equal(t, "as "+string(who.Role), errors.Is(err, desk.ErrForbidden), true)
			equal(t, "withdrawing as "+string(who.Role), errors.Is(h.Desk.WithdrawFile(t.Context(), who, "x"), desk.ErrForbidden), true)
		}
	})
}

// Two supervisors who upload for one terminal at once: one certificate stands in the end, nobody's is lost
// without a word.
func TestTwoUploadAtOnce(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		other := h.reopened()
		results := make([]error, 2)
		var both sync.WaitGroup
		for i, d := range []*desk.Desk{h.Desk, other} {
			both.Go(func() {
				_, results[i] = d.AddFile(t.Context(), h.Supervisor, certificateOf(sample.Tokyo, 1), certificate(1000), false)
			})
		}
		both.Wait()
		equal(t, "one stands", h.count("files", "revoked_at IS NULL"), 1)
		if (results[0] == nil) == (results[1] == nil) {
			t.Errorf("one must be told: %v, %v", results[0], results[1])
		}
		broken(t, errors.Join(results...), "R-CON-3", "replace")
	})
}
