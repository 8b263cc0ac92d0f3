package qa

import (
	"slices"
	"strings"
	"unicode/utf8"

	"crisisbot/retrieval/analysis"
)

// A checkCue is a word by which a sentence gives the words, thoughts or wishes
// of somebody, and whose they are.
type checkCue struct {
	unit     int
	denial   bool
	speakers []checkUnit // the likely ones: nearest before it, subject of the sentence, right after it
	pronoun  bool        // the speaker is a "he" or "they" named in another sentence
	from, to int         // the units [from, to) that are told
}

var (
	checkReporting = checkSet(`say says said saying tell told claim claimed accuse accused warn warned warning state stated announce announced
		allege alleged assert asserted insist insisted predict predicted vow vowed urge urged add added report reported describe described
		blame blamed call called express expressed note noted remark remarked argue argued suggest suggested propose proposed proposing
		demand demanded threaten threatened promise promised confirm confirmed admit admitted acknowledge acknowledged believe believed think
		hope hoped expect expected condemn condemned quote quoted quoting stress stressed emphasize emphasise emphasizing reaffirm reaffirmed reiterate
		reiterated maintain maintained declare declared explain explained complain complained comment commented estimate estimated
		pledge pledged mention mentioned cite cited citing according fear feared want wanted ask asked respond responded reply
		replied`)
	// Words by which somebody binds themselves: "Putin vowed to" makes "Putin will".
	checkCommits = checkSet("vow vowed promise promised pledge pledged propose proposed threaten threatened refuse refused decline declined reject rejected ruled turned urge urged demand demanded")

	checkDenials = checkSet("deny denied denies denying denial reject rejected rejects rejecting dismiss dismissed dismisses refute refuted refuse refused decline declined disavow disavowed contradict contradicted")
	// Nouns that say who speaks where no name does.
	checkRoles = checkSet(`official officials minister ministers president spokesman spokeswoman spokesperson secretary leader leaders ministry
		department government statement report reports envoy ambassador diplomat diplomats general chief administration source sources agency
		agencies media authority authorities lawmaker lawmakers congress parliament army military police expert experts analyst analysts house
		senator ally allies west countries nations powers outlet outlets newspaper article articles resident residents witness witnesses bill law
		document company group court judge study researcher researchers author scientist scientists mayor governor commander rebels separatists
		opposition chancellor premier prime deputy foreign defense defence senior top spokespeople party organization leadership presidency`)
	// Words for the one who tells the story, which no article needs to hold.
	checkOutlets = checkSet("article articles report reports newspaper outlet passage agency story coverage")
	// Capitals and seats of government that news uses for the country.
	checkSeats = checkTable("russia: moscow kremlin", "america: washington pentagon", "ukraine: kyiv", "china: beijing", "britain: london",
		"france: paris elysee", "germany: berlin", "iran: tehran", "turkey: ankara", "poland: warsaw", "belarus: minsk", "syria: damascus",
		"iraq: baghdad", "eu: brussels", "india: delhi", "pakistan: islamabad", "japan: tokyo", "israel: jerusalem", "egypt: cairo",
		"lebanon: beirut", "venezuela: caracas", "afghanistan: kabul", "georgia: tbilisi", "armenia: yerevan", "azerbaijan: baku", "serbia: belgrade")
)

// checkTable reads lines "form: other other" into a map from each word to form.
func checkTable(lines ...string) map[string]string {
	out := map[string]string{}
	for _, l := range lines {
		form, others, _ := strings.Cut(l, ": ")
		out[analysis.Word(form)] = analysis.Word(form)
		for _, o := range strings.Fields(others) {
			out[analysis.Word(o)] = analysis.Word(form)
		}
	}
	return out
}

// checkSpeaks reports whether a unit reports speech: denial says that it denies.
func checkSpeaks(u checkUnit, text string) (speaks, denial bool) {
	if u.class != plainUnit && (u.class != perhapsName || u.text != checkAccording) { // "Secretary of State"
		return false, false
	}
	if checkDenials[u.text] || u.text == checkRule && strings.HasPrefix(text[u.end:], " out") || u.text == checkTurn && strings.HasPrefix(text[u.end:], " down") {
		return true, true
	}
	return checkReporting[u.text], false
}

var checkRule, checkTurn, checkAccording = analysis.Word("ruled"), analysis.Word("turned"), analysis.Word("according")

// findCues fills in the cues of a line. English only, and by position: there is
// no parse. A speaker is looked for where news puts one: right before the word,
// as the subject of the sentence, or right after a word that follows a comma or
// a quotation.
func (l *checkLine) findCues() {
	for k, u := range l.units {
		speaks, denial := checkSpeaks(u, l.text)
		if !speaks {
			continue
		}
		c := checkCue{unit: k, denial: denial, from: k + 1, to: len(l.units)}
		start := k // of the speaker before the cue
		if k > 0 && l.noun(k-1) && l.joined(k-1) {
			c.speakers = append(c.speakers, l.units[k-1])
			for start = k - 1; start > 0 && k-start < 4 && l.text[l.units[start-1].end:l.units[start].start] == " "; start-- {
			}
		}
		for j := k - 1; j >= 0 && j >= k-6 && len(c.speakers) == 0; j-- {
			if other, _ := checkSpeaks(l.units[j], l.text); other {
				break
			}
			if l.speaker(j) {
				start = l.runStart(j)
				c.speakers = append(c.speakers, l.units[start:j+1]...)
				break
			}
		}
		closed := start < k && l.closed(start)
		if first := l.first(k); first >= 0 && first < start && !closed {
			c.speakers = append(c.speakers, l.units[first:l.runEnd(first)]...)
		}
		if strings.HasSuffix(u.shown, "ing") { // "Kozak rebuked Zelensky, saying ...": any name before may be the subject
			for i := range k {
				if l.speaker(i) {
					c.speakers = append(c.speakers, l.units[i])
				}
			}
		}
		after := l.runAfter(k)
		trailing := u.text == checkAccording || l.closed(k) || closed
		if trailing {
			if after > k+1 && (u.text == checkAccording || l.closed(k)) {
				c.speakers, start = l.units[k+1:after], k
			}
			c.from = 0
			if start < k && len(l.units)-k-1 <= 4 {
				c.to = start
			}
		}
		for _, p := range l.pronoun {
			if p <= k && p > start && p >= k-3 || p == k && start == k || trailing && p == k+1 {
				c.pronoun = true
			}
		}
		l.cues = append(l.cues, c)
	}
}

// speaker reports whether unit i can name a speaker.
func (l *checkLine) speaker(i int) bool {
	u := l.units[i]
	return u.class == nameUnit || checkRoles[u.text] || u.class == perhapsName && (checkSeats[u.text] != "" || i+1 == len(l.units) || l.nameLike(i))
}

// noun reports whether unit i is a common word that can be a subject.
func (l *checkLine) noun(i int) bool {
	u := l.units[i]
	speaks, _ := checkSpeaks(u, l.text)
	return u.class == plainUnit && !checkRoles[u.text] && !speaks && !strings.HasSuffix(u.shown, "ly") && !checkOpeners[u.text]
}

// nameLike reports whether the first word of a sentence is more likely a name
// than a word printed with a capital for its place: the stemmer leaves names be
// and they are no cue.
func (l *checkLine) nameLike(i int) bool {
	u := l.units[i]
	speaks, _ := checkSpeaks(u, l.text)
	return !speaks && !checkOpeners[u.text] && !strings.HasSuffix(u.shown, "ing") && !strings.HasSuffix(u.shown, "ly") && !strings.HasSuffix(u.shown, "ed")
}

// joined reports whether units i and i+1 belong to one name, as in "Russia's
// Deputy Foreign Minister" and "President of the United States".
func (l *checkLine) joined(i int) bool {
	switch l.text[l.units[i].end:l.units[i+1].start] {
	case " ", "-", "'s ", "’s ", " of ", " of the ", " for ", "\u00a0", ". ", "' ", "’ ", " and ":
		return true
	}
	return false
}

func (l *checkLine) runStart(i int) int {
	for i > 0 && l.joined(i-1) && l.speaker(i-1) {
		i--
	}
	return i
}

func (l *checkLine) runEnd(i int) int {
	for i+1 < len(l.units) && l.joined(i) && l.speaker(i+1) {
		i++
	}
	return i + 1
}

// first returns the first unit before k that can name a speaker, -1 if none.
func (l *checkLine) first(k int) int {
	for i := range k {
		if l.speaker(i) {
			return i
		}
	}
	return -1
}

// runAfter returns the end of the speaker that directly follows unit k, k+1 if
// none does.
func (l *checkLine) runAfter(k int) int {
	if k+1 >= len(l.units) || l.units[k+1].class == dateUnit {
		return k + 1
	}
	gap := strings.Trim(l.text[l.units[k].end:l.units[k+1].start], " ")
	switch gap {
	case "", "to", "the", "a", "to the", "to a", "by", "by the", "an", "to an", "as":
		if l.speaker(k + 1) {
			return l.runEnd(k + 1)
		}
		if k+2 < len(l.units) && l.speaker(k+2) && l.joined(k+1) { // "a senior official"
			return l.runEnd(k + 2)
		}
	}
	return k + 1
}

// closed reports whether unit k directly follows a comma or the end of a
// quotation.
func (l *checkLine) closed(k int) bool {
	if k == 0 {
		return false
	}
	gap := strings.TrimRight(l.text[l.units[k-1].end:l.units[k].start], " ")
	for _, a := range []string{" the", " The", " a", " A", " an", " An"} {
		gap = strings.TrimSuffix(gap, a)
	}
	r, _ := utf8.DecodeLastRuneInString(gap)
	return r == ',' || checkQuoteMark(r)
}

// denies reports whether the line negates or denies anything.
func (l *checkLine) denies() bool {
	return len(l.not) > 0 || slices.ContainsFunc(l.cues, func(c checkCue) bool { return c.denial })
}

// canonical returns the form in which speakers are compared: the country for
// its seat of government.
func (u checkUnit) canonical() string {
	if c := checkSeats[u.text]; c != "" {
		return c
	}
	return u.text
}

// person reports whether a unit of a speaker's name is a name of a person.
func (u checkUnit) person() bool {
	return (u.class == nameUnit || u.class == perhapsName) && !checkRoles[u.text] && checkSeats[u.text] == "" && !checkOutlets[u.text] && !checkAcronym(u.shown)
}

// checkEqualSpeakers reports whether two sets of likely speakers have one in
// common. Where both name persons, a person must be.
func checkEqualSpeakers(a, b []checkUnit) bool {
	both := slices.ContainsFunc(a, checkUnit.person) && slices.ContainsFunc(b, checkUnit.person)
	for _, x := range a {
		for _, y := range b {
			if x.canonical() == y.canonical() && (!both || x.person()) {
				return true
			}
		}
	}
	return false
}
