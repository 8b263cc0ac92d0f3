package qa

import (
	"strings"

	"crisisbot/prompts"
)

// A fitted prompt goes into the model's context with a reply.
type fitted struct {
	manifest Manifest
	task     modelTask
	request  Request
}

const (
	replyShare   = 3    // a reply gets at most one of so many parts of a small context
	smallContext = 4096 // tokens; models with less than this are small themselves
)

// small reports whether a context, 0 unknown, is one for brief rules.
func small(context int) bool { return context > 0 && context < smallContext }

// fit renders the prompt of a task. Where the model's context is too small for it,
// the rules are given in brief, then passages are left out from the end.
func (w *Writer) fit(m Manifest, t modelTask) (fitted, error) {
	room := w.gen.Context()
	t.brief = t.brief || small(room)
	for {
		p, err := w.prompt(m, t)
		f := fitted{m, t, Request{Prompt: p}}
		if err != nil || room == 0 {
			return f, err
		}
		most := min(modelMostTokens, room/replyShare)
		f.request.MostTokens = most
		switch {
		case modelTokens(len(p.System)+len(p.User))+most <= room:
			return f, nil
		case !t.brief:
			t.brief = true
		case len(m) > 1:
			m = m[:len(m)-1]
		default:
			return f, nil // the generator says that it is too long
		}
	}
}

func (w *Writer) prompt(m Manifest, t modelTask) (prompts.Prompt, error) {
	about := prompts.About{Language: modelLanguage(t.language), Brief: t.brief, First: t.first, Last: t.last, Passages: modelPassages(m)}
	switch t.kind {
	case modelSummary:
		return prompts.Summary(w.random, prompts.Summarised{About: about, Topic: t.text, Sentences: t.most})
	case modelMerge:
		about.Passages = nil
		return prompts.Merge(w.random, prompts.Merged{About: about, Topic: t.text, Sentences: t.most, Notes: t.notes})
	case modelTimeline:
		return prompts.Timeline(w.random, prompts.Dated{About: about, Topic: t.text, Events: t.most})
	case modelClaim:
		return prompts.Claim(w.random, prompts.Claimed{About: about, Claim: t.text})
	case modelRepair:
		return prompts.Repair(w.random, prompts.Repaired{About: about, Task: t.text, Rejected: t.rejected})
	}
	return prompts.Answer(w.random, prompts.Asked{About: about, Question: t.text, Conversation: t.conversation})
}

// modelPassages numbers the passages as the manifest does and names origins A, B, C
// and so on.
func modelPassages(m Manifest) []prompts.Passage {
	origins := map[string]string{}
	out := make([]prompts.Passage, 0, len(m))
	for i, p := range m {
		a := p.Article
		origin, ok := origins[a.Origin]
		if !ok {
			origin = string(rune('A' + len(origins)%26))
			origins[a.Origin] = origin
		}
		out = append(out, prompts.Passage{
			Number: i + 1, Outlet: a.Publisher, Title: a.Title, Published: a.Published, DateInferred: a.DateInferred,
			MachineTranslated: strings.Contains(a.Quality, "machine-translated"), Origin: origin, Text: p.Text(),
		})
	}
	return out
}
