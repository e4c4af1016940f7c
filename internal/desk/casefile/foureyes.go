package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"uketsuke/internal/desk/command"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// Four eyes (R-EX-6): for kinds of which the supervisor has said so, the claimant proposes an approval and another of
// the centre approves exactly that. The rule is never left standing where fewer than two people could carry it out:
// it is then refused, and a proposal says so instead of waiting for nobody.

// NeededForFourEyes is how many people four eyes take.
const NeededForFourEyes = 2

// FourEyesKinds are the kinds that need four eyes now.
func FourEyesKinds(ctx context.Context, q command.Reader) (map[string]bool, error) {
	rows, err := q.ListFourEyes(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading which kinds need four eyes: %w", err)
	}
	required := map[string]bool{}
	for _, row := range rows {
		required[row.Kind] = row.Required
	}
	return required, nil
}

// NeedsFourEyes says whether one of the kinds needs four eyes now.
func NeedsFourEyes(ctx context.Context, q command.Reader, kinds []string) (bool, error) {
	required, err := FourEyesKinds(ctx, q)
	return slices.ContainsFunc(kinds, func(kind string) bool { return required[kind] }), err
}

// LetGo takes the claimant off an application, and what that claimant proposed with it.
func LetGo(a *command.Tx) {
	a.App.Holder, a.App.HolderName = "", ""
	a.App.ProposedAt, a.App.ProposedBy, a.App.ProposedName, a.App.Proposal = column.Time{}, "", "", ""
}

// A Proposal is what the claimant proposed, for the page of the second pair of eyes.
type Proposal struct {
	ApproveForm
	By string
}

// ProposalOf is the verdict that waits for a second person (R-EX-6).
func ProposalOf(app query.Application) (Proposal, error) {
	p := Proposal{By: app.ProposedName}
	if err := json.Unmarshal([]byte(app.Proposal), &p.ApproveForm); err != nil {
		return p, fmt.Errorf("reading the proposal of application %s: %w", app.ID, err)
	}
	return p, nil
}
