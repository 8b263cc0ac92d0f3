// Package archivetest holds every implementation of an archive to one contract.
package archivetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
)

// A Store is what the contract is about. archive.Archive says what each method
// does.
type Store interface {
	Put(context.Context, []archive.Record) ([]archive.Outcome, error)
	Load(context.Context) iter.Seq2[archive.Record, error]
	Article(ctx context.Context, id string, revision int) (archive.Record, error)
	Revisions(ctx context.Context, id string) ([]archive.Revision, error)
	Edit(ctx context.Context, id string, e archive.Edit) error
	SetOrigins(ctx context.Context, origins map[string]string) error
	Remove(ctx context.Context, ids ...string) error
	Removed(ctx context.Context, ids ...string) ([]string, error)

	PutVectors(context.Context, archive.Model, []archive.Vector) error
	Vectors(context.Context, archive.Model) (map[archive.Hash][]float32, error)
	Missing(context.Context, archive.Model, []archive.Hash) ([]archive.Hash, error)
	RemoveVectors(context.Context, archive.Model, []archive.Hash) error
	RemoveModel(ctx context.Context, id string) error

	SetRun(context.Context, archive.Run) error
	EndRun(context.Context) error
	Run(context.Context) (archive.Run, bool, error)
	PutFeed(context.Context, archive.Feed) error
	RemoveFeed(ctx context.Context, url string) error
	Feeds(context.Context) ([]archive.Feed, error)

	Generation(context.Context) (int64, error)
}

// An Opener opens one and the same store every time, and closes what it returned
// before.
type Opener func() Store

// Test runs the contract. empty prepares an empty store for one test.
func Test(t *testing.T, empty func(t *testing.T) Opener) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Opener)
	}{
		{"what is put is loaded byte for byte", testRoundTrip},
		{"the same again is unchanged", testUnchanged},
		{"a change makes a revision", testRevisions},
		{"what cannot be kept is refused", testRefused},
		{"an edit outlives ingestion", testEdit},
		{"origins can change", testOrigins},
		{"what is removed is gone", testRemove},
		{"vectors are exact and shared by text", testVectors},
		{"wrong vectors are refused", testWrongVectors},
		{"a run is known until it ends", testRun},
		{"feeds are remembered", testFeeds},
		{"the generation grows with every write", testGeneration},
		{"a cancelled call changes nothing", testCancelled},
		{"readers see one moment", testSnapshot},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, empty(t)) })
	}
}

// Record makes an article of n sentences and its passages of two.
func Record(id string, n int) archive.Record {
	r := archive.Record{Article: article.Article{
		ID: id, File: id + ".txt", Title: "Title of " + id, Publisher: "The Post", Authors: []string{"A. Writer", "B. Writer"},
		Published: "2021-12-02", DateInferred: true, DateReason: "It is named in the text.",
		URL: "https://post.example/" + id, Quality: "machine-translated",
	}}
	for i := range n {
		s := article.Span{Start: len(r.Text)}
		r.Text += fmt.Sprintf("Sentence %d of %s says “щось” of <b>weight</b> & \u2028 more.\n", i, id)
		s.End = len(r.Text) - 1
		if i%2 == 0 {
			r.Passages = append(r.Passages, article.Passage{Span: s, Kind: article.Paragraph, Block: i / 2})
		}
		p := &r.Passages[len(r.Passages)-1]
		p.End = s.End
		p.Sentences = append(p.Sentences, s)
	}
	return r
}

var ignoreStored = cmpopts.IgnoreFields(archive.Record{}, "Stored")

// stored returns r as the store should give it back.
func stored(r archive.Record, revision int) archive.Record {
	r.Revision, r.Content = revision, archive.HashText(r.Text)
	return r
}

func put(t *testing.T, s Store, records ...archive.Record) []archive.Outcome {
	t.Helper()
	out, err := s.Put(t.Context(), records)
	must(t, err)
	return out
}

func load(t *testing.T, s Store) []archive.Record {
	t.Helper()
	var all []archive.Record
	for r, err := range s.Load(t.Context()) {
		must(t, err)
		all = append(all, r)
	}
	return all
}

func get(t *testing.T, s Store, id string, revision int) archive.Record {
	t.Helper()
	r, err := s.Article(t.Context(), id, revision)
	must(t, err)
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, want, got any, opts ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func notFound(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("want ErrNotFound, got %v", err)
	}
}

func testRoundTrip(t *testing.T, open Opener) {
	s := open()
	if all := load(t, s); len(all) != 0 {
		t.Fatalf("an empty store has %d articles", len(all))
	}
	bare := archive.Record{Article: article.Article{ID: "bare", Text: "No passages. \u0085\r\n\ttext\u200d\ufeff."}}
	long := Record("long id with spaces, ünïcode and 'quotes' "+fmt.Sprint(math.MaxInt64), 700)
	records := []archive.Record{Record("b", 5), Record("a", 4), bare, long}
	for i := range 100 {
		records = append(records, Record(fmt.Sprintf("n%02d", i), 1+i%7))
	}
	before := time.Now().Add(-time.Second)
	out := put(t, s, records...)
	var want []archive.Record
	for i, r := range records {
		equal(t, archive.Outcome{ID: r.ID, Status: archive.Added, Revision: 1}, out[i])
		want = append(want, stored(r, 1))
	}
	s = open()
	got := load(t, s)
	equal(t, want, got, ignoreStored)
	if at := got[0].Stored; at.Before(before) || at.After(time.Now()) {
		t.Errorf("stored at %v", at)
	}
	equal(t, want[1], get(t, s, "a", 0), ignoreStored)
	for range s.Load(t.Context()) {
		break // a reader may stop early
	}
	put(t, s, Record("after", 1))
}

func testUnchanged(t *testing.T, open Opener) {
	s := open()
	first := Record("a", 3)
	put(t, s, first)
	out := put(t, s, first, Record("b", 1), Record("b", 1))
	equal(t, []archive.Outcome{
		{ID: "a", Status: archive.Unchanged, Revision: 1},
		{ID: "b", Status: archive.Added, Revision: 1},
		{ID: "b", Status: archive.Unchanged, Revision: 1},
	}, out)
	recut := Record("a", 3)
	recut.Passages = recut.Passages[:1]
	equal(t, []archive.Outcome{{ID: "a", Status: archive.Unchanged, Revision: 1}}, put(t, open(), recut))
	equal(t, stored(recut, 1), get(t, open(), "a", 0), ignoreStored)
}

func testRevisions(t *testing.T, open Opener) {
	s := open()
	want := []archive.Record{Record("a", 3)}
	put(t, s, want[0], Record("other", 2))
	for i, change := range []func(*archive.Record){
		func(r *archive.Record) { r.Text += "And more." },
		func(r *archive.Record) { r.Title = "Another" },
		func(r *archive.Record) { r.Publisher = "" },
		func(r *archive.Record) { r.Authors = nil },
		func(r *archive.Record) { r.Published = "2021-12-03" },
		func(r *archive.Record) { r.DateInferred = false },
		func(r *archive.Record) { r.DateReason = "Otherwise." },
		func(r *archive.Record) { r.URL = "https://elsewhere.example" },
		func(r *archive.Record) { r.Quality = "" },
		func(r *archive.Record) { r.File = "renamed.txt" },
	} {
		r := want[i]
		change(&r)
		equal(t, []archive.Outcome{{ID: "a", Status: archive.Updated, Revision: i + 2}}, put(t, s, r))
		want = append(want, r)
	}
	s = open()
	for i, r := range want {
		equal(t, stored(r, i+1), get(t, s, "a", i+1), ignoreStored)
	}
	equal(t, []archive.Record{stored(Record("other", 2), 1), stored(want[len(want)-1], len(want))}, load(t, s), ignoreStored)
	revisions, err := s.Revisions(t.Context(), "a")
	must(t, err)
	for i, r := range revisions {
		equal(t, archive.Revision{Number: i + 1, Content: archive.HashText(want[i].Text), Stored: r.Stored}, r)
	}
	equal(t, len(want), len(revisions))
	_, err = s.Article(t.Context(), "a", len(want)+1)
	notFound(t, err)
	_, err = s.Article(t.Context(), "b", 0)
	notFound(t, err)
	_, err = s.Revisions(t.Context(), "b")
	notFound(t, err)
}

func testRefused(t *testing.T, open Opener) {
	s := open()
	for _, c := range []struct {
		name  string
		spoil func(*archive.Record)
	}{
		{"no id", func(r *archive.Record) { r.ID = "" }},
		{"endless id", func(r *archive.Record) { r.ID = string(slices.Repeat([]byte("x"), 5000)) }},
		{"no text", func(r *archive.Record) { r.Text, r.Passages = " \n", nil }},
		{"not UTF-8", func(r *archive.Record) { r.Text += "\xff" }},
		{"not UTF-8 title", func(r *archive.Record) { r.Title = "\xc3" }},
		{"NUL", func(r *archive.Record) { r.Text += "\x00" }},
		{"no day", func(r *archive.Record) { r.Published = "2021-02-30" }},
		{"passage past the end", func(r *archive.Record) { r.Passages[0].End = len(r.Text) + 1 }},
		{"passage before the start", func(r *archive.Record) { r.Passages[0].Start = -1 }},
		{"empty passage", func(r *archive.Record) { r.Passages[0].End = r.Passages[0].Start }},
		{"sentence outside", func(r *archive.Record) { r.Passages[0].Sentences[0].End = r.Passages[0].End + 1 }},
	} {
		r := Record("r", 3)
		c.spoil(&r)
		out := put(t, s, Record("before", 1), r, Record("after "+c.name, 1))
		if o := out[1]; o.Status != archive.Refused || o.Why == "" || o.Revision != 0 {
			t.Errorf("%s: %+v", c.name, o)
		}
		equal(t, archive.Added, out[2].Status)
	}
	_, err := s.Article(t.Context(), "r", 0)
	notFound(t, err)
}

func testEdit(t *testing.T, open Opener) {
	s := open()
	r := Record("a", 3)
	put(t, s, r)
	must(t, s.Edit(t.Context(), "a", archive.Edit{Published: new("2021-11-30"), Publisher: new("The Times")}))
	must(t, s.Edit(t.Context(), "a", archive.Edit{Publisher: new("The True Times"), Authors: &[]string{"C."}}))
	want := r
	want.Published, want.DateInferred, want.DateReason = "2021-11-30", false, ""
	want.Publisher, want.Authors = "The True Times", []string{"C."}
	s = open()
	equal(t, stored(want, 1), get(t, s, "a", 0), ignoreStored)
	equal(t, []archive.Record{stored(want, 1)}, load(t, s), ignoreStored)
	equal(t, archive.Unchanged, put(t, s, r)[0].Status)
	equal(t, stored(want, 1), get(t, s, "a", 0), ignoreStored)
	r.Text += "More."
	equal(t, archive.Updated, put(t, s, r)[0].Status)
	want.Text = r.Text
	equal(t, stored(want, 2), get(t, open(), "a", 0), ignoreStored)

	s = open()
	notFound(t, s.Edit(t.Context(), "b", archive.Edit{Title: new("x")}))
	for _, e := range []archive.Edit{{Published: new("yesterday")}, {Title: new("\xff")}, {Authors: &[]string{"\x00"}}} {
		if err := s.Edit(t.Context(), "a", e); err == nil {
			t.Errorf("%+v was taken", e)
		}
	}
	equal(t, stored(want, 2), get(t, s, "a", 0), ignoreStored)
}

func testOrigins(t *testing.T, open Opener) {
	s := open()
	a, b := Record("a", 2), Record("b", 2)
	a.Origin = "a"
	put(t, s, a, b)
	must(t, s.SetOrigins(t.Context(), map[string]string{"a": "b", "b": "b"}))
	s = open()
	equal(t, "b", get(t, s, "a", 0).Origin)
	equal(t, "b", load(t, s)[1].Origin)
	equal(t, archive.Unchanged, put(t, s, a)[0].Status)
	equal(t, "b", get(t, s, "a", 0).Origin)
	notFound(t, s.SetOrigins(t.Context(), map[string]string{"a": "a", "z": "a"}))
	equal(t, "b", get(t, s, "a", 0).Origin)
}

func testRemove(t *testing.T, open Opener) {
	s := open()
	m := archive.Model{ID: "m", Dimension: 2}
	a := Record("a", 2)
	put(t, s, a, Record("b", 2), Record("c", 2))
	more := a
	more.Text += "More."
	put(t, s, more)
	must(t, s.Edit(t.Context(), "a", archive.Edit{Title: new("Edited")}))
	must(t, s.SetOrigins(t.Context(), map[string]string{"a": "b"}))
	must(t, s.PutVectors(t.Context(), m, []archive.Vector{
		{Hash: archive.HashText("1"), Article: "a", Values: []float32{1, 0}},
		{Hash: archive.HashText("2"), Article: "b", Values: []float32{0, 1}},
	}))
	notFound(t, s.Remove(t.Context(), "b", "unknown"))
	must(t, s.Remove(t.Context(), "a", "c"))
	s = open()
	equal(t, []archive.Record{stored(Record("b", 2), 1)}, load(t, s), ignoreStored)
	for revision := range 3 {
		_, err := s.Article(t.Context(), "a", revision)
		notFound(t, err)
	}
	vectors, err := s.Vectors(t.Context(), m)
	must(t, err)
	equal(t, map[archive.Hash][]float32{archive.HashText("2"): {0, 1}}, vectors)
	removed, err := s.Removed(t.Context(), "c", "b", "a", "unknown")
	must(t, err)
	equal(t, []string{"c", "a"}, removed)
	notFound(t, s.Remove(t.Context(), "a"))

	equal(t, []archive.Outcome{{ID: "a", Status: archive.Added, Revision: 1}}, put(t, s, a))
	equal(t, stored(a, 1), get(t, open(), "a", 0), ignoreStored)
	removed, err = open().Removed(t.Context(), "c", "b", "a")
	must(t, err)
	equal(t, []string{"c"}, removed)
}

func testVectors(t *testing.T, open Opener) {
	s := open()
	put(t, s, Record("a", 2), Record("b", 2))
	m := archive.Model{ID: "small", Dimension: 3}
	values := []float32{math.SmallestNonzeroFloat32, -math.MaxFloat32 / 2, float32(math.Copysign(0, -1))}
	h := func(i int) archive.Hash { return archive.HashText(fmt.Sprint(i)) }
	want := map[archive.Hash][]float32{}
	var vectors []archive.Vector
	for i := range 600 {
		v := slices.Clone(values)
		v[1] += float32(i) * 1e30
		want[h(i)] = v
		vectors = append(vectors, archive.Vector{Hash: h(i), Article: "a", Values: v})
	}
	missing, err := s.Missing(t.Context(), m, []archive.Hash{h(2), h(1), h(2)})
	must(t, err)
	equal(t, []archive.Hash{h(2), h(1)}, missing)
	must(t, s.PutVectors(t.Context(), m, vectors))
	other := archive.Model{ID: "other", Dimension: 2}
	must(t, s.PutVectors(t.Context(), other, []archive.Vector{{Hash: h(1), Article: "b", Values: []float32{1, 2}}}))
	replaced := []float32{3, 2, 1}
	must(t, s.PutVectors(t.Context(), m, []archive.Vector{{Hash: h(3), Article: "b", Values: replaced}}))
	want[h(3)] = replaced

	s = open()
	got, err := s.Vectors(t.Context(), m)
	must(t, err)
	equal(t, want, got)
	missing, err = s.Missing(t.Context(), m, []archive.Hash{h(1), h(1000), h(599)})
	must(t, err)
	equal(t, []archive.Hash{h(1000)}, missing)

	must(t, s.RemoveVectors(t.Context(), m, nil))
	must(t, s.RemoveVectors(t.Context(), m, []archive.Hash{h(0), h(1000)}))
	delete(want, h(0))
	got, err = s.Vectors(t.Context(), m)
	must(t, err)
	equal(t, want, got)
	must(t, s.RemoveModel(t.Context(), "small"))
	got, err = open().Vectors(t.Context(), m)
	must(t, err)
	equal(t, 0, len(got))
	got, err = open().Vectors(t.Context(), other)
	must(t, err)
	equal(t, map[archive.Hash][]float32{h(1): {1, 2}}, got)
}

func testWrongVectors(t *testing.T, open Opener) {
	s := open()
	put(t, s, Record("a", 2))
	m := archive.Model{ID: "m", Dimension: 2}
	good := archive.Vector{Hash: archive.HashText("1"), Article: "a", Values: []float32{1, 1}}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for name, c := range map[string]struct {
		m archive.Model
		v archive.Vector
	}{
		"zero":          {m, archive.Vector{Article: "a", Values: []float32{0, 0}}},
		"NaN":           {m, archive.Vector{Article: "a", Values: []float32{1, nan}}},
		"infinite":      {m, archive.Vector{Article: "a", Values: []float32{inf, 1}}},
		"short":         {m, archive.Vector{Article: "a", Values: []float32{1}}},
		"no article":    {m, archive.Vector{Article: "b", Values: []float32{1, 1}}},
		"no model":      {archive.Model{Dimension: 2}, good},
		"no dimensions": {archive.Model{ID: "m"}, archive.Vector{Article: "a"}},
	} {
		if s.PutVectors(t.Context(), c.m, []archive.Vector{good, c.v}) == nil {
			t.Errorf("%s: no error", name)
		}
	}
	got, err := s.Vectors(t.Context(), m)
	must(t, err)
	equal(t, 0, len(got))
	must(t, s.PutVectors(t.Context(), m, []archive.Vector{good}))
	wide := archive.Model{ID: "m", Dimension: 3}
	if s.PutVectors(t.Context(), wide, []archive.Vector{{Article: "a", Values: []float32{1, 1, 1}}}) == nil {
		t.Error("a mix of dimensions was taken")
	}
	if _, err := s.Vectors(t.Context(), wide); err == nil {
		t.Error("vectors of another dimension were given out")
	}
}

func testRun(t *testing.T, open Opener) {
	known := func() (archive.Run, bool) {
		t.Helper()
		r, ok, err := open().Run(t.Context())
		must(t, err)
		return r, ok
	}
	if r, ok := known(); ok {
		t.Errorf("before any there is %+v", r)
	}
	run := archive.Run{Places: []string{"reports", "more"}, Started: time.Unix(1e9, 0).UTC(), Place: "reports", Total: -1}
	s := open()
	must(t, s.SetRun(t.Context(), run))
	run.Place, run.Done, run.Total = "more", 3, 9
	must(t, s.SetRun(t.Context(), run))
	got, ok := known()
	equal(t, true, ok)
	equal(t, run, got)
	s = open()
	must(t, s.EndRun(t.Context()))
	must(t, s.EndRun(t.Context()))
	if r, ok := known(); ok {
		t.Errorf("after its end there is %+v", r)
	}
}

func testFeeds(t *testing.T, open Opener) {
	s := open()
	b := archive.Feed{URL: "https://b.example/rss", ETag: `W/"1"`, LastModified: "Thu, 02 Dec 2021 10:00:00 GMT", NextPoll: time.Unix(1e9, 0).UTC(), Failures: 2}
	a := archive.Feed{URL: "https://a.example/rss"}
	must(t, s.PutFeed(t.Context(), b))
	must(t, s.PutFeed(t.Context(), a))
	b.Failures = 0
	must(t, s.PutFeed(t.Context(), b))
	feeds, err := open().Feeds(t.Context())
	must(t, err)
	equal(t, []archive.Feed{a, b}, feeds)
	s = open()
	must(t, s.RemoveFeed(t.Context(), a.URL))
	must(t, s.RemoveFeed(t.Context(), a.URL))
	feeds, err = s.Feeds(t.Context())
	must(t, err)
	equal(t, []archive.Feed{b}, feeds)
	if s.PutFeed(t.Context(), archive.Feed{}) == nil {
		t.Error("a feed without a URL was taken")
	}
}

func testGeneration(t *testing.T, open Opener) {
	s := open()
	m := archive.Model{ID: "m", Dimension: 1}
	v := archive.Vector{Article: "a", Values: []float32{1}}
	var last int64
	for i, step := range []struct {
		grows bool
		do    func() error
	}{
		{false, func() error { return nil }},
		{true, func() error { _, err := s.Put(t.Context(), []archive.Record{Record("a", 2)}); return err }},
		{false, func() error { _, err := s.Put(t.Context(), []archive.Record{Record("a", 2)}); return err }},
		{true, func() error { return s.Edit(t.Context(), "a", archive.Edit{Title: new("x")}) }},
		{true, func() error { return s.SetOrigins(t.Context(), map[string]string{"a": "a"}) }},
		{true, func() error { return s.PutVectors(t.Context(), m, []archive.Vector{v}) }},
		{false, func() error { _, err := s.Vectors(t.Context(), m); return err }},
		{true, func() error { return s.PutFeed(t.Context(), archive.Feed{URL: "u"}) }},
		{false, func() error { s = open(); return nil }},
		{true, func() error { return s.Remove(t.Context(), "a") }},
	} {
		must(t, step.do())
		n, err := s.Generation(t.Context())
		must(t, err)
		if n < last || (n > last) != step.grows {
			t.Errorf("step %d: generation went from %d to %d", i, last, n)
		}
		last = n
	}
}

func testCancelled(t *testing.T, open Opener) {
	s := open()
	put(t, s, Record("a", 2))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, []archive.Record{Record("b", 2)}); !errors.Is(err, context.Canceled) {
		t.Errorf("Put: %v", err)
	}
	if err := s.Remove(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("Remove: %v", err)
	}
	var err error
	for _, err = range s.Load(ctx) {
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Load: %v", err)
	}
	equal(t, 1, len(load(t, open())))
}

// testSnapshot checks that pairs that are always put together are always seen
// together and alike.
func testSnapshot(t *testing.T, open Opener) {
	s := open()
	pair := func(i int) []archive.Record {
		a, b := Record("a", 2), Record("b", 2)
		a.Title, b.Title = fmt.Sprint(i), fmt.Sprint(i)
		return []archive.Record{a, b}
	}
	put(t, s, pair(0)...)
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				titles := map[string]bool{}
				for r, err := range s.Load(t.Context()) {
					if err != nil {
						t.Error(err)
						return
					}
					titles[r.Title] = true
				}
				if len(titles) != 1 {
					t.Errorf("seen together: %v", slices.Sorted(maps.Keys(titles)))
					return
				}
			}
		})
	}
	for i := range 30 {
		put(t, s, pair(i+1)...)
	}
	close(done)
	readers.Wait()
}
