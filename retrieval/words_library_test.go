package retrieval_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crisisbot/retrieval"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
)

// TestStoredWords holds that a library finds the same whether it takes the words from
// what Save wrote down or from the texts, whatever happened in between.
func TestStoredWords(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "words.derived")
	write := func(change func(*retrieval.Library)) {
		t.Helper()
		a := must(archive.Open(t.Context(), dir, archive.Options{}))(t)
		l := open(t, a, nil)
		change(l)
		check(t, a.Close())
	}
	// found says what many questions find, and what was amiss.
	found := func() (out []string, report archive.Report) {
		t.Helper()
		a := must(archive.Open(t.Context(), dir, archive.Options{ReadOnly: true}))(t)
		l := open(t, a, nil)
		for i := 0; i < 300; i += 9 {
			for _, h := range must(l.Search(t.Context(), must(l.Query(fmt.Sprintf("Subject%d shrinks the castle", i), retrieval.Filter{}, ""))(t)))(t) {
				out = append(out, fmt.Sprintf("%d %s %s %.6f", i, h.Key(), h.Article.Publisher, h.Score))
			}
			out = append(out, fmt.Sprint(l.IsName(fmt.Sprintf("subject%d", i)), l.IsName("castl")))
		}
		report = a.Report()
		check(t, a.Close())
		return out, report
	}
	// same compares what is found with and without the stored words.
	same := func(what string, amiss bool) {
		t.Helper()
		stored := must(os.ReadFile(file))(t)
		with, report := found()
		if report.OK() == amiss {
			t.Errorf("%s: reported %q", what, report.Found)
		}
		check(t, os.Remove(file))
		without, _ := found()
		check(t, os.WriteFile(file, stored, 0o644))
		if d := cmp.Diff(without, with); d != "" {
			t.Errorf("%s (-from the texts +from the stored words):\n%s", what, d)
		}
	}

	var articles []article.Article
	for i := range 300 {
		articles = append(articles, news(fmt.Sprintf("id-%d", i), fmt.Sprintf("Subject%d", i)))
	}
	write(func(l *retrieval.Library) {
		must(l.Add(t.Context(), articles...))(t)
		check(t, l.Save())
	})
	same("as it was saved", false)

	write(func(l *retrieval.Library) {
		changed := articles[9]
		changed.Text += "\nThe castle of Subject9 is rebuilt twice.\n"
		must(l.Add(t.Context(), changed, news("new", "Subject18")))(t)
		check(t, l.Edit(t.Context(), "id-27", archive.Edit{Title: new("The castle of Subject27"), Publisher: new("The Castle Post")}))
		before := must(os.Stat(file))(t)
		check(t, l.Save())
		if after := must(os.Stat(file))(t); !after.ModTime().Equal(before.ModTime()) {
			t.Error("saved again for three articles")
		}
	})
	same("after a revision, a new article and a correction", false)

	whole := must(os.ReadFile(file))(t)
	for at := 0; at < len(whole); at += len(whole)/6 + 1 {
		damaged := strings.Clone(string(whole))
		check(t, os.WriteFile(file, []byte(damaged[:at]+string(damaged[at]^1)+damaged[at+1:]), 0o644))
		if at == 0 {
			check(t, os.WriteFile(file, whole[:at], 0o644))
		}
		same(fmt.Sprintf("damaged at %d", at), true)
	}
	check(t, os.WriteFile(file, whole, 0o644))

	write(func(l *retrieval.Library) {
		check(t, l.Remove(t.Context(), "id-36"))
		if _, err := os.Stat(file); err == nil {
			t.Error("the words of a removed article are still there")
		}
		check(t, l.Save())
	})
	if b := must(os.ReadFile(file))(t); strings.Contains(string(b), "subject36") {
		t.Error("the words of a removed article were written down")
	}
	same("after a removal", false)
}
