package examine

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// Several applications are claimed from the queue with one press, each in an act of its own: what happened to
// one does not touch the others. Nothing else is ever done to several at once.

// keyClaimed keeps what a press did until the queue has shown it.
const keyClaimed = "claimed"

// mostClaimed bounds one press: the rows of a page.
const mostClaimed = 50

// MarkOf names a row as it was seen: id, version and receipt number.
func MarkOf(row desk.ListRow) string {
	return row.ID + "~" + strconv.FormatInt(row.Version, 10) + "~" + row.Receipt
}

// ReadMark is a row's mark; false when it is none of ours.
func ReadMark(mark string) (ref desk.Ref, receipt string, ok bool) {
	parts := strings.Split(mark, "~")
	if len(parts) != 3 {
		return ref, "", false
	}
	version, err := strconv.ParseInt(parts[1], 10, 64)
	_, unread := application.ParseReceipt(parts[2])
	return desk.Ref{ID: parts[0], Version: version}, parts[2], err == nil && unread == nil
}

// ClaimSeveral claims every ticked application for the actor and says of each what happened.
func (s *Pages) ClaimSeveral(v *kit.Request) error {
	in, err := v.Form("claim", "back")
	if err != nil {
		return err
	}
	marks := in["claim"]
	if len(marks) == 0 || len(marks) > mostClaimed {
		return problem.List{problem.New("claim", "R-EX-2", "担当する申込を1件以上%d件まで選んでください。", mostClaimed)}
	}
	var done []string
	for _, mark := range marks {
		ref, receipt, ok := ReadMark(mark)
		if !ok {
			return kit.StatusError(400)
		}
		outcome, err := s.claimOne(v.Ctx(), v, ref)
		if err != nil {
			return err
		}
		done = append(done, receipt+"~"+outcome)
	}
	s.SessionManager.Put(v.Ctx(), keyClaimed, strings.Join(done, " "))
	return v.SeeOther("/desk?queue=" + queueOf(in.Get("back")))
}

// What became of one of several.
const (
	outcomeClaimed = "claimed"
	outcomeStale   = "stale"
	outcomeRefused = "refused"
)

// claimOne claims one application; that somebody was faster is an outcome, not an error.
func (s *Pages) claimOne(ctx context.Context, v *kit.Request, ref desk.Ref) (string, error) {
	err := s.Desk.Claim(ctx, v.Actor(), ref)
	var stale *desk.Stale
	var refusal *application.Refusal
	switch {
	case err == nil:
		return outcomeClaimed, nil
	case errors.As(err, &stale):
		return outcomeStale, nil
	case errors.As(err, &refusal), errors.Is(err, desk.ErrNotFound):
		return outcomeRefused, nil
	}
	return "", err
}

// claimed says once what became of each application of the last press.
func claimed(v *kit.Request) []kit.Notice {
	var notices []kit.Notice
	for _, one := range strings.Fields(v.Kit.SessionManager.PopString(v.Ctx(), keyClaimed)) {
		receipt, outcome, _ := strings.Cut(one, "~")
		switch outcome {
		case outcomeClaimed:
			notices = append(notices, kit.Notice{Kind: "success", Says: kit.Say("%s：担当しました。", receipt)})
		case outcomeStale:
			notices = append(notices, kit.Notice{Kind: "warning", Says: kit.Say("%s：先に変更されたため、担当していません。内容を確認してください。", receipt)})
		default:
			notices = append(notices, kit.Notice{Kind: "warning", Says: kit.Say("%s：担当できる状態ではないため、担当していません。", receipt)})
		}
	}
	return notices
}
