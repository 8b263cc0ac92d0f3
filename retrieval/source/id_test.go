package source

import (
	"fmt"
	"testing"

	"crisisbot/retrieval/article"
)

func ExampleIDs() {
	ids := NewIDs()
	fmt.Println(ids.Assign(article.Article{
		Publisher: "The Moscow Times", Published: "2021-12-02", Title: "Ukraine Crisis Builds Toward Biden-Putin Talks",
		URL: "https://www.themoscowtimes.com/2021/12/02/ukraine-crisis-builds-toward-biden-putin-talks-a75722",
	}))
	fmt.Println(ids.Assign(article.Article{Title: "Президент Зеленський у Києві", Published: "2022-02-24"}))
	// Output:
	// moscow-times-2021-12-02-ukraine-crisis-builds
	// 2022-02-24-prezident-zelenskii-u
}

func TestIDs(t *testing.T) {
	base := article.Article{Publisher: "Reuters", Published: "2021-12-02", Title: "Talks begin in Geneva", Text: "One."}
	with := func(change func(*article.Article)) article.Article {
		a := base
		change(&a)
		return a
	}
	byURL := func(url string) article.Article { return with(func(a *article.Article) { a.URL = url }) }

	ids := NewIDs()
	first := ids.Assign(byURL("https://example.com/talks"))
	if first != "reuters-2021-12-02-talks-begin-geneva" {
		t.Fatalf("first id = %q", first)
	}
	for name, again := range map[string]article.Article{
		"same":         byURL("https://example.com/talks"),
		"tracked":      byURL("http://WWW.example.com/talks/?utm_source=x&fbclid=1#top"),
		"revised text": with(func(a *article.Article) { a.URL, a.Text = "https://example.com/talks", "Two." }),
		"revised title, day": with(func(a *article.Article) {
			a.URL, a.Title, a.Published = "https://example.com/talks", "Talks end", "2021-12-03"
		}),
	} {
		if got := ids.Assign(again); got != first {
			t.Errorf("%s: id = %q, want %q", name, got, first)
		}
	}

	other := ids.Assign(byURL("https://example.com/talks?page=2"))
	if other == first || len(other) != len(first)+9 {
		t.Errorf("another address with the same title: id = %q, want %q and a hash", other, first)
	}
	if got := ids.Assign(byURL("https://example.com/talks?page=2")); got != other {
		t.Errorf("again: id = %q, want %q", got, other)
	}

	file := with(func(a *article.Article) { a.File = "talks.txt" })
	inFile := ids.Assign(file)
	file.Text = "Revised."
	if got := ids.Assign(file); got != inFile || got == first || got == other {
		t.Errorf("revised file: id = %q, want %q", got, inFile)
	}

	kept := ids.Assign(with(func(a *article.Article) { a.ID, a.URL = "7", "https://example.com/talks" }))
	if kept != "7" {
		t.Errorf("stated id = %q, want 7", kept)
	}
	shared := ids.Assign(byURL("https://example.com/talks"))
	if shared == "7" || shared != ids.Assign(byURL("https://example.com/talks")) {
		t.Errorf("address shared by two articles: id = %q", shared)
	}

	// A later run that is told of the archive goes on in the same way.
	later := NewIDs()
	for _, a := range []article.Article{
		with(func(a *article.Article) { a.ID, a.URL = other, "https://example.com/talks?page=2" }),
		with(func(a *article.Article) { a.ID, a.File = inFile, "talks.txt" }),
	} {
		later.Add(a)
	}
	if got := later.Assign(byURL("https://example.com/talks?page=2")); got != other {
		t.Errorf("later run: id = %q, want %q", got, other)
	}
	if got := later.Assign(file); got != inFile {
		t.Errorf("later run: id = %q, want %q", got, inFile)
	}

	if id := NewIDs().Assign(article.Article{Publisher: "www.news.example.co.uk", Title: "Talks"}); id != "example-talks" {
		t.Errorf("publisher known by its host: id = %q", id)
	}
	if id := NewIDs().Assign(article.Article{Text: "?"}); len(id) != 8 {
		t.Errorf("article without a name: id = %q, want a hash", id)
	}
}
