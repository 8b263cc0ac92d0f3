package qa

import (
	"regexp"
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

// A demand asks for what no answer from articles is, and what is said to it.
type demand struct {
	asks *regexp.Regexp // in folded words
	why  Reason
	says string
}

// refuseOpen is how a sentence begins that asks for something.
const refuseOpen = `^ (?:(?:please|kindly|now|then|and|also|just|instead|first|ok|okay|hey|bot|can|could|would|will|you|i|want|need|to|must|should|have|shall|let|us|us to) )*`

var demands = []demand{
	{regexp.MustCompile(refuseOpen + `(?:ignore|disregard|forget|override|bypass|skip|leave out|set aside)(?: [^ ]+){0,5}? (?:articles?|sources?|instructions?|prompts?|rules?|guidelines?|passages?|above|before) `),
		OffTopic, "I answer from the articles alone and cannot leave them, or my rules, aside."},
	{regexp.MustCompile(refuseOpen + `(?:reveal|show|print|repeat|output|display|dump|recite|tell|give|write|translate|encode|summari[sz]e|send|leak|share|quote)(?: [^ ]+){0,4}? (?:(?:your|system|hidden|initial|original|secret)(?: [^ ]+)? (?:prompts?|instructions?|rules|guidelines|message|configuration)|(?:the|this) (?:system )?prompt) `),
		OffTopic, "I do not show my instructions."},
	{regexp.MustCompile(`^ (?:what|which|how)(?: [^ ]+){0,3}? (?:your|the system|the hidden|the initial) (?:system )?(?:prompts?|instructions?|rules) `),
		OffTopic, "I do not show my instructions."},
	{regexp.MustCompile(refuseOpen + `(?:make up|make|invent|fabricate|fake|concoct|forge|compose)(?: [^ ]+){0,3}? (?:quotes?|quotations?|statements?|sources?|citations?|figures?|news|headlines?)(?: up)? `),
		NotStated, "I make nothing up: ask what somebody said, and I show what the articles quote."},
	{regexp.MustCompile(refuseOpen + `(?:ping|mention|tag|notify|call|alert|summon)(?: [^ ]+){0,2}? (?:everyone|everybody|here|all|users?|members?|moderators?|admins?|channel|server) `),
		OffTopic, "I call nobody."},
}

// chat is what is said to small talk.
var chat = &demand{why: OffTopic, says: "Ask who said or did what, where and when."}

// refuse returns the demand of a text that asks for anything but what the articles say,
// nil of any other. Of a text with questions only those are looked at, as in essence.
func refuse(text string) *demand {
	if SmallTalk(text) {
		return chat
	}
	for _, s := range article.Sentences(text) {
		sentence := s.In(text)
		if strings.ContainsRune(text, '?') && !strings.ContainsRune(sentence, '?') {
			continue
		}
		words := " " + strings.Join(strings.FieldsFunc(analysis.Fold(sentence), checkNoWord), " ") + " "
		for i := range demands {
			if demands[i].asks.MatchString(words) {
				return &demands[i]
			}
		}
	}
	return nil
}

// answer refuses the demand.
func (d *demand) answer() Answer {
	lead := "The articles don't say, and this asks for something else. "
	if d == chat {
		lead = "The articles don't say: this is no question about what they report. "
	}
	return Answer{Abstained: true, Reason: d.why, Text: lead + d.says}
}
