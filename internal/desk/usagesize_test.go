package desk_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// A longFile is a file of metered usage that is made while it is read; it notes how large the heap was meanwhile.
type longFile struct {
	ids      []string
	items    int
	next     int
	rest     string
	heapMost uint64
}

func (f *longFile) Read(p []byte) (int, error) {
	if f.rest == "" {
		if f.next == len(f.ids)*f.items {
			return 0, io.EOF
		}
		f.rest = fmt.Sprintf("2024-11,%s,電文種別%04d,%d,%d\n", f.ids[f.next/f.items], f.next%f.items, f.next, 10*f.next)
		if f.next++; f.next%5000 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			f.heapMost = max(f.heapMost, m.HeapAlloc)
		}
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

func (f *longFile) Seek(int64, int) (int64, error) {
	f.next, f.rest = 0, usageHead
	return 0, nil
}

// manyEstablishments is a setup with n establishments, each with a code of fifty IDs.
func manyEstablishments(n int) (s desk.Setup, ids []string) {
	s.Companies = []desk.NewCompany{{ID: "many", Name: "多数商事", NameKana: "タスウ", Abbreviations: []string{"MNY"}}}
	for i := range n {
		office := "1" + string("ABCDEFGHJKLMNPQRSTUVWXYZ"[i%24])
		if i >= 24 {
			office = "2" + office[1:]
		}
		code := desk.NewCode{Code: office + "MNY", Category: "common", StatsPaid: true}
		for k := range 50 {
			number := fmt.Sprintf("%03d", k+1)
			code.IDs = append(code.IDs, desk.NewID{Number: number, Trades: []string{"customs-broker"}, Method: "webnaccs"})
			ids = append(ids, code.Code+number)
		}
		s.Establishments = append(s.Establishments, desk.NewEstablishment{ID: fmt.Sprintf("many-%02d", i), Company: "many", Region: "1", Name: fmt.Sprintf("第%d事業所", i),
			Address: "東京都", SignatoryPosition: "代表取締役", SignatoryName: "多数 一郎", Plan: "A", Terminals: 1, Since: calendar.MustDate("2020-04-01"), Codes: []desk.NewCode{code}})
	}
	return s, ids
}

// Trap 22: 200,000 lines come in with at most 64 MB above what was in use before.
func TestLongUsageNeedsLittleMemory(t *testing.T) {
	// What is read at a time does not grow with the file: a quarter of it may take half as much.
	items := trial.Size(t, "USAGE_ITEMS", 25, 100)
	lines, most := 2000*items, int64(64<<20)
	if items < 100 {
		most = 32 << 20
	}
	w := sample.New(t, storetest.SQLite(t), january)
	setup, ids := manyEstablishments(40)
	if _, err := w.Desk.Import(t.Context(), account.OperatorActor("test"), setup, false); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	file := &longFile{ids: ids, items: items}
	report, err := w.Desk.ImportUsage(t.Context(), w.Supervisor, monthOf(t, "2024-11"), file, false)
	if err != nil || report.Lines != int64(lines) || report.Issued != 43 {
		t.Fatalf("R-CON-5 %+v, %v", report, err)
	}
	if above := int64(file.heapMost) - int64(before.HeapAlloc); above > most {
		t.Errorf("trap 22: %d MB above", above>>20)
	}
	t.Logf("heap %d MB before, %d MB at most while reading", before.HeapAlloc>>20, file.heapMost>>20)
	page, err := w.Desk.Charges(t.Context(), w.Supervisor, "many-39", monthOf(t, "2024-11"))
	if err != nil || len(page.Bill.Lines) != 50*items+2 || !strings.HasPrefix(page.Invoices[0].Number, "202411-") {
		t.Errorf("R-CON-5 the last establishment has %d lines, %v", len(page.Bill.Lines), err)
	}
}
