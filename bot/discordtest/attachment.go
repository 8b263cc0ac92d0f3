package discordtest

import (
	"net/http"
	"net/url"
	"strings"
)

// Attachment is a file that the fake serves.
type Attachment struct {
	ID, Name, ContentType string
	Body                  []byte

	url string
}

// Attach stores a file that a user can send with a message or an option.
func (s *Server) Attach(name, contentType string, body []byte) *Attachment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attach(name, contentType, body)
}

func (s *Server) attach(name, contentType string, body []byte) *Attachment {
	id := s.id()
	a := &Attachment{ID: id, Name: name, ContentType: contentType, Body: body, url: s.base + "/attachments/1/" + id + "/" + url.PathEscape(name)}
	s.attachments[id] = a
	return a
}

func (a *Attachment) json() object {
	return object{"id": a.ID, "filename": a.Name, "size": len(a.Body), "url": a.url, "proxy_url": a.url, "content_type": a.ContentType}
}

func (s *Server) serveAttachment(w http.ResponseWriter, rest string) {
	parts := strings.Split(rest, "/")
	s.mu.Lock()
	var a *Attachment
	if len(parts) == 3 {
		a = s.attachments[parts[1]]
	}
	s.mu.Unlock()
	if a == nil || a.Name != parts[2] {
		http.Error(w, "This content is no longer available.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", a.ContentType)
	_, _ = w.Write(a.Body)
}
