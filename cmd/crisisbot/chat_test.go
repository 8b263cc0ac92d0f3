package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// A seat is a chat in a terminal of its own.
type seat struct {
	t      *testing.T
	tty    *os.File
	mu     sync.Mutex
	screen bytes.Buffer
	read   int // bytes of screen that expect went past
	ended  chan error
}

func takeSeat(t *testing.T, env ...string) *seat {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "chat")
	cmd.Args[0] = "crisisbot" // by which the test binary is crisisbot
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), append(env, "EMBEDDING_MODEL="+noEncoder, "TERM=xterm")...)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 60})
	if err != nil {
		t.Skipf("needs a terminal: %v", err)
	}
	s := &seat{t: t, tty: tty, ended: make(chan error, 1)}
	go func() {
		_, _ = io.Copy(s, tty) // ends with an error when the program does
		s.ended <- cmd.Wait()
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = tty.Close() })
	return s
}

func (s *seat) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.screen.Write(b)
}

func (s *seat) press(keys string) {
	if _, err := io.WriteString(s.tty, keys); err != nil {
		s.t.Fatal(err)
	}
}

// expect waits until text is on the screen, after what was expected before.
func (s *seat) expect(text string) {
	s.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		rest := s.screen.String()[s.read:]
		i := strings.Index(rest, text)
		if i >= 0 {
			s.read += i + len(text)
		}
		s.mu.Unlock()
		if i >= 0 {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%q does not come; on the screen is %q", text, rest)
		}
	}
}

func (s *seat) expectEnd() {
	s.t.Helper()
	select {
	case err := <-s.ended:
		if err != nil {
			s.t.Errorf("ended with %v", err)
		}
	case <-time.After(20 * time.Second):
		s.t.Error("did not end")
	}
}

const (
	ctrlC = "\x03"
	ctrlD = "\x04"
	up    = "\x1b[A"
)

func TestChatInATerminal(t *testing.T) {
	t.Parallel()
	s := takeSeat(t)
	s.expect("5 articles, from 14 April 2021")
	s.expect(promptSign)
	s.press("Where did Blinken accuse Russia?\r")
	s.expect("\x1b[36m[1]\x1b[0m The Moscow Times, 2 December 2021\r\n")
	s.expect(promptSign)
	s.press("open 1\r")
	s.expect("\x1b[1;33mAt a NATO meeting in Riga")
	s.expect(promptSign)
	s.press(up + up + "\r") // the question again
	s.expect("\x1b[36m[1]\x1b[0m The Moscow Times")
	s.expect(promptSign)
	s.press(ctrlD)
	s.expectEnd()
}

func TestChatEndsByCtrlC(t *testing.T) {
	t.Parallel()
	s := takeSeat(t, "NO_COLOR=1")
	s.expect(promptSign)
	s.press("Where did Blinken accuse Russia?\r")
	s.expect("[1] The Moscow Times, 2 December 2021\r\n")
	s.expect(promptSign)
	s.press("half a quest" + ctrlC)
	s.expectEnd()
}
