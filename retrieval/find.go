package retrieval

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"crisisbot/retrieval/analysis"
)

// An UnknownError names a publisher or an article that the library doesn't have,
// and the ones whose names come nearest.
type UnknownError struct {
	What string // "publisher" or "article"
	Name string
	Near []string // at most three, nearest first; empty if there are none at all
}

func (e *UnknownError) Error() string {
	if len(e.Near) == 0 {
		return fmt.Sprintf("there is no %s %q: there are none yet", e.What, e.Name)
	}
	return fmt.Sprintf("there is no %s %q: did you mean %s?", e.What, e.Name, strings.Join(e.Near, " or "))
}

// Publisher returns the normal form of a publisher that the library has, or an
// *UnknownError. Part of a name is enough where only one publisher has it.
func (l *Library) Publisher(name string) (string, error) {
	names := l.Publishers()
	want := NormalPublisher(name)
	var part []string
	for _, n := range names {
		normal := NormalPublisher(n)
		if normal == want {
			return normal, nil
		}
		if want != "" && strings.Contains(" "+normal+" ", " "+want+" ") {
			part = append(part, normal)
		}
	}
	if len(part) == 1 {
		return part[0], nil
	}
	return "", &UnknownError{"publisher", name, nearest(name, names)}
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
	return "", &UnknownError{"article", name, nearest(name, ids)}
}

// nearest returns the three names most like name: by the letters that they share
// in threes, then by the alphabet.
func nearest(name string, names []string) []string {
	want := trigrams(name)
	type scored struct {
		name  string
		score float64
	}
	all := make([]scored, 0, len(names))
	for _, n := range names {
		have := trigrams(n)
		both := 0
		for t := range want {
			if have[t] {
				both++
			}
		}
		all = append(all, scored{n, float64(2*both) / float64(len(want)+len(have)+1)})
	}
	slices.SortFunc(all, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.name, b.name)) })
	var out []string
	for _, s := range all[:min(3, len(all))] {
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
