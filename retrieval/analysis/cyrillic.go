package analysis

import "strings"

// latin writes Ukrainian and Russian letters with Latin ones, nearly as the tables
// of BGN/PCGN do, so that a name in a Cyrillic question meets its Latin spellings.
var latin = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'д': "d", 'е': "e", 'ё': "e", 'є': "ie", 'ж': "zh", 'з': "z",
	'и': "y", 'і': "i", 'ї': "i", 'й': "i", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r",
	'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch", 'ъ': "", 'ы': "y",
	'ь': "", 'э': "e", 'ю': "iu", 'я': "ia",
}

// romanise returns a folded word in Latin letters if it is Cyrillic, else the word.
func romanise(w string) string {
	var b strings.Builder
	for _, r := range w {
		l, ok := latin[r]
		if !ok {
			return w
		}
		b.WriteString(l)
	}
	return b.String()
}
