package secret

import "strings"

// Spell is the reading aid beside a secret or a user ID (ID通知内容): each character with a word that
// no other character shares, so that 0 and O, 1 and I are never confused: "A7" is "A アルファ・7 なな".
// Characters other than A–Z and 0–9 stand alone.
func Spell(s string) string {
	words := make([]string, 0, len(s))
	for _, r := range s {
		words = append(words, strings.TrimSpace(string(r)+" "+wordFor(r)))
	}
	return strings.Join(words, "・")
}

var letterWords = [...]string{"アルファ", "ブラボー", "チャーリー", "デルタ", "エコー", "フォックストロット", "ゴルフ",
	"ホテル", "インディア", "ジュリエット", "キロ", "リマ", "マイク", "ノベンバー", "オスカー", "パパ", "ケベック", "ロメオ",
	"シエラ", "タンゴ", "ユニフォーム", "ビクター", "ウイスキー", "エックスレイ", "ヤンキー", "ズールー"}

var digitWords = [...]string{"ゼロ", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう"}

func wordFor(r rune) string {
	switch {
	case 'A' <= r && r <= 'Z':
		return letterWords[r-'A']
	case '0' <= r && r <= '9':
		return digitWords[r-'0']
	}
	return ""
}
