package bot

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
	"crisisbot/bot/qa"
)

// The asker, and nobody else, can see how an answer came about; the operator finds the
// same by its id.
func TestHowItWasMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := OpenFileStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	w := start(t, discordtest.Options{}, func(o *Options) { o.Store = store })
	bob := w.s.User("bob")
	w.guild.Join(bob)
	trace := &qa.Trace{
		Model: "stub-1", Tries: 1, Usage: qa.Usage{In: 900, Out: 50}, Cost: 0.01,
		Steps: []qa.Step{{Prompt: "answer", Hash: "abc", Passages: []qa.Shown{{Article: "a", Start: 1, End: 2}}}},
		Drops: []qa.Drop{{Draft: qa.Draft{Text: "Unchecked words."}, Fault: qa.FaultNumber, Why: "the number 9"}, {Fault: qa.FaultNumber}, {Fault: qa.FaultName}},
	}
	w.qa.make = func(q qa.Question) (qa.Answer, error) {
		a := sampleAnswer(5)
		a.ID, a.Question, a.Mode, a.Trace = q.ID, q.Text, qa.Model, trace
		return a, nil
	}
	answer := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Why?"))).First()
	made := w.answer(w.ann.Click(w.answer(w.ann.Click(answer, "Show passages")).First(), "How it was made"))
	if !made.First().Ephemeral() {
		t.Error("it is shown to all")
	}
	wants(t, made.Text(), "Written by stub-1", "3 statements did not pass the check and were dropped: a wrong number, a wrong name", "It took 950 tokens.", "kept until")
	if strings.Contains(made.Text(), "Unchecked words") || strings.Contains(made.Text(), "the number 9") {
		t.Errorf("unchecked words are shown: %s", made.Text())
	}
	for _, row := range w.answer(bob.Click(answer, "Show passages")).First().Components {
		for _, c := range row.Components {
			if c.Label == "How it was made" {
				t.Error("bob is offered it")
			}
		}
	}
	all, err := ReadRecords(dir, time.Now())
	if err != nil || len(all) != 1 {
		t.Fatalf("%d records, %v", len(all), err)
	}
	r, ok, err := ReadRecord(dir, all[0].ID, time.Now())
	if err != nil || !ok || r.Kind != qa.AnswerKind || r.Trace == nil || len(r.Trace.Drops) != 3 || r.Answer == nil || r.Answer.Question != "Why?" {
		t.Errorf("%+v, %v, %v", r, ok, err)
	}
	if _, ok, _ := ReadRecord(dir, all[0].ID, r.Expires); ok {
		t.Error("an expired record is given")
	}
	if _, ok, err := ReadRecord(dir, "other", time.Now()); ok || err != nil {
		t.Errorf("an unknown id: %v, %v", ok, err)
	}
	w.answer(w.ann.Ask(w.general, "/mydata forget"))
	if all, _ := ReadRecords(dir, time.Now()); len(all) != 0 {
		t.Errorf("%d records left of a user who is forgotten", len(all))
	}
}

// A forgetter notes whom it was told to forget.
type forgetter struct {
	*fakeAnswerer
	mu            sync.Mutex
	users, scopes []string
}

func (f *forgetter) Forget(user string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.users = append(f.users, user)
}

func (f *forgetter) ForgetScope(scope string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.scopes = append(f.scopes, scope)
}

// Questions name who asks and who may be given the same answer; private ones and
// direct messages name nobody else. Who is forgotten is so by the same names.
func TestAskers(t *testing.T) {
	t.Parallel()
	f := &forgetter{}
	w := start(t, discordtest.Options{}, func(o *Options) {
		f.fakeAnswerer = o.Answerer.(*fakeAnswerer)
		o.Answerer = f
	})
	w.answer(w.ann.Ask(w.general, "/ask", opt("question", "In public?")))
	w.answer(w.ann.Ask(w.general, "/ask", opt("question", "In private?"), opt("private", true)))
	asked := f.questions()
	public, private := asked[0], asked[1]
	if public.Scope == "" || public.User == "" || public.User != private.User || private.Scope != "" || public.Progress == nil {
		t.Errorf("public %+v, private %+v", public.Asker, private.Asker)
	}
	w.answer(w.ann.Ask(w.general, "/mydata forget"))
	w.guild.Expel()
	for range 100 {
		f.mu.Lock()
		done := len(f.scopes) > 0
		f.mu.Unlock()
		if done {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Equal(f.users, []string{public.User}) || !slices.Equal(f.scopes, []string{public.Scope}) {
		t.Errorf("forgot the users %q and the places %q, want %q and %q", f.users, f.scopes, public.User, public.Scope)
	}
}
