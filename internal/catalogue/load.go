package catalogue

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"uketsuke/internal/calendar"
	"uketsuke/internal/userid"
)

//go:embed data/*.csv
var embedded embed.FS

// The files and their columns.
var (
	tradesFile  = file{"trades.csv", "key name short english medium sso_group sso stats_paid stats_free archive settings"}
	methodsFile = file{"methods.csv", "key name short class certificate offered"}
	kindsFile   = file{"application-kinds.csv", "key group name operations start_date offered"}
	fieldsFile  = file{"setting-fields.csv", "tab key label english type max required pattern hint"}
	regionsFile = file{"customs-regions.csv", "code name prefectures"}
	chargesFile = file{"charges.csv", "key name amount unit from to"}
	setupFile   = file{"setup-transactions.csv", "code name for"}

	files = []file{tradesFile, methodsFile, kindsFile, fieldsFile, regionsFile, chargesFile, setupFile}
)

type file struct{ name, columns string }

// Load reads the built-in files with those of over laid on them, file by file; over may be nil. Anything
// wrong is an error that joins one *Fault for each fault found, in all files; there is no catalogue then.
func Load(over fs.FS) (*Catalogue, error) {
	l := loader{over: over, catalogue: &Catalogue{fieldsOf: map[string][]Field{}}}
	l.refuseStrangers()
	l.trades()
	l.methods()
	l.kinds()
	l.regions()
	l.fields()
	l.charges()
	l.setup()
	if len(l.found) > 0 {
		return nil, fmt.Errorf("reading the catalogue: %w", errors.Join(l.found...))
	}
	return l.catalogue, nil
}

type loader struct {
	over      fs.FS
	catalogue *Catalogue
	found     faults
}

// refuseStrangers reports files laid over that nothing would read: a slip in a name must not pass for an
// overlay. holidays.csv is let lie, see data/README.md.
func (l *loader) refuseStrangers() {
	if l.over == nil {
		return
	}
	names, err := fs.Glob(l.over, "*.csv")
	if err != nil {
		l.found.add("catalogue", 0, "cannot be listed: %v", err)
	}
	for _, name := range names {
		known := slices.ContainsFunc(files, func(f file) bool { return f.name == name })
		if !known && name != "holidays.csv" {
			l.found.add(name, 0, "is no file of the catalogue")
		}
	}
}

// rows reads a file from the overlay if it has it, else the built-in one.
func (l *loader) rows(f file) []row {
	from, path := l.over, f.name
	if from != nil {
		if _, err := fs.Stat(from, path); errors.Is(err, fs.ErrNotExist) {
			from = nil
		}
	}
	if from == nil {
		from, _ = fs.Sub(embedded, "data")
	}
	return readTable(from, path, strings.Fields(f.columns), &l.found)
}

// lines remembers where each key of a file stands.
type lines map[string]int

// once reports a key that stands a second time.
func (seen lines) once(r row, key string) {
	if line, twice := seen[key]; twice {
		r.fault("%q stands on line %d already", key, line)
		return
	}
	seen[key] = r.line
}

func (l *loader) trades() {
	seen := lines{}
	for _, r := range l.rows(tradesFile) {
		t := Trade{
			Key: r.key("key"), Name: r.text("name"), Short: r.text("short"), English: r.text("english"),
			Medium: r.oneOf("medium", "common", "air", "sea"), SSOGroup: r.text("sso_group"),
			SSO: r.yes("sso"), StatsPaid: r.yes("stats_paid"), StatsFree: r.yes("stats_free"),
			Archive: r.yes("archive"), Settings: r.yes("settings"),
		}
		if t.Key == NameTab {
			r.fault("a trade cannot have the key %q, which is a tab of its own", NameTab)
		}
		seen.once(r, t.Key)
		l.catalogue.Trades = append(l.catalogue.Trades, t)
	}
}

func (l *loader) methods() {
	seen := lines{}
	for _, r := range l.rows(methodsFile) {
		m := Method{
			Key: r.key("key"), Name: r.text("name"), Short: r.text("short"),
			Class:       userid.Class(r.oneOf("class", string(userid.Net), string(userid.General))),
			Certificate: r.yes("certificate"), Offered: r.yes("offered"),
		}
		seen.once(r, m.Key)
		l.catalogue.Methods = append(l.catalogue.Methods, m)
	}
}

func (l *loader) kinds() {
	seen := lines{}
	operations := []string{"add", "change", "delete", "reissue"}
	for _, r := range l.rows(kindsFile) {
		k := Kind{
			Key: r.key("key"), Group: r.text("group"), Name: r.text("name"),
			Operations: strings.Fields(r.text("operations")), StartDate: r.yes("start_date"), Offered: r.yes("offered"),
		}
		for _, operation := range k.Operations {
			if !slices.Contains(operations, operation) {
				r.fault("column %q: %q is none of %s", "operations", operation, strings.Join(operations, ", "))
			}
		}
		seen.once(r, k.Key)
		l.catalogue.Kinds = append(l.catalogue.Kinds, k)
	}
}

func (l *loader) regions() {
	seen, taken := lines{}, lines{}
	for _, r := range l.rows(regionsFile) {
		region := Region{Code: r.text("code"), Name: r.text("name"), Prefectures: strings.Fields(r.cells["prefectures"])}
		if _, err := userid.OfficeAt(region.Code, 0); err != nil || userid.Fold(region.Code) != region.Code {
			r.fault("column %q: %q is not one character 0–9 or A–Z", "code", region.Code)
		}
		for i, name := range region.Prefectures {
			if fullPrefecture(name) == "" {
				r.fault("unknown prefecture %q", name)
			}
			region.Prefectures[i] = shortPrefecture(name)
			taken.once(r, region.Prefectures[i])
		}
		seen.once(r, region.Code)
		l.catalogue.Regions = append(l.catalogue.Regions, region)
	}
}

func (l *loader) charges() {
	type place struct {
		charge Charge
		line   int
	}
	var places []place
	for _, r := range l.rows(chargesFile) {
		c := Charge{Key: r.key("key"), Name: r.text("name"), Amount: r.number("amount", 0), Unit: r.text("unit"), From: r.date("from")}
		if r.cells["to"] != "" {
			c.To = r.date("to")
			if c.To.Before(c.From) {
				r.fault("ends on %s, before it begins", c.To)
			}
		}
		for _, p := range places {
			if p.charge.Key == c.Key && overlap(p.charge, c) {
				r.fault("%q overlaps the days of line %d", c.Key, p.line)
			}
		}
		places = append(places, place{c, r.line})
		l.catalogue.Charges = append(l.catalogue.Charges, c)
	}
}

// overlap says whether some day belongs to both charges.
func overlap(a, b Charge) bool {
	reaches := func(to, from calendar.Date) bool { return to.IsZero() || !to.Before(from) }
	return reaches(a.To, b.From) && reaches(b.To, a.From)
}

func (l *loader) setup() {
	seen := lines{}
	for _, r := range l.rows(setupFile) {
		s := SetupTransaction{Code: r.text("code"), Name: r.text("name"), For: strings.Fields(r.text("for"))}
		for _, reason := range s.For {
			if !l.isReason(reason) {
				r.fault("column %q: unknown %q", "for", reason)
			}
		}
		seen.once(r, s.Code)
		l.catalogue.SetupTransactions = append(l.catalogue.SetupTransactions, s)
	}
}

// isReason says whether a word of the column "for" names something that exists.
func (l *loader) isReason(reason string) bool {
	what, key, _ := strings.Cut(reason, ":")
	known := false
	switch what {
	case "trade":
		_, known = l.catalogue.Trade(key)
	case "method":
		_, known = l.catalogue.Method(key)
	}
	return known || reason == "*" || reason == "service:statistics"
}

func (l *loader) fields() {
	seen, tabs := lines{}, map[string]bool{}
	rows := l.rows(fieldsFile)
	for _, r := range rows {
		f := l.field(r)
		seen.once(r, f.Tab+"."+f.Key)
		tabs[f.Tab] = true
		l.catalogue.Fields = append(l.catalogue.Fields, f)
		l.catalogue.fieldsOf[f.Tab] = append(l.catalogue.fieldsOf[f.Tab], f)
	}
	for _, t := range l.catalogue.Trades {
		if t.Settings && !tabs[t.Key] && len(rows) > 0 {
			l.found.add(fieldsFile.name, 0, "trade %q has settings, but no field here", t.Key)
		}
	}
}

// fieldTypes are the types beside choice:….
var fieldTypes = []string{"text", "latin", "kana", "code", "date", "phone", "yes-no", "prefecture", "customs-region", "corporate-number", "bonded-area"}

func (l *loader) field(r row) Field {
	f := Field{
		Tab: r.text("tab"), Key: r.key("key"), Label: r.text("label"), English: r.text("english"), Type: r.text("type"),
		Required: r.yes("required"), Pattern: r.cells["pattern"], Hint: r.cells["hint"], regions: l.catalogue.Regions,
	}
	if _, known := l.catalogue.Trade(f.Tab); !known && f.Tab != NameTab {
		r.fault("column %q: unknown trade %q", "tab", f.Tab)
	}
	if r.cells["max"] != "" {
		f.Max = r.number("max", 1)
	}
	if strings.HasPrefix(f.Type, choiceType) {
		checkChoices(r, f.Choices())
	} else if f.Type != "" && !slices.Contains(fieldTypes, f.Type) {
		r.fault("column %q: unknown type %q", "type", f.Type)
	}
	if f.Pattern != "" {
		f.whole = whole(r, f.Pattern)
	}
	return f
}

// whole compiles a pattern to match whole values. It must be right by itself too: "a)(b" would be within ^(?:…)$.
func whole(r row, pattern string) *regexp.Regexp {
	if _, err := regexp.Compile(pattern); err != nil {
		r.fault("column %q: %v", "pattern", err)
		return nil
	}
	return regexp.MustCompile("^(?:" + pattern + ")$")
}

func checkChoices(r row, choices []string) {
	for i, choice := range choices {
		if choice == "" || slices.Contains(choices[:i], choice) {
			r.fault("column %q: choice %q is empty or stands twice", "type", choice)
		}
	}
}
