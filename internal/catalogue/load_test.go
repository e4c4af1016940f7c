package catalogue_test

import (
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	. "uketsuke/internal/catalogue"
)

var update = flag.Bool("update", false, "write the golden files")

// builtIn is the catalogue as the program brings it.
func builtIn(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoadBuiltIn(t *testing.T) {
	got, err := json.MarshalIndent(builtIn(t), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile("testdata/catalogue.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/catalogue.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("-want +got (run with -update if it is meant):\n%s", diff)
	}
}

func TestLoadOverlay(t *testing.T) {
	over := fstest.MapFS{
		"charges.csv":  {Data: []byte("\ufeffto,from,key,amount,unit,name\r\n,2024-04-01, base-a ,6000,yen,\"基本料金, A\"\r\n")},
		"holidays.csv": {Data: []byte("anything")},
		"README.md":    {Data: []byte("anything")},
	}
	c, err := Load(over)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Charges) != 1 || c.Charges[0].Key != "base-a" || c.Charges[0].Name != "基本料金, A" || c.Charges[0].Amount != 6000 {
		t.Errorf("the file laid over: %+v", c.Charges)
	}
	if !slices.EqualFunc(c.Trades, builtIn(t).Trades, func(a, b Trade) bool { return a == b }) {
		t.Error("a file that is not laid over differs from the built-in one")
	}
}

const (
	tradeHead  = "key,name,short,english,medium,sso_group,sso,stats_paid,stats_free,archive,settings\n"
	methodHead = "key,name,short,class,certificate,offered\n"
	kindHead   = "key,group,name,operations,start_date,offered\n"
	fieldHead  = "tab,key,label,english,type,max,required,pattern,hint\n"
	regionHead = "code,name,prefectures\n"
	chargeHead = "key,name,amount,unit,from,to\n"
	setupHead  = "code,name,for\n"
)

// TestLoadRefuses lays one bad file over the good ones for each check; want is all faults, to the letter.
func TestLoadRefuses(t *testing.T) {
	for _, row := range []struct{ name, file, text, want string }{
		{"strange file", "trade.csv", tradeHead, "trade.csv: is no file of the catalogue"},
		{"empty file", "methods.csv", "", "methods.csv:1: no header line"},
		{"empty file of fields", "setting-fields.csv", "", "setting-fields.csv:1: no header line"}, // and not one more for each trade
		{"unknown column", "customs-regions.csv", "code,name,prefectures,colour\n", `customs-regions.csv:1: unknown column "colour"`},
		{"missing column", "customs-regions.csv", "code,prefectures\n", `customs-regions.csv:1: missing column "name"`},
		{"column twice", "customs-regions.csv", "code,name,prefectures,code\n", `customs-regions.csv:1: column "code" stands twice`},
		{"too few cells", "customs-regions.csv", regionHead + "1,東京,東京\n2\n", "customs-regions.csv:3: wrong number of fields"},
		{"bare quote", "customs-regions.csv", regionHead + "1,東\"京,東京\n", `customs-regions.csv:2: bare " in non-quoted-field`},
		{"not UTF-8", "customs-regions.csv", regionHead + "1,東京,東京\n2,\x82\xa0,\n", "customs-regions.csv:3: is not UTF-8"},
		{"line after a cell of two lines", "charges.csv", chargeHead + "a,\"b\nc\",1,yen,2024-01-01,\nb,b,x,yen,2024-01-01,\n",
			`charges.csv:4: column "amount": "x" is not a whole number from 0 on`},

		{"trade: key twice", "trades.csv", tradeHead + tradeRow("nvocc") + tradeRow("nvocc"), `trades.csv:3: "nvocc" stands on line 2 already`},
		{"trade: no key", "trades.csv", tradeHead + tradeRow("A.b"), `trades.csv:2: column "key": "A.b" is not a key of a–z, 0–9, - and _`},
		{"trade: key of a tab", "trades.csv", tradeHead + tradeRow("name"), `trades.csv:2: a trade cannot have the key "name", which is a tab of its own`},
		{"trade: empty name", "trades.csv", tradeHead + "nvocc,,N,N,sea,1,yes,yes,no,no,yes\n", `trades.csv:2: column "name" is empty`},
		{"trade: medium", "trades.csv", tradeHead + "nvocc,N,N,N,rail,1,yes,yes,no,no,yes\n", `trades.csv:2: column "medium": "rail" is none of common, air, sea`},
		{"trade: yes or no", "trades.csv", tradeHead + "nvocc,N,N,N,sea,1,1,yes,no,no,yes\n", `trades.csv:2: column "sso": "1" is none of yes, no`},
		{"trade: settings without a field", "setting-fields.csv", fieldHead + allTabsBut(t, "nvocc"), `setting-fields.csv: trade "nvocc" has settings, but no field here`},

		{"method: class", "methods.csv", methodHead + "mail,M,M,post,no,yes\n", `methods.csv:2: column "class": "post" is none of net, general`},
		{"method: key twice", "methods.csv", methodHead + "mail,M,M,net,no,yes\nmail,M,M,net,no,yes\n", `methods.csv:3: "mail" stands on line 2 already`},
		{"kind: operation", "application-kinds.csv", kindHead + "line,G,L,add move,yes,no\n", `application-kinds.csv:2: column "operations": "move" is none of add, change, delete, reissue`},
		{"kind: no operation", "application-kinds.csv", kindHead + "line,G,L,,yes,no\n", `application-kinds.csv:2: column "operations" is empty`},
		{"kind: key twice", "application-kinds.csv", kindHead + "line,G,L,add,yes,no\nline,G,L,add,yes,no\n", `application-kinds.csv:3: "line" stands on line 2 already`},

		{"field: unknown tab", "setting-fields.csv", fieldHead + allTabsBut(t) + "rail,a,A,A,text,,no,,\n", `setting-fields.csv:20: column "tab": unknown trade "rail"`},
		{"field: key twice in a tab", "setting-fields.csv", fieldHead + allTabsBut(t) + "nvocc,a,A,A,text,,no,,\n", `setting-fields.csv:20: "nvocc.a" stands on line 13 already`},
		{"field: unknown type", "setting-fields.csv", fieldHead + allTabsBut(t) + "nvocc,b,A,A,number,,no,,\n", `setting-fields.csv:20: column "type": unknown type "number"`},
		{"field: choice twice", "setting-fields.csv", fieldHead + allTabsBut(t) + "nvocc,b,A,A,choice:x|x,,no,,\n", `setting-fields.csv:20: column "type": choice "x" is empty or stands twice`},
		{"field: no choice", "setting-fields.csv", fieldHead + allTabsBut(t) + "nvocc,b,A,A,choice:,,no,,\n", `setting-fields.csv:20: column "type": choice "" is empty or stands twice`},
		{"field: max", "setting-fields.csv", fieldHead + allTabsBut(t) + "nvocc,b,A,A,text,0,no,,\n", `setting-fields.csv:20: column "max": "0" is not a whole number from 1 on`},
		{"field: pattern", "setting-fields.csv", fieldHead + allTabsBut(t) + "nvocc,b,A,A,text,,no,[A-Z,\n", "setting-fields.csv:20: column \"pattern\": error parsing regexp: missing closing ]: `[A-Z`"},
		{"field: pattern that closes the frame", "setting-fields.csv", fieldHead + allTabsBut(t) + "nvocc,b,A,A,text,,no,a)(b,\n", "setting-fields.csv:20: column \"pattern\": error parsing regexp: unexpected ): `a)(b`"},

		{"region: code", "customs-regions.csv", regionHead + "10,東京,東京\n", `customs-regions.csv:2: column "code": "10" is not one character 0–9 or A–Z`},
		{"region: code twice", "customs-regions.csv", regionHead + "1,東京,東京\n1,横浜,神奈川\n", `customs-regions.csv:3: "1" stands on line 2 already`},
		{"region: unknown prefecture", "customs-regions.csv", regionHead + "1,東京,江戸\n", `customs-regions.csv:2: unknown prefecture "江戸"`},
		{"region: prefecture twice", "customs-regions.csv", regionHead + "1,東京,東京\n2,横浜,東京都\n", `customs-regions.csv:3: "東京" stands on line 2 already`},

		{"charge: day", "charges.csv", chargeHead + "tax,T,8,percent,2014/04/01,\n", `charges.csv:2: column "from": "2014/04/01" is not a day as YYYY-MM-DD`},
		{"charge: amount below 0", "charges.csv", chargeHead + "tax,T,-8,percent,2014-04-01,\n", `charges.csv:2: column "amount": "-8" is not a whole number from 0 on`},
		{"charge: ends before it begins", "charges.csv", chargeHead + "tax,T,8,percent,2014-04-01,2014-03-31\n", "charges.csv:2: ends on 2014-03-31, before it begins"},
		{"charge: overlap by one day", "charges.csv", chargeHead + "tax,T,10,percent,2019-09-30,\ntax,T,8,percent,2014-04-01,2019-09-30\n", `charges.csv:3: "tax" overlaps the days of line 2`},
		{"charge: two without an end", "charges.csv", chargeHead + "tax,T,10,percent,2019-10-01,\ntax,T,8,percent,2014-04-01,\n", `charges.csv:3: "tax" overlaps the days of line 2`},

		{"set-up: unknown trade", "setup-transactions.csv", setupHead + "URY,U,* trade:rail\n", `setup-transactions.csv:2: column "for": unknown "trade:rail"`},
		{"set-up: unknown method", "setup-transactions.csv", setupHead + "URY,U,method:nvocc\n", `setup-transactions.csv:2: column "for": unknown "method:nvocc"`},
		{"set-up: unknown service", "setup-transactions.csv", setupHead + "URY,U,service:archive\n", `setup-transactions.csv:2: column "for": unknown "service:archive"`},
		{"set-up: code twice", "setup-transactions.csv", setupHead + "URY,U,*\nURY,U,*\n", `setup-transactions.csv:3: "URY" stands on line 2 already`},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, err := Load(fstest.MapFS{row.file: {Data: []byte(row.text)}})
			if err == nil || c != nil {
				t.Fatalf("%v, %v; want no catalogue and %q", c, err, row.want)
			}
			if of := faultsOf(err, row.file); of != row.want {
				t.Errorf("got  %s\nwant %s", of, row.want)
			}
		})
	}
}

// faultsOf is the messages about one file: taking trades away leaves others with references to nothing.
func faultsOf(err error, file string) string {
	var of []string
	for line := range strings.SplitSeq(strings.TrimPrefix(err.Error(), "reading the catalogue: "), "\n") {
		if strings.HasPrefix(line, file+":") {
			of = append(of, line)
		}
	}
	return strings.Join(of, "\n")
}

func tradeRow(key string) string { return key + ",N,N,N,sea,1,yes,yes,no,no,yes\n" }

// allTabsBut is a field "a" for every tab except one: 18 rows when none is left out.
func allTabsBut(t *testing.T, but ...string) string {
	text := "name,a,A,A,text,,no,,\n"
	for _, trade := range builtIn(t).Trades {
		if trade.Settings && !slices.Contains(but, trade.Key) {
			text += trade.Key + ",a,A,A,text,,no,,\n"
		}
	}
	return text
}

func TestLoadTellsAllFaultsAtOnce(t *testing.T) {
	_, err := Load(fstest.MapFS{
		"charges.csv": {Data: []byte(chargeHead + "tax,,x,percent,2014-04-01,\n")},
		"methods.csv": {Data: []byte("key\n")},
	})
	var fault *Fault
	if !errors.As(err, &fault) {
		t.Fatal(err)
	}
	for _, part := range []string{`charges.csv:2: column "name" is empty`, `charges.csv:2: column "amount"`, `methods.csv:1: missing column "class"`} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in:\n%v", part, err)
		}
	}
}

// unreadable is an overlay whose files are there but cannot be read.
type unreadable struct{ fstest.MapFS }

func (unreadable) ReadFile(string) ([]byte, error) { return nil, fs.ErrPermission }

func TestLoadUnreadable(t *testing.T) {
	_, err := Load(unreadable{fstest.MapFS{"charges.csv": {}}})
	if err == nil || faultsOf(err, "charges.csv") != "charges.csv: cannot be read: permission denied" {
		t.Error(err)
	}
}
