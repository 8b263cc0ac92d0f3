package qa

import "crisisbot/retrieval"

// A Manifest is the numbered list of passages that an answer may cite: passage n
// is Manifest[n-1]. It is fixed before anything is written; a number outside it is
// an invented citation.
type Manifest []*retrieval.Passage

// Passage returns passage n, nil if the manifest has none of that number.
func (m Manifest) Passage(n int) *retrieval.Passage {
	if n < 1 || n > len(m) {
		return nil
	}
	return m[n-1]
}
