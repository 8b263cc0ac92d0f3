package bot

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// attachmentHosts are where Discord keeps files.
var attachmentHosts = []string{"cdn.discordapp.com", "media.discordapp.net"}

// fetch reads an attachment from Discord's own hosts, or from the API base.
func (b *Bot) fetch(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return nil, errors.New("not an address")
	}
	base, err := parseAPIBase(b.o.APIBase)
	if err != nil {
		return nil, err
	}
	ours := base != nil && u.Scheme == base.Scheme && u.Hostname() == base.Hostname()
	if !ours && (u.Scheme != "https" || !slices.Contains(attachmentHosts, u.Host)) {
		return nil, errForeignHost
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errors.New("not an address")
	}
	files := http.Client{
		Timeout: 30 * time.Second, Transport: b.o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := files.Do(r)
	if err != nil {
		return nil, errors.New("no answer") // the address holds a signature
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxUpload+1))
	if err == nil && len(body) > maxUpload {
		err = errors.New("larger than Discord said")
	}
	return body, err
}
