package retrieval

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"crisisbot/retrieval/analysis"
)

// An UnknownError names a publisher or an article that the library doesn't have,
// and the ones whose names resemble it.
type UnknownError struct {
	What string // "publisher" or "article"
	Name string
	Near []string // at most three, nearest first; empty if none resembles it
	Have []string // some that there are, where none resembles it; at most three
}

func (e *UnknownError) Error() string {
	switch {
	case len(e.Near) == 1:
		return fmt.Sprintf("there is no %s %q: did you mean %s?", e.What, e.Name, e.Near[0])
	case len(e.Near) > 1:
		return fmt.Sprintf("there is no %s %q: did you mean one of %s?", e.What, e.Name, strings.Join(e.Near, ", "))
	case len(e.Have) > 0:
		return fmt.Sprintf("there is no %s %q: there is, for instance, %s", e.What, e.Name, strings.Join(e.Have, ", "))
	}
	return fmt.Sprintf("there is no %s %q: there are none yet", e.What, e.Name)
}

// unknown is the error for a name that none of names is.
func unknown(what, name string, names []string) error {
	e := &UnknownError{What: what, Name: name, Near: nearest(name, names)}
	if len(e.Near) == 0 {
		e.Have = slices.Sorted(slices.Values(names))
		e.Have = e.Have[:min(nearNames, len(e.Have))]
	}
	return e
}

// Publisher returns the normal form of a publisher that the library has, or an
// *UnknownError. Part of a name is enough where only one publisher has it.
func (l *Library) Publisher(name string) (string, error) {
	names := l.Publishers()
	want := NormalPublisher(name)
	var part, owners []string
	for _, n := range names {
		normal := NormalPublisher(n)
		if normal == want {
			return normal, nil
		}
		if want != "" && strings.Contains(" "+normal+" ", " "+want+" ") {
			part, owners = append(part, normal), append(owners, n)
		}
	}
	if len(part) == 1 {
		return part[0], nil
	}
	if len(part) > 1 {
		return "", &UnknownError{What: "publisher", Name: name, Near: owners[:min(nearNames, len(owners))]}
	}
	return "", unknown("publisher", name, names)
}

// FindArticle returns the id of the article with this id or file name, or an
// *UnknownError.
func (l *Library) FindArticle(name string) (string, error) {
	if _, ok := l.Article(name); ok {
		return name, nil
	}
	var ids []string
	for _, a := range l.Articles() {
		if a.File != "" && a.File == name {
			return a.ID, nil
		}
		ids = append(ids, a.ID)
	}
	return "", unknown("article", name, ids)
}

// nearNames is how many names an error tells.
const nearNames = 3

// resemblance is the share of the threes of letters of a name that another holds at
// least to be the one that was meant: "Moscow Tymes" has .69 of "The Moscow Times",
// "New York Times" .33.
const resemblance = 0.5

// nearest returns at most three names that resemble name: those with most threes of
// letters in common, then by the alphabet.
func nearest(name string, names []string) []string {
	want := trigrams(name)
	type scored struct {
		name  string
		score float64
	}
	var all []scored
	for _, n := range names {
		have := trigrams(n)
		both := 0
		for t := range want {
			if have[t] {
				both++
			}
		}
		if float64(both) > resemblance*float64(len(want)) {
			all = append(all, scored{n, float64(2*both) / float64(len(want)+len(have)+1)})
		}
	}
	slices.SortFunc(all, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.name, b.name)) })
	var out []string
	for _, s := range all[:min(nearNames, len(all))] {
		out = append(out, s.name)
	}
	return out
}

func trigrams(s string) map[string]bool {
	s = "  " + analysis.Fold(s) + " "
	out := map[string]bool{}
	for i := 0; i+3 <= len(s); i++ {
		out[s[i:i+3]] = true
	}
	return out
}
