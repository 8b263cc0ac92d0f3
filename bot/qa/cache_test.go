package qa

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"crisisbot/prompts"
	"crisisbot/retrieval/article"
)

// kulebaModel answers the question about Kuleba, and counts.
func kulebaModel() *fakeModel {
	return &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"answer": kulebaReply}}
}

func (m *fakeModel) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.asked)
}

// What was written for one asker is given to others of the same place, and to nobody
// else; anything that the answer depends on makes another question of it.
func TestCache(t *testing.T) {
	lib := library(t, wordSeeds)
	m := kulebaModel()
	budget, err := NewBudget(t.Context(), Caps{}, &spendMemory{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	a := New(lib, Options{Now: evalDay, Writer: NewWriter(m, budget, rand.Reader)})
	ann := Asker{User: "ann", Scope: "guild"}
	for _, c := range []struct {
		name string
		q    Question
		call bool
	}{
		{"first", Question{ID: "1", Text: kulebaQuestion, Asker: ann}, true},
		{"again", Question{ID: "2", Text: kulebaQuestion, Asker: ann}, false},
		{"another user of the place, written otherwise", Question{Text: " what did kuleba  say his country would demonstrate", Asker: Asker{User: "bob", Scope: "guild"}}, false},
		{"another place", Question{Text: kulebaQuestion, Asker: Asker{User: "ann", Scope: "other guild"}}, true},
		{"the user alone", Question{Text: kulebaQuestion, Asker: Asker{User: "ann"}}, true},
		{"the user alone, again", Question{Text: kulebaQuestion, Asker: Asker{User: "ann"}}, false},
		{"another user alone", Question{Text: kulebaQuestion, Asker: Asker{User: "bob"}}, true},
		{"a user named as the place is", Question{Text: kulebaQuestion, Asker: Asker{User: "guild"}}, true},
		{"within bounds", Question{Text: kulebaQuestion, Since: "2021-12-01", Asker: ann}, true},
		{"of an outlet", Question{Text: kulebaQuestion, Source: "Moscow Times", Asker: ann}, true},
		{"in a conversation", Question{Text: kulebaQuestion, Asker: ann, History: []Turn{{Question: "Who is Lavrov?"}}}, true},
		{"another question", Question{Text: "What did Dmytro Kuleba say his country would demonstrate?", Asker: ann}, true},
	} {
		before, spent := m.count(), budget.Spend().All.Tokens
		ans, err := a.Answer(t.Context(), c.q)
		if err != nil || ans.Mode != Model {
			t.Fatalf("%s: %v, %s", c.name, err, ans.Mode)
		}
		called := m.count() > before
		if called != c.call || ans.Trace.Cached == c.call || (ans.Trace.Usage.In > 0) != c.call || (budget.Spend().All.Tokens > spent) != c.call {
			t.Errorf("%s: called is %v, want %v; %+v", c.name, called, c.call, ans.Trace)
		}
		if ans.Question != c.q.Text || ans.ID != c.q.ID || ans.Text == "" {
			t.Errorf("%s: %q %q", c.name, ans.ID, ans.Question)
		}
	}
}

// Nothing is kept of what the model did not write, of articles that have changed, or
// of those who want to be forgotten; and nothing for long, or without bound.
func TestCacheDrops(t *testing.T) {
	stories := func(text string) article.Article {
		return article.Article{ID: "story", Title: "Talks", Publisher: "The Star", Published: "2021-12-02", Text: "Talks\n\n" + text + "\n"}
	}
	const told = "Dmytro Kuleba said his country would \"demonstrate restraint.\""
	lib := printedStories(t, stories(told))
	now := evalDay()
	m := kulebaModel()
	a := New(lib, Options{Now: func() time.Time { return now }, Writer: NewWriter(m, nil, rand.Reader)})
	asks := func(text string, by Asker) bool {
		t.Helper()
		before := m.count()
		if _, err := a.Answer(t.Context(), Question{Text: text, Asker: by}); err != nil {
			t.Fatal(err)
		}
		return m.count() > before
	}
	ann, bob := Asker{User: "ann", Scope: "guild"}, Asker{User: "bob", Scope: "guild"}
	step := func(name string, by Asker, want bool) {
		t.Helper()
		if got := asks(kulebaQuestion, by); got != want {
			t.Errorf("%s: asked the model is %v, want %v", name, got, want)
		}
	}
	step("first", ann, true)
	step("second user", bob, false)
	now = now.Add(cacheAge - 1)
	step("just before its age", ann, false)
	now = now.Add(1)
	step("too old", ann, true)
	a.Forget("carl")
	step("after somebody else was forgotten", bob, false)
	a.Forget("bob")
	if len(a.cache.kept) != 0 {
		t.Errorf("%d answers kept of a user who was forgotten", len(a.cache.kept))
	}
	step("after one of the askers was forgotten", ann, true)
	a.ForgetScope("guild")
	step("after the place was left", ann, true)
	if _, err := lib.Add(t.Context(), stories(told+" The talks went on.")); err != nil {
		t.Fatal(err)
	}
	a.ForgetArticles()
	if len(a.cache.kept)+a.cache.order.Len() != 0 {
		t.Error("something is kept of an article that changed")
	}
	step("after an article changed", ann, true)
	for i := range cacheMost + 20 {
		asks(kulebaQuestion, Asker{User: fmt.Sprint(i)})
	}
	if n := len(a.cache.kept); n != cacheMost || a.cache.order.Len() != n {
		t.Errorf("%d answers kept, want %d", n, cacheMost)
	}
	m.reply["answer"] = func(prompts.Prompt) (string, error) { return "", ErrModelDown }
	step("down", Asker{User: "dora"}, true)
	m.reply["answer"] = kulebaReply
	step("up again", Asker{User: "dora"}, true)
}

// Ten who ask the same at once cost one call; each is told of the progress, and one
// who goes away takes nothing from the others.
func TestCacheOneCallForAll(t *testing.T) {
	lib := library(t, wordSeeds)
	synctest.Test(t, func(t *testing.T) {
		m := kulebaModel()
		m.reply["answer"] = func(p prompts.Prompt) (string, error) {
			time.Sleep(2 * time.Second)
			return kulebaReply(p)
		}
		a := m.answerer(t, lib)
		var wg sync.WaitGroup
		paid := make(chan bool, 10)
		for i := range 10 {
			wg.Go(func() {
				ctx := t.Context()
				if i%5 == 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, time.Second)
					defer cancel()
				}
				var stages []Stage
				ans, err := a.Answer(ctx, Question{Text: kulebaQuestion, Asker: Asker{User: fmt.Sprint(i), Scope: "guild", Progress: func(s Stage, _ []Statement, _ []Citation) {
					stages = append(stages, s)
				}}})
				if i%5 == 0 {
					if !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("%d: %v", i, err)
					}
					return
				}
				if err != nil || ans.Mode != Model || len(stages) == 0 || stages[len(stages)-1] != Checking {
					t.Errorf("%d: %v, %s, told of %q", i, err, ans.Mode, stages)
				}
				if err == nil {
					paid <- !ans.Trace.Cached
				}
			})
		}
		wg.Wait()
		close(paid)
		n := 0
		for p := range paid {
			if p {
				n++
			}
		}
		if m.count() != 1 || n > 1 {
			t.Errorf("%d calls, %d answers paid for", m.count(), n)
		}
	})
}

// What nobody waits for any more ends, and a panic is the asker's.
func TestCacheEnds(t *testing.T) {
	lib := library(t, wordSeeds)
	synctest.Test(t, func(t *testing.T) {
		gen := &slowModel{}
		a := New(lib, Options{Now: evalDay, Writer: NewWriter(gen, nil, rand.Reader)})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := a.Answer(ctx, Question{Text: kulebaQuestion}); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		synctest.Wait()
		if took := time.Since(start); took > time.Second || !gen.ended {
			t.Errorf("ended is %v after %s", gen.ended, took)
		}
		gen.panics = true
		defer func() {
			if recover() == nil {
				t.Error("a panic got lost")
			}
		}()
		_, _ = a.Answer(t.Context(), Question{Text: kulebaQuestion})
	})
}

// A slowModel writes until it is told to stop, or panics.
type slowModel struct{ ended, panics bool }

func (m *slowModel) Generate(ctx context.Context, _ Request, _ func(string)) (Reply, error) {
	if m.panics {
		panic("the model is broken")
	}
	<-ctx.Done()
	m.ended = true
	return Reply{}, ctx.Err()
}

func (*slowModel) Price(Usage) float64 { return 0 }

func (*slowModel) Context() int { return 0 }

// Summaries, timelines and claims are kept too.
func TestCacheKinds(t *testing.T) {
	lib := library(t, wordSeeds)
	m := claimModel(func(prompts.Prompt) Ruling { return NotInArticles })
	for k, f := range honestDigests() {
		m.reply[k] = f
	}
	a := m.answerer(t, lib)
	for name, ask := range map[string]func() (*Trace, error){
		"summary": func() (*Trace, error) {
			ans, err := a.Summary(t.Context(), SummaryRequest{Topic: "security guarantees", Length: Short})
			return ans.Trace, err
		},
		"timeline": func() (*Trace, error) {
			ans, err := a.Timeline(t.Context(), TimelineRequest{Topic: "talks between Putin and Biden"})
			return ans.Trace, err
		},
		"claim": func() (*Trace, error) {
			v, err := a.Check(t.Context(), CheckRequest{Text: "Dmytro Kuleba said that his country wanted snow."})
			return v.Trace, err
		},
	} {
		first, err := ask()
		if err != nil || first == nil || first.Cached {
			t.Fatalf("%s: %+v, %v", name, first, err)
		}
		before := m.count()
		if again, err := ask(); err != nil || again == nil || !again.Cached || m.count() != before {
			t.Errorf("%s: asked again: %+v, %v", name, again, err)
		}
	}
}
