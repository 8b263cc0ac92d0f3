package origin

import (
	"regexp"
	"strings"

	"crisisbot/retrieval/article"
)

// evidence is what tells an original from its copies.
type evidence struct {
	day      string // day of publication; "" if unknown
	inferred bool   // the day is not stated in the article
	source   int    // 2: published by a news agency, 1: credited to one, 0: neither
	url      bool
	clean    bool // not machine-translated or otherwise garbled
	length   int  // bytes of text
}

func evidenceOf(a article.Article) evidence {
	e := evidence{day: a.Published, inferred: a.DateInferred, url: a.URL != "", clean: a.Quality == "", length: len(a.Text)}
	if agencies[strings.ToLower(a.Publisher)] {
		e.source = 2
		return e
	}
	for _, author := range a.Authors {
		if agencies[strings.ToLower(author)] {
			e.source = 1
		}
	}
	if opening := a.Text[:min(len(a.Text), 600)]; dateline.MatchString(opening) {
		e.source = 1
	}
	return e
}

// points weigh one report of a group whose earliest day and greatest length are
// given: the earliest day, an agency's hand, a clean text, an address, a complete
// text, a stated day, each more than all after it together.
func (e evidence) points(earliest string, longest int) int {
	points := 16 * e.source
	if e.day != "" && e.day == earliest {
		points += 64
		if !e.inferred {
			points += 1
		}
	}
	if e.clean {
		points += 8
	}
	if e.url {
		points += 4
	}
	if e.length*10 >= longest*9 {
		points += 2
	}
	return points
}

// agencies are the news agencies whose reports others reprint, in lower case.
var agencies = map[string]bool{
	"reuters": true, "afp": true, "agence france-presse": true, "ap": true, "associated press": true, "the associated press": true,
	"tass": true, "interfax": true, "interfax-ukraine": true, "ukrinform": true, "unian": true, "ria novosti": true, "belta": true,
	"dpa": true, "ansa": true, "efe": true, "apa": true, "pap": true, "kyodo": true, "kyodo news": true, "xinhua": true, "yonhap": true,
	"anadolu": true, "anadolu agency": true, "upi": true, "united press international": true, "pa media": true, "press association": true,
	"bloomberg": true, "bloomberg news": true, "europa press": true, "jiji press": true, "cna": true, "irna": true, "sana": true, "wafa": true,
}

// dateline finds the opening of an agency's report, as in "KYIV, Dec 2 (Reuters) - ..."
// or "(AP) — ...", and a byline "for AFP".
var dateline = regexp.MustCompile(`\((?:Reuters|REUTERS|AFP|AP|TASS|Interfax|Ukrinform|UNIAN|dpa|ANSA|EFE|Kyodo|Xinhua|Yonhap|UPI|PA|Bloomberg|CNA)\) ?[-–—]|(?m:^By .{1,120}\bfor (?:Reuters|AFP|AP|TASS|dpa)\b)`)
