// Command play lets a person, or a script on standard input, use a bot in a
// terminal through the fake Discord:
//
//	go run ./bot/discordtest/play -- ./crisisbot serve
//
// The command behind "--" is started with DISCORD_TOKEN and DISCORD_API_BASE
// set; without one, the two are printed and play waits for a bot to connect.
// It ends with status 1 when a rule of Discord's was broken. The line ":help"
// lists what can be done.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"crisisbot/bot/discordtest"
	"crisisbot/bot/discordtest/player"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "play:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) error {
	flags := flag.NewFlagSet("play", flag.ContinueOnError)
	flags.SetOutput(errOut)
	settle := flags.Duration("settle", 700*time.Millisecond, "how long an answer stays unchanged before it is shown")
	patience := flags.Duration("patience", 30*time.Second, "how long to wait for the bot")
	if err := flags.Parse(args); err != nil {
		return err
	}
	s, err := discordtest.Start(discordtest.Options{Patience: *patience})
	if err != nil {
		return err
	}
	defer s.Close()
	p := player.New(s, out, *settle, *patience)
	if flags.NArg() > 0 {
		end, err := startBot(ctx, s, flags.Args(), errOut)
		if err != nil {
			return err
		}
		defer end()
	} else {
		fmt.Fprintf(out, "DISCORD_API_BASE=%s\nDISCORD_TOKEN=%s\n", s.URL(), s.Token())
	}
	if err := s.WaitConnected(ctx); err != nil {
		return fmt.Errorf("no bot connected: %w", err)
	}
	if err := s.WaitCommands(ctx, p.Guild()); err != nil {
		return err
	}
	if err := p.Play(ctx, in); err != nil {
		return err
	}
	if broken := s.Violations(); len(broken) > 0 {
		for _, v := range broken {
			fmt.Fprintln(errOut, "rule broken:", v)
		}
		return fmt.Errorf("%d rules of Discord's were broken", len(broken))
	}
	return nil
}

// startBot starts the bot's command. end asks it to stop and waits for it.
func startBot(ctx context.Context, s *discordtest.Server, command []string, log io.Writer) (end func(), err error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "DISCORD_TOKEN="+s.Token(), "DISCORD_API_BASE="+s.URL())
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}, nil
}
