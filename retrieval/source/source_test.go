package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"crisisbot/retrieval/article"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var today = time.Date(2022, 3, 1, 12, 0, 0, 0, time.UTC)

func newReader() *Reader { return New(Options{Now: func() time.Time { return today }}) }

// collect returns what a reading yields, problems as "severity place: reason".
func collect(t testing.TB, seq iter.Seq2[article.Article, error]) (articles []article.Article, problems []string) {
	t.Helper()
	for a, err := range seq {
		if err == nil {
			check(t, a)
			articles = append(articles, a)
			continue
		}
		var p *Problem
		if !errors.As(err, &p) {
			t.Fatalf("error %v is no *Problem", err)
		}
		if a.ID != "" || a.Text != "" {
			t.Errorf("problem %v comes with an article", p)
		}
		problems = append(problems, p.Severity.String()+" "+p.Error())
	}
	return articles, problems
}

// check tests what holds of every article.
func check(t testing.TB, a article.Article) {
	t.Helper()
	if a.ID == "" || strings.TrimSpace(a.Text) == "" || !utf8.ValidString(a.Text) {
		t.Errorf("article %q: text %.40q", a.ID, a.Text)
	}
	for _, s := range append([]string{a.ID, a.Title, a.Publisher, a.URL, a.Text}, a.Authors...) {
		if Clean(s) != s {
			t.Errorf("article %q: %.40q is not clean", a.ID, s)
		}
	}
	if a.Published != "" {
		if _, err := time.Parse(time.DateOnly, a.Published); err != nil {
			t.Errorf("article %q: published %q", a.ID, a.Published)
		}
	}
	if a.DateInferred != (a.DateReason != "") || a.DateInferred && a.Published == "" {
		t.Errorf("article %q: inferred %v, reason %q, published %q", a.ID, a.DateInferred, a.DateReason, a.Published)
	}
}

func zipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The folder testdata/folder, read whole, is testdata/folder.golden.
func TestFolder(t *testing.T) {
	articles, problems := collect(t, newReader().Read(context.Background(), filepath.Join("testdata", "folder")))
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	for _, a := range articles {
		if err := enc.Encode(a); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range problems {
		fmt.Fprintln(&b, filepath.ToSlash(p))
	}
	golden := filepath.Join("testdata", "folder.golden")
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("reading differs from %s (run with -update and look at the difference):\n%s", golden, b.Bytes())
	}
}

func TestFolderAgain(t *testing.T) {
	r := newReader()
	once, _ := collect(t, r.Read(context.Background(), filepath.Join("testdata", "folder")))
	twice, _ := collect(t, r.Read(context.Background(), filepath.Join("testdata", "folder")))
	if len(once) == 0 || len(once) != len(twice) {
		t.Fatalf("%d articles, then %d", len(once), len(twice))
	}
	for i := range once {
		if once[i].ID != twice[i].ID {
			t.Errorf("id %q became %q", once[i].ID, twice[i].ID)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct{ name, place, why string }{
		{"missing", filepath.Join(dir, "none.txt"), "no such file"},
		{"empty", write("empty.txt", nil), "no text"},
		{"blank", write("blank.txt", []byte(" \n\u200b\n")), "no text"},
		{"picture", write("picture.txt", []byte("\x89PNG\r\n\x1a\n\x00\x00")), "image/png"},
		{"pdf", write("paper", []byte("%PDF-1.7\n")), "application/pdf"},
		{"large", write("large.txt", bytes.Repeat([]byte("word "), 2<<20)), "too large: more than 8 MiB"},
		{"bomb", write("bomb.txt.gz", zipped(t, make([]byte, 64<<20))), "more than 100 times"},
		{"cut", write("cut.txt.gz", zipped(t, []byte(strings.Repeat("News. ", 100)))[:30]), "unexpected EOF"},
		{"toml", write("toml.md", []byte("+++\ntitle='x'\n+++\ntext")), "TOML"},
		{"open matter", write("open.md", []byte("---\ntitle: x\ntext")), "not closed"},
		{"bad matter", write("bad.md", []byte("---\ntitle: [x\n---\ntext")), "front matter: yaml: line 1"},
		{"device", os.DevNull, "not a regular file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			articles, problems := collect(t, newReader().Read(context.Background(), test.place))
			if len(articles) != 0 || len(problems) != 1 {
				t.Fatalf("%d articles, problems %q", len(articles), problems)
			}
			if !strings.HasPrefix(problems[0], "refused "+test.place+": ") || !strings.Contains(problems[0], test.why) {
				t.Errorf("problem %q, want one with %q", problems[0], test.why)
			}
		})
	}
}

func TestCharset(t *testing.T) {
	text := "Президент заявил, что переговоры о безопасности начнутся в январе. Москва отрицает подготовку к вторжению.\n\nМинистр обороны сообщил о новых учениях."
	cp1251, err := charmap.Windows1251.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	utf16 := []byte{0xff, 0xfe}
	for _, r := range text {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for _, test := range []struct{ name, content, want, note string }{
		{"utf-8", text, text, ""},
		{"utf-8 with a mark", "\ufeff" + text, text, ""},
		{"utf-16", string(utf16), text, ""},
		{"windows-1251, guessed", cp1251, text, "windows-1251"},
		{"cut utf-8", text + "\xd0", text + "\ufffd", "replaced"},
	} {
		t.Run(test.name, func(t *testing.T) {
			articles, problems := collect(t, newReader().ReadFrom(context.Background(), "news.txt", strings.NewReader(test.content)))
			if len(articles) != 1 || articles[0].Text != test.want {
				t.Fatalf("articles %+v, problems %q", articles, problems)
			}
			if (test.note != "") != (len(problems) == 1) || len(problems) == 1 && !strings.Contains(problems[0], test.note) {
				t.Errorf("problems %q, want one with %q", problems, test.note)
			}
		})
	}
}

func TestGuessedCharset(t *testing.T) {
	for _, test := range []struct {
		set  encoding.Encoding
		name string
		text string
	}{
		{charmap.Windows1251, "windows-1251", "Президент заявив, що переговори про безпеку почнуться в січні. Київ готується до оборони, їхні війська стоять на кордоні."},
		{charmap.KOI8R, "koi8-r", "Президент заявил, что переговоры о безопасности начнутся в январе. Москва отрицает подготовку к вторжению."},
		{charmap.Windows1252, "windows-1252", "The president said: “We are ready.” It’s the third time — he’d said so before."},
		{charmap.Windows1252, "windows-1252", "Le président a déclaré que les négociations sur la sécurité commenceront en janvier, a-t-il précisé."},
		{charmap.Windows1256, "windows-1256", "قال الرئيس إن المحادثات حول الأمن ستبدأ في يناير وإن القوات على الحدود"},
		{japanese.ShiftJIS, "shift_jis", "大統領は安全保障に関する協議が一月に始まると述べた。"},
		{simplifiedchinese.GBK, "gb18030", "总统表示安全会谈将于一月开始。边境部队处于戒备状态。"},
		{korean.EUCKR, "euc-kr", "대통령은 안보 회담이 1월에 시작될 것이라고 말했다."},
	} {
		content, err := test.set.NewEncoder().String(test.text)
		if err != nil {
			t.Fatal(err)
		}
		text, note, err := decode([]byte(content), "")
		if text != test.text || !strings.HasSuffix(note, test.name) || err != nil {
			t.Errorf("%s: %q, note %q, %v", test.name, text, note, err)
		}
	}
	noise := make([]byte, 300)
	for i := range noise {
		noise[i] = 0x80 + byte(i*37%31)
	}
	if text, note, err := decode(noise, ""); err == nil {
		t.Errorf("noise was taken for %q, %s", text, note)
	}
}

func TestJSONL(t *testing.T) {
	lines := strings.Join([]string{
		`{"id":"a:1","title":"Talks","source":"Reuters","published_at":"2021-12-02T10:00:00Z","url":"https://example.com/a","text":"One.","fold":"A"}`,
		``,
		`{"id":7,"title":null,"text":"The talks began on Thursday. They go on."}`,
		`{"id":"b","text":"cut`,
		`{"id":"c","text":["x"]}`,
		`["d"]`,
		`{"id":"e","text":"  "}`,
		`{"id":"f","text":"Future.","published_at":"2031-01-01","url":"javascript:alert(1)"}`,
		`{"id":"g","text":"Bad day.","published_at":"2021-02-30"}`,
		`{"id":"h\u202e","text":"Bad id."}`,
		"{\"id\":\"i\",\"text\":\"In\xffvalid \\ud800 \\u202e\"}",
		`{"id":"` + strings.Repeat("j", 201) + `","text":"Long id."}`,
		`{"id":"a:1","text":"The id of the first line."}`,
		`{"title":"Geneva","source":"AFP","published_at":"2021-12-03","text":"No id and no line end."}`,
	}, "\n")
	for name, content := range map[string][]byte{"news.jsonl": []byte(lines), "news.jsonl.gz": zipped(t, []byte(lines)), "news": []byte(lines)} {
		t.Run(name, func(t *testing.T) {
			articles, problems := collect(t, newReader().ReadFrom(context.Background(), name, bytes.NewReader(content)))
			var ids []string
			for _, a := range articles {
				ids = append(ids, a.ID)
				if a.File != strings.TrimSuffix(name, ".gz") {
					t.Errorf("file %q", a.File)
				}
			}
			if got, want := strings.Join(ids, " "), "a:1 7 f g i afp-2021-12-03-geneva"; got != want {
				t.Errorf("ids %q, want %q", got, want)
			}
			first := articles[0]
			if first.Title != "Talks" || first.Publisher != "Reuters" || first.Published != "2021-12-02" || first.DateInferred || first.URL != "https://example.com/a" || first.Text != "One." {
				t.Errorf("first article %+v", first)
			}
			if articles[4].Text != "In\ufffdvalid \ufffd " {
				t.Errorf("text %+q", articles[4].Text)
			}
			want := []string{
				"refused " + name + ":4: not a JSON object of the expected form: unexpected end",
				"refused " + name + ":5: not a JSON object of the expected form",
				"refused " + name + ":6: not a JSON object of the expected form",
				"refused " + name + ":7: no text",
				"noted " + name + ":8: its url is no web address",
				"noted " + name + ":8: date 2031-01-01 lies in the future",
				"noted " + name + ":9: there is no day 2021-02-30",
				"refused " + name + ":10: id \"h\\u202e\" holds",
				"noted " + name + ":11: bytes that are invalid",
				"refused " + name + ":12: id is 201 bytes long",
				"refused " + name + ":13: its id \"a:1\" is that of line 1 already",
			}
			if len(problems) != len(want) {
				t.Fatalf("problems:\n%s", strings.Join(problems, "\n"))
			}
			for i := range want {
				if !strings.HasPrefix(problems[i], want[i]) {
					t.Errorf("problem %q, want %q", problems[i], want[i])
				}
			}
		})
	}
}

// endless yields a line that never ends.
type endless struct{ left int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), e.left)
	for i := range p[:n] {
		p[i] = '{'
	}
	e.left -= n
	return int(n), nil
}

func TestJSONLLongLine(t *testing.T) {
	r := New(Options{MaxBytes: 1 << 20})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	articles, problems := collect(t, r.ReadFrom(context.Background(), "x.jsonl",
		io.MultiReader(&endless{256 << 20}, strings.NewReader("\n{\"id\":\"next\",\"text\":\"Goes on.\"}"))))
	runtime.ReadMemStats(&after)
	if len(articles) != 1 || articles[0].ID != "next" || len(problems) != 1 || !strings.Contains(problems[0], "x.jsonl:1: line too long: more than 1 MiB") {
		t.Errorf("articles %v, problems %q", articles, problems)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 {
		t.Errorf("%d bytes were allocated for a line of 256 MiB", grown)
	}
}

func TestReadStops(t *testing.T) {
	lines := strings.Repeat("{\"text\":\"One.\"}\n", 100)
	n := 0
	for range newReader().ReadFrom(context.Background(), "x.jsonl", strings.NewReader(lines)) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d articles after a break at 3", n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var last error
	n = 0
	for _, err := range newReader().ReadFrom(ctx, "x.jsonl", strings.NewReader(lines)) {
		if n++; n == 3 {
			cancel()
		}
		last = err
	}
	if n != 4 || !errors.Is(last, context.Canceled) {
		t.Errorf("%d items after a cancel at 3, the last %v", n, last)
	}
}

func TestBenchmarkSets(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "bench", "*", "*", "docs.jsonl"))
	if len(paths) == 0 {
		t.Skip("no ../shared/bench")
	}
	for _, path := range paths {
		articles, problems := collect(t, newReader().Read(context.Background(), path))
		seen := map[string]bool{}
		for _, a := range articles {
			seen[a.ID] = true
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(content, []byte("\n")); len(seen) != lines || len(problems) != 0 {
			t.Errorf("%s: %d articles of %d lines, problems %q", path, len(seen), lines, problems)
		}
	}
}

func FuzzJSONL(f *testing.F) {
	f.Add([]byte(`{"id":"a","title":"T","source":"S","published_at":"2021-12-02","url":"https://example.com","text":"One."}`))
	f.Add([]byte("{\"id\":1,\"text\":\"\\ud800\"}\n\xff\n{"))
	f.Fuzz(func(t *testing.T, content []byte) {
		collect(t, newReader().ReadFrom(context.Background(), "x.jsonl", bytes.NewReader(content)))
	})
}

func FuzzFrontMatter(f *testing.F) {
	f.Add([]byte("---\ntitle: T\ndate: 2021-12-02\nauthors: [A, {name: B}]\nsource: https://example.com\n---\nText."))
	f.Add([]byte("---\na: &a [x]\nb: *a\n...\nText\n---\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		articles, problems := collect(t, newReader().ReadFrom(context.Background(), "x.md", bytes.NewReader(content)))
		if len(articles) == 0 && len(problems) == 0 {
			t.Error("neither an article nor a reason")
		}
	})
}

// seedTexts is the folder of the starter articles without what lies beside them.
type seedTexts struct{ fs.FS }

func (f seedTexts) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return filepath.Ext(e.Name()) != ".txt" }), err
}

func TestSeeds(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, seedTexts{os.DirFS(filepath.Join("..", "..", "seeds"))}); err != nil {
		t.Fatal(err)
	}
	articles, problems := collect(t, newReader().Read(context.Background(), dir))
	want := []article.Article{
		{File: "000_fbf9a5a2e21661a2.txt", Published: "2021-12-07"},
		{File: "001_f756fb0d589bba0c.txt"},
		{File: "002_3d849c6632361ce0.txt", Published: "2021-12-02", Publisher: "The Washington Newsday Brief News"},
		{File: "003_71b25952f2d99c83.txt", Published: "2021-12-02", Publisher: "themoscowtimes.com", Title: "Ukraine Crisis Builds Toward Biden-Putin Talks",
			URL: "https://www.themoscowtimes.com/2021/12/02/ukraine-crisis-builds-toward-biden-putin-talks-a75722"},
		{File: "004_2edf54f40e381850.txt", Title: "Russia agrees to Ukraine and global security talks with US in January"},
	}
	if len(articles) != len(want) {
		t.Fatalf("%d articles, problems %q", len(articles), problems)
	}
	if authors, id := articles[3].Authors, articles[3].ID; !slices.Equal(authors, []string{"Marc Preel", "Francesco Fontemaggi", "AFP"}) || id != "themoscowtimes-2021-12-02-ukraine-crisis-builds" {
		t.Errorf("id %q, authors %q", id, authors)
	}
	for i, a := range articles {
		w := want[i]
		content, err := os.ReadFile(filepath.Join(dir, w.File))
		if err != nil {
			t.Fatal(err)
		}
		if a.Text != string(content) {
			t.Errorf("%s: the text differs from the file", w.File)
		}
		if a.File != w.File || a.Published != w.Published || a.Publisher != w.Publisher || a.URL != w.URL || w.Title != "" && a.Title != w.Title || a.Title == "" {
			a.Text = ""
			t.Errorf("%s: %+v", w.File, a)
		}
	}
}

func BenchmarkJSONL(b *testing.B) {
	sentence := "The council of Odd Haven met on Tuesday to talk about the harbour wall and about who is to pay for the repairs. "
	var lines bytes.Buffer
	const n = 500
	for i := range n {
		fmt.Fprintf(&lines, "{\"id\":\"%d\",\"title\":\"News %d\",\"source\":\"Wire\",\"published_at\":\"2022-01-01\",\"text\":\"%s\"}\n", i, i, strings.Repeat(sentence, 27))
	}
	for b.Loop() {
		articles, _ := collect(b, newReader().ReadFrom(context.Background(), "x.jsonl", bytes.NewReader(lines.Bytes())))
		if len(articles) != n {
			b.Fatalf("%d articles", len(articles))
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "articles/s")
}
