package main

import (
	"bytes"

	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
)

const serveTimeout = 30 * time.Second

// A process is the real binary, serving a fake Discord.
type process struct {
	t       *testing.T
	discord *discordtest.Server
	cmd     *exec.Cmd
	done    chan struct{} // closed when the process has ended

	mu  sync.Mutex
	log bytes.Buffer
}

// lockedLog collects what a process writes.
type lockedLog struct{ p *process }

func (l lockedLog) Write(b []byte) (int, error) {
	l.p.mu.Lock()
	defer l.p.mu.Unlock()
	return l.p.log.Write(b)
}

func (p *process) stderr() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// startServe starts "crisisbot serve" on a data folder, with NAME=value settings and
// flags.
func startServe(t *testing.T, s *discordtest.Server, data string, settings ...string) *process {
	t.Helper()
	exe, err := exec.LookPath("crisisbot") // the test binary, put there by testscript.Main
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, discord: s, cmd: exec.Command(exe, "serve"), done: make(chan struct{})}
	p.cmd.Dir = t.TempDir() // without a .env
	p.cmd.Env = append(os.Environ(), "CRISISBOT_DATA="+data, "DISCORD_TOKEN="+s.Token(), "DISCORD_API_BASE="+s.URL(),
		"EMBEDDING_MODEL="+noEncoder, "LIMIT_USER=1000", "LIMIT_CHANNEL=1000", "LIMIT_ALL=100000")
	for _, set := range settings {
		if strings.HasPrefix(set, "-") {
			p.cmd.Args = append(p.cmd.Args, set)
		} else {
			p.cmd.Env = append(p.cmd.Env, set)
		}
	}
	p.cmd.Stderr = lockedLog{p}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
		if t.Failed() {
			t.Logf("the process wrote:\n%s", p.stderr())
		}
	})
	return p
}

// ends waits for the process, and for Discord to notice, and returns its exit
// status.
func (p *process) ends() int {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(serveTimeout):
		p.t.Fatal("the process goes on")
	}
	if err := p.discord.WaitDisconnected(p.t.Context()); err != nil {
		p.t.Error(err)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) terminate() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
}

// A newsroom is a fake Discord with a channel and ann in it.
type newsroom struct {
	*discordtest.Server
	guild   *discordtest.Guild
	general *discordtest.Channel
	ann     *discordtest.User
}

func newNewsroom(t *testing.T, o discordtest.Options) newsroom {
	o.Patience = serveTimeout
	s := discordtest.New(t, o)
	n := newsroom{Server: s, guild: s.Guild("Newsroom")}
	n.general, n.ann = n.guild.Channel("general"), s.User("ann")
	n.guild.Join(n.ann)
	return n
}

func (n newsroom) ready(t *testing.T) {
	t.Helper()
	if err := errors.Join(n.WaitConnected(t.Context()), n.WaitCommands(t.Context(), n.guild)); err != nil {
		t.Fatal(err)
	}
}

// reply waits until what an interaction led to holds a text.
func reply(t *testing.T, i *discordtest.Interaction, want string) discordtest.Reply {
	t.Helper()
	r, err := i.Wait(t.Context(), func(r discordtest.Reply) bool { return strings.Contains(r.Text(), want) })
	if err != nil {
		t.Fatalf("%v; waited for %q, got:\n%s", err, want, r.Text())
	}
	return r
}

// answered waits until the bot's answers to a post hold a text.
func answered(t *testing.T, p *discordtest.Post, want string) discordtest.Message {
	t.Helper()
	var last discordtest.Message
	_, err := p.Wait(t.Context(), func(all []discordtest.Message) bool {
		text := ""
		for _, m := range all {
			text += m.Text()
			last = m
		}
		return strings.Contains(text, want) && strings.Contains(text, "citation")
	})
	if err != nil {
		t.Fatalf("%v; waited for %q, got:\n%s", err, want, last.Text())
	}
	return last
}

func TestServe(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, discordtest.Options{})
	address, data := freeAddress(t), filepath.Join(t.TempDir(), "data")
	p := startServe(t, n.Server, data, "HTTP_ADDR="+address)
	n.ready(t)

	const question, quote = "What did the Kremlin say about Biden's offer of a summit?", "too early to speak in concrete terms"
	r := reply(t, n.ann.Ask(n.general, "/ask", discordtest.Opt("question", question)), "> [1] “The Kremlin said Wednesday")
	if !strings.Contains(r.Text(), quote) || !strings.Contains(r.Text(), "1 citation, 1 origin") {
		t.Errorf("answer:\n%s", r.Text())
	}
	answer := r.Last()
	if shown := reply(t, n.ann.Click(answer, "Show passages"), quote); !shown.Last().Ephemeral() {
		t.Error("the passages are shown to all")
	}
	reply(t, n.ann.Click(answer, "Useful"), "Thank")

	// A follow-up by reply, and one in a thread without a mention.
	first := n.ann.Say(n.general, n.Bot().Mention()+" Who met in Stockholm?")
	m := answered(t, first, "Stockholm")
	follow := answered(t, n.ann.Reply(m, "And what did Lavrov accuse NATO of?"), "Lavrov")
	reply(t, n.ann.Click(follow, "Continue in a thread"), "")
	thread := waitThread(t, n.general)
	answered(t, n.ann.Say(thread, "What did Blinken say about it?"), "Blinken")

	reply(t, n.ann.Ask(n.general, "/check", discordtest.Opt("claim", "There are 500,000 Russian troops at the border.")), "Contradicted")
	reply(t, n.ann.Ask(n.general, "/summary", discordtest.Opt("topic", "troops at the border"), discordtest.Opt("length", "short")), "citation")
	reply(t, n.ann.Ask(n.general, "/timeline", discordtest.Opt("since", "2021-12")), "- **2 December 2021**")
	reply(t, n.ann.Ask(n.general, "/sources"), "Ukraine Crisis Builds Toward Biden-Putin Talks")
	reply(t, n.ann.Ask(n.general, "/help"), "/ask")
	suggested, err := n.ann.Complete(n.general, "/ask", "source", "mosc").WaitReply(t.Context())
	if err != nil || !slices.ContainsFunc(suggested.Choices, func(c discordtest.Choice) bool { return c.Name == "The Moscow Times" }) {
		t.Errorf("suggestions %+v, %v", suggested.Choices, err)
	}

	for path, want := range map[string]string{"/livez": "ok", "/readyz": "ok", "/metrics": "\ncrisisbot_shards_ready 1\n"} {
		if status, body := get(t, "http://"+address+path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if _, body := get(t, "http://"+address+"/metrics"); !strings.Contains(body, `crisisbot_outcomes_total{form="answer",result="answered",mode="extractive"} `) || !strings.Contains(body, "\ncrisisbot_answer_seconds_count ") || !strings.Contains(body, "\ncrisisbot_gateway_starts 1\n") {
		t.Errorf("metrics:\n%s", body)
	}
	if status, _ := get(t, "http://"+address+"/"); status != http.StatusNotFound {
		t.Errorf("/: %d", status)
	}

	p.terminate()
	if status := p.ends(); status != done {
		t.Errorf("exit status %d", status)
	}
	for l := range strings.Lines(p.stderr()) {
		var entry struct{ Time, Level, Msg string }
		if err := json.Unmarshal([]byte(l), &entry); err != nil || entry.Msg == "" || entry.Level == "ERROR" {
			t.Errorf("log line %q: %v", l, err)
		}
	}

	// After a restart the buttons of older answers work, and the commands are not
	// told again.
	n.NewProcess()
	startServe(t, n.Server, data)
	n.ready(t)
	reply(t, n.ann.Click(answer, "Show passages"), quote)
	answered(t, n.ann.Say(thread, "Who met in Stockholm?"), "Stockholm")
	puts := 0
	for _, r := range n.Requests() {
		if r.Method == http.MethodPut && strings.HasSuffix(r.Route, "/commands") {
			puts++
		}
	}
	if puts != 1 {
		t.Errorf("commands were registered %d times", puts)
	}
}

func waitThread(t *testing.T, c *discordtest.Channel) *discordtest.Channel {
	t.Helper()
	for end := time.Now().Add(serveTimeout); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if all := c.Threads(); len(all) > 0 {
			return all[0]
		}
	}
	t.Fatal("no thread was opened")
	return nil
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// freeAddress returns a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// What stands in the way ends serve with one line and a status.
func TestServeCannotStart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		o       discordtest.Options
		setting string
		status  int
		want    string
	}{
		{"wrong token", discordtest.Options{}, "DISCORD_TOKEN=wrong.canary.token", failed, "discord refuses the bot token (HTTP 401)"},
		{"no token", discordtest.Options{}, "DISCORD_TOKEN=", misuse, "DISCORD_TOKEN"},
		{"intent not granted", discordtest.Options{DenyIntents: 1 << 15}, "X=", failed, "Message Content Intent"},
		{"bad address", discordtest.Options{}, "HTTP_ADDR=192.0.2.1:1", failed, "HTTP_ADDR"},
		{"bad settings", discordtest.Options{}, "DISCORD_SHARDS=many", misuse, "DISCORD_SHARDS"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := newNewsroom(t, tt.o)
			p := startServe(t, n.Server, t.TempDir(), tt.setting)
			if got := p.ends(); got != tt.status {
				t.Errorf("exit status %d, want %d", got, tt.status)
			}
			var told []string
			for l := range strings.Lines(p.stderr()) {
				if !strings.HasPrefix(l, "{") {
					told = append(told, l)
				}
			}
			if len(told) != 1 || !strings.Contains(told[0], tt.want) {
				t.Errorf("it ends with %q, want one line about %q", told, tt.want)
			}
			if strings.Contains(p.stderr(), "canary") || strings.Contains(p.stderr(), n.Token()) {
				t.Error("the token is printed")
			}
			n.TakeViolations()
		})
	}
}

// A second serve on the same folder is told why it can't.
func TestServeTwice(t *testing.T) {
	t.Parallel()
	n, data := newNewsroom(t, discordtest.Options{}), t.TempDir()
	startServe(t, n.Server, data)
	n.ready(t)
	second := startServe(t, n.Server, data)
	<-second.done
	if status := second.cmd.ProcessState.ExitCode(); status != failed || !strings.Contains(second.stderr(), "another process is writing") {
		t.Errorf("exit status %d", status)
	}
}

// Damage to what the bot remembers never stops the start.
func TestServeDamagedState(t *testing.T) {
	t.Parallel()
	n, data := newNewsroom(t, discordtest.Options{}), t.TempDir()
	p := startServe(t, n.Server, data)
	n.ready(t)
	reply(t, n.ann.Ask(n.general, "/ask", discordtest.Opt("question", "Who met in Stockholm?")), "citation")
	p.terminate()
	p.ends()
	files, err := filepath.Glob(filepath.Join(data, botFolder, "*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("the bot kept %q, %v", files, err)
	}
	for _, f := range files {
		writeFile(t, f, "damaged")
	}
	n.NewProcess()
	p = startServe(t, n.Server, data)
	n.ready(t)
	reply(t, n.ann.Ask(n.general, "/ask", discordtest.Opt("question", "Who met in Stockholm?")), "citation")
	p.terminate()
	p.ends()
}

// SIGTERM under load: every question that was accepted is answered, in words at
// least, and the process ends in time.
func TestServeTerminatedUnderLoad(t *testing.T) {
	t.Parallel()
	const questions = 30
	rounds := 20
	if raceDetector {
		rounds = 3
	}
	n, data := newNewsroom(t, discordtest.Options{GlobalPerSecond: -1, RoutePerSecond: -1}), t.TempDir()
	accepted, lost, slowest := 0, 0, time.Duration(0)
	for range rounds {
		n.NewProcess()
		p := startServe(t, n.Server, data)
		n.ready(t)
		asked := make([]*discordtest.Interaction, questions)
		for i := range asked {
			asked[i] = n.ann.Ask(n.general, "/ask", discordtest.Opt("question", fmt.Sprintf("Who met in Stockholm, question %d?", i)))
			if i == questions/2 {
				p.terminate()
			}
		}
		begin := time.Now()
		if status := p.ends(); status != done {
			t.Errorf("exit status %d", status)
		}
		slowest = max(slowest, time.Since(begin))
		for _, i := range asked {
			r := i.Now()
			if r.Kind == 0 { // came when nobody was there any more
				continue
			}
			accepted++
			if len(r.Messages) == 0 || r.Last().Loading() {
				lost++
			}
		}
	}
	t.Logf("SIGTERM under load, %d times: n = %d accepted questions, %d lost, ended within %v", rounds, accepted, lost, slowest.Round(time.Millisecond))
	if accepted < rounds*questions/2 || lost > 0 || slowest > 25*time.Second {
		t.Error("it doesn't end well")
	}
	n.TakeViolations() // those that came when nobody was there
}

// A model that is configured is held under its caps over restarts, and by all
// processes on the archive.
func TestCaps(t *testing.T) {
	t.Parallel()
	const question = "Where did Blinken accuse Russia?"
	statement := "At a NATO meeting in Riga on Wednesday, Blinken had accused Russia of trying to destabilise Ukraine from within."
	data := t.TempDir()
	settings := []string{"CHAT_MODEL=stub", "OPENAI_API_KEY=sesame", "OPENAI_BASE_URL=" + chatServer(t, statement), "CAP_DAY_TOKENS=9000", "DISCORD_TOKEN="}
	ask := func() string {
		t.Helper()
		exe, err := exec.LookPath("crisisbot")
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), exe, "ask", "--json", question)
		cmd.Dir, cmd.Env = t.TempDir(), append(append(os.Environ(), "CRISISBOT_DATA="+data, "EMBEDDING_MODEL="+noEncoder), settings...)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	modelled := 0
	for range 10 {
		out := ask()
		if strings.Contains(out, `"mode":"model"`) {
			modelled++
		} else if !strings.Contains(out, "spending cap is reached") {
			t.Errorf("answer: %s", out)
		}
	}
	if modelled == 0 || modelled == 10 {
		t.Errorf("%d of 10 answers were written by the model", modelled)
	}
	var spent struct {
		All struct{ Tokens int }
	}
	b, err := os.ReadFile(filepath.Join(data, "spend.json"))
	if err != nil || json.Unmarshal(b, &spent) != nil || spent.All.Tokens != 950*modelled {
		t.Errorf("spent %s, %v; the model wrote %d answers of 950 tokens", b, err, modelled)
	}
	writeFile(t, filepath.Join(data, "spend.json"), "damaged")
	if out := ask(); !strings.Contains(out, `"mode":"model"`) {
		t.Errorf("with a damaged account: %s", out)
	}
}

// Secrets don't get into the log, whatever is written to it.
func TestLogHidesSecrets(t *testing.T) {
	var out bytes.Buffer
	log := (&program{err: &out}).newLog([]string{"canary-1", "canary-2"})
	log.Error("at canary-1", "error", errors.New("with canary-2"), slog.Group("g", "k", "canary-1"))
	if strings.Contains(out.String(), "canary") || strings.Count(out.String(), "[secret]") != 3 {
		t.Errorf("log: %s", &out)
	}
}

func TestDoctorDiscord(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, discordtest.Options{DenyIntents: 1 << 15})
	for _, tt := range []struct {
		token  string
		args   []string
		status int
		want   []string
	}{
		{n.Token(), []string{"doctor"}, failed, []string{"ok      discord: token", "BROKEN  discord: intents", "DISCORD_MESSAGE_CONTENT=off"}},
		{"canary-token", []string{"doctor"}, failed, []string{"BROKEN  discord: token", "this has 1"}},
		{"ODEzODQ3ODg3NjU3MTIzODQ.canary.x", []string{"doctor", "--offline"}, done, []string{"not asked: --offline", "form of a bot's token"}},
	} {
		var out, errs bytes.Buffer
		status := run(t.Context(), tt.args, environment(map[string]string{
			"DISCORD_TOKEN": tt.token, "DISCORD_API_BASE": n.URL(), "CRISISBOT_DATA": t.TempDir(), "EMBEDDING_MODEL": noEncoder,
		}), strings.NewReader(""), &out, &errs)
		text := strings.Join(strings.Fields(out.String()), " ")
		for _, want := range tt.want {
			if !strings.Contains(text, strings.Join(strings.Fields(want), " ")) {
				t.Errorf("no %q in:\n%s", want, &out)
			}
		}
		if status != tt.status || strings.Contains(out.String()+errs.String(), "canary") {
			t.Errorf("status %d: %s%s", status, &out, &errs)
		}
	}
	n.TakeViolations() // a token that is refused
}

// Six secrets stay out of the log at its most talkative, of what is said and of the
// metrics, whatever fails on the way.
func TestServeSecrets(t *testing.T) {
	t.Parallel()
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no: "+r.Header.Get("Authorization"), http.StatusUnauthorized)
	}))
	defer model.Close()
	n, data := newNewsroom(t, discordtest.Options{Token: "canary1.bot.token"}), t.TempDir()
	if err := os.MkdirAll(filepath.Join(data, botFolder), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(data, botFolder, "seal.key"), "canary4-canary4-canary4-canary4-")
	address := freeAddress(t)
	p := startServe(t, n.Server, data, "--verbose", "HTTP_ADDR="+address, "CHAT_MODEL=stub", "OPENAI_BASE_URL="+model.URL, "OPENAI_API_KEY=canary2", "EMBEDDING_API_KEY=canary3",
		"FEEDS="+model.URL+"/feed?key=canary5", "FETCH_ALLOW=127.0.0.0/8")
	mia := n.User("mia")
	n.guild.Join(mia, n.guild.Role("managers", 1<<5))
	n.ready(t)
	said := ""
	hear := func(i *discordtest.Interaction, want string) {
		t.Helper()
		said += reply(t, i, want).Text()
	}
	hear(n.ann.Ask(n.general, "/ask", discordtest.Opt("question", "Who met in Stockholm?")), "The language model does not answer")
	hear(n.ann.Ask(n.general, "/check", discordtest.Opt("claim", "Blinken met Lavrov in Stockholm.")), "citation")
	hear(mia.Ask(n.general, "/crisis-admin ingest", discordtest.Opt("url", model.URL+"/page?token=canary6")), "refused")
	hear(mia.Ask(n.general, "/crisis-admin feeds add", discordtest.Opt("url", model.URL+"/other?token=canary6")), "401")
	for _, status := range []int{400, 401, 403, 404, 500, 502} {
		n.Inject(discordtest.Fault{Path: "@original", Times: 5, Status: status})
		_, _ = n.ann.Ask(n.general, "/ask", discordtest.Opt("question", "Who met in Riga?")).WaitAck(t.Context())
		time.Sleep(100 * time.Millisecond)
		for end := time.Now().Add(serveTimeout); status == 403 && !strings.Contains(p.stderr(), "HTTP 403") && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond) // looked for below, and a busy machine is slow
		}
		n.Heal()
	}
	n.Inject(discordtest.Fault{Times: 3, Reset: true})
	n.ann.Say(n.general, n.Bot().Mention()+" Who met in Geneva?")
	time.Sleep(300 * time.Millisecond)
	n.Heal()
	n.CloseGateway(4000)
	if err := n.WaitConnected(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, metrics := get(t, "http://"+address+"/metrics")
	p.terminate()
	p.ends()
	n.TakeViolations()
	log := p.stderr()
	for i := range 6 {
		canary := fmt.Sprint("canary", i+1)
		if where := strings.Index(log, canary); where >= 0 {
			t.Errorf("%s is in the log: %s", canary, log[max(0, where-200):where+20])
		}
		if strings.Contains(said, canary) || strings.Contains(metrics, canary) {
			t.Errorf("%s is told", canary)
		}
	}
	for _, r := range n.Requests() {
		if token := interactionToken.FindStringSubmatch(r.Path); token != nil && strings.Contains(log, token[1]) {
			t.Error("the token of an interaction is in the log")
		}
	}
	if !strings.Contains(log, "HTTP 403") {
		t.Errorf("the log says nothing of the faults:\n%s", log)
	}
}

var interactionToken = regexp.MustCompile(`/(?:interactions/\d+|webhooks/\d+)/([^/?]{20,})`)
