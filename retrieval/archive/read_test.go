package archive

import (
	"fmt"
	"strings"
	"testing"

	"crisisbot/retrieval/article"
)

// TestDamageWhileOpen changes bytes under an open archive: what is damaged is left
// out and reported, and mended by the next Open.
func TestDamageWhileOpen(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	a, err := Open(ctx, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var records []Record
	var vectors []Vector
	for i := range 5 {
		id := fmt.Sprint(i)
		records = append(records, Record{Article: article.Article{ID: id, Text: "Text of " + id}})
		vectors = append(vectors, Vector{Hash: HashText(id), Article: id, Values: []float32{1, 2}})
	}
	m := Model{ID: "m", Dimension: 2}
	if _, err := a.Put(ctx, records); err != nil {
		t.Fatal(err)
	}
	if err := a.PutVectors(ctx, m, vectors); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		"UPDATE records SET body = replace(body, 'Text', 'Tent') WHERE id = '3'",
		"UPDATE vectors SET vector = x'0000803f0000803f' WHERE article = '2'",
	} {
		if _, err := a.db.ExecContext(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	ids := func() string {
		var ids []string
		for r, err := range a.Load(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, r.ID)
		}
		return strings.Join(ids, " ")
	}
	if got := ids(); got != "0 1 2 4" {
		t.Errorf("loaded %s", got)
	}
	if _, err := a.Article(ctx, "3", 0); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("the damaged article: %v", err)
	}
	if v, err := a.Verify(ctx); err != nil || len(v.Found) != 2 {
		t.Errorf("Verify: %+v %v", v, err)
	}
	if vs, err := a.Vectors(ctx, m); err != nil || len(vs) != 4 {
		t.Errorf("%d vectors, %v", len(vs), err)
	}
	if missing, err := a.Missing(ctx, m, []Hash{HashText("1"), HashText("2")}); err != nil || len(missing) != 1 || missing[0] != HashText("2") {
		t.Errorf("missing %v %v", missing, err)
	}
	report := a.Report()
	if len(report.Found) != 2 || report.OK() || strings.Count(report.String(), "\n") != 2 {
		t.Errorf("report: %v", report)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if a, err = Open(ctx, dir, Options{}); err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if got := ids(); got != "0 1 2 3 4" {
		t.Errorf("after mending: %s", got)
	}
	report = a.Report()
	if len(report.Found) != 1 || len(report.SetAside) != 1 || !strings.Contains(report.String(), report.SetAside[0]) {
		t.Errorf("report of mending: %v", report)
	}
}
