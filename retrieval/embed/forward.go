package embed

import "math"

// A scratch holds all that one forward pass writes, so that a pass allocates nothing. Matrices lie row by row, one row
// a token. Their rows are rounded up to whole tiles; what stands in the rows
// beyond the text is never read back.
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
	rows, cols := roundUp(w.positions, tileRows), roundUp(w.positions, columns)
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

// forward runs the encoder of Devlin et al. 2018 (BERT: layer norm after
// every sublayer, GELU with erf) over 1 to positions ids and writes the mean of the last
// hidden states, scaled to unit length, to dst of width floats.
func (w *weights) forward(dst []float32, ids []int32, s *scratch) {
	n := len(ids)
	for t, id := range ids {
		row := s.x[t*w.width:][:w.width]
		word := w.words[int(id)*w.width:][:w.width]
		scale := w.wordScale[int(id)*(w.width/block):]
		place := w.places[t*w.width:][:w.width]
		for i := range row {
			row[i] = float32(int8(word[i]))*scale[i/block] + place[i]
		}
		w.norm.apply(row)
	}
	for i := range w.layers {
		l := &w.layers[i]
		l.qkv.apply(s.qkv, s.x, n, s.panel)
		w.attend(s, n)
		l.proj.apply(s.sub, s.mix, n, s.panel)
		addNorm(s.x, s.sub, n, l.norm1)
		l.up.apply(s.inner, s.x, n, s.panel)
		gelu(s.inner[:n*w.inner])
		l.down.apply(s.sub, s.inner, n, s.panel)
		addNorm(s.x, s.sub, n, l.norm2)
	}
	clear(dst)
	for t := range n {
		for i, v := range s.x[t*w.width:][:len(dst)] {
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

// attend writes softmax(Q K^T) V of every head to s.mix. The factor
// 1/sqrt(head) is part of Q's weights.
func (w *weights) attend(s *scratch, n int) {
	head, stride, cols := w.head(), 3*w.width, roundUp(n, columns)
	for h := range w.heads {
		q, k, v := s.qkv[h*head:], s.qkv[w.width+h*head:], s.qkv[2*w.width+h*head:]
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
				tile(s.mix[r*w.width+h*head+c:], w.width, s.scores[r*cols:], cols, v[c:], stride, n, zeros[:])
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
		top = max(top, v)
	}
	var sum float32
	for i, v := range row {
		e := exp(v - top)
		row[i] = e
		sum += e
	}
	inv := 1 / sum
	for i := range row {
		row[i] *= inv
	}
}

// exp returns e^x for x <= 0 with a relative error below 2e-7: x is split
// into n*ln 2 + r with |r| <= ln(2)/2, and e^r comes from the polynomial of
// the Cephes library (expf).
func exp(x float32) float32 {
	if x < -87 {
		return 0
	}
	n := int32(x*math.Log2E - 0.5)
	f := float32(n)
	r := x - f*0.693359375 + f*2.12194440e-4
	p := float32(1.9875691500e-4)
	p = p*r + 1.3981999507e-3
	p = p*r + 8.3334519073e-3
	p = p*r + 4.1665795894e-2
	p = p*r + 1.6666665459e-1
	p = p*r + 5.0000001201e-1
	return (p*r*r + r + 1) * math.Float32frombits(uint32(n+127)<<23)
}

// phi holds the standard normal distribution function from -phiEnd to phiEnd
// at steps of 1/phiStep. Read with linear interpolation it is off by less
// than 2e-6 (step^2/8 times the greatest second derivative).
const (
	phiEnd  = 8
	phiStep = 128
)

var phi = func() (t [2*phiEnd*phiStep + 2]float32) {
	for i := range t {
		x := float64(i)/phiStep - phiEnd
		t[i] = float32(0.5 * math.Erfc(-x/math.Sqrt2))
	}
	return
}()

// gelu replaces every x by x times phi(x) (Hendrycks and Gimpel 2016).
func gelu(row []float32) {
	for i, x := range row {
		at := (x + phiEnd) * phiStep
		switch {
		case at <= 0:
			row[i] = 0
		case at < 2*phiEnd*phiStep:
			j := int(at)
			low, high := phi[j], phi[j+1]
			row[i] = x * (low + (at-float32(j))*(high-low))
		}
	}
}
