package cases

import (
	"slices"
	"strings"

	"uketsuke/internal/catalogue"
)

// KindLabel names a kind with the operations it has.
func KindLabel(k catalogue.Kind) string {
	if slices.Equal(k.Operations, []string{"reissue"}) {
		return k.Name // it says so itself
	}
	var words []string
	for _, o := range k.Operations {
		words = append(words, map[string]string{"add": "追加", "change": "変更", "delete": "削除"}[o])
	}
	return k.Name + "（" + strings.Join(words, "・") + "）"
}
