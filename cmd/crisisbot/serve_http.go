package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"time"
)

// listen answers health checks and metrics on the listener, which may be nil,
// until the function that it returns is called.
func (s *served) listen(l net.Listener) (stop func()) {
	if l == nil {
		return func() {}
	}
	server := &http.Server{
		Handler: s.routes(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("health and metrics are gone", "error", err)
		}
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
	}
}

// routes are /livez (the process runs), /readyz (every shard is connected, and the
// bot isn't stopping) and /metrics (in Prometheus' text format).
func (s *served) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !s.bot.Ready() {
			http.Error(w, "not connected to Discord", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		writeMetrics(w, s.metrics())
	})
	return mux
}

// A metric is one number; the name of one that only grows ends in _total.
type metric struct {
	name, help string
	value      float64
}

func (s *served) metrics() []metric {
	b := s.bot.Stats()
	e := s.lib.Encoding()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	of := func(n int64) float64 { return float64(n) }
	all := []metric{
		{"interactions_total", "Interactions received.", of(b.Interactions)},
		{"questions_total", "Questions accepted.", of(b.Questions)},
		{"answers_total", "Questions answered with citations.", of(b.Answered)},
		{"abstentions_total", "Questions that the articles don't answer.", of(b.Abstained)},
		{"timeouts_total", "Questions without an answer in time.", of(b.TimedOut)},
		{"limited_total", "Questions turned away by a limit or as busy.", of(b.Limited)},
		{"denied_total", "Calls without the right.", of(b.Denied)},
		{"forged_total", "Buttons that were not of this bot.", of(b.Forged)},
		{"late_total", "Interactions that Discord had given up.", of(b.Late)},
		{"unreadable_total", "Events that nothing could be told about.", of(b.Unreadable)},
		{"dropped_total", "Events beyond what can be handled at once.", of(b.Dropped)},
		{"faults_total", "Faults of the bot.", of(b.Faults)},
		{"panics_total", "Panics that were caught.", of(b.Panics + b.Gateway.Panics)},
		{"withheld_total", "Texts that the gate stopped.", of(b.Withheld)},
		{"useful_total", "Answers marked as useful.", of(b.Useful)},
		{"useless_total", "Answers marked as not useful.", of(b.Useless)},
		{"gateway_connections_total", "Connections to Discord's gateway.", of(int64(b.Gateway.Connections))},
		{"gateway_identified_total", "New sessions.", of(int64(b.Gateway.Identified))},
		{"gateway_resumed_total", "Sessions resumed.", of(int64(b.Gateway.Resumed))},
		{"gateway_zombies_total", "Connections that had gone silent.", of(int64(b.Gateway.Zombies))},
		{"guilds", "Servers that the bot is in.", float64(b.Guilds)},
		{"shards", "Shards that run.", float64(b.Shards)},
		{"shards_ready", "Shards with a live session.", float64(b.Ready)},
		{"questions_running", "Questions being answered.", float64(b.Running)},
		{"questions_waiting", "Questions that wait.", float64(b.Waiting)},
		{"start_time_seconds", "Start of the bot, in Unix time.", float64(b.Started.Unix())},
		{"articles", "Articles in the archive.", float64(len(s.lib.Articles()))},
		{"passages", "Passages that can be searched by meaning, encoded or not; 0 without an encoder.", float64(e.Total)},
		{"passages_encoded", "Passages that have their vector.", float64(e.Done)},
		{"goroutines", "Goroutines.", float64(runtime.NumGoroutine())},
		{"heap_bytes", "Memory in use by the heap.", float64(memory.HeapAlloc)},
	}
	if s.budget != nil {
		spent := s.budget.Spend().All
		all = append(all,
			metric{"spent_tokens", "Tokens of the language model used today (UTC).", float64(spent.Tokens)},
			metric{"spent_money", "What these cost, in the currency of the prices.", spent.Money})
	}
	return all
}

// writeMetrics writes the text format of Prometheus, version 0.0.4.
func writeMetrics(w io.Writer, all []metric) {
	for _, m := range all {
		kind := "gauge"
		if strings.HasSuffix(m.name, "_total") {
			kind = "counter"
		}
		name := "crisisbot_" + m.name
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n%s %g\n", name, m.help, name, kind, name, m.value)
	}
}
