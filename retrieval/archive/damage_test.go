package archive_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"crisisbot/retrieval/archive"
)

// spoil damages one file of a data folder and says how.
func spoil(t *testing.T, r *rand.Rand, dir string) string {
	files, err := filepath.Glob(filepath.Join(dir, "archive.*"))
	check(t, err)
	file := files[r.IntN(len(files))]
	b, err := os.ReadFile(file)
	check(t, err)
	var what string
	fill := func(size int, with func() byte) {
		at := r.IntN(len(b)) / size * size
		what = fmt.Sprintf("%d bytes at %d", size, at)
		for i := at; i < min(at+size, len(b)); i++ {
			b[i] = with()
		}
	}
	switch r.IntN(6) {
	case 0, 1:
		bit := r.IntN(8 * len(b))
		b[bit/8] ^= 1 << (bit % 8)
		what = fmt.Sprintf("bit %d of byte %d flipped", bit%8, bit/8)
	case 2:
		n := r.IntN(len(b))
		b = b[:n]
		what = fmt.Sprintf("cut at %d", n)
	case 3:
		fill(4096, func() byte { return 0 })
		what += " zeroed"
	case 4:
		fill(512, func() byte { return byte(r.Uint32()) })
		what += " scrambled"
	case 5: // the header and the first pages are hit seldom otherwise
		at := r.IntN(min(len(b), 120))
		b[at] ^= byte(1 + r.IntN(255))
		what = fmt.Sprintf("byte %d changed", at)
	}
	check(t, os.WriteFile(file, b, 0o644))
	return filepath.Base(file) + ": " + what
}

// TestDamage damages one file in a random way and starts: everything must be
// there, or be missed in the report.
func TestDamage(t *testing.T) {
	r, seed := random(t)
	n := number(t, "CRISISBOT_TEST_DAMAGES", 500)
	if testing.Short() {
		n = 50
	}
	base := t.TempDir()
	closed, killed := filepath.Join(base, "closed"), filepath.Join(base, "killed")
	a := openArchive(t, closed)
	fill(t, a, r, 20, 40)
	want := snap(t, a)
	copyFiles(t, closed, killed) // with a write-ahead log
	check(t, a.Close())

	var mu sync.Mutex
	var noticed, harmless, articles, vectors int
	one := func(t *testing.T, dir string, r *rand.Rand, i int) {
		from := []string{closed, killed}[i%2]
		copyFiles(t, from, dir)
		how := spoil(t, r, dir)
		say := func(format string, args ...any) {
			t.Helper()
			t.Errorf("seed %d, damage %d (%s; %s): %s", seed, i, filepath.Base(from), how, fmt.Sprintf(format, args...))
		}
		a, err := archive.Open(t.Context(), dir, archive.Options{})
		if err != nil {
			say("does not start: %v", err)
			return
		}
		got := snap(t, a)
		report := a.Report()
		lost, lostVectors, wrong := want.lost(got)
		if wrong != "" {
			say("%s", wrong)
		}
		if lost > 1 {
			say("%d articles are lost: %v", lost, report)
		}
		same := lost == 0 && lostVectors == 0 && got.state == want.state
		if !same && report.OK() {
			say("%d articles and %d vectors are lost, and nothing was noticed", lost, lostVectors)
		}
		if again, err := a.Verify(t.Context()); err != nil || !again.OK() {
			say("not mended: %v %v", again, err)
		}
		check(t, a.Close())
		check(t, os.RemoveAll(dir))
		mu.Lock()
		defer mu.Unlock()
		if report.OK() {
			harmless++
		} else {
			noticed++
		}
		articles, vectors = articles+lost, vectors+lostVectors
	}
	t.Run("folders", func(t *testing.T) {
		const folders = 4
		for f := range folders {
			t.Run(fmt.Sprint(f), func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(seed, uint64(1+f)))
				for i := f; i < n; i += folders {
					one(t, filepath.Join(base, fmt.Sprint("damaged", f)), r, i/folders)
				}
			})
		}
	})
	t.Logf("seed %d: %d damages, %d noticed, %d of no consequence; lost: %d articles, %d vectors (to be made again)",
		seed, n, noticed, harmless, articles, vectors)
}

// TestDamageControl does the like to archives without their second copy, in which
// one damaged page takes several articles along.
func TestDamageControl(t *testing.T) {
	r, seed := random(t)
	base := t.TempDir()
	whole, dir := filepath.Join(base, "whole"), filepath.Join(base, "damaged")
	a := openArchive(t, whole)
	fill(t, a, r, 20, 40)
	want := snap(t, a)
	check(t, a.Close())
	check(t, os.Remove(filepath.Join(whole, "archive.copy")))
	const most = 100
	for i := range most {
		copyFiles(t, whole, dir)
		how := spoil(t, r, dir)
		a := openArchive(t, dir)
		lost, _, _ := want.lost(snap(t, a))
		check(t, a.Close())
		check(t, os.RemoveAll(dir))
		if lost > 1 {
			t.Logf("seed %d: fails at damage %d, as it should: %s loses %d articles", seed, i+1, how, lost)
			return
		}
	}
	t.Errorf("seed %d: the control passed %d damages", seed, most)
}
