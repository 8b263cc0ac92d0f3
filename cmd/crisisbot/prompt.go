package main

import (
	"context"
	"io"
	"iter"
	"os"

	"golang.org/x/term"
)

// A prompter reads lines from a person, with a prompt, line editing and history,
// or from a pipe, whose lines it repeats so that the output reads as a transcript.
type prompter struct {
	terminal bool
	next     func() (string, error) // io.EOF at the end
	close    func()
}

const promptSign = "> "

func newPrompter(ctx context.Context, in io.Reader, out io.Writer) *prompter {
	inFile, inOK := terminal(in)
	outFile, outOK := terminal(out)
	if inOK && outOK {
		return terminalPrompter(ctx, inFile, outFile)
	}
	next, stop := iter.Pull2(lines(ctx, in))
	return &prompter{
		close: stop,
		next: func() (string, error) {
			l, err, ok := next()
			if !ok {
				return "", io.EOF
			}
			if err != nil {
				return "", err
			}
			text := string(l.text) // "" for one too long
			if shown := clean(text); shown != "" {
				_, err = io.WriteString(out, promptSign+shown+"\n")
			}
			return text, err
		},
	}
}

// terminalPrompter sets the terminal to raw mode only while a line is typed, so
// that ctrl-C interrupts an answer in the usual way; at the prompt it ends the
// input, as ctrl-D does.
func terminalPrompter(ctx context.Context, in, out *os.File) *prompter {
	t := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{in, out}, promptSign)
	type typed struct {
		line string
		err  error
	}
	return &prompter{
		terminal: true,
		close:    func() {},
		next: func() (string, error) {
			if w, h, err := term.GetSize(int(out.Fd())); err == nil && w > 0 {
				_ = t.SetSize(w, h) // of no account before the first line
			}
			state, err := term.MakeRaw(int(in.Fd()))
			if err != nil {
				return "", err
			}
			defer func() { _ = term.Restore(int(in.Fd()), state) }()
			line := make(chan typed, 1)
			go func() {
				l, err := t.ReadLine()
				line <- typed{l, err}
			}()
			select {
			case l := <-line:
				if l.err != nil {
					_, _ = io.WriteString(out, "\r\n")
				}
				return l.line, l.err
			case <-ctx.Done():
				_, _ = io.WriteString(out, "\r\n")
				return "", ctx.Err()
			}
		},
	}
}
