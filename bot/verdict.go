package bot

import (
	"context"
	"strings"

	"crisisbot/bot/qa"
)

// A Checker checks claims, as *qa.Answerer does. An Answerer that is one gives the
// bot /check and "Check this message".
type Checker interface {
	Check(ctx context.Context, c qa.CheckRequest) (qa.Verdict, error)
}

// answerOf returns a verdict in the form of an answer, for the buttons below it and
// the questions after it.
func answerOf(v qa.Verdict) qa.Answer {
	origins := map[string]bool{}
	for _, c := range v.Citations {
		origins[c.Origin] = true
	}
	return qa.Answer{
		ID: v.ID, Question: v.Claim, Text: v.Why, Mode: v.Mode, Note: v.Note, Trace: v.Trace, Abstained: len(v.Citations) == 0,
		Citations: v.Citations, Nearest: v.Nearest, Origins: len(origins), AsOf: v.AsOf, TookMS: v.TookMS,
	}
}

// maxParts is how many statements of a longer message are listed.
const maxParts = 12

// verdictMessage renders what the articles make of a claim: the claim, the verdict,
// why, each statement of a longer message, and the evidence.
func verdictMessage(t *texts, v *qa.Verdict, a qa.Answer, articles catalogue) message {
	d := doc{
		{kind: quoted, spans: []span{{text: shorten(oneLine(v.Claim), 500)}}},
		{spans: []span{{text: t.say("verdict." + string(v.Verdict)), style: bold}}},
		text(t.retell(v.Why)),
	}
	for _, p := range v.Parts[:min(len(v.Parts), maxParts)] {
		var numbers []string
		for _, n := range p.Citations {
			numbers = append(numbers, marker(n))
		}
		ruling := span{text: t.retell(p.Why)}
		if p.Verdict != "" {
			ruling = span{text: t.say("verdict." + string(p.Verdict)), style: bold}
		}
		d = append(d, line{kind: bullet, spans: []span{
			{text: inQuotes(t, shorten(oneLine(p.Claim), 200))}, {text: " — "}, ruling, {text: " " + strings.Join(numbers, " ")},
		}})
	}
	if more := len(v.Parts) - maxParts; more > 0 {
		d = append(d, note(t.say("parts.more", "n", more)))
	}
	return withSources(t, message{body: d}, a, articles)
}

// checkCommand is /check.
func (b *Bot) checkCommand(c *call, g guildSettings) error {
	return b.askFrom(c, g, question{form: forVerdict, private: wantsPrivate(c), ask: qa.Question{
		Text: c.options["claim"], Since: c.options["since"], Until: c.options["until"],
	}})
}

// checkMessage is "Check this message". The verdict is for the asker, who may share
// it.
func (b *Bot) checkMessage(c *call, g guildSettings) error {
	words := ""
	if c.target.by(deref(b.self.Load())) {
		return b.tell(c, "check.own")
	}
	if c.target != nil {
		words = spoken(c.target.text())
	}
	if words == "" {
		return b.tell(c, "askabout.empty")
	}
	return b.askFrom(c, g, question{form: forVerdict, private: true, ask: qa.Question{Text: words}})
}
