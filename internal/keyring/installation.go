package keyring

import "fmt"

// Installation is the name of the installation that the ring belongs to, "" while it has none. Its database and its
// ledger have the same: a ring never works for another database (R-SEC-6).
func (r *Ring) Installation() (string, error) {
	var name string
	err := r.keeper.present()
	if err == nil {
		name, err = r.keeper.installation()
	}
	if err != nil {
		return "", fmt.Errorf("reading whose key ring it is: %w", err)
	}
	return name, nil
}

// Belong gives the ring its installation's name, once and for ever, and returns the one that it has then: of processes
// that come together the first one names it.
func (r *Ring) Belong(name string) (string, error) {
	if !idForm.MatchString(name) {
		return "", fmt.Errorf("naming the key ring's installation %q: %w", name, ErrName)
	}
	err := r.keeper.present()
	if err == nil {
		err = r.keeper.belong(name)
	}
	if err != nil {
		return "", fmt.Errorf("naming the key ring's installation: %w", err)
	}
	return r.Installation()
}

// Vouched says whether the ring would notice that a part of it is missing. One of before this was known would not, and its
// database has to say that nothing is, before Vouch.
func (r *Ring) Vouched() bool { return r.keeper.vouched() }

// Vouch notes what the ring consists of: what is missing from then on makes it a ring that is not there.
func (r *Ring) Vouch() error {
	err := r.keeper.present()
	if err == nil {
		err = r.keeper.vouch()
	}
	if err != nil {
		return fmt.Errorf("noting what the key ring consists of: %w", err)
	}
	return nil
}

// Whole says which of the ring's own keys are missing (ErrOwnLost), nil for none.
func (r *Ring) Whole() error {
	err := r.keeper.present()
	if err == nil {
		err = r.keeper.whole("")
	}
	if err != nil {
		return fmt.Errorf("the ring's own keys: %w", err)
	}
	return nil
}

// Used says whether the ring has ever worked for a database: it has a name, a key, or what may be one.
func (r *Ring) Used() (bool, error) {
	name, err := r.Installation()
	if err != nil || name != "" {
		return name != "", err
	}
	keys, strangers, err := r.keeper.look()
	if err != nil || len(keys)+len(strangers) > 0 {
		return err == nil, err
	}
	own, err := r.Owned()
	return len(own) > 0, err
}
