package benchmark

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/userid"
)

// Sizes of the sets, in establishments.
const (
	establishmentsS = 100
	establishmentsL = 2000
	each            = 10 // applications in effect per establishment
)

// A house is a desk on a database of its own with many copies of one establishment.
type house struct {
	*sample.World
	place
	dsn    string
	copies int
	// next numbers the copies of rows, so that their keys differ and sort by time.
	next int
}

const (
	registeredOn = "2024-11-29T10:00:00+09:00"
	desired      = "2024-12-12"
	inEffectOn   = "2025-01-20T10:00:00+09:00"
	desiredLater = "2025-01-30"
)

func onSQLite(t testing.TB) *house {
	t.Helper()
	path := filepath.Join(t.TempDir(), "uketsuke.db")
	db := storetest.Open(t, path)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &house{World: sample.New(t, db, registeredOn), place: beside(t, db, path), dsn: path, next: 0x01900000}
}

// onPostgres is a house on a server that syncs every commit.
func onPostgres(t testing.TB) *house {
	t.Helper()
	dsn := pgtest.Durable(t).NewDatabase(t, storetest.Migrate)
	db := storetest.Open(t, dsn)
	return &house{World: sample.New(t, db, registeredOn), place: beside(t, db, dsn), dsn: dsn, next: 0x01900000}
}

func (h *house) must(err error) {
	h.T.Helper()
	if err != nil {
		h.T.Fatal(err)
	}
}

// abbreviation is that of a copied company; none is that of Tokyo's.
func abbreviation(n int) string {
	const letters = "ABCDEFGHJKLMPQRSTUVWXYZ"
	return string([]byte{letters[n/(23*23)%23], letters[n/23%23], letters[n%23]})
}

// who is the applicant of a copied establishment.
func (h *house) who(n int) account.Actor {
	return account.Actor{ID: account.ID(fmt.Sprintf("p-applicant-%05d", n)), Name: h.Applicant.Name, Role: account.Applicant,
		Establishment: fmt.Sprintf("e-%05d", n)}
}

// people are the texts that name somebody of Tokyo, and what they become in a copy.
func (h *house) people(n int) (tokens, values []string) {
	for _, name := range []string{"p-applicant", "p-administrator", "p-viewer"} {
		tokens, values = append(tokens, name), append(values, fmt.Sprintf("%s-%05d", name, n))
	}
	return append(tokens, sample.Tokyo, "c-mihon"), append(values, fmt.Sprintf("e-%05d", n), fmt.Sprintf("c-%05d", n))
}

// fresh gives a copy keys of its own.
func (h *house) fresh(ids []string) []string {
	values := make([]string, len(ids))
	h.next++
	for i, id := range ids {
		values[i] = fmt.Sprintf("%08x", h.next) + id[8:]
	}
	return values
}

// settle copies the establishment of Tokyo, people and company included, as number 1 … count.
func (h *house) settle(count int) {
	h.T.Helper()
	ctx := h.T.Context()
	company, err := patternOf(ctx, h.bare, ofCompany, "c-mihon")
	h.must(err)
	house, err := patternOf(ctx, h.bare, ofEstablishment, sample.Tokyo)
	h.must(err)
	one, err := patternOf(ctx, h.bare, [][2]string{{"establishments", "id"}}, sample.Tokyo)
	h.must(err)
	house = append(one, house[1:]...)
	all := append(company, house...)
	ids := all.ids()
	tokens, _ := h.people(0)
	s := stencilOf(all, append(tokens, ids...))
	h.must(h.copying(ctx, func(c *copier) error {
		for n := 1; n <= count; n++ {
			_, values := h.people(n)
			err := c.copy(s, append(values, h.fresh(ids)...), func(table string, row []any) {
				switch table {
				case "company_abbreviations":
					row[0] = abbreviation(n)
				case "accounts":
					row[3] = strings.TrimPrefix(row[0].(string), "p-")
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	h.copies = count
}

// An original is an application of Tokyo that copies are made of.
type original struct {
	stencil
	ids           []string
	receipt, code string
}

// original reads an application; its code, if it has one, is the only one.
func (h *house) original(ref desk.Ref) original {
	h.T.Helper()
	p, err := patternOf(h.T.Context(), h.bare, ofApplication, ref.ID)
	h.must(err)
	o := original{ids: p.ids()}
	row, err := h.DB.Read().GetApplication(h.T.Context(), ref.ID)
	h.must(err)
	tokens, _ := h.people(0)
	tokens = append(tokens, o.ids...)
	if o.receipt = string(row.Receipt); o.receipt != "" {
		tokens = append(tokens, o.receipt)
	}
	if codes := h.Case(h.Applicant, ref.ID).Issued; len(codes) > 0 {
		o.code = string(codes[0].Code)
		tokens = append(tokens, o.code)
	}
	o.stencil = stencilOf(p, tokens)
	return o
}

// again copies an application for the establishment n; ordinal counts that establishment's codes.
func (h *house) again(c *copier, o original, n, ordinal int) (id string, err error) {
	_, values := h.people(n)
	keys := h.fresh(o.ids)
	values = append(values, keys...)
	if o.receipt != "" {
		values = append(values, fmt.Sprintf("24%05dA", 100+h.next-0x01900000))
	}
	if o.code != "" {
		office, err := userid.OfficeAt("1", ordinal)
		if err != nil {
			return "", err
		}
		values = append(values, string(office)+abbreviation(n))
	}
	return keys[0], c.copy(o.stencil, values, nil)
}

// threeIDs is an application for one code with three IDs.
func threeIDs() sample.Order {
	return sample.Order{Desired: desired, Codes: [][]desk.CodeForm{{sample.WithStatistics(sample.Block("netnaccs", "3", "customs-broker"))}}}
}

// threeCodes is an application for three codes.
func threeCodes(desired string) sample.Order {
	block := sample.WithStatistics(sample.Block("netnaccs", "1", "customs-broker"))
	return sample.Order{Desired: desired, Codes: [][]desk.CodeForm{{block}, {block}, {block}}}
}

// live fills the house: an application is taken through its whole life, and each of the establishments has
// each copies of it, a draft, and an application that waits for the centre.
func (h *house) live(establishments int) {
	h.T.Helper()
	ctx := h.T.Context()
	approved, _ := h.Approved(threeIDs())
	_, err := h.Desk.ReadSecrets(ctx, h.Applicant, approved.ID)
	h.must(err)
	h.At(inEffectOn)
	h.must(h.Desk.Tick(ctx))
	draft := h.Draft(threeCodes(desiredLater))
	waiting, _ := h.Registered(threeCodes(desiredLater))
	h.settle(establishments)
	past, open, queued := h.original(approved), h.original(draft), h.original(waiting)
	h.must(h.copying(ctx, func(c *copier) error {
		var failed error
		for n := 1; n <= establishments; n++ {
			for ordinal := range each {
				_, err := h.again(c, past, n, ordinal)
				failed = errors.Join(failed, err)
			}
			_, err := h.again(c, open, n, 0)
			failed = errors.Join(failed, err)
			_, err = h.again(c, queued, n, 0)
			failed = errors.Join(failed, err)
			if failed != nil {
				return failed
			}
		}
		return nil
	}))
}
