package demo

import (
	"crypto/x509"
	"slices"
	"testing"
	"time"

	"uketsuke/internal/account"
)

// There is somebody for every role, a password long enough, and mail to each in their own name; the
// scenarios' establishment is as they want it.
func TestPeople(t *testing.T) {
	t.Parallel()
	seen := map[account.Role]int{}
	var logins, emails []string
	for _, p := range people() {
		seen[p.Role]++
		logins, emails = append(logins, p.Login), append(emails, p.Email)
		chosen := account.NewPassword{Password: p.Password, Again: p.Password, Words: []string{p.Login, p.Name, p.Email}}
		if problems := chosen.Problems(); problems != nil {
			t.Errorf("%s: %v", p.Login, problems)
		}
	}
	for _, role := range account.Roles() {
		if (role.OfCentre() || role.OfEstablishment()) && seen[role] == 0 {
			t.Errorf("nobody is %s", role)
		}
	}
	for _, list := range [][]string{logins, emails} {
		slices.Sort(list)
		if len(slices.Compact(list)) != len(people()) {
			t.Errorf("not each their own: %v", list)
		}
	}
	if seen[account.Examiner] < 2 {
		t.Error("nobody can take over")
	}
	s := Setup()
	if first := s.Establishments[0]; len(first.Codes) != 0 || first.Region != "1" || s.Companies[0].Abbreviations[0] != "NAC" || len(s.Companies) != 2 {
		t.Errorf("%+v", s)
	}
	if err := Operator("http://127.0.0.1:8080/login").Mail.Check(); err != nil {
		t.Error(err)
	}
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, host := range []string{"192.0.2.7", "desk.example", ""} {
		c, err := Certificate(host, now)
		if err != nil {
			t.Fatal(err)
		}
		read, err := x509.ParseCertificate(c.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{host, "localhost"} {
			if err := read.VerifyHostname(name); name != "" && err != nil {
				t.Error(err)
			}
		}
		if now.Before(read.NotBefore) || now.After(read.NotAfter) {
			t.Errorf("good from %v to %v", read.NotBefore, read.NotAfter)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{"127.0.0.1": true, "127.8.8.8": true, "::1": true, "localhost": true,
		"": false, "0.0.0.0": false, "::": false, "192.0.2.7": false, "desk.example": false} {
		if IsLoopback(host) != want {
			t.Errorf("%q: %v", host, !want)
		}
	}
}
