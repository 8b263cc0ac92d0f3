package bot

import (
	"strings"

	"crisisbot/bot/qa"
	"errors"
	"fmt"
	"testing"
)

func TestNoThread(t *testing.T) {
	for want, err := range map[string]error{
		"thread.deleted": &restError{Status: 404, Code: codeUnknownMessage},
		"thread.full":    fmt.Errorf("open: %w", &restError{Status: 400, Code: codeTooManyThreads}),
		"thread.failed":  &restError{Status: 403, Code: codeMissingAccess},
		"thread.later":   errors.New("no answer"),
	} {
		if got := noThread(err); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}

// An outlet whose name is too long for a choice is offered by its beginning.
func TestBeginning(t *testing.T) {
	long := strings.Repeat("Gazette of the North ", 6)
	if got := beginning(long, 100); width(got) > 100 || !strings.HasPrefix(long, got+" ") {
		t.Errorf("%q", got)
	}
	if got := beginning("The Moscow Times", 100); got != "The Moscow Times" {
		t.Errorf("%q", got)
	}
}

// Of a very long message not every statement is listed.
func TestVerdictListIsCapped(t *testing.T) {
	v := &qa.Verdict{Claim: "Much.", Verdict: qa.NotInArticles, Why: "So."}
	for i := range 40 {
		v.Parts = append(v.Parts, qa.Part{Claim: fmt.Sprintf("Statement %d.", i), Kind: "claim", Verdict: qa.NotInArticles})
	}
	g := &gate{}
	said := ""
	for _, m := range g.render(verdictMessage(mustLanguages(t)["en"], v, answerOf(*v), catalogue{}), "1") {
		said += m.Content + "\n"
	}
	wants(t, said, "Statement 11.", "28 more statements are not listed")
	if strings.Contains(said, "Statement 12.") {
		t.Error(said)
	}
}
