package origin

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"crisisbot/retrieval/article"
)

// A made set: different articles on the same events, and copies of some.
type made struct {
	different []article.Article
	copies    []article.Article
	of        map[string]string // copy -> what it was made from
	kind      map[string]string // copy -> how
}

// makeSet makes n different articles, half of them reports of common events from
// phrases, half compositions of public paragraphs on common subjects where
// ../shared holds these (else all reports), and copies of some.
func makeSet(t testing.TB, seed uint64, n, copies int) made {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 0))
	set := made{of: map[string]string{}, kind: map[string]string{}}
	composed := composeArticles(t, rng, n/2)
	set.different = append(makeReports(rng, n-len(composed)), composed...)
	rng.Shuffle(len(set.different), func(i, j int) {
		set.different[i], set.different[j] = set.different[j], set.different[i]
	})
	kinds := []string{"reprint", "cut", "swapped", "swapped and cut", "headline"}
	for i, at := range rng.Perm(n)[:copies] {
		a := set.different[at]
		kind := kinds[i%len(kinds)]
		c := makeCopy(rng, a, kind)
		c.ID = fmt.Sprintf("copy-%03d", i)
		set.copies = append(set.copies, c)
		set.of[c.ID], set.kind[c.ID] = a.ID, kind
	}
	return set
}

func makeCopy(rng *rand.Rand, a article.Article, kind string) article.Article {
	paragraphs := strings.Split(a.Text, "\n\n")
	title, body := paragraphs[0], paragraphs[1:]
	switch kind {
	case "reprint":
		body = append(slices.Clone(body), "Copyright 2022 The Daily Example. All rights reserved. Subscribe to our newsletter for more stories like this one.")
	case "cut", "swapped and cut":
		keep := max(3, len(body)*(40+rng.IntN(35))/100)
		from := 0
		if rng.IntN(3) == 0 {
			from = rng.IntN(len(body) - min(keep, len(body)) + 1)
		}
		body = body[from:min(len(body), from+keep)]
	}
	if strings.HasPrefix(kind, "swapped") {
		for i := range body {
			body = slices.Clone(body)
			body[i] = swapSynonyms(rng, body[i])
		}
	}
	if kind != "reprint" {
		title = [...]string{"What we know so far", "Live: latest from the region", "Officials respond as events unfold", "The day in brief"}[rng.IntN(4)]
	}
	c := article.Article{Title: title, Publisher: "The Daily Example", Text: strings.Join(append([]string{title}, body...), "\n\n")}
	c.Published = a.Published
	return c
}

// synonyms are swapped wherever they occur, with endings, in copies of the kind
// "swapped". The detector knows no synonyms.
var synonyms = map[string][]string{
	"talks": {"negotiations", "discussions"}, "meeting": {"gathering", "session"}, "met": {"conferred"}, "officials": {"authorities", "functionaries"}, "official": {"functionary"},
	"killed": {"slain", "left dead"}, "injured": {"wounded", "hurt"}, "people": {"persons", "residents"}, "troops": {"soldiers", "forces"}, "soldiers": {"servicemen", "troops"},
	"forces": {"units", "troops"}, "attack": {"assault", "strike"}, "attacks": {"assaults", "strikes"}, "fighting": {"combat", "hostilities"}, "war": {"conflict"}, "conflict": {"strife"},
	"government": {"administration", "cabinet"}, "president": {"head of state"}, "minister": {"cabinet member"}, "leader": {"chief"}, "leaders": {"chiefs"}, "city": {"town", "municipality"},
	"country": {"nation", "state"}, "countries": {"nations", "states"}, "border": {"frontier", "boundary"}, "region": {"area", "territory"}, "area": {"zone", "district"},
	"large": {"big", "sizeable"}, "big": {"large", "considerable"}, "small": {"little", "minor"}, "new": {"fresh", "recent"}, "old": {"former", "aged"}, "many": {"numerous"}, "several": {"a number of"},
	"began": {"started", "commenced"}, "begin": {"start", "commence"}, "started": {"began"}, "ended": {"concluded", "finished"}, "end": {"conclusion", "close"}, "continued": {"went on", "carried on"},
	"called": {"termed", "named"}, "asked": {"requested"}, "helped": {"assisted", "aided"}, "help": {"assistance", "aid"}, "used": {"employed", "utilised"}, "use": {"utilisation"},
	"made": {"produced", "created"}, "made up": {"comprised"}, "built": {"constructed", "erected"}, "building": {"structure"}, "buildings": {"structures"}, "house": {"home", "dwelling"}, "houses": {"homes", "dwellings"},
	"road": {"street", "highway"}, "roads": {"streets", "highways"}, "water": {"supply"}, "damage": {"harm", "destruction"}, "damaged": {"harmed", "wrecked"}, "destroyed": {"demolished", "ruined"},
	"support": {"backing", "assistance"}, "supported": {"backed", "endorsed"}, "important": {"significant", "crucial"}, "main": {"principal", "chief"}, "major": {"significant", "principal"},
	"different": {"distinct", "differing"}, "known": {"recognised", "renowned"}, "found": {"discovered", "located"}, "first": {"initial"}, "last": {"final"}, "early": {"initial"}, "later": {"subsequently"},
	"increase": {"rise", "growth"}, "increased": {"rose", "grew"}, "reduced": {"lowered", "cut"}, "often": {"frequently"}, "usually": {"generally", "typically"}, "also": {"likewise"},
	"near": {"close to"}, "between": {"amid"}, "part": {"portion", "section"}, "parts": {"portions", "sections"}, "group": {"band", "cluster"}, "groups": {"bands", "clusters"},
	"members": {"participants"}, "became": {"turned into"}, "become": {"turn into"}, "shown": {"displayed", "demonstrated"}, "show": {"display", "demonstrate"}, "children": {"youngsters", "kids"},
	"work": {"labour", "toil"}, "worked": {"laboured"}, "school": {"academy"}, "schools": {"academies"}, "emergency": {"crisis"}, "crews": {"teams"}, "rescue": {"relief"}, "storm": {"tempest"}, "flood": {"deluge"},
	"warned": {"cautioned"}, "announced": {"declared", "proclaimed"}, "denied": {"rejected", "disputed"}, "accused": {"blamed", "charged"}, "promised": {"pledged", "vowed"}, "agreed": {"consented"},
	"residents": {"inhabitants", "locals"}, "witnesses": {"onlookers", "bystanders"}, "hospital": {"clinic", "infirmary"}, "hospitals": {"clinics"}, "power": {"electricity"}, "money": {"funds", "cash"},
	"investigation": {"inquiry", "probe"}, "cause": {"reason", "origin"}, "evacuated": {"removed", "moved out"}, "closed": {"shut"}, "opened": {"unsealed"}, "blocked": {"obstructed"}, "searching": {"looking"},
	"century": {"hundred years"}, "population": {"inhabitants"}, "law": {"statute", "legislation"}, "laws": {"statutes"}, "system": {"arrangement", "scheme"}, "political": {"governmental"}, "economic": {"financial"},
	"military": {"armed"}, "public": {"communal"}, "number": {"quantity", "figure"}, "example": {"instance"}, "period": {"era", "span"}, "century's": {"era's"}, "including": {"among them"}, "following": {"after"},
}

func swapSynonyms(rng *rand.Rand, text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		bare := strings.Trim(word, ".,;:\"”“()")
		options := synonyms[strings.ToLower(bare)]
		if len(options) == 0 || rng.IntN(10) == 0 {
			continue
		}
		other := options[rng.IntN(len(options))]
		if bare[0] >= 'A' && bare[0] <= 'Z' {
			other = strings.ToUpper(other[:1]) + other[1:]
		}
		words[i] = strings.Replace(word, bare, other, 1)
	}
	return strings.Join(words, " ")
}

// makeReports makes reports of events, 25 an event. Those of one event share its
// names, figures, place and background, often the phrase for a fact, and once in
// a while a whole sentence: what different outlets have in common.
func makeReports(rng *rand.Rand, n int) []article.Article {
	pick := func(options ...string) string { return options[rng.IntN(len(options))] }
	var reports []article.Article
	for event := 0; len(reports) < n; event++ {
		what := pick("flood", "storm", "explosion", "strike", "fire", "collapse", "border clash", "blackout", "landslide", "blockade")
		place := pick("Harvale", "Odrin", "Kestrova", "Bellmark", "Tarn", "Vilsk", "Moresby", "Lundgard", "Sareth", "Pelin") + pick("", " North", " Port", " Valley")
		mayor := pick("Ilya", "Marta", "Jonas", "Sofia", "Petro", "Anna", "Karim", "Leila") + " " + pick("Voss", "Hale", "Drozd", "Marek", "Osman", "Lind", "Kovach", "Aziz")
		minister := pick("Tomas", "Irina", "Daniel", "Yara", "Viktor", "Olena", "Hassan", "Clara") + " " + pick("Brandt", "Sokol", "Rahimi", "Petrov", "Novak", "Dahl", "Boyko", "Serra")
		dead, hurt, homeless := fmt.Sprint(2+rng.IntN(60)), fmt.Sprint(70+rng.IntN(300)), fmt.Sprintf("%d,%03d", 1+rng.IntN(40), rng.IntN(1000))
		day := pick("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
		river := pick("Orla", "Sava", "Teth", "Murn", "Issel", "Dara") + pick(" river", " bridge", " district", " valley")
		fill := strings.NewReplacer("WHAT", what, "PLACE", place, "MAYOR", mayor, "MINISTER", minister, "DEAD", dead, "HURT", hurt, "HOMELESS", homeless, "DAY", day, "RIVER", river)
		background := fill.Replace(pick(backgrounds...))
		published := fmt.Sprintf("2022-%02d-%02d", 1+event%12, 1+event/12%28)
		for range min(25, n-len(reports)) {
			title := fill.Replace(pick("DEAD dead in PLACE WHAT", "PLACE counts cost of WHAT", "Rescuers search PLACE after WHAT", "WHAT in PLACE: what happened on DAY"))
			var body []string
			for _, fact := range facts {
				if rng.IntN(100) < 45 {
					body = append(body, fill.Replace(pick(fact...)))
				}
			}
			for range 4 + rng.IntN(6) { // what only this outlet has
				at := rng.IntN(len(body) + 1)
				body = slices.Insert(body, at, ownSentence(rng, fill))
			}
			if rng.IntN(3) == 0 {
				body = append(body, background)
			}
			id := fmt.Sprintf("report-%04d", len(reports))
			reports = append(reports, article.Article{ID: id, Title: title, Published: published, Text: title + "\n\n" + strings.Join(body, "\n\n")})
		}
	}
	return reports
}

var backgrounds = []string{
	"PLACE, a centre of the timber trade since the nineteenth century, lies on the RIVER and has been struck by a WHAT three times in the past decade, most recently in the spring of 2017.",
	"The province around PLACE has seen repeated unrest since the disputed election two years ago, in which more than 300 people lost their lives according to the United Nations.",
	"Critics have long warned that infrastructure near the RIVER is in poor repair, and an audit in 2019 found that only a third of the works planned for PLACE had been carried out.",
}

// facts of an event, each in the words of several outlets, in the order in which
// a report tells them.
var facts = [][]string{
	{"At least DEAD people were killed in PLACE on DAY when a WHAT hit the RIVER, officials said.", "The WHAT that struck PLACE on DAY has claimed DEAD lives, local authorities confirmed.", "DEAD people have died in the PLACE WHAT, emergency services reported late on DAY.", "A WHAT near the RIVER left DEAD dead on DAY, the worst day PLACE has known in years."},
	{"Another HURT were injured, many of them seriously.", "Hospitals in PLACE treated HURT wounded, doctors said.", "The number of injured rose to HURT by nightfall.", "HURT people needed treatment, the regional health office said."},
	{"Mayor MAYOR declared a state of emergency in PLACE.", "\"We have never seen anything like it,\" said MAYOR, the mayor of PLACE.", "MAYOR, who has led PLACE since 2018, asked the capital for help.", "PLACE mayor MAYOR told reporters the situation was under control."},
	{"HOMELESS residents had to leave their homes near the RIVER.", "Some HOMELESS people were evacuated to schools and sports halls.", "The Red Cross said it was sheltering HOMELESS people.", "About HOMELESS inhabitants of PLACE spent the night in shelters."},
	{"Interior Minister MINISTER flew to PLACE on DAY evening.", "The government sent MINISTER, the interior minister, to coordinate the response.", "\"Every family will be helped,\" MINISTER promised during a visit to the RIVER.", "MINISTER said that the army would send engineers to PLACE."},
	{"The road along the RIVER remained closed.", "Traffic across the RIVER was halted in both directions.", "Police blocked access to the RIVER.", "Trains between PLACE and the coast were cancelled."},
	{"Power was cut in most of PLACE.", "About half of the households in PLACE had no electricity.", "The grid operator expects to restore power in PLACE within days.", "Blackouts were reported across PLACE."},
	{"The cause of the WHAT was not clear.", "Prosecutors opened an investigation into the WHAT.", "Experts had warned of a WHAT for months, local media reported.", "MINISTER rejected criticism that the WHAT could have been foreseen."},
	{"Opposition parties demanded the resignation of MINISTER.", "The opposition accused MINISTER of having ignored warnings about the RIVER.", "MAYOR blamed the ministry of MINISTER for late warnings.", "Parliament will debate the WHAT in PLACE next week."},
	{"Rescue crews were still searching the ruins for survivors.", "Rescuers with dogs searched the banks of the RIVER.", "Volunteers joined the search near the RIVER.", "Hopes of finding more survivors faded."},
}

// ownSentence makes a sentence that another report hardly has.
func ownSentence(rng *rand.Rand, fill *strings.Replacer) string {
	pick := func(words string) string {
		list := strings.Split(words, "|")
		return list[rng.IntN(len(list))]
	}
	who := pick("A baker|A retired teacher|Two students|A lorry driver|The owner of a kiosk|A nurse on her way home|A local historian|One fisherman|An engineer|A farmer's widow|The parish priest|A shop assistant|A young couple|The stationmaster")
	verb := pick("described|remembered|filmed|heard|could not forget|spoke of|pointed to|recalled|complained about|was grateful for|wondered about|dreamt of")
	object := pick("the smell of smoke|a column of dust|the silence afterwards|falling roof tiles|a neighbour's dog|the cold of the cellar|shouting in the street|an old photograph|the siren that came too late|blankets handed out by strangers|the lights going out|a cracked wall|the queue for bread|the noise of helicopters")
	where := pick("outside the market hall|at the corner of Mill Street|behind the town library|in the stairwell of her block|on the upper floor of the clinic|by the football ground|at the bus depot|in a village nearby|beside the cemetery wall|near the old brewery|at a checkpoint|under the railway arch")
	when := pick("shortly before dawn|around noon|as the rain set in|while children slept|half an hour later|at the end of a long shift|before the second alarm|when the phones failed|after the first reports|in the early evening")
	return fill.Replace(fmt.Sprintf("%s %s %s %s %s%s", who, verb, object, where, when, pick(".|, and then walked home.|, with nobody to ask.| in PLACE.|, far from the RIVER.|, a day before turning "+fmt.Sprint(20+rng.IntN(60))+".")))
}

// composeArticles makes articles of five to eight paragraphs on one subject. Two
// of a subject share a quarter of their paragraphs at most.
func composeArticles(t testing.TB, rng *rand.Rand, n int) []article.Article {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "bench", "*", "*", "docs.jsonl"))
	subjects := map[string][]string{}
	seen := map[string]bool{}
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		scanner := bufio.NewScanner(f)
		scanner.Buffer(nil, 16<<20)
		for scanner.Scan() {
			var doc struct{ Title, Text string }
			if err := json.Unmarshal(scanner.Bytes(), &doc); err != nil {
				t.Fatal(err)
			}
			for paragraph := range strings.SplitSeq(doc.Text, "\n") {
				if paragraph = strings.TrimSpace(paragraph); len(paragraph) > 250 && len(paragraph) < 3000 && !seen[paragraph[:100]] {
					seen[paragraph[:100]] = true
					subjects[doc.Title] = append(subjects[doc.Title], paragraph)
				}
			}
		}
		f.Close()
	}
	var titles []string
	for title, paragraphs := range subjects {
		if len(paragraphs) >= 12 {
			titles = append(titles, title)
		}
	}
	if len(titles) == 0 {
		return nil
	}
	slices.Sort(titles)
	var articles []article.Article
	chosen := map[string][][]int{}
	for tries := 0; len(articles) < n && tries < 100*n; tries++ {
		title := titles[rng.IntN(len(titles))]
		paragraphs := subjects[title]
		pickOf := rng.Perm(len(paragraphs))[:5+rng.IntN(4)]
		if slices.ContainsFunc(chosen[title], func(other []int) bool {
			shared := 0
			for _, p := range pickOf {
				if slices.Contains(other, p) {
					shared++
				}
			}
			return 4*shared > min(len(pickOf), len(other))
		}) {
			continue
		}
		chosen[title] = append(chosen[title], pickOf)
		slices.Sort(pickOf)
		body := []string{title}
		for _, p := range pickOf {
			body = append(body, paragraphs[p])
		}
		articles = append(articles, article.Article{ID: fmt.Sprintf("composed-%04d", len(articles)), Title: title, Text: strings.Join(body, "\n\n")})
	}
	return articles
}
