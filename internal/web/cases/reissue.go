package cases

import (
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// ReissueLines are the IDs of a re-issue in words; of those that are no longer held only the ID is known.
func (s *Pages) ReissueLines(v *kit.Request, c desk.Case) ([]HeldIDLine, error) {
	if !c.Document.IsReissue() {
		return nil, nil
	}
	held, err := s.Desk.Reissuable(v.Ctx(), v.Actor(), c.ID)
	if err != nil {
		return nil, err
	}
	var lines []HeldIDLine
	for _, id := range c.Document.Reissue {
		line := HeldIDLine{ID: string(id), Number: string(id.Number())}
		if at := slices.IndexFunc(held, func(h desk.HeldID) bool { return h.ID == id }); at >= 0 {
			line = s.HeldIDs(held[at : at+1])[0]
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// issuedWhy says why an ID stands on the notice of IDs: 追加1 for a new code's, 追加 for a number of an existing
// code, 再発行 for new passwords.
func issuedWhy(code desk.IssuedCode) string {
	switch {
	case code.Placeholder == 0:
		return "再発行"
	case code.Placeholder >= application.FirstExisting:
		return "追加"
	}
	return application.PlaceholderName(code.Placeholder)
}
