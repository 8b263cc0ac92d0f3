package article

import (
	"slices"
	"strings"
)

// byline reads a line that names who wrote the text, such as "By Ann Lee and
// Bo Cho for AFP". Authors are in printed order; agency is the news agency
// named among them, day the date behind them, if any.
func byline(s string) (authors []string, agency, day string, ok bool) {
	if _, ok := cutByline(strings.TrimLeft(s, "*_[")); !ok || len(s) > 300 {
		return nil, "", "", false
	}
	rest, ok := cutByline(Plain(s))
	if !ok || rest == "" || len(rest) > 160 {
		return nil, "", "", false
	}
	rest, day = cutDate(rest)
	if r := rest[0]; r >= '0' && r <= '9' || strings.ContainsAny(rest, "?!;:\"“") || !allCapitalised(rest) ||
		strings.Count(rest, " ") > 18 || strings.HasSuffix(rest, ".") && !strings.HasSuffix(rest, "r.") {
		return nil, "", "", false
	}
	if names, outlet, found := strings.Cut(rest, " for "); found {
		rest = names
		if agencies[outlet] {
			agency = outlet
		}
	}
	rest, _, _ = strings.Cut(rest, " | ")
	rest, _, _ = strings.Cut(rest, " in ")
	for name := range strings.SplitSeq(joiners.Replace(rest), ",") {
		name = strings.TrimSpace(name)
		named := agencyName(name)
		switch {
		case named != "" && (named == name || isOffice(name)):
			if agency == "" {
				agency = named
			}
		case strings.Contains(name, " ") && !isOffice(name):
			authors = append(authors, name)
		}
	}
	return authors, agency, day, true
}

var joiners = strings.NewReplacer(" and ", ",", " & ", ",", " with ", ",")

// cutDate cuts the date off the end of a byline: "Ann Lee on March 2, 2017",
// "Ann Lee for The ExampleJuly 31, 2018".
func cutDate(s string) (rest, day string) {
	for i := 1; i < len(s); i++ {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			continue
		}
		if day, ok := dateLine(s[i:]); ok {
			return strings.TrimRight(strings.TrimSuffix(strings.TrimRight(s[:i], " "), " on"), " ,|·•-–"), day
		}
	}
	return s, ""
}

func cutByline(s string) (string, bool) {
	for _, label := range [...]string{"By ", "BY ", "by ", "By: ", "Written by ", "Posted by ", "Story by ", "Words by ", "Text by ", "Author: ", "Authors: "} {
		if rest, ok := strings.CutPrefix(s, label); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// isOffice reports whether a part of a byline is an office rather than a name.
func isOffice(s string) bool {
	lower := strings.ToLower(s)
	for _, role := range [...]string{"staff", "editor", "correspondent", "writer", "reporter", "press", "news", "journal", "times", "post", "agency", "agencies", "service"} {
		if strings.Contains(lower, role) {
			return true
		}
	}
	return false
}

// isPlaceLine reports whether a line is an agency's place line standing alone,
// as "Taipei, Oct. 22 (CNA)" and "HAVANA, CUBA (Example)—" do.
func isPlaceLine(s string) bool {
	t := strings.TrimRight(s, " -–—")
	open := strings.LastIndexByte(t, '(')
	if len(t) > 60 || open <= 0 || !strings.HasSuffix(t, ")") || !strings.Contains(t[:open], ",") || !allCapitalised(t) {
		return false
	}
	name := t[open+1 : len(t)-1]
	if name == "" || strings.ContainsAny(name, " 0123456789") {
		return false
	}
	dated := slices.ContainsFunc(strings.Fields(t[:open]), func(w string) bool {
		_, month := months[strings.ToLower(strings.Trim(w, ".,"))]
		return month
	})
	return dated || agencies[name] || t != s
}
