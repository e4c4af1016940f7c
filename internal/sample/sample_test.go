package sample_test

import (
	"testing"

	"uketsuke/internal/application"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/store/storetest"
)

func TestEveryTabCanBeFilled(t *testing.T) {
	t.Parallel()
	cat, err := catalogue.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	tabs := []string{application.NameTab}
	for _, trade := range cat.Trades {
		if trade.Settings {
			tabs = append(tabs, trade.Key)
		}
	}
	for _, tab := range tabs {
		if !application.CompleteTab(tab, sample.CompleteTab(cat, tab, 1), cat) {
			t.Errorf("tab %s: the complete values are incomplete", tab)
		}
		if application.CompleteTab(tab, sample.IncompleteTab(cat, tab, 1), cat) {
			t.Errorf("tab %s: the incomplete values are complete", tab)
		}
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := sample.New(t, db, "2024-12-02T10:00:00+09:00")
		ref, approval := w.Approved(sample.S1("2024-12-12"))
		if got := w.Case(w.Applicant, ref.ID).State; got != application.Approved {
			t.Errorf("state %s", got)
		}
		if len(approval.Codes) != 1 || len(approval.Codes[0].IDs) != 2 {
			t.Errorf("issued %+v", approval.Codes)
		}
		back := w.Returned(sample.S2("2024-12-12"))
		if got := w.Case(w.Applicant, back.ID).State; got != application.Returned {
			t.Errorf("state %s", got)
		}
		incomplete := sample.S3("2024-12-12")
		incomplete.Incomplete = true
		open, receipt := w.Registered(incomplete)
		if view := w.Case(w.Applicant, open.ID); view.SettingsComplete || view.Receipt != receipt {
			t.Errorf("receipt %s, settings complete %v", view.Receipt, view.SettingsComplete)
		}
		if _, err := w.Desk.SignIn(t.Context(), sample.Login(w.Applicant), sample.Password, desk.Arrival{From: "192.0.2.1"}); err != nil {
			t.Error(err)
		}
	})
}
