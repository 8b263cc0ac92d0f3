package article

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// prose stands before and after the line under test.
const prose = "The minister met his colleagues on Monday and spoke of the crisis at length."

func TestKinds(t *testing.T) {
	tests := []struct {
		line string
		want Kind
	}{
		{"Ukraine said on Wednesday that its troops were ready, the ministry told Reuters.", Paragraph},
		{"Facebook changed its privacy policy on Monday, angering many of its users.", Paragraph},
		{"Share prices fell by a tenth in Moscow.", Paragraph},
		{"Copyright law in the European Union changed on Monday.", Paragraph},
		{"Subscribe numbers rose, the newspaper said on Thursday.", Paragraph},
		{"By Monday, Russian forces had left the town.", Paragraph},
		{"Home secretary Priti Patel resigned.", Paragraph},
		{"He died on Monday, December 6, 2021.", Paragraph},
		{"Representative Liz Cheney (R) voted against it on Monday.", Paragraph},
		{"Source: officials in Kyiv see no deal", Heading},
		{"News of the invasion spread quickly.", Paragraph},
		{"The Kremlin denied it all, he said. (Reuters)", Paragraph},
		{"MOSCOW (Reuters) - Russia said on Friday that it wanted guarantees.", Paragraph},
		{"The Moscow Times is an independent newspaper published in Russia.", Paragraph},
		{"In this war, video has become a weapon that both sides use against each other.", Paragraph},

		{"## What comes next", Heading},
		{"== What comes next ==", Heading},
		{"**What comes next**", Heading},
		{"'De-escalate'", Heading},
		{"Invasion and possible invasion", Heading},

		{"- Russia has 120,000 troops there", Bullet},
		{"  • Russia has 120,000 troops there", Bullet},
		{"2. Russia has 120,000 troops there.", Bullet},

		{"By Marc Preel and Francesco Fontemaggi", Byline},
		{"By [Marc Preel for AFP](#)", Byline},
		{"By Travis Zimpfer on March 2, 2017", Byline},
		{"Kyiv, Dec. 2 (Interfax)", Byline},

		{"AFP / Jo Doe – Soldiers walk along the border near Kharkiv.", Caption},
		{"REUTERS – Unclassified document that shows Russian military operations.", Caption},
		{"Photo / Press Office via AP – The president walks under a camouflage net.", Caption},
		{"Putin and Biden met in Geneva in June. **Jo Doe / White House Photo**", Caption},
		{"Volodymyr Zelensky at the front. (Press Service / Distribution via Reuters)", Caption},
		{"Protesters in Kyiv on Sunday. (AP Photo/Jo Doe, File)", Caption},
		{"Protesters in Kyiv on Sunday. Photo: Jo Doe", Caption},
		{"In this image provided by the Ukrainian Press Office, guards watch a digger", Caption},
		{"In this Nov. 17, 2018, file photo, Taiwanese director Ang Lee poses.", Caption},
		{"A file photo shows militants of the volunteer force in the south-east.", Caption},
		{"Image caption, Troops near the border", Caption},
		{"FILE PHOTO: A tank drives through the town of Avdiivka", Caption},
		{"Reservists attend an exercise at a training ground near Kiev, Ukraine, on December 18", Caption},
		{"Guards watch as a vehicle digs a trench close to Sumy, Ukraine, on Tuesday", Caption},
		{"Sergei Shoigu (right, pictured with Vladimir Putin) made an accusation that stunned many", Caption},

		{"Epoch Times Photo", Boilerplate},
		{"AFP / Jo Doe", Boilerplate},
		{"– AFP", Boilerplate},
		{"(Photo by Jo Doe/Getty Images)", Boilerplate},
		{"Image: Getty Images", Boilerplate},
		{"Related article: [Ukraine Leader Calls for Talks](#)", Boilerplate},
		{"Read Full Article", Boilerplate},
		{"Source: Read Full Article", Boilerplate},
		{"Original url:", Boilerplate},
		{"<https://example.com/a>", Boilerplate},
		{"Reuters contributed to this report.", Boilerplate},
		{"Reporting by Ann Lee; editing by Bo Cho", Boilerplate},
		{"Sign up for our free newsletter.", Boilerplate},
		{"We use cookies to improve your experience.", Boilerplate},
		{"Share this article", Boilerplate},
		{"Follow us on Twitter and Telegram.", Boilerplate},
		{"© 2021 The Example. All rights reserved.", Boilerplate},
		{"Advertisement", Boilerplate},
		{"News | Sport | Weather | Radio", Boilerplate},
		{"* * *", Boilerplate},
		{"Image source, Getty Images", Boilerplate},
		{"5 min read", Boilerplate},
		{"Agence France-Presse", Boilerplate},
		{"Associated Press writer Ann Lee in Kyiv contributed.", Boilerplate},
	}
	for _, tt := range tests {
		text := "A headline\n\n" + prose + "\n\n" + tt.line + "\n\n" + prose + "\n"
		r := Read(text)
		checkReading(t, text, r)
		at := strings.Index(text, tt.line)
		for _, b := range r.Blocks {
			if b.End > at && b.Start < at+len(tt.line) && b.Kind != tt.want {
				t.Errorf("%q is a %s, want %s", tt.line, b.Kind, tt.want)
			}
		}
	}
}

func TestReadMetadata(t *testing.T) {
	const body = "\n\n" + prose + "\n\n" + prose
	tests := []struct {
		name, text string
		want       Reading
	}{
		{"leading date", " date 2021-12-07 " + prose + body, Reading{Title: prose, Published: "2021-12-07"}},
		{"impossible date", "date 2021-02-30 " + prose + body, Reading{Title: "date 2021-02-30 The minister met his colleagues on Monday and spoke of the crisis at length"}},
		{"title, byline, date", "A headline\n\nBy [Ann Lee and Bo Cho for AFP](#)\n\nDecember 02, 2021" + body,
			Reading{Title: "A headline", Authors: []string{"Ann Lee", "Bo Cho"}, Agency: "AFP", Published: "2021-12-02"}},
		{"day first", "A headline\n2 December 2021" + body, Reading{Title: "A headline", Published: "2021-12-02"}},
		{"short month", "A headline\nUpdated: Thu, Dec. 2, 2021, 10:04 p.m. ET" + body, Reading{Title: "A headline", Published: "2021-12-02"}},
		{"time stamp", "A headline\nPublished 2021-12-02T10:04:05Z" + body, Reading{Title: "A headline", Published: "2021-12-02"}},
		{"date of two readings", "A headline\n02/12/2021" + body, Reading{Title: "A headline"}},
		{"date of one reading", "A headline\n12/22/2021" + body, Reading{Title: "A headline", Published: "2021-12-22"}},
		{"date in byline", "A headline\nBy Ann Lee for The ExampleJuly 31, 2018" + body, Reading{Title: "A headline", Authors: []string{"Ann Lee"}, Published: "2018-07-31"}},
		{"agency's staff", "A headline\nBy Reuters Staff\nLast modified on Thu 2 Dec 2021 10.04 GMT" + body, Reading{Title: "A headline", Agency: "Reuters", Published: "2021-12-02"}},
		{"late date is a heading", "A headline" + body + "\n\n" + prose + "\n\nApril 15, 2013\n\n" + prose, Reading{Title: "A headline"}},
		{"address", "A headline" + body + "\n\nOriginal url:\n\n<https://example.com/2021/12/02/talks>",
			Reading{Title: "A headline", URL: "https://example.com/2021/12/02/talks", Published: "2021-12-02", DateInferred: true, DateReason: "The day stands in the article's address."}},
		{"source", "A headline" + body + "\n\nSource: The Guardian", Reading{Title: "A headline", Publisher: "The Guardian"}},
		{"outlet describes itself", "A headline" + body + " The Example is a daily newspaper published in Springfield.", Reading{Title: "A headline", Publisher: "The Example"}},
		{"Markdown", "# A *headline*\n\n" + prose, Reading{Title: "A headline"}},
		{"page dump", "(meta data) TITLE: A headline\n(meta data) AUTHOR: Ann Lee\n(meta data) PUBLISHED DATETIME: 2013-04-15T21:02:23+00:00\n" + prose,
			Reading{Title: "A headline", Authors: []string{"Ann Lee"}, Published: "2013-04-15"}},
		{"one paragraph", prose, Reading{Title: strings.TrimSuffix(prose, ".")}},
		{"CRLF and BOM", "\ufeffA headline\r\n\r\n" + prose + "\r\n", Reading{Title: "A headline"}},
		{"empty", "", Reading{}},
		{"blank", " \n\t\n\u00a0\n", Reading{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Read(tt.text)
			checkReading(t, tt.text, got)
			if got.Title != tt.want.Title || got.Published != tt.want.Published || got.DateInferred != tt.want.DateInferred || got.DateReason != tt.want.DateReason ||
				!slices.Equal(got.Authors, tt.want.Authors) || got.Agency != tt.want.Agency || got.Publisher != tt.want.Publisher || got.URL != tt.want.URL {
				got.Blocks = nil
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestReadBlocks(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // kind and sentences of each evidence block
	}{
		{"wrapped paragraph", "The minister said on Monday that his country would\nnot give way. He spoke for an hour and a half in the\nhall of the House, where Ukraine's envoy listened as\nwell.",
			[]string{"paragraph 2"}},
		{"a sentence a line", "The minister spoke on Monday at length.\nHe said that he would not give way.\nHis colleague listened to him.", []string{"paragraph 3"}},
		{"a paragraph a line", "The minister spoke. He said no.\nHis colleague listened. She said yes.", []string{"paragraph 2", "paragraph 2"}},
		{"outlet behind the last sentence", "A headline\n\n" + prose + "\n\nHe left. The Example is a daily newspaper published in Springfield.", []string{"title 1", "paragraph 1", "paragraph 1"}},
		{"contribution behind the last sentence", "A headline\n\n" + prose + "\n\nHe left. Reuters contributed to this report.", []string{"title 1", "paragraph 1", "paragraph 1"}},
		{"lead is no title", "Kyiv fell silent on Monday.\n\n" + prose, []string{"paragraph 1", "paragraph 1"}},
		{"sentence as title behind a date", "date 2021-12-02 Kyiv fell silent.\n\n" + prose, []string{"title 1", "paragraph 1"}},
		{"title in the U.S.", "Kyiv hopes for help from the U.S.\n\n" + prose, []string{"title 1", "paragraph 1"}},
		{"question as title", "Has Kyiv fallen silent?\n\n" + prose, []string{"title 1", "paragraph 1"}},
		{"standfirst", "A headline\n\nThe minister will speak in January, his office says, after a year of silence\n\n" + prose, []string{"title 1", "heading 1", "paragraph 1"}},
		{"table of facts", "Primary team:\nSt. Louis Cardinals\nPrimary position: Pitcher", []string{"paragraph 3"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Read(tt.text)
			checkReading(t, tt.text, r)
			var got []string
			for _, b := range r.Blocks {
				if b.Kind.Evidence() {
					got = append(got, b.Kind.String()+" "+string(rune('0'+len(b.Sentences))))
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPassages(t *testing.T) {
	short, long := "It rained. ", strings.Repeat("It rained and it rained ", 12)+"on. "
	tests := []struct {
		name, text string
		want       []int // sentences of each passage
	}{
		{"one", short, []int{1}},
		{"four", strings.Repeat(short, 4), []int{4}},
		{"five are shared out", strings.Repeat(short, 5), []int{3, 2}},
		{"two long", long + long, []int{2}},
		{"three long", long + long + long, []int{2, 1}},
		{"short end joins", long + long + short, []int{3}},
	}
	for _, tt := range tests {
		var got []int
		for _, p := range Passages(Read(tt.text)) {
			got = append(got, len(p.Sentences))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestPlain(t *testing.T) {
	tests := [][2]string{
		{"plain words", "plain words"},
		{"  two\u00a0 spaces \n", "two spaces"},
		{"By [Ann Lee](#) for [AFP](https://afp.com)", "By Ann Lee for AFP"},
		{"**Bold** and _slanted_ words", "Bold and slanted words"},
		{"![A tank](tank.jpg) rolls", "A tank rolls"},
		{"[**Bold** link](x)", "Bold link"},
		{"5*3 and snake_case * star", "5*3 and snake_case * star"},
		{"see [12] and [a", "see [12] and [a"},
		{"<https://example.com> here", "https://example.com here"},
		{"a < b", "a < b"},
		{"\xff", "\ufffd"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := Plain(tt[0]); got != tt[1] {
			t.Errorf("Plain(%q) = %q, want %q", tt[0], got, tt[1])
		}
	}
}

// TestEvidenceIsKept measures on the public web pages beside the repository how
// many of the lines that people marked as evidence are in evidence blocks. Lines
// of dates and authors are read as metadata instead.
func TestEvidenceIsKept(t *testing.T) {
	const set = "../../../shared/bench/wice/dev/"
	texts := map[string]string{}
	readLines(t, set+"docs.jsonl", func(doc struct{ ID, Text string }) { texts[doc.ID] = doc.Text })
	kept, metadata, lost := 0, 0, 0
	readLines(t, set+"queries.jsonl", func(q struct {
		Evidence []struct {
			Doc   string `json:"doc_id"`
			Quote string
		}
	}) {
		for _, e := range q.Evidence {
			switch kinds := kindsOf(texts[e.Doc], e.Quote); {
			case slices.ContainsFunc(kinds, Kind.Evidence):
				kept++
			case slices.Contains(kinds, Byline) || strings.HasPrefix(e.Quote, "(meta data)"):
				metadata++
			default:
				lost++
				t.Logf("lost %q", e.Quote)
			}
		}
	})
	t.Logf("of %d lines of evidence %d are kept, %d are metadata, %d lost", kept+metadata+lost, kept, metadata, lost)
	if lost*200 > kept {
		t.Errorf("%d of %d lines of evidence are lost, want at most 0.5 %%", lost, kept+lost)
	}
}

// kindsOf returns the kinds of the blocks of text in which quote occurs.
func kindsOf(text, quote string) []Kind {
	var kinds []Kind
	for _, b := range Read(text).Blocks {
		for at := 0; ; at++ {
			n := strings.Index(text[at:], quote)
			if n < 0 {
				break
			}
			at += n
			if b.Start < at+len(quote) && b.End > at {
				kinds = append(kinds, b.Kind)
			}
		}
	}
	return kinds
}

// TestReadTakesLinearTime reads texts that would take minutes if any step were
// quadratic.
func TestReadTakesLinearTime(t *testing.T) {
	const size = 1 << 20
	for name, unit := range map[string]string{
		"letters": "a", "words": "word ", "full stops": ". ", "dots": ".", "blank lines": "\n", "carriage returns": "\r", "brackets": "[", "links": "[a](", "parentheses": "(",
		"stars": "*", "quotes": "\" . ", "hashes": "# a\n", "headings": "# a\n\n", "short lines": "Aa\n", "pipes": "a | ", "dates": "May 1, 2021\n", "abbreviations": "U.S. ",
		"spaced": " . ", "continuation bytes": "\xb3", "quote marks": "“", "captions": "AFP / A B – a (left) \n", "wrapped": "the minister said on Monday that his country would,\n", "angles": "<http://",
	} {
		text := strings.Repeat(unit, size/len(unit))
		start := time.Now()
		r := Read(text)
		Plain(text)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: 1 MB took %v", name, took)
		}
		checkReading(t, text, r)
	}
}
