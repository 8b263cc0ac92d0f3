package embed

import "math"

// A scratch holds all that one forward pass writes, so that a pass allocates
// nothing. Matrices lie row by row, one row a token. There are
// rows enough to fill the last tile; what stands in them is never read back.
type scratch struct {
	x      []float32 // [rows][width] the hidden states
	sub    []float32 // [rows][width] what a sublayer adds to them
	qkv    []float32 // [rows][3*width]
	mix    []float32 // [rows][width] attention's weighted values
	inner  []float32 // [rows][inner]
	keys   []float32 // [head][columns] one panel of transposed keys
	scores []float32 // [rows][positions rounded up to columns]
	panel  []float32 // [inner][columns] one panel of weights
}

// scratch takes a free scratch or makes one, 4.6 MB for the published model.
func (w *weights) scratch() *scratch {
	if s, ok := w.free.Get().(*scratch); ok {
		return s
	}
	rows, cols := w.positions+tileRows-1, roundUp(w.positions, columns)
	return &scratch{
		x:      make([]float32, rows*w.width),
		sub:    make([]float32, rows*w.width),
		qkv:    make([]float32, rows*3*w.width),
		mix:    make([]float32, rows*w.width),
		inner:  make([]float32, rows*w.inner),
		keys:   make([]float32, w.head()*columns),
		scores: make([]float32, rows*cols),
		panel:  make([]float32, max(w.width, w.inner)*columns),
	}
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// states runs the encoder of Devlin et al. 2018 (BERT: layer norm after every
// sublayer, GELU with erf) over texts of 1 to positions ids each and positions in
// all. It leaves their last hidden states in the rows of s.x, text after text. A
// text's states do not depend on the others: only attention mixes rows.
func (w *weights) states(texts []input, s *scratch) {
	n := 0
	for _, in := range texts {
		for t, id := range in.ids {
			row := s.x[n*w.width:][:w.width]
			word := w.words[int(id)*w.width:][:w.width]
			scale := w.wordScale[int(id)*(w.width/block):]
			place := w.places[t*w.width:][:w.width]
			for i := range row {
				row[i] = float32(int8(word[i]))*scale[i/block] + place[i]
			}
			w.norm.apply(row)
			n++
		}
	}
	for i := range w.layers {
		l := &w.layers[i]
		l.qkv.apply(s.qkv, s.x, n, s.panel)
		at := 0
		for _, in := range texts {
			w.attend(s, at, len(in.ids))
			at += len(in.ids)
		}
		l.proj.apply(s.sub, s.mix, n, s.panel)
		addNorm(s.x, s.sub, n, l.norm1)
		l.up.apply(s.inner, s.x, n, s.panel)
		gelu(s.inner[:n*w.inner])
		l.down.apply(s.sub, s.inner, n, s.panel)
		addNorm(s.x, s.sub, n, l.norm2)
	}
}

// mean writes the mean of the states, scaled to unit length, to dst.
func mean(dst, states []float32) {
	clear(dst)
	for ; len(states) > 0; states = states[len(dst):] {
		for i, v := range states[:len(dst)] {
			dst[i] += v
		}
	}
	normalise(dst)
}

// apply writes x times the matrix plus its bias to dst, for n rows rounded up
// to whole tiles.
func (l *linear) apply(dst, x []float32, n int, panel []float32) {
	blocks := l.in / block
	for p := range l.out / columns {
		for b := range blocks {
			at := p*blocks + b
			widen(panel[b*block*columns:], l.panels[at*block*columns:], l.scale[at*columns:], block)
		}
		for r := 0; r < n; r += tileRows {
			tile(dst[r*l.out+p*columns:], l.out, x[r*l.in:], l.in, panel, columns, l.in, l.bias[p*columns:])
		}
	}
}

var zeros [columns]float32

// attend writes softmax(Q K^T) V of every head to s.mix, for the text in the n
// rows from first on. The factor 1/sqrt(head) is part of Q's weights. It also
// writes over the rows that fill the last tile, so texts go in order.
func (w *weights) attend(s *scratch, first, n int) {
	head, stride, cols := w.head(), 3*w.width, roundUp(n, columns)
	qkv, mix := s.qkv[first*stride:], s.mix[first*w.width:]
	for h := range w.heads {
		q, k, v := qkv[h*head:], qkv[w.width+h*head:], qkv[2*w.width+h*head:]
		for c := 0; c < n; c += columns {
			for t := c; t < min(c+columns, n); t++ {
				for i, f := range k[t*stride:][:head] {
					s.keys[i*columns+t-c] = f
				}
			}
			for r := 0; r < n; r += tileRows {
				tile(s.scores[r*cols+c:], cols, q[r*stride:], stride, s.keys, columns, head, zeros[:])
			}
		}
		for t := range n {
			softmax(s.scores[t*cols:][:n])
		}
		for c := 0; c < head; c += columns {
			for r := 0; r < n; r += tileRows {
				tile(mix[r*w.width+h*head+c:], w.width, s.scores[r*cols:], cols, v[c:], stride, n, zeros[:])
			}
		}
	}
}

func addNorm(x, sub []float32, n int, m layerNorm) {
	width := len(m.weight)
	for t := range n {
		row := x[t*width:][:width]
		for i, v := range sub[t*width:][:width] {
			row[i] += v
		}
		m.apply(row)
	}
}

// apply is layer normalisation with the epsilon of the model, 1e-12.
func (m layerNorm) apply(row []float32) {
	var sum, square float32
	for _, v := range row {
		sum += v
	}
	mean := sum / float32(len(row))
	for _, v := range row {
		square += (v - mean) * (v - mean)
	}
	inv := float32(1 / math.Sqrt(float64(square)/float64(len(row))+1e-12))
	weight, bias := m.weight[:len(row)], m.bias[:len(row)]
	for i, v := range row {
		row[i] = (v-mean)*inv*weight[i] + bias[i]
	}
}

func softmax(row []float32) {
	top := row[0]
	for _, v := range row {
		if v > top {
			top = v
		}
	}
	var sum float32
	for i, v := range row {
		e := float32(0)
		if at := (v - top + curveSpan) * curveSteps; at > 0 {
			e = expCurve.read(at)
		}
		row[i] = e
		sum += e
	}
	inv := 1 / sum
	for i := range row {
		row[i] *= inv
	}
}

// gelu replaces every x by x times phi(x) (Hendrycks and Gimpel 2016).
func gelu(row []float32) {
	for i, x := range row {
		switch at := (x + curveSpan/2) * curveSteps; {
		case at <= 0:
			row[i] = 0
		case at < curveSpan*curveSteps:
			row[i] = x * phiCurve.read(at)
		}
	}
}

// A curve is a table of a function over curveSpan, read with linear
// interpolation. Its error is at most (1/curveSteps)^2/8, or 8e-6, of the
// second derivative: far below the rounding of the weights.
type curve [curveSpan*curveSteps + 2]float32

const (
	curveSpan  = 16
	curveSteps = 128 // in a span of 1
)

var (
	expCurve = newCurve(-curveSpan, math.Exp) // e^-16 counts as 0
	phiCurve = newCurve(-curveSpan/2, func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 })
)

func newCurve(low float64, f func(float64) float64) *curve {
	var c curve
	for i := range c {
		c[i] = float32(f(low + float64(i)/curveSteps))
	}
	return &c
}

// read returns the function at its low end plus at/curveSteps.
func (c *curve) read(at float32) float32 {
	i := int(at)
	return c[i] + (at-float32(i))*(c[i+1]-c[i])
}
