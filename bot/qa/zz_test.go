package qa_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"crisisbot/bot/qa"
)

func TestZZ(t *testing.T) {
	a := onSeeds(t)
	got, all := 0, 0
	for _, s := range readSet[setSummary](t, "summaries.jsonl") {
		ans, err := a.Summary(context.Background(), qa.SummaryRequest{ID: s.ID, Topic: s.Task.Topic, Article: s.Task.Article, Since: s.Task.Since, Until: s.Task.Until, Length: qa.Length(s.Task.Length)})
		if err != nil {
			fmt.Println(s.ID, err)
			continue
		}
		var miss []string
		n := 0
		for _, p := range s.Points {
			all++
			ok := false
			for _, e := range p.Evidence {
				for _, c := range ans.Citations {
					if c.File == e.File && (strings.Contains(c.Quote, e.Quote) || strings.Contains(e.Quote, c.Quote)) {
						ok = true
					}
				}
			}
			if ok {
				got++
				n++
			} else {
				miss = append(miss, p.Point)
			}
		}
		fmt.Printf("%s %v %d/%d, %d statements %d ms %v\n%s\n", s.ID, s.Task, n, len(s.Points), len(ans.Statements), ans.TookMS, ans.Reason, ans.Text)
		for _, m := range miss {
			fmt.Println("    MISS", m)
		}
	}
	fmt.Println(got, all, float64(got)/float64(all))
}

func points(t *testing.T, a *qa.Answerer, sets []setSummary) (int, int, float64) {
	got, all, pass := 0, 0, 0.0
	for _, s := range sets {
		ans, err := a.Summary(context.Background(), qa.SummaryRequest{ID: s.ID, Topic: s.Task.Topic, Article: s.Task.Article, Since: s.Task.Since, Until: s.Task.Until, Length: qa.Length(s.Task.Length)})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, p := range s.Points {
			all++
			ok := false
			for _, e := range p.Evidence {
				for _, c := range ans.Citations {
					if c.File == e.File && (strings.Contains(c.Quote, e.Quote) || strings.Contains(e.Quote, c.Quote)) {
						ok = true
					}
				}
			}
			if ok {
				got++
				n++
			}
		}
		pass += float64(n) / float64(len(s.Points))
	}
	return got, all, pass / float64(len(sets))
}

func TestTune(t *testing.T) {
	a := onSeeds(t)
	sets := readSet[setSummary](t, "summaries.jsonl")
	r := rand.New(rand.NewPCG(1, 2))
	best, bestP := -1.0, qa.P
	type res struct {
		v float64
		p any
	}
	for i := range 250 {
		p := bestP
		if i > 0 {
			f := func(x *float64, lo, hi float64) {
				if r.Float64() < 0.3 {
					*x = lo + r.Float64()*(hi-lo)
				}
			}
			f(&p.ToldAgain, 0, 0.9)
			f(&p.HeardAgain, 0.7, 1)
			f(&p.LengthPower, 0.3, 1.3)
			f(&p.LeadWeight, 0, 2)
			f(&p.LeadHalf, 2, 15)
			f(&p.Garbled, 0.7, 1)
			f(&p.Captioned, 0.4, 1)
			f(&p.TopicPower, 0.5, 5)
			f(&p.TopicShare, 0.3, 0.8)
			f(&p.Figures, 0.8, 2)
			f(&p.Speaker, 0.8, 1.6)
			f(&p.Anaphora, 0.5, 1)
			f(&p.Bullet, 0.6, 1.5)
		}
		qa.P = p
		got, all, mean := points(t, a, sets)
		v := float64(got)/float64(all) + mean
		if v > best {
			best, bestP = v, p
			fmt.Printf("%d: %d/%d mean %.3f %+v\n", i, got, all, mean, p)
		}
	}
}
