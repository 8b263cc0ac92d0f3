package bot

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

// An Answerer answers questions, as *qa.Answerer does. A *qa.InputError is shown to
// the asker; any other error is logged and the asker told that something broke.
type Answerer interface {
	Answer(ctx context.Context, q qa.Question) (qa.Answer, error)
}

// A Library lists the articles, as *retrieval.Library does. What it returns is only
// read.
type Library interface {
	Articles() []*article.Article // oldest first
	Article(id string) (*article.Article, bool)
	Publishers() []string // sorted
	Altered(id string) []retrieval.AlteredQuote
}

// An Ingester adds articles. It returns one entry an article, in order. The error is
// shown to the manager who asked, so it says what was wrong and what to do.
type Ingester interface {
	Ingest(ctx context.Context, u Upload) ([]Ingested, error)
}

// An Upload is what a manager gave: an address or a file, not both.
type Upload struct {
	URL  string
	Name string // of the file
	Body []byte
}

// Ingested says what became of one article.
type Ingested struct {
	ArticleID, Title string
	Status           string // added, updated, unchanged, copy or refused
	Why              string // where it was refused
}

// A Remover takes articles out of the library and the archive.
type Remover interface {
	Remove(ctx context.Context, ids ...string) error
}

// A Feeder follows feeds and adds their articles. Its errors are shown to the manager
// who asked, so they say what was wrong and what to do.
type Feeder interface {
	// AddFeed follows a feed from now on, over restarts, once it could be read. It
	// returns its title and the number of its items.
	AddFeed(ctx context.Context, address string) (title string, items int, err error)
	RemoveFeed(ctx context.Context, address string) error
	Feeds() []Feed // by address
}

// A Feed is one that is followed, and what the last visit to it came to.
type Feed struct {
	URL      string
	Fixed    bool      // by the operator's settings: it can't be removed by a command
	Visited  time.Time // zero: not yet
	Articles int       // new ones
	Refused  int       // items that could not be read
	Problem  string    // why the feed could not be read, "" if it could
	Next     time.Time // of the next visit; zero: none will be
}

// A Topicker finds what the articles speak of, as *qa.Topics does.
type Topicker interface {
	// Find returns at most n topics for what was typed, best first. It answers well
	// within Discord's three seconds.
	Find(ctx context.Context, typed string, n int) []string
}

// A Spender knows what models cost today, as *qa.Budget does.
type Spender interface {
	Spend() qa.Spend
}

// Options configure a Bot. Token, Answerer and Library must be given; the zero value
// of all else is the default.
type Options struct {
	Token    string // of the bot, with or without "Bot "
	Answerer Answerer
	Library  Library

	Ingester Ingester // nil: /crisis-admin has no ingest
	Topics   Topicker // nil: topics are not completed
	Feeder   Feeder   // nil: /crisis-admin has no feeds
	Remover  Remover  // nil: /crisis-admin has no remove
	Spender  Spender  // nil: /crisis-admin stats says nothing of spending
	Store    Store    // nil: a MemoryStore, which forgets at the end of the process
	Key      []byte   // seals buttons; nil: a random one, so that buttons end with the process

	APIBase          string   // another host for Discord's REST API, such as a proxy
	Guild            string   // home guild: commands are registered there, and show at once; its managers look after the articles
	Owners           []string // ids of users who may do everything
	Shards           int      // 0: as many as Discord recommends
	NoMessageContent bool     // run without the privileged intent: a thread then needs mentions

	PerUser, PerChannel, Global Rate          // of questions; 0 is 20 a minute, 60 a minute and 600 a minute
	Workers                     int           // questions answered at the same time; 0 is 16
	Queue                       int           // questions that may wait; 0 is 64
	AnswerWithin                time.Duration // of being asked; 0 is 14 s
	DrainWithin                 time.Duration // to answer what was accepted after Run's context ends; 0 is 15 s
	Keep                        time.Duration // how long questions and answers are kept; 0 is 24 h

	Log       *slog.Logger // nil: slog.Default()
	Transport http.RoundTripper
	Now       func() time.Time

	identifyEvery time.Duration // 0 is Discord's 5 s
}

func (o *Options) setDefaults() error {
	switch {
	case o.Token == "":
		return errors.New("no bot token: set DISCORD_TOKEN to the token of your application, from the developer portal")
	case o.Answerer == nil || o.Library == nil:
		return errors.New("a bot needs an Answerer and a Library")
	case o.Shards < 0:
		return errors.New("the number of shards can't be negative: leave it out for Discord's recommendation")
	case o.Guild != "" && !snowflake.MatchString(o.Guild):
		return errors.New("the guild must be the id of a server, digits only: copy it with Discord's developer mode on")
	}
	if o.Store == nil {
		o.Store = NewMemoryStore(0)
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	defaultRate := func(r *Rate, burst int) {
		if r.Burst == 0 || r.Per == 0 {
			*r = Rate{burst, time.Minute}
		}
	}
	defaultRate(&o.PerUser, 20)
	defaultRate(&o.PerChannel, 60)
	defaultRate(&o.Global, 600)
	o.Workers = cmp.Or(o.Workers, 16)
	o.Queue = cmp.Or(o.Queue, 64)
	o.AnswerWithin = cmp.Or(o.AnswerWithin, 14*time.Second)
	o.DrainWithin = cmp.Or(o.DrainWithin, 15*time.Second)
	o.Keep = cmp.Or(o.Keep, 24*time.Hour)
	o.identifyEvery = cmp.Or(o.identifyEvery, 5*time.Second)
	return nil
}
