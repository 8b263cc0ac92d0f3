package bot

import (
	"strings"
	"testing"
)

func TestExcerpt(t *testing.T) {
	const quote = "Speaking to reporters after a long day of meetings in the capital, which went on into the night, the minister said that Russia had moved 94,000 troops to the border near Yelnya, and that nobody knew why."
	for _, c := range []struct {
		about string
		limit int
		want  string
	}{
		{"Russia has 94,000 troops near Yelnya.", 70, "…said that Russia had moved 94,000 troops to the border near Yelnya,…"},
		{"Russia has 94,000 troops near Yelnya.", 300, quote},
		{"Nobody knew why.", 40, "…near Yelnya, and that nobody knew why."},
		{"Reporters were spoken to in the capital.", 60, "Speaking to reporters after a long day of meetings in the…"},
		{"Something else entirely.", 40, "Speaking to reporters after a long day…"},
		{"", 12, "Speaking…"},
		{"Yelnya", 3, "Sp…"},
	} {
		got := excerpt(quote, c.about, c.limit)
		if width(got) > c.limit && c.limit < len(quote) {
			t.Errorf("%d units of %d: %s", width(got), c.limit, got)
		}
		if got != c.want {
			t.Errorf("%q\ngot  %s\nwant %s", c.about, got, c.want)
		}
		if inner := strings.Trim(got, "…"); !strings.Contains(quote, inner) {
			t.Errorf("%q is not of the quote", got)
		}
	}
}

// Where one message would leave a few words of each quote, the sources take the room of
// the others.
func TestQuotesTakeTheRoomThereIs(t *testing.T) {
	a := sampleAnswer(24)
	for i := range a.Citations {
		a.Citations[i].Quote = strings.Repeat("The ministry went on to say what it had said. ", 3)
	}
	a.Statements = a.Statements[:2]
	m := answerMessage(mustLanguages(t)["en"], a, catalogue{})
	chunks := pack(m.body, m.tail, maxContent, maxMessages)
	said := strings.Join(chunks, "\n")
	if len(chunks) != maxMessages || strings.Contains(said, "\n"+ellipsis) {
		t.Errorf("%d messages: %s", len(chunks), said)
	}
	for l := range strings.Lines(said) {
		if strings.HasPrefix(l, "> ") && width(l) < tolerable {
			t.Errorf("cut to %s", l)
		}
	}
	if n := strings.Count(said, "\n> ["); n != 24 {
		t.Errorf("%d quotes, want 24", n)
	}
}
