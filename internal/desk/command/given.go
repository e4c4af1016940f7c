package command

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/ledger"
	"uketsuke/internal/mail"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// What an act gives out is noted in the ledger before its transaction commits, so that a database that is
// restored from a backup cannot give out the same again (R-ID-6, R-APP-15).

// Give says that the act gives something out. What is given out lazily is safe by its series.
func (a *Tx) Give(e ledger.Entry) {
	e.At = a.Now.UTC()
	a.given = append(a.given, e)
}

// GiveCode says that a code is given out, to which application.
func (a *Tx) GiveCode(code, establishment, application string) {
	a.Give(ledger.Entry{Kind: ledger.Code, Key: code, Establishment: establishment, Application: application})
}

// GiveID says that a user ID is given out, to which application.
func (a *Tx) GiveID(id, establishment, application string) {
	a.Give(ledger.Entry{Kind: ledger.UserID, Key: id, Establishment: establishment, Application: application})
}

// GiveFirstReceipt notes a receipt number of a year's series, which is reserved in blocks; giveNextReceipt one
// that only counts the letter on.
func (a *Tx) GiveFirstReceipt(series string, number int64) {
	a.Give(ledger.Entry{Kind: ledger.Receipt, Key: string(a.App.Receipt), Establishment: a.App.Establishment,
		Application: a.App.ID, Series: series, Number: number, Ahead: true, Lazy: true})
}

// GiveNextReceipt notes a number that only counts the letter of a registration on.
func (a *Tx) GiveNextReceipt() {
	a.Give(ledger.Entry{Kind: ledger.Receipt, Key: string(a.App.Receipt), Establishment: a.App.Establishment, Application: a.App.ID})
}

// noteGiven notes everything that the act gives out; the try of before, which a deadlock has undone, is
// closed first.
func (a *Tx) noteGiven(before *ledger.Noted) (*ledger.Noted, error) {
	if err := before.Undone(); err != nil {
		return nil, err
	}
	return a.Runner.Ledger.Note(a.given)
}

// endGiven notes how the transaction ended. An act whose end is not known, and one whose end cannot be noted,
// stays perhaps given out, which is the safe side.
func (d *Runner) endGiven(noted *ledger.Noted, err error) {
	end := noted.Done
	switch {
	case errors.Is(err, store.ErrUnsure):
		end = noted.Unsure
	case err != nil:
		end = noted.Undone
	}
	if err := end(); err != nil {
		d.Log.Error("noting in the ledger how an act ended", "error", err)
	}
}

// IsLost says whether something was given out by a database that this one has forgotten.
func (a *Tx) IsLost(kind, thing string) (bool, error) {
	_, err := a.Store.GetLost(a.Ctx, query.GetLostParams{Kind: kind, Thing: thing})
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("asking whether %s was lost: %w", thing, err)
	}
	return true, nil
}

// LostLetter is the kind of the letters that are known by what they are about.
const LostLetter = "letter"

// aboutLetter is what names a letter of the clock for ever: its kind, its application and round, the days it is about
// and its reader. A letter that people cause has none: a new act is a new letter.
func (a *Tx) aboutLetter(letter mail.Letter) string {
	return strings.Join([]string{string(letter.Kind), a.App.ID, strconv.FormatInt(a.App.Round, 10), a.App.StartDate.String(),
		a.App.SettingsDeadline.String(), a.App.ReadLast.String(), letter.ExpiresOn.String(), a.Due, strings.ToLower(letter.To.Email)}, "\n")
}

// ledgerMAC is the ring's key under which a letter is named: names must not tell who its readers are.
const ledgerMAC = "ledger"

// settleLetter gives a letter of the clock its name, and notes it as accepted if it left before the database
// was restored: it is not sent a second time.
func (a *Tx) settleLetter(outbox string, letter mail.Letter) error {
	if a.Actor.Role != account.Clock || a.Runner.Ledger == nil {
		return nil
	}
	a.named = true
	names, err := a.Runner.Ring.MACs(ledgerMAC, []byte(a.aboutLetter(letter)))
	if err == nil && len(names) == 0 {
		var name []byte
		name, err = a.Runner.Ring.MAC(ledgerMAC, []byte(a.aboutLetter(letter)))
		names = [][]byte{name}
	}
	if err != nil {
		return fmt.Errorf("naming a letter: %w", err)
	}
	if err := a.Store.SetStableKey(a.Ctx, query.SetStableKeyParams{ID: outbox, StableKey: hex.EncodeToString(names[0])}); err != nil {
		return fmt.Errorf("naming a letter: %w", err)
	}
	for _, name := range names {
		left, err := a.IsLost(LostLetter, hex.EncodeToString(name))
		if err != nil {
			return err
		}
		if !left {
			continue
		}
		_, err = a.Store.AcceptKnownMail(a.Ctx, query.AcceptKnownMailParams{ID: outbox, AcceptedAt: column.At(a.Now), Reply: LeftBefore})
		if err != nil {
			return fmt.Errorf("noting a letter that left before: %w", err)
		}
	}
	return nil
}

// LeftBefore stands in the place of a server's answer to a mail that is not sent, because it was accepted
// before the database was restored, or before anybody could note it.
const LeftBefore = "accepted before; known by the ledger"

// FirstRound says whether a receipt number's letter is that of a first registration, and of which series it is.
func FirstRound(receipt string) (series string, number int64, first bool) {
	parsed, err := application.ParseReceipt(receipt)
	if err != nil || parsed.Round > 0 {
		return "", 0, false
	}
	return fmt.Sprintf("receipt:%d", 2000+parsed.Year), int64(parsed.Sequence), true
}
