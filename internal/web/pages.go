package web

import (
	"uketsuke/internal/web/apply"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/centre"
	"uketsuke/internal/web/examine"
	"uketsuke/internal/web/holding"
	"uketsuke/internal/web/kit"
	"uketsuke/internal/web/people"
	"uketsuke/internal/web/signin"
)

// pages lists every page there is; Render refuses any other.
func pages() []kit.Declared {
	return []kit.Declared{
		{Name: "error", Data: kit.ErrorPage{}},
		{Name: "login", Data: kit.LoginPage{}},
		{Name: "setup", Data: signin.SetupPage{}},
		{Name: "confirm-address", Data: signin.ConfirmAddressPage{}},
		{Name: "reset", Data: signin.ResetPage{}},
		{Name: "reset-sent", Data: signin.ResetSentPage{}},
		{Name: "account", Data: signin.AccountPage{}},
		{Name: "session", Data: signin.SessionPage{}},
		{Name: "second", Data: signin.SecondPage{}},
		{Name: "first-factor", Data: signin.FirstFactorPage{}},
		{Name: "totp", Data: signin.TOTPPage{}},
		{Name: "factors", Data: signin.FactorsPage{}},
		{Name: "recovery-codes", Data: signin.RecoveryPage{}},
		{Name: "check-paper", Data: holding.CheckPaperPage{}},
		{Name: "top", Data: cases.TopPage{}},
		{Name: "contract", Data: holding.ContractPage{}},
		{Name: "contract-compare", Data: holding.ContractComparePage{}},
		{Name: "contract-life", Data: holding.ContractLifePage{}},
		{Name: "flow", Data: apply.FlowPage{}},
		{Name: "start", Data: apply.StartPage{}},
		{Name: "contact", Data: apply.ContactPage{}},
		{Name: "codes", Data: apply.CodesPage{}},
		{Name: "code", Data: apply.CodePage{}},
		{Name: "remove-code", Data: apply.RemoveCodePage{}},
		{Name: "existing", Data: apply.ExistingPage{}},
		{Name: "delete-existing", Data: apply.DeletePage{}},
		{Name: "reissue", Data: apply.ReissuePage{}},
		{Name: "settings", Data: apply.SettingsPage{}},
		{Name: "confirm", Data: apply.ConfirmPage{}},
		{Name: "registered", Data: apply.RegisteredPage{}},
		{Name: "discard", Data: apply.DiscardPage{}},
		{Name: "applications", Data: cases.ApplicationsPage{}},
		{Name: "export", Data: kit.ExportPage{}},
		{Name: "case", Data: cases.CasePage{}},
		{Name: "case-contract", Data: cases.ContractThenPage{}},
		{Name: "ids", Data: cases.IDNoticePage{}},
		{Name: "secrets", Data: cases.SecretsPage{}},
		{Name: "erase", Data: cases.ErasePage{}},
		{Name: "prepare", Data: cases.PreparePage{}},
		{Name: "files", Data: cases.FilesPage{}},
		{Name: "desk-files", Data: centre.DeskFilesPage{}},
		{Name: "withdraw-file", Data: centre.WithdrawFilePage{}},
		{Name: "version", Data: cases.VersionPage{}},
		{Name: "withdraw", Data: cases.WithdrawPage{}},
		{Name: "queue", Data: examine.QueuePage{}},
		{Name: "establishments", Data: centre.EstablishmentsPage{}},
		{Name: "establishment", Data: centre.EstablishmentPage{}},
		{Name: "invite", Data: people.InvitePage{}},
		{Name: "away", Data: signin.AwayPage{}},
		{Name: "returned", Data: signin.ReturnedPage{}},
		{Name: "identities", Data: signin.IdentitiesPage{}},
		{Name: "people", Data: people.PeoplePage{}},
		{Name: "first", Data: signin.FirstPage{}},
		{Name: "person", Data: people.PersonPage{}},
		{Name: "examine", Data: examine.ExaminePage{}},
		{Name: "issued", Data: examine.IssuedPage{}},
		{Name: "void", Data: examine.VoidPage{}},
		{Name: "change-start", Data: examine.ChangeStartPage{}},
		{Name: "desk-calendar", Data: centre.ClosingPage{}},
		{Name: "desk-calendar-preview", Data: centre.ClosingPreviewPage{}},
		{Name: "desk-news", Data: centre.DeskNewsPage{}},
		{Name: "desk-news-new", Data: centre.NoticeFormPage{}},
		{Name: "desk-notice", Data: centre.DeskNoticePage{}},
		{Name: "mails", Data: centre.MailsPage{}},
		{Name: "mail", Data: centre.MailPage{}},
		{Name: "mail-templates", Data: centre.MailTemplatesPage{}},
		{Name: "desk-operations", Data: centre.OperationsPage{}},
		{Name: "desk-restored", Data: centre.RestoredPage{}},
		{Name: "rules", Data: centre.RulesPage{}},
		{Name: "audit", Data: centre.AuditPage{}},
		{Name: "audit-entry", Data: centre.AuditEntryPage{}},
		{Name: "centre-notice", Data: centre.CentreNoticePage{}},
		{Name: "charges", Data: holding.ChargesPage{}},
		{Name: "usage", Data: centre.UsagePage{}},
	}
}
