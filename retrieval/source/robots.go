package source

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/temoto/robotstxt"
)

// robotsName is the name that a robots.txt may give rules for.
const robotsName = "crisisbot"

// robots remembers what the hosts' robots.txt files say. It is safe for
// concurrent use.
type robots struct {
	fetch *fetcher
	mu    sync.Mutex
	hosts map[string]robotsFile
}

type robotsFile struct {
	rules *robotstxt.RobotsData
	until time.Time
}

// allowed says why a page may not be fetched by a program, nil if it may. A
// robots.txt that is missing allows everything; one that the server fails to
// deliver nothing (RFC 9309, 2.3.1).
func (r *robots) allowed(ctx context.Context, page *url.URL) error {
	site := page.Scheme + "://" + page.Host
	r.mu.Lock()
	file, known := r.hosts[site]
	r.mu.Unlock()
	if !known || r.fetch.now().After(file.until) {
		var status *statusError
		response, err := r.fetch.get(ctx, site+"/robots.txt", validators{}, 512<<10)
		switch {
		case err == nil:
			file.rules, err = robotstxt.FromBytes(response.body)
		case errors.As(err, &status) && status.code < 500 && status.code != 429:
			file.rules, err = robotstxt.FromStatusAndBytes(404, nil)
		}
		if err != nil {
			return fmt.Errorf("robots.txt: %w", err)
		}
		file.until = r.fetch.now().Add(24 * time.Hour)
		r.mu.Lock()
		if len(r.hosts) > 1000 {
			clear(r.hosts)
		}
		r.hosts[site] = file
		r.mu.Unlock()
	}
	if !file.rules.TestAgent(page.RequestURI(), robotsName) {
		return errors.New("the site's robots.txt does not allow programs to read this page")
	}
	return nil
}
