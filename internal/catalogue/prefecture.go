package catalogue

import (
	"slices"
	"strings"
)

// prefectures in the official order of their codes, 01–47.
const prefectures = "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 " +
	"新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 " +
	"鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県"

// Prefectures is the names of the 47 prefectures, as in 東京都, in the official order.
func (c *Catalogue) Prefectures() []string { return strings.Fields(prefectures) }

// fullPrefecture is 東京都 for 東京 and 東京都; "" for anything else.
func fullPrefecture(name string) string {
	all := strings.Fields(prefectures)
	i := slices.IndexFunc(all, func(full string) bool { return full == name || shortPrefecture(full) == name })
	if i < 0 {
		return ""
	}
	return all[i]
}

// shortPrefecture is the name without 都, 府 or 県. 北海道 has no shorter form, and 京都 ends in a 都 of its own.
func shortPrefecture(name string) string {
	if name == "東京都" {
		return "東京"
	}
	return strings.TrimSuffix(strings.TrimSuffix(name, "府"), "県")
}
