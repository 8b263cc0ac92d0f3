package dates

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/seeds.golden")

// TestSeeds holds every mention in the starter articles; the golden file was
// read through by hand.
func TestSeeds(t *testing.T) {
	published := map[string]string{"000": "2021-12-07", "001": "2021-04-14", "002": "2021-12-02", "003": "2021-12-02", "004": "2021-12-22"}
	files, err := filepath.Glob("../../seeds/*.txt")
	if err != nil || len(files) == 0 {
		t.Skip("no articles beside the package")
	}
	var b strings.Builder
	for _, file := range files {
		day, ok := published[filepath.Base(file)[:3]]
		if !ok {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s, printed %s\n", filepath.Base(file), day)
		for _, m := range Find(string(text), Anchor{Day: day}) {
			fmt.Fprintf(&b, "%6d %s: %v, %v, %v", m.Start, m.Text, m.Range, m.Precision, m.Basis)
			if m.Vague {
				b.WriteString(", vague")
			}
			if m.Modifier {
				b.WriteString(", modifier")
			}
			b.WriteByte('\n')
		}
	}
	const golden = "testdata/seeds.golden"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the mentions changed; go test -update rewrites %s\ngot:\n%s", golden, b.String())
	}
}
