package archive_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"crisisbot/retrieval/archive"
)

func init() { children["full"] = writeFull }

// TestFullDisk writes under a limit on the size of files, so that writes fail or
// end short at every possible place, as on a full disk. Each failure must be
// reported, leave what was there, and be over when there is room again.
func TestFullDisk(t *testing.T) {
	_, seed := random(t)
	c, out := startChild(t, "full", filepath.Join(t.TempDir(), "archive"), int(seed))
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		t.Log(lines.Text())
	}
	if err := c.Wait(); err != nil {
		t.Errorf("seed %d: %v", seed, err)
	}
}

// limitFiles bounds the size of every file that the process writes.
func limitFiles(size uint64) error {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
		return err
	}
	l.Cur = min(size, l.Max)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l)
}

const noLimit = ^uint64(0)

// writeFull is the child of TestFullDisk; the number is its seed.
func writeFull(dir string, seed int) error {
	signal.Ignore(syscall.SIGXFSZ)
	ctx := context.Background()
	r := rand.New(rand.NewPCG(uint64(seed), 0))
	a, err := archive.Open(ctx, dir, archive.Options{})
	if err != nil {
		return err
	}
	want := newLedger()
	const steps, each = 240, 60
	var writes, opens int
	for i := range steps {
		if i%each == 0 { // a new archive, so that looking through it stays quick
			if err := a.Close(); err != nil {
				return err
			}
			dir += "x"
			if a, err = archive.Open(ctx, dir, archive.Options{}); err != nil {
				return err
			}
			want = newLedger()
		}
		s := stepNumber(i)
		limit, err := someLimit(r, dir)
		if err != nil {
			return err
		}
		if i%10 == 9 {
			if err := a.Close(); err != nil {
				return err
			}
			if i%20 == 9 { // something to mend, without room
				if err := os.Remove(filepath.Join(dir, "archive.copy")); err != nil {
					return err
				}
			}
			if err := limitFiles(limit); err != nil {
				return err
			}
			a, err = archive.Open(ctx, dir, archive.Options{})
			if err := limitFiles(noLimit); err != nil {
				return err
			}
			if err != nil {
				opens++
				if a, err = archive.Open(ctx, dir, archive.Options{}); err != nil {
					return fmt.Errorf("step %d: does not open when there is room again: %w", i, err)
				}
			}
			if report := a.Report(); len(report.Lost) > 0 {
				return fmt.Errorf("step %d: %v", i, report)
			}
		}
		if err := limitFiles(limit); err != nil {
			return err
		}
		failure := s.write(ctx, a)
		got, err := readLedger(ctx, a)
		if err := limitFiles(noLimit); err != nil {
			return err
		}
		if err != nil {
			return fmt.Errorf("step %d: cannot be read after %v: %w", i, failure, err)
		}
		after := want.clone()
		after.apply(s)
		if d := after.diff(got); failure == nil && d != "" {
			return fmt.Errorf("step %d: acknowledged but not there: %s", i, d)
		} else if d != "" && want.diff(got) != "" {
			return fmt.Errorf("step %d: failed half-way (%v): %s", i, failure, want.diff(got))
		}
		if failure != nil {
			writes++
			if err := s.write(ctx, a); err != nil && !errors.Is(err, archive.ErrNotFound) {
				return fmt.Errorf("step %d: after %v, with room again: %w", i, failure, err)
			}
		}
		want = after
		if got, err := readLedger(ctx, a); err != nil || want.diff(got) != "" {
			return fmt.Errorf("step %d: after %v, with room again: %v %s", i, failure, err, want.diff(got))
		}
		if v, err := a.Verify(ctx); err != nil || !v.OK() {
			return fmt.Errorf("step %d: after %v: %v %v", i, failure, v, err)
		}
	}
	fmt.Printf("seed %d: %d steps, %d writes and %d starts failed for want of room, 0 lost\n", seed, steps, writes, opens)
	if writes < steps/10 {
		return errors.New("too few failures to prove anything")
	}
	return a.Close()
}

// someLimit returns a limit that hits one of the files near or before its end.
func someLimit(r *rand.Rand, dir string) (uint64, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	var sizes []int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return 0, err
		}
		if strings.HasPrefix(e.Name(), "archive.") {
			sizes = append(sizes, info.Size())
		}
	}
	size := sizes[r.IntN(len(sizes))]
	if r.IntN(4) == 0 {
		return uint64(r.Int64N(size + 1)), nil
	}
	return uint64(size + r.Int64N(32<<10)), nil
}
