package analysis

import (
	_ "embed"
	"strings"
)

// unitedStates is the form of every name of that country; in the table it is
// needed by name because "us" is also a pronoun.
const unitedStates = "america"

//go:embed spellings.txt
var spellingTable string

//go:embed irregular.txt
var irregularTable string

//go:embed antonyms.txt
var antonymTable string

//go:embed metonyms.txt
var metonymTable string

//go:embed synonyms.txt
var synonymTable string

var (
	antonyms  = map[string]map[string]bool{}
	synonyms  = map[string]map[string]bool{}
	metonyms  = map[string][]string{}          // term -> terms that news says in its place
	spellings = map[string]string{}            // folded word -> the name's one spelling
	phrases   = map[string]map[string]string{} // second term, first term -> the name's one spelling
	irregular = map[string]string{}            // folded form -> base form
	stops     = map[string]bool{}
)

// stopWords are the closed classes of English: articles, pronouns, auxiliaries,
// prepositions, conjunctions and question words. "May" is missing: it is a month.
const stopWords = `a an the this that these those such
i me my mine we our ours us you your yours he him his she her hers it its they them their theirs who whom whose which what
myself yourself himself herself itself ourselves themselves someone anyone everyone somebody anybody everybody something anything everything
am is are was were be been being do does did done doing have has had having can could will would shall should might must
im ive id ill youre youve youd youll hes shes weve wed theyre theyve theyd theyll thats whats whos wheres hows theres lets
isnt arent wasnt werent dont doesnt didnt havent hasnt hadnt cant couldnt wont wouldnt shouldnt mustnt aint
not no nor and or but if then else than so as because while although though unless until whether
at by for from in into of off on onto out over to up down upon with within without about above across after against along
among around before behind below beneath beside between beyond despite during except near per since through throughout toward towards under via
when where why how here there now ever also too very just only even still already yet again both either neither each few more most other some any all own same
tell please know exactly really actually s t re ve ll d m`

func init() {
	for _, w := range strings.Fields(stopWords) {
		stops[w] = true
	}
	eachLine(irregularTable, func(base string, forms []string) {
		for _, f := range forms {
			irregular[f] = base
		}
	})
	eachLine(spellingTable, func(name string, forms []string) {
		for _, f := range append(forms, name) {
			if a, b, two := strings.Cut(f, "_"); two {
				second := normal(b).Text
				if phrases[second] == nil {
					phrases[second] = map[string]string{}
				}
				phrases[second][normal(a).Text] = name
				continue
			}
			spellings[f] = name
		}
	})
}

func init() {
	eachLine(metonymTable, func(name string, forms []string) {
		group := []string{normal(name).Text}
		for _, f := range forms {
			group = append(group, normal(f).Text)
		}
		for _, f := range group[1:] {
			metonyms[f] = append(metonyms[f], group[0])
			metonyms[group[0]] = append(metonyms[group[0]], f)
		}
	})
}

func init() {
	oppose := func(a, b string) {
		if antonyms[a] == nil {
			antonyms[a] = map[string]bool{}
		}
		antonyms[a][b] = true
	}
	eachLine(antonymTable, func(one string, others []string) {
		for _, a := range strings.Fields(one) {
			for _, b := range others {
				oppose(normal(a).Text, normal(b).Text)
				oppose(normal(b).Text, normal(a).Text)
			}
		}
	})
}

func init() {
	for line := range strings.Lines(synonymTable) {
		line, _, _ = strings.Cut(line, "#")
		var group []string
		for _, w := range strings.Fields(line) {
			group = append(group, normal(w).Text)
		}
		for _, a := range group {
			for _, b := range group {
				if a == b {
					continue
				}
				if synonyms[a] == nil {
					synonyms[a] = map[string]bool{}
				}
				synonyms[a][b] = true
			}
		}
	}
}

// Synonyms returns the terms that may say the same as a term. The map is shared: it
// is only read.
func Synonyms(term string) map[string]bool { return synonyms[term] }

// Opposites returns the terms that say the opposite of a term. The map is shared:
// it is only read.
func Opposites(term string) map[string]bool { return antonyms[term] }

// Metonyms returns the terms that news says in place of a term: the capital or the
// seat of a government for the country, and the other way round.
func Metonyms(term string) []string { return metonyms[term] }

// eachLine calls f for every "name: form form" line of a table. A "#" begins a
// comment; a form of two words is written with an underscore.
func eachLine(table string, f func(name string, forms []string)) {
	for line := range strings.Lines(table) {
		line, _, _ = strings.Cut(line, "#")
		name, forms, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		f(strings.TrimSpace(name), strings.Fields(forms))
	}
}
