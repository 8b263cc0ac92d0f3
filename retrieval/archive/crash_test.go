package archive_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	chromem "github.com/philippgille/chromem-go"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/archive/archivetest"
)

// The environment variable childKey makes the test binary a process that writes,
// to be killed: its value is what to run, in the folder given as first argument,
// from the step given as second one.
const childKey = "CRISISBOT_TEST_CHILD"

var children = map[string]func(dir string, from int) error{
	"archive": writeArchive,
	"chromem": writeChromem,
}

func TestMain(m *testing.M) {
	child := children[os.Getenv(childKey)]
	if child == nil {
		os.Exit(m.Run())
	}
	from, err := strconv.Atoi(os.Args[2])
	if err == nil {
		err = child(os.Args[1], from)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// startChild starts a process of its own and returns it with its output.
func startChild(t testing.TB, what, dir string, from int) (*exec.Cmd, io.Reader) {
	t.Helper()
	self, err := os.Executable()
	check(t, err)
	c := exec.Command(self, dir, strconv.Itoa(from))
	c.Env = append(os.Environ(), childKey+"="+what)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	check(t, err)
	check(t, c.Start())
	return c, out
}

// killed runs a child, kills it after a while and returns the last step that it
// acknowledged, or before if none.
func killed(t testing.TB, what, dir string, from int, after time.Duration) int {
	t.Helper()
	c, out := startChild(t, what, dir, from)
	timer := time.AfterFunc(after, func() { c.Process.Kill() })
	defer timer.Stop()
	last := from - 1
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			break // a line cut short was not acknowledged
		}
		last = n
	}
	if err := c.Wait(); err == nil || c.ProcessState.ExitCode() != -1 {
		t.Errorf("the child ended by itself: %v", err)
	}
	return last
}

// A step is one write. What it does depends on its number alone, so that the
// parent knows what a step did without being told.
type step struct {
	put     []archive.Record
	edit    map[string]archive.Edit
	origins map[string]string
	vectors []archive.Vector
	remove  []string
}

func stepNumber(i int) (s step) {
	id := func(step, k int) string { return fmt.Sprintf("article-%d-%d", step, k) }
	switch i % 6 {
	case 0, 1:
		for k := range 4 + i%9 {
			s.put = append(s.put, archivetest.Record(id(i, k), 1+(7*i+k)%40))
		}
	case 2: // revisions of what the step before put, and something new
		revised := archivetest.Record(id(i-1, 0), 50)
		s.put = []archive.Record{archivetest.Record(id(i, 0), 3), revised}
	case 3:
		s.edit = map[string]archive.Edit{id(i-3, 1): {Title: new("Edited " + fmt.Sprint(i))}}
	case 4:
		s.origins = map[string]string{id(i-4, 1): id(i-4, 2), id(i-4, 2): id(i-4, 2)}
	case 5:
		if i%12 == 5 {
			s.remove = []string{id(i-5, 0), id(i-3, 0)}
		} else {
			v := archive.Vector{Hash: archive.HashText(fmt.Sprint(i)), Article: id(i-5, 1), Values: make([]float32, testModel.Dimension)}
			v.Values[i%testModel.Dimension] = 1
			s.vectors = []archive.Vector{v}
		}
	}
	return s
}

func (s step) write(ctx context.Context, a *archive.Archive) error {
	switch {
	case s.edit != nil:
		for id, e := range s.edit {
			return a.Edit(ctx, id, e)
		}
	case s.origins != nil:
		return a.SetOrigins(ctx, s.origins)
	case s.remove != nil:
		return a.Remove(ctx, s.remove...)
	case s.vectors != nil:
		return a.PutVectors(ctx, testModel, s.vectors)
	}
	_, err := a.Put(ctx, s.put)
	return err
}

// A ledger is what an archive should hold after some steps.
type ledger struct {
	Texts   map[string]string // "revision title origin text" by id
	Vectors map[string]string
	removed map[string]bool
	records map[string]archive.Record
}

func newLedger() *ledger {
	return &ledger{map[string]string{}, map[string]string{}, map[string]bool{}, map[string]archive.Record{}}
}

func (l *ledger) clone() *ledger {
	return &ledger{maps.Clone(l.Texts), maps.Clone(l.Vectors), maps.Clone(l.removed), maps.Clone(l.records)}
}

func line(r archive.Record) string {
	return fmt.Sprintf("%d %q %q %d %s", r.Revision, r.Title, r.Origin, len(r.Passages), r.Content)
}

func (l *ledger) apply(s step) {
	keep := func(r archive.Record) {
		r.Content = archive.HashText(r.Text)
		l.records[r.ID], l.Texts[r.ID] = r, line(r)
	}
	for _, r := range s.put {
		r.Revision = l.records[r.ID].Revision + 1
		keep(r)
	}
	for id, e := range s.edit {
		r := l.records[id]
		r.Title = *e.Title
		keep(r)
	}
	for id, o := range s.origins {
		r := l.records[id]
		r.Origin = o
		keep(r)
	}
	for _, v := range s.vectors {
		l.Vectors[v.Hash.String()] = fmt.Sprint(v.Values)
	}
	for _, id := range s.remove {
		delete(l.records, id)
		delete(l.Texts, id)
		l.removed[id] = true
	}
}

func readLedger(ctx context.Context, a *archive.Archive) (*ledger, error) {
	l := newLedger()
	for r, err := range a.Load(ctx) {
		if err != nil {
			return nil, err
		}
		l.Texts[r.ID] = line(r)
	}
	vectors, err := a.Vectors(ctx, testModel)
	for h, v := range vectors {
		l.Vectors[h.String()] = fmt.Sprint(v)
	}
	return l, err
}

func (l *ledger) diff(m *ledger) string {
	if maps.Equal(l.Texts, m.Texts) && maps.Equal(l.Vectors, m.Vectors) {
		return ""
	}
	return cmp.Diff(l.Texts, m.Texts) + cmp.Diff(l.Vectors, m.Vectors)
}

// writeArchive writes step after step and acknowledges each on standard output.
func writeArchive(dir string, from int) error {
	ctx := context.Background()
	a, err := archive.Open(ctx, dir, archive.Options{})
	if err != nil {
		return err
	}
	for i := from; ; i++ {
		if err := stepNumber(i).write(ctx, a); err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
		fmt.Println(i)
	}
}

// TestKill kills a writing process again and again. Whatever it had acknowledged
// must be there, and a step in flight wholly or not at all.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills 200 processes")
	}
	_, seed := random(t)
	kills := number(t, "CRISISBOT_TEST_KILLS", 200)
	const folders = 4 // each starts anew
	var total, done [folders]int
	t.Run("folders", func(t *testing.T) {
		for f := range folders {
			t.Run(strconv.Itoa(f), func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(seed, uint64(f)))
				dir, want, next := t.TempDir(), newLedger(), 0
				for i := range kills / folders {
					if i%25 == 0 {
						dir, want, next = filepath.Join(t.TempDir(), "archive"), newLedger(), 0
					}
					last := killed(t, "archive", dir, next, time.Duration(10+r.IntN(150))*time.Millisecond)
					for ; next <= last; next++ {
						want.apply(stepNumber(next))
						total[f]++
					}
					a, err := archive.Open(t.Context(), dir, archive.Options{})
					if err != nil {
						t.Fatalf("seed %d, kill %d: does not open: %v", seed, i, err)
					}
					got, err := readLedger(t.Context(), a)
					check(t, err)
					after := want.clone()
					after.apply(stepNumber(next))
					switch {
					case want.diff(got) == "":
					case after.diff(got) == "":
						want, next = after, next+1
					default:
						t.Fatalf("seed %d, kill %d: acknowledged steps are not there (-want +got):\n%s", seed, i, want.diff(got))
					}
					for id := range want.removed {
						if files := traces(t, dir, "of "+id+" says"); files != nil {
							t.Errorf("seed %d, kill %d: traces of %s in %v", seed, i, id, files)
						}
					}
					if v, err := a.Verify(t.Context()); err != nil || !v.OK() {
						t.Errorf("seed %d, kill %d: not mended: %v %v", seed, i, v, err)
					}
					check(t, a.Close())
					done[f]++
				}
			})
		}
	})
	sum := func(n []int) (s int) {
		for _, n := range n {
			s += n
		}
		return s
	}
	if !t.Failed() {
		t.Logf("seed %d: %d kills, %d acknowledged writes, 0 lost, 0 traces of what was removed", seed, sum(done[:]), sum(total[:]))
	}
}

// TestKillWhileMending kills a process that opens a damaged archive, at any point
// of its mending, and then another. Nothing may be lost.
func TestKillWhileMending(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	r, seed := random(t)
	base := t.TempDir()
	whole, dir := filepath.Join(base, "whole"), filepath.Join(base, "damaged")
	a := openArchive(t, whole)
	fill(t, a, r, 20, 40)
	want := snap(t, a)
	check(t, a.Close())
	const rounds = 40
	for i := range rounds {
		copyFiles(t, whole, dir)
		file := filepath.Join(dir, []string{"archive.db", "archive.copy"}[i%2])
		b, err := os.ReadFile(file)
		check(t, err)
		clear(b[len(b)/3:][:8192])
		check(t, os.WriteFile(file, b, 0o644))
		for range 2 {
			c, _ := startChild(t, "archive", dir, 0)
			time.Sleep(time.Duration(8+r.IntN(30)) * time.Millisecond)
			check(t, c.Process.Kill())
			c.Wait()
		}
		a := openArchive(t, dir)
		lost, vectors, _ := want.lost(snap(t, a))
		if lost > 0 || vectors > len(want.vectors)/5 {
			t.Errorf("seed %d, round %d: %d articles and %d vectors are lost: %v", seed, i, lost, vectors, a.Report())
		}
		check(t, a.Close())
		check(t, os.RemoveAll(dir))
	}
	t.Logf("seed %d: %d damaged archives, each mended under two kills, 0 articles lost", seed, rounds)
}

// TestReaderBesideProcess reads what another process is writing.
func TestReaderBesideProcess(t *testing.T) {
	dir := t.TempDir()
	c, out := startChild(t, "archive", dir, 0)
	defer c.Wait()
	defer c.Process.Kill()
	lines := bufio.NewScanner(out)
	for i := range 4 {
		for range 5 {
			if !lines.Scan() {
				t.Fatal("the writer has ended")
			}
		}
		a, err := archive.Open(t.Context(), dir, archive.Options{ReadOnly: true})
		check(t, err)
		got, err := readLedger(t.Context(), a)
		check(t, err)
		want := newLedger()
		for k := range 5 * (i + 1) {
			want.apply(stepNumber(k))
		}
		for id := range want.Texts {
			// The writer goes on, and removes some of those that end in 0.
			if got.Texts[id] == "" && !strings.HasSuffix(id, "-0") {
				t.Errorf("a reader misses %s", id)
			}
		}
		check(t, a.Close())
	}
}

// writeChromem does the like with the vector store's own persistence.
func writeChromem(dir string, from int) error {
	ctx := context.Background()
	db, err := chromem.NewPersistentDB(dir, false)
	if err != nil {
		return err
	}
	c, err := db.GetOrCreateCollection("articles", nil, nil)
	if err != nil {
		return err
	}
	for i := from; ; i++ {
		for _, r := range stepNumber(6 * i).put {
			if err := c.AddDocument(ctx, chromem.Document{ID: r.ID, Content: r.Text, Embedding: []float32{1, 0}}); err != nil {
				return err
			}
		}
		fmt.Println(i)
	}
}

// TestKillControl holds the vector store's own persistence to the same test, which
// it must fail: else the test would prove nothing.
func TestKillControl(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	r, seed := random(t)
	const most = 200
	for i := range most {
		dir := filepath.Join(t.TempDir(), "store")
		last := killed(t, "chromem", dir, 0, time.Duration(10+r.IntN(150))*time.Millisecond)
		if last < 0 {
			continue // nothing was acknowledged
		}
		db, err := chromem.NewPersistentDB(dir, false)
		if err != nil {
			t.Logf("seed %d: fails at kill %d, as it should: %v", seed, i+1, err)
			return
		}
		c := db.GetCollection("articles", nil)
		for k := range last + 1 {
			for _, rec := range stepNumber(6 * k).put {
				if c == nil || !slices.ContainsFunc([]string{rec.ID}, func(id string) bool { _, err := c.GetByID(t.Context(), id); return err == nil }) {
					t.Logf("seed %d: fails at kill %d, as it should: an acknowledged article is lost", seed, i+1)
					return
				}
			}
		}
	}
	t.Errorf("seed %d: the control passed %d kills", seed, most)
}
