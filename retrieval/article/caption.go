package article

import "strings"

// caption returns the words of the caption that a line is, without the credit
// before or behind them, and whether it is one.
func caption(s string) (Span, bool) {
	words := Span{0, len(s)}
	if len(s) > 700 {
		return words, false
	}
	before, found := creditBefore(s)
	behind, credited := creditBehind(s)
	if behind > before {
		words = trim(s, Span{before, behind})
	}
	return words, found || credited || opensAsCaption(s) || pointsAtPicture(s) || endsAsCaption(s)
}

// creditBefore finds a credit in front, as in "AFP / Jo Doe – Soldiers at the
// border", and returns its length. The bare name of an agency is left with the
// words, which may be the agency's.
func creditBefore(s string) (int, bool) {
	for _, dash := range [...]string{" – ", " — ", " - ", ": "} {
		credit, _, ok := strings.Cut(s[:min(len(s), 94)], dash)
		if !ok || len(s)-len(credit) < 24 {
			continue
		}
		n := len(credit) + len(dash)
		head, _, slash := strings.Cut(credit, "/")
		head = strings.TrimSpace(head)
		switch lower := lowerASCII(head); {
		case dash == ": ":
			if pictureLabels[lower] {
				return n, true
			}
		case slash && (agencies[head] || pictures[lower]) && allCapitalised(credit):
			return n, true
		case agencies[credit] || credit == "FILE":
			return 0, true
		}
	}
	return 0, false
}

// creditBehind finds a credit at the end, as in "**Jo Doe / White House Photo**",
// "(Press Service / Distribution via Reuters)" and "Photo: AFP", and returns
// where it begins; the end of s if there is none.
func creditBehind(s string) (int, bool) {
	t := strings.TrimRight(s, " .")
	for _, marks := range [...][2]string{{"**", "**"}, {"__", "__"}, {"*", "*"}, {"_", "_"}, {"(", ")"}, {"[", "]"}} {
		if body, ok := strings.CutSuffix(t, marks[1]); ok {
			if i := strings.LastIndex(body, marks[0]); i > 0 && isCreditText(body[i+len(marks[0]):]) {
				return i, true
			}
		}
	}
	from := max(0, len(t)-80)
	lower := lowerASCII(t[from:])
	if strings.IndexByte(lower, ':') < 0 && !strings.Contains(lower, " by ") {
		return len(s), false
	}
	for _, label := range creditLabels {
		if !strings.HasSuffix(label, ":") && !strings.HasSuffix(label, "by") {
			continue
		}
		i := from + strings.LastIndex(lower, label)
		if i >= from && i > 20 && strings.IndexByte(" .!?\")|", t[i-1]) >= 0 && isCreditText(t[i:]) {
			return i, true
		}
	}
	return len(s), false
}

// isCreditText reports whether s, set apart at the end of a line, credits a picture.
func isCreditText(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 120 || agencies[s] {
		return false // "(Reuters)" alone ends a report, not a caption
	}
	if rest, ok := cutCreditLabel(s); ok {
		return rest != ""
	}
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == '/' || r == ',' }) {
		if word == "Photo" || word == "Photos" || word == "Images" || word == "Handout" {
			return true
		}
	}
	return agencyName(s) != "" && (strings.Contains(s, "/") || strings.Contains(s, "via "))
}

// isCredit reports whether a line names the maker of a picture and no more, as
// "Epoch Times Photo", "AFP / Jo Doe" or "Image: Getty" do.
func isCredit(s string) bool {
	if len(s) > longestLabel || terminated(s) {
		return false
	}
	s = strings.Trim(Plain(s), "()[]*_-–— ")
	if len(s) > 90 || s == "" || strings.Count(s, " ") > 9 {
		return false
	}
	if rest, ok := cutCreditLabel(s); ok {
		return rest != "" && allCapitalised(rest)
	}
	if !allCapitalised(s) {
		return false
	}
	for _, suffix := range [...]string{" Photo", " Photos", " Images", "/Handout", " Photograph"} {
		if strings.HasSuffix(s, suffix) {
			return true
		}
	}
	return agencyName(s) != "" && (strings.Contains(s, "/") || strings.Contains(s, " via ") || agencies[s]) && len(Sentences(s)) == 1
}

// cutCreditLabel cuts "Photo:", "Image credit:", "Photograph by" and their like off s.
func cutCreditLabel(s string) (string, bool) {
	lower := lowerASCII(s)
	for _, label := range creditLabels {
		if strings.HasPrefix(lower, label) {
			return strings.TrimSpace(s[len(label):]), true
		}
	}
	return "", false
}

// opensAsCaption finds "In this image provided by", "A file photo shows", "FILE - ".
func opensAsCaption(s string) bool {
	for _, label := range [...]string{"FILE PHOTO", "Pictured", "Image caption,", "Media caption,", "Video caption,"} {
		if strings.HasPrefix(s, label) {
			return true
		}
	}
	first, _, _ := strings.Cut(s[:min(len(s), 6)], " ")
	switch first {
	case "In", "This", "A", "An", "The":
	default:
		return false
	}
	words := strings.Fields(strings.ToLower(s[:min(len(s), 90)]))
	if len(words) < 4 {
		return false
	}
	for i, w := range words[1:min(len(words), 8)] {
		if !pictures[strings.Trim(w, ",")] {
			continue
		}
		next := strings.Trim(strings.Join(words[i+2:min(len(words), i+3)], ""), ",")
		switch first {
		case "In":
			return words[1] != "the" && (strings.HasSuffix(w, ",") && w != "video," || madeBy[next])
		default:
			return next == "shows" || next == "showing" || next == "released" || next == "provided"
		}
	}
	return false
}

// pointsAtPicture finds "(left)", "(right, pictured with ...)" and the like.
func pointsAtPicture(s string) bool {
	for i := strings.IndexByte(s, '('); i >= 0; {
		inside, _, ok := strings.Cut(s[i+1:min(len(s), i+120)], ")")
		if ok {
			first, _, _ := strings.Cut(inside, ",")
			if positions[first] || strings.HasPrefix(inside, "pictured") {
				return true
			}
		}
		n := strings.IndexByte(s[i+1:], '(')
		if n < 0 {
			break
		}
		i += 1 + n
	}
	return false
}

// endsAsCaption finds a description that ends in a day and has no full stop, as
// "Reservists train near Kiev, Ukraine, on December 18".
func endsAsCaption(s string) bool {
	if len(s) < 50 || terminated(s) || strings.Count(s, " ") < 8 || strings.Contains(s, ": ") || strings.HasPrefix(s, "—") {
		return false
	}
	words := strings.Fields(s[max(0, len(s)-60):])
	if len(words) < 4 {
		return false
	}
	tail := words[len(words)-4:]
	last := strings.Trim(tail[3], ",")
	if weekdays[last] && (tail[2] == "on" || strings.HasSuffix(tail[2], ",")) {
		return true
	}
	if len(last) == 4 && allDigits(last) {
		if _, month := months[strings.ToLower(strings.Trim(tail[2], ".,"))]; month {
			return true
		}
		last, tail = strings.Trim(tail[2], ","), tail[:3]
	}
	_, month := months[strings.ToLower(strings.Trim(tail[len(tail)-2], ".,"))]
	return month && len(last) <= 2 && last != "" && allDigits(last)
}

var (
	pictures = set(`photo photos photograph image images picture frame grab video footage screenshot screengrab handout still illustration graphic`)

	madeBy = set(`provided released made taken from posted shared obtained distributed supplied issued grab`)

	pictureLabels = set(`photo photos file caption image picture pictured video`)

	positions = set(`left right centre center top bottom foreground background pictured`)

	weekdays = set(`Monday Tuesday Wednesday Thursday Friday Saturday Sunday`)

	creditLabels = lineList(`photo credit:
		photo courtesy
		photo by
		photos by
		photo:
		photos:
		photo |
		photograph by
		photograph:
		image credit:
		image source:
		image courtesy
		image by
		image:
		images:
		picture by
		picture credit:
		picture:
		pictures:
		pic:
		credit:
		credits:
		video by
		video:
		getty images`)
)
