package qa

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/embed"
	"crisisbot/seeds"
)

// seedArticles returns the five starter articles.
func seedArticles() ([]article.Article, error) {
	all, err := seeds.All()
	if err != nil {
		return nil, err
	}
	var out []article.Article
	for _, s := range all {
		out = append(out, article.Article{
			ID: s.ID, File: s.File, Title: s.Title, Publisher: s.Publisher, Authors: s.Authors, Published: s.Published,
			DateInferred: s.DateInferred, DateReason: s.DateReason, URL: s.URL, Quality: s.Quality, Origin: s.Origin, Text: s.Text,
		})
	}
	return out, nil
}

// The starter articles as libraries, made once a test binary: searched by words
// alone, and with the encoder.
var (
	wordSeeds = sync.OnceValues(func() (*retrieval.Library, error) { return seedLibrary(nil) })
	seedsBoth = sync.OnceValues(func() (*retrieval.Library, error) {
		e, err := embed.NewLocal(embed.LocalOptions{})
		if err != nil {
			return nil, err
		}
		return seedLibrary(e)
	})
)

func seedLibrary(e retrieval.Embedder) (*retrieval.Library, error) {
	articles, err := seedArticles()
	if err != nil {
		return nil, err
	}
	lib := retrieval.New(e)
	if _, err := lib.Add(context.Background(), articles...); err != nil {
		return nil, err
	}
	return lib, lib.Encode(context.Background(), nil)
}

// library unwraps one of the libraries above.
func library(t testing.TB, lib func() (*retrieval.Library, error)) *retrieval.Library {
	t.Helper()
	l, err := lib()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// printedStories makes a library of short reports. The fields are those of
// article.Article; an empty ID, Origin or Text field is filled in.
func printedStories(t testing.TB, stories ...article.Article) *retrieval.Library {
	t.Helper()
	for i := range stories {
		s := &stories[i]
		if s.ID == "" {
			s.ID = "story-" + string(rune('a'+i))
		}
		if s.Origin == "" {
			s.Origin = s.ID
		}
		s.File = s.ID + ".txt"
	}
	lib := retrieval.New(nil)
	if _, err := lib.Add(context.Background(), stories...); err != nil {
		t.Fatal(err)
	}
	return lib
}

// evalDay is the day on which the tests ask.
func evalDay() time.Time { return time.Date(2022, 1, 10, 12, 0, 0, 0, time.UTC) }

func ask(t testing.TB, lib *retrieval.Library, q Question) Answer {
	t.Helper()
	ans, err := New(lib, Options{Now: evalDay}).Answer(context.Background(), q)
	if err != nil {
		t.Fatalf("%q: %v", q.Text, err)
	}
	return ans
}

// inquiryOf is a question made ready against a library, without a search.
func inquiryOf(t testing.TB, lib *retrieval.Library, text string) *inquiry {
	t.Helper()
	q, err := New(lib, Options{Now: evalDay}).inquire(context.Background(), Question{Text: text}, retrieval.Filter{}, false)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// sentenceOf returns the first sentence of a library that holds part.
func sentenceOf(t testing.TB, lib *retrieval.Library, part string) *sentence {
	t.Helper()
	q := inquiryOf(t, lib, "anything")
	for _, a := range lib.Articles() {
		for _, p := range lib.Passages(a.ID) {
			for _, s := range q.weigh(retrieval.Hit{Passage: p}, 0, nil) {
				if strings.Contains(s.text(), part) {
					return s
				}
			}
		}
	}
	t.Fatalf("no sentence holds %q", part)
	return nil
}

// An asked is a question of the own set.
type asked struct {
	ID, Question, Type, Conversation string
}

// ownQuestions returns the questions of the own set, in order.
func ownQuestions(t testing.TB) []asked {
	t.Helper()
	f, err := os.Open("testdata/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []asked
	for d := json.NewDecoder(f); d.More(); {
		var a asked
		if err := d.Decode(&a); err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}
