package article_test

import (
	"fmt"

	"crisisbot/retrieval/article"
)

func ExampleRead() {
	r := article.Read(`Talks in January

By [Ann Lee and Bo Cho for AFP](#)

December 22, 2021

Russia has agreed to talks, Sergei Lavrov said. "It is agreed," he added.

Related article: [Tensions Rise](#)

Source: The Example`)
	fmt.Println(r.Title, "|", r.Published, r.Authors, r.Agency, "|", r.Publisher)
	for _, b := range r.Blocks {
		fmt.Println(b.Kind, len(b.Sentences))
	}
	// Output:
	// Talks in January | 2021-12-22 [Ann Lee Bo Cho] AFP | The Example
	// title 1
	// byline 0
	// byline 0
	// paragraph 2
	// boilerplate 0
	// boilerplate 0
}

func ExamplePassages() {
	text := "Talks in January\n\nRussia agreed. Mr. Lavrov said so in Moscow on Wednesday. It was cold.\n\nNATO did not answer the letter that the ministry sent."
	for _, p := range article.Passages(article.Read(text)) {
		fmt.Printf("%d-%d %s %q\n", p.Start, p.End, p.Kind, p.In(text))
	}
	// Output:
	// 0-16 title "Talks in January"
	// 18-88 paragraph "Russia agreed. Mr. Lavrov said so in Moscow on Wednesday. It was cold."
	// 90-144 paragraph "NATO did not answer the letter that the ministry sent."
}

func ExamplePlain() {
	fmt.Println(article.Plain("By [Ann Lee](#), **The\u00a0Example**"))
	// Output: By Ann Lee, The Example
}
