package qa_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"crisisbot/bot/qa"
)

// TestTimeline holds the timeline of everything against a golden file and looks for
// the own events in it, each at its own date.
func TestTimeline(t *testing.T) {
	a := onSeeds(t)
	ans, err := a.Timeline(context.Background(), qa.TimelineRequest{ID: "all"})
	if err != nil {
		t.Fatal(err)
	}
	checkCitations(t, "timeline", ans.Citations)
	var b strings.Builder
	b.WriteString(ans.Text + "\n")
	found, events := 0, readSet[setEvent](t, "events.jsonl")
	for _, e := range events {
		if slices.ContainsFunc(ans.Statements, func(st qa.Statement) bool {
			var cited []qa.Citation
			for _, n := range st.Citations {
				cited = append(cited, ans.Citations[n-1])
			}
			return st.Date == e.Date && cites(cited, e.Evidence)
		}) {
			found++
		} else {
			fmt.Fprintf(&b, "missing: %s %s\n", e.Date, e.Event)
		}
	}
	fmt.Fprintf(&b, "%d of %d events\n", found, len(events))
	golden(t, "timeline.golden", b.String())
	if found*100 < len(events)*85 {
		t.Errorf("%d of %d events have their date", found, len(events))
	}
	if !slices.IsSortedFunc(ans.Statements, func(x, y qa.Statement) int { return strings.Compare(x.Date[:4], y.Date[:4]) }) {
		t.Error("the years are out of order")
	}
}

func TestTimelineOf(t *testing.T) {
	a := onSeeds(t)
	for _, tt := range []struct {
		req   qa.TimelineRequest
		holds string
		lacks string
	}{
		{qa.TimelineRequest{Topic: "Crimea"}, "2014: ", "January 2022"},
		{qa.TimelineRequest{Since: "2021-12-21", Until: "2021-12-21"}, "21 December 2021", "2014"},
		{qa.TimelineRequest{Article: "the Epoch Times piece"}, "8 April 2021", "December"},
		{qa.TimelineRequest{Limit: 2}, "- ", ""},
	} {
		ans, err := a.Timeline(context.Background(), tt.req)
		if err != nil || !strings.Contains(ans.Text, tt.holds) || tt.lacks != "" && strings.Contains(ans.Text, "- "+tt.lacks) {
			t.Errorf("%+v: %v\n%s", tt.req, err, ans.Text)
		}
		if tt.req.Limit > 0 && len(ans.Statements) != tt.req.Limit {
			t.Errorf("%d events, want %d", len(ans.Statements), tt.req.Limit)
		}
	}
}

func TestTimelineAbstains(t *testing.T) {
	a := onSeeds(t)
	for _, tt := range []struct {
		req    qa.TimelineRequest
		reason qa.Reason
	}{
		{qa.TimelineRequest{Topic: "the football world cup"}, qa.NothingRelevant},
		{qa.TimelineRequest{Since: "2019", Until: "2019"}, qa.OutsidePeriod},
	} {
		ans, err := a.Timeline(context.Background(), tt.req)
		if err != nil || !ans.Abstained || ans.Reason != tt.reason || len(ans.Nearest) == 0 {
			t.Errorf("%+v: %v, %q for %s with %d near", tt.req, err, ans.Text, ans.Reason, len(ans.Nearest))
		}
	}
	for _, r := range []qa.TimelineRequest{{Since: "soon"}, {Topic: "..."}, {Limit: -1}, {Source: "The Daily Planet"}} {
		if _, err := a.Timeline(context.Background(), r); !errors.As(err, new(*qa.InputError)) {
			t.Errorf("%+v: %v, want an input error", r, err)
		}
	}
}
