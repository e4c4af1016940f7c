// Package fonts holds the typeface of the papers as a file: Noto Sans JP, under the SIL Open Font
// License 1.1 (OFL.txt beside it). One weight is enough: the papers show rank by size, space and tint.
package fonts

import _ "embed"

// Regular is Noto Sans JP Regular, a static TrueType font. It is read, never written.
//
//go:embed NotoSansJP-Regular.ttf
var Regular []byte
