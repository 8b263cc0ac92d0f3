package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"crisisbot/bot/qa"
)

// madeDoc says to the asker how an answer came about. The words of statements that were
// dropped are not shown: they are the model's own, unchecked.
func madeDoc(t *texts, r record) doc {
	d := doc{text(t.say("made.id", "id", r.ID, "date", t.date(r.Expires.UTC().Format(time.DateOnly))))}
	m := r.Trace
	if m == nil || m.Tries == 0 && !m.Cached {
		return append(d, text(t.say("made.alone")))
	}
	name := cmp.Or(oneLine(m.Model), t.say("made.nameless"))
	if r.Answer.Mode == qa.Model {
		d = append(d, text(t.say("made.model", "model", shorten(name, 100))))
	} else {
		d = append(d, text(t.say("made.failed", "model", shorten(name, 100))))
	}
	if n := len(m.Drops); n > 0 {
		var why []string
		for _, drop := range m.Drops {
			if w := t.say("fault." + string(drop.Fault)); !slices.Contains(why, w) {
				why = append(why, w)
			}
		}
		d = append(d, text(t.say("made.dropped", "n", n)+" "+strings.Join(why, ", ")))
	}
	if m.Cached {
		return append(d, text(t.say("made.cached")))
	}
	return append(d, text(t.say("made.usage", "n", m.Usage.In+m.Usage.Out)))
}

func (r record) public() qa.Record {
	out := qa.Record{ID: r.ID, Kind: r.Kind, At: r.At, Expires: r.Expires, Verdict: r.Verdict, Trace: r.Trace}
	if r.Verdict == nil {
		out.Answer = &r.Answer
	}
	return out
}

// ReadRecord returns the record of an answer that the bot gave, from the folder of its
// FileStore, which the bot may be using; false if there is none or it has expired.
func ReadRecord(dir, id string, now time.Time) (qa.Record, bool, error) {
	s := &FileStore{dir: dir}
	v, err := readValue(s.file(answerKey(id)))
	if os.IsNotExist(err) {
		return qa.Record{}, false, nil
	}
	r, ok := answerIn(v)
	if err != nil || !ok || r.ID != id || !now.Before(r.Expires) {
		return qa.Record{}, false, err
	}
	return r.public(), true, nil
}

// ReadRecords returns the records of all answers that the bot keeps, in any order, as
// ReadRecord does. Files that can't be read are left out.
func ReadRecords(dir string, now time.Time) ([]qa.Record, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		if os.IsNotExist(err) {
			return nil, nil
		}
		return nil, fmt.Errorf("read the bot's folder: %w", err)
	}
	var out []qa.Record
	for _, e := range entries {
		v, err := readValue(filepath.Join(dir, e.Name()))
		if r, ok := answerIn(v); err == nil && ok && now.Before(r.Expires) {
			out = append(out, r.public())
		}
	}
	return out, nil
}

// ForgetArticles deletes the answers that quote any of some articles from the folder of
// a FileStore that no bot is using, and returns how many there were. Conversations that
// lose one are kept for so long.
func ForgetArticles(ctx context.Context, dir string, keep time.Duration, ids ...string) (int, error) {
	if _, err := os.Stat(dir); os.IsNotExist(err) {
		return 0, nil
	}
	store, err := OpenFileStore(dir)
	if err != nil {
		return 0, err
	}
	l := &ledger{store: store, keep: keep, now: time.Now}
	n := 0
	for _, id := range ids {
		forgotten, err := l.forgetArticle(ctx, id)
		n += forgotten
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func answerIn(v fileValue) (record, bool) {
	var r record
	return r, strings.HasPrefix(v.Key, answerKey("")) && json.Unmarshal(v.Value, &r) == nil
}
