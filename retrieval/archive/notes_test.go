package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func openNotes(t *testing.T, dir string, now func() time.Time) *Notes {
	t.Helper()
	n, found, err := OpenNotes(t.Context(), dir, now)
	if err != nil || found != "" {
		t.Fatalf("OpenNotes: %q, %v", found, err)
	}
	t.Cleanup(func() { _ = n.Close() })
	return n
}

func TestNotes(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	clock := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return clock }
	n := openNotes(t, dir, now)
	put := func(key, value string, expires time.Time) {
		t.Helper()
		if err := n.Put(ctx, key, []byte(value), expires); err != nil {
			t.Fatal(err)
		}
	}
	wants := func(key, want string) {
		t.Helper()
		got, err := n.Get(ctx, key)
		if err != nil || string(got) != want || (want == "") != (got == nil) {
			t.Errorf("%s is %q, %v; want %q", key, got, err, want)
		}
	}
	put("a/1", "one", time.Time{})
	put("a/2", "two", clock.Add(time.Hour))
	put("a_3", "three", time.Time{})
	put("a/1", "uno", time.Time{})
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	n = openNotes(t, dir, now)
	wants("a/1", "uno")
	wants("a/2", "two")
	wants("b", "")
	keys := func(prefix string) []string {
		t.Helper()
		k, err := n.Keys(ctx, prefix)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	if got := keys("a/"); !slices.Equal(got, []string{"a/1", "a/2"}) {
		t.Errorf("keys %q", got)
	}
	clock = clock.Add(time.Hour)
	wants("a/2", "")
	if got := keys(""); !slices.Equal(got, []string{"a/1", "a_3"}) {
		t.Errorf("keys %q after one expired", got)
	}
	if err := n.Delete(ctx, "a/1", "b"); err != nil {
		t.Fatal(err)
	}
	wants("a/1", "")
	refusal := errors.New("no")
	if err := n.Change(ctx, "a_3", func([]byte) ([]byte, error) { return nil, refusal }); !errors.Is(err, refusal) {
		t.Errorf("Change: %v", err)
	}
	wants("a_3", "three")
	if info, err := os.Stat(filepath.Join(dir, notesFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// What is deleted or has expired is in no file any more.
func TestNotesForget(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	clock := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	n := openNotes(t, dir, func() time.Time { return clock })
	for i := range 500 {
		value := fmt.Appendf(nil, "canary-%d %s", i%3, strings.Repeat("x", i*7))
		if err := n.Put(ctx, fmt.Sprintf("%d/%d", i%3, i), value, []time.Time{{}, {}, clock.Add(time.Minute)}[i%3]); err != nil {
			t.Fatal(err)
		}
	}
	gone, err := n.Keys(ctx, "1/")
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Delete(ctx, gone...); err != nil {
		t.Fatal(err)
	}
	holds := func(text string) bool {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(filepath.Join(dir, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(b, []byte(text)) {
				return true
			}
		}
		return false
	}
	if !holds("canary-0") || !holds("canary-2") || holds("canary-1") {
		t.Error("not just what was deleted is gone")
	}
	clock = clock.Add(time.Hour)
	if err := n.Put(ctx, "new", []byte("new"), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if holds("canary-2") || !holds("canary-0") {
		t.Error("not just what expired is gone")
	}
}

// Two processes change one note without losing a change.
func TestNotesChange(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	const each = 50
	for range 2 {
		n := openNotes(t, dir, nil)
		all.Go(func() {
			for range each {
				err := n.Change(t.Context(), "n", func(old []byte) ([]byte, error) {
					if old == nil {
						old = make([]byte, 8)
					}
					return binary.BigEndian.AppendUint64(nil, binary.BigEndian.Uint64(old)+1), nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	got, err := openNotes(t, dir, nil).Get(t.Context(), "n")
	if err != nil || binary.BigEndian.Uint64(got) != 2*each {
		t.Errorf("%v, %v; want %d", got, err, 2*each)
	}
}

// Damage never stops the start, and is told.
func TestNotesDamage(t *testing.T) {
	for _, tt := range []struct {
		name   string
		damage func([]byte) []byte
		want   string
		kept   bool // the sound note
	}{
		{"no database", func([]byte) []byte { return []byte(strings.Repeat("no database", 100)) }, "is kept for now as notes.db.damaged-", false},
		{"cut", func(b []byte) []byte { return b[:len(b)/2] }, "is kept for now as notes.db.damaged-", false},
		{"changed note", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("canary"), []byte("cannot")) }, "1 note was not as written", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, dir := t.Context(), t.TempDir()
			n := openNotes(t, dir, nil)
			if err := errors.Join(n.Put(ctx, "a", []byte("canary"), time.Time{}), n.Put(ctx, "b", []byte("sound"), time.Time{}), n.Close()); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, notesFile)
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, tt.damage(b), 0o600); err != nil {
				t.Fatal(err)
			}
			n, found, err := OpenNotes(ctx, dir, nil)
			if err != nil || !strings.Contains(found, tt.want) {
				t.Fatalf("found %q, %v; want %q", found, err, tt.want)
			}
			defer n.Close()
			for key, want := range map[string]bool{"a": false, "b": tt.kept} {
				if got, err := n.Get(ctx, key); err != nil || (got != nil) != want {
					t.Errorf("%s is %q, %v", key, got, err)
				}
			}
			if err := n.Put(ctx, "c", []byte("new"), time.Time{}); err != nil {
				t.Error(err)
			}
		})
	}
}
