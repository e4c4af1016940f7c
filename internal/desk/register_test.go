package desk_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"testing"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// together runs f n times at once and returns the answers.
func together[T any](n int, f func(i int) (T, error)) ([]T, []error) {
	answers, errs := make([]T, n), make([]error, n)
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			answers[i], errs[i] = f(i)
		})
	}
	done.Wait()
	return answers, errs
}

// S9, R-APP-14.
func TestTrap5RegisterPressedThreeTimes(t *testing.T) {
	for name, press := range map[string]func(*house, desk.Ref) ([]string, []error){
		"one after the other": func(h *house, ref desk.Ref) (receipts []string, errs []error) {
			for range 3 {
				receipt, err := h.Desk.Register(h.t.Context(), h.Applicant, ref, true)
				receipts, errs = append(receipts, receipt), append(errs, err)
			}
			return receipts, errs
		},
		"at once in two processes": func(h *house, ref desk.Ref) ([]string, []error) {
			desks := []*desk.Desk{h.Desk, h.reopened()}
			return together(6, func(i int) (string, error) {
				return desks[i%2].Register(h.t.Context(), h.Applicant, ref, true)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachSound(t, monday, func(t *testing.T, h *house) {
				ref := h.Draft(sample.S1("2024-12-12"))
				receipts, errs := press(h, ref)
				for i := range receipts {
					h.ok(errs[i])
					equal(t, "receipt", receipts[i], receipts[0])
				}
				equal(t, "versions", len(h.Case(h.Applicant, ref.ID).Versions), 1)
				same(t, "one pair of mails", to(h.letters(ref.ID, "")), h.aAndM())
				equal(t, "audit entries", h.count("audit_entries", "act = 'register'"), 1)
			})
		})
	}
}

func TestTrap4OneNumberForOneForm(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, receipt := h.Registered(sample.S3("2024-12-12"))
		equal(t, "the case", h.Case(h.Applicant, ref.ID).Receipt, receipt)
		equal(t, "the version", h.Case(h.Applicant, ref.ID).Versions[0].Receipt, receipt)
		for _, l := range h.letters(ref.ID, "") {
			equal(t, "the mail", l.Receipt, receipt)
		}
		list, err := h.Desk.Applications(t.Context(), h.Applicant, desk.ListQuery{})
		h.ok(err)
		equal(t, "the list", list.Rows[0].Receipt, receipt)
	})
}

func TestReceiptNumbers(t *testing.T) {
	t.Run("R-APP-15 the year is Tokyo's", func(t *testing.T) {
		eachSound(t, "2024-12-31T23:59:59+09:00", func(t *testing.T, h *house) {
			_, first := h.Registered(sample.S1("2025-01-20"))
			h.At("2025-01-01T00:00:00+09:00")
			_, second := h.Registered(sample.S1("2025-01-20"))
			h.At("2025-01-01T08:59:59+09:00") // still 2024 in UTC
			ref, third := h.Registered(sample.S1("2025-01-20"))
			same(t, "receipts", []string{first, second, third}, []string{"2400001A", "2500001A", "2500002A"})
			h.ok(h.Desk.Claim(t.Context(), h.Examiner, ref))
			h.ok(h.Desk.Return(t.Context(), h.Examiner, h.Ref(ref.ID), 1, []desk.RemarkForm{{Body: "確認してください。"}}))
			letter, err := h.Desk.Register(t.Context(), h.Applicant, h.Ref(ref.ID), true)
			h.ok(err)
			equal(t, "R-APP-15 letter B", letter, "2500002B")
		})
	})
	t.Run("Trap 19 a restart repeats no number", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			ref, _ := h.Approved(sample.S2("2024-12-12"))
			h.Desk = h.reopened()
			_, receipt := h.Registered(sample.S2("2024-12-12"))
			equal(t, "receipt", receipt, "2400002A")
			next, _ := h.Approved(sample.S2("2024-12-12"))
			same(t, "IDs", append(h.ids(ref.ID), h.ids(next.ID)...), []string{"1ANACA0A", "1BNACA0A"})
		})
	})
	t.Run("R-APP-15 forty at once, none twice", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			refs := make([]desk.Ref, 40)
			for i := range refs {
				refs[i] = h.Draft(sample.S2("2024-12-12"))
			}
			receipts, errs := together(len(refs), func(i int) (string, error) {
				return h.Desk.Register(t.Context(), h.Applicant, refs[i], true)
			})
			for _, err := range errs {
				h.ok(err)
			}
			slices.Sort(receipts)
			equal(t, "different receipts", len(slices.Compact(receipts)), len(refs))
		})
	})
}

// R-APP-16: the digest is that of the bytes stored, and what is shown is decoded from them.
func TestTrap17DigestOverStoredBytes(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Registered(sample.S3("2024-12-12"))
		var content, digest string
		h.ok(h.raw.QueryRowContext(t.Context(), "SELECT content, digest FROM application_versions").Scan(&content, &digest))
		sum := sha256.Sum256([]byte(content))
		equal(t, "R-APP-16 digest of the row", digest, hex.EncodeToString(sum[:]))
		equal(t, "digest shown", h.Case(h.Applicant, ref.ID).Digest, digest)
		equal(t, "digest in the audit entry", h.count("audit_entries", "act = 'register' AND entry LIKE $1", "%"+digest+"%"), 1)
		doc, err := application.Decode([]byte(content))
		h.ok(err)
		equal(t, "what is shown", fmt.Sprint(h.Case(h.Examiner, ref.ID).Document), fmt.Sprint(doc))
		for _, row := range h.rows("SELECT entry, hash FROM audit_entries") {
			entry, hash := row[:len(row)-67], row[len(row)-64:]
			sum := sha256.Sum256([]byte(entry))
			equal(t, "hash of an audit entry", hash, hex.EncodeToString(sum[:]))
		}
	})
}

func TestRegistrationRefusals(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		draft := h.Draft(sample.S1("2024-12-11"))
		register := func(ok bool) error {
			return h.unchanged("a refused registration", func() error {
				_, err := h.Desk.Register(t.Context(), h.Applicant, h.Ref(draft.ID), ok)
				return err
			})
		}
		broken(t, register(false), "R-APP-17", "rules")
		form := map[string][]string{"desired": {"2024-13-40"}}
		h.ok(h.Desk.KeepTyped(t.Context(), h.Applicant, draft, "start", form))
		broken(t, register(true), "R-APP-13", "typed.start")
		same(t, "R-APP-13 kept as typed", h.Case(h.Applicant, draft.ID).Draft.Typed["start"]["desired"], form["desired"])
		h.ok(h.Desk.SaveStart(t.Context(), h.Applicant, h.Ref(draft.ID), desk.StartForm{Kinds: []string{"user-code"}, Desired: "2024-12-11", Reason: "x"}))
		h.At("2024-12-02T17:00:00.001+09:00")
		broken(t, register(true), "R-APP-11", "desired") // now the base day is Tuesday
	})
}

func TestTrap10NothingAcceptedWithoutBeingStored(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, receipt := h.Registered(sample.S1("2024-12-12"))
		other := h.reopened()
		view, err := other.Case(t.Context(), h.Applicant, ref.ID)
		h.ok(err)
		equal(t, "receipt", view.Receipt, receipt)
		equal(t, "state", view.State, application.Registered)
		equal(t, "codes", len(view.Document.Codes), 1)
		equal(t, "settings", view.SettingsComplete, true)
		draft := h.Draft(sample.S2("2024-12-12"))
		err = h.unchanged("a wrong page", func() error {
			return h.Desk.SaveStart(t.Context(), h.Applicant, draft, desk.StartForm{Kinds: []string{"user-code"}, Desired: "2024-12-01", Reason: ""})
		})
		broken(t, err, "R-APP-11", "desired")
		broken(t, err, "R-APP-12", "reason")
	})
}

func TestBondedAreas(t *testing.T) {
	const desired = "2024-12-12"
	// taken tries to save the area of number 1 in a fresh draft of another company.
	taken := func(h *house) error {
		h.t.Helper()
		o := by(h.OtherApplicant, sample.Warehouse(desired, 2))
		ref := h.Draft(o)
		return h.Desk.SaveSettings(h.t.Context(), h.OtherApplicant, ref, 1, "bonded-warehouse",
			sample.CompleteTab(h.Desk.Catalogue, "bonded-warehouse", 1))
	}
	t.Run("R-APP-9 refused at the field", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			h.ok(taken(h)) // a draft reserves nothing
			h.Registered(sample.Warehouse(desired, 1))
			broken(t, taken(h), "R-APP-9", "bonded_area")
			draft := h.rows("SELECT id FROM applications WHERE state = 'draft' ORDER BY created_at LIMIT 1")[0]
			_, err := h.Desk.Register(t.Context(), h.OtherApplicant, h.Ref(draft), true)
			broken(t, err, "R-APP-9", "")
		})
	})
	t.Run("R-APP-9 at once", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			a, b := h.Draft(sample.Warehouse(desired, 1)), h.Draft(by(h.OtherApplicant, sample.Warehouse(desired, 1)))
			_, errs := together(2, func(i int) (string, error) {
				if i == 0 {
					return h.Desk.Register(t.Context(), h.Applicant, a, true)
				}
				return h.Desk.Register(t.Context(), h.OtherApplicant, b, true)
			})
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("one of two gets the area, got %v", errs)
			}
			if errs[0] != nil {
				broken(t, errs[0], "R-APP-9", "")
			} else {
				broken(t, errs[1], "R-APP-9", "")
			}
			equal(t, "reserved", h.count("bonded_areas", "1 = 1"), 1)
		})
	})
	t.Run("R-APP-9 freed by a withdrawal", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			ref, _ := h.Registered(sample.Warehouse(desired, 1))
			h.ok(h.Desk.Withdraw(t.Context(), h.Applicant, ref))
			h.ok(taken(h))
		})
	})
	t.Run("R-APP-9 freed by a rejection", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			ref := h.UnderExamination(sample.Warehouse(desired, 1))
			h.ok(h.Desk.Reject(t.Context(), h.Examiner, ref, 1, "条件を満たさないため。"))
			h.ok(taken(h))
		})
	})
	t.Run("R-APP-9 freed by a correction", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			o := sample.Warehouse(desired, 1)
			ref := h.Returned(o)
			broken(t, taken(h), "R-APP-9", "bonded_area") // still named by what was registered
			placeholder, err := h.Desk.SetCode(t.Context(), h.Applicant, ref, 0, sample.Block("netnaccs", "1", "customs-broker"))
			h.ok(err)
			equal(t, "R-ID-8 a placeholder of its own", placeholder, 2)
			h.ok(h.Desk.RemoveCode(t.Context(), h.Applicant, h.Ref(ref.ID), 1))
			_, err = h.Desk.Register(t.Context(), h.Applicant, h.Ref(ref.ID), true)
			h.ok(err)
			h.ok(taken(h))
		})
	})
	t.Run("R-APP-9 moved by saved settings", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			ref, _ := h.Registered(sample.Warehouse(desired, 1))
			h.ok(h.Desk.SaveSettings(t.Context(), h.Applicant, ref, 1, "bonded-warehouse",
				sample.CompleteTab(h.Desk.Catalogue, "bonded-warehouse", 3)))
			h.ok(taken(h))
			same(t, "reserved", h.rows("SELECT code FROM bonded_areas"), []string{"1AW03"})
		})
	})
	t.Run("R-APP-9 twice in one application", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			o := sample.Warehouse(desired, 1)
			o.Codes = append(o.Codes, o.Codes[0])
			ref := h.Draft(o)
			err := h.Desk.SaveSettings(t.Context(), h.Applicant, ref, 2, "bonded-warehouse",
				sample.CompleteTab(h.Desk.Catalogue, "bonded-warehouse", 1))
			broken(t, err, "R-APP-9", "bonded_area")
		})
	})
}
