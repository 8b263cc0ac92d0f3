package qa

import (
	"fmt"
	"slices"
	"strings"

	"crisisbot/retrieval/article"
)

// speakers: what the passage gives as somebody's words the statement gives as
// theirs, and nobody is said to have said what the passage gives to another.
func (e *checkEvidence) speakers(d Draft) (Fault, string) {
	l := e.any()
	if w := strings.TrimSpace(d.Speaker); w != "" && len(l.cues) > 0 { // of a report, nobody is shown as its speaker
		for _, u := range newCheckLine(w, "").units {
			fits := func(v checkUnit) bool { return v.canonical() == u.canonical() }
			if !e.has(fits) && !checkOutlets[u.text] && !e.acronym(u) {
				return FaultSpeaker, fmt.Sprintf("the speaker %q is not in the cited passages", w)
			}
		}
	}
	if len(e.lines) == 0 {
		return "", ""
	}
	// Of sentences that fit about equally well, one that bears the statement is enough.
	var why string
	for _, m := range e.lines {
		if 4*m.common < 3*e.lines[0].common {
			break
		}
		why = e.attributed(m)
		if why == "" {
			break
		}
	}
	if why != "" {
		return FaultSpeaker, why
	}
	for _, c := range l.cues {
		if len(c.speakers) == 0 && c.pronoun && !l.inQuotes(c.unit) {
			return FaultSpeaker, fmt.Sprintf("it does not name who %q", l.units[c.unit].shown)
		}
		if len(c.speakers) == 0 || e.outlet(c.speakers) {
			continue
		}
		if !e.says(c.speakers) {
			return FaultSpeaker, fmt.Sprintf("the cited passages do not attribute this to %q", checkShown(c.speakers))
		}
	}
	return "", ""
}

// attributed says why the statement loses whose words sentence m gives.
func (e *checkEvidence) attributed(m checkMatch) string {
	l := e.line(m.source)
	for _, c := range m.line.cues {
		told, all := m.told(c)
		if all == 0 || float64(told) < checkToldShare*float64(all) {
			continue
		}
		commits := checkCommits[m.line.units[c.unit].text] && len(l.units) > 0 && l.speaker(0) && checkEqualSpeakers(l.units[:l.runEnd(0)], c.speakers)
		if len(l.cues) == 0 && !commits {
			return fmt.Sprintf("the passage says who said this (%s), the statement does not", checkShown(c.speakers))
		}
	}
	return ""
}

// told counts the units in common that cue c gives as somebody's words, and all
// of them, the cue and its speakers left out.
func (m checkMatch) told(c checkCue) (told, all int) {
	for i, hit := range m.hits {
		if hit && i != c.unit && !slices.ContainsFunc(c.speakers, func(u checkUnit) bool { return u.start == m.line.units[i].start }) {
			all++
			if c.from <= i && i < c.to {
				told++
			}
		}
	}
	return told, all
}

// says reports whether somebody among speakers says something in a sentence
// that bears the statement, or is whom a pronoun there can mean.
func (e *checkEvidence) says(speakers []checkUnit) bool {
	for n, m := range e.lines {
		if n > 0 && m.common*2 < e.lines[0].common {
			break
		}
		for _, c := range m.line.cues {
			// A sentence about little of the statement must tell some of it.
			if told, _ := m.told(c); told == 0 && 4*m.common < 3*e.lines[0].common {
				continue
			}
			if checkEqualSpeakers(speakers, c.speakers) || c.pronoun && m.source.named(speakers, m.span) {
				return true
			}
		}
		// A sentence inside a quotation has its speaker in another.
		if len(m.line.cues) == 0 && m.source.said(article.Span{Start: m.span.Start + 1, End: m.span.End - 1}) && m.source.tells(speakers) {
			return true
		}
	}
	return false
}

// named reports whether one of speakers is named in the passage before the
// sentence at span, or shortly before the passage.
func (s *checkSource) named(speakers []checkUnit, span article.Span) bool {
	for i, l := range s.lines {
		if s.spans[i].Start < span.Start && checkEqualSpeakers(speakers, l.units) {
			return true
		}
	}
	return checkEqualSpeakers(speakers, s.before())
}

// tells reports whether one of speakers says something anywhere in the passage.
func (s *checkSource) tells(speakers []checkUnit) bool {
	for _, l := range s.lines {
		for _, c := range l.cues {
			if checkEqualSpeakers(speakers, c.speakers) || c.pronoun && s.named(speakers, article.Span{Start: s.passage.End}) {
				return true
			}
		}
	}
	return false
}

// outlet reports whether the speakers are the outlet itself.
func (e *checkEvidence) outlet(speakers []checkUnit) bool {
	for _, u := range speakers {
		if checkOutlets[u.text] {
			return true
		}
		for _, s := range e.sources {
			for _, v := range newCheckLine(s.passage.Article.Publisher, "").units {
				if v.text == u.text && u.class != plainUnit {
					return true
				}
			}
		}
	}
	return false
}

func checkShown(units []checkUnit) string {
	var words []string
	for _, u := range units {
		words = append(words, u.shown)
	}
	return strings.Join(words, " ")
}

// attribution returns whose words the statement gives, in its own words, and
// how.
func (e *checkEvidence) attribution(d Draft) (string, Stance) {
	l := e.any()
	for _, c := range l.cues {
		if len(c.speakers) == 0 || e.outlet(c.speakers) {
			continue
		}
		stance := Claim
		if c.denial {
			stance = Denial
		}
		if w := strings.TrimSpace(d.Speaker); w != "" {
			return w, stance
		}
		if w := l.named(c); w != "" {
			return w, stance
		}
		return "", Report
	}
	return "", Report
}

// named returns the speaker of a cue as printed, "" where it is not certain: it
// must stand right before or after the cue.
func (l *checkLine) named(c checkCue) string {
	from := slices.IndexFunc(l.units, func(u checkUnit) bool { return u.start == c.speakers[0].start })
	to := l.runEnd(from)
	if c.pronoun || !l.speaker(from) || to != c.unit && from != c.unit+1 {
		return ""
	}
	return l.text[l.units[from].start:l.units[to-1].end]
}
