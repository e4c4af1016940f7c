package desk

import (
	"uketsuke/internal/desk/auditlog"
	"uketsuke/internal/desk/billing"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/centre"
	"uketsuke/internal/desk/checker"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/factors"
	"uketsuke/internal/desk/files"
	"uketsuke/internal/desk/filing"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/desk/home"
	"uketsuke/internal/desk/issuance"
	"uketsuke/internal/desk/mailroom"
	"uketsuke/internal/desk/operations"
	"uketsuke/internal/desk/papers"
	"uketsuke/internal/desk/people"
	"uketsuke/internal/desk/recovery"
	"uketsuke/internal/desk/signin"
)

// Of the room command.
type (
	Config        = command.Config
	Operator      = command.Operator
	Ref           = command.Ref
	Stale         = command.Stale
	LogPolicy     = command.LogPolicy
	Way           = command.Way
	Mode          = command.Mode
	ModeState     = command.ModeState
	NotOpen       = command.NotOpen
	Establishment = command.Establishment
	Person        = command.Person
)

const (
	LeftBefore      = command.LeftBefore
	ModeOpen        = command.ModeOpen
	ModeReadOnly    = command.ModeReadOnly
	ModeClosed      = command.ModeClosed
	AnnouncementMax = command.AnnouncementMax
)

var (
	Acts         = command.Acts
	ErrBehind    = command.ErrBehind
	ErrNotFound  = command.ErrNotFound
	ErrForbidden = command.ErrForbidden
	Modes        = command.Modes
)

// Of the room centre.
type (
	ClosingEdit     = centre.ClosingEdit
	CalendarPreview = centre.CalendarPreview
	TargetMoved     = centre.TargetMoved
	WishTouched     = centre.WishTouched
	PromiseKept     = centre.PromiseKept
	StalePreview    = centre.StalePreview
	CalendarYear    = centre.CalendarYear
	CalendarMonth   = centre.CalendarMonth
	CalendarDay     = centre.CalendarDay
	NoticeForm      = centre.NoticeForm
	Notice          = centre.Notice
	NoticeList      = centre.NoticeList
	ClosedDay       = centre.ClosedDay
)

const (
	NoticeTitleMax = centre.NoticeTitleMax
	NoticeBodyMax  = centre.NoticeBodyMax
)

var (
	ClosingCSV      = centre.ClosingCSV
	ParseClosingCSV = centre.ParseClosingCSV
)

// Of the room mailroom.
type (
	MailStatus   = mailroom.MailStatus
	MailQuery    = mailroom.MailQuery
	MailList     = mailroom.MailList
	MailPage     = mailroom.MailPage
	MailTemplate = mailroom.MailTemplate
	MailRow      = mailroom.MailRow
)

const (
	MailWaiting  = mailroom.MailWaiting
	MailAccepted = mailroom.MailAccepted
	MailFailed   = mailroom.MailFailed
	MailBounced  = mailroom.MailBounced
	MailUnseen   = mailroom.MailUnseen
)

var (
	MailStatuses = mailroom.MailStatuses
)

// Of the room holding.
type (
	ContractComparison = holding.ContractComparison
	LifeState          = holding.LifeState
	Origin             = holding.Origin
	Life               = holding.Life
	LifeTurn           = holding.LifeTurn
	LifeLapse          = holding.LifeLapse
	Reissue            = holding.Reissue
	LifeID             = holding.LifeID
	Scope              = holding.Scope
	Gateway            = holding.Gateway
	GatewayRow         = holding.GatewayRow
	Answers            = holding.Answers
	AnswerDay          = holding.AnswerDay
	LogonAnswer        = holding.LogonAnswer
	ContractPage       = holding.ContractPage
)

const (
	LifeComing        = holding.LifeComing
	LifeHeld          = holding.LifeHeld
	LifeDeleted       = holding.LifeDeleted
	LifeVoid          = holding.LifeVoid
	LifeNeverInEffect = holding.LifeNeverInEffect
	ScopeLogon        = holding.ScopeLogon
	ScopeContract     = holding.ScopeContract
)

var (
	ErrNoGateway = holding.ErrNoGateway
)

// Of the room casefile.
type (
	Export        = casefile.Export
	Proposal      = casefile.Proposal
	ApproveForm   = casefile.ApproveForm
	ListPage      = casefile.ListPage
	ListRow       = casefile.ListRow
	Order         = casefile.Order
	ListQuery     = casefile.ListQuery
	Case          = casefile.Case
	CodeSettings  = casefile.CodeSettings
	TabState      = casefile.TabState
	Version       = casefile.Version
	Event         = casefile.Event
	RemarkView    = casefile.RemarkView
	IssuedCode    = casefile.IssuedCode
	IssuedID      = casefile.IssuedID
	Reading       = casefile.Reading
	SecretReading = casefile.SecretReading
)

const (
	OrderCreated    = casefile.OrderCreated
	OrderReceipt    = casefile.OrderReceipt
	OrderRegistered = casefile.OrderRegistered
	OrderDesired    = casefile.OrderDesired
	OrderStart      = casefile.OrderStart
	OrderState      = casefile.OrderState
	OrderWaiting    = casefile.OrderWaiting
)

var (
	Orders = casefile.Orders
)

// Of the rooms signin and factors.
type (
	Factors        = factors.Factors
	Passkey        = factors.Passkey
	SecondStep     = factors.SecondStep
	Enroller       = factors.Enroller
	Options        = factors.Options
	TOTPOffer      = factors.TOTPOffer
	Identity       = signin.Identity
	Link           = signin.Link
	PasswordChange = signin.PasswordChange
	Session        = signin.Session
	TooManyTries   = signin.TooManyTries
	Need           = signin.Need
	Proof          = signin.Proof
	Arrival        = signin.Arrival
	SignIn         = signin.SignIn
	WantedMail     = signin.WantedMail
	OwnAccount     = signin.OwnAccount
)

const (
	PasskeyNameMax = factors.PasskeyNameMax
	SessionIdle    = signin.SessionIdle
	SessionLongest = signin.SessionLongest
	SessionNoted   = signin.SessionNoted
	NeedsNothing   = signin.NeedsNothing
	NeedsSecond    = signin.NeedsSecond
	NeedsFactor    = signin.NeedsFactor
)

var (
	ErrWrongCode       = factors.ErrWrongCode
	ErrPasskey         = factors.ErrPasskey
	ErrUnknownIdentity = signin.ErrUnknownIdentity
	ErrBusy            = signin.ErrBusy
	ErrWrongPassword   = signin.ErrWrongPassword
	ErrShortPassword   = signin.ErrShortPassword
)

// Of the room auditlog.
type (
	LogState        = auditlog.LogState
	LogCheckpoint   = auditlog.LogCheckpoint
	Standpoint      = auditlog.Standpoint
	LogKey          = auditlog.LogKey
	Restatement     = auditlog.Restatement
	LogExport       = auditlog.LogExport
	AuditQuery      = auditlog.AuditQuery
	AuditRow        = auditlog.AuditRow
	LogVerification = auditlog.LogVerification
	AuditPage       = auditlog.AuditPage
	EntryProof      = auditlog.EntryProof
	WayState        = auditlog.WayState
)

const (
	LogJob    = auditlog.LogJob
	LogHolds  = auditlog.LogHolds
	LogBehind = auditlog.LogBehind
	LogForked = auditlog.LogForked
)

var (
	ErrStrangeKey = auditlog.ErrStrangeKey
	ErrOldKeyGone = auditlog.ErrOldKeyGone
)

// Of the room filing.
type (
	ExistingForm = filing.ExistingForm
	IDForm       = filing.IDForm
	HeldCode     = filing.HeldCode
	HeldID       = filing.HeldID
	StartForm    = filing.StartForm
	CodeForm     = filing.CodeForm
	StartPage    = filing.StartPage
)

// Of the room papers.
type (
	NotYet  = papers.NotYet
	Signing = papers.Signing
)

// Of the room billing.
type (
	ChargesPage = billing.ChargesPage
	InvoiceLine = billing.InvoiceLine
	UsageImport = billing.UsageImport
	Invoice     = billing.Invoice
	Issuer      = billing.Issuer
	Recipient   = billing.Recipient
	UsageReport = billing.UsageReport
)

const (
	MaxUsageFile = billing.MaxUsageFile
)

// Of the room files.
type (
	OfferedFile = files.OfferedFile
	FileFetch   = files.FileFetch
	FilesPage   = files.FilesPage
	Download    = files.Download
	DeskFiles   = files.DeskFiles
	FileKind    = files.FileKind
	FileForm    = files.FileForm
	Preparation = files.Preparation
	IDSetup     = files.IDSetup
	SetupStep   = files.SetupStep
)

const (
	FileCertificate = files.FileCertificate
	FileSoftware    = files.FileSoftware
)

var (
	FileEndings = files.FileEndings
	ParseTick   = files.ParseTick
)

// Of the room issuance.
type (
	Approval        = issuance.Approval
	FourEyesRule    = issuance.FourEyesRule
	RemarkForm      = issuance.RemarkForm
	StartChangeForm = issuance.StartChangeForm
	NotReadable     = issuance.NotReadable
	IDNotice        = issuance.IDNotice
	RevealedID      = issuance.RevealedID
	Examination     = issuance.Examination
)

const (
	TextMax  = issuance.TextMax
	FewCodes = issuance.FewCodes
)

// Of the room people.
type (
	EstablishmentList = people.EstablishmentList
	EstablishmentRow  = people.EstablishmentRow
	EstablishmentPage = people.EstablishmentPage
	Member            = people.Member
	PersonForm        = people.PersonForm
	MemberRef         = people.MemberRef
	Team              = people.Team
	MemberEvent       = people.MemberEvent
	MemberPage        = people.MemberPage
	KeptApplication   = people.KeptApplication
	Setup             = people.Setup
	NewCompany        = people.NewCompany
	NewEstablishment  = people.NewEstablishment
	NewCode           = people.NewCode
	NewID             = people.NewID
	NewPerson         = people.NewPerson
	NewClosingDay     = people.NewClosingDay
	SetupReport       = people.SetupReport
)

var (
	RolesOf = people.RolesOf
)

// Of the room recovery.
type (
	AsideKey      = recovery.AsideKey
	AsideKeys     = recovery.AsideKeys
	Turnover      = recovery.Turnover
	Restored      = recovery.Restored
	Twice         = recovery.Twice
	Forgotten     = recovery.Forgotten
	ForgottenKind = recovery.ForgottenKind
	RestoreView   = recovery.RestoreView
	RingLoss      = recovery.RingLoss
)

const (
	ForgottenCode    = recovery.ForgottenCode
	ForgottenID      = recovery.ForgottenID
	ForgottenReceipt = recovery.ForgottenReceipt
	ForgottenInvoice = recovery.ForgottenInvoice
	ForgottenMail    = recovery.ForgottenMail
)

var (
	NoteBackup       = recovery.NoteBackup
	ErrOtherRing     = recovery.ErrOtherRing
	ErrOtherDatabase = recovery.ErrOtherDatabase
	ErrOtherLedger   = recovery.ErrOtherLedger
	Used             = recovery.Used
	ErrRingKept      = recovery.ErrRingKept
)

// Of the room home.
type (
	TopMenu  = home.TopMenu
	News     = home.News
	TodoKind = home.TodoKind
	Todo     = home.Todo
)

const (
	TodoReturned  = home.TodoReturned
	TodoSettings  = home.TodoSettings
	TodoPasswords = home.TodoPasswords
	TodoDraft     = home.TodoDraft
	TodoVoid      = home.TodoVoid
	TodoSetup     = home.TodoSetup
)

// Of the room operations.
type (
	Witnesses  = operations.Witnesses
	ClockGuard = operations.ClockGuard
	ClockApart = operations.ClockApart
	Job        = operations.Job
	ModeForm   = operations.ModeForm
	Operations = operations.Operations
	PassingDay = operations.PassingDay
)

const (
	MailJob  = operations.MailJob
	CleanJob = operations.CleanJob
)

// Of the room checker.
type (
	Finding = checker.Finding
)
