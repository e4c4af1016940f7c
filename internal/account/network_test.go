package account

import "testing"

// What is counted together: one subscriber's addresses, and one place's.
func TestNetworks(t *testing.T) {
	t.Parallel()
	for from, want := range map[string][2]string{
		"203.0.113.9":             {"203.0.113.9", "203.0.113.0/24"},
		"::ffff:203.0.113.9":      {"203.0.113.9", "203.0.113.0/24"},
		"2001:db8:1:2ff::9":       {"2001:db8:1:2ff::/64", "2001:db8:1:200::/56"},
		"fe80::1%eth0":            {"fe80::/64", "fe80::/56"},
		"@":                       {"@", "@"}, // a socket of this machine
		"203.0.113.9 and so on":   {"203.0.113.9 and so on", "203.0.113.9 and so on"},
		"2001:db8:ffff:ffff::1:2": {"2001:db8:ffff:ffff::/64", "2001:db8:ffff:ff00::/56"},
	} {
		if got := [2]string{Network(from), Neighbourhood(from)}; got != want {
			t.Errorf("%s: %q, want %q", from, got, want)
		}
	}
}
