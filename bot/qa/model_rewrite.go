package qa

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"crisisbot/prompts"
)

// A modelQuestion is a question made to stand alone.
type modelQuestion struct {
	Text         string // in English; for searching only, never shown
	Since, Until string // days, "" is open
	Language     string // ISO 639-1 code of the question's language

	trace *Trace
}

// modelMostQuestion is the longest rewritten question in bytes.
const modelMostQuestion = 500

var modelDay = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// rewrite has the model make a question stand alone, in English.
func (w *Writer) rewrite(ctx context.Context, user, question string, turns []prompts.Turn, first, last string) (modelQuestion, error) {
	var out modelQuestion
	if w == nil || w.gen == nil {
		return out, ErrNoModel
	}
	prompt, err := prompts.Rewrite(w.random, prompts.FollowUp{Question: question, Turns: turns, First: first, Last: last, Brief: small(w.gen.Context())})
	if err != nil {
		return out, err
	}
	reply, err := w.generate(ctx, user, Request{Prompt: prompt, MostTokens: 200}, func(string) {})
	out.trace = &Trace{Model: reply.Model, Steps: []Step{{prompt.Name, prompt.Hash(), []Shown{}}}, Usage: reply.Usage, Cost: w.gen.Price(reply.Usage), Tries: reply.Tries}
	if err != nil {
		return out, err
	}
	var got struct{ Question, Since, Until, Language string }
	from, to := strings.IndexByte(reply.Text, '{'), strings.LastIndexByte(reply.Text, '}')
	if from < 0 || to < from || json.Unmarshal([]byte(reply.Text[from:to+1]), &got) != nil {
		return out, fmt.Errorf("%w: not in the form asked for", ErrModelBroken)
	}
	text := strings.Join(strings.Fields(got.Question), " ")
	if text == "" || len(text) > modelMostQuestion || checkRunes(text) != "" {
		return out, fmt.Errorf("%w: no question came back", ErrModelBroken)
	}
	out = modelQuestion{Text: text, Language: "en", trace: out.trace}
	if _, ok := modelLanguages[got.Language]; ok {
		out.Language = got.Language
	}
	day := func(s string) string {
		if _, err := time.Parse(time.DateOnly, s); err != nil || !modelDay.MatchString(s) {
			return ""
		}
		return s
	}
	if out.Since, out.Until = day(got.Since), day(got.Until); out.Until != "" && out.Since > out.Until {
		out.Since, out.Until = "", ""
	}
	return out, nil
}

// modelLanguages are the languages that an answer may be written in. The name
// goes into the rules of a prompt, so it never comes from a user or a model.
var modelLanguages = map[string]string{
	"ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
	"es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian",
	"id": "Indonesian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch",
	"no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sr": "Serbian", "sv": "Swedish",
	"tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}

// modelLanguage returns the name of a language, English for a code not known.
func modelLanguage(code string) string {
	if name, ok := modelLanguages[code]; ok {
		return name
	}
	return modelLanguages["en"]
}
