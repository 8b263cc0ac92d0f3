package bot

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"crisisbot/bot/qa"
)

// An Outcome is what became of a question. Each field is one of a few words.
type Outcome struct {
	Form   string // what was asked for, one of qa's kinds
	Result string // answered, abstained, unclear (told what to change), timeout, restart or fault
	Mode   string // of an answer: model, extractive, or fallback where a model should have written it; else ""
}

func resultOf(a qa.Answer) string {
	if a.Abstained {
		return "abstained"
	}
	return "answered"
}

func modeOf(a qa.Answer) string {
	switch {
	case a.Mode == qa.Model:
		return "model"
	case a.Note != "":
		return "fallback"
	}
	return "extractive"
}

// Seconds are the upper bounds of the classes of a Latency; a last class has none.
var Seconds = []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 15}

// A Latency counts durations from a question's acceptance to its answer, in classes.
type Latency struct {
	Counts []int64 // one more than Seconds
	Total  time.Duration
}

// tally counts outcomes.
type tally struct {
	mu       sync.Mutex
	outcomes map[Outcome]int64
	latency  Latency
}

func newTally() *tally {
	return &tally{outcomes: map[Outcome]int64{}, latency: Latency{Counts: make([]int64, len(Seconds)+1)}}
}

func (t *tally) add(o Outcome, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.outcomes[o]++
	t.latency.Total += took
	class, _ := slices.BinarySearch(Seconds, took.Seconds())
	t.latency.Counts[class]++
}

// Counted is how many questions had an outcome.
type Counted struct {
	Outcome
	Questions int64
}

// Outcomes returns the outcomes so far, in the order of their words, and how long the
// questions took.
func (b *Bot) Outcomes() ([]Counted, Latency) {
	t := b.tally
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []Counted
	for o, n := range t.outcomes {
		all = append(all, Counted{o, n})
	}
	slices.SortFunc(all, func(a, b Counted) int {
		return cmp.Or(cmp.Compare(a.Form, b.Form), cmp.Compare(a.Result, b.Result), cmp.Compare(a.Mode, b.Mode))
	})
	return all, Latency{slices.Clone(t.latency.Counts), t.latency.Total}
}
