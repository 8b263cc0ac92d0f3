package archive

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
)

// A Model names the vectors that can be compared with each other.
type Model struct {
	ID        string // such as the name of an encoder with its version
	Dimension int    // numbers in a vector
}

// A Vector is the embedding of one text under a model.
type Vector struct {
	Hash    Hash   // of the text that was embedded
	Article string // id; the vector goes when this article is removed
	Values  []float32
}

// PutVectors stores vectors in one transaction, exactly as they are. A vector that
// was there for the same model and text is replaced. Vectors of another length
// than those that the model has, and zero, infinite or undefined ones, are an
// error, and then none is stored.
func (a *Archive) PutVectors(ctx context.Context, m Model, vectors []Vector) error {
	err := checkVectors(m, vectors)
	if err == nil {
		err = a.write(ctx, func(c *change) error {
			if err := checkDimension(ctx, c.tx, m); err != nil {
				return err
			}
			known := map[string]bool{}
			for _, v := range vectors {
				if !known[v.Article] {
					if _, err := currentBody(ctx, c.tx, v.Article); err != nil {
						return err
					}
					known[v.Article] = true
				}
				row := vectorRow{model: m.ID, hash: v.Hash[:], article: v.Article, vector: encodeVector(v.Values)}
				row.sum = row.checksum()
				if err := putVectorRow(ctx, c.tx, row); err != nil {
					return err
				}
				c.wrote = true
			}
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("put vectors: %w", err)
	}
	return nil
}

func checkVectors(m Model, vectors []Vector) error {
	if m.ID == "" || m.Dimension < 1 {
		return fmt.Errorf("model %q with %d dimensions is none", m.ID, m.Dimension)
	}
	for _, v := range vectors {
		if len(v.Values) != m.Dimension {
			return fmt.Errorf("a vector for %q has %d numbers, model %q has %d", v.Article, len(v.Values), m.ID, m.Dimension)
		}
		var sum float64
		for _, x := range v.Values {
			sum += float64(x) * float64(x)
		}
		if sum == 0 || math.IsNaN(sum) || math.IsInf(sum, 0) {
			return fmt.Errorf("a vector for %q is zero or not finite", v.Article)
		}
	}
	return nil
}

// checkDimension makes sure that a model's vectors are all of one length.
func checkDimension(ctx context.Context, q rower, m Model) error {
	var size int
	err := q.QueryRowContext(ctx, "SELECT length(vector) FROM vectors WHERE model = ? LIMIT 1", m.ID).Scan(&size)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil && size != 4*m.Dimension {
		err = fmt.Errorf("the archive has vectors of %d numbers for model %q, not %d: "+
			"remove that model's vectors first, or give the other model another name", size/4, m.ID, m.Dimension)
	}
	return err
}

// vectorArena is how many vectors share one allocation.
const vectorArena = 256

// Vectors returns all vectors of a model by the hash of their text. The caller
// owns them. A damaged vector is left out and noted in the Report; Missing names
// its text until it is put again.
func (a *Archive) Vectors(ctx context.Context, m Model) (map[Hash][]float32, error) {
	vectors := map[Hash][]float32{}
	var bad []int64
	var arena []float32
	err := checkDimension(ctx, a.db, m)
	if err == nil {
		err = eachVector(ctx, a.db, "ORDER BY n", func(v vectorRow) error {
			if v.model != m.ID {
				return nil
			}
			if !v.sound() || len(v.vector) != 4*m.Dimension {
				bad = append(bad, v.n)
				return nil
			}
			if len(arena) < m.Dimension {
				arena = make([]float32, vectorArena*m.Dimension)
			}
			values := arena[:m.Dimension:m.Dimension]
			arena = arena[m.Dimension:]
			for i := range values {
				values[i] = math.Float32frombits(binary.LittleEndian.Uint32(v.vector[4*i:]))
			}
			vectors[Hash(v.hash)] = values
			return nil
		})
	}
	if err == nil && len(bad) > 0 {
		err = a.dropVectors(ctx, m, bad)
	}
	if err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	return vectors, nil
}

// dropVectors deletes damaged rows, so that their texts count as missing.
func (a *Archive) dropVectors(ctx context.Context, m Model, rows []int64) error {
	a.note("%s of model %q not as written: left out, to be made again", count(len(rows), "vector was", "vectors were"), m.ID)
	err := a.write(ctx, func(c *change) error {
		for _, n := range rows {
			if _, err := c.tx.ExecContext(ctx, "DELETE FROM vectors WHERE n = ?", n); err != nil {
				return err
			}
		}
		c.wrote = true
		return nil
	})
	if errors.Is(err, ErrReadOnly) {
		return nil
	}
	return err
}

// Missing returns those of hashes, in their order and each once, for which the
// model has no vector.
func (a *Archive) Missing(ctx context.Context, m Model, hashes []Hash) ([]Hash, error) {
	find, err := a.db.PrepareContext(ctx, "SELECT 1 FROM vectors WHERE model = ? AND hash = ?")
	if err != nil {
		return nil, fmt.Errorf("missing vectors: %w", err)
	}
	defer find.Close()
	var missing []Hash
	asked := make(map[Hash]bool, len(hashes))
	for _, h := range hashes {
		if asked[h] {
			continue
		}
		asked[h] = true
		var n int
		switch err := find.QueryRowContext(ctx, m.ID, h[:]).Scan(&n); {
		case errors.Is(err, sql.ErrNoRows):
			missing = append(missing, h)
		case err != nil:
			return nil, fmt.Errorf("missing vectors: %w", err)
		}
	}
	return missing, nil
}

// Models returns the models that have vectors here, in the order of their ids.
func (a *Archive) Models(ctx context.Context) ([]Model, error) {
	var models []Model
	for id := ""; ; {
		var m Model
		// One step of the index a model: to group all vectors would mean to read them.
		err := a.db.QueryRowContext(ctx, "SELECT model, length(vector) FROM vectors WHERE model > ? ORDER BY model LIMIT 1", id).
			Scan(&m.ID, &m.Dimension)
		if errors.Is(err, sql.ErrNoRows) {
			return models, nil
		}
		if err != nil {
			return nil, fmt.Errorf("models: %w", err)
		}
		m.Dimension /= 4
		models, id = append(models, m), m.ID
	}
}

// RemoveModel deletes all vectors of a model.
func (a *Archive) RemoveModel(ctx context.Context, id string) error {
	err := a.write(ctx, func(c *change) error {
		c.wrote = true
		_, err := c.tx.ExecContext(ctx, "DELETE FROM vectors WHERE model = ?", id)
		return err
	})
	if err != nil {
		return fmt.Errorf("remove model: %w", err)
	}
	return nil
}

// RemoveVectors deletes the vectors of a model for the given texts, such as those
// of passages that no current revision has. None given, none deleted.
func (a *Archive) RemoveVectors(ctx context.Context, m Model, hashes []Hash) error {
	err := a.write(ctx, func(c *change) error {
		for h := range slices.Values(hashes) {
			if _, err := c.tx.ExecContext(ctx, "DELETE FROM vectors WHERE model = ? AND hash = ?", m.ID, h[:]); err != nil {
				return err
			}
			c.wrote = true
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove vectors: %w", err)
	}
	return nil
}

// A vectorRow is a row of the table vectors.
type vectorRow struct {
	n              int64
	model, article string
	hash, vector   []byte
	sum            int64 // CRC-32C over everything but n
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (v *vectorRow) checksum() int64 {
	sum := crc32.Update(0, castagnoli, v.vector)
	sum = crc32.Update(sum, castagnoli, v.hash)
	return int64(crc32.Update(sum, castagnoli, []byte(v.model+"\x00"+v.article)))
}

func (v *vectorRow) sound() bool {
	return v.sum == v.checksum() && len(v.hash) == len(Hash{})
}

// encodeVector returns the numbers as IEEE 754 single precision, little-endian.
func encodeVector(values []float32) []byte {
	b := make([]byte, 0, 4*len(values))
	for _, x := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

func putVectorRow(ctx context.Context, q rower, v vectorRow) error {
	_, err := q.ExecContext(ctx, `INSERT INTO vectors (model, hash, article, vector, sum) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (model, hash) DO UPDATE SET article = excluded.article, vector = excluded.vector, sum = excluded.sum`,
		v.model, v.hash, v.article, v.vector, v.sum)
	return err
}

// eachVector calls use for every row that can be read, with bytes that are valid
// during the call. It reads the table from end to end: through the index it would
// take four times as long.
func eachVector(ctx context.Context, q rower, order string, use func(vectorRow) error) error {
	rows, err := q.QueryContext(ctx, "SELECT n, model, hash, article, vector, sum FROM vectors NOT INDEXED "+order)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var v vectorRow
		var hash, vector sql.RawBytes
		if err := rows.Scan(&v.n, &v.model, &hash, &v.article, &vector, &v.sum); err != nil {
			return rowFault{err}
		}
		v.hash, v.vector = hash, vector
		if err := use(v); err != nil {
			return err
		}
	}
	return rows.Err()
}
