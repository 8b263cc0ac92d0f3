package main

import (
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"time"

	"crisisbot/bot"
)

// A metric is one number; the name of one that only grows ends in _total. Those of one
// name follow each other and differ in their labels.
type metric struct {
	name, help string
	value      float64
	labels     string // such as `form="ask"`
}

func (s *served) metrics() []metric {
	b := s.bot.Stats()
	e := s.lib.Encoding()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	var all []metric
	one := func(name, help string, value float64) {
		all = append(all, metric{name: name, help: help, value: value})
	}
	total := func(name, help string, n int64) { one(name+"_total", help, float64(n)) }

	total("interactions", "Interactions received.", b.Interactions)
	total("questions", "Questions accepted.", b.Questions)
	outcomes, latency := s.bot.Outcomes()
	for _, o := range outcomes {
		all = append(all, metric{"outcomes_total", "Questions by what was asked for, what became of them and who wrote the answer.", float64(o.Questions),
			fmt.Sprintf("form=%q,result=%q,mode=%q", o.Form, o.Result, o.Mode)})
	}
	all = append(all, histogram("answer_seconds", "Time from a question's acceptance to its answer.", latency)...)
	one("questions_running", "Questions being answered.", float64(b.Running))
	one("questions_waiting", "Questions that wait.", float64(b.Waiting))
	total("limited", "Questions turned away by a limit or as busy.", b.Limited)
	total("late", "Interactions that Discord had given up.", b.Late)
	total("dropped", "Events beyond what can be handled at once.", b.Dropped)
	total("unreadable", "Events that nothing could be told about.", b.Unreadable)
	total("denied", "Calls without the right.", b.Denied)
	total("forged", "Buttons that were not of this bot.", b.Forged)
	total("withheld", "Texts that the gate stopped.", b.Withheld)
	total("faults", "Faults of the bot.", b.Faults)
	total("panics", "Panics that were caught.", b.Panics+b.Gateway.Panics)
	one("useful", "Answers marked as useful, by the last vote on each.", float64(b.Useful))
	one("useless", "Answers marked as not useful, by the last vote on each.", float64(b.Useless))

	one("shards", "Shards that run.", float64(b.Shards))
	one("shards_ready", "Shards with a live session.", float64(b.Ready))
	one("guilds", "Servers that the bot is in.", float64(b.Guilds))
	total("gateway_connections", "Connections to Discord's gateway.", b.Gateway.Connections)
	total("gateway_identified", "New sessions.", b.Gateway.Identified)
	total("gateway_resumed", "Sessions resumed.", b.Gateway.Resumed)
	total("gateway_zombies", "Connections that had gone silent.", b.Gateway.Zombies)
	one("gateway_starts", "New sessions within a day over restarts; Discord resets the token at 1,000.", float64(b.Starts))

	feeds, failing := s.feeds.Feeds(), 0
	var newest time.Time
	for _, f := range feeds {
		if f.Problem != "" {
			failing++
		}
		if f.Visited.After(newest) {
			newest = f.Visited
		}
	}
	one("feeds", "Feeds that are followed.", float64(len(feeds)))
	one("feeds_failing", "Feeds whose last reading failed.", float64(failing))
	if !newest.IsZero() {
		one("feeds_read_seconds", "Last reading of any feed, in Unix time.", float64(newest.Unix()))
	}
	total("feed_articles", "Articles that feeds brought.", s.feeds.taken.Load())

	one("articles", "Articles in the archive.", float64(len(s.lib.Articles())))
	one("passages", "Passages that can be searched by meaning, encoded or not; 0 without an encoder.", float64(e.Total))
	one("passages_encoded", "Passages that have their vector.", float64(e.Done))
	if s.budget != nil {
		spend, caps := s.budget.Spend(), s.p.config.Caps
		one("spent_tokens", "Tokens of the language model used today (UTC).", float64(spend.All.Tokens))
		one("spent_money", "What these cost, in the currency of the prices.", spend.All.Money)
		one("spending_users", "Users on whose account the model worked today.", float64(len(spend.Users)))
		one("cap_day_tokens", "Most tokens a day; 0 is no cap.", float64(caps.DayTokens))
		one("cap_day_money", "Most money a day; 0 is no cap.", caps.DayMoney)
	}
	one("start_time_seconds", "Start of the bot, in Unix time.", float64(b.Started.Unix()))
	one("goroutines", "Goroutines.", float64(runtime.NumGoroutine()))
	one("heap_bytes", "Memory in use by the heap.", float64(memory.HeapAlloc))
	return all
}

// histogram writes a latency as Prometheus does: cumulative classes, sum and count.
func histogram(name, help string, l bot.Latency) []metric {
	var all []metric
	var n int64
	for i, c := range l.Counts {
		n += c
		bound := "+Inf"
		if i < len(bot.Seconds) {
			bound = strconv.FormatFloat(bot.Seconds[i], 'g', -1, 64)
		}
		all = append(all, metric{name + "_bucket", help, float64(n), `le="` + bound + `"`})
	}
	return append(all, metric{name: name + "_sum", value: l.Total.Seconds()}, metric{name: name + "_count", value: float64(n)})
}

// writeMetrics writes the text format of Prometheus, version 0.0.4.
func writeMetrics(w io.Writer, all []metric) {
	last := ""
	for _, m := range all {
		family, kind := m.name, "gauge"
		if strings.HasSuffix(m.name, "_total") {
			kind = "counter"
		} else if base, ok := strings.CutSuffix(m.name, "_bucket"); ok {
			family, kind = base, "histogram"
		}
		if family != last && m.help != "" {
			fmt.Fprintf(w, "# HELP crisisbot_%s %s\n# TYPE crisisbot_%s %s\n", family, m.help, family, kind)
		}
		last = family
		labels := m.labels
		if labels != "" {
			labels = "{" + labels + "}"
		}
		fmt.Fprintf(w, "crisisbot_%s%s %s\n", m.name, labels, strconv.FormatFloat(m.value, 'g', -1, 64))
	}
}
