package userid

import "strings"

// A Code is a user code: 5 characters 0–9 and A–Z. Made by ParseCode and NewCode only.
type Code string

// A Number is an identification number: 3 characters. Made by ParseNumber, NumberAt and NextNumber only.
type Number string

// An ID is a user ID: a code and a number, 8 characters (R-ID-1). Made by ParseID and NewID only.
type ID string

// An Office is an office code, the first 2 characters of a user code (R-ID-2).
type Office string

// A Class is the series a number belongs to. Codes have no class: both stand under the same code.
type Class string

const (
	Net     Class = "net"     // netNACCS
	General Class = "general" // every other method, 一般NACCS
)

const (
	officeLength = 2
	codeLength   = 5
	idLength     = 8
)

// Office is the code's first two characters.
func (c Code) Office() Office { return Office(cut(string(c), 0, officeLength)) }

// Abbreviation is the company's three characters.
func (c Code) Abbreviation() string { return cut(string(c), officeLength, codeLength) }

// NewCode joins an office code and an abbreviation. Whether its beginning is reserved is not asked here
// but by Reserved, since codes that exist already may be.
func NewCode(o Office, abbr string) (Code, error) {
	return ParseCode(string(o) + abbr)
}

// NewID joins a code and a number.
func NewID(c Code, n Number) ID { return ID(string(c) + string(n)) }

// Code is the user code of the ID.
func (id ID) Code() Code { return Code(cut(string(id), 0, codeLength)) }

// Number is the identification number of the ID.
func (id ID) Number() Number { return Number(cut(string(id), codeLength, idLength)) }

// Class is told by the first character alone: a letter is netNACCS, a digit general (R-ID-3). The empty
// number has none.
func (n Number) Class() Class {
	switch {
	case n == "":
		return ""
	case n[0] >= '0' && n[0] <= '9':
		return General
	}
	return Net
}

// cut is s[from:to], "" where s is too short: the empty code has an empty office.
func cut(s string, from, to int) string {
	if len(s) < to {
		return ""
	}
	return s[from:to]
}

// reserved are the beginnings that the network keeps for itself.
var reserved = [...]string{"V1", "JJ", "JE", "PQW", "AQW"}

// Reserved says whether a code may not be given out because it, or the abbreviation in it, begins with
// what the network keeps for itself (R-ID-7). Examiners' edits and imports ask it of new codes. Codes that
// exist are still read: ParseCode does not ask.
func Reserved(code Code) bool {
	return beginsReserved(string(code)) || ReservedAbbreviation(code.Abbreviation())
}

// ReservedAbbreviation says the same of a company's abbreviation.
func ReservedAbbreviation(abbr string) bool { return beginsReserved(abbr) }

func beginsReserved(s string) bool {
	for _, beginning := range reserved {
		if strings.HasPrefix(s, beginning) {
			return true
		}
	}
	return false
}
