// Package player uses a bot through the fake Discord as people would, from a script,
// and prints what they see.
package player

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"crisisbot/bot/discordtest"
)

// Help lists the lines of a script.
const Help = `/ask question: Why?   use a slash command, its options as "name: value"
some text             post a message; @bot in it mentions the bot
> some text           reply to the bot's last message
:suggest /ask source: r   ask for the suggestions of the last option
:click 2              press a button of the last message, by number or label
:choose A; B          pick in the last message's select, by label or value
:submit a=x; b=y      send the form that is open
:menu Check this      use a message command on the last message
:as bob               be another user
:manager              the user may manage the server from now on
:lang uk              the user's client is in this language
:attach story.txt     attach a file of this machine to the next command, as its option "file"
:in other             go to a channel or thread by name, "dm" is the direct messages
:show                 show the channel as the user sees it
:help                 show this`

// A Player acts for people, line by line, in a guild of its own.
type Player struct {
	s        *discordtest.Server
	out      io.Writer
	settle   time.Duration
	patience time.Duration

	guild    *discordtest.Guild
	channels map[string]*discordtest.Channel
	users    map[string]*discordtest.User
	user     *discordtest.User
	channel  *discordtest.Channel
	last     discordtest.Message      // of the bot
	file     *discordtest.Attachment  // for the next command
	form     *discordtest.Interaction // that was answered with a modal
}

// New returns a Player in the channel "general" as ann. What the bot did counts as
// done when it did not change for settle; after patience it counts as silent.
func New(s *discordtest.Server, out io.Writer, settle, patience time.Duration) *Player {
	p := &Player{s: s, out: out, settle: settle, patience: patience, guild: s.Guild("Newsroom"),
		channels: map[string]*discordtest.Channel{}, users: map[string]*discordtest.User{}}
	p.channel = p.guild.Channel("general")
	p.channels["general"] = p.channel
	p.user = p.person("ann")
	return p
}

func (p *Player) person(name string) *discordtest.User {
	if p.users[name] == nil {
		p.users[name] = p.s.User(name)
		p.guild.Join(p.users[name])
	}
	return p.users[name]
}

// Guild is where the people are.
func (p *Player) Guild() *discordtest.Guild { return p.guild }

// Play runs every line of in. A line that can't be done is told and passed over.
func (p *Player) Play(ctx context.Context, in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() && ctx.Err() == nil {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fmt.Fprintf(p.out, "\n%s #%s: %s\n", p.user.Name, p.place(), line)
		if err := p.line(ctx, line); err != nil {
			fmt.Fprintln(p.out, "  !", err)
		}
	}
	return errors.Join(lines.Err(), ctx.Err())
}

func (p *Player) place() string {
	if p.channel.Name == "" {
		return "dm"
	}
	return p.channel.Name
}

func (p *Player) line(ctx context.Context, line string) error {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case strings.HasPrefix(line, "/"):
		return p.command(ctx, line)
	case word == ">":
		if p.last.ID == "" {
			return errors.New("there is nothing to reply to")
		}
		return p.answers(ctx, p.user.Reply(p.last, rest))
	case !strings.HasPrefix(line, ":"):
		return p.answers(ctx, p.user.Say(p.channel, strings.ReplaceAll(line, "@bot", p.s.Bot().Mention())))
	}
	switch word {
	case ":suggest":
		return p.follow(ctx, p.user.TypePart(p.channel, rest))
	case ":click":
		return p.click(ctx, rest)
	case ":choose":
		return p.follow(ctx, p.user.Choose(p.last, "", fields(rest)...))
	case ":submit":
		return p.submit(ctx, rest)
	case ":menu":
		return p.follow(ctx, p.user.MessageCommand(rest, p.last))
	case ":as":
		p.user = p.person(rest)
	case ":manager":
		const manageServer = 1 << 5
		p.guild.Join(p.user, p.guild.Role("managers", manageServer))
	case ":lang":
		p.user.Locale = rest
	case ":attach":
		body, err := os.ReadFile(rest)
		if err != nil {
			return err
		}
		p.file = p.s.Attach(filepath.Base(rest), "application/octet-stream", body)
	case ":in":
		return p.enter(rest)
	case ":show":
		for _, m := range p.user.Sees(p.channel) {
			p.print(m)
		}
	case ":help":
		fmt.Fprintln(p.out, Help)
	default:
		return fmt.Errorf("%s is unknown, see :help", word)
	}
	return nil
}

// command uses a slash command as it was typed, with the file that waits for it.
func (p *Player) command(ctx context.Context, line string) error {
	var more []discordtest.Option
	if p.file != nil {
		more = append(more, discordtest.Opt("file", p.file))
		p.file = nil
	}
	return p.follow(ctx, p.user.Type(p.channel, line, more...))
}

func fields(text string) []string {
	var out []string
	for f := range strings.SplitSeq(text, ";") {
		out = append(out, strings.TrimSpace(f))
	}
	return out
}

func (p *Player) click(ctx context.Context, what string) error {
	if n, err := strconv.Atoi(what); err == nil {
		buttons := p.last.Buttons()
		if n < 1 || n > len(buttons) {
			return fmt.Errorf("the last message has %d buttons", len(buttons))
		}
		what = buttons[n-1].CustomID
	}
	return p.follow(ctx, p.user.Click(p.last, what))
}

func (p *Player) submit(ctx context.Context, text string) error {
	if p.form == nil {
		return errors.New("no form is open")
	}
	values := map[string]string{}
	for _, f := range fields(text) {
		id, v, _ := strings.Cut(f, "=")
		values[strings.TrimSpace(id)] = strings.TrimSpace(v)
	}
	form := p.form
	p.form = nil
	return p.follow(ctx, form.Submit(values))
}

func (p *Player) enter(name string) error {
	if name == "dm" {
		p.channel = p.user.DM()
		return nil
	}
	for _, c := range p.channel.Threads() {
		if c.Name == name || name == "thread" {
			p.channel = c
			return nil
		}
	}
	if p.channels[name] == nil {
		p.channels[name] = p.guild.Channel(name)
	}
	p.channel = p.channels[name]
	return nil
}

// settled polls what the bot did until it is there and has not changed for the
// settling time.
func settled[T any](ctx context.Context, p *Player, there func(T) bool, look func() T) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	last, since := look(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return last, errors.New("the bot stays silent")
		case <-tick.C:
		}
		if now := look(); !reflect.DeepEqual(now, last) {
			last, since = now, time.Now()
		} else if there(now) && time.Since(since) >= p.settle {
			return now, nil
		}
	}
}

// follow waits for what an interaction leads to and prints it.
func (p *Player) follow(ctx context.Context, i *discordtest.Interaction) error {
	if _, err := i.WaitAck(ctx); err != nil {
		return err
	}
	if i.Now().Kind == discordtest.ReplyDeferredQuiet && !i.Now().Visible() {
		// It may stay quiet for good, so only what comes in the settling time shows.
		time.Sleep(p.settle)
		if !i.Now().Visible() {
			fmt.Fprintln(p.out, "  (nothing to see)")
			return nil
		}
	}
	r, err := settled(ctx, p, discordtest.Reply.Visible, i.Now)
	if err != nil {
		return err
	}
	if r.Modal != nil {
		p.form = i
		p.printForm(r.Modal)
	}
	if r.Kind == discordtest.ReplyChoices {
		for _, c := range r.Choices {
			fmt.Fprintf(p.out, "  · %s\n", c.Name)
		}
		if len(r.Choices) == 0 {
			fmt.Fprintln(p.out, "  (no suggestions)")
		}
	}
	for _, m := range r.Messages {
		p.print(m)
		p.last = m
	}
	return nil
}

// answers waits for what the bot answers to a post and prints it.
func (p *Player) answers(ctx context.Context, post *discordtest.Post) error {
	there := func(list []discordtest.Message) bool { return len(list) > 0 }
	list, err := settled(ctx, p, there, post.Answers)
	if err != nil {
		return err
	}
	for _, m := range list {
		p.print(m)
		p.last = m
	}
	if i := slices.IndexFunc(p.channel.Threads(), func(c *discordtest.Channel) bool { return c.ID == post.ID }); i >= 0 {
		fmt.Fprintf(p.out, "  (a thread: :in %s)\n", p.channel.Threads()[i].Name)
	}
	return nil
}
