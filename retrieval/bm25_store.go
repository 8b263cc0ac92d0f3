package retrieval

import (
	"encoding/binary"
	"errors"
	"math"
)

// The stored form of an index: its documents by number, each with its key and
// length, then its terms, each with its postings. Numbers are unsigned varints, a
// string stands behind its length. A posting is the distance from the document
// before it, times four, plus a shape; only the last shape has its counts behind it.
const (
	onceInside  = iota // once, inside a sentence
	onceCapital        // the same, with a capital
	onceOutside        // once, where a capital says nothing
	anyCounts
)

// appendTo appends the stored form of the index to b. What was removed is not in it.
func (x *BM25) appendTo(b []byte) []byte {
	x.mu.RLock()
	defer x.mu.RUnlock()
	b = binary.AppendUvarint(b, uint64(len(x.byKey)))
	numbers := make([]int32, len(x.docs))
	live := int32(0)
	for n, d := range x.docs {
		if d.key == "" {
			continue
		}
		numbers[n] = live
		live++
		b = appendString(b, d.key)
		b = binary.AppendUvarint(b, uint64(x.long[n]))
	}
	texts := make([]string, len(x.posts))
	for text, id := range x.ids {
		texts[id] = text
	}
	terms, total := 0, 0
	for _, posts := range x.posts {
		total += len(posts)
		if len(posts) > 0 {
			terms++
		}
	}
	b = binary.AppendUvarint(b, uint64(terms))
	b = binary.AppendUvarint(b, uint64(total))
	for id, posts := range x.posts {
		if len(posts) == 0 {
			continue
		}
		b = appendString(b, texts[id])
		b = binary.AppendUvarint(b, uint64(len(posts)))
		before := int32(-1)
		for _, p := range posts {
			shape := p.shape()
			n := numbers[p.doc]
			b = binary.AppendUvarint(b, uint64(n-before)<<2|uint64(shape))
			if shape == anyCounts {
				for _, n := range []uint64{uint64(p.tf), uint64(p.inside), uint64(p.capital)} {
					b = binary.AppendUvarint(b, n)
				}
			}
			before = n
		}
	}
	return b
}

func (p posting) shape() int {
	switch [3]int{int(p.tf), int(p.inside), int(p.capital)} {
	case [3]int{1, 1, 0}:
		return onceInside
	case [3]int{1, 1, 1}:
		return onceCapital
	case [3]int{1, 0, 0}:
		return onceOutside
	}
	return anyCounts
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

var errStoredForm = errors.New("the stored form of an index ends early or is none")

// readBM25 returns the index whose stored form b begins with, and the rest of b. Its
// documents have no place yet; see settle.
func readBM25(b []byte) (*BM25, []byte, error) {
	r := storedReader{rest: b}
	x := NewBM25()
	n := r.count()
	x.docs, x.long, x.byKey = make([]wordDoc, n), make([]float32, n), make(map[string]int32, n)
	for i := range x.docs {
		key := r.text()
		x.docs[i].key, x.byKey[key] = key, int32(i)
		long := r.number(math.MaxInt32)
		x.long[i] = float32(long)
		x.words += long
	}
	terms, total := r.count(), r.count()
	x.ids, x.posts, x.cased = make(map[string]int32, terms), make([][]posting, terms), make([]casing, terms)
	room := make([]posting, total)
	for id := range x.posts {
		x.ids[r.text()] = int32(id)
		posts := room[:min(r.count(), len(room))]
		room = room[len(posts):]
		doc := int32(-1)
		for i := range posts {
			code := r.number(len(x.docs)<<2 | anyCounts)
			p := posting{doc: doc + int32(code>>2), tf: 1, inside: 1}
			switch code & anyCounts {
			case onceCapital:
				p.capital = 1
			case onceOutside:
				p.inside = 0
			case anyCounts:
				p.tf, p.inside, p.capital = uint16(r.number(math.MaxUint16)), uint8(r.number(math.MaxUint8)), uint8(r.number(math.MaxUint8))
			}
			if p.doc == doc || int(p.doc) >= len(x.docs) {
				r.bad = true
			}
			if r.bad {
				return nil, nil, errStoredForm
			}
			doc, posts[i] = p.doc, p
			x.cased[id].add(p, 1)
		}
		x.posts[id] = posts[:len(posts):len(posts)]
	}
	if r.bad || len(room) > 0 || len(x.byKey) != n || len(x.ids) != terms {
		return nil, nil, errStoredForm
	}
	return x, r.rest, nil
}

// A storedReader reads numbers and strings; what isn't there is zero, and bad tells.
type storedReader struct {
	rest []byte
	bad  bool
}

func (r *storedReader) number(most int) int {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > uint64(most) {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

// count reads a number of things of at least one byte each.
func (r *storedReader) count() int { return r.number(len(r.rest)) }

func (r *storedReader) text() string {
	n := r.count()
	if n > len(r.rest) {
		r.bad, r.rest = true, nil
		return ""
	}
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

// settle gives every document its place and the string of its key that is to be
// kept, and removes those that place doesn't know. It returns how many these were.
func (x *BM25) settle(place func(key string) (string, Place, bool)) (removed int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.byKey = make(map[string]int32, len(x.docs))
	var gone []string
	for n := range x.docs {
		d := &x.docs[n]
		key, p, ok := place(d.key)
		if !ok {
			key = d.key
			gone = append(gone, key)
		}
		d.key, d.place = key, p
		x.byKey[key] = int32(n)
	}
	x.remove(gone)
	return len(gone)
}
