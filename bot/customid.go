package bot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// An action is what a button, select or modal asks for.
type action string

const (
	actShow     action = "show"   // passages of an answer, page by page
	actThread   action = "thread" // continue in a thread
	actShare    action = "share"  // show a private answer to all
	actUseful   action = "good"
	actUseless  action = "bad"
	actReason   action = "why"  // modal: why an answer was not useful
	actSources  action = "list" // a page of the articles
	actArticle  action = "open" // one article
	actRecord   action = "made" // how an answer came about
	actRead     action = "read" // a page of an article
	actForget   action = "forget"
	actRemove   action = "remove" // an article from the library
	actAskModal action = "ask"    // modal: a question about a message
)

// A press is what a custom id carries.
type press struct {
	action  action
	owner   string // user who may use it; "" is anyone
	expires time.Time
	arg     string // at most 48 bytes
}

// maxCustomID is Discord's bound on a custom id.
const maxCustomID = 100

var (
	errForged   = errors.New("custom id is not ours")
	errExpired  = errors.New("custom id has expired")
	errNotOwner = errors.New("custom id belongs to another user")
)

// A sealer makes and opens custom ids: action, owner, expiry, argument and an
// HMAC-SHA-256 (16 bytes) over these and the place in which the id was shown. An id
// copied to another channel does not open.
type sealer struct{ key []byte }

func (s sealer) seal(p press, place string) string {
	body := strings.Join([]string{
		string(p.action), base36(p.owner), strconv.FormatInt(p.expires.Unix(), 36), p.arg,
	}, "~")
	return body + "~" + s.mac(body, place)
}

func (s sealer) mac(body, place string) string {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(body + "\x00" + place))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}

// open returns what a custom id carries if it was sealed for this place, has not
// expired and belongs to the user.
func (s sealer) open(id, place, user string, now time.Time) (press, error) {
	i := strings.LastIndexByte(id, '~')
	if i < 0 || len(id) > maxCustomID || !hmac.Equal([]byte(s.mac(id[:i], place)), []byte(id[i+1:])) {
		return press{}, errForged
	}
	parts := strings.SplitN(id[:i], "~", 4)
	if len(parts) != 4 {
		return press{}, errForged
	}
	expires, err := strconv.ParseInt(parts[2], 36, 64)
	if err != nil {
		return press{}, errForged
	}
	p := press{action(parts[0]), decimal(parts[1]), time.Unix(expires, 0), parts[3]}
	switch {
	case !now.Before(p.expires):
		return p, errExpired
	case p.owner != "" && p.owner != user:
		return p, errNotOwner
	}
	return p, nil
}

// base36 shortens a snowflake; other ids pass behind a mark.
func base36(id string) string {
	if n, err := strconv.ParseUint(id, 10, 64); err == nil && strconv.FormatUint(n, 10) == id {
		return strconv.FormatUint(n, 36)
	}
	if id == "" {
		return ""
	}
	return "." + id
}

func decimal(id string) string {
	if raw, ok := strings.CutPrefix(id, "."); ok {
		return raw
	}
	if n, err := strconv.ParseUint(id, 36, 64); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return ""
}
