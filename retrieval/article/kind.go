package article

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestLabel bounds, in bytes, the lines that may be boilerplate by their
// words: a longer one holds running text.
const longestLabel = 160

// isBoilerplate reports whether a line is furniture of a page: links, sharing,
// subscriptions, cookies, copyright, agency contributions. Where in doubt it is not.
func isBoilerplate(s string) bool {
	if strings.IndexFunc(s, isWordRune) < 0 || isLink(s) {
		return true
	}
	if len(s) > 3*longestLabel {
		return false
	}
	lower := strings.ToLower(Plain(s))
	lower = strings.TrimLeft(lower, "#>»*•-–—|[( ")
	for _, words := range furniture {
		if strings.Contains(lower, words) {
			return len(Sentences(s)) == 1
		}
	}
	if len(s) > longestLabel {
		return false
	}
	if labels[strings.Trim(lower, " .:!?…>»→←[]()|*-–")] {
		return true
	}
	for _, words := range openings {
		if strings.HasPrefix(lower, words) {
			return true
		}
	}
	for _, words := range headers {
		if strings.HasPrefix(lower, words) && !terminated(s) {
			return true
		}
	}
	return isMenu(lower)
}

// isLink reports whether a line is nothing but an address or a link without words of its own.
func isLink(s string) bool {
	s = strings.Trim(s, "<>()[] ")
	return (strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "www.")) &&
		strings.IndexFunc(s, isSpace) < 0
}

// isMenu reports whether a line is a row of short links, such as "News | Sport | Radio".
func isMenu(s string) bool {
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
	s = strings.Trim(Plain(s), "()[]*_ ")
	if len(s) > 90 || terminated(s) || strings.Count(s, " ") > 9 {
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
	return agencyIn(s) && (strings.ContainsAny(s, "/") || strings.Contains(s, " via ") || agencies[s])
}

// cutCreditLabel cuts "Photo:", "Image credit:", "Photograph by" and their like off s.
func cutCreditLabel(s string) (string, bool) {
	lower := strings.ToLower(s)
	for _, label := range creditLabels {
		if rest, ok := strings.CutPrefix(lower, label); ok {
			return strings.TrimSpace(s[len(s)-len(rest):]), len(lower) == len(s)
		}
	}
	return "", false
}

// isCaption reports whether a line describes a picture.
func isCaption(s string) bool {
	if len(s) > 700 {
		return false
	}
	return creditedBefore(s) || creditedBehind(s) || opensAsCaption(s) || pointsAtPicture(s) || endsAsCaption(s)
}

// creditedBefore finds a credit in front: "AFP / Jo Doe – Soldiers at the border".
func creditedBefore(s string) bool {
	for _, dash := range [...]string{" – ", " — ", " - ", ": "} {
		credit, words, ok := strings.Cut(s, dash)
		if !ok || len(credit) > 90 || len(words) < 20 {
			continue
		}
		head := credit
		if i := strings.IndexAny(credit, "/"); i >= 0 {
			head = strings.TrimSpace(credit[:i])
		}
		lower := strings.ToLower(head)
		if dash == ": " {
			return lower == "photo" || lower == "file photo" || lower == "caption" || lower == "image" || lower == "picture" || lower == "pictured" || lower == "file"
		}
		if (agencies[head] || pictures[lower]) && allCapitalised(credit) {
			return true
		}
	}
	return false
}

// creditedBehind finds a credit at the end: "**Jo Doe / White House Photo**",
// "(Press Service / Distribution via Reuters)", "Photo: AFP".
func creditedBehind(s string) bool {
	t := strings.TrimRight(s, " .")
	for _, marks := range [...][2]string{{"**", "**"}, {"__", "__"}, {"*", "*"}, {"_", "_"}, {"(", ")"}, {"[", "]"}} {
		if body, ok := strings.CutSuffix(t, marks[1]); ok {
			if i := strings.LastIndex(body, marks[0]); i > 0 && isCreditText(body[i+len(marks[0]):]) {
				return true
			}
		}
	}
	lower := strings.ToLower(t)
	for _, label := range creditLabels {
		if i := strings.LastIndex(lower, label); i > 20 && len(lower)-i < 80 && len(lower) == len(t) &&
			(strings.HasSuffix(label, ":") || strings.HasSuffix(label, "by")) && strings.ContainsRune(" .!?”\")|", rune(t[i-1])) && isCreditText(t[i:]) {
			return true
		}
	}
	return false
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
	return agencyIn(s) && (strings.Contains(s, "/") || strings.Contains(s, "via "))
}

// opensAsCaption finds "In this image provided by", "A file photo shows", "FILE - ".
func opensAsCaption(s string) bool {
	if strings.HasPrefix(s, "FILE - ") || strings.HasPrefix(s, "FILE PHOTO") || strings.HasPrefix(s, "FILE – ") || strings.HasPrefix(s, "Pictured") {
		return true
	}
	words := strings.Fields(strings.ToLower(s[:min(len(s), 90)]))
	if len(words) < 4 {
		return false
	}
	switch words[0] {
	case "in", "this", "a", "an", "the":
	default:
		return false
	}
	in := words[0] == "in" && (words[1] == "this" || words[1] == "a" || words[1] == "an")
	for i, w := range words[1:] {
		if i > 6 {
			return false
		}
		if pictures[strings.Trim(w, ",")] && (in && words[1] == "this" || i+2 < len(words) && (words[i+2] == "shows" || words[i+2] == "showing") ||
			in && i+2 < len(words) && (words[i+2] == "provided" || words[i+2] == "released" || words[i+2] == "made")) {
			return true
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
	if len(s) < 50 || terminated(s) {
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

// agencyIn reports whether a news agency is named in s.
func agencyIn(s string) bool {
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if agencies[word] {
			return true
		}
	}
	return false
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

var (
	agencies   = set(`AFP AP Reuters REUTERS EPA EFE TASS Tass Sputnik ANSA DPA dpa Xinhua Kyodo PA UPI Interfax Ukrinform UNIAN Getty Anadolu RIA Bloomberg AAP PTI ANI IANS Yonhap BELTA Belga`)
	pictures   = set(`photo photos photograph image images picture frame grab video footage screenshot screengrab handout still illustration graphic`)
	positions  = set(`left right centre center L R C l r c top bottom foreground background pictured`)
	smallWords = set(`and for in with de van von der den of the via by to on at from a an al el la le da di du dos bin ben by/`)
	weekdays   = set(`Monday Tuesday Wednesday Thursday Friday Saturday Sunday`)

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
	openings = lineList(`related article
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
		categories:
		search for:
		all posts by
		watch live`)

	// headers does so only when the line does not end as a sentence does.
	headers = lineList(`subscribe
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
