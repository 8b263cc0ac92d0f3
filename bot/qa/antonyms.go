package qa

import (
	_ "embed"
	"strings"
)

//go:embed antonyms.txt
var antonymTable string

// antonyms maps a comparable form to those of opposite sense.
var antonyms = readAntonyms(antonymTable)

func readAntonyms(table string) map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(table) {
		line, _, _ = strings.Cut(line, "#")
		left, right, ok := strings.Cut(line, "|")
		if !ok {
			continue
		}
		a, b := formSet(left), formSet(right)
		for x := range a {
			for y := range b {
				out[x] = append(out[x], y)
				out[y] = append(out[y], x)
			}
		}
	}
	return out
}
