package desk

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

// give says that the act gives something out. What is given out lazily is safe by its series.
func (a *act) give(e ledger.Entry) {
	e.At = a.now.UTC()
	a.given = append(a.given, e)
}

func (a *act) giveCode(code, establishment, application string) {
	a.give(ledger.Entry{Kind: ledger.Code, Key: code, Establishment: establishment, Application: application})
}

func (a *act) giveID(id, establishment, application string) {
	a.give(ledger.Entry{Kind: ledger.UserID, Key: id, Establishment: establishment, Application: application})
}

// giveFirstReceipt notes a receipt number of a year's series, which is reserved in blocks; giveNextReceipt one
// that only counts the letter on.
func (a *act) giveFirstReceipt(series string, number int64) {
	a.give(ledger.Entry{Kind: ledger.Receipt, Key: string(a.app.Receipt), Establishment: a.app.Establishment,
		Application: a.app.ID, Series: series, Number: number, Ahead: true, Lazy: true})
}

func (a *act) giveNextReceipt() {
	a.give(ledger.Entry{Kind: ledger.Receipt, Key: string(a.app.Receipt), Establishment: a.app.Establishment, Application: a.app.ID})
}

// noteGiven notes everything that the act gives out; the try of before, which a deadlock has undone, is
// closed first.
func (a *act) noteGiven(before *ledger.Noted) (*ledger.Noted, error) {
	if err := before.Undone(); err != nil {
		return nil, err
	}
	return a.desk.Ledger.Note(a.given)
}

// endGiven notes how the transaction ended. An act whose end is not known, and one whose end cannot be noted,
// stays perhaps given out, which is the safe side.
func (d *Desk) endGiven(noted *ledger.Noted, err error) {
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

// isLost says whether something was given out by a database that this one has forgotten.
func (a *act) isLost(kind, thing string) (bool, error) {
	_, err := a.tx.GetLost(a.ctx, query.GetLostParams{Kind: kind, Thing: thing})
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("asking whether %s was lost: %w", thing, err)
	}
	return true, nil
}

// lostLetter is the kind of the letters that are known by what they are about.
const lostLetter = "letter"

// aboutLetter is what names a letter of the clock for ever: its kind, its application and round, the days it is about
// and its reader. A letter that people cause has none: a new act is a new letter.
func (a *act) aboutLetter(letter mail.Letter) string {
	return strings.Join([]string{string(letter.Kind), a.app.ID, strconv.FormatInt(a.app.Round, 10), a.app.StartDate.String(),
		a.app.SettingsDeadline.String(), a.app.ReadLast.String(), letter.ExpiresOn.String(), a.due, strings.ToLower(letter.To.Email)}, "\n")
}

// ledgerMAC is the ring's key under which a letter is named: names must not tell who its readers are.
const ledgerMAC = "ledger"

// settleLetter gives a letter of the clock its name, and notes it as accepted if it left before the database
// was restored: it is not sent a second time.
func (a *act) settleLetter(outbox string, letter mail.Letter) error {
	if a.actor.Role != account.Clock || a.desk.Ledger == nil {
		return nil
	}
	a.named = true
	names, err := a.desk.Ring.MACs(ledgerMAC, []byte(a.aboutLetter(letter)))
	if err == nil && len(names) == 0 {
		var name []byte
		name, err = a.desk.Ring.MAC(ledgerMAC, []byte(a.aboutLetter(letter)))
		names = [][]byte{name}
	}
	if err != nil {
		return fmt.Errorf("naming a letter: %w", err)
	}
	if err := a.tx.SetStableKey(a.ctx, query.SetStableKeyParams{ID: outbox, StableKey: hex.EncodeToString(names[0])}); err != nil {
		return fmt.Errorf("naming a letter: %w", err)
	}
	for _, name := range names {
		left, err := a.isLost(lostLetter, hex.EncodeToString(name))
		if err != nil {
			return err
		}
		if !left {
			continue
		}
		_, err = a.tx.AcceptKnownMail(a.ctx, query.AcceptKnownMailParams{ID: outbox, AcceptedAt: column.At(a.now), Reply: LeftBefore})
		if err != nil {
			return fmt.Errorf("noting a letter that left before: %w", err)
		}
	}
	return nil
}

// LeftBefore stands in the place of a server's answer to a mail that is not sent, because it was accepted
// before the database was restored, or before anybody could note it.
const LeftBefore = "accepted before; known by the ledger"

// firstRound says whether a receipt number's letter is that of a first registration, and of which series it is.
func firstRound(receipt string) (series string, number int64, first bool) {
	parsed, err := application.ParseReceipt(receipt)
	if err != nil || parsed.Round > 0 {
		return "", 0, false
	}
	return fmt.Sprintf("receipt:%d", 2000+parsed.Year), int64(parsed.Sequence), true
}
