package discordtest

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Request is the record of one REST request.
type Request struct {
	Method string
	Route  string // the path's template, as in "/channels/{channel_id}/messages"
	Path   string // without /api and the version
	Status int    // of the answer
	Body   []byte // JSON; of a form with files its payload_json
	At     time.Time
}

// Requests lists the REST requests so far, in the order of their answers.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// call is one REST request while it is handled, with the server's lock held.
type call struct {
	s     *Server
	r     *http.Request
	route string
	body  []byte
	files []upload
	form  bool
}

type upload struct {
	field, name, contentType string
	body                     []byte
}

// handler answers a call with a status and what is encoded as its body.
type handler func(*call) (int, any)

func (c *call) id(name string) string { return c.r.PathValue(name) }

// failure is Discord's error body.
type failure struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Errors  object `json:"errors,omitempty"`
}

// breach records a broken rule of this request.
func (c *call) breach(format string, a ...any) {
	c.s.breach("%s %s: %s", c.r.Method, c.route, fmt.Sprintf(format, a...))
}

// invalid refuses the body (400, code 50035) and records why.
func (c *call) invalid(format string, a ...any) (int, any) {
	why := fmt.Sprintf(format, a...)
	c.breach("%s", why)
	return http.StatusBadRequest, failure{50035, "Invalid Form Body", object{"_errors": []object{{"code": "INVALID", "message": why}}}}
}

// wrong refuses with a code of Discord's and records why.
func (c *call) wrong(status, code int, format string, a ...any) (int, any) {
	why := fmt.Sprintf(format, a...)
	c.breach("%s (%d)", why, code)
	return status, failure{Code: code, Message: why}
}

// refuse refuses without recording: the bot could not know better.
func refuse(status, code int, text string) (int, any) {
	return status, failure{Code: code, Message: text}
}

var versionRE = regexp.MustCompile(`^(?:/api)?(?:/v(\d+))?(/.*)$`)

// ServeHTTP serves the gateway, the files and the REST API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if websocket.IsWebSocketUpgrade(r) {
		s.serveGateway(w, r)
		return
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/attachments/"); ok {
		s.serveAttachment(w, rest)
		return
	}
	m := versionRE.FindStringSubmatch(r.URL.Path)
	if m == nil || m[1] != "9" && m[1] != "10" {
		s.violate("%s %s: no API version 9 or 10 in the path", r.Method, r.URL.Path)
		http.Error(w, `{"message":"Invalid API version","code":50041}`, http.StatusBadRequest)
		return
	}
	r.URL.Path, r.URL.RawPath = m[2], ""
	s.routes.ServeHTTP(w, r)
}

// maxBody bounds a request: ten files of Discord's 10 MiB and the form.
const maxBody = 110 << 20

func (s *Server) router() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range s.table() {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			_, route, _ := strings.Cut(pattern, " ")
			s.serve(w, r, route, h)
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.serve(w, r, r.URL.Path, func(c *call) (int, any) {
			return c.wrong(http.StatusNotFound, 0, "404: Not Found: the fake has no such route")
		})
	})
	return mux
}

// table names every route as Discord's OpenAPI file does.
func (s *Server) table() map[string]handler {
	return map[string]handler{
		"GET /gateway":                        (*call).getGateway,
		"GET /gateway/bot":                    (*call).getGatewayBot,
		"GET /applications/@me":               (*call).getApplication,
		"GET /oauth2/applications/@me":        (*call).getApplication,
		"GET /users/@me":                      (*call).getSelf,
		"GET /users/@me/guilds":               (*call).getMyGuilds,
		"GET /users/{user_id}":                (*call).getUser,
		"POST /users/@me/channels":            (*call).postDM,
		"DELETE /users/@me/guilds/{guild_id}": (*call).leaveGuild,

		"GET /applications/{application_id}/commands":                                   (*call).getCommands,
		"PUT /applications/{application_id}/commands":                                   (*call).putCommands,
		"POST /applications/{application_id}/commands":                                  (*call).postCommand,
		"GET /applications/{application_id}/commands/{command_id}":                      (*call).getCommand,
		"DELETE /applications/{application_id}/commands/{command_id}":                   (*call).deleteCommand,
		"GET /applications/{application_id}/guilds/{guild_id}/commands":                 (*call).getCommands,
		"PUT /applications/{application_id}/guilds/{guild_id}/commands":                 (*call).putCommands,
		"POST /applications/{application_id}/guilds/{guild_id}/commands":                (*call).postCommand,
		"GET /applications/{application_id}/guilds/{guild_id}/commands/{command_id}":    (*call).getCommand,
		"DELETE /applications/{application_id}/guilds/{guild_id}/commands/{command_id}": (*call).deleteCommand,

		"POST /interactions/{interaction_id}/{interaction_token}/callback":    (*call).callback,
		"POST /webhooks/{webhook_id}/{webhook_token}":                         (*call).followUp,
		"GET /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}":    (*call).getReply,
		"PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}":  (*call).editReply,
		"DELETE /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": (*call).deleteReply,

		"GET /channels/{channel_id}":                                (*call).getChannel,
		"PATCH /channels/{channel_id}":                              (*call).patchChannel,
		"GET /channels/{channel_id}/messages":                       (*call).getMessages,
		"POST /channels/{channel_id}/messages":                      (*call).postMessage,
		"GET /channels/{channel_id}/messages/{message_id}":          (*call).getMessage,
		"PATCH /channels/{channel_id}/messages/{message_id}":        (*call).patchMessage,
		"DELETE /channels/{channel_id}/messages/{message_id}":       (*call).deleteMessage,
		"POST /channels/{channel_id}/typing":                        (*call).postTyping,
		"POST /channels/{channel_id}/messages/{message_id}/threads": (*call).postThreadFromMessage,
		"POST /channels/{channel_id}/threads":                       (*call).postThread,
		"PUT /channels/{channel_id}/thread-members/@me":             (*call).joinThread,
		"DELETE /channels/{channel_id}/thread-members/@me":          (*call).leaveThread,
		"PUT /channels/{channel_id}/thread-members/{user_id}":       (*call).addThreadMember,
		"GET /channels/{channel_id}/thread-members":                 (*call).getThreadMembers,

		"GET /guilds/{guild_id}":                   (*call).getGuild,
		"GET /guilds/{guild_id}/channels":          (*call).getChannels,
		"GET /guilds/{guild_id}/threads/active":    (*call).getActiveThreads,
		"GET /guilds/{guild_id}/roles":             (*call).getRoles,
		"GET /guilds/{guild_id}/members/{user_id}": (*call).getMember,
	}
}

// tokenRoute reports whether the route is authorised by an interaction's token.
func tokenRoute(route string) bool {
	return strings.HasPrefix(route, "/interactions/") || strings.HasPrefix(route, "/webhooks/")
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, route string, h handler) {
	c := &call{s: s, r: r, route: route}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		err = c.parse(raw)
	}
	if err != nil {
		s.violate("%s %s: %v", r.Method, route, err)
		reply(w, http.StatusBadRequest, failure{Code: 50109, Message: "The request body contains invalid JSON."})
		return
	}
	f, status, body := s.settle(c, h, w.Header())
	if f != nil {
		f.serve(w, r, s.quit)
		return
	}
	if status < 300 && len(c.body) > 0 {
		s.schema.add(r.Method, route, c.body)
	}
	reply(w, status, body)
}

// settle takes the lock and decides on the answer: the fault that strikes the
// request, or a status and a body.
func (s *Server) settle(c *call, h handler, header http.Header) (*Fault, int, json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.rate.strike(c.r.Method, c.r.URL.Path)
	if f == nil {
		status, out := s.answer(c, h, header)
		s.record(c, status)
		return nil, status, encode(out)
	}
	if f.AfterWork {
		s.answer(c, h, http.Header{})
	}
	if f.Status == http.StatusTooManyRequests {
		s.rate.tell(c, header, f.RetryAfter, f.Global)
	}
	s.record(c, f.Status)
	return f, 0, nil
}

func reply(w http.ResponseWriter, status int, body any) {
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (s *Server) record(c *call, status int) {
	s.rate.refused(s, status)
	s.requests = append(s.requests, Request{c.r.Method, c.route, c.r.URL.Path, status, c.body, s.now()})
	s.changed.fire()
}

// answer applies what is common to all routes, then calls h.
func (s *Server) answer(c *call, h handler, header http.Header) (int, any) {
	if s.rate.banned {
		c.breach("sent after the ban for %d refused requests", s.o.RefusedLimit)
		return refuse(http.StatusForbidden, 0, "banned")
	}
	if status, out, limited := s.rate.check(c, header); limited {
		return status, out
	}
	if ua := c.r.UserAgent(); !strings.HasPrefix(ua, "DiscordBot ") {
		c.breach("User-Agent %q; want DiscordBot (url, version)", ua)
	}
	if !tokenRoute(c.route) && c.route != "/gateway" && c.r.Header.Get("Authorization") != "Bot "+s.o.Token {
		return c.wrong(http.StatusUnauthorized, 0, "401: Unauthorized")
	}
	if app := c.id("application_id"); app != "" && app != s.bot.ID {
		return c.wrong(http.StatusForbidden, 20012, "You are not authorized to perform this action on this application")
	}
	return h(c)
}

// parse takes the JSON and the files out of the request's body.
func (c *call) parse(raw []byte) error {
	if len(raw) == 0 {
		return nil
	}
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("a body without a Content-Type")
	}
	switch kind {
	case "application/json":
		c.body = raw
	case "multipart/form-data":
		c.form = true
		mr := multipart.NewReader(strings.NewReader(string(raw)), params["boundary"])
		for {
			p, err := mr.NextPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				return fmt.Errorf("multipart body: %w", err)
			}
			b, err := io.ReadAll(p)
			if err != nil {
				return fmt.Errorf("multipart body: %w", err)
			}
			if p.FormName() == "payload_json" {
				c.body = b
			} else {
				c.files = append(c.files, upload{p.FormName(), p.FileName(), p.Header.Get("Content-Type"), b})
			}
		}
	default:
		return fmt.Errorf("Content-Type %s is not served", kind)
	}
	if len(c.body) > 0 && !json.Valid(c.body) {
		return fmt.Errorf("the body is no JSON")
	}
	return nil
}

func (c *call) decode(v any) error {
	if len(c.body) == 0 {
		return fmt.Errorf("the body is empty")
	}
	return json.Unmarshal(c.body, v)
}
