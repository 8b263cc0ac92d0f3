// Package seeds holds the starter articles, byte for byte as they were
// received, and a catalogue of what is known about them. It is data: the only
// code verifies that catalogue and files agree. NOTICE.md says whose texts they
// are.
package seeds

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"time"
)

//go:embed *.txt catalogue.json
var files embed.FS

// A Seed is a starter article with its entry in the catalogue.
type Seed struct {
	ID        string   `json:"id"`        // readable and stable: lower-case words and digits joined by hyphens
	File      string   `json:"file"`      // base name
	Title     string   `json:"title"`     // as printed, or taken from the first sentence
	Publisher string   `json:"publisher"` // "" if unknown
	Authors   []string `json:"authors"`   // in printed order
	Published string   `json:"published"` // day of publication, "2006-01-02"
	// DateInferred says that Published is not stated in the text, DateReason
	// from what it was inferred.
	DateInferred bool   `json:"date_inferred"`
	DateReason   string `json:"date_reason"`
	URL          string `json:"url"`     // "" if unknown
	Quality      string `json:"quality"` // "" for a clean text, or words such as "machine-translated"
	Origin       string `json:"origin"`  // id of the report that this one copies; its own ID when it is an original
	SHA256       string `json:"sha256"`  // of Text, lower-case hexadecimal
	Text         string `json:"-"`       // the bytes of File
}

// All returns the starter articles in the order of the catalogue. The error
// names the first entry or file on which catalogue and files disagree. The
// slice is the caller's own.
func All() ([]Seed, error) { return load(files) }

const catalogueFile = "catalogue.json"

// load reads the catalogue of fsys and every text it names.
func load(fsys fs.FS) ([]Seed, error) {
	seeds, err := readCatalogue(fsys)
	if err != nil {
		return nil, fmt.Errorf("seeds: %s: %w", catalogueFile, err)
	}
	ids, texts := map[string]bool{}, map[string]bool{}
	for i := range seeds {
		s := &seeds[i]
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("seeds: %s: entry %d (%q): %w", catalogueFile, i+1, s.ID, err)
		}
		if ids[s.ID] || texts[s.File] {
			return nil, fmt.Errorf("seeds: %s: entry %d: id %q or file %q is listed twice", catalogueFile, i+1, s.ID, s.File)
		}
		ids[s.ID], texts[s.File] = true, true
		if err := s.readText(fsys); err != nil {
			return nil, fmt.Errorf("seeds: %s: %w", s.ID, err)
		}
	}
	for i := range seeds {
		if s := &seeds[i]; s.Origin == "" {
			s.Origin = s.ID
		} else if !ids[s.Origin] {
			return nil, fmt.Errorf("seeds: %s: origin %q is not in the catalogue", s.ID, s.Origin)
		}
	}
	present, err := fs.Glob(fsys, "*.txt")
	if err != nil {
		return nil, fmt.Errorf("seeds: list files: %w", err)
	}
	for _, name := range present {
		if !texts[name] {
			return nil, fmt.Errorf("seeds: file %s has no entry in %s", name, catalogueFile)
		}
	}
	return seeds, nil
}

func readCatalogue(fsys fs.FS) ([]Seed, error) {
	f, err := fsys.Open(catalogueFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var seeds []Seed
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(&seeds); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("text after the end of the list")
	}
	return seeds, nil
}

var idPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// check reports the first thing wrong with an entry by itself.
func (s *Seed) check() error {
	if !idPattern.MatchString(s.ID) {
		return errors.New("id must be lower-case words and digits joined by hyphens")
	}
	if s.Title == "" || s.File == "" {
		return errors.New("title and file must be given")
	}
	if _, err := time.Parse(time.DateOnly, s.Published); err != nil {
		return fmt.Errorf("published %q is not a day such as 2021-12-02", s.Published)
	}
	if s.DateInferred != (s.DateReason != "") {
		return errors.New("date_inferred and date_reason must be given together")
	}
	return nil
}

func (s *Seed) readText(fsys fs.FS) error {
	b, err := fs.ReadFile(fsys, s.File)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	if got := hex.EncodeToString(sum[:]); got != s.SHA256 {
		return fmt.Errorf("file %s has sha256 %s, the catalogue says %q", s.File, got, s.SHA256)
	}
	s.Text = string(b)
	return nil
}
