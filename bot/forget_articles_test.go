package bot

import (
	"path/filepath"
	"testing"
	"time"
)

// Without a bot, answers that quote a removed article are forgotten in its folder.
func TestForgetArticles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bot")
	if n, err := ForgetArticles(t.Context(), dir, time.Hour, "removed"); n != 0 || err != nil {
		t.Errorf("without a folder: %d, %v", n, err)
	}
	store, err := OpenFileStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	l := &ledger{store: store, keep: time.Hour, now: time.Now}
	for _, quoted := range []string{"removed", "kept", "also-removed"} {
		a := sampleAnswer(1)
		a.Citations[0].ArticleID = quoted
		if err := l.add(t.Context(), record{ID: quoted, Conversation: "dm/1", Channel: "1", User: "42", Answer: a}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := ForgetArticles(t.Context(), dir, time.Hour, "removed", "also-removed"); n != 2 || err != nil {
		t.Errorf("%d answers, %v", n, err)
	}
	all, err := ReadRecords(dir, time.Now())
	if err != nil || len(all) != 1 || all[0].ID != "kept" {
		t.Errorf("left: %+v, %v", all, err)
	}
}
