package document

import (
	"testing"
	"time"
)

// The proof of an entry says everything that is needed to check it by hand.
func TestProof(t *testing.T) {
	at := time.Date(2024, 12, 2, 1, 30, 0, 0, time.UTC)
	content, err := printer(t).Proof(Proof{
		Centre: "見本ネットワーク運営センター", Service: "NSS", At: at, Who: "審査 花子", What: "承認", MadeAt: at.Add(time.Hour),
		Entry:    `{"act":"approve","actor":"x1","application":"a1","at":"2024-12-02T01:30:00.000000Z","detail":{"receipt":"2400001A"}}`,
		Personal: `{"name":"審査 花子","personal":{}}`, Salt: "00112233445566778899aabbccddeeff", Seq: 5, Size: 9,
		Hash: "nBjPErStu4g0WalRLK+zN4ROjL4Ylkzho8yKM1Iyl64=", Path: []string{"irgu/FfKOGEBaVPoK7U5u0T2EdrsyW+gX7N1o1l3f6M=", "kL/rIFlAtZDGeKDzrx0CZN5OhSbK+Tt8QHHsAkDBzaE="},
		Checkpoint: "desk.example.jp/audit\n9\nRqL5pbkhAGgEZNcVX1hGmWmP0bjTknsD1SXWJYvTvXo=\ntime 2024-12-02T02:30:00.000000Z\n\n— desk.example.jp/audit sig=\n",
		Keys:       []string{"desk.example.jp/audit+0a1b2c3d+AaFkb3cy"},
	})
	path := pdf(t, content, err)
	sound(t, path)
	golden(t, "proof", plain(t, path))
}
