package bot

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"crisisbot/bot/qa"
	"crisisbot/retrieval/article"
)

// poisons are texts that would ping, link elsewhere, hide or upset a message if a
// client read them as Markdown. %s is the marker of one of them.
var poisons = []string{
	"@everyone %s", "@here %s", "<@42> <@!42> <@&43> %s", "<#44> </ask:45> <t:1:R> <id:guide> %s", "https://evil.example/%s", "<https://evil.example/%s>",
	"[click here](https://evil.example/%s)", "[click](<https://evil.example/%s>)", "discord.gg/%s", "evil.example/%s www.evil.example", "mail@evil.example %s",
	"```\n%s\n```", "||%s||", "# %s\n## x\n### y", ">>> %s", "-# %s", "~~%s~~ **x __y", "\u202e%s\u2066", "\u200b@\u200beveryone %s", "ht\u200btps://evil.example/%s",
	"@\u00adeveryone %s", "<@\u200b42> %s", "\\<@42> \\@everyone \\\\<@42> %s", "javascript:alert('%s')", "\U000e0040\U000e0065%s", "e" + strings.Repeat("\u0301", 500) + "%s",
	"https:\u2028//evil.example/%s", "[a]\n(https://evil.example/%s)", "<\n@42> %s", "@every\none %s",
}

var (
	pings    = regexp.MustCompile(`@(everyone|here)|<@[!&]?\d|<#\d|</\w+:|<t:\d|<id:|<a?:\w+:\d`)
	links    = regexp.MustCompile(`(?i)https?://[^\s>)]*|discord\.gg/\S*|discord\.com/invite\S*`)
	unmarked = regexp.MustCompile(`\\.`) // an escaped sign is no Markdown
)

// Whatever stands in articles, answers, names and messages: nothing that is sent
// pings, links to a place of the text's choosing, or hides something.
func TestPoison(t *testing.T) {
	t.Parallel()
	n := 0
	for i, p := range poisons {
		marker := fmt.Sprintf("marker%d", i)
		bad := fmt.Sprintf(p, marker)
		library := newFakeLibrary(0)
		library.articles = []*article.Article{{
			ID: "p", Title: bad, Publisher: bad, Authors: []string{bad}, Published: "2021-12-02", DateInferred: true, DateReason: bad,
			URL: "https://news.example/p", Quality: bad, Origin: bad, Text: bad + "\n\n" + bad,
		}, {ID: "q", Title: bad, Publisher: "", URL: "javascript:" + bad, Text: bad}}
		answers := &fakeAnswerer{make: func(q qa.Question) (qa.Answer, error) {
			c := qa.Citation{ArticleID: "p", Title: bad, Publisher: bad, Published: bad, URL: "https://news.example/p", Quote: bad, End: len(bad), Passage: bad}
			d := c
			d.URL = "javascript:" + bad
			return qa.Answer{
				Text: bad + " [1]", Question: q.Text, Statements: []qa.Statement{{Text: bad, Date: bad, Citations: []int{1, 2}}},
				Citations: []qa.Citation{c, d}, Origins: 2, AsOf: bad,
				Disagreements: []qa.Disagreement{{About: bad, Sides: []qa.Side{{Value: bad, Citations: []int{1}}, {Value: bad + bad, Citations: []int{2}}}}},
			}, nil
		}}
		b, rec, wait := offline(t, func(o *Options) { o.Library, o.Answerer = library, answers })
		id := 0
		send := func(in map[string]any) {
			id++
			in["id"], in["token"] = fmt.Sprintf("6%06d", id), fmt.Sprintf("t%d", id)
			b.onEvent("INTERACTION_CREATE", encode(t, in))
			wait()
		}
		call := func(command string, options map[string]any) {
			send(slash("1", command, testGuild, "42", "32", options))
		}
		with := func(kind int, data map[string]any) {
			in := slash("1", "x", testGuild, "42", "32", nil)
			in["type"], in["data"], in["message"] = kind, data, map[string]any{"id": "77"}
			in["member"].(map[string]any)["nick"] = bad
			send(in)
		}
		press := func(p press) {
			p.expires = time.Now().Add(time.Hour)
			with(3, map[string]any{"custom_id": b.gate.ids.seal(p, testChannel), "component_type": 2, "values": []any{"0"}})
		}
		call("ask", map[string]any{"question": bad})
		call("ask", map[string]any{"question": bad, "private": true})
		call("check", map[string]any{"claim": bad})
		call("summary", map[string]any{"topic": bad})
		call("timeline", map[string]any{"topic": bad})
		call("sources", nil)
		call("sources", map[string]any{"search": bad})
		call("mydata show", nil)
		call("crisis-admin ingest", map[string]any{"url": "refuse " + bad})
		call("crisis-admin remove", map[string]any{"article": "p"})
		press(pressOf(actArticle, "42", "0|"))
		all, err := b.ledger.of(t.Context(), "42")
		if err != nil || len(all) != 5 {
			t.Fatalf("%d answers kept, %v", len(all), err)
		}
		for _, r := range all {
			press(pressOf(actShow, "", r.ID+".0"))
			press(pressOf(actThread, "42", r.ID))
			press(pressOf(actShare, "42", r.ID))
		}
		with(4, map[string]any{"name": "ask", "type": 1, "options": []any{map[string]any{"name": "article", "type": 3, "value": "", "focused": true}}})
		with(2, map[string]any{"name": "Ask about this message", "type": 3, "target_id": "5", "resolved": map[string]any{"messages": map[string]any{"5": map[string]any{"id": "5", "content": bad}}}})
		b.onEvent("MESSAGE_CREATE", encode(t, map[string]any{"id": "9", "channel_id": testChannel, "guild_id": testGuild, "content": "<@900> " + bad,
			"author": map[string]any{"id": "42"}, "mentions": []any{map[string]any{"id": testApp}}}))
		wait()
		for _, body := range rec.bodies {
			n += checkSent(t, bad, body)
		}
		checkMentions(t, rec)
		if b.gate.withheld.Load() > 0 {
			t.Errorf("%q: %d messages were withheld", bad, b.gate.withheld.Load())
		}
	}
	t.Logf("poisoned texts: n = %d texts shown for %d poisons", n, len(poisons))
}

func pressOf(a action, owner, arg string) press { return press{action: a, owner: owner, arg: arg} }

// checkSent looks at every text of a request and returns how many there were.
func checkSent(t *testing.T, bad, body string) int {
	t.Helper()
	var v any
	if json.Unmarshal([]byte(body), &v) != nil {
		return 0
	}
	n := 0
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch x := v.(type) {
		case map[string]any:
			for k, e := range x {
				walk(k, e)
			}
		case []any:
			for _, e := range x {
				walk(key, e)
			}
		case string:
			if key == "custom_id" || key == "nonce" || key == "value" || key == "id" {
				return
			}
			n++
			if found := pings.FindString(x); found != "" && key == "content" && !strings.HasPrefix(found, "<#") {
				t.Errorf("%q pings: %q in %s", bad, found, x)
			}
			for _, l := range links.FindAllString(x, -1) {
				if !strings.HasPrefix(l, "https://news.example/") {
					t.Errorf("%q links to %s", bad, l)
				}
			}
			for _, r := range x {
				if r != '\n' && r != '\u200b' && hidden(r) {
					t.Errorf("%q hides %U", bad, r)
				}
			}
			plain := unmarked.ReplaceAllString(x, "")
			for _, sign := range []string{"`", "||", "~~", "<@", "](http"} {
				if key == "content" && strings.Contains(plain, sign) {
					t.Errorf("%q leaves %q in %s", bad, sign, x)
				}
			}
		}
	}
	walk("", v)
	return n
}
