package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

// A fakeAnswerer answers every question with sampleAnswer, after delay, and keeps
// what it was asked. A question's word decides of failures.
type fakeAnswerer struct {
	mu    sync.Mutex
	asked []qa.Question
	delay time.Duration
	make  func(q qa.Question) (qa.Answer, error)
}

func (f *fakeAnswerer) Answer(ctx context.Context, q qa.Question) (qa.Answer, error) {
	f.mu.Lock()
	f.asked = append(f.asked, q)
	delay, custom := f.delay, f.make
	f.mu.Unlock()
	switch {
	case strings.Contains(q.Text, "panic"):
		panic("a fault in answering")
	case strings.Contains(q.Text, "hang"):
		select {} // ignores its context
	case strings.Contains(q.Text, "error"):
		return qa.Answer{}, errors.New("the cause with a secret-canary-1")
	}
	if err := sleep(ctx, delay); err != nil {
		return qa.Answer{}, err
	}
	if custom != nil {
		return custom(q)
	}
	a := sampleAnswer(2)
	a.ID, a.Question, a.Text = q.ID, q.Text, "Answer to: "+q.Text+" [1] [2]"
	a.Statements = []qa.Statement{{Text: "Answer to: " + q.Text, Citations: []int{1, 2}}}
	return a, nil
}

func (f *fakeAnswerer) Check(_ context.Context, c qa.CheckRequest) (qa.Verdict, error) {
	if strings.Contains(c.Text, "panic") {
		panic("a fault in checking")
	}
	v := qa.Verdict{ID: c.ID, Claim: c.Text, Verdict: qa.Contradicted, Why: "The articles give 94,000.", Citations: sampleAnswer(1).Citations, AsOf: "2021-12-22"}
	if strings.Contains(c.Text, "both") {
		v.Parts = []qa.Part{{Claim: "First *part*.", Kind: "claim", Verdict: qa.Supported, Citations: []int{1}}, {Claim: "I hope so.", Kind: "opinion", Why: "an opinion"}}
	}
	return v, nil
}

func (f *fakeAnswerer) Summary(_ context.Context, r qa.SummaryRequest) (qa.Answer, error) {
	if strings.Contains(r.Topic, "panic") {
		panic("a fault in summing up")
	}
	if f.make != nil {
		return f.make(qa.Question{ID: r.ID, Text: r.Topic})
	}
	if r.Topic != "" {
		if err := qa.CheckText("topic", r.Topic); err != nil {
			return qa.Answer{}, err
		}
	}
	a := sampleAnswer(2)
	a.Text = fmt.Sprintf("Summary of %q, %q, %q to %q, %q [1] [2]", r.Topic, r.Article, r.Since, r.Until, r.Length)
	a.Statements = []qa.Statement{{Text: strings.TrimSuffix(a.Text, " [1] [2]"), Citations: []int{1, 2}}}
	return a, nil
}

// Timeline lists 3 events, or 60 of a topic with "many" in it.
func (f *fakeAnswerer) Timeline(_ context.Context, r qa.TimelineRequest) (qa.Answer, error) {
	if f.make != nil {
		return f.make(qa.Question{ID: r.ID, Text: r.Topic})
	}
	if r.Topic != "" {
		if err := qa.CheckText("topic", r.Topic); err != nil {
			return qa.Answer{}, err
		}
	}
	n := 3
	if strings.Contains(r.Topic, "many") {
		n = 60
	}
	a := sampleAnswer(n)
	for i := range a.Statements {
		a.Statements[i].Date = fmt.Sprintf("2021-%02d-%02d", 1+i/28, 1+i%28)
		a.Statements[i].Text = fmt.Sprintf("Event %d of %s, %q to %q.", i, r.Topic, r.Since, r.Until)
		a.Citations[i].ArticleID = fmt.Sprintf("article-%d", i%3)
	}
	return a, nil
}

func (f *fakeAnswerer) Spend() qa.Spend {
	return qa.Spend{Day: "2026-11-23", All: qa.Spent{Tokens: 1234, Money: 0.5}, Users: map[string]qa.Spent{"a": {}, "b": {}}}
}

func (f *fakeAnswerer) questions() []qa.Question {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

type fakeLibrary struct {
	mu       sync.Mutex
	articles []*article.Article
}

func newFakeLibrary(n int) *fakeLibrary {
	l := &fakeLibrary{}
	for i := range n {
		l.articles = append(l.articles, &article.Article{
			ID: fmt.Sprintf("article-%d", i), Title: fmt.Sprintf("Kyiv story number %d", i), Publisher: []string{"The Example Times", "Gazeta.ru"}[i%2],
			Published: fmt.Sprintf("2021-12-%02d", 1+i%28), URL: fmt.Sprintf("https://news.example/%d", i), Text: "First *sentence*. Second one.", Origin: fmt.Sprintf("article-%d", i),
		})
	}
	return l
}

func (l *fakeLibrary) Articles() []*article.Article {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.articles)
}

func (l *fakeLibrary) Article(id string) (*article.Article, bool) {
	for _, a := range l.Articles() {
		if a.ID == id {
			return a, true
		}
	}
	return nil, false
}

// Altered: every copy alters two quotations.
func (l *fakeLibrary) Altered(id string) []retrieval.AlteredQuote {
	if a, ok := l.Article(id); ok && a.Origin != id {
		return make([]retrieval.AlteredQuote, 2)
	}
	return nil
}

func (l *fakeLibrary) Publishers() []string { return []string{"Gazeta.ru", "The Example Times"} }

func (l *fakeLibrary) Remove(_ context.Context, ids ...string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.articles = slices.DeleteFunc(l.articles, func(a *article.Article) bool { return slices.Contains(ids, a.ID) })
	return nil
}

type fakeIngester struct {
	mu  sync.Mutex
	got []Upload
}

func (f *fakeIngester) Ingest(_ context.Context, u Upload) ([]Ingested, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.got = append(f.got, u)
	if strings.Contains(u.URL, "refuse") {
		return nil, errors.New("the address answers with 404: check it")
	}
	return []Ingested{{ArticleID: "new", Title: "A new *article*", Status: "added"}, {Title: "Another", Status: "refused", Why: "no text"}}, nil
}

// A fakeFeeder follows feeds that it never reads.
type fakeFeeder struct {
	mu  sync.Mutex
	all []Feed
}

func (f *fakeFeeder) AddFeed(_ context.Context, address string) (string, int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if strings.Contains(address, "refuse") {
		return "", 0, errors.New("no feed that can be read")
	}
	f.all = append(f.all, Feed{URL: address})
	return "The *Wire* @everyone", 12, nil
}

func (f *fakeFeeder) RemoveFeed(_ context.Context, address string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = slices.DeleteFunc(f.all, func(k Feed) bool { return k.URL == address })
	return nil
}

func (f *fakeFeeder) Feeds() []Feed {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.all)
}

type fakeTopics []string

func (f fakeTopics) Find(_ context.Context, typed string, n int) []string {
	var out []string
	for _, t := range f {
		if strings.HasPrefix(t, typed) {
			out = append(out, t)
		}
	}
	return out[:min(n, len(out))]
}

// A world is a bot that runs against a fake Discord.
type world struct {
	t       testing.TB
	s       *discordtest.Server
	b       *Bot
	qa      *fakeAnswerer
	library *fakeLibrary
	ingests *fakeIngester
	feeds   *fakeFeeder
	guild   *discordtest.Guild
	general *discordtest.Channel
	ann     *discordtest.User
	stop    func() error // ends Run and returns what it returned
	ended   chan error   // what Run returned by itself
}

// start runs a bot. change may adjust its options.
func start(t testing.TB, o discordtest.Options, change func(*Options)) *world {
	t.Helper()
	w := prepare(t, o, change)
	w.run()
	if err := w.s.WaitConnected(within(t)); err != nil {
		t.Fatal(err)
	}
	w.waitCommands()
	return w
}

func prepare(t testing.TB, o discordtest.Options, change func(*Options)) *world {
	t.Helper()
	w := &world{t: t, s: discordtest.New(t, o), qa: &fakeAnswerer{}, library: newFakeLibrary(30), ingests: &fakeIngester{}, feeds: &fakeFeeder{}}
	w.guild = w.s.Guild("Newsroom")
	w.general = w.guild.Channel("general")
	w.ann = w.s.User("ann")
	w.guild.Join(w.ann)
	options := Options{
		Token: w.s.Token(), APIBase: w.s.URL(), Answerer: w.qa, Library: w.library, Ingester: w.ingests, Feeder: w.feeds, Topics: fakeTopics{"talks in Geneva", "troops"}, Remover: w.library, Spender: w.qa,
		Key: []byte("a key of 32 bytes for the tests."), PerUser: Rate{1000, time.Minute}, PerChannel: Rate{10000, time.Minute}, Global: Rate{100000, time.Minute},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), identifyEvery: time.Millisecond,
	}
	if os.Getenv("BOT_LOG") != "" {
		options.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	if change != nil {
		change(&options)
	}
	b, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	w.b = b
	return w
}

func (w *world) run() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	w.ended = ended
	go func(b *Bot) { ended <- b.Run(ctx) }(w.b)
	var once sync.Once
	var result error
	w.stop = func() error {
		once.Do(func() {
			cancel()
			select {
			case result = <-ended:
				ended <- result
			case <-time.After(30 * time.Second):
				result = errors.New("Run did not end")
			}
		})
		return result
	}
	w.t.Cleanup(func() { _ = w.stop() })
}

func (w *world) waitCommands() {
	w.t.Helper()
	for range 500 {
		if len(w.s.Commands(nil)) > 0 || len(w.s.Commands(w.guild)) > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.t.Fatal("no commands were registered")
}

func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// settled waits for a reply that no longer changes: an answer, an excuse or a
// refusal.
func settled(r discordtest.Reply) bool {
	return r.Visible() && !strings.Contains(r.First().Content, "Reading the articles")
}

func (w *world) answer(i *discordtest.Interaction) discordtest.Reply {
	w.t.Helper()
	r, err := i.Wait(within(w.t), settled)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) reply(p *discordtest.Post) discordtest.Message {
	w.t.Helper()
	m, err := p.WaitReply(within(w.t))
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// wants fails unless the text holds every part.
func wants(t testing.TB, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("no %q in:\n%s", p, got)
		}
	}
}

func opt(name string, value any) discordtest.Option { return discordtest.Opt(name, value) }

func TestAsk(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	r := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "What of the *talks*?"), opt("since", "2021-11"), opt("source", "Gazeta.ru")))
	wants(t, r.Text(), "Answer to: What of the \\*talks\\*?", "**The Example Times**, 2 December 2021 · ", "> [1] “The ministry said", "2 citations, 2 origins", "no model")
	if r.First().Ephemeral() || r.Kind != discordtest.ReplyDeferred {
		t.Errorf("reply %+v", r)
	}
	q := w.qa.questions()[0]
	if q.Text != "What of the *talks*?" || q.Since != "2021-11" || q.Source != "Gazeta.ru" || q.ID == "" || len(q.History) != 0 {
		t.Errorf("asked %+v", q)
	}
	var labels []string
	for _, b := range r.First().Buttons() {
		labels = append(labels, b.Label)
	}
	if got := strings.Join(labels, ", "); got != "Show passages, Continue in a thread, Useful, Not useful" {
		t.Errorf("buttons %s", got)
	}

	private := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Quietly?"), opt("private", true)))
	if !private.First().Ephemeral() {
		t.Error("a private answer is seen by all")
	}
	ukrainian := w.s.User("olha")
	ukrainian.Locale = "uk"
	w.guild.Join(ukrainian)
	wants(t, w.answer(ukrainian.Ask(w.general, "/ask", opt("question", "Що далі?"))).Text(), "2 цитати", "2 грудня 2021")
	wants(t, w.answer(w.ann.Ask(w.ann.DM(), "/ask", opt("question", "In a direct message?"))).Text(), "Answer to: In a direct message?")
}
