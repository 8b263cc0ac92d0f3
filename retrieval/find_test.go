package retrieval

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"crisisbot/retrieval/article"
)

func TestPublisher(t *testing.T) {
	lib := starters(t)
	for name, want := range map[string]string{
		"The Moscow Times": "moscow times", "moscow times": "moscow times", "Moscow Times, The": "moscow times", "Epoch": "epoch times", "NEWSDAY": "washington newsday",
	} {
		if got, err := lib.Publisher(name); err != nil || got != want {
			t.Errorf("%s: %q %v, want %q", name, got, err, want)
		}
	}
	for name, near := range map[string]string{"Moscow Tmies": "The Moscow Times", "washington newsdya": "The Washington Newsday", "Times": "The Epoch Times", "": "", "…": "", "BBC": "", "New York Times": ""} {
		_, err := lib.Publisher(name)
		var unknown *UnknownError
		if !errors.As(err, &unknown) || unknown.What != "publisher" || unknown.Name != name || (near == "") != (len(unknown.Near) == 0) || near == "" && len(unknown.Have) != 3 || near != "" && unknown.Near[0] != near {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestFindArticle(t *testing.T) {
	lib := starters(t)
	const id = "moscow-times-2021-12-02-ukraine-crisis-builds"
	for _, name := range []string{id, "003_71b25952f2d99c83.txt"} {
		if got, err := lib.FindArticle(name); err != nil || got != id {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	for _, name := range []string{"moscow-times-2021-12-02", "003_71b2595", "", "烏"} {
		_, err := lib.FindArticle(name)
		var unknown *UnknownError
		if !errors.As(err, &unknown) || unknown.What != "article" || len(unknown.Near)+len(unknown.Have) == 0 {
			t.Errorf("%q: %v", name, err)
		}
		if name == "moscow-times-2021-12-02" && unknown.Near[0] != id {
			t.Errorf("%q: nearest is %s", name, unknown.Near[0])
		}
	}
	if _, err := New(nil).FindArticle("a"); err == nil || err.Error() != `there is no article "a": there are none yet` {
		t.Error(err)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"delta", "alpha", "alphabet", "beta"}
	if got := nearest("alpha", names); !slices.Equal(got, []string{"alpha", "alphabet"}) {
		t.Errorf("%v", got)
	}
	if got := nearest("zzz", names); got != nil {
		t.Errorf("names that share nothing: %v", got)
	}
	if got := nearest("x", nil); got != nil {
		t.Errorf("%v", got)
	}
}

func ExampleLibrary_Publisher() {
	lib := New(nil)
	for i, p := range []string{"The Oslo Gazette", "Harbour Post"} {
		a := article.Article{ID: fmt.Sprint(i), Publisher: p, Text: "The ferry stopped.\n"}
		if _, err := lib.Add(context.Background(), a); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(lib.Publisher("oslo gazette"))
	_, err := lib.Publisher("Gazete")
	fmt.Println(err)
	// Output:
	// oslo gazette <nil>
	// there is no publisher "Gazete": did you mean The Oslo Gazette?
}

func TestUnknownErrorIsOneLine(t *testing.T) {
	err := &UnknownError{What: "article", Name: "a\nb", Near: []string{"x", "y"}}
	if got := err.Error(); strings.Contains(got, "\n") || got != `there is no article "a\nb": did you mean one of x, y?` {
		t.Errorf("%q", got)
	}
}
