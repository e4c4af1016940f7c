package demo

import (
	"fmt"
	"strings"

	"uketsuke/internal/charge"
)

// Usage is a file of metered usage of a month for the user IDs that Setup brings, as the centre would import
// it. Quantities differ from month to month.
func Usage(month charge.Month) string {
	var b strings.Builder
	b.WriteString("month,user_id,item,quantity,amount\n")
	for i, id := range ids() {
		sent := 120 + 35*i + 7*int(month.First().Month())
		fmt.Fprintf(&b, "%s,%s,電文送信,%d,%d\n", month, id, sent, 10*sent)
		fmt.Fprintf(&b, "%s,%s,照会,%d,%d\n", month, id, 40+i, 5*(40+i))
	}
	return b.String()
}

// ids are the user IDs that exist from the beginning.
func ids() []string {
	var ids []string
	for _, e := range Setup().Establishments {
		for _, code := range e.Codes {
			for _, id := range code.IDs {
				ids = append(ids, code.Code+id.Number)
			}
		}
	}
	return ids
}
