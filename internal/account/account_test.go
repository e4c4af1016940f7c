package account

import "testing"

// What each role is, and whose things it may see: its own establishment's, everybody's, or nobody's.
func TestRoles(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name                             string
		role                             Role
		centre, establishment, applies   bool
		seesOwn, seesOthers, seesNobodys bool
	}{
		{"R-SEC-7 an applicant", Applicant, false, true, true, true, false, false},
		{"R-SEC-7 an administrator", Administrator, false, true, true, true, false, false},
		{"R-SEC-7 a viewer sees and does not apply", Viewer, false, true, false, true, false, false},
		{"R-EX-2 an examiner", Examiner, true, false, false, true, true, true},
		{"R-EX-2 a supervisor", Supervisor, true, false, false, true, true, true},
		{"R-CON-4 the clock", Clock, false, false, false, true, true, true},
		{"the operator only sets up", Operator, false, false, false, false, false, false},
		{"nobody", "", false, false, false, false, false, false},
		{"a role that there is not", "root", false, false, false, false, false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := row.role
			if r.OfCentre() != row.centre || r.OfEstablishment() != row.establishment || r.MayApply() != row.applies {
				t.Errorf("of the centre %t, of an establishment %t, applies %t", r.OfCentre(), r.OfEstablishment(), r.MayApply())
			}
			own := Actor{ID: "p", Role: r, Establishment: "e1"}
			if own.MaySee("e1") != row.seesOwn || own.MaySee("e2") != row.seesOthers {
				t.Errorf("sees its own %t, another's %t", own.MaySee("e1"), own.MaySee("e2"))
			}
			lost := Actor{ID: "p", Role: r}
			if lost.MaySee("") != row.seesNobodys || lost.MaySee("e1") != row.seesOthers {
				t.Errorf("without an establishment it sees what is nobody's %t, somebody's %t", lost.MaySee(""), lost.MaySee("e1"))
			}
		})
	}
}

// Every role has a name of its own for people, and the life cycle knows all but the operator.
func TestRolesHaveNames(t *testing.T) {
	t.Parallel()
	seen := map[string]Role{}
	for _, r := range append(Roles(), Operator) {
		name := r.Japanese()
		if other, taken := seen[name]; taken || name == "" {
			t.Errorf("%s and %s are both %q", r, other, name)
		}
		seen[name] = r
	}
	if len(seen) != 7 {
		t.Errorf("%d roles", len(seen))
	}
	if c, o := ClockActor(), OperatorActor("root"); c.Role != Clock || c.Establishment != "" || o.Role != Operator || o.Name != "root" {
		t.Errorf("the clock is %+v, the operator %+v", c, o)
	}
}
