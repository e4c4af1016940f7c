package cases

import (
	"net/url"
	"strings"

	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// A MailLine is one mail as its pages show it. Accepted by the server is not delivered, and what came back is not
// accepted (R-MAIL-4).
type MailLine struct {
	Kind, Recipient string
	Receipt         string
	Application     string // address of the application it is about, "" for none
	Written         kit.Sentence
	Status          kit.Tag
	Says            kit.Sentence
	Reply           string // what servers said, as they said it
	Address         string
	Unseen, Repeats bool
}

// AcceptedMeans says what is known of a mail that the server took.
func (s *Pages) AcceptedMeans() kit.Sentence {
	if s.Desk.ReadsBounces() {
		return kit.Say("「サーバー受付済」は、メールサーバーが受け付けたことを表し、相手に届いたことまでは表しません。届かずに戻ってきたメールは「不達」と表示します。")
	}
	return kit.Say("「サーバー受付済」は、メールサーバーが受け付けたことを表し、相手に届いたことまでは表しません。届かずに戻ったメールは、ここには表示されません。")
}

// MailLines are mails in words.
func MailLines(mails []desk.MailRow) []MailLine {
	lines := make([]MailLine, len(mails))
	for i, m := range mails {
		lines[i] = MailLineOf(m)
	}
	return lines
}

// MailLineOf is one mail as lists show it.
func MailLineOf(m desk.MailRow) MailLine {
	line := MailLine{
		Kind: m.Kind.Japanese(), Recipient: m.Recipient, Receipt: m.Receipt, Written: kit.Say("%s", m.At), Reply: m.Reply, Address: MailPath(m.ID),
		Repeats: m.ResendOf != "", Status: kit.Tag{Kind: mailColour(m), Text: m.Status.Japanese()},
	}
	if m.Application != "" {
		line.Application = kit.DeskPath(m.Application)
	}
	switch m.Status {
	case desk.MailAccepted:
		line.Says = kit.Say("%s", m.AcceptedAt)
		if !m.DelayedAt.IsZero() {
			line.Says, line.Reply = kit.Say("%s。配送が遅れています（%sの連絡）。", m.AcceptedAt, m.DelayedAt), m.Bounce
		}
	case desk.MailFailed:
		line.Says, line.Unseen = kit.Say("%d回試みました", m.Attempts), !m.Seen
	case desk.MailBounced:
		line.Says, line.Reply, line.Unseen = kit.Say("%sに戻りました", m.BouncedAt), m.Bounce, !m.Seen
	case desk.MailWaiting:
		if m.Attempts > 0 {
			line.Says = kit.Say("%d回試みました", m.Attempts)
		}
	}
	return line
}

func mailColour(m desk.MailRow) string {
	switch {
	case m.Status == desk.MailFailed || m.Status == desk.MailBounced:
		return "red"
	case m.Status == desk.MailWaiting:
		return "blue"
	case !m.DelayedAt.IsZero():
		return "orange"
	}
	return "green"
}

// MailTrouble is the hint of the queue that mails did not arrive and nobody has looked at them.
func (s *Pages) MailTrouble(v *kit.Request) ([]kit.Notice, error) {
	n, err := s.Desk.UnseenMails(v.Ctx(), v.Actor())
	if err != nil || n == 0 {
		return nil, err
	}
	return []kit.Notice{{Kind: "warning", Says: kit.Say("届かなかったメールで、まだ確認していないものが%d件あります。", n),
		Link: kit.Link{Text: "届かなかったメールを見る", Address: "/desk/mails?state=" + string(desk.MailUnseen)}}}, nil
}

// MailPath is the address of a mail's page.
func MailPath(id string, rest ...string) string {
	return strings.Join(append([]string{"/desk/mails/" + url.PathEscape(id)}, rest...), "/")
}
