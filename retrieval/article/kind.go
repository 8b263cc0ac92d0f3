package article

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// longestLabel bounds, in bytes, the lines that may be boilerplate by how
	// they begin: a longer one holds running text.
	longestLabel = 160
	// longestNotice bounds those that may be by words anywhere in them.
	longestNotice = 240
)

// isBoilerplate reports whether a line is furniture of a page: links, sharing,
// subscriptions, cookies, copyright, agency contributions. Where in doubt it is not.
func isBoilerplate(s string) bool {
	if strings.IndexFunc(s, isWordRune) < 0 || isLink(s) {
		return true
	}
	if len(s) > longestNotice {
		return false
	}
	lower := s
	if strings.IndexByte(s, '[') >= 0 || strings.IndexByte(s, '*') >= 0 || strings.IndexByte(s, '_') >= 0 {
		lower = Plain(s)
	}
	lower = strings.TrimLeft(lowerASCII(lower), "#>»*•-–—|[( ")
	for _, words := range furniture {
		if strings.Contains(lower, words) && len(Sentences(s)) == 1 {
			return true
		}
	}
	if len(s) > longestLabel || lower == "" {
		return false
	}
	if labels[strings.Trim(lower, " .:!?…>»→←[]()|*-–")] || isReadingTime(lower) {
		return true
	}
	for _, words := range openings[lower[0]] {
		if strings.HasPrefix(lower, words) {
			return true
		}
	}
	for _, words := range headers[lower[0]] {
		if strings.HasPrefix(lower, words) && !terminated(s) {
			return true
		}
	}
	return isMenu(lower)
}

// isReadingTime reports whether s is such as "5 min read".
func isReadingTime(s string) bool {
	n, rest, _ := strings.Cut(s, " ")
	return n != "" && allDigits(n) && (rest == "min read" || rest == "minute read" || rest == "minutes read")
}

// isLink reports whether a line is nothing but an address or a link without words of its own.
func isLink(s string) bool {
	s = strings.TrimLeft(s, "<([ ")
	return (strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "www.")) &&
		strings.IndexFunc(strings.TrimRight(s, ">)]. "), isSpace) < 0
}

// isMenu reports whether a line is a row of short links, such as "News | Sport | Radio".
func isMenu(s string) bool {
	if strings.IndexByte(s, '|') < 0 && strings.IndexByte(s, '>') < 0 && strings.IndexByte(s, 0xBB) < 0 && strings.IndexByte(s, 0xBA) < 0 {
		return false // » and › end in these bytes
	}
	for _, sep := range [...]string{" | ", " > ", " » ", " › ", "|"} {
		cells := strings.Split(s, sep)
		if len(cells) < 3 {
			continue
		}
		for _, c := range cells {
			if len(c) > 30 || terminated(c) && c != "" {
				return false
			}
		}
		return true
	}
	return false
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

// allCapitalised reports whether s is a run of names: every word opens with a
// capital or a digit, but for the small words of names and credits.
func allCapitalised(s string) bool {
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == '/' || r == ',' || r == '|' }) {
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(word, "(\"'“‘&-–@©"))
		if unicode.IsLower(r) && !smallWords[strings.Trim(word, ".,()")] {
			return false
		}
	}
	return true
}

// agencyName returns the first news agency named in s, or "".
func agencyName(s string) string {
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if agencies[word] {
			return word
		}
	}
	return ""
}

// lowerASCII returns s with A to Z in lower case; offsets stay the same.
func lowerASCII(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

func lineSet(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range lineList(words) {
		m[w] = true
	}
	return m
}

func lineList(words string) []string {
	var list []string
	for w := range strings.SplitSeq(words, "\n") {
		if w = strings.TrimSpace(w); w != "" {
			list = append(list, w)
		}
	}
	return list
}

// byFirstByte sorts lines by the byte they begin with.
func byFirstByte(words string) map[byte][]string {
	m := map[byte][]string{}
	for _, w := range lineList(words) {
		m[w[0]] = append(m[w[0]], w)
	}
	return m
}

var (
	agencies      = set(`AFP AP Reuters REUTERS EPA EFE TASS Tass Sputnik ANSA DPA dpa Xinhua Kyodo PA UPI Interfax Ukrinform UNIAN Getty Anadolu RIA Bloomberg AAP PTI ANI IANS Yonhap BELTA Belga`)
	pictures      = set(`photo photos photograph image images picture frame grab video footage screenshot screengrab handout still illustration graphic`)
	positions     = set(`left right centre center top bottom foreground background pictured`)
	madeBy        = set(`provided released made taken from posted shared obtained distributed supplied issued grab`)
	pictureLabels = set(`photo photos file caption image picture pictured video`)
	smallWords    = set(`and for in with de van von der den of the via by to on at from a an al el la le da di du dos bin ben by/`)
	weekdays      = set(`Monday Tuesday Wednesday Thursday Friday Saturday Sunday`)

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

	// furniture marks a line as boilerplate wherever it stands in it.
	furniture = lineList(`contributed to this report
		contributed to this article
		contributed to this story
		all rights reserved
		we use cookies
		uses cookies to
		sign up for our
		sign up to our
		subscribe to our
		to our newsletter
		your email address will not be published
		required fields are marked
		enable javascript
		you can unsubscribe at any
		may not be published, broadcast
		not responsible for the content of external`)

	// openings marks a short line as boilerplate when it begins with it.
	openings = byFirstByte(`related article
		related story
		related stories
		related coverage
		related content
		related news
		related topics
		related posts
		related:
		read more
		read also
		also read
		read next
		read full
		read the full
		more on this story
		more stories
		most read
		most popular
		most viewed
		most recent
		continue reading
		source: read full article
		follow us
		follow @
		join us on
		join our
		share this
		share on
		share:
		share via
		tweet this
		email this
		print this
		click here
		©
		(c) 20
		skip to
		jump to
		back to top
		leave a reply
		leave a comment
		post a comment
		add a comment
		view all
		view comments
		show comments
		previous story
		next story
		previous article
		next article
		you may also like
		you might also like
		don't miss
		download our app
		download the app
		get the app
		support independent journalism
		have a tip
		this article was originally published
		this story was originally published
		this article first appeared
		this site uses
		by continuing to
		accept cookies
		editing by
		reporting by
		image source,
		register now for free
		our standards:
		listen to this
		this article is more than
		story continues below
		article continues
		continues below
		with files from
		except for the headline
		disclaimer:
		associated press writer
		associated press journalist
		associated press reporter
		categories:
		search for:
		all posts by
		watch live`)

	// headers does so only when the line does not end as a sentence does.
	headers = byFirstByte(`subscribe
		newsletter
		copyright
		advertisement
		sponsored
		categories
		login
		tags:
		topics:
		support our
		read our
		more from
		see also:
		recommended for you
		donate to
		filed under
		posted in
		watch:
		sign up
		sign in
		log in`)

	// labels marks a line as boilerplate when it is just this.
	labels = lineSet(`share
		agence france-presse
		associated press
		the associated press
		reuters staff
		thomson reuters
		listen
		listen to article
		related
		related stories
		recommended
		promoted
		read here
		tweet
		email
		print
		comment
		comments
		menu
		home
		search
		more
		about us
		about
		contact us
		contact
		news
		sport
		sports
		business
		opinion
		video
		videos
		photos
		gallery
		facebook
		twitter
		instagram
		youtube
		linkedin
		whatsapp
		telegram
		rss
		help
		close
		ok
		loading
		reply
		like
		pin it
		save
		next
		previous
		trending
		latest
		latest news
		top stories
		popular
		popular posts
		recent posts
		archives
		tags
		meta
		register
		my account
		cart
		ad
		ads
		navigation
		main menu
		site map
		sitemap
		careers
		advertise
		advertise with us
		follow
		breaking news`)
)
