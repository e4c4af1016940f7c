package main

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// A code that nothing accounts for is found, and the exit status says so.
func TestCheckFinds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	place := []string{"--database", filepath.Join(dir, "u.db"), "--keys", filepath.Join(dir, "keys")}
	var out, wrong bytes.Buffer
	if status := run(append([]string{"check"}, place...), &out, &wrong); status != 0 {
		t.Fatalf("an empty database: %d\n%s%s", status, out.String(), wrong.String())
	}
	plant(t, filepath.Join(dir, "u.db"))
	out.Reset()
	if status := run(append([]string{"check"}, place...), &out, &wrong); status != exitFailed || !bytes.Contains(out.Bytes(), []byte("R-")) {
		t.Errorf("a stray code: %d\n%s%s", status, out.String(), wrong.String())
	}
}

// plant puts a code into the database that no application has asked for.
func plant(t *testing.T, dsn string) {
	t.Helper()
	ctx := t.Context()
	db, err := openDatabase(ctx, dsn, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	now := column.At(time.Now())
	err = db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.InsertCompany(ctx, query.InsertCompanyParams{ID: "c", Name: "c", CreatedAt: now}); err != nil {
			return err
		}
		if err := tx.InsertEstablishment(ctx, query.InsertEstablishmentParams{ID: "e", Company: "c", Region: "1", CreatedAt: now}); err != nil {
			return err
		}
		_, err := tx.InsertUserCode(ctx, query.InsertUserCodeParams{Code: "1ANAC", Establishment: "e", Application: "nobody", Placeholder: 1, BornAt: now})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
