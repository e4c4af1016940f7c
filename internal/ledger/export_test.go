package ledger

import (
	"fmt"
	"hash/crc32"
)

// Line is a line with the checksum of its body.
func Line(body string) string {
	return fmt.Sprintf("%08x %s\n", crc32.Checksum([]byte(body), castagnoli), body)
}
