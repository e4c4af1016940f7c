package application

import "slices"

// Ticked are the kinds of a document with those added that its existing codes need, and without 識別番号 when no
// item asks for a number any more: what deleting a code instead of its last number makes of them (R-APP-8).
func Ticked(d Document) []string {
	changes := slices.ContainsFunc(d.Existing, func(e ExistingItem) bool { return e.Delete || e.ChangesCode() })
	numbers := slices.ContainsFunc(d.Existing, func(e ExistingItem) bool { return len(e.Add)+len(e.Remove) > 0 })
	kinds := slices.DeleteFunc(slices.Clone(d.Kinds), func(kind string) bool { return kind == kindNumber && !numbers })
	if changes && !slices.Contains(kinds, kindCode) {
		kinds = slices.Insert(kinds, 0, kindCode)
	}
	return kinds
}

// AsksCodes says whether user codes may be added, changed and deleted; AsksNumbers whether numbers may.
func (d Document) AsksCodes() bool { return slices.Contains(d.Kinds, kindCode) }

// AsksNumbers says whether identification numbers of existing codes may be added and deleted.
func (d Document) AsksNumbers() bool { return slices.Contains(d.Kinds, kindNumber) }
