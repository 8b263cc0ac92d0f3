package article

import "strings"

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

var (
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
