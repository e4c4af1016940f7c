package rehearsal

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/ledger"
	"uketsuke/internal/problem"
	"uketsuke/internal/sample"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/query"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
	"uketsuke/internal/userid"
)

// What is allocated: applications of two codes with two rows of 99 numbers each, by establishments that share
// their companies' abbreviations.
const (
	idsPerApplication       = 2 * 2 * 99
	allocatingCompanies     = 8
	establishmentsOfCompany = 8
)

// R-ID-6, R-ID-10: many workers in several processes approve what takes numbers from the same series, while the
// processes are killed: no ID is given out twice, none of those that were acknowledged is lost, and no number of
// a series is left out but what a killed process had noted in its ledger and not committed. ALLOCATION_IDS is how many IDs.
func TestAllocation(t *testing.T) {
	t.Parallel()
	ids := trial.Size(t, "ALLOCATION_IDS", 3_000, 50_000)
	t.Run("sqlite", func(t *testing.T) {
		allocate(t, filepath.Join(trial.Durable(t), "uketsuke.db"), ids, 1)
	})
	t.Run("postgres", func(t *testing.T) {
		allocate(t, pgtest.Cluster(t).NewDatabase(t, storetest.Migrate), ids, 2)
	})
}

// An allotment is what a process of workers is told: approve everything that is in the file.
type allotment struct {
	DSN, Keys string
	Now       time.Time
	File      string // JSON of the applications
	Workers   int
	From      int // where in the file the process begins
}

// A chosen is one application to be approved, at the version of its claim.
type chosen struct {
	Ref     desk.Ref
	Company int
}

const allotmentVariable = "REHEARSAL_ALLOTMENT"

func allocate(t *testing.T, dsn string, ids, processes int) {
	t.Helper()
	if err := storetest.Migrate(dsn); err != nil {
		t.Fatal(err)
	}
	now, err := time.Parse(time.RFC3339, monday)
	if err != nil {
		t.Fatal(err)
	}
	a := allotment{DSN: dsn, Keys: filepath.Join(trial.Durable(t), "keys"), Now: now, File: filepath.Join(trial.Durable(t), "applications.json"),
		Workers: 64 / processes}
	d, err := deskOn(dsn, a.Keys, now)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	all := a.prepare(t, d, (ids+idsPerApplication-1)/idsPerApplication)
	t.Logf("%d applications are ready after %v", len(all), time.Since(began).Round(time.Second))

	began = time.Now()
	told, kills := a.run(t, processes, len(all))
	t.Logf("%d IDs by %d workers in %d processes within %v, %d kills, %d approvals acknowledged",
		len(all)*idsPerApplication, processes*a.Workers, processes, time.Since(began).Round(time.Second), kills, len(told))
	began = time.Now()
	a.verify(t, d, all, told)
	t.Logf("compared in %v", time.Since(began).Round(time.Second))
	found, err := d.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range found {
		if i < 20 {
			t.Errorf("check: %s", f)
		}
	}
	if alarms, err := d.Noticed(t.Context()); err != nil || len(alarms) > 0 {
		t.Errorf("R-ID-6: kills alone have made the database look behind its ledger: %v, %v", alarms, err)
	}
	t.Logf("checked after %v", time.Since(began).Round(time.Second))
}

// prepare furnishes the database, and registers and claims n applications.
func (a allotment) prepare(t *testing.T, d *desk.Desk, n int) []chosen {
	t.Helper()
	setup, examiner, applicants := allocationSetup(n)
	if _, err := d.Import(t.Context(), account.OperatorActor("rehearsal"), setup, false); err != nil {
		t.Fatal(err)
	}
	all := make([]chosen, n)
	var hands sync.WaitGroup
	for hand := range 8 {
		hands.Go(func() {
			for i := hand; i < n; i += 8 {
				ref, err := ready(t.Context(), d, applicants[i%len(applicants)], examiner)
				if err != nil {
					t.Errorf("application %d: %v", i, err)
					return
				}
				all[i] = chosen{Ref: ref, Company: i % len(applicants) / establishmentsOfCompany}
			}
		})
	}
	hands.Wait()
	text, err := json.Marshal(all)
	if err == nil {
		err = os.WriteFile(a.File, text, 0o600)
	}
	if err != nil || t.Failed() {
		t.Fatal("preparing the applications", err)
	}
	return all
}

func allocationSetup(n int) (desk.Setup, account.Actor, []account.Actor) {
	var s desk.Setup
	person := func(id, establishment string, role account.Role) account.Actor {
		s.People = append(s.People, desk.NewPerson{ID: id, Login: id, Establishment: establishment, Role: role, Name: id, NameKana: "ミホン",
			Phone: "03-1234-5678", Email: id + "@mihon.example"})
		return account.Actor{ID: account.ID(id), Name: id, Role: role, Establishment: establishment}
	}
	examiner := person("examiner", "", account.Examiner)
	var applicants []account.Actor
	for c := range allocatingCompanies {
		company := desk.NewCompany{ID: fmt.Sprintf("company-%d", c), Name: "見本商事株式会社", NameKana: "ミホンショウジ"}
		for i := range n*2/allocatingCompanies/30 + 3 {
			company.Abbreviations = append(company.Abbreviations, fmt.Sprintf("%c%02d", 'A'+c, i))
		}
		s.Companies = append(s.Companies, company)
		for e := range establishmentsOfCompany {
			id := fmt.Sprintf("establishment-%d-%d", c, e)
			s.Establishments = append(s.Establishments, desk.NewEstablishment{ID: id, Company: company.ID, Region: "1", Name: "東京事業所",
				NameKana: "トウキョウ", PostalCode: "105-0013", Address: "東京都港区浜松町1-1-1", Phone: "03-1234-5678",
				SignatoryPosition: "代表取締役", SignatoryName: "見本 一郎", Plan: "A", Terminals: 1, Since: calendar.MustDate("2020-04-01")})
			person("administrator-"+id, id, account.Administrator)
			applicants = append(applicants, person("applicant-"+id, id, account.Applicant))
		}
	}
	return s, examiner, applicants
}

// ready registers an application and claims it.
func ready(ctx context.Context, d *desk.Desk, by, examiner account.Actor) (desk.Ref, error) {
	ref, err := d.Begin(ctx, by)
	if err != nil {
		return ref, err
	}
	next := func(err error) error {
		ref.Version++
		return err
	}
	err = next(d.SaveStart(ctx, by, ref, desk.StartForm{Kinds: []string{"user-code"}, Desired: "2024-12-12", Reason: "業務量の増加のため。"}))
	err = errors.Join(err, next(d.SaveContact(ctx, by, ref, application.Contact{Name: "見本 花子", Kana: "ミホン ハナコ",
		Phone: "03-1234-5678", Email: "tanto@mihon.example", Confirmed: true})))
	for range 2 {
		placeholder := 0
		for _, trade := range []string{"customs-broker", "consolidator"} {
			var added error
			placeholder, added = d.AddRows(ctx, by, ref, placeholder, sample.Block("netnaccs", "99", trade))
			err = errors.Join(err, next(added))
		}
	}
	if err != nil {
		return ref, err
	}
	if _, err := d.Register(ctx, by, ref, true); err != nil {
		return ref, fmt.Errorf("registering: %w", err)
	}
	ref.Version++
	if err := d.Claim(ctx, examiner, ref); err != nil {
		return ref, fmt.Errorf("claiming: %w", err)
	}
	ref.Version++
	return ref, nil
}

// run lets processes approve until nothing is left, killing each at random moments, and returns the codes that
// were told, by application.
func (a allotment) run(t *testing.T, processes, n int) (told map[string]string, kills int) {
	t.Helper()
	told = map[string]string{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for p := range processes {
		mine := a
		mine.From = p * n / processes
		all.Go(func() {
			longest := time.Second + time.Duration(n)*2*time.Millisecond
			for {
				mu.Lock()
				before := len(told)
				mu.Unlock()
				ended := mine.live(t, time.Duration(rand.Int64N(int64(longest))), func(id, codes string) {
					mu.Lock()
					defer mu.Unlock()
					if earlier, again := told[id]; again {
						t.Errorf("R-EX-5: %s was approved twice: %s and %s", id, earlier, codes)
					}
					told[id] = codes
				})
				if ended || t.Failed() {
					return
				}
				mu.Lock()
				kills++
				if len(told)-before < n/20+1 {
					longest += longest / 4 // so that something gets done within a life
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return told, kills
}

// live is one process, killed after a while; it says whether it came to its end before.
func (a allotment) live(t *testing.T, life time.Duration, tell func(id, codes string)) (ended bool) {
	text, err := json.Marshal(a)
	if err != nil {
		t.Error(err)
		return true
	}
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), allotmentVariable+"="+string(text))
	process.Stderr = os.Stderr
	out, err := process.StdoutPipe()
	if err == nil {
		err = process.Start()
	}
	if err != nil {
		t.Error(err)
		return true
	}
	killer := time.AfterFunc(life, func() { _ = process.Process.Kill() })
	defer killer.Stop()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if id, codes, whole := strings.Cut(lines.Text(), " "); whole && strings.HasSuffix(codes, ".") {
			tell(id, codes)
		}
	}
	err = process.Wait()
	if err != nil && !strings.Contains(err.Error(), "killed") {
		t.Errorf("a process of workers: %v", err)
	}
	return err == nil
}

// work is the process: its workers approve one after another and say each on one line.
func work(text string) error {
	var a allotment
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return err
	}
	content, err := os.ReadFile(a.File)
	if err != nil {
		return err
	}
	var all []chosen
	if err := json.Unmarshal(content, &all); err != nil {
		return err
	}
	d, err := deskOn(a.DSN, a.Keys, a.Now)
	if err != nil {
		return err
	}
	queue := make(chan chosen, len(all))
	for i := range all {
		queue <- all[(a.From+i)%len(all)]
	}
	close(queue)
	failed := make(chan error, a.Workers)
	var said sync.Mutex
	for range a.Workers {
		go func() { failed <- worker(d, queue, &said) }()
	}
	for range a.Workers {
		err = errors.Join(err, <-failed)
	}
	return err
}

func worker(d *desk.Desk, queue <-chan chosen, said *sync.Mutex) error {
	examiner := account.Actor{ID: "examiner", Name: "examiner", Role: account.Examiner}
	for c := range queue {
		app, err := d.DB.Read().GetApplication(context.Background(), c.Ref.ID)
		if err != nil {
			return fmt.Errorf("looking at %s: %w", c.Ref.ID, err)
		}
		if app.State == string(application.Approved) {
			continue // by a process that was killed, or by the other one; nobody presses the button
		}
		approval, err := d.Approve(context.Background(), examiner, c.Ref, desk.ApproveForm{Round: 1, Start: "2024-12-12"})
		if _, stale := errors.AsType[*desk.Stale](err); stale {
			continue // approved before
		}
		if problems, refused := errors.AsType[problem.List](err); refused {
			return fmt.Errorf("approving %s: %v", c.Ref.ID, problems)
		}
		if err != nil {
			return fmt.Errorf("approving %s: %w", c.Ref.ID, err)
		}
		var codes []string
		for _, code := range approval.Codes {
			codes = append(codes, string(code.Code))
		}
		said.Lock()
		fmt.Println(c.Ref.ID + " " + strings.Join(codes, " ") + ".")
		said.Unlock()
	}
	return nil
}

// verify compares what was told with what is stored: each application has its codes and IDs, no series has a
// gap, and whatever was told is true.
func (a allotment) verify(t *testing.T, d *desk.Desk, all []chosen, told map[string]string) {
	t.Helper()
	offices := map[string][]int{} // by abbreviation
	whose := map[string]string{}
	ids := 0
	for _, c := range all {
		codes, err := d.DB.Read().ListCodesOf(t.Context(), c.Ref.ID)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := d.DB.Read().ListIDsOf(t.Context(), c.Ref.ID)
		if err != nil {
			t.Fatal(err)
		}
		ids += len(rows)
		numbers := map[string][]string{}
		for _, row := range rows {
			if other, twice := whose[row.ID]; twice {
				t.Errorf("R-ID-6: %s and %s both have %s", other, c.Ref.ID, row.ID)
			}
			whose[row.ID] = c.Ref.ID
			numbers[row.Code] = append(numbers[row.Code], row.Number)
		}
		if len(codes) != 2 || len(rows) != idsPerApplication {
			t.Errorf("%s has %d codes with %d IDs, want 2 with %d", c.Ref.ID, len(codes), len(rows), idsPerApplication)
		}
		var names []string
		for _, code := range codes {
			names = append(names, code.Code)
			offices[code.Code[2:]] = append(offices[code.Code[2:]], strings.Index(officesInOrder(t), code.Code[1:2]))
			if got := len(numbers[code.Code]); got != idsPerApplication/2 || !unbroken(t, numbers[code.Code]) {
				t.Errorf("R-ID-9: the %d numbers of %s are not the first ones", got, code.Code)
			}
		}
		if said := told[c.Ref.ID]; said != "" && said != strings.Join(names, " ")+"." {
			t.Errorf("%s was told %s and has %v", c.Ref.ID, said, names)
		}
	}
	t.Logf("%d IDs, none twice", ids)
	lost := a.lost(t, d, offices)
	t.Logf("%d codes were noted by a process that was killed before its commit", lost)
	for abbreviation, have := range offices {
		slices.Sort(have)
		for i, office := range have {
			if i != office {
				t.Errorf("R-ID-7: the office codes of %s have a gap: %v", abbreviation, have)
				break
			}
		}
	}
}

// lost adds to the office codes those that were perhaps given out, and says how many they are.
func (a allotment) lost(t *testing.T, d *desk.Desk, offices map[string][]int) int {
	t.Helper()
	rows, err := d.DB.Read().LostOf(t.Context(), query.LostOfParams{Restored: "", Kind: string(ledger.Code), Most: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if len(offices[row.Thing[2:]]) > 0 { // the last one of an abbreviation may be the only one
			offices[row.Thing[2:]] = append(offices[row.Thing[2:]], strings.Index(officesInOrder(t), row.Thing[1:2]))
		}
	}
	return len(rows)
}

// officesInOrder are the second characters of region 1's office codes in the order in which they are issued.
func officesInOrder(t *testing.T) string {
	var b strings.Builder
	for i := range userid.OfficesPerRegion {
		office, err := userid.OfficeAt("1", i)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(string(office)[1:])
	}
	return b.String()
}

// unbroken says whether numbers are the first ones of their series.
func unbroken(t *testing.T, numbers []string) bool {
	slices.Sort(numbers)
	for i, n := range numbers {
		want, err := userid.NumberAt(userid.Net, i)
		if err != nil {
			t.Fatal(err)
		}
		if n != string(want) {
			return false
		}
	}
	return true
}
