package web

import (
	"slices"

	"uketsuke/internal/account"
)

// An Access is who may use a route. It stands on the route's line; what is not listed is refused. Whose
// establishment a thing belongs to is the desk's question: foreign things are not found.
type Access string

// The kinds of access.
const (
	public         Access = "public"         // everybody, signed in or not
	signedIn       Access = "signed-in"      // every account
	establishment  Access = "establishment"  // people of an establishment, viewers too
	applicants     Access = "applicants"     // applicant and administrator
	administrators Access = "administrators" // 管理責任者 of an establishment alone
	centre         Access = "centre"         // the centre's staff
	supervisors    Access = "supervisors"    // 審査責任者 alone
)

// Allows says whether a role may use the route; nobody signed in has the role "".
func (a Access) Allows(role account.Role) bool {
	switch a {
	case public:
		return true
	case signedIn:
		return role.OfEstablishment() || role.OfCentre()
	case establishment:
		return role.OfEstablishment()
	case applicants:
		return role.MayApply()
	case administrators:
		return role == account.Administrator
	case centre:
		return role.OfCentre()
	case supervisors:
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

	of body
}

// Routes lists every route there is.
func (s *Server) Routes() []Route { return slices.Clone(s.routes) }
