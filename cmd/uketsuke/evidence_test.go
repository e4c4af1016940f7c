package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/sumdb/note"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
)

// Trap 39: evidence that the binary gave out is forged with public material alone, in the ways of somebody who may write
// the file, and the binary is asked.
func TestEvidence(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/evidence", Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": wantStatus, "forge": forge, "save": save, "second": second},
	})
}

// save keeps what the last command has printed: save FILE.
func save(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile("stdout")), 0o600))
}

// second runs the verifier that is not ours, and wants an exit status: second N argument...
func second(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	program, err := filepath.Abs("../../tools/audit/verify_audit.py")
	ts.Check(err)
	got := 0
	if err := ts.Exec("python3", append([]string{"-B", program}, args[1:]...)...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("running the second verifier: %v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// A forger has an export and a key of its own, and no other.
type forger struct {
	head    audit.Head
	leaves  []audit.Leaf
	genuine []string // the checkpoints of the export
	own     note.Signer
	public  string
}

// forge makes a file of an export: forge whole|beyond|proof EXPORT FILE. What is genuine up to a checkpoint stays so with
// "beyond".
func forge(ts *testscript.TestScript, _ bool, args []string) {
	f, err := readForger(ts.ReadFile(args[1]))
	ts.Check(err)
	var out bytes.Buffer
	switch args[0] {
	case "whole":
		err = f.export(&out, 0)
	case "beyond":
		err = f.export(&out, sizeOf(f.genuine[0]))
	case "proof":
		err = f.proof(&out)
	}
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), out.Bytes(), 0o600))
}

func readForger(export string) (*forger, error) {
	f := &forger{}
	lines := bufio.NewScanner(strings.NewReader(export))
	for lines.Scan() {
		var line struct {
			Head       *audit.Head
			Leaf       *audit.Leaf
			Checkpoint string
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, err
		}
		switch {
		case line.Head != nil:
			f.head = *line.Head
		case line.Leaf != nil:
			f.leaves = append(f.leaves, *line.Leaf)
		case line.Checkpoint != "":
			f.genuine = append(f.genuine, line.Checkpoint)
		}
	}
	if len(f.genuine) < 2 {
		return nil, errors.New("the export has too few checkpoints to forge anything")
	}
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{66}, ed25519.SeedSize))
	public, err1 := audit.PublicKey(f.head.Origin, key)
	own, err2 := audit.NewSigner(f.head.Origin, key)
	f.public, f.own = public, own
	return f, errors.Join(err1, err2)
}

func sizeOf(signed string) (size int64) {
	_, _ = fmt.Sscan(strings.Split(signed, "\n")[1], &size)
	return size
}

// seized says that the forger's key has taken over: by the first genuine checkpoint, which everybody has, with a second
// signature that anybody can make.
func (f *forger) seized() ([]audit.KeyUse, error) {
	text, signatures, _ := strings.Cut(f.genuine[0], "\n\n")
	own, err := note.Sign(&note.Note{Text: text + "\n"}, f.own)
	_, added, _ := strings.Cut(string(own), "\n\n")
	return append(f.head.Keys, audit.KeyUse{Key: f.public, HandOver: text + "\n\n" + signatures + added}), err
}

// invented is the entry that never was.
func invented() (audit.Record, error) {
	return audit.Entry{ID: "0000", At: time.Unix(1733101200, 0), Actor: "x", Role: account.Supervisor, Act: "approve",
		Personal: map[audit.Key]string{audit.Reason: "invented"}}.Record(bytes.NewReader(make([]byte, 16)))
}

// export invents the last entry and signs everything from a size on anew.
func (f *forger) export(out *bytes.Buffer, from int64) error {
	record, err := invented()
	if err != nil {
		return err
	}
	last := int64(len(f.leaves)) - 1
	f.leaves[last] = audit.Leaf{Seq: last, Hash: audit.LeafHash(record.Text), Entry: record.Text, Personal: record.Personal.Text, Salt: record.Personal.Salt}
	if f.head.Keys, err = f.seized(); err != nil {
		return err
	}
	x, err := audit.NewExporter(out, f.head)
	if err != nil {
		return err
	}
	var tree audit.Range
	for _, leaf := range f.leaves {
		tree.Add(leaf.Hash)
		if err := x.Leaf(leaf); err != nil {
			return err
		}
		for _, signed := range f.genuine {
			if sizeOf(signed) != tree.Size() {
				continue
			}
			if tree.Size() > from {
				if signed, err = f.sign(&tree); err != nil {
					return err
				}
			}
			if err := x.Checkpoint(signed); err != nil {
				return err
			}
		}
	}
	return x.End()
}

func (f *forger) sign(tree *audit.Range) (string, error) {
	c := audit.Checkpoint{Origin: f.head.Origin, Size: tree.Size(), Root: tree.Root(), At: time.Unix(1733101200, 0)}
	return c.Sign(f.own)
}

// proof proves the entry that never was, in a log of nothing else.
func (f *forger) proof(out *bytes.Buffer) error {
	record, err := invented()
	if err != nil {
		return err
	}
	keys, err := f.seized()
	if err != nil {
		return err
	}
	var tree audit.Range
	leaf := audit.Leaf{Hash: audit.LeafHash(record.Text), Entry: record.Text, Personal: record.Personal.Text, Salt: record.Personal.Salt}
	tree.Add(leaf.Hash)
	signed, err := f.sign(&tree)
	if err != nil {
		return err
	}
	p, err := audit.NewProof(leaf, 1, signed, keys, nil)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(p)
}
