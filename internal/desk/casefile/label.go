package casefile

import (
	"strconv"
	"strings"

	"uketsuke/internal/application"
)

// ItemLabel names the item a remark stands at.
func ItemLabel(path string, doc application.Document) string {
	parts := strings.Split(path, ".")
	switch parts[0] {
	case "desired":
		return "利用開始希望日"
	case "reason":
		return "変更する理由"
	case "contact":
		return "申込担当者"
	case "reissue":
		return "パスワード再発行"
	case "codes", "settings":
		if len(parts) > 1 {
			if n, err := strconv.Atoi(parts[1]); err == nil {
				if _, known := doc.Asked(n); known && parts[0] == "settings" {
					return doc.ItemName(n) + "のシステム設定"
				}
				return doc.ItemName(n)
			}
		}
		return "申込情報"
	}
	return "申込み全体"
}
