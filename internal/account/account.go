// Package account says who is asking, and what that role may do besides the commands of the life cycle.
//
// A person (account) has exactly one Role. Roles of an establishment see that establishment alone;
// roles of the centre see every establishment and never a secret. The clock is the role of what happens
// because time has passed; nobody signs in as the clock.
package account

// An ID is the key of an account.
type ID string

// A Role decides what an account may do. The values are stored and checked by the schema.
type Role string

// The roles of the glossary.
const (
	Applicant     Role = "applicant"     // 申込担当者: fills in and registers applications
	Administrator Role = "administrator" // 管理責任者: the same, and answers for the establishment
	Viewer        Role = "viewer"        // 閲覧者: sees contract and applications, never a secret
	Examiner      Role = "examiner"      // 審査担当者: examines, returns, approves, rejects
	Supervisor    Role = "supervisor"    // 審査責任者: an examiner with more
	Clock         Role = "clock"         // time itself
	Operator      Role = "operator"      // whoever runs the product, at its command line
)

// Roles lists every role that the life cycle knows; the operator only sets up.
func Roles() []Role {
	return []Role{Applicant, Administrator, Viewer, Examiner, Supervisor, Clock}
}

// OfCentre says whether the role belongs to the centre's staff.
func (r Role) OfCentre() bool { return r == Examiner || r == Supervisor }

// OfEstablishment says whether the role belongs to a contracting establishment.
func (r Role) OfEstablishment() bool {
	return r == Applicant || r == Administrator || r == Viewer
}

// Japanese is the role as pages and letters call it.
func (r Role) Japanese() string {
	return map[Role]string{Applicant: "申込担当者", Administrator: "管理責任者", Viewer: "閲覧者", Examiner: "審査担当者", Supervisor: "審査責任者",
		Clock: "時計", Operator: "運用者"}[r]
}

// An Actor is who performs a command: it is passed as an argument to every rule that needs it.
type Actor struct {
	ID   ID
	Name string
	Role Role
	// Establishment is the actor's own; "" for the centre's staff and the clock.
	Establishment string
}

// ClockActor is the actor of what time alone does.
func ClockActor() Actor { return Actor{ID: "clock", Name: "時計", Role: Clock} }

// OperatorActor is the actor of the commands of the binary: the account of the operating system that ran
// them.
func OperatorActor(user string) Actor { return Actor{ID: "operator", Name: user, Role: Operator} }

// MaySee says whether the actor may see what belongs to an establishment: the centre's staff and the
// clock see all, everybody else their own.
func (a Actor) MaySee(establishment string) bool {
	if a.Role.OfEstablishment() {
		return establishment != "" && a.Establishment == establishment
	}
	return a.Role.OfCentre() || a.Role == Clock
}

// MayApply says whether the role may fill in and register applications.
func (r Role) MayApply() bool { return r == Applicant || r == Administrator }
