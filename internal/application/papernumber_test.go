package application_test

import (
	"reflect"
	"strings"
	"testing"

	. "uketsuke/internal/application"
)

func TestParsePaperNumber(t *testing.T) {
	for typed, want := range map[string]PaperNumber{
		"2400001A":       {Receipt: "2400001A"},
		" ２４００００１ａ　":     {Receipt: "2400001A"},
		"24-00001-A":     {Receipt: "2400001A"},
		"24‐00001—aa":    {Receipt: "2400001AA"},
		"24100000B":      {Receipt: "24100000B"},
		"通知第24-00001号":   {Receipt: "2400001A", Notice: true},
		"第２４－００００１号":     {Receipt: "2400001A", Notice: true},
		"24 00001":       {Receipt: "2400001A", Notice: true},
		"24100000":       {Receipt: "24100000A", Notice: true},
		"202412-00001-1": {Invoices: []string{"202412-00001-1"}},
		"２０２４１２ー００００１ー１２": {Invoices: []string{"202412-00001-12"}},
		"202412000011":    {Invoices: []string{"202412-00001-1"}},
		"202412-123456-1": {Invoices: []string{"202412-123456-1", "202412-12345-61"}},
		"2400000":         {},
		"":                {},
		"号":               {},
		"1234":            {},
		"202412-00001-0":  {},
		"' OR 1=1 --":     {},
		"2400001A\x00":    {},
		"\xff2400001A":    {},
		"２４００００１Ａ２４００００１Ａ":                    {},
		strings.Repeat("-", 400) + "2400001A": {},
	} {
		if got := ParsePaperNumber(typed); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is read as %+v, want %+v", typed, got, want)
		}
	}
}

func TestParseDigest(t *testing.T) {
	for typed, want := range map[string]string{
		"9f86 d081 884c 7d65 9a2f eaa0": "9f86d081884c7d659a2feaa0",
		"９Ｆ８６ーｄ０８１":                     "9f86d081",
		"9F86-D081\n884C":               "9f86d081884c",
		"9f86 dO8l IO":                  "9f86d08110",
	} {
		if got, is := ParseDigest(typed); got != want || !is {
			t.Errorf("%q is read as %q, %v, want %q", typed, got, is, want)
		}
	}
	for _, typed := range []string{"", " - ", "9g86", "9f\xff", "九", strings.Repeat("a", 301)} {
		if got, is := ParseDigest(typed); is {
			t.Errorf("%q passes as %q", typed, got)
		}
	}
}
