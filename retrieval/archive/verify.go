package archive

import (
	"context"
	"fmt"
)

// Verify reads everything, checks every sum in both copies and counts. It changes
// nothing: what Report.Found names is mended by the next Open.
func (a *Archive) Verify(ctx context.Context) (Report, error) {
	r, err := a.verify(ctx)
	if err != nil {
		return r, fmt.Errorf("verify: %w", err)
	}
	return r, nil
}

func (a *Archive) verify(ctx context.Context) (r Report, err error) {
	a.mu.Lock() // between a transaction and its lines in the second copy, the two differ
	defer a.mu.Unlock()
	second, err := readCopy(ctx, a.path(copyFile))
	if err != nil {
		return r, err
	}
	seen := &inspection{rows: map[Hash]seqName{}, seqs: map[name]int64{}}
	badVectors := 0
	err = seen.inspect(ctx, a.db)
	if err == nil {
		err = eachVector(ctx, a.db, "ORDER BY n", func(v vectorRow) error {
			r.Vectors++
			if !v.sound() {
				badVectors++
			}
			return nil
		})
	}
	if err != nil && ctx.Err() == nil && damaged(err) {
		seen.fault("%v", err)
		err = nil
	}
	for _, f := range seen.faults {
		r.Found = append(r.Found, "archive.db: "+f)
	}
	if badVectors > 0 {
		r.Found = append(r.Found, "archive.db: "+count(badVectors, "vector is", "vectors are")+" not as written")
	}
	for n := range seen.seqs {
		if n.kind == kindArticle {
			r.Revisions++
			if n.revision == 1 {
				r.Articles++
			}
		}
	}
	if err != nil || len(seen.faults) > 0 {
		return r, err
	}
	diff, err := seen.compare(second)
	if diff.generation > seen.generation {
		r.Found = append(r.Found, "archive.db: the last writes of vectors, runs or feeds are gone")
	}
	if diff.lost > 0 {
		r.Found = append(r.Found, "archive.db: it lacks "+count(diff.lost, "entry", "entries")+" of the second copy")
	}
	if writing := a.lock == nil && diff.tailOnly; diff.copyFault != "" && !writing {
		r.Found = append(r.Found, "archive.copy: "+diff.copyFault)
	}
	return r, err
}
