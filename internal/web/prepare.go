package web

import (
	"slices"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk"
)

// A PreparePage is page E15, 「利用開始の準備」.
type PreparePage struct {
	Frame
	Receipt                       string
	Start                         calendar.Date
	Started                       bool
	Certificate, Software, Manual string
	Issued                        []IssuedLine
	Certificated                  bool // some method needs a certificate per terminal
	Setup                         []SetupLine
	Settings                      calendar.Date // deadline of settings that are not complete
	Case, IDs                     string
}

// A SetupLine is one U業務 with those who have to do it.
type SetupLine struct {
	Code, Name string
	For        string
}

// showPrepare shows what is to be done until and from the start date. It is readable from the approval on
// (R-CON-3).
func (s *Server) showPrepare(v *visit, f Form) error {
	c, err := s.Desk.Case(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if c.State != application.Approved && c.State != application.InEffect {
		return desk.ErrNotFound
	}
	o := s.Desk.Operator
	data := PreparePage{
		Frame: v.frame(applicationPath(c.ID, "prepare"), f), Receipt: c.Receipt, Start: c.Start, Started: c.State == application.InEffect,
		Certificate: o.CertificateURL, Software: o.SoftwareURL, Manual: o.ManualURL, Issued: s.issuedLines(c.Issued),
		Setup: s.setupLines(c.Document), Case: applicationPath(c.ID), IDs: applicationPath(c.ID, "ids"),
	}
	if slices.Contains(c.Allowed, application.SaveSettings) && c.SettingsNeeded && !c.SettingsComplete {
		data.Settings = c.SettingsDeadline
	}
	_, methods, _ := usedBy(c.Document)
	data.Certificated = slices.ContainsFunc(methods, func(key string) bool {
		m, known := s.Desk.Catalogue.Method(key)
		return known && m.Certificate
	})
	data.Back = Link{Text: "この申込に戻る", Address: applicationPath(c.ID)}
	return v.render("prepare", data)
}

// usedBy are the trades and methods of a document, and whether it asks for statistics.
func usedBy(doc application.Document) (trades, methods []string, statistics bool) {
	for _, item := range doc.Codes {
		statistics = statistics || item.StatsPaid || item.StatsFree
		for _, row := range item.Rows {
			for _, trade := range row.Trades {
				if !slices.Contains(trades, trade) {
					trades = append(trades, trade)
				}
			}
			if !slices.Contains(methods, row.Method) {
				methods = append(methods, row.Method)
			}
		}
	}
	return trades, methods, statistics
}

// setupLines are the U業務 of an application, with the trades and methods for which each is done.
func (s *Server) setupLines(doc application.Document) []SetupLine {
	trades, methods, statistics := usedBy(doc)
	var lines []SetupLine
	for _, u := range s.Desk.Catalogue.SetupFor(trades, methods, statistics) {
		lines = append(lines, SetupLine{Code: u.Code, Name: u.Name, For: s.setupFor(u, trades, methods)})
	}
	return lines
}

// setupFor names those of the application for which a transaction is done.
func (s *Server) setupFor(u catalogue.SetupTransaction, trades, methods []string) string {
	var names []string
	for _, who := range u.For {
		kind, key, _ := strings.Cut(who, ":")
		switch {
		case who == "*":
			return "すべての利用者"
		case kind == "trade" && slices.Contains(trades, key):
			names = append(names, s.tradeWords([]string{key}))
		case kind == "method" && slices.Contains(methods, key):
			names = append(names, s.methodWord(key))
		case who == "service:statistics":
			names = append(names, "管理統計資料")
		}
	}
	return strings.Join(names, "・")
}
