package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"iter"
)

// maxLine is the longest line read, in bytes.
const maxLine = 1 << 20

var errLongLine = errors.New("longer than 1 MB")

// A line of input without its end. Err is errLongLine for one that was skipped.
type line struct {
	number int // from 1
	text   []byte
	err    error
}

// lines yields the lines of r until its end, an error of reading, which is the
// error of the last pair, or the end of ctx, which a blocked read can't delay.
func lines(ctx context.Context, r io.Reader) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		read := make(chan line)
		ended := make(chan error, 1)
		go func() {
			ended <- readLines(r, func(l line) bool {
				select {
				case read <- l:
					return true
				case <-ctx.Done():
					return false
				}
			})
		}()
		for {
			select {
			case l := <-read:
				if !yield(l, nil) {
					return
				}
			case err := <-ended:
				if err != nil {
					yield(line{}, err)
				}
				return
			case <-ctx.Done():
				yield(line{}, ctx.Err())
				return
			}
		}
	}
}

func readLines(r io.Reader, keep func(line) bool) error {
	b := bufio.NewReaderSize(r, maxLine)
	for n := 1; ; n++ {
		l := line{number: n}
		part, err := b.ReadSlice('\n')
		for err == bufio.ErrBufferFull {
			l.err = errLongLine
			part, err = b.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return err
		}
		if l.err == nil {
			l.text = trimEnd(part, n == 1)
		}
		if len(part) > 0 || l.err != nil {
			if !keep(l) {
				return nil
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// trimEnd copies a line without its line end and, at the top of a file, without
// the byte order mark.
func trimEnd(part []byte, first bool) []byte {
	s := string(part)
	if first && len(s) >= 3 && s[:3] == "\ufeff" {
		s = s[3:]
	}
	for len(s) > 0 && (s[len(s)-1] == '\n' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	return []byte(s)
}
