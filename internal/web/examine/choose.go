package examine

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/userid"
	"uketsuke/internal/web/kit"
)

// The part of the examiner's page of a case in which the examiner may choose other codes and numbers than the proposed ones (R-ID-7), and the
// verdict of four eyes (R-EX-6).

// A ProposalShown is what the claimant proposed, for the second pair of eyes.
type ProposalShown struct {
	By      string
	Start   calendar.Date
	Reason  string
	Choices string // codes and numbers chosen, as they would be issued, "" when the next ones are taken
}

func proposalShown(c desk.Case) *ProposalShown {
	if c.Proposal == nil {
		return nil
	}
	shown := &ProposalShown{By: c.Proposal.By, Reason: c.Proposal.Reason}
	shown.Start, _ = calendar.ParseDate(c.Proposal.Start)
	var chosen []string
	for _, placeholder := range slices.Sorted(maps.Keys(c.Proposal.Codes)) {
		chosen = append(chosen, userid.Fold(c.Proposal.Codes[placeholder]))
	}
	for _, placeholder := range slices.Sorted(maps.Keys(c.Proposal.Numbers)) {
		for _, number := range c.Proposal.Numbers[placeholder] {
			chosen = append(chosen, userid.Fold(number))
		}
	}
	shown.Choices = strings.Join(slices.DeleteFunc(chosen, func(s string) bool { return s == "" }), "、")
	return shown
}

// IsChoice says whether a field is one of a code or a number.
func IsChoice(name string) bool {
	return strings.HasPrefix(name, "code.") || strings.HasPrefix(name, "number.")
}

// choiceNames are the fields of the codes and numbers as they would be issued.
func choiceNames(planned []desk.IssuedCode) []string {
	var names []string
	for _, code := range planned {
		n := strconv.Itoa(code.Placeholder)
		if code.Placeholder < application.FirstExisting {
			names = append(names, "code."+n)
		}
		for i := range code.IDs {
			names = append(names, "number."+n+"."+strconv.Itoa(i))
		}
	}
	return names
}

// mostChoices bounds the fields of numbers on the page; beyond it only codes can be chosen there.
const mostChoices = 60

// A ChoiceGroup is one code with the fields for it and its numbers.
type ChoiceGroup struct {
	Name   string
	Fields []kit.Field
}

// Chosen says that something was typed there or is wrong, so that the part stands open.
func (v *Verdict) Chosen() bool {
	return slices.ContainsFunc(v.Choices, func(g ChoiceGroup) bool {
		return slices.ContainsFunc(g.Fields, func(f kit.Field) bool { return f.Value != "" || len(f.Problems) > 0 })
	})
}

// choiceGroups are those fields, each empty for the proposal, which stands in its hint.
func choiceGroups(planned []desk.IssuedCode, f kit.Form) []ChoiceGroup {
	var groups []ChoiceGroup
	left := mostChoices
	for _, code := range planned {
		n := strconv.Itoa(code.Placeholder)
		group := ChoiceGroup{Name: application.PlaceholderName(code.Placeholder)}
		if code.Placeholder >= application.FirstExisting {
			group.Name = string(code.Code)
		} else {
			group.Fields = append(group.Fields, f.Field(kit.Field{Name: "code." + n, Label: "利用者コード", Width: "s", Hint: kit.Say("案：%s", string(code.Code))}))
		}
		for i, id := range code.IDs[:min(left, len(code.IDs))] {
			left--
			group.Fields = append(group.Fields, f.Field(kit.Field{Name: "number." + n + "." + strconv.Itoa(i), Label: "識別番号", Width: "s", Hint: kit.Say("案：%s", string(id.Number))}))
		}
		groups = append(groups, group)
	}
	return groups
}

// approveForm reads a verdict with its choices.
func approveForm(in url.Values, round int) desk.ApproveForm {
	form := desk.ApproveForm{Round: round, Start: in.Get("start"), Reason: in.Get("start_reason"), Proposed: in["proposed"],
		Codes: map[int]string{}, Numbers: map[int][]string{}}
	for name := range in {
		parts := strings.Split(name, ".")
		if !IsChoice(name) || len(parts) < 2 {
			continue
		}
		placeholder, err := strconv.Atoi(parts[1])
		if err != nil {
			continue
		}
		if len(parts) == 2 {
			form.Codes[placeholder] = in.Get(name)
		} else if at, err := strconv.Atoi(parts[2]); err == nil && at >= 0 && at < mostChoices {
			form.Numbers[placeholder] = placed(form.Numbers[placeholder], at, in.Get(name))
		}
	}
	return form
}

// placed is a list with a text at its place.
func placed(list []string, at int, text string) []string {
	for len(list) <= at {
		list = append(list, "")
	}
	list[at] = text
	return list
}

// Propose is the first pair of eyes: nothing is issued by it (R-EX-6).
func (s *Pages) Propose(v *kit.Request) error {
	in, ref, round, err := verdictForm(v)
	if err != nil {
		return err
	}
	if err := s.Desk.Propose(v.Ctx(), v.Actor(), ref, approveForm(in, round)); err != nil {
		return err
	}
	return v.SeeOther(kit.DeskPath(ref.ID), "承認を提案しました。ほかの審査担当者か審査責任者が承認すると発行されます。")
}
