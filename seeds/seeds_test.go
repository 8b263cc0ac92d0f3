package seeds

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestAll(t *testing.T) {
	seeds, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if len(seeds) != 5 {
		t.Fatalf("%d starter articles, want 5", len(seeds))
	}
	byID := map[string]Seed{}
	for _, s := range seeds {
		byID[s.ID] = s
		if s.Quality != "rewritten; quotations altered; cut off in mid-sentence" && s.Origin != s.ID {
			t.Errorf("%s: origin %s, want its own", s.ID, s.Origin)
		}
		for _, author := range s.Authors {
			if !strings.Contains(s.Text, author) {
				t.Errorf("%s: author %q is not in the text", s.ID, author)
			}
		}
		if !strings.Contains(s.Text, s.Title) || !strings.Contains(s.Text, s.URL) {
			t.Errorf("%s: title or url is not in the text", s.ID)
		}
		if !s.DateInferred && !statesDay(s.Text, s.Published) {
			t.Errorf("%s: day %s is not in the text, so it must be marked as inferred", s.ID, s.Published)
		}
	}
	rewrite := byID["washington-newsday-2021-12-02-ukraine-crisis-intensifying"]
	if original, ok := byID[rewrite.Origin]; !ok || original.Publisher != "The Moscow Times" {
		t.Errorf("origin of the rewrite is %q", rewrite.Origin)
	}
}

func statesDay(text, iso string) bool {
	day, err := time.Parse(time.DateOnly, iso)
	return err == nil && (strings.Contains(text, iso) || strings.Contains(text, day.Format("January 02, 2006")))
}

func TestLoadRefusesATornCatalogue(t *testing.T) {
	const text = "An article.\n"
	sum := sha256.Sum256([]byte(text))
	good := `{"id":"a-1","file":"a.txt","title":"T","published":"2021-12-02","sha256":"` + hex.EncodeToString(sum[:]) + `"}`
	swap := func(old, new string) string { return "[" + strings.Replace(good, old, new, 1) + "]" }
	tests := []struct {
		name, catalogue string
		files           []string
		want            string // in the error; "" for none
	}{
		{"whole", "[" + good + "]", []string{"a.txt"}, ""},
		{"no catalogue", "", nil, "catalogue.json"},
		{"cut off", "[" + good, []string{"a.txt"}, "unexpected EOF"},
		{"more behind it", "[" + good + "] []", []string{"a.txt"}, "after the end"},
		{"unknown field", swap(`"title"`, `"titel":"","title"`), []string{"a.txt"}, "titel"},
		{"missing file", "[" + good + "]", nil, "a.txt"},
		{"unknown file", "[" + good + "]", []string{"a.txt", "b.txt"}, "b.txt has no entry"},
		{"twice", "[" + good + "," + good + "]", []string{"a.txt"}, "listed twice"},
		{"bad id", swap("a-1", "A 1"), []string{"a.txt"}, "id must be"},
		{"no title", swap(`"T"`, `""`), []string{"a.txt"}, "title and file"},
		{"bad date", swap("2021-12-02", "2021-02-30"), []string{"a.txt"}, "2021-02-30"},
		{"no date", swap("2021-12-02", ""), []string{"a.txt"}, "is not a day"},
		{"inferred without a reason", swap(`"title"`, `"date_inferred":true,"title"`), []string{"a.txt"}, "date_reason"},
		{"wrong sha256", swap(hex.EncodeToString(sum[:4]), "00000000"), []string{"a.txt"}, "sha256"},
		{"unknown origin", swap(`"title"`, `"origin":"b-2","title"`), []string{"a.txt"}, `"b-2"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			if tt.catalogue != "" {
				fsys[catalogueFile] = &fstest.MapFile{Data: []byte(tt.catalogue)}
			}
			for _, name := range tt.files {
				fsys[name] = &fstest.MapFile{Data: []byte(text)}
			}
			seeds, err := load(fsys)
			switch {
			case tt.want == "" && err != nil:
				t.Fatal(err)
			case tt.want == "" && (seeds[0].Text != text || seeds[0].Origin != "a-1"):
				t.Fatalf("got %+v", seeds[0])
			case tt.want != "" && err == nil:
				t.Fatal("no error")
			case tt.want != "" && (!strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "seeds: ")):
				t.Fatalf("error %q does not say %q", err, tt.want)
			}
		})
	}
}
