package bot

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Every Store behaves alike.
func TestStores(t *testing.T) {
	clock := time.Unix(1_900_000_000, 0)
	now := func() time.Time { return clock }
	memory := NewMemoryStore(0)
	memory.now = now
	files, err := OpenFileStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	files.now = now
	for name, s := range map[string]Store{"memory": memory, "files": files} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			get := func(key string) string {
				v, err := s.Get(ctx, key)
				if err != nil {
					t.Errorf("Get(%s): %v", key, err)
				}
				return string(v)
			}
			for _, p := range []struct {
				key, value string
				expires    time.Time
			}{{"a/1", `1`, time.Time{}}, {"a/2", `"two"`, now().Add(time.Hour)}, {"b/../1", `{}`, time.Time{}}, {"a/1", `"again"`, time.Time{}}} {
				if err := s.Put(ctx, p.key, []byte(p.value), p.expires); err != nil {
					t.Fatal(err)
				}
			}
			if get("a/1") != `"again"` || get("a/2") != `"two"` || get("b/../1") != `{}` || get("c") != "" {
				t.Error("not what was put")
			}
			keys, err := s.Keys(ctx, "a/")
			slices.Sort(keys)
			if err != nil || !slices.Equal(keys, []string{"a/1", "a/2"}) {
				t.Errorf("keys %v, %v", keys, err)
			}
			clock = clock.Add(time.Hour)
			if keys, _ = s.Keys(ctx, "a/"); len(keys) != 1 || get("a/2") != "" {
				t.Errorf("expired values are there: %v", keys)
			}
			if err := s.Delete(ctx, "a/1", "never"); err != nil || get("a/1") != "" {
				t.Errorf("deleted: %v, %q", err, get("a/1"))
			}
		})
	}
}

func TestMemoryStoreIsBounded(t *testing.T) {
	s := NewMemoryStore(10)
	ctx := t.Context()
	_ = s.Put(ctx, "kept", []byte("1"), time.Time{})
	for i := range 100 {
		_ = s.Put(ctx, strconv.Itoa(i), []byte("1"), time.Now().Add(time.Hour))
	}
	keys, _ := s.Keys(ctx, "")
	if len(keys) != 10 || !slices.Contains(keys, "kept") || !slices.Contains(keys, "99") {
		t.Errorf("keys %v", keys)
	}
}

// Damage costs one value, leftovers of a cut write are swept away, and what has
// expired is deleted from the disk.
func TestFileStoreReopens(t *testing.T) {
	dir := t.TempDir()
	s, err := OpenFileStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	for i := range 10 {
		if err := s.Put(ctx, fmt.Sprint("k", i), fmt.Appendf(nil, `"value %d"`, i), time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Put(ctx, "old", []byte(`"expired-canary"`), time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct{ name, content string }{
		{s.file("k3"), "{"}, {s.file("k4"), `{"key":"k5","value":1}`}, {s.file("k6") + tempSuffix, "cut"}, {filepath.Join(dir, "README"), "not ours"},
	} {
		if err := os.WriteFile(f.name, []byte(f.content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if v, err := s.Get(ctx, "k3"); v != nil || err != nil {
		t.Errorf("a damaged value: %s, %v", v, err)
	}
	if s, err = OpenFileStore(dir); err != nil {
		t.Fatal(err)
	}
	keys, _ := s.Keys(ctx, "")
	if len(keys) != 8 {
		t.Errorf("%d values after opening, want 8: %v", len(keys), keys)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(names) != 9 {
		t.Errorf("files %v", names)
	}
	if err := s.Put(ctx, "bad", []byte("{"), time.Time{}); err == nil {
		t.Error("a value that is no JSON is kept")
	}
}

// The child of TestForgettingSurvivesKills: it asks, forgets, and says so.
func TestMain(m *testing.M) {
	if dir := os.Getenv("BOT_FORGET_CHILD"); dir != "" {
		forgetChild(dir)
		return
	}
	os.Exit(m.Run())
}

func forgetChild(dir string) {
	store, err := OpenFileStore(dir)
	if err != nil {
		panic(err)
	}
	l := &ledger{store: store, keep: time.Hour, now: time.Now}
	ctx := context.Background()
	if err := l.resumeForgetting(ctx); err != nil {
		panic(err)
	}
	fmt.Println("ready")
	for i := range 20 {
		a := sampleAnswer(1)
		a.Question = "forget-canary"
		r := record{ID: fmt.Sprint("r", i), Conversation: "dm/1", Channel: "1", User: "4242", Answer: a}
		if l.add(ctx, r) != nil || l.show(ctx, r.ID, "1", fmt.Sprint("m", i)) != nil {
			panic("add")
		}
	}
	fmt.Println("added")
	if _, err := l.forgetUser(ctx, "4242"); err != nil {
		panic(err)
	}
	fmt.Println("forgotten")
	select {}
}

// A process is killed while it forgets a user. After the next start nothing of the
// user is on the disk if forgetting had begun.
func TestForgettingSurvivesKills(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const rounds = 12
	left, midway := 0, 0
	for i := range rounds {
		dir := t.TempDir()
		cmd := exec.Command(exe, "-test.run=^$")
		cmd.Env = append(os.Environ(), "BOT_FORGET_CHILD="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said := make([]byte, 0, 64)
		for !bytes.Contains(said, []byte("added\n")) {
			b := make([]byte, 64)
			n, err := out.Read(b)
			if err != nil {
				t.Fatal(err)
			}
			said = append(said, b[:n]...)
		}
		if i > 0 {
			time.Sleep(rand.N(6 * time.Millisecond))
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		begun, inside := traces(t, dir)
		store, err := OpenFileStore(dir)
		if err != nil {
			t.Fatal(err)
		}
		l := &ledger{store: store, keep: time.Hour, now: time.Now}
		if err := l.resumeForgetting(t.Context()); err != nil {
			t.Fatal(err)
		}
		if begun {
			midway++
			if _, after := traces(t, dir); after > 0 {
				left++
				t.Errorf("%d files still hold the user, of %d when killed", after, inside)
			}
		}
	}
	t.Logf("killed while forgetting: n = %d of %d, %d left something", midway, rounds, left)
}

// traces reports whether forgetting was under way in a folder and how many files
// hold something of the user.
func traces(t *testing.T, dir string) (begun bool, n int) {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		begun = begun || strings.HasSuffix(name, fileSuffix) && strings.Contains(string(b), `"forgetting/`)
		if strings.Contains(string(b), "forget-canary") || strings.Contains(string(b), "4242") {
			n++
		}
	}
	return begun, n
}

func BenchmarkFileStorePut(b *testing.B) {
	s, err := OpenFileStore(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	value := bytes.Repeat([]byte("1"), 5000)
	for i := 0; b.Loop(); i++ {
		if err := s.Put(b.Context(), strconv.Itoa(i%1000), value, time.Now().Add(time.Hour)); err != nil {
			b.Fatal(err)
		}
	}
}
