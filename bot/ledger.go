package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"crisisbot/bot/qa"
)

// A ledger remembers what was asked and answered, so that follow-ups, buttons and
// /mydata work, until it expires. A conversation never crosses from one place to
// another: its key names the thread, the direct message or the private answer.
type ledger struct {
	store Store
	keep  time.Duration
	now   func() time.Time
	mu    sync.Mutex // over the lists, which are read, changed and written
}

// A record is one question and its answer.
type record struct {
	ID           string      `json:"id"`
	Conversation string      `json:"conversation"`
	Guild        string      `json:"guild"`
	Channel      string      `json:"channel"`
	User         string      `json:"user"`
	Private      bool        `json:"private"`
	At           time.Time   `json:"at"`
	Expires      time.Time   `json:"expires"`
	Kind         qa.Kind     `json:"kind"`
	Answer       qa.Answer   `json:"answer"`
	Verdict      *qa.Verdict `json:"verdict"`            // of a claim; the answer then says the same
	Trace        *qa.Trace   `json:"trace,omitempty"`    // the model's part in it; nil where none was asked
	Timeline     bool        `json:"timeline,omitempty"` // the statements are events
	Used         []string    `json:"used"`               // actions that may be done once, and were
	Comment      string      `json:"comment"`            // why it was not useful
}

// maxTurns is how many earlier turns a follow-up is given.
const maxTurns = 6

// conversation is what a turn list is stored as.
type conversation struct {
	Turns []string `json:"turns"` // ids of records, oldest first
}

func answerKey(id string) string           { return "answer/" + id }
func conversationKey(key string) string    { return "conversation/" + key }
func messageKey(channel, id string) string { return "message/" + channel + "/" + id }

// add keeps a record and appends it to its conversation.
func (l *ledger) add(ctx context.Context, r record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.At = l.now()
	r.Expires = r.At.Add(l.keep)
	if err := l.put(ctx, answerKey(r.ID), r, r.Expires); err != nil {
		return err
	}
	return l.append(ctx, r.Conversation, r.ID)
}

// append makes a record the last turn of a conversation. The lock is held.
func (l *ledger) append(ctx context.Context, key, id string) error {
	if key == "" {
		return nil
	}
	var c conversation
	if _, err := l.get(ctx, conversationKey(key), &c); err != nil {
		return err
	}
	c.Turns = append(c.Turns, id)
	c.Turns = c.Turns[max(0, len(c.Turns)-maxTurns):]
	return l.put(ctx, conversationKey(key), c, l.now().Add(l.keep))
}

// record returns the record of an answer, false if there is none.
func (l *ledger) record(ctx context.Context, id string) (record, bool, error) {
	var r record
	ok, err := l.get(ctx, answerKey(id), &r)
	return r, ok, err
}

// byMessage returns the record that a message of a channel shows.
func (l *ledger) byMessage(ctx context.Context, channel, message string) (record, bool, error) {
	var id string
	if ok, err := l.get(ctx, messageKey(channel, message), &id); !ok || err != nil {
		return record{}, false, err
	}
	return l.record(ctx, id)
}

// history returns the turns of a conversation, oldest first.
func (l *ledger) history(ctx context.Context, key string) ([]qa.Turn, error) {
	if key == "" {
		return nil, nil
	}
	var c conversation
	if _, err := l.get(ctx, conversationKey(key), &c); err != nil {
		return nil, err
	}
	var turns []qa.Turn
	for _, id := range c.Turns {
		r, ok, err := l.record(ctx, id)
		if err != nil {
			return nil, err
		}
		if ok {
			turns = append(turns, qa.Turn{Question: r.Answer.Question, Answer: r.Answer})
		}
	}
	return turns, nil
}

// use marks an action of an answer as done. It reports false if it was already, or
// the answer is gone.
func (l *ledger) use(ctx context.Context, id, what string) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok, err := l.record(ctx, id)
	if err != nil || !ok || slices.Contains(r.Used, what) {
		return false, err
	}
	r.Used = append(r.Used, what)
	return true, l.put(ctx, answerKey(id), r, r.Expires)
}

// judge keeps what a user said of an answer.
func (l *ledger) judge(ctx context.Context, id, comment string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok, err := l.record(ctx, id)
	if err != nil || !ok {
		return err
	}
	r.Comment = comment
	return l.put(ctx, answerKey(id), r, r.Expires)
}

// show notes messages that show an answer. Where continues names a conversation,
// the answer becomes a turn of that one too.
func (l *ledger) show(ctx context.Context, id, channel, continues string, messages ...string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok, err := l.record(ctx, id)
	if err != nil || !ok {
		return err
	}
	for _, m := range messages {
		if err := l.put(ctx, messageKey(channel, m), id, r.Expires); err != nil {
			return err
		}
	}
	return l.append(ctx, continues, id)
}

// fork begins a conversation with the turns of another.
func (l *ledger) fork(ctx context.Context, from, to string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var c conversation
	if ok, err := l.get(ctx, conversationKey(from), &c); !ok || err != nil {
		return err
	}
	return l.put(ctx, conversationKey(to), c, l.now().Add(l.keep))
}

// of returns the records that a user made, newest first.
func (l *ledger) of(ctx context.Context, user string) ([]record, error) {
	return l.find(ctx, func(r record) bool { return r.User == user })
}

func (l *ledger) find(ctx context.Context, want func(record) bool) ([]record, error) {
	keys, err := l.store.Keys(ctx, answerKey(""))
	if err != nil {
		return nil, err
	}
	var out []record
	for _, k := range keys {
		var r record
		ok, err := l.get(ctx, k, &r)
		if err != nil {
			return nil, err
		}
		if ok && want(r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b record) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// forget deletes the records that want picks, and every trace that leads to them,
// and returns how many there were.
func (l *ledger) forget(ctx context.Context, want func(record) bool) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	gone, err := l.find(ctx, want)
	if err != nil || len(gone) == 0 {
		return 0, err
	}
	ids := map[string]bool{}
	var keys []string
	for _, r := range gone {
		ids[r.ID] = true
		keys = append(keys, answerKey(r.ID))
	}
	traces, err := l.traces(ctx, ids)
	if err != nil {
		return 0, err
	}
	return len(gone), l.store.Delete(ctx, append(keys, traces...)...)
}

func forgettingKey(user string) string { return "forgetting/" + user }

// forgetUser deletes everything of a user. Once begun it is finished, by
// resumeForgetting if the process ends in between.
func (l *ledger) forgetUser(ctx context.Context, user string) (int, error) {
	key := forgettingKey(user)
	if err := l.put(ctx, key, true, time.Time{}); err != nil {
		return 0, err
	}
	n, err := l.forget(ctx, func(r record) bool { return r.User == user })
	if err != nil {
		return n, err
	}
	return n, l.store.Delete(ctx, key)
}

// resumeForgetting finishes what an earlier process began to forget.
func (l *ledger) resumeForgetting(ctx context.Context) error {
	keys, err := l.store.Keys(ctx, forgettingKey(""))
	if err != nil {
		return err
	}
	for _, k := range keys {
		if _, err := l.forgetUser(ctx, strings.TrimPrefix(k, forgettingKey(""))); err != nil {
			return err
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return l.dropLooseEnds(ctx)
}

// dropLooseEnds deletes the traces of records that are gone.
func (l *ledger) dropLooseEnds(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	gone := map[string]bool{}
	messages, err := l.store.Keys(ctx, "message/")
	if err != nil {
		return err
	}
	for _, k := range messages {
		var id string
		if ok, err := l.get(ctx, k, &id); err != nil {
			return err
		} else if !ok {
			continue
		}
		if _, ok, err := l.record(ctx, id); err != nil {
			return err
		} else if !ok {
			gone[id] = true
		}
	}
	keys, err := l.traces(ctx, gone)
	if err != nil {
		return err
	}
	return l.store.Delete(ctx, keys...)
}

// traces takes records out of the conversations, and returns the keys of messages
// and of conversations that led to nothing else.
func (l *ledger) traces(ctx context.Context, ids map[string]bool) ([]string, error) {
	messages, err := l.store.Keys(ctx, "message/")
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, k := range messages {
		var id string
		if ok, err := l.get(ctx, k, &id); err != nil {
			return nil, err
		} else if ok && ids[id] {
			keys = append(keys, k)
		}
	}
	conversations, err := l.store.Keys(ctx, conversationKey(""))
	if err != nil {
		return nil, err
	}
	for _, k := range conversations {
		var c conversation
		if _, err := l.get(ctx, k, &c); err != nil {
			return nil, err
		}
		before := len(c.Turns)
		c.Turns = slices.DeleteFunc(c.Turns, func(id string) bool { return ids[id] })
		switch {
		case len(c.Turns) == before:
		case len(c.Turns) == 0:
			keys = append(keys, k)
		default:
			if err := l.put(ctx, k, c, l.now().Add(l.keep)); err != nil {
				return nil, err
			}
		}
	}
	return keys, nil
}

func (l *ledger) put(ctx context.Context, key string, value any, expires time.Time) error {
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	return l.store.Put(ctx, key, b, expires)
}

// get reads a value and reports whether there is one; a value that can't be read
// counts as none.
func (l *ledger) get(ctx context.Context, key string, value any) (bool, error) {
	b, err := l.store.Get(ctx, key)
	if err != nil || b == nil {
		return false, err
	}
	return json.Unmarshal(b, value) == nil, nil
}
