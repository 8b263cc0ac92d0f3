package source

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"crisisbot/retrieval/article"
)

// maxRatio is how many times a compressed file may grow beyond its first
// mebibyte. News text shrinks three to five times; gzip's most is 1,032.
const maxRatio = 100

// readPath reads a file, or every file below a folder.
func (r *Reader) readPath(ctx context.Context, path string, out *output) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		out.problem(refused(path, "%w", reason(err)))
	case info.IsDir():
		r.readFolder(ctx, path, out)
	case !info.Mode().IsRegular():
		out.problem(refused(path, "not a regular file"))
	default:
		r.readFile(ctx, path, out)
	}
}

// readFolder reads the files below a folder in the order of their names. Hidden
// files and folders are passed over in silence, links are not followed.
func (r *Reader) readFolder(ctx context.Context, root string, out *output) {
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil || out.stopped:
			return fs.SkipAll
		case err != nil:
			out.problem(refused(path, "%w", reason(err)))
			return nil
		case path == root:
			return nil
		case strings.HasPrefix(entry.Name(), ".") || strings.HasSuffix(entry.Name(), "~"):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case entry.IsDir():
		case !entry.Type().IsRegular():
			out.problem(skipped(path, "not a regular file"))
		case kindOfName(entry.Name()) == unknown:
			out.problem(skipped(path, "not a kind of file that holds articles (%s)", kinds))
		default:
			r.readFile(ctx, path, out)
		}
		return nil
	})
	if err != nil {
		out.problem(refused(root, "%w", reason(err)))
	}
}

func (r *Reader) readFile(ctx context.Context, path string, out *output) {
	f, err := os.Open(path)
	if err != nil {
		out.problem(refused(path, "%w", reason(err)))
		return
	}
	defer f.Close()
	r.readStream(ctx, path, f, out)
}

// ReadFrom yields the articles of a stream, such as standard input or an upload.
// name stands for the file name: its extension tells the kind, where content
// does not. Errors are as for Read.
func (r *Reader) ReadFrom(ctx context.Context, name string, from io.Reader) iter.Seq2[article.Article, error] {
	return func(yield func(article.Article, error) bool) {
		out := &output{yield: yield}
		r.readStream(ctx, name, from, out)
		if err := ctx.Err(); err != nil && !out.stopped {
			yield(article.Article{}, err)
		}
	}
}

func (r *Reader) readStream(ctx context.Context, place string, from io.Reader, out *output) {
	buffered := bufio.NewReaderSize(from, 64<<10)
	name := filepath.Base(place)
	if start, _ := buffered.Peek(2); bytes.Equal(start, []byte{0x1f, 0x8b}) {
		packed := &counted{from: buffered}
		unpacked, err := gzip.NewReader(packed)
		if err != nil {
			out.problem(refused(place, "%w", err))
			return
		}
		buffered = bufio.NewReaderSize(&bounded{from: unpacked, packed: packed}, 64<<10)
		name = strings.TrimSuffix(name, ".gz")
	}
	start, _ := buffered.Peek(4 << 10)
	kind := kindOf(name, "", start)
	if kind == jsonl {
		r.readJSONL(ctx, place, name, buffered, out)
		return
	}
	content, err := readAll(buffered, r.opt.MaxBytes)
	if err != nil {
		out.problem(refused(place, "%w", reason(err)))
		return
	}
	r.readPage(ctx, page{place: place, name: name, kind: kind, content: content}, out)
}

// A page is the whole content of one file or web page.
type page struct {
	place       string // for messages
	name        string // base name of the file; "" for a web page
	url         string // address it was fetched from; "" for a file
	contentType string // as the server stated it
	kind        kind
	content     []byte
}

// readPage reads the article of a page, or the articles of a feed.
func (r *Reader) readPage(ctx context.Context, p page, out *output) {
	switch p.kind {
	case feed:
		r.readFeed(ctx, p, out)
		return
	case jsonl:
		r.readJSONL(ctx, p.place, p.name, bufio.NewReader(bytes.NewReader(p.content)), out)
		return
	}
	text, note, err := decode(p.content, p.contentType)
	if err != nil {
		out.problem(refused(p.place, "%w", err))
		return
	}
	d := draft{place: p.place, nameDay: dayFromName(p.name)}
	if note != "" {
		d.notes = append(d.notes, errors.New(note))
	}
	d.File, d.URL = p.name, p.url
	switch p.kind {
	case markdown:
		err = readMarkdown(text, &d)
	case webPage:
		err = readHTML(text, &d)
	default:
		d.Text = text
	}
	if err != nil {
		out.problem(refused(p.place, "%w", err))
		return
	}
	r.finish(&d, out)
}

// counted counts the bytes that pass.
type counted struct {
	from io.Reader
	n    int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	return n, err
}

// bounded refuses a compressed stream that grows out of proportion.
type bounded struct {
	from   io.Reader
	packed *counted
	n      int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.n += int64(n); b.n > 1<<20+maxRatio*b.packed.n {
		return 0, fmt.Errorf("%w: it unpacks to more than %d times its size", errTooLarge, maxRatio)
	}
	return n, err
}

// reason drops the operation and path that a Problem's place says already.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
