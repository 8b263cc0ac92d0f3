package qa

// The starter articles, and their libraries: by words alone, and with the encoder.
var (
	SeedArticles = seedArticles
	WordSeeds    = wordSeeds
	SeedsBoth    = seedsBoth
)

// Recheck holds a statement that was shown against nothing but the passages that
// it cites, and says why it must not be shown; nil if it may.
func Recheck(cited Manifest, question string, s Statement) *Drop {
	d := Draft{Text: s.Text, Speaker: s.Speaker, Stance: s.Stance, Date: s.Date}
	for n := range cited {
		d.Citations = append(d.Citations, n+1)
	}
	_, drop := newChecker(cited, question, "").check(d)
	return drop
}
