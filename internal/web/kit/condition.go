package kit

// A Condition is how one process of the product is, as the page of operations shows it.
type Condition struct {
	// Word is "ready", "degraded" or "not ready".
	Word string
	// Found are the codes of what is wrong, or soon will be. What the system said of it is for the log alone.
	Found []FindingCode
}

// A FindingCode is of fixed meaning: the addresses of health say it to machines.
type FindingCode string

// Every code.
const (
	FindNotLooked         FindingCode = "not-looked"
	FindDatabase          FindingCode = "database"
	FindDatabaseWrite     FindingCode = "database-write"
	FindDatabaseSlow      FindingCode = "database-slow"
	FindSchema            FindingCode = "schema"
	FindKeys              FindingCode = "keys"
	FindLedger            FindingCode = "ledger"
	FindBehind            FindingCode = "behind"
	FindClock             FindingCode = "clock"
	FindClocksApart       FindingCode = "clocks-apart"
	FindLate              FindingCode = "late"
	FindPapers            FindingCode = "papers"
	FindPapersSoon        FindingCode = "papers-certificate"
	FindCertificateSoon   FindingCode = "tls-certificate"
	FindCertificateEnded  FindingCode = "tls-certificate-ended"
	FindCertificateUnread FindingCode = "tls-certificate-unread"
)
