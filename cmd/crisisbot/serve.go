package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"crisisbot/bot"
	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/source"
)

type serveCommand struct{}

func (serveCommand) Help() string {
	return `Runs until it is told to stop (ctrl-C, SIGTERM); what was asked by then is
answered first. Only one serve may run on a data folder; the other commands may be
used beside it, but for those that change the articles.

Example:

    DISCORD_TOKEN=... crisisbot serve

README says under "On Discord" how to get a token and how to invite the bot;
"crisisbot doctor" checks both.`
}

// closeWithin is how long serve waits for its background work after the last
// answer; with the bot's own bounds it ends within 25 s of SIGTERM.
const closeWithin = 3 * time.Second

func (c *serveCommand) Run(ctx context.Context, p *program) (err error) {
	if p.config.Discord.Token == "" {
		return usagef(`serve needs the token of a bot: make an application in Discord's developer portal and put its token into .env as DISCORD_TOKEN (README, "On Discord")`)
	}
	hide := veil{secrets: p.config.secrets()}
	p.log = p.newLog(hide.secrets)
	defer func() {
		if err != nil && ctx.Err() == nil {
			err = errors.New(strings.Join(strings.Fields(string(hide.hide([]byte(err.Error())))), " "))
		}
	}()
	encoder, err := p.openEncoder(ctx)
	if err != nil {
		return err
	}
	a, err := p.openArchive(ctx, archive.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	lib, err := p.libraryOf(ctx, a, encoder)
	if err != nil {
		return err
	}
	s := &served{p: p, lib: lib, archive: a, log: p.log, wake: make(chan struct{}, 1)}
	s.reader = p.reader(lib, nil)
	if err := s.makeBot(ctx); err != nil {
		return err
	}
	var listener net.Listener
	if addr := p.config.HTTPAddr; addr != "" {
		if listener, err = net.Listen("tcp", addr); err != nil {
			return fmt.Errorf("HTTP_ADDR: %w", err)
		}
		p.log.Info("health and metrics", "address", listener.Addr().String())
	}
	return s.run(ctx, listener)
}

// served is what the bot answers from, while it runs.
type served struct {
	p        *program
	lib      *retrieval.Library
	archive  *archive.Archive
	reader   *source.Reader
	bot      *bot.Bot
	answerer *qa.Answerer
	feeds    *feeds
	budget   *qa.Budget // nil without a language model
	log      *slog.Logger
	wake     chan struct{} // there may be passages to encode
}

// answerBeside is how long an answer may take beside the model's time: to search, and to
// make it without the model in the end.
const answerBeside = 4 * time.Second

// botFolder is where the bot keeps what must outlive the process.
const botFolder = "bot"

func (s *served) makeBot(ctx context.Context) error {
	answerer, budget, err := s.p.answererWithin(ctx, s.lib)
	if err != nil {
		return err
	}
	s.answerer, s.budget = answerer, budget
	folder := filepath.Join(s.archive.Dir(), botFolder)
	store, err := bot.OpenFileStore(folder)
	if err != nil {
		return err
	}
	key, err := s.p.readKey(filepath.Join(folder, "seal.key"))
	if err != nil {
		return fmt.Errorf("key of the buttons: %w", err)
	}
	if s.feeds, err = openFeeds(ctx, s.p.config.Feeds, s.reader, feedStates{s.archive}, store, s.log, s.take); err != nil {
		return err
	}
	d := s.p.config.Discord
	minute := func(n int) bot.Rate { return bot.Rate{Burst: n, Per: time.Minute} }
	o := bot.Options{
		Token: d.Token, Answerer: answerer, Library: s.lib,
		Topics: qa.NewTopics(s.lib), Ingester: s, Feeder: s.feeds, Remover: s, Store: store, Key: key,
		APIBase: d.APIBase, Guild: d.Guild, Owners: d.Owners, Shards: d.Shards, NoMessageContent: d.NoMessageContent,
		PerUser: minute(d.PerUser), PerChannel: minute(d.PerChannel), Global: minute(d.Global),
		Keep: time.Duration(d.KeepHours) * time.Hour,
		Log:  s.p.log, Now: s.p.now,
	}
	if budget != nil {
		o.Spender = budget
	}
	if within := s.p.config.Chat.Within; within > 0 {
		o.AnswerWithin = within + answerBeside
	}
	s.bot, err = bot.New(o)
	return err
}

// run answers until the context ends or the bot can't go on.
func (s *served) run(ctx context.Context, listener net.Listener) error {
	began := time.Now()
	s.log.Info("starting", "articles", len(s.lib.Articles()), "feeds", len(s.feeds.Feeds()), "version", version())
	background, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { s.encode(background) })
	running.Go(func() { s.feeds.run(background) })
	closeHTTP := s.listen(listener)
	err := s.bot.Run(ctx)
	stop()
	closeHTTP()
	ended := make(chan struct{})
	go func() {
		running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(closeWithin):
		s.log.Warn("background work did not end in time; it goes on at the next start")
	}
	if err == nil {
		s.log.Info("stopped", "ran", time.Since(began).Round(time.Second))
	}
	return err
}
