package audit_test

import (
	"bytes"
	"strings"
	"testing"

	. "uketsuke/internal/audit"
)

// FuzzVerifyExport: whatever is handed in as an export is refused or reported on; nothing that nobody signed is clean.
func FuzzVerifyExport(f *testing.F) {
	_, public := signerOf(f, 9)
	for _, s := range specimens(f) {
		if !s.Proof && len(s.File) < 1<<14 {
			f.Add(s.File, strings.Join(s.Saved, ""))
		}
	}
	for _, s := range []string{"", "{}\n", `{"head":{"format":"uketsuke-audit-1"}}` + "\n" + `{"end":{"leaves":0}}` + "\n", `{"head":{}}` + "\n" + `{"leaf":{"seq":-1}}`, "\xff\n"} {
		f.Add([]byte(s), "")
	}
	f.Fuzz(func(t *testing.T, export []byte, saved string) {
		trust, err := NewTrust(public)
		if err != nil {
			t.Fatal(err)
		}
		report, err := VerifyExport(bytes.NewReader(export), trust, saved)
		if err == nil && report.Clean() {
			t.Fatalf("an invented log is clean: %+v", report)
		}
	})
}

// FuzzParseProof: a proof that nobody signed proves nothing, and a saved file of checkpoints is taken apart or left.
func FuzzParseProof(f *testing.F) {
	_, public := signerOf(f, 9)
	for _, s := range specimens(f) {
		if s.Proof {
			f.Add(s.File)
		}
	}
	for _, s := range []string{"", "{}", `{"format":"uketsuke-proof-1","leaf":{"entry":"{}"},"path":[],"checkpoint":"x"}`, "desk.example.jp/audit\n0\nAAAA\n\n— x AAAA\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		trust, err := NewTrust(public)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := ParseProof(text); err == nil {
			if c, err := p.Verify(trust); err == nil {
				t.Fatalf("an invented proof proves %+v", c)
			}
		}
		for _, signed := range Checkpoints(string(text)) {
			if c, err := trust.Open(signed); err == nil {
				t.Fatalf("an invented checkpoint passes: %+v", c)
			}
		}
	})
}
