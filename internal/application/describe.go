package application

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"uketsuke/internal/account"
)

// DescribeFormats lists what Describe can write.
func DescribeFormats() []string { return []string{"markdown", "mermaid", "json"} }

// Describe writes the life cycle for readers: "markdown" is docs/lifecycle.md with diagram, permissions
// and mails, "mermaid" the diagram alone, "json" the table for programs. All come from Lifecycle.
func Describe(format string) (string, error) {
	switch format {
	case "markdown":
		return describeMarkdown(), nil
	case "mermaid":
		return diagram(), nil
	case "json":
		return describeJSON()
	}
	return "", fmt.Errorf("describe the life cycle as %q: known are %s", format, strings.Join(DescribeFormats(), ", "))
}

func describeMarkdown() string {
	var b strings.Builder
	b.WriteString("# The life cycle of an application\n\n" +
		"Made from the table in `internal/application/lifecycle.go`; change it there, then run `make golden`.\n\n" +
		"```mermaid\n" + diagram() + "```\n\n## States\n\n| State | Shown as | Open | Ended |\n| --- | --- | --- | --- |\n")
	for _, s := range States() {
		row(&b, string(s), s.Japanese(), mark(s.Open()), mark(s.Ended()))
	}
	b.WriteString("\n`in-effect` is derived from `approved` and the clock; it is never stored.\n\n## Who may do what, and where it leads\n\n")
	permissions(&b)
	b.WriteString("\nA condition in italics narrows the permission.\n\n" +
		"## Mails\n\nA = the application's contact, M = the administrators, P = the person concerned.\n\n")
	mails(&b)
	return b.String()
}

// diagram draws each change of state once, with every command that makes it.
func diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n    [*] --> draft\n")
	type arrow struct{ from, to State }
	var arrows []arrow
	labels := map[arrow][]string{}
	for _, step := range Lifecycle() {
		a := arrow{step.From, step.To}
		if step.From == step.To {
			continue
		}
		if labels[a] == nil {
			arrows = append(arrows, a)
		}
		if !slices.Contains(labels[a], string(step.Command)) {
			labels[a] = append(labels[a], string(step.Command))
		}
	}
	for _, a := range arrows {
		fmt.Fprintf(&b, "    %s --> %s : %s\n", node(a.from), node(a.to), strings.Join(labels[a], ", "))
	}
	fmt.Fprintf(&b, "    %s --> %s : (start date)\n", node(Approved), node(InEffect))
	for _, s := range States() {
		if s.Ended() {
			fmt.Fprintf(&b, "    %s --> [*]\n", node(s))
		}
	}
	return b.String()
}

// node is a state's name in the diagram, whose language knows no hyphens there.
func node(s State) string {
	if s == Gone {
		return "[*]"
	}
	return strings.ReplaceAll(string(s), "-", "_")
}

// permissions writes one line per step and one column per role.
func permissions(b *strings.Builder) {
	heads := []string{"Command", "From", "To"}
	for _, role := range account.Roles() {
		heads = append(heads, string(role))
	}
	row(b, heads...)
	row(b, slices.Repeat([]string{"---"}, len(heads))...)
	for _, step := range Lifecycle() {
		cells := []string{string(step.Command), string(step.From), stateOrGone(step.To)}
		for _, role := range account.Roles() {
			cells = append(cells, permission(step, role))
		}
		row(b, cells...)
	}
}

func permission(step Step, role account.Role) string {
	switch {
	case !slices.Contains(step.By, role):
		return ""
	case step.Condition == Always:
		return "yes"
	}
	return "*" + string(step.Condition) + "*"
}

// mails writes every mail with what sends it and to whom, those of commands first.
func mails(b *strings.Builder) {
	row(b, "Mail", "Name", "On", "To")
	row(b, "---", "---", "---", "---")
	for _, step := range Lifecycle() {
		if step.Mail != "" {
			row(b, string(step.Mail), step.Mail.Japanese(), fmt.Sprintf("%s, from %s", step.Command, step.From), recipients(step.MailTo))
		}
	}
	for _, n := range Notices() {
		row(b, string(n.Mail), n.Mail.Japanese(), n.When, recipients(n.To))
	}
}

func recipients(to []Recipient) string {
	letters := make([]string, len(to))
	for i, r := range to {
		letters[i] = string(r)
	}
	return strings.Join(letters, ", ")
}

func row(b *strings.Builder, cells ...string) {
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

func mark(yes bool) string {
	if yes {
		return "yes"
	}
	return ""
}

func stateOrGone(s State) string {
	if s == Gone {
		return "(gone)"
	}
	return string(s)
}

// stepJSON is one row of the table for programs.
type stepJSON struct {
	Command   Command        `json:"command"`
	From      State          `json:"from"`
	To        State          `json:"to"` // "" when the application is removed
	By        []account.Role `json:"by"`
	Condition Condition      `json:"condition,omitempty"`
	Mail      Mail           `json:"mail,omitempty"`
	MailTo    []Recipient    `json:"mail_to,omitempty"`
}

// noticeJSON is one mail that no command sends.
type noticeJSON struct {
	Mail   Mail        `json:"mail"`
	To     []Recipient `json:"mail_to"`
	States []State     `json:"states"`
	When   string      `json:"when"`
}

func describeJSON() (string, error) {
	table := struct {
		States  []State      `json:"states"`
		Steps   []stepJSON   `json:"steps"`
		Notices []noticeJSON `json:"notices"`
	}{States: States()}
	for _, step := range Lifecycle() {
		table.Steps = append(table.Steps, stepJSON(step))
	}
	for _, n := range Notices() {
		table.Notices = append(table.Notices, noticeJSON(n))
	}
	text, err := json.MarshalIndent(table, "", "  ")
	if err != nil {
		return "", fmt.Errorf("describe the life cycle as json: %w", err)
	}
	return string(text) + "\n", nil
}
