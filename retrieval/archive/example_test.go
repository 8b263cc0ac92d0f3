package archive_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
)

func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "archive")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	a, err := archive.Open(ctx, dir, archive.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	for _, found := range a.Report().Found {
		log.Print(found)
	}

	text := "Troops were moved to the border. Nobody said why."
	record := archive.Record{
		Article:  article.Article{ID: "post-2021-12-02-troops", Title: "Troops moved", Published: "2021-12-02", Text: text},
		Passages: []article.Passage{{Span: article.Span{End: len(text)}}},
	}
	for range 2 {
		outcomes, err := a.Put(ctx, []archive.Record{record})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(outcomes[0].Status)
	}
	if err := a.Edit(ctx, record.ID, archive.Edit{Publisher: new("The Post")}); err != nil {
		log.Fatal(err)
	}
	for r, err := range a.Load(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(r.Revision, r.Publisher, r.Published, r.Passages[0].In(r.Text))
	}
	// Output:
	// added
	// unchanged
	// 1 The Post 2021-12-02 Troops were moved to the border. Nobody said why.
}
