package qa

import (
	"fmt"
	"slices"
	"strings"
)

// content: most words of the statement are words of the passages, and most of
// those of its two best sentences; so are those of each sentence of it; and
// nowhere do several in a row come from elsewhere.
func (e *checkEvidence) content() (Fault, string) {
	l := e.any()
	total, near, anywhere, strange, longest := 0, 0, 0, 0, 0
	part, partHeld := 0, 0 // of the statement's present sentence
	whole := true
	var missing []string
	for i, u := range l.units {
		if i > 0 && checkFullStop(l.text[l.units[i-1].end:u.start]) {
			whole = whole && float64(partHeld) >= checkCovered*float64(part)
			part, partHeld = 0, 0
		}
		if speaks, _ := checkSpeaks(u, l.text); speaks && !l.inQuotes(i) {
			continue
		}
		total, part = total+1, part+1
		fits := func(v checkUnit) bool { return u.same(v) }
		if u.class == dateUnit || e.has(fits) {
			anywhere, partHeld, strange = anywhere+1, partHeld+1, 0
		} else {
			missing = append(missing, u.shown)
			strange++
			longest = max(longest, strange)
		}
		for _, m := range e.lines[:min(2, len(e.lines))] {
			if slices.ContainsFunc(m.line.units, fits) {
				near++
				break
			}
		}
	}
	whole = whole && float64(partHeld) >= checkCovered*float64(part)
	if total < 2 || total < checkShort && len(missing) > 0 || !whole || longest >= checkStrange || float64(anywhere) < checkCovered*float64(total) || float64(near) < checkCoveredNear*float64(total) {
		if len(missing) > 6 {
			missing = missing[:6]
		}
		return FaultContent, fmt.Sprintf("the cited passages do not say this (not in them: %s)", strings.Join(missing, ", "))
	}
	return "", ""
}

// checkFullStop reports whether the bytes between two words end a sentence: an
// abbreviation has no space of its own after its dot that a small letter or
// figure follows, but telling that apart would open a door.
func checkFullStop(between string) bool {
	i := strings.IndexAny(between, ".!?")
	return i >= 0 && strings.ContainsAny(between[i:], " \u00a0")
}

// order: where the statement follows a sentence word by word, no number, date or
// name stands in the place of another of its kind.
func (e *checkEvidence) order() (Fault, string) {
	var pairs [][2]int
	var mine, theirs *checkLine
	for _, m := range e.lines[:min(3, len(e.lines))] {
		l := e.line(m.source)
		if p := checkAlign(l.units, m.line.units); len(p) > len(pairs) {
			pairs, mine, theirs = p, l, m.line
		}
	}
	if len(pairs) == 0 || float64(len(pairs)) < checkAligned*float64(len(mine.units)) {
		return "", ""
	}
	a, b := slices.Clone(mine.units), slices.Clone(theirs.units) // those without a partner keep their text
	for _, p := range pairs {
		a[p[0]].text, b[p[1]].text = "", ""
	}
	i, j := 0, 0
	for _, p := range append(pairs, [2]int{len(a), len(b)}) {
		if p[0]-i <= checkGap && p[1]-j <= checkGap {
			for _, x := range a[i:p[0]] {
				for _, y := range b[j:p[1]] {
					if x.rivals(y) && !slices.ContainsFunc(b, x.same) && !slices.ContainsFunc(a, y.same) {
						return x.fault(), fmt.Sprintf("it says %q where the passage says %q", x.shown, y.shown)
					}
				}
			}
		}
		i, j = p[0]+1, p[1]+1
	}
	return "", ""
}

// rivals reports whether u and o are of a kind, so that one in the place of the
// other says something else.
func (u checkUnit) rivals(o checkUnit) bool {
	name := func(u checkUnit) bool { return u.class == nameUnit || u.class == perhapsName }
	number := func(u checkUnit) bool {
		return u.class == numberUnit || u.class == dateUnit && strings.Trim(u.text, "0123456789") == ""
	}
	if name(u) && name(o) {
		return u.canonical() != o.canonical()
	}
	return number(u) && number(o) || u.class == dateUnit && o.class == dateUnit
}

// fault returns which fault an untrue unit of this class is.
func (u checkUnit) fault() Fault {
	switch u.class {
	case numberUnit:
		return FaultNumber
	case dateUnit:
		return FaultDate
	}
	return FaultName
}

// checkAlign returns a longest common subsequence of a and b as pairs of
// indices, in order.
func checkAlign(a, b []checkUnit) [][2]int {
	w := len(b) + 1
	length := make([]int16, (len(a)+1)*w)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i].same(b[j]) {
				length[i*w+j] = length[(i+1)*w+j+1] + 1
			} else {
				length[i*w+j] = max(length[(i+1)*w+j], length[i*w+j+1])
			}
		}
	}
	var out [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].same(b[j]) && length[i*w+j] == length[(i+1)*w+j+1]+1:
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case length[(i+1)*w+j] >= length[i*w+j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// polarity: a "not" or a denial that governs words in common is in both.
func (e *checkEvidence) polarity() (Fault, string) {
	if len(e.lines) == 0 {
		return "", ""
	}
	m := e.lines[0]
	l := e.line(m.source)
	denied := slices.ContainsFunc(e.lines, func(o checkMatch) bool { return 2*o.common >= m.common && o.line.denies() })
	const near, reach = 2, 4 // units; a "not" governs the verb or noun right after it, a denial what follows
	_, mine := m.line.overlap(l)
	for _, at := range l.not {
		if !denied && checkAnyTrue(mine, at, at+near) {
			return FaultNegation, "the passage does not negate this, the statement does"
		}
	}
	if l.denies() {
		if len(l.not) == 0 && !denied {
			return FaultNegation, "the statement denies what the passage does not"
		}
		return "", ""
	}
	for _, at := range m.line.not {
		if checkAnyTrue(m.hits, at, at+near) {
			return FaultNegation, "the passage negates this, the statement does not"
		}
	}
	for _, c := range m.line.cues {
		if c.denial && checkAnyTrue(m.hits, c.unit+1, c.unit+1+reach) {
			return FaultNegation, "the passage says that this is denied, the statement does not"
		}
	}
	return "", ""
}

func checkAnyTrue(of []bool, from, to int) bool {
	return slices.Contains(of[min(from, len(of)):min(to, len(of))], true)
}
