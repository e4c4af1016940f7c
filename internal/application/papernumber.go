package application

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// A PaperNumber is what the number typed on the check page can be. What is no number of any paper has
// neither field, and is looked for all the same, in vain.
type PaperNumber struct {
	// Receipt is the receipt number of a 申込書 or 申込受付票; of a 承認通知 it is that of the first registration,
	// whose digits the notice's number has.
	Receipt string
	Notice  bool
	// Invoices are the invoice numbers that it can be: written without hyphens, it can be taken apart in
	// several ways.
	Invoices []string
}

var (
	noticeShape  = regexp.MustCompile(`^\d{2}(\d{5}|[1-9]\d{5})$`)
	invoiceShape = regexp.MustCompile(`^(\d{6})(\d{5,9}?)([1-9]\d{0,2})$`)
)

// longestTyped bounds, in bytes, what is looked at of a number or a digest.
const longestTyped = 300

// ParsePaperNumber reads the number of a paper as people type it (R-APP-19): width, case, hyphens, blanks and
// the words around a notice's number make no difference.
func ParsePaperNumber(typed string) PaperNumber {
	text := strings.NewReplacer("通知", "", "第", "", "号", "").Replace(bare(typed))
	if r, err := ParseReceipt(text); err == nil {
		return PaperNumber{Receipt: r.String()}
	}
	if noticeShape.MatchString(text) {
		if r, err := ParseReceipt(text + "A"); err == nil {
			return PaperNumber{Receipt: r.String(), Notice: true}
		}
	}
	return PaperNumber{Invoices: invoicesOf(text)}
}

// invoicesOf are the numbers 202412-00001-1 that some digits can stand for: the revision has one digit, seldom
// two or three.
func invoicesOf(digits string) []string {
	if !invoiceShape.MatchString(digits) {
		return nil
	}
	var numbers []string
	for revision := 1; revision <= 3 && len(digits)-6-revision >= 5; revision++ {
		end := len(digits) - revision
		running := digits[6:end]
		if digits[end] == '0' || len(running) > 5 && running[0] == '0' {
			continue
		}
		numbers = append(numbers, digits[:6]+"-"+running+"-"+digits[end:])
	}
	return numbers
}

// ParseDigest reads a digest as people type it from a paper: blanks, hyphens, width and case make no difference,
// and the letters that hexadecimal digits do not have are taken for the digits they look like. is says whether
// these are hexadecimal digits at all.
func ParseDigest(typed string) (digits string, is bool) {
	digits = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(bare(typed))
	digits = strings.ToLower(digits)
	return digits, digits != "" && strings.Trim(digits, "0123456789abcdef") == ""
}

// bare is typed text narrow, in upper case, without blanks and hyphens of any kind.
func bare(typed string) string {
	if len(typed) > longestTyped {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("−ーｰ_.:", r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, strings.ToValidUTF8(width.Fold.String(typed), "?"))
}
