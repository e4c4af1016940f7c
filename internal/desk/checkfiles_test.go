package desk_test

import (
	"strings"
	"testing"

	"uketsuke/internal/sample"
	"uketsuke/internal/userid"
)

// Each of these breaks something of files or ticks behind the desk's back, and the check must name it.
func TestCheckSeesFilesAndTicks(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(sample.S1("2024-12-12"))
		file := h.add(certificateOf(sample.Tokyo, 1), certificate(1<<20+5))
		_, err := h.Desk.FetchFile(t.Context(), h.Applicant, file)
		h.ok(err)
		h.At("2024-12-12T09:00:00+09:00")
		h.ok(h.Desk.TickSetup(t.Context(), h.Applicant, ref.ID, userid.ID(h.ids(ref.ID)[0]), "URY"))
		check := func() []string {
			var said []string
			findings, err := h.Desk.Check(t.Context())
			h.ok(err)
			for _, f := range findings {
				said = append(said, f.String())
			}
			return said
		}
		equal(t, "before", len(check()), 0)
		for _, breaks := range []struct{ do, undo, want string }{
			{"UPDATE files SET size = size + 1", "UPDATE files SET size = size - 1", "were offered"},
			{"UPDATE files SET revoked_at = '2024-12-13T00:00:00.000000Z'", "UPDATE files SET revoked_at = NULL", "still there"},
			{"UPDATE file_fetches SET account = 'p-other-applicant'", "UPDATE file_fetches SET account = 'p-applicant'", "another establishment"},
			{"UPDATE file_fetches SET at = '2024-12-01T00:00:00.000000Z'", "UPDATE file_fetches SET at = '2024-12-02T01:00:00.000000Z'", "not offered"},
			{"UPDATE setup_ticks SET step = 'UZZ'", "UPDATE setup_ticks SET step = 'URY'", "no such step"},
			{"UPDATE setup_ticks SET account = 'p-other-applicant'", "UPDATE setup_ticks SET account = 'p-applicant'", "another establishment"},
			{"UPDATE setup_ticks SET at = '2024-12-11T14:59:59.999999Z'", "UPDATE setup_ticks SET at = '2024-12-12T00:00:00.000000Z'", "before the start date"},
		} {
			h.rows(breaks.do)
			if said := check(); len(said) != 1 || !strings.Contains(said[0], breaks.want) {
				t.Errorf("%s: the check says %q", breaks.do, said)
			}
			h.rows(breaks.undo)
		}
		equal(t, "after", len(check()), 0)
	})
}
