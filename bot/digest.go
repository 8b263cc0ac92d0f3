package bot

import (
	"cmp"
	"context"
	"sort"
	"strings"

	"crisisbot/bot/qa"
)

// A Summariser writes summaries, as *qa.Answerer does. An Answerer that is one gives
// the bot /summary.
type Summariser interface {
	Summary(ctx context.Context, r qa.SummaryRequest) (qa.Answer, error)
}

// A Forgetter drops what it keeps of answers, as *qa.Answerer does. An Answerer that is
// one is told when a user or a server is to be forgotten.
type Forgetter interface {
	Forget(user string)       // as Asker names users
	ForgetScope(scope string) // as Asker names places
}

// A Chronicler lists dated events, as *qa.Answerer does. An Answerer that is one
// gives the bot /timeline. The days of a request are those of the events.
type Chronicler interface {
	Timeline(ctx context.Context, r qa.TimelineRequest) (qa.Answer, error)
}

// summaryCommand is /summary.
func (b *Bot) summaryCommand(c *call, g guildSettings) error {
	q := question{form: forSummary, private: wantsPrivate(c), length: c.options["length"], ask: qa.Question{
		Text: strings.TrimSpace(c.options["topic"]), Article: b.chosenArticle(c), Since: c.options["since"], Until: c.options["until"],
	}}
	if strings.TrimSpace(b.subject(q)) == "" {
		return b.tell(c, "empty.summary")
	}
	return b.askFrom(c, g, q)
}

// timelineCommand is /timeline.
func (b *Bot) timelineCommand(c *call, g guildSettings) error {
	return b.askFrom(c, g, question{form: forTimeline, private: wantsPrivate(c), ask: qa.Question{
		Text: strings.TrimSpace(c.options["topic"]), Since: c.options["since"], Until: c.options["until"],
	}})
}

// digest makes a summary or a timeline.
func (b *Bot) digest(ctx context.Context, q question) (qa.Answer, error) {
	var a qa.Answer
	var err error
	if q.form == forSummary {
		a, err = b.summariser.Summary(ctx, qa.SummaryRequest{
			ID: q.ask.ID, Topic: q.ask.Text, Article: q.ask.Article, Since: q.ask.Since, Until: q.ask.Until, Length: qa.Length(q.length), Asker: q.ask.Asker,
		})
	} else {
		a, err = b.chronicler.Timeline(ctx, qa.TimelineRequest{ID: q.ask.ID, Topic: q.ask.Text, Since: q.ask.Since, Until: q.ask.Until, Asker: q.ask.Asker})
	}
	a.Question = cmp.Or(b.subject(q), q.t.say("command.timeline"))
	return a, err
}

// subject says in a reader's words what a summary or timeline is about; "" is
// everything.
func (b *Bot) subject(q question) string {
	title := q.ask.Article
	if a, ok := b.o.Library.Article(title); ok {
		title = oneLine(a.Title)
	}
	return strings.Join(nonEmpty(q.ask.Text, title, strings.Join(nonEmpty(q.ask.Since, q.ask.Until), " – ")), ", ")
}

// spare is what a timeline leaves free of its messages, in UTF-16 units, for the
// line that says who shared it.
const spare = 500

// timelineMessage renders events as a list with their days, and the articles that
// tell of them. Events that don't fit in maxMessages are left out from the end, and
// counted.
func timelineMessage(t *texts, a qa.Answer, articles catalogue) message {
	if a.Abstained || len(a.Statements) == 0 {
		return answerMessage(t, a, articles)
	}
	left := sort.Search(len(a.Statements)-1, func(left int) bool {
		m := firstEvents(t, a, articles, len(a.Statements)-left)
		body := append(doc{text(strings.Repeat("x", spare))}, m.body...)
		return len(fill(m.tail.logicalLines(), maxContent, 2)) == 1 && len(pack(body, m.tail, maxContent, maxMessages+1)) <= maxMessages
	})
	return firstEvents(t, a, articles, len(a.Statements)-left)
}

// firstEvents renders the first n events of a timeline.
func firstEvents(t *texts, a qa.Answer, articles catalogue, n int) message {
	var m message
	cited := map[int]bool{}
	for _, s := range a.Statements[:n] {
		var numbers []string
		for _, c := range s.Citations {
			cited[c] = true
			numbers = append(numbers, marker(c))
		}
		m.body = append(m.body, line{kind: bullet, spans: []span{
			{text: cmp.Or(t.date(s.Date), t.say("undated")), style: bold}, {text: " — " + oneLine(s.Text) + " " + strings.Join(numbers, " ")},
		}})
	}
	if left := len(a.Statements) - n; left > 0 {
		m.body = append(m.body, text(t.say("events.left", "n", left)))
	}
	m.tail = sourceList(t, a.Citations, cited, articles, fit{link: toArticle, title: true}, nil)
	if notes := footnotes(t, a, articles); len(notes) > 0 {
		m.tail = append(m.tail, note(strings.Join(notes, " · ")))
	}
	return m
}
