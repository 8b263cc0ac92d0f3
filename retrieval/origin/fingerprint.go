package origin

import (
	"math"
	"slices"
	"strings"

	"crisisbot/retrieval/article"
)

const (
	// minWords is the least number of telling words of a sentence that counts.
	// Shorter ones ("He declined to comment.") are common to unrelated reports.
	minWords = 4
	// maxSentences and maxLength (in telling words) bound the cost of very long
	// texts. What goes beyond is not compared.
	maxSentences, maxLength = 400, 160
	// Of a text with more shingles than wholeIndex, one in sampleRate is kept.
	wholeIndex, sampleRate = 120, 6
)

// A fingerprint is what is kept of a text: for each sentence the set of its
// telling words.
type fingerprint struct {
	vocabulary []uint32 // hashes of the words, ascending
	frequency  []uint8  // in how many sentences each occurs
	sentences  [][]uint16
	weights    []float32 // of each sentence: the sum over its words
	numbers    []bool    // whether each sentence holds a number
	words      int       // telling words of all sentences
}

// A word weighs more the fewer sentences of its article it occurs in: the
// inverse document frequency of Spärck Jones (1972), with sentences as documents.
func (f *fingerprint) weight(word int) float32 {
	return logs[min(len(logs)-1, 8*len(f.sentences)/int(f.frequency[word]))]
}

// logs[i] is log(1 + i/8).
var logs = func() (t [8*maxSentences + 1]float32) {
	for i := range t {
		t[i] = float32(math.Log1p(float64(i) / 8))
	}
	return t
}()

// fingerprintOf returns the fingerprint of a text, its shingles (ascending and
// distinct) and where the sentences are that it counts. A shingle is the hash of
// two telling words of a sentence that follow each other or have one between
// them, so that it outlives the swapping of its neighbours, or of three in a row.
func fingerprintOf(text string) (f fingerprint, shingles []uint32, spans []article.Span) {
	var ends []int
	all := make([]uint32, 0, len(text)/8)
	for _, span := range sentences(text) {
		if len(ends) == maxSentences {
			break
		}
		start := len(all)
		all = words(all, span.In(text))
		all = all[:min(len(all), start+maxLength)]
		if len(all)-start < minWords || webLine(span.In(text)) {
			all = all[:start]
			continue
		}
		for i := start; i < len(all); i++ {
			if i+1 < len(all) {
				shingles = append(shingles, pair(all[i], all[i+1]))
			}
			if i+2 < len(all) {
				shingles = append(shingles, pair(all[i], all[i+2]), pair(pair(all[i], all[i+1]), all[i+2]))
			}
		}
		ends = append(ends, len(all))
		spans = append(spans, span)
	}
	shingles = sample(shingles)

	f.vocabulary = slices.Clone(all)
	slices.Sort(f.vocabulary)
	f.vocabulary = slices.Clone(slices.Compact(f.vocabulary))
	f.frequency = make([]uint8, len(f.vocabulary))
	f.sentences = make([][]uint16, 0, len(ends))
	indices := make([]uint16, 0, len(all))
	start := 0
	for _, end := range ends {
		from := len(indices)
		for _, word := range all[start:end] {
			i, _ := slices.BinarySearch(f.vocabulary, word)
			indices = append(indices, uint16(i))
		}
		sentence := indices[from:]
		slices.Sort(sentence)
		sentence = slices.Compact(sentence)
		indices = indices[:from+len(sentence)]
		for _, i := range sentence {
			if f.frequency[i] < math.MaxUint8 {
				f.frequency[i]++
			}
		}
		f.sentences = append(f.sentences, sentence[:len(sentence):len(sentence)])
		f.words += len(sentence)
		start = end
	}
	f.weights = make([]float32, len(f.sentences))
	f.numbers = make([]bool, len(f.sentences))
	for i, sentence := range f.sentences {
		for _, word := range sentence {
			f.weights[i] += f.weight(int(word))
			f.numbers[i] = f.numbers[i] || f.vocabulary[word]&numberBit != 0
		}
	}
	return f, shingles, spans
}

func webLine(s string) bool {
	s = strings.TrimLeft(s, "<([ ")
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// pair hashes two words without their order (the finaliser of MurmurHash3).
func pair(a, b uint32) uint32 {
	h := min(a, b)*0x9e3779b1 ^ max(a, b)
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// sample returns the shingles by which a text is indexed and looked for: all of a
// short text's, of a long one's a sample that is the same in every text (Broder,
// On the resemblance and containment of documents, 1997).
func sample(shingles []uint32) []uint32 {
	if len(shingles) > wholeIndex {
		shingles = slices.DeleteFunc(shingles, func(shingle uint32) bool { return shingle%sampleRate != 0 })
	}
	slices.Sort(shingles)
	return slices.Clone(slices.Compact(shingles))
}
