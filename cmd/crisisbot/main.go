// Command crisisbot answers questions about an international crisis from news
// articles, with a verbatim quotation for every statement.
//
// main exits, run works, and each command has a file of its own. The commands
// parse, call and print; what may be said is decided in bot/qa, what is found in
// retrieval.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"crisisbot/bot/qa"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// Exit statuses, a contract with scripts.
const (
	done   = 0
	failed = 1
	misuse = 2
)

// commands is the table of what crisisbot does: a field a command, each with a
// Run method in the file of its name. The flags above them may stand anywhere.
type commands struct {
	Data    string           `placeholder:"DIR" help:"Folder of the archive (CRISISBOT_DATA, ./data)."`
	Offline bool             `help:"Call no model endpoint, whatever is configured."`
	Verbose bool             `short:"v" help:"Say on stderr what is done and how long it takes."`
	Version kong.VersionFlag `help:"Print the version."`

	Ask      askCommand      `cmd:"" help:"Answer a question, with citations."`
	Search   searchCommand   `cmd:"" help:"Find the passages for a question, with their scores."`
	Summary  summaryCommand  `cmd:"" help:"Summarise a topic, an article or a period."`
	Timeline timelineCommand `cmd:"" help:"Tell events in order, each with its day."`
	Check    checkCommand    `cmd:"" help:"Hold a claim against the articles."`
	Articles articlesCommand `cmd:"" help:"List the articles; show, correct or remove one."`
	Ingest   ingestCommand   `cmd:"" help:"Add articles from files, folders, web pages and feeds."`
	Chat     chatCommand     `cmd:"" help:"Ask and follow up in a conversation."`
	Record   recordCommand   `cmd:"" help:"Show how an answer came about."`
	Serve    serveCommand    `cmd:"" help:"Answer on Discord, and read feeds."`
	Eval     evalCommand     `cmd:"" help:"Measure retrieval, answers, citations and abstention on a question file."`
	Backup   backupCommand   `cmd:"" help:"Write the archive to one file, even while the bot runs."`
	Restore  restoreCommand  `cmd:"" help:"Make the archive from a backup."`
	Verify   verifyCommand   `cmd:"" help:"Check everything in the archive."`
	Doctor   doctorCommand   `cmd:"" help:"Check configuration, articles, encoder, model and Discord, and say what to do."`
}

// A program is one run of crisisbot: what it was given and where it writes.
type program struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	config   config
	invalid  error // what is wrong with the configuration; only doctor goes on with it
	verbose  bool
	log      *slog.Logger // of serve, which tells all through it; else nil
}

// logf tells the user what is going on, if --verbose asks for it.
func (p *program) logf(format string, args ...any) {
	switch {
	case p.log != nil:
		p.log.Debug(fmt.Sprintf(format, args...))
	case p.verbose:
		fmt.Fprintf(p.err, format+"\n", args...)
	}
}

// warn tells the user what is amiss, though the work goes on.
func (p *program) warn(format string, args ...any) {
	if p.log != nil {
		p.log.Warn(fmt.Sprintf(format, args...))
		return
	}
	fmt.Fprintf(p.err, "crisisbot: "+format+"\n", args...)
}

// A usageError says what is wrong with a command line.
type usageError struct{ msg string }

func (e *usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// run does what args say and returns the exit status. Its context ends it early;
// nothing but getenv tells it of the environment, and .env in the current folder.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{in: stdin, out: stdout, err: stderr, now: time.Now}
	err := p.run(ctx, args, getenv)
	var asked *helpGiven
	switch {
	case err == nil, errors.As(err, &asked):
		return done
	case errors.Is(err, syscall.EPIPE): // whoever read has seen enough
		return failed
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(stderr, "crisisbot: interrupted")
		return failed
	}
	fmt.Fprintf(stderr, "crisisbot: %v\n", err)
	var hint *kong.ParseError
	var usage *usageError
	switch {
	case errors.As(err, &hint):
		fmt.Fprintf(stderr, "Run %q for what can be written there.\n", commandOf(hint)+" --help")
		return misuse
	case errors.As(err, &usage), errors.As(err, new(*qa.InputError)), errors.As(err, new(*configError)):
		return misuse
	}
	return failed
}

// helpGiven ends a run whose help or version was asked for and printed.
type helpGiven struct{}

func (*helpGiven) Error() string { return "help was printed" }

func (p *program) run(ctx context.Context, args []string, getenv func(string) string) (err error) {
	defer func() { // kong prints help and version, then calls Exit, which must not return
		if r := recover(); r != nil {
			given, ok := r.(*helpGiven)
			if !ok {
				panic(r)
			}
			err = given
		}
	}()
	var c commands
	parser, err := kong.New(&c,
		kong.Name("crisisbot"),
		kong.Description("Answers questions from news articles; every statement is cited to a verbatim passage."),
		kong.Vars{"version": version()},
		kong.Writers(p.out, p.err),
		kong.Exit(func(int) { panic(&helpGiven{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return err
	}
	selected, err := parser.Parse(args)
	if err != nil {
		return err
	}
	p.verbose = c.Verbose
	p.config, p.invalid = readConfig(getenv, dotenv)
	if c.Data != "" {
		p.config.Data = c.Data
	}
	p.config.Offline = c.Offline
	if p.invalid != nil && selected.Command() != "doctor" {
		return p.invalid
	}
	return selected.Run(p)
}

// commandOf returns the command line up to where parsing failed.
func commandOf(e *kong.ParseError) string {
	if node := e.Context.Selected(); node != nil {
		return "crisisbot " + node.Path()
	}
	return "crisisbot"
}

// version tells which source the binary was built from.
func version() string {
	b, ok := debug.ReadBuildInfo()
	if !ok {
		return "crisisbot (built without module information)"
	}
	s := "crisisbot " + b.Main.Version
	for _, set := range b.Settings {
		if set.Key == "vcs.time" {
			s += " of " + set.Value
		}
	}
	return s + " " + b.GoVersion
}
