package retrieval_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crisisbot/retrieval"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/embed"
	"crisisbot/retrieval/source"
	"crisisbot/seeds"
)

// letters is an Embedder whose vectors count the words of a text by their hash. It
// remembers how many texts it was given.
type letters struct {
	name    string
	dim     int
	encoded atomic.Int64
	fail    atomic.Bool
}

func newLetters() *letters { return &letters{name: "letters", dim: 32} }

func (e *letters) Model() string { return e.name }
func (e *letters) Dim() int      { return e.dim }

func (e *letters) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	v, err := e.EmbedPassages(ctx, []string{text})
	if err != nil {
		return nil, err
	}
	return v[0], nil
}

func (e *letters) EmbedPassages(ctx context.Context, texts []string) ([][]float32, error) {
	if e.fail.Load() {
		return nil, errors.New("the encoder is away")
	}
	out := make([][]float32, len(texts))
	for i, text := range texts {
		words := strings.Fields(strings.ToLower(text))
		if strings.Trim(text, "* ") == "" {
			return nil, fmt.Errorf("text %d: %w", i, embed.ErrEmpty)
		}
		out[i] = make([]float32, e.dim)
		for _, w := range words {
			h := fnv.New32a()
			h.Write([]byte(w))
			out[i][h.Sum32()%uint32(e.dim)]++
		}
		var sum float64
		for _, x := range out[i] {
			sum += float64(x * x)
		}
		for j := range out[i] {
			out[i][j] /= float32(math.Sqrt(sum))
		}
	}
	e.encoded.Add(int64(len(texts)))
	return out, ctx.Err()
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func openArchive(t testing.TB, dir string, o archive.Options) *archive.Archive {
	t.Helper()
	a := must(archive.Open(t.Context(), dir, o))(t)
	t.Cleanup(func() { a.Close() })
	return a
}

func open(t testing.TB, a retrieval.Archive, e retrieval.Embedder, starters ...article.Article) *retrieval.Library {
	t.Helper()
	return must(retrieval.Open(t.Context(), a, retrieval.Options{Embedder: e, Starters: starters}))(t)
}

func starters(t testing.TB) []article.Article {
	t.Helper()
	var out []article.Article
	for _, s := range must(seeds.All())(t) {
		out = append(out, article.Article{
			ID: s.ID, File: s.File, Title: s.Title, Publisher: s.Publisher, Authors: s.Authors,
			Published: s.Published, DateInferred: s.DateInferred, DateReason: s.DateReason,
			URL: s.URL, Quality: s.Quality, Origin: s.Origin, Text: s.Text,
		})
	}
	return out
}

// vocabulary is what news is made of.
var vocabulary = strings.Fields(`army minister border talks winter harvest mayor tunnel engine river market
	student doctor camera garden library castle orchestra painter window bottle planet island volcano battery
	kitchen lawyer whisper forest anchor ladder pepper compass saddle violin lantern hammer blanket cactus
	meadow glacier pigeon carpet turbine satellite magnet mirror pillow ribbon basket candle thunder valley
	helmet dragon feather marble needle oyster parrot quarry rocket shovel tailor umbrella velvet walnut
	shrinks opens warns settles hides carries follows measures answers forgets remembers paints breaks lifts
	slowly loudly twice tomorrow together nearly above beneath without against between during`)

// news is an article about one subject, different from that about any other.
func news(id, subject string) article.Article {
	h := fnv.New64a()
	h.Write([]byte(subject))
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	var b strings.Builder
	fmt.Fprintf(&b, "%s surprises the capital\n", subject)
	for range 6 {
		b.WriteString("\n")
		for range 2 {
			fmt.Fprintf(&b, "The %s", subject)
			for range 12 {
				b.WriteString(" " + vocabulary[r.IntN(len(vocabulary))])
			}
			b.WriteString(". ")
		}
		b.WriteString("\n")
	}
	return article.Article{ID: id, Title: subject + " surprises the capital", Publisher: "The " + subject + " Post", Published: "2022-01-02", Text: b.String()}
}

func statuses(outcomes []retrieval.Outcome) (out []string) {
	for _, o := range outcomes {
		out = append(out, o.ID+" "+string(o.Status))
	}
	return out
}

func found(t testing.TB, l *retrieval.Library, question string) (ids []string) {
	t.Helper()
	q := must(l.Query(question, retrieval.Filter{}, ""))(t)
	for _, h := range must(l.Search(t.Context(), q))(t) {
		if h.Article.Text[h.Start:h.End] != h.Text() {
			t.Fatalf("%s: its text is not where it says", h.Key())
		}
		if !slices.Contains(ids, h.Article.ID) {
			ids = append(ids, h.Article.ID)
		}
	}
	return ids
}

func wantDiff(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestAddIsKept(t *testing.T) {
	dir := t.TempDir()
	a := openArchive(t, dir, archive.Options{})
	l := open(t, a, nil)
	wheat, rail := news("a", "wheat"), news("b", "railway")
	out := must(l.Add(t.Context(), wheat, rail))(t)
	wantDiff(t, "first", statuses(out), []string{"a added", "b added"})
	wantDiff(t, "again", statuses(must(l.Add(t.Context(), wheat))(t)), []string{"a unchanged"})
	rail.Text += "\nThe tunnel was flooded by a broken pipe. Engineers closed it.\n"
	before := l.Revision()
	wantDiff(t, "changed", statuses(must(l.Add(t.Context(), rail))(t)), []string{"b updated"})
	if l.Revision() <= before {
		t.Error("the revision stays the same although an article has changed")
	}
	for _, name := range []string{"as added", "opened again"} {
		wantDiff(t, name, found(t, l, "Why was the tunnel flooded?"), []string{"b"})
		if a, ok := l.Article("b"); !ok || a.Text != rail.Text || a.Origin != "b" {
			t.Errorf("%s: article b is not the newest revision: %+v", name, a)
		}
		a.Close()
		a = openArchive(t, dir, archive.Options{})
		l = open(t, a, nil)
	}
}

func TestAddTwiceInOneCall(t *testing.T) {
	for _, l := range []*retrieval.Library{retrieval.New(nil), open(t, openArchive(t, t.TempDir(), archive.Options{}), nil)} {
		old, rest := news("a", "wheat"), news("a", "railway")
		out := must(l.Add(t.Context(), old, rest, rest))(t)
		wantDiff(t, "outcomes", statuses(out), []string{"a added", "a updated", "a unchanged"})
		if a, _ := l.Article("a"); a.Text != rest.Text || len(l.Articles()) != 1 {
			t.Error("the last of several with one id is not the one that stays")
		}
		if ids := found(t, l, "wheat"); ids != nil {
			t.Errorf("the earlier text is still found: %q", ids)
		}
	}
}

func TestCopiesShareAnOrigin(t *testing.T) {
	dir := t.TempDir()
	a := openArchive(t, dir, archive.Options{})
	l := open(t, a, nil)
	original := news("original", "wheat")
	original.Published, original.URL = "2022-01-01", "https://post.example/wheat"
	reprint := news("reprint", "wheat")
	reprint.Published, reprint.Publisher = "2022-01-03", ""
	reprint.Text = reprint.Text[:len(reprint.Text)-100]
	wantDiff(t, "the copy comes first", statuses(must(l.Add(t.Context(), reprint))(t)), []string{"reprint added"})
	out := must(l.Add(t.Context(), original, news("other", "railway")))(t)
	wantDiff(t, "then the original", statuses(out), []string{"original added", "other added"})
	second := reprint
	second.ID = "second"
	out = must(l.Add(t.Context(), second))(t)
	wantDiff(t, "then another copy", statuses(out), []string{"second copy"})
	if !strings.Contains(out[0].Why, "stands in") {
		t.Errorf("why it is a copy: %q", out[0].Why)
	}
	origins := func() map[string]string {
		m := map[string]string{}
		for _, a := range l.Articles() {
			m[a.ID] = a.Origin
			for _, p := range l.Passages(a.ID) {
				if p.Article.Origin != a.Origin {
					t.Errorf("%s and its article disagree", p.Key())
				}
			}
		}
		return m
	}
	want := map[string]string{"original": "original", "reprint": "original", "second": "original", "other": "other"}
	wantDiff(t, "origins", origins(), want)
	a.Close()
	a = openArchive(t, dir, archive.Options{})
	l = open(t, a, nil)
	wantDiff(t, "origins, opened again", origins(), want)

	if err := l.Remove(t.Context(), "original"); err != nil {
		t.Fatal(err)
	}
	now := origins()
	if now["reprint"] == "original" || now["reprint"] != now["second"] {
		t.Errorf("after the original is removed: %v", now)
	}
	l = open(t, a, nil)
	wantDiff(t, "after the removal, opened again", origins(), now)
}

// The quotations that a copy alters are told when it comes and while both articles are
// as they are.
func TestAltered(t *testing.T) {
	a := openArchive(t, t.TempDir(), archive.Options{})
	l := open(t, a, nil)
	original := news("original", "wheat")
	original.Published = "2022-01-01"
	original.Text += "\nThe baker told the crowd: \"We shall not raise our prices.\" Then he sang that it was \"a fine day\".\n"
	changed := strings.NewReplacer("not raise our", "raise all", "a fine day", "a grand day")
	reprint, copied := original, original
	reprint.ID, reprint.Published = "reprint", "2022-01-02"
	copied.ID, copied.Published, copied.Text = "copied", "2022-01-03", changed.Replace(original.Text)
	out := must(l.Add(t.Context(), original, reprint, copied))(t)
	wantDiff(t, "articles", statuses(out), []string{"original added", "reprint copy", "copied copy"})
	if strings.Contains(out[1].Why, "altered") || !strings.HasSuffix(out[2].Why, "; 2 quotations are altered") {
		t.Errorf("why they are copies: %q, %q", out[1].Why, out[2].Why)
	}
	altered := func(id string) (words []string) {
		t.Helper()
		of, _ := l.Article("original")
		by, _ := l.Article(id)
		for _, q := range l.Altered(id) {
			words = append(words, q.Original.In(of.Text)+" > "+q.Copy.In(by.Text))
		}
		return words
	}
	both := []string{"We shall not raise our prices. > We shall raise all prices.", "a fine day > a grand day"}
	for range 2 {
		wantDiff(t, "of the copy", altered("copied"), both)
	}
	wantDiff(t, "of the reprint, the original and none", len(l.Altered("reprint"))+len(l.Altered("original"))+len(l.Altered("none")), 0)
	l = open(t, a, nil)
	wantDiff(t, "opened again", altered("copied"), both)

	original.Text = strings.ReplaceAll(original.Text, "a fine day", "a grand day")
	must(l.Add(t.Context(), original))(t)
	wantDiff(t, "once the original is revised", altered("copied"), both[:1])
	check(t, l.Remove(t.Context(), "original", "reprint"))
	wantDiff(t, "once the original is gone", len(l.Altered("copied")), 0)
}

func TestRemove(t *testing.T) {
	a := openArchive(t, t.TempDir(), archive.Options{})
	e := newLetters()
	l := open(t, a, e)
	must(l.Add(t.Context(), news("a", "wheat"), news("b", "railway")))(t)
	check(t, l.Encode(t.Context(), nil))
	var unknown *retrieval.UnknownError
	if err := l.Remove(t.Context(), "a", "c"); !errors.As(err, &unknown) || unknown.Name != "c" {
		t.Errorf("an unknown article: %v", err)
	}
	if len(l.Articles()) != 2 {
		t.Error("something was removed beside an unknown article")
	}
	check(t, l.Remove(t.Context(), "a", "a"))
	wantDiff(t, "found", found(t, l, "wheat"), []string{"b"}) // by meaning alone
	if got := l.Encoding(); got.Total != len(l.Passages("b")) || got.Done != got.Total {
		t.Errorf("vectors: %+v", got)
	}
	if _, ok := l.Article("a"); ok || l.Known("wheat") {
		t.Error("the article is still there")
	}
	if l = open(t, a, e); len(l.Articles()) != 1 {
		t.Error("the article is back")
	}
}

func TestEdit(t *testing.T) {
	dir := t.TempDir()
	a := openArchive(t, dir, archive.Options{})
	l := open(t, a, newLetters())
	must(l.Add(t.Context(), news("a", "wheat"), news("b", "railway")))(t)
	check(t, l.Encode(t.Context(), nil))
	day, publisher := "2021-06-05", "The Harbour Gazette"
	check(t, l.Edit(t.Context(), "a", archive.Edit{Published: &day, Publisher: &publisher}))
	if err := l.Edit(t.Context(), "nothing", archive.Edit{Published: &day}); !errors.As(err, new(*retrieval.UnknownError)) {
		t.Errorf("an unknown article: %v", err)
	}
	check(t, l.Encode(t.Context(), nil))
	for range 2 {
		wantDiff(t, "by its new publisher", found(t, l, "What did The Harbour Gazette say about the mayor in June 2021?"), []string{"a"})
		got, _ := l.Article("a")
		if got.Published != day || got.Publisher != publisher {
			t.Errorf("edited: %+v", got)
		}
		out := must(l.Add(t.Context(), news("a", "wheat")))(t)
		wantDiff(t, "the same again", statuses(out), []string{"a unchanged"})
		l = open(t, a, newLetters())
	}
	longer := news("a", "wheat")
	longer.Text += "\nOne more sentence about barley.\n"
	must(l.Add(t.Context(), longer))(t)
	if got, _ := l.Article("a"); got.Published != day || got.Text != longer.Text {
		t.Errorf("a revision forgets the correction: %+v", got)
	}
}

func TestVectorsAreComputedOnce(t *testing.T) {
	dir := t.TempDir()
	a := openArchive(t, dir, archive.Options{})
	e := newLetters()
	l := open(t, a, e)
	wheat := news("a", "wheat")
	must(l.Add(t.Context(), wheat, news("b", "railway")))(t)
	total := len(l.Passages("a")) + len(l.Passages("b"))
	var seen [][2]int
	check(t, l.Encode(t.Context(), func(done, total int) { seen = append(seen, [2]int{done, total}) }))
	wantDiff(t, "progress", seen, [][2]int{{total, total}})
	wantDiff(t, "encoding", l.Encoding(), retrieval.Encoding{Model: "letters", Done: total, Total: total})
	first := e.encoded.Load()

	wheat.Text += "\nOne more sentence about barley and nothing else at all.\n"
	must(l.Add(t.Context(), wheat))(t)
	check(t, l.Encode(t.Context(), nil))
	if n := e.encoded.Load() - first; n != 1 {
		t.Errorf("%d passages were encoded for one that is new", n)
	}
	e = newLetters()
	l = open(t, a, e)
	check(t, l.Encode(t.Context(), nil))
	if n := e.encoded.Load(); n != 0 {
		t.Errorf("%d passages were encoded again after a restart", n)
	}
	if got := l.Encoding(); got.Done != total+1 || got.Others != nil {
		t.Errorf("after a restart: %+v", got)
	}

	other := newLetters()
	other.name = "numbers"
	l = open(t, a, other)
	wantDiff(t, "with another model", l.Encoding(), retrieval.Encoding{Model: "numbers", Total: total + 1, Others: []string{"letters/32"}})
	other.fail.Store(true)
	if err := l.Encode(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "the encoder is away") {
		t.Errorf("with an encoder that fails: %v", err)
	}
	wantDiff(t, "by words meanwhile", found(t, l, "wheat"), []string{"a"})
	other.fail.Store(false)
	check(t, l.Encode(t.Context(), nil))
	if n := other.encoded.Load(); int(n) != total+1 {
		t.Errorf("another model encoded %d of %d passages", n, total+1)
	}
	shorter := newLetters()
	shorter.dim = 16
	if got := open(t, a, shorter).Encoding(); got.Done != 0 || len(got.Others) != 2 {
		t.Errorf("the same model with another dimension: %+v", got)
	}
}

func TestPassagesWithoutWords(t *testing.T) {
	e := newLetters()
	l := retrieval.New(e)
	text := "* * * *"
	a := article.Article{ID: "a", Text: text + "\n\nThe wheat grew."}
	must(l.Add(t.Context(), a))(t)
	check(t, l.Encode(t.Context(), nil))
	wantDiff(t, "found", found(t, l, "wheat"), []string{"a"})
	if got := l.Encoding(); got.Done != got.Total {
		t.Errorf("vectors: %+v", got)
	}
}

func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	writer := openArchive(t, dir, archive.Options{})
	l := open(t, writer, newLetters())
	must(l.Add(t.Context(), news("a", "wheat")))(t)

	reader := openArchive(t, dir, archive.Options{ReadOnly: true})
	if reader.Writable() {
		t.Fatal("the second one can write too")
	}
	e := newLetters()
	l = open(t, reader, e, starters(t)...)
	check(t, l.Encode(t.Context(), nil))
	wantDiff(t, "with starter articles in memory", len(l.Articles()), 6)
	if ids := found(t, l, "What did the wheat do?"); len(ids) == 0 || ids[0] != "a" {
		t.Errorf("found %q", ids)
	}
	if e.encoded.Load() == 0 {
		t.Error("nothing was encoded")
	}
	for what, err := range map[string]error{
		"add":    second(l.Add(t.Context(), news("b", "railway"))),
		"remove": l.Remove(t.Context(), "a"),
		"edit":   l.Edit(t.Context(), "a", archive.Edit{}),
	} {
		if !errors.Is(err, archive.ErrReadOnly) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if models, err := reader.Models(t.Context()); err != nil || len(models) != 0 {
		t.Errorf("models in the archive: %v %v", models, err)
	}
}

func second[T any](_ T, err error) error { return err }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestStarters(t *testing.T) {
	dir := t.TempDir()
	a := openArchive(t, dir, archive.Options{})
	all := starters(t)
	l := open(t, a, nil, all...)
	got := map[string]article.Article{}
	for _, a := range l.Articles() {
		got[a.ID] = *a
	}
	want := map[string]article.Article{}
	for _, s := range all {
		want[s.ID] = s
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("starter articles (-want +got):\n%s", d)
	}
	generation := must(a.Generation(t.Context()))(t)

	// The same text from a folder, where less is known about it.
	read := all[0]
	read.Text = source.Clean(read.Text)
	read.ID, read.Title, read.Publisher, read.Quality, read.Published, read.Origin = "another-id", "Another title", "A folder", "", "", ""
	out := must(l.Add(t.Context(), read))(t)
	wantDiff(t, "the same text", statuses(out), []string{all[0].ID + " unchanged"})
	read.File = "elsewhere.txt"
	out = must(l.Add(t.Context(), read))(t)
	wantDiff(t, "the same text from another file", statuses(out), []string{"another-id copy"})
	check(t, l.Remove(t.Context(), "another-id"))

	day := "2021-12-08"
	check(t, l.Edit(t.Context(), all[0].ID, archive.Edit{Published: &day}))
	check(t, l.Remove(t.Context(), all[1].ID))
	newer := all[2]
	newer.Text += "\nA correction was added by the editors.\n"
	must(l.Add(t.Context(), newer))(t)
	if now := must(a.Generation(t.Context()))(t); now <= generation {
		t.Fatal("nothing was written")
	}
	generation = must(a.Generation(t.Context()))(t)
	l = open(t, a, nil, all...)
	if a, _ := l.Article(all[0].ID); a == nil || a.Published != day {
		t.Errorf("a corrected starter article: %+v", a)
	}
	if _, ok := l.Article(all[1].ID); ok {
		t.Error("a removed starter article is back")
	}
	if a, _ := l.Article(all[2].ID); a == nil || a.Text != newer.Text {
		t.Error("a newer text of a starter article was lost")
	}
	if now := must(a.Generation(t.Context()))(t); now != generation {
		t.Error("opening wrote to the archive although nothing was new")
	}
	all[3].Quality = "proofread"
	l = open(t, a, nil, all...)
	if a, _ := l.Article(all[3].ID); a == nil || a.Quality != "proofread" {
		t.Error("a better catalogue is not taken over")
	}
}

// brokenArchive fails at one of its methods.
type brokenArchive struct {
	*archive.Archive
	put, origins bool
}

func (b *brokenArchive) Put(ctx context.Context, r []archive.Record) ([]archive.Outcome, error) {
	if b.put {
		return nil, errors.New("the disk is full")
	}
	return b.Archive.Put(ctx, r)
}

func (b *brokenArchive) SetOrigins(ctx context.Context, o map[string]string) error {
	if b.origins {
		return errors.New("the disk is full")
	}
	return b.Archive.SetOrigins(ctx, o)
}

func TestAddFails(t *testing.T) {
	a := &brokenArchive{Archive: openArchive(t, t.TempDir(), archive.Options{})}
	l := open(t, a, nil)
	reprint, original := news("reprint", "wheat"), news("original", "wheat")
	reprint.Text = reprint.Text[:len(reprint.Text)-100]
	original.Published = "2022-01-01"
	a.put = true
	if _, err := l.Add(t.Context(), reprint); err == nil {
		t.Fatal("a full disk is no error")
	}
	if len(l.Articles()) != 0 {
		t.Error("an article that was not stored is shown")
	}
	a.put = false
	must(l.Add(t.Context(), reprint))(t)
	a.origins = true
	if _, err := l.Add(t.Context(), original); err == nil {
		t.Fatal("a full disk is no error")
	}
	a.origins = false
	l = open(t, a, nil)
	for _, a := range l.Articles() { // never two witnesses
		if a.Origin != "reprint" {
			t.Errorf("%s has the origin %s after a failure", a.ID, a.Origin)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	e := newLetters()
	l := open(t, openArchive(t, t.TempDir(), archive.Options{}), e)
	subjects := []string{"wheat", "railway", "harbour", "winter", "bridge", "court", "school", "river"}
	var wg sync.WaitGroup
	for i, s := range subjects {
		wg.Go(func() {
			for n := range 4 {
				a := news(s, s)
				a.Text += strings.Repeat("\nAnother line about "+s+".\n", n)
				if _, err := l.Add(t.Context(), a); err != nil {
					t.Error(err)
				}
				if err := l.Encode(t.Context(), nil); err != nil {
					t.Error(err)
				}
			}
			if i%4 == 3 {
				if err := l.Remove(t.Context(), s); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 20 {
				q, err := l.Query("Who said that the "+s+" ended?", retrieval.Filter{}, "")
				if err != nil {
					t.Error(err)
				}
				hits, err := l.Search(t.Context(), q)
				if err != nil {
					t.Error(err)
				}
				for _, h := range hits {
					if h.End > len(h.Article.Text) {
						t.Errorf("%s lies outside its article", h.Key())
					}
				}
				l.Covered()
				l.IsName(s)
				l.Encoding()
			}
		})
	}
	wg.Wait()
	wantDiff(t, "articles", len(l.Articles()), 6)
	for _, s := range subjects[:3] {
		if ids := found(t, l, s); len(ids) == 0 || ids[0] != s {
			t.Errorf("%s: found %q", s, ids)
		}
	}
	if got := l.Encoding(); got.Done != got.Total {
		t.Errorf("vectors: %+v", got)
	}
}

func TestDamageIsReported(t *testing.T) {
	dir := t.TempDir()
	a := openArchive(t, dir, archive.Options{})
	must(open(t, a, nil).Add(t.Context(), news("a", "wheat"), news("b", "railway")))(t)
	check(t, a.Close())
	for _, name := range []string{"archive.db", "archive.copy"} {
		damage(t, filepath.Join(dir, name), "railway")
	}
	a = openArchive(t, dir, archive.Options{})
	l := open(t, a, nil, starters(t)...)
	wantDiff(t, "articles left", len(l.Articles()), 6)
	if r := a.Report(); r.OK() || len(r.Lost) != 1 || r.Lost[0] != "b" {
		t.Errorf("report: %+v", r)
	}
	wantDiff(t, "found", found(t, l, "wheat"), []string{"a"})
}

// damage changes a letter of every occurrence of a word in a file.
func damage(t *testing.T, file, word string) {
	t.Helper()
	b := must(os.ReadFile(file))(t)
	if !strings.Contains(string(b), word) {
		t.Fatalf("%s does not hold %q", file, word)
	}
	check(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(b), word, word[:1]+"_"+word[2:])), 0o600))
}
