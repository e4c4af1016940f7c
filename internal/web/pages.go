package web

// A declared page joins a template, templates/<Name>.html, with the struct it is rendered from.
type declared struct {
	Name string
	Data any // the zero value of the struct, which embeds Frame
}

// pages lists every page there is; Render refuses any other.
func pages() []declared {
	return []declared{
		{"error", ErrorPage{}},
		{"login", LoginPage{}},
		{"setup", SetupPage{}},
		{"check-paper", CheckPaperPage{}},
		{"top", TopPage{}},
		{"contract", ContractPage{}},
		{"contract-compare", ContractComparePage{}},
		{"contract-life", ContractLifePage{}},
		{"flow", FlowPage{}},
		{"start", StartPage{}},
		{"contact", ContactPage{}},
		{"codes", CodesPage{}},
		{"code", CodePage{}},
		{"remove-code", RemoveCodePage{}},
		{"existing", ExistingPage{}},
		{"delete-existing", DeletePage{}},
		{"reissue", ReissuePage{}},
		{"settings", SettingsPage{}},
		{"confirm", ConfirmPage{}},
		{"registered", RegisteredPage{}},
		{"discard", DiscardPage{}},
		{"applications", ApplicationsPage{}},
		{"export", ExportPage{}},
		{"case", CasePage{}},
		{"case-contract", ContractThenPage{}},
		{"ids", IDNoticePage{}},
		{"secrets", SecretsPage{}},
		{"erase", ErasePage{}},
		{"prepare", PreparePage{}},
		{"files", FilesPage{}},
		{"desk-files", DeskFilesPage{}},
		{"withdraw-file", WithdrawFilePage{}},
		{"version", VersionPage{}},
		{"withdraw", WithdrawPage{}},
		{"queue", QueuePage{}},
		{"establishments", EstablishmentsPage{}},
		{"establishment", EstablishmentPage{}},
		{"invite", InvitePage{}},
		{"examine", ExaminePage{}},
		{"issued", IssuedPage{}},
		{"void", VoidPage{}},
		{"change-start", ChangeStartPage{}},
		{"desk-calendar", ClosingPage{}},
		{"desk-calendar-preview", ClosingPreviewPage{}},
		{"desk-news", DeskNewsPage{}},
		{"desk-news-new", NoticeFormPage{}},
		{"desk-notice", DeskNoticePage{}},
		{"mails", MailsPage{}},
		{"mail", MailPage{}},
		{"mail-templates", MailTemplatesPage{}},
		{"desk-operations", OperationsPage{}},
		{"rules", RulesPage{}},
		{"centre-notice", CentreNoticePage{}},
		{"charges", ChargesPage{}},
		{"usage", UsagePage{}},
	}
}
