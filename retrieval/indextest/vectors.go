package indextest

import (
	"context"
	"fmt"
	"math"
	"sync"
	"testing"

	"crisisbot/retrieval"
)

// TestVectorIndex runs the contract of a VectorIndex; empty returns one without
// documents, for vectors of three numbers.
func TestVectorIndex(t *testing.T, empty func(t *testing.T) retrieval.VectorIndex) {
	for _, c := range []struct {
		name string
		test func(*testing.T, retrieval.VectorIndex)
	}{
		{"the nearest comes first", testNearest},
		{"ties go by key", testVectorTies},
		{"filters", testVectorFilters},
		{"any number may be asked for", testVectorNumbers},
		{"the same key again replaces", testVectorReplace},
		{"what is removed is gone", testVectorRemove},
		{"what is no direction is refused", testNoDirection},
		{"a cancelled call does nothing", testVectorCancelled},
		{"concurrent use", testVectorConcurrent},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, empty(t)) })
	}
}

// at returns the unit vector at an angle, in degrees, from the first axis.
func at(degrees float64) []float32 {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return []float32{float32(cos), float32(sin), 0}
}

func vectorDoc(key string, v []float32, p retrieval.Place) retrieval.VectorDoc {
	return retrieval.VectorDoc{Key: key, Vector: v, Place: p}
}

func addVectors(t *testing.T, x retrieval.VectorIndex, docs ...retrieval.VectorDoc) {
	t.Helper()
	if err := x.Add(t.Context(), docs...); err != nil {
		t.Fatal(err)
	}
}

func searchVectors(t *testing.T, x retrieval.VectorIndex, v []float32, f retrieval.Filter, n int) []string {
	t.Helper()
	found, err := x.Search(t.Context(), v, f, n)
	if err != nil {
		t.Fatal(err)
	}
	return keys(found)
}

func testNearest(t *testing.T, x retrieval.VectorIndex) {
	addVectors(t, x, vectorDoc("far", at(170), retrieval.Place{}), vectorDoc("near", at(10), retrieval.Place{}), vectorDoc("middle", at(60), retrieval.Place{}))
	found, err := x.Search(t.Context(), at(0), retrieval.Filter{}, 3)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "found", keys(found), []string{"near", "middle", "far"})
	cosines, err := x.Cosines(t.Context(), at(0), []string{"far", "unknown", "near"})
	if err != nil || len(cosines) != 3 || !math.IsNaN(cosines[1]) {
		t.Fatalf("cosines: %v, %v", cosines, err)
	}
	for i, degrees := range map[int]float64{0: 170, 2: 10} {
		exact := math.Cos(degrees * math.Pi / 180)
		if math.Abs(cosines[i]-exact) > 1e-5 || math.Abs(found[2-i].Score-exact) > 1e-5 {
			t.Errorf("cosine at %v degrees: %v and %v", degrees, cosines[i], found[2-i].Score)
		}
	}
}

func testVectorTies(t *testing.T, x retrieval.VectorIndex) {
	for i := range 40 {
		addVectors(t, x, vectorDoc(fmt.Sprintf("%02d", (i*7)%40), at(30), retrieval.Place{}))
	}
	for range 5 {
		want(t, "found", searchVectors(t, x, at(0), retrieval.Filter{}, 3), []string{"00", "01", "02"})
	}
}

func testVectorFilters(t *testing.T, x retrieval.VectorIndex) {
	for i, p := range places {
		addVectors(t, x, vectorDoc(fmt.Sprint(i), at(30), p))
	}
	for _, f := range filters {
		want(t, f.name, searchVectors(t, x, at(0), f.filter, 10), f.want)
	}
	// The days of a month that don't pass are nearer.
	for day := 1; day <= 30; day++ {
		p := retrieval.Place{Published: fmt.Sprintf("2020-06-%02d", day)}
		addVectors(t, x, vectorDoc(fmt.Sprintf("june %d", day), at(float64(day)), p))
	}
	window := retrieval.Filter{Published: filters[3].filter.Published}
	window.Published = append(window.Published[:0:0], window.Published...)
	window.Published[0].Since, window.Published[0].Until = "2020-06-29", "2020-06-30"
	want(t, "the last days of a month", searchVectors(t, x, at(0), window, 2), []string{"june 29", "june 30"})
}

func testVectorNumbers(t *testing.T, x retrieval.VectorIndex) {
	if got := searchVectors(t, x, at(0), retrieval.Filter{}, 5); got != nil {
		t.Errorf("an empty index finds %q", got)
	}
	addVectors(t, x)
	addVectors(t, x, vectorDoc("a", at(1), retrieval.Place{Published: "2021-01-01"}), vectorDoc("b", at(2), retrieval.Place{}))
	for n, found := range map[int]int{-1: 0, 0: 0, 1: 1, 2: 2, 1000: 2} {
		if got := searchVectors(t, x, at(0), retrieval.Filter{}, n); len(got) != found {
			t.Errorf("asked for %d, found %q", n, got)
		}
	}
}

func testVectorReplace(t *testing.T, x retrieval.VectorIndex) {
	addVectors(t, x, vectorDoc("a", at(0), retrieval.Place{Published: "2021-01-01"}), vectorDoc("b", at(50), retrieval.Place{}))
	addVectors(t, x, vectorDoc("a", at(10), retrieval.Place{}), vectorDoc("a", at(90), retrieval.Place{Published: "2021-02-01"}))
	want(t, "found", searchVectors(t, x, at(0), retrieval.Filter{}, 5), []string{"b", "a"})
	if x.Len() != 2 {
		t.Errorf("Len is %d of 2", x.Len())
	}
}

func testVectorRemove(t *testing.T, x retrieval.VectorIndex) {
	addVectors(t, x, vectorDoc("a", at(0), retrieval.Place{}), vectorDoc("b", at(50), retrieval.Place{Published: "2021-02-01"}))
	for _, keys := range [][]string{nil, {}, {"unknown"}} { // to chromem, no filter means everything
		if err := x.Remove(t.Context(), keys...); err != nil {
			t.Fatal(err)
		}
		if x.Len() != 2 || len(searchVectors(t, x, at(0), retrieval.Filter{}, 5)) != 2 {
			t.Fatalf("removing %q removed something", keys)
		}
	}
	if err := x.Remove(t.Context(), "a", "a"); err != nil {
		t.Fatal(err)
	}
	want(t, "left", searchVectors(t, x, at(0), retrieval.Filter{}, 5), []string{"b"})
	addVectors(t, x, vectorDoc("a", at(0), retrieval.Place{}))
	want(t, "added again", searchVectors(t, x, at(0), retrieval.Filter{}, 5), []string{"a", "b"})
}

func testNoDirection(t *testing.T, x retrieval.VectorIndex) {
	addVectors(t, x, vectorDoc("a", at(0), retrieval.Place{}))
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for name, v := range map[string][]float32{
		"nil": nil, "too short": {1, 0}, "too long": {1, 0, 0, 0}, "zero": {0, 0, 0},
		"not a number": {nan, 0, 0}, "infinite": {inf, 0, 0}, "not of unit length": {2, 0, 0},
	} {
		if err := x.Add(t.Context(), vectorDoc("b", at(5), retrieval.Place{}), vectorDoc("c", v, retrieval.Place{})); err == nil {
			t.Errorf("%s: it is added", name)
		}
		if _, err := x.Search(t.Context(), v, retrieval.Filter{}, 5); err == nil {
			t.Errorf("%s: it is searched for", name)
		}
		if _, err := x.Cosines(t.Context(), v, []string{"a"}); err == nil {
			t.Errorf("%s: it is compared", name)
		}
	}
	want(t, "afterwards", searchVectors(t, x, at(0), retrieval.Filter{}, 5), []string{"a"})
}

func testVectorCancelled(t *testing.T, x retrieval.VectorIndex) {
	addVectors(t, x, vectorDoc("a", at(0), retrieval.Place{}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := x.Search(ctx, at(0), retrieval.Filter{}, 5); err != context.Canceled || got != nil {
		t.Errorf("search: %v, %v", got, err)
	}
	if _, err := x.Cosines(ctx, at(0), []string{"a"}); err != context.Canceled {
		t.Errorf("cosines: %v", err)
	}
	if err := x.Add(ctx, vectorDoc("b", at(5), retrieval.Place{})); err != context.Canceled {
		t.Errorf("add: %v", err)
	}
	if err := x.Remove(ctx, "a"); err != context.Canceled {
		t.Errorf("remove: %v", err)
	}
	want(t, "afterwards", searchVectors(t, x, at(0), retrieval.Filter{}, 5), []string{"a"})
}

func testVectorConcurrent(t *testing.T, x retrieval.VectorIndex) {
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 50 {
				key := fmt.Sprintf("%d-%d", w, i)
				p := retrieval.Place{Published: fmt.Sprintf("2021-%02d-01", 1+i%12)}
				if err := x.Add(t.Context(), vectorDoc(key, at(float64(i)), p)); err != nil {
					t.Error(err)
				}
				if i%2 == 1 {
					if err := x.Remove(t.Context(), key); err != nil {
						t.Error(err)
					}
				}
				if _, err := x.Search(t.Context(), at(0), retrieval.Filter{}, 5); err != nil {
					t.Error(err)
				}
				if _, err := x.Cosines(t.Context(), at(0), []string{key}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if x.Len() != 100 {
		t.Errorf("%d vectors are left of 100", x.Len())
	}
}
