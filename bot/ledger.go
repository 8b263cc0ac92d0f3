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
	Vote         vote        `json:"vote,omitempty"`     // the asker's, "" until there is one
	Voted        time.Time   `json:"voted,omitzero"`     // when
	Comment      string      `json:"comment"`            // why it was not useful
	Traces       []string    `json:"traces"`             // keys of the messages and conversations that lead here
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

// ownerKey finds the answers of a user, and of a guild, without reading them. It is
// written first and deleted last: what it doesn't find isn't there.
func ownerKey(r record) string { return ownerKeys(r.User) + r.Guild + "/" + r.ID }

func ownerKeys(user string) string { return "owner/" + user + "/" }

// add keeps a record and appends it to its conversation.
func (l *ledger) add(ctx context.Context, r record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.At = l.now()
	r.Expires = r.At.Add(l.keep)
	if err := l.put(ctx, ownerKey(r), true, r.Expires); err != nil {
		return err
	}
	if r.Conversation != "" {
		r.Traces = append(r.Traces, conversationKey(r.Conversation))
	}
	if err := l.put(ctx, answerKey(r.ID), r, r.Expires); err != nil || r.Conversation == "" {
		return err
	}
	key := conversationKey(r.Conversation)
	var c conversation
	if _, err := l.get(ctx, key, &c); err != nil {
		return err
	}
	c.Turns = append(c.Turns, r.ID)
	c.Turns = c.Turns[max(0, len(c.Turns)-maxTurns):]
	return l.put(ctx, key, c, l.now().Add(l.keep))
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

// knows reports whether a message of a channel shows an answer.
func (l *ledger) knows(channel, message string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	raw, err := l.store.Get(ctx, messageKey(channel, message))
	return err == nil && raw != nil
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

// undo lets an action be done again that use marked and that failed.
func (l *ledger) undo(ctx context.Context, id, what string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok, err := l.record(ctx, id)
	if err != nil || !ok {
		return err
	}
	r.Used = slices.DeleteFunc(r.Used, func(used string) bool { return used == what })
	return l.put(ctx, answerKey(id), r, r.Expires)
}

// A vote is what an asker makes of an answer.
type vote string

const (
	useful  vote = "useful"
	useless vote = "useless"
)

// judge keeps what the asker says of an answer, in place of what was said before. It
// returns the record as it was, false if it is gone.
func (l *ledger) judge(ctx context.Context, id string, v vote, comment string) (was record, ok bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	was, ok, err = l.record(ctx, id)
	if err != nil || !ok {
		return was, false, err
	}
	r := was
	r.Vote, r.Voted, r.Comment = v, l.now(), comment
	return was, true, l.put(ctx, answerKey(id), r, r.Expires)
}

// show notes messages that show an answer.
func (l *ledger) show(ctx context.Context, id, channel string, messages ...string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok, err := l.record(ctx, id)
	if err != nil || !ok || len(messages) == 0 {
		return err
	}
	for _, m := range messages {
		r.Traces = append(r.Traces, messageKey(channel, m))
	}
	if err := l.put(ctx, answerKey(id), r, r.Expires); err != nil {
		return err
	}
	for _, m := range messages {
		if err := l.put(ctx, messageKey(channel, m), id, r.Expires); err != nil {
			return err
		}
	}
	return nil
}

// fork begins a conversation with the turns of another.
func (l *ledger) fork(ctx context.Context, from, to string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var c conversation
	if ok, err := l.get(ctx, conversationKey(from), &c); !ok || err != nil {
		return err
	}
	for _, id := range c.Turns {
		r, ok, err := l.record(ctx, id)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		r.Traces = append(r.Traces, conversationKey(to))
		if err := l.put(ctx, answerKey(id), r, r.Expires); err != nil {
			return err
		}
	}
	return l.put(ctx, conversationKey(to), c, l.now().Add(l.keep))
}

// of returns the records that a user made, newest first.
func (l *ledger) of(ctx context.Context, user string) ([]record, error) {
	keys, err := l.store.Keys(ctx, ownerKeys(user))
	if err != nil {
		return nil, err
	}
	var out []record
	for _, k := range keys {
		r, ok, err := l.record(ctx, k[strings.LastIndexByte(k, '/')+1:])
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b record) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// forgettingKey names what is being forgotten: "user/..." or "guild/...".
func forgettingKey(what string) string { return "forgetting/" + what }

// forgetUser deletes everything of a user and returns how many answers that were.
// Once begun it is finished, by resumeForgetting if the process ends in between.
func (l *ledger) forgetUser(ctx context.Context, user string) (int, error) {
	return l.forget(ctx, "user/"+user)
}

// forgetGuild does the same for a guild.
func (l *ledger) forgetGuild(ctx context.Context, guild string) (int, error) {
	return l.forget(ctx, "guild/"+guild)
}

func (l *ledger) forget(ctx context.Context, what string) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.put(ctx, forgettingKey(what), true, time.Time{}); err != nil {
		return 0, err
	}
	kind, id, _ := strings.Cut(what, "/")
	prefix := ownerKeys(id)
	if kind == "guild" {
		prefix = "owner/"
	}
	keys, err := l.store.Keys(ctx, prefix)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, k := range keys {
		if parts := strings.Split(k, "/"); kind == "guild" && (len(parts) != 4 || parts[2] != id) {
			continue
		}
		if err := l.drop(ctx, k); err != nil {
			return n, err
		}
		n++
	}
	return n, l.store.Delete(ctx, forgettingKey(what))
}

// forgetArticle deletes the answers that quote an article, and returns how many there
// were. It reads all answers.
func (l *ledger) forgetArticle(ctx context.Context, id string) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	keys, err := l.store.Keys(ctx, "owner/")
	if err != nil {
		return 0, err
	}
	of := func(c qa.Citation) bool { return c.ArticleID == id }
	n := 0
	for _, k := range keys {
		r, ok, err := l.record(ctx, k[strings.LastIndexByte(k, '/')+1:])
		if err != nil {
			return n, err
		}
		if ok && (slices.ContainsFunc(r.Answer.Citations, of) || slices.ContainsFunc(r.Answer.Nearest, of)) {
			if err := l.drop(ctx, k); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// drop deletes an answer and all that leads to it, its owner's key last. The lock is
// held.
func (l *ledger) drop(ctx context.Context, owner string) error {
	id := owner[strings.LastIndexByte(owner, '/')+1:]
	r, ok, err := l.record(ctx, id)
	if err != nil {
		return err
	}
	var keys []string
	if ok {
		for _, k := range r.Traces {
			if !strings.HasPrefix(k, conversationKey("")) {
				keys = append(keys, k)
				continue
			}
			var c conversation
			if _, err := l.get(ctx, k, &c); err != nil {
				return err
			}
			c.Turns = slices.DeleteFunc(c.Turns, func(turn string) bool { return turn == id })
			if len(c.Turns) == 0 {
				keys = append(keys, k)
			} else if err := l.put(ctx, k, c, l.now().Add(l.keep)); err != nil {
				return err
			}
		}
	}
	return l.store.Delete(ctx, append(keys, answerKey(id), owner)...)
}

// resumeForgetting finishes what an earlier process began to forget.
func (l *ledger) resumeForgetting(ctx context.Context) error {
	keys, err := l.store.Keys(ctx, forgettingKey(""))
	if err != nil {
		return err
	}
	for _, k := range keys {
		if _, err := l.forget(ctx, strings.TrimPrefix(k, forgettingKey(""))); err != nil {
			return err
		}
	}
	return nil
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
