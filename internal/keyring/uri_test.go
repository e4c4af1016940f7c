package keyring

import "testing"

func TestTokenURI(t *testing.T) {
	whole := tokenPlace{label: "uketsuke 1", module: "/usr/lib/x.so", pinFile: "/etc/pin"}
	numbered := whole
	numbered.serial = "00ff"
	for uri, want := range map[string]tokenPlace{
		"pkcs11:token=uketsuke%201?module-path=/usr/lib/x.so&pin-source=/etc/pin":                 whole,
		"pkcs11:token=uketsuke%201?module-path=/usr/lib/x.so&pin-source=file:/etc/pin":            whole,
		"pkcs11:serial=00ff;token=uketsuke%201?pin-source=%2Fetc%2Fpin&module-path=/usr/lib/x.so": numbered,
		"":                              {},
		"pkcs11:":                       {},
		"/var/lib/keys":                 {},
		"pkcs11:token=a":                {},
		"pkcs11:token=a?module-path=/b": {},
		"pkcs11:token=a;token=b?module-path=/b&pin-source=/c":        {},
		"pkcs11:token=a?module-path=/b&pin-source=/c&pin-value=1234": {},
		"pkcs11:token=a;object=x?module-path=/b&pin-source=/c":       {},
		"pkcs11:token=%zz?module-path=/b&pin-source=/c":              {},
		"pkcs11:token=a?module-path=/b%00.so&pin-source=/c":          {},
		"PKCS11:token=a?module-path=/b&pin-source=/c":                {},
	} {
		got, err := parseToken(uri)
		if got != want || (err == nil) != (want != tokenPlace{}) {
			t.Errorf("%q: %+v, %v", uri, got, err)
		}
	}
}

// FuzzTokenURI: whatever stands in the setting, it names a token wholly or is refused.
func FuzzTokenURI(f *testing.F) {
	f.Add("pkcs11:token=uketsuke%201?module-path=/usr/lib/x.so&pin-source=file:/etc/pin")
	f.Fuzz(func(t *testing.T, uri string) {
		at, err := parseToken(uri)
		if err == nil && (at.label == "" || at.module == "" || at.pinFile == "") {
			t.Errorf("%q: %+v", uri, at)
		}
		if err != nil && at != (tokenPlace{}) {
			t.Errorf("%q: %+v beside %v", uri, at, err)
		}
	})
}
