package catcher

import "testing"

// FuzzDecode: whatever the demo's mail server is handed is shown or refused.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("From: a@x.example\r\nTo: b@x.example\r\nDate: Mon, 02 Dec 2024 10:00:00 +0900\r\nSubject: =?utf-8?b?5aCx?=\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n5aCx\r\n"))
	f.Add([]byte("From: x\r\n\r\n"))
	f.Add([]byte("Subject: =?utf-8?q?=ff?=\nFrom: \"\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Decode(raw)
		if err == nil && m.From == "" {
			t.Fatalf("a mail without sender: %+v", m)
		}
	})
}
