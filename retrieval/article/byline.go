package article

import "strings"

// byline reads a line that names who wrote the text, such as "By Ann Lee and
// Bo Cho for AFP". Authors are in printed order; agency is the news agency
// named among them, if any.
func byline(s string) (authors []string, agency string, ok bool) {
	if len(s) > 300 {
		return nil, "", false
	}
	s = Plain(s)
	rest, ok := cutByline(s)
	if !ok || rest == "" || len(rest) > 160 || strings.ContainsAny(rest, "?!;:\"“") || !allCapitalised(rest) || strings.Count(rest, " ") > 18 {
		return nil, "", false
	}
	if r := rest[0]; r >= '0' && r <= '9' || strings.HasSuffix(rest, ".") && strings.Count(rest, " ") > 4 {
		return nil, "", false
	}
	rest = strings.TrimRight(rest, ". ")
	if names, outlet, found := strings.Cut(rest, " for "); found {
		rest = names
		if agencies[outlet] {
			agency = outlet
		}
	}
	rest, _, _ = strings.Cut(rest, " | ")
	rest, _, _ = strings.Cut(rest, " in ")
	for name := range strings.SplitSeq(strings.NewReplacer(" and ", ",", " & ", ",", " with ", ",").Replace(rest), ",") {
		name = strings.TrimSpace(name)
		switch {
		case agencies[name]:
			if agency == "" {
				agency = name
			}
		case name != "" && strings.Contains(name, " ") && !bylineRoles(name):
			authors = append(authors, name)
		}
	}
	return authors, agency, true
}

func cutByline(s string) (string, bool) {
	for _, label := range [...]string{"By ", "BY ", "by ", "By: ", "Written by ", "Posted by ", "Story by ", "Words by ", "Text by ", "Author: ", "Authors: "} {
		if rest, ok := strings.CutPrefix(s, label); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// bylineRoles reports whether a part of a byline is an office rather than a name.
func bylineRoles(s string) bool {
	lower := strings.ToLower(s)
	for _, role := range [...]string{"staff", "editor", "correspondent", "writer", "reporter", "press", "news", "journal", "times", "post", "agency", "agencies", "service"} {
		if strings.Contains(lower, role) {
			return true
		}
	}
	return false
}

// isPlaceLine reports whether a line is an agency's place line standing alone,
// as "Taipei, Oct. 22 (CNA)" does.
func isPlaceLine(s string) bool {
	s = strings.TrimRight(s, " -–—")
	open := strings.LastIndexByte(s, '(')
	if len(s) > 60 || open <= 0 || !strings.HasSuffix(s, ")") || !strings.Contains(s[:open], ",") {
		return false
	}
	name := s[open+1 : len(s)-1]
	return name != "" && !strings.ContainsAny(name, " 0123456789") && allCapitalised(s)
}
