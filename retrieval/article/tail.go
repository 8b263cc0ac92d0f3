package article

import "strings"

// cutTail cuts a newspaper's words about itself, or an agency's contribution,
// off the last paragraph.
func (r *reader) cutTail() {
	for i := len(r.Blocks) - 1; i > 0; i-- {
		b := &r.Blocks[i]
		if b.Kind != Paragraph {
			if b.Kind.Evidence() {
				return
			}
			continue
		}
		n := len(b.Sentences)
		tail := b.Sentences[n-1]
		s := tail.In(r.text)
		if !isBoilerplate(s) && !r.describesOutlet(s) {
			return
		}
		if n == 1 {
			b.Kind, b.Sentences = Boilerplate, nil
			return
		}
		b.End, b.Sentences = b.Sentences[n-2].End, b.Sentences[:n-1]
		r.Blocks = append(r.Blocks[:i+1], append([]Block{{Span: tail, Kind: Boilerplate}}, r.Blocks[i+1:]...)...)
		return
	}
}

// describesOutlet reports whether s is a newspaper's description of itself, as
// "The Example is a daily newspaper published in Springfield."
func (r *reader) describesOutlet(s string) bool {
	if len(s) > 250 {
		return false
	}
	name, rest, ok := strings.Cut(s, " is ")
	if !ok || len(name) > 60 || !allCapitalised(name) {
		return false
	}
	for _, b := range r.Blocks {
		if b.Kind == Title && strings.Contains(b.In(r.text), name) {
			return false
		}
	}
	outlet, place := false, false
	for word := range strings.FieldsSeq(strings.ToLower(rest)) {
		switch strings.Trim(word, ".,") {
		case "newspaper", "magazine", "website", "outlet", "broadsheet", "tabloid", "publication", "daily", "weekly":
			outlet = true
		case "published", "based", "headquartered", "covering", "providing", "dedicated":
			place = outlet
		}
	}
	if !outlet || !place {
		return false
	}
	if r.Publisher == "" {
		r.Publisher = name
	}
	return true
}
