package kit

import (
	"slices"

	"uketsuke/internal/account"
)

// An Access is who may use a route. It stands on the route's line; what is not listed is refused. Whose
// establishment a thing belongs to is the desk's question: foreign things are not found.
type Access string

// The kinds of access.
const (
	Public         Access = "public"         // everybody, signed in or not
	SignedIn       Access = "signed-in"      // every account
	Establishment  Access = "establishment"  // people of an establishment, viewers too
	Applicants     Access = "applicants"     // applicant and administrator
	Administrators Access = "administrators" // 管理責任者 of an establishment alone
	Centre         Access = "centre"         // the centre's staff
	Supervisors    Access = "supervisors"    // 審査責任者 alone
)

// Allows says whether a role may use the route; nobody signed in has the role "".
func (a Access) Allows(role account.Role) bool {
	switch a {
	case Public:
		return true
	case SignedIn:
		return role.OfEstablishment() || role.OfCentre()
	case Establishment:
		return role.OfEstablishment()
	case Applicants:
		return role.MayApply()
	case Administrators:
		return role == account.Administrator
	case Centre:
		return role.OfCentre()
	case Supervisors:
		return role == account.Supervisor
	}
	return false
}

// A Route is one line of the route table, for tests and documentation.
type Route struct {
	Method, Pattern string
	Access          Access
	// Unseen marks what a page asks by itself: it is no visit of a person, and does not put the session's end off.
	Unseen bool
	// Body is the most bytes that a body may have; 0 where none is read.
	Body int64

	Of body
}

// Routes lists every route there is.
func (s *Kit) Routes() []Route { return slices.Clone(s.routes) }
