package qa

import (
	"fmt"
	"hash/maphash"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"crisisbot/retrieval/analysis"
	"golang.org/x/text/unicode/norm"
)

// checkSigns are strings that Discord, Markdown or a browser would act on.
var checkSigns = []string{
	"@", "`", "||", "](", "~~", "**", "__", "<", ">", "://", "\\", "#", "[", "]", "{", "}", "|",
	"http:", "https:", "hxxp", "www.", "javascript:", "mailto:", "data:", "discord.gg", "id:customize", "id:browse",
}

var (
	// "example dot com", "example[.]com" and the like.
	checkSpelledDomain = regexp.MustCompile(`(?i)\b[\p{L}\p{N}-]{2,}\s*(?:[\(\{]\s*(?:dot|\.)\s*[\)\}]|\s+dot\s+)\s*\p{L}{2,}`)
	// "- item", "1. item", "> quote": what Markdown reads at the start of a line.
	checkBlockMark = regexp.MustCompile(`^\s*(?:[-+*•]|\d+[.)])\s`)
)

const (
	checkLongestWord = 40 // bytes without a break; encoded text has longer ones
	checkMostMarks   = 4  // combining marks on one letter; Arabic and Vietnamese need 3
)

// checkPlain says why text is not a line of plain prose, "" if it is. What
// compatibility forms stand for is judged too: a full-width "＠" is an "@".
func checkPlain(text string) string {
	if text == "" {
		return "the statement is empty"
	}
	if len(text) > checkMostText {
		return fmt.Sprintf("the statement is longer than %d bytes", checkMostText)
	}
	if !utf8.ValidString(text) {
		return "the statement is not valid UTF-8"
	}
	if why := checkRunes(text); why != "" {
		return why
	}
	plain := norm.NFKC.String(text)
	lower := strings.ToLower(plain)
	for _, sign := range checkSigns {
		if strings.Contains(lower, sign) {
			return fmt.Sprintf("%q does not belong into plain text", sign)
		}
	}
	if m := checkDomain(plain); m != "" {
		return fmt.Sprintf("%q looks like an address", m)
	}
	if strings.Contains(lower, "dot") || strings.Contains(lower, ".)") || strings.Contains(lower, ". )") {
		if m := checkSpelledDomain.FindString(plain); m != "" {
			return fmt.Sprintf("%q looks like an address", m)
		}
	}
	if checkBlockMark.MatchString(plain) {
		return "the statement begins with a mark of lists"
	}
	for _, w := range strings.FieldsFunc(plain, func(r rune) bool { return unicode.IsSpace(r) || r == '-' || r == '–' || r == '—' || r == '/' }) {
		if len(w) > checkLongestWord && utf8.RuneCountInString(w) > checkLongestWord*2/3 {
			return "the statement holds encoded text"
		}
	}
	return ""
}

// checkDomain returns the first dot with what is around it that is between two
// letters or figures before it, a space or none after those, and two letters
// after it. An abbreviation ("U.S.", "a.m.") has single letters before its dots.
func checkDomain(text string) string {
	for i := 0; ; {
		k := strings.IndexAny(text[i:], ".．。｡․")
		if k < 0 {
			return ""
		}
		at := i + k
		_, n := utf8.DecodeRuneInString(text[at:])
		i = at + n
		a, na := utf8.DecodeRuneInString(text[i:])
		b, nb := utf8.DecodeRuneInString(text[i+na:])
		before := text[:at]
		if s := strings.TrimRightFunc(before, unicode.IsSpace); utf8.RuneCountInString(before[len(s):]) == 1 {
			before = s
		}
		d, nd := utf8.DecodeLastRuneInString(before)
		c, nc := utf8.DecodeLastRuneInString(before[:len(before)-nd])
		if unicode.IsLetter(a) && unicode.IsLetter(b) && (checkWordRune(c) || c == '-') && (checkWordRune(d) || d == '-') {
			return text[len(before)-nd-nc : i+na+nb]
		}
	}
}

// checkRunes refuses what cannot be seen or changes how other text is seen. The
// joiners are letters' business in the scripts that need them.
func checkRunes(text string) string {
	marks := 0
	var prev rune
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Variation_Selector, r):
			return "the statement holds invisible characters"
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			if marks++; marks > checkMostMarks {
				return "the statement piles up combining marks"
			}
			prev = r
			continue
		case r == '\u200c' || r == '\u200d':
			if !unicode.In(prev, unicode.Arabic, unicode.Devanagari, unicode.Bengali, unicode.Malayalam, unicode.Sinhala, unicode.Tamil, unicode.Telugu, unicode.Kannada) {
				return "the statement holds invisible characters"
			}
		case checkHidden(r), r == unicode.ReplacementChar:
			return fmt.Sprintf("the statement holds the character %U", r)
		case r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0' || r == '\u2800':
			return "the statement holds invisible characters"
		}
		marks, prev = 0, r
	}
	return ""
}

// checkHidden reports controls, formats, private characters and the separators
// of lines.
func checkHidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp)
}

// checkRun is how many words in a row make a repetition of the instructions. Eight
// are a leak; with six, a count of words that differs from ours leaks nothing.
const checkRun = 6

var checkSeed = maphash.MakeSeed()

func checkLeaks(text string, instructions map[uint64]bool) bool {
	return len(instructions) > 0 && checkEachRun(text, func(h uint64) bool { return instructions[h] })
}

func checkEachRun(text string, f func(uint64) bool) bool {
	terms := analysis.Terms(text)
	for i := 0; i+checkRun <= len(terms); i++ {
		var h maphash.Hash
		h.SetSeed(checkSeed)
		for _, t := range terms[i : i+checkRun] {
			h.WriteString(t.Text)
			h.WriteByte(0)
		}
		if f(h.Sum64()) {
			return true
		}
	}
	return false
}

// checkOrders reports whether a stretch of an article speaks to a machine that
// answers questions instead of to readers, or holds what would act if it were
// repeated. Such a stretch is no evidence.
func checkOrders(text string) bool {
	lower := strings.ToLower(text)
	for _, hint := range checkChatHints {
		if strings.Contains(lower, hint) && checkChatMark.MatchString(text) {
			return true
		}
	}
	folded, suspect := analysis.Fold(text), false
	first := true
	for w := range strings.FieldsFuncSeq(folded, checkNoWord) {
		if suspect = checkSuspects[w] || first && checkOpensOrder.MatchString(w); suspect {
			break
		}
		first = false
	}
	return suspect && checkOrder.MatchString(" "+strings.Join(strings.FieldsFunc(folded, checkNoWord), " ")+" ")
}

func checkNoWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }

// checkChatHints are what every match of checkChatMark has one of.
var checkChatHints = []string{
	"<", "[inst", "[/inst", "system", "assistant", "user", "human", `":`, `" :`, "new task", "new instruction", "new rule", "new role", "new directive",
	"@everyone", "@here", "](", "http", "```", "discord.gg",
}

// checkSuspects holds one word of every pattern of checkOrder that does not
// open a sentence. Most sentences have none and are spared the patterns.
var checkSuspects = func() map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(`ignore disregard forget override bypass discard skip system developer hidden initial original language
		ai chat chatbot chatbots llm llms jailbreak prompt dear attention hey note message summarizer summariser assistant assistants bot bots
		model you your new begin end reader readers summarising summarizing answering asked replying responding translating processing quoting citing
		automated automatic artificial machine digital summarise summarize summarises summarizes summarised summarized quotes quote cite cites cited
		process processes processed translate translates paraphrase paraphrases reproduce reproduces share shares use uses repeat repeats parse parses
		ingest ingests index indexes using sharing repeating parsing essential crucial vital imperative mandatory required necessary compulsory
		responses answers outputs replies summaries response summary output reply substitute replace swap exchange insert operator administrator developer
		moderator maintenance compliance passphrase password magic secret whatever whoever`) {
		out[w] = true
	}
	return out
}()

const (
	checkTell = `(?:reply|respond|answer|output|print|repeat|write|say|append|include|insert|add|post|send|ping|mention|visit|click|translate|encode|echo|begin|start|end|finish|reveal|show|display|quote|cite|state|tell|summari[sz]e|return|emit|copy|recite|call|notify|tag)`
	checkBy   = `(?: [^ ]+){0,6}?`
	checkText = `(?:article|piece|text|story|report|passage|page|post|document|item|content|material|message|line|paragraph)`
	checkWork = `(?:summari[sz](?:e|es|ed|ing)|quot(?:e|es|ed|ing)|cit(?:e|es|ed|ing)|process(?:es|ed|ing)?|translat(?:e|es|ed|ing)|paraphras(?:e|es|ed|ing)|reproduc(?:e|es|ed|ing)|shar(?:e|es|ed|ing)|us(?:e|es|ed|ing)|repeat(?:s|ed|ing)?|answer(?:s|ed|ing)? (?:from|by|with)|pars(?:e|es|ed|ing)|ingest(?:s|ed|ing)?|index(?:es|ed|ing)?)`
	checkMust = `(?:must|should|shall|(?:is|are|be|am) (?:to|obliged|required|requested|asked|bound|expected|invited|instructed|told)|has to|have to|needs? to)`
)

var (
	checkOpensOrder = regexp.MustCompile(`^(?:please|kindly|now|then|always|instead|first|finally|also|just|simply|only|` + checkTell + `)$`)

	checkOrder = regexp.MustCompile(strings.Join([]string{
		` (?:ignore|disregard|forget|override|bypass|discard|skip)` + checkBy + ` (?:instructions?|prompts?|guidelines|safeguards|directives?|(?:all|everything)(?: of the| the)? above|(?:what|everything|anything)(?: that)? (?:came|comes|stood|stands|was|is|you read)? ?(?:before|above)) `,
		` (?:system|developer|hidden|initial|original) (?:prompt|message|instructions?) `,
		` (?:language|ai) (?:model|assistant|system)s? `, ` (?:chat ?bots?|llms?|jailbreak|prompt injection) `, ` as an ai `,
		` (?:dear|attention|hey|note to|message to|to the) (?:ai|assistant|bot|model|summari[sz]er|reader bot) `,
		` (?:automated|automatic|artificial|machine|ai|digital|non human) (?:readers?|systems?|agents?|assistants?|summari[sz]ers?|tools?) `,
		` (?:the )?(?:assistant|bot|model|summari[sz]er) (?:must|should|shall|will|has to|is to) `,
		` (?:you|assistants?|bots?|summari[sz]ers?) (?:are now|must|should|shall|will|have to|need to|can|are (?:obliged|required|asked|told|expected) to)(?: (?:now|always|only|also|then|instead|just|never|not|to))* ` + checkTell + ` `,
		` your (?:answer|reply|response|output|instructions?|rules|task|summary|next message|context|training|programming) `,
		// Whoever works with this text is to do something with words.
		` ` + checkWork + ` this(?: ` + checkText + `)?` + checkBy + ` ` + checkMust + ` `,
		` ` + checkMust + checkBy + ` ` + checkTell + checkBy + ` (?:when|if|before|after|while|whenever) ` + checkWork + ` `,
		` (?:essential|crucial|vital|imperative|mandatory|required|necessary|compulsory) (?:that|to)` + checkBy + ` (?:be )?(?:mentioned|included|added|quoted|cited|stated|repeated|inserted|output|printed|named|mention|include|add|quote|cite|state|repeat|insert|output|print)(?: first| last| here| verbatim)? $`,
		` (?:responses?|answers?|outputs?|replies|summaries) (?:lacking|without|missing|omitting|not containing|that (?:lack|omit|do not)) `,
		` (?:the )?(?:correct|only|right|true|proper|expected|best) (?:summary|answer|response|reply|output)(?: of this(?: ` + checkText + `)?| to (?:this|the|any|every) question)? (?:is|reads|should|must|begins|contains) `,
		` (?:in|to) (?:what|whatever|anything|everything) you (?:produce|write|say|output|generate|reply|answer) `,
		` (?:replace|substitute|swap|exchange)` + checkBy + ` (?:every|each|all|any) (?:name|number|word|sentence|answer|figure|date)s? `, ` (?:substitute|insert|use|put)` + checkBy + ` (?:for|in place of|instead of) (?:every|each|all|any) `,
		` (?:operator|administrator|developer|moderator|maintenance|compliance|security)s? (?:notice|note|override|command|instruction|directive) `,
		` (?:state|say|give|use|print|enter|repeat|output) the (?:passphrase|password|code ?word|magic word|secret word) `,
		`^ (?:please |kindly |now |then |always |instead |first |finally |also |just |simply |only |all |everyone |whoever reads |readers )*` + checkTell + ` (?:with |back |only |exactly |the (?:following|word|words|phrase|link|text|string|line|token)|this|these|that|every|all |everyone|here|users|in base64|it )`,
		` new (?:task|instructions?|rules?|role|directive)s? (?:is|are|for you|follow|below) `,
		` (?:when|if|before|after|while) (?:you )?(?:summari[sz]ing|answering|asked|replying|responding|translating|processing|quoting|citing) `,
		` (?:begin|end) of (?:data|article|passage|context|document|instructions) `,
	}, "|"))
	checkChatMark = regexp.MustCompile(`(?i)<[|/]?(?:im_start|im_end|system|user|assistant|/?s|endoftext)\|?>|\[/?INST\]|(?:^|\n|[.!?]\s)\s*#{0,3}\s*(?:system|assistant|user|human)\s*:|[{,]\s*"\w+"\s*:|\bnew (?:task|instructions?|rules?|role|directives?)\s*:|@(?:everyone|here)\b|<[@#&/:]|<t:|<id:|\]\(\s*(?:https?:|www\.|[a-z0-9-]+\.[a-z])|https?://|\x60{3}|discord\.gg`)
)
