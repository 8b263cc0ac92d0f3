package qa

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// A replyReader takes a model's reply piece by piece and gives each statement as
// soon as its JSON object closes. Prose, code fences and cut ends around the
// JSON are let pass; what is no statement is left out.
type replyReader struct {
	statement func(Draft)
	text      strings.Builder // what has been read so far
	at        int             // where to go on
	state     replyState
	object    int // where the open object begins
	depth     int
	quoted    bool // inside a string
	escaped   bool // after a backslash
	found     int
}

type replyState uint8

const (
	beforeList replyState = iota
	betweenObjects
	insideObject
	afterList
)

const (
	replyMostObject     = 8 << 10
	replyMostStatements = 24
)

// A list of statements begins after its key, or at once where a model leaves the
// object around it out. In a string the quotation marks of the key would be
// escaped. Neither is longer than replyListMost bytes, so that a long reply
// without a list isn't searched again and again.
var (
	replyKey  = regexp.MustCompile(`"statements"\s{0,20}:\s{0,20}\[`)
	replyBare = regexp.MustCompile("^\\s{0,20}(?:```[a-z]{0,10}\\s{0,20})?\\[\\s{0,20}\\{")
)

const replyListMost = 80

// write reads the next piece.
func (r *replyReader) write(piece string) {
	r.text.WriteString(piece)
	text := r.text.String()
	if r.state == beforeList {
		from := max(0, len(text)-len(piece)-replyListMost)
		if m := replyKey.FindStringIndex(text[from:]); m != nil {
			r.at, r.state = from+m[1], betweenObjects
		} else if m := replyBare.FindStringIndex(text[:min(len(text), replyListMost)]); m != nil {
			r.at, r.state = m[1]-1, betweenObjects
		} else {
			return
		}
	}
	for ; r.at < len(text) && r.state != afterList; r.at++ {
		switch c := text[r.at]; {
		case r.state == betweenObjects:
			switch c {
			case '{':
				r.object, r.depth, r.state = r.at, 1, insideObject
			case ']':
				r.state = afterList
			}
		case r.escaped:
			r.escaped = false
		case r.quoted:
			r.escaped, r.quoted = c == '\\', c != '"'
		case c == '"':
			r.quoted = true
		case c == '{' || c == '[':
			r.depth++
		case c == '}' || c == ']':
			if r.depth--; r.depth == 0 {
				r.close(text[r.object : r.at+1])
			}
		}
	}
}

func (r *replyReader) close(object string) {
	r.state = betweenObjects
	if r.found == replyMostStatements {
		r.state = afterList
		return
	}
	if d, ok := readDraft(object); ok && len(object) <= replyMostObject {
		r.found++
		r.statement(d)
	}
}

var replyInteger = regexp.MustCompile(`-?\d{1,9}`)

// readDraft reads a statement and forgives wrong types: citations may be
// strings, single or in brackets, a text that isn't one is empty.
func readDraft(object string) (Draft, bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(object), &fields) != nil {
		return Draft{}, false
	}
	text := func(name string) string {
		var s string
		if json.Unmarshal(fields[name], &s) != nil {
			return ""
		}
		return s
	}
	d := Draft{Text: text("text"), Quote: text("quote"), Speaker: text("speaker"), Stance: Stance(text("stance")), Date: text("date"), English: text("english")}
	for _, m := range replyInteger.FindAllString(string(fields["citations"]), checkMostCitations+1) {
		n, err := strconv.Atoi(m)
		if err != nil {
			return Draft{}, false
		}
		d.Citations = append(d.Citations, n)
	}
	return d, d.Text != ""
}

// A replyHead is what a reply says beside its statements.
type replyHead struct {
	answerable bool
	premise    Premise
	verdict    Ruling // of a claim
}

var (
	replyAnswerable = regexp.MustCompile(`"answerable"\s*:\s*(true|false|"true"|"false")`)
	replyPremise    = regexp.MustCompile(`"premise"\s*:\s*"(holds|unsupported|false)"`)
	replyVerdict    = regexp.MustCompile(`"verdict"\s*:\s*"(supported|contradicted|not_in_articles)"`)
)

// head returns what has been read of it; a reply that doesn't say is answerable
// and its premise holds.
func (r *replyReader) head() replyHead {
	text := r.text.String()
	h := replyHead{answerable: true, premise: PremiseHolds}
	if m := replyAnswerable.FindStringSubmatch(text); m != nil {
		h.answerable = strings.Trim(m[1], `"`) == "true"
	}
	if m := replyPremise.FindStringSubmatch(text); m != nil {
		h.premise = Premise(m[1])
	}
	if m := replyVerdict.FindStringSubmatch(text); m != nil {
		h.verdict = Ruling(m[1])
	}
	return h
}

// understood reports whether the reply had the form asked for at all.
func (r *replyReader) understood() bool {
	text := r.text.String()
	return r.state != beforeList || replyAnswerable.MatchString(text) || replyVerdict.MatchString(text)
}
