package bot

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// junk is what a mutation puts in the place of a value.
func junk(r *rand.Rand) any {
	deep := any("x")
	for range r.IntN(60) {
		deep = []any{deep}
	}
	all := []any{
		nil, true, false, 0, -1, 1e300, "", "x", "\x00\u202e@everyone", strings.Repeat("9", 400), strings.Repeat("a", 20_000), []any{}, map[string]any{},
		[]any{nil}, map[string]any{"id": nil}, deep, "18446744073709551616", []any{map[string]any{"options": []any{nil, 7}}},
	}
	return all[r.IntN(len(all))]
}

// mutate changes one to four places of a JSON value.
func mutate(r *rand.Rand, v any) any {
	for range 1 + r.IntN(4) {
		v = mutateOnce(r, v, 0)
	}
	return v
}

func mutateOnce(r *rand.Rand, v any, depth int) any {
	if depth > 0 && r.IntN(4) == 0 {
		return junk(r)
	}
	switch x := v.(type) {
	case map[string]any:
		if len(x) == 0 {
			return junk(r)
		}
		keys := slices.Sorted(maps.Keys(x))
		k := keys[r.IntN(len(keys))]
		out := maps.Clone(x)
		switch r.IntN(8) {
		case 0:
			delete(out, k)
		case 1:
			out[keys[r.IntN(len(keys))]] = x[k]
		default:
			out[k] = mutateOnce(r, x[k], depth+1)
		}
		return out
	case []any:
		if len(x) == 0 {
			return junk(r)
		}
		out := slices.Clone(x)
		i := r.IntN(len(out))
		out[i] = mutateOnce(r, out[i], depth+1)
		return out
	}
	return junk(r)
}

// Interactions of every type, and the other events, with wrong, missing and huge
// values: nothing panics, and what can be answered is answered once.
func TestMutatedEvents(t *testing.T) {
	n := 10_000
	if raceEnabled {
		n /= 5
	}
	r := seeded(t)
	b, rec, wait := offline(t, nil)
	place := testChannel
	id := func(p press) string { return b.gate.ids.seal(p, place) }
	until := time.Now().Add(time.Hour)
	b.onEvent("INTERACTION_CREATE", encode(t, slash("1", "ask", testGuild, "42", "32", map[string]any{"question": "Why?"})))
	wait()
	answers, err := b.ledger.of(t.Context(), "42")
	if err != nil || len(answers) != 1 {
		t.Fatal(answers, err)
	}
	withData := func(kind int, data map[string]any) map[string]any {
		in := slash("1", "ask", testGuild, "42", "32", nil)
		in["type"], in["data"] = kind, data
		in["message"] = map[string]any{"id": "77", "content": "x", "author": map[string]any{"id": testApp}}
		return in
	}
	var bases []map[string]any
	for _, c := range []string{"ask", "check", "summary", "timeline", "sources", "help", "mydata show", "crisis-admin channels allow", "crisis-admin settings", "crisis-admin ingest", "crisis-admin remove", "crisis-admin stats"} {
		bases = append(bases, slash("1", c, testGuild, "42", "32", map[string]any{"question": "Why?", "private": true, "url": "https://news.example", "article": "article-1", "search": "kyiv", "claim": "So.", "topic": "talks", "length": "short"}))
	}
	bases = append(bases,
		map[string]any{"id": "1", "token": "t", "application_id": testApp, "type": 1},
		withData(4, map[string]any{"name": "ask", "type": 1, "options": []any{map[string]any{"name": "article", "type": 3, "value": "kyiv", "focused": true}}}),
		withData(2, map[string]any{"name": "Ask about this message", "type": 3, "target_id": "5", "resolved": map[string]any{"messages": map[string]any{"5": map[string]any{"id": "5", "content": "They say so."}}}}),
		withData(3, map[string]any{"custom_id": id(press{actShow, "", until, answers[0].ID + ".0"}), "component_type": 2}),
		withData(3, map[string]any{"custom_id": id(press{actUseless, "42", until, answers[0].ID}), "component_type": 2}),
		withData(3, map[string]any{"custom_id": id(press{actArticle, "42", until, "0|"}), "component_type": 3, "values": []any{"1"}}),
		withData(5, map[string]any{"custom_id": id(press{actReason, "42", until, answers[0].ID}), "components": []any{map[string]any{"type": 1, "components": []any{map[string]any{"type": 4, "custom_id": "reason", "value": "old"}}}}}),
		withData(5, map[string]any{"custom_id": id(press{actAskModal, "42", until, ""}), "components": []any{map[string]any{"type": 18, "component": map[string]any{"type": 4, "custom_id": "question", "value": "Why?"}}}}),
	)
	others := map[string]map[string]any{
		"MESSAGE_CREATE": {"id": "1", "channel_id": testChannel, "guild_id": testGuild, "type": 0, "content": "<@900> why?", "author": map[string]any{"id": "42"},
			"mentions": []any{map[string]any{"id": testApp}}, "referenced_message": map[string]any{"id": "9", "author": map[string]any{"id": testApp}}, "message_reference": map[string]any{"message_id": "9"}},
		"READY":         {"user": map[string]any{"id": testApp}, "application": map[string]any{"id": testApp}, "guilds": []any{map[string]any{"id": testGuild}}},
		"GUILD_CREATE":  {"id": testGuild, "preferred_locale": "uk", "threads": []any{map[string]any{"id": "6", "owner_id": testApp, "parent_id": testChannel}}},
		"GUILD_DELETE":  {"id": "801", "unavailable": true},
		"THREAD_CREATE": {"id": "6", "owner_id": testApp, "parent_id": testChannel, "guild_id": testGuild},
	}
	otherNames := slices.Sorted(maps.Keys(others))
	answerable, twice := 0, 0
	for i := range n {
		func() {
			defer func() {
				if v := recover(); v != nil {
					b.counters.panics.Add(1)
					t.Errorf("panic: %v", v)
				}
			}()
			if i%10 == 9 {
				name := otherNames[r.IntN(len(otherNames))]
				other := maps.Clone(others[name])
				other["id"] = fmt.Sprint(1_000_000 + i)
				b.onEvent(name, encode(t, mutate(r, any(other))))
				return
			}
			in := maps.Clone(bases[r.IntN(len(bases))])
			mutated, _ := mutate(r, any(in)).(map[string]any)
			if mutated == nil {
				mutated = map[string]any{}
			}
			if _, ok := mutated["id"].(string); ok {
				mutated["id"], mutated["token"] = fmt.Sprint(1_000_000+i), fmt.Sprintf("t%d", i)
			}
			payload := encode(t, mutated)
			if readInteraction(payload, testApp) != nil {
				answerable++
			}
			b.onEvent("INTERACTION_CREATE", payload)
		}()
		if i%50 == 0 { // what Discord has at once; TestOverload is about more
			wait()
		}
	}
	wait()
	rec.mu.Lock()
	answered := len(rec.callbacks) - 1
	for id, c := range rec.callbacks {
		if len(c) != 1 {
			twice++
			t.Errorf("interaction %s got %d first replies", id, len(c))
		}
	}
	rec.mu.Unlock()
	if answered != answerable || answerable < n/2 {
		t.Errorf("%d of %d answerable interactions were answered", answered, answerable)
	}
	s := b.Stats()
	t.Logf("mutated events: n = %d, %d panics; %d of %d answerable ones answered, %d twice", n, s.Panics, answered, answerable, twice)
	if s.Panics != 0 {
		t.Errorf("%d panics", s.Panics)
	}
	checkMentions(t, rec)
}

// checkMentions fails unless every message that was sent silences all mentions.
func checkMentions(t *testing.T, rec *recorder) {
	t.Helper()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	n := 0
	for _, body := range rec.bodies {
		if strings.Contains(body, `"content":`) {
			n++
			if !strings.Contains(body, `"allowed_mentions":{"parse":[],"replied_user":false}`) {
				t.Errorf("mentions are not off in %s", body)
			}
		}
	}
	t.Logf("mentions are off in n = %d of %d messages", n, n)
}
