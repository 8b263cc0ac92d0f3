package archive

import (
	"bytes"
	"crypto/sha256"
	"os"
	"testing"

	"crisisbot/retrieval/article"
)

// FuzzReadCopy reads arbitrary bytes as a second copy: what it calls sound must
// be, and everything sound must be found behind whatever else there is.
func FuzzReadCopy(f *testing.F) {
	e := newArticleEntry(Record{Article: article.Article{ID: "a", Text: "Text.\nMore \u2028 text."}})
	body, err := e.encode()
	if err != nil {
		f.Fatal(err)
	}
	good := appendLine(nil, body, sha256.Sum256(body))
	f.Add([]byte{})
	f.Add(good)
	f.Add(good[:len(good)-5])
	f.Add(bytes.Replace(good, []byte("article"), []byte("Article"), 1))
	f.Add(bytes.Repeat([]byte("0"), 200))
	f.Fuzz(func(t *testing.T, junk []byte) {
		file := append(append(bytes.Clone(junk), '\n'), good...)
		c, err := scanCopy(t.Context(), bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := c.bodies[sha256.Sum256(body)]; !ok || c.torn {
			t.Errorf("the good line was not found, torn %v", c.torn)
		}
		for sum, at := range c.bodies {
			if sha256.Sum256(file[at.offset:][:at.length]) != sum {
				t.Error("a body has another sum")
			}
		}
		for _, line := range c.bad {
			badLineName(line)
		}
	})
}

// The second copy doesn't grow without end by what leaves only marks in it.
func TestMarksAreCleared(t *testing.T) {
	a, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	marks := func() int {
		b, err := os.ReadFile(a.path(copyFile))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(b, []byte(kindGeneration))
	}
	for i, want := range []int{1, 2, 1, 2} {
		if i == 2 {
			a.marks = maxMarks
		}
		if err := a.PutFeed(t.Context(), Feed{URL: "https://feed.example"}); err != nil {
			t.Fatal(err)
		}
		if n := marks(); n != want {
			t.Errorf("after write %d there are %d marks, want %d", i, n, want)
		}
	}
	if r, err := a.Verify(t.Context()); err != nil || !r.OK() {
		t.Errorf("%v, %v", r, err)
	}
}
