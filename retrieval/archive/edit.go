package archive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"crisisbot/retrieval/article"
)

// An Edit is an operator's correction of what is known about an article. A nil
// field leaves what the article says. A day of publication that is set counts as
// stated, not inferred.
type Edit struct {
	Title     *string   `json:"title,omitempty"`
	Publisher *string   `json:"publisher,omitempty"`
	Authors   *[]string `json:"authors,omitempty"`
	Published *string   `json:"published,omitempty"` // day, "2006-01-02"; "" for unknown
	URL       *string   `json:"url,omitempty"`
	Quality   *string   `json:"quality,omitempty"`
}

func (e Edit) apply(a *article.Article) {
	set(&a.Title, e.Title)
	set(&a.Publisher, e.Publisher)
	set(&a.Authors, e.Authors)
	set(&a.Published, e.Published)
	set(&a.URL, e.URL)
	set(&a.Quality, e.Quality)
	if e.Published != nil {
		a.DateInferred, a.DateReason = false, ""
	}
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// over returns the edit e with the fields of later in place of its own.
func (e Edit) over(later Edit) Edit {
	for _, f := range []struct{ to, from **string }{
		{&e.Title, &later.Title}, {&e.Publisher, &later.Publisher}, {&e.Published, &later.Published},
		{&e.URL, &later.URL}, {&e.Quality, &later.Quality},
	} {
		if *f.from != nil {
			*f.to = *f.from
		}
	}
	if later.Authors != nil {
		e.Authors = later.Authors
	}
	return e
}

func (e Edit) check() error {
	var values []string
	for _, s := range []*string{e.Title, e.Publisher, e.Published, e.URL, e.Quality} {
		if s != nil {
			values = append(values, *s)
		}
	}
	if e.Authors != nil {
		values = append(values, *e.Authors...)
	}
	for _, s := range values {
		if !utf8.ValidString(s) || slices.Contains([]byte(s), 0) {
			return fmt.Errorf("%q is not plain text", s)
		}
	}
	if e.Published != nil {
		if why := checkDay(*e.Published); why != "" {
			return errors.New(why)
		}
	}
	return nil
}

// Edit corrects an article. The correction adds to earlier ones and outlives later
// revisions and repeated ingestion. The error wraps ErrNotFound if there is no
// such article.
func (a *Archive) Edit(ctx context.Context, id string, e Edit) error {
	err := e.check()
	if err == nil {
		err = a.write(ctx, func(c *change) error {
			if _, err := currentBody(ctx, c.tx, id); err != nil {
				return err
			}
			before, err := loadOverlay(ctx, c.tx, id)
			if err != nil {
				return err
			}
			e = before.edits[id].over(e)
			return c.put(&entry{Kind: kindEdit, ID: id, Edit: &e})
		})
	}
	if err != nil {
		return fmt.Errorf("edit article: %w", err)
	}
	return nil
}

// SetOrigins says for each article id which article its report derives from: its
// own id for an original. All ids must be in the archive; the error wraps
// ErrNotFound if one is not, and nothing is changed then.
func (a *Archive) SetOrigins(ctx context.Context, origins map[string]string) error {
	err := a.write(ctx, func(c *change) error {
		for _, id := range slices.Sorted(maps.Keys(origins)) {
			if _, err := currentBody(ctx, c.tx, id); err != nil {
				return err
			}
			before, err := loadOverlay(ctx, c.tx, id)
			if err != nil {
				return err
			}
			if old, known := before.origins[id]; known && old == origins[id] {
				continue
			}
			if err := c.put(&entry{Kind: kindOrigin, ID: id, Origin: origins[id]}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("set origins: %w", err)
	}
	return nil
}
