package source

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// hostile are addresses that must not be fetched: special networks in every
// spelling, names that lead there, odd schemes, ports and credentials.
var hostile = strings.Fields(`
	http://127.0.0.1/ http://127.0.0.1:80/ http://127.1.2.3/ http://127.255.255.254/ https://127.0.0.1/ http://0.0.0.0/ http://0.1.2.3/
	http://10.0.0.1/ http://10.255.255.255/ http://100.64.0.1/ http://100.100.100.200/latest/meta-data/ http://100.127.255.254/
	http://169.254.0.1/ http://169.254.169.254/latest/meta-data/iam/ http://169.254.170.2/v2/credentials http://168.63.129.16/metadata
	http://172.16.0.1/ http://172.31.255.255/ http://192.168.0.1/ http://192.168.255.255/ http://192.0.0.1/ http://192.0.0.192/opc/v1/ http://192.0.0.170/
	http://192.0.2.1/ http://192.31.196.1/ http://192.52.193.1/ http://192.88.99.1/ http://192.175.48.1/ http://198.18.0.1/ http://198.19.255.255/
	http://198.51.100.1/ http://203.0.113.1/ http://224.0.0.1/ http://239.255.255.250/ http://240.0.0.1/ http://255.255.255.255/
	http://[::]/ http://[::1]/ http://[::1]:80/ http://[0:0:0:0:0:0:0:1]/ http://[::127.0.0.1]/ http://[::10.0.0.1]/
	http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[::ffff:10.0.0.1]/ http://[::ffff:169.254.169.254]/ http://[::ffff:a9fe:a9fe]/ http://[::ffff:8.8.8.8]/
	http://[::ffff:0:127.0.0.1]/ http://[64:ff9b::127.0.0.1]/ http://[64:ff9b::7f00:1]/ http://[64:ff9b::a9fe:a9fe]/ http://[64:ff9b::808:808]/ http://[64:ff9b:1::1]/
	http://[100::1]/ http://[2001::1]/ http://[2001:0:7f00:1::]/ http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/ http://[2001:2::1]/ http://[2001:10::1]/ http://[2001:20::1]/
	http://[2001:db8::1]/ http://[2002:7f00:1::]/ http://[2002:a00:1::1]/ http://[2002:c0a8:1::]/ http://[2002:a9fe:a9fe::]/ http://[2620:4f:8000::1]/
	http://[3fff::1]/ http://[5f00::1]/ http://[fc00::1]/ http://[fd00::1]/ http://[fd00:ec2::254]/latest/ http://[fe80::1]/ http://[fe80::1%25eth0]/ http://[fe80::1%25lo]/
	http://[fec0::1]/ http://[ff02::1]/ http://[ff05::1:3]/ http://[ff0e::1]/ http://[4000::1]/ http://[::ffff:0.0.0.0]/
	http://2130706433/ http://017700000001/ http://0x7f000001/ http://0x7F.0x0.0x0.0x1/ http://0177.0.0.1/ http://0177.0.0.01/ http://127.1/ http://127.0.1/ http://10.1/
	http://0/ http://00.00.00.00/ http://0x0/ http://3232235521/ http://2852039166/ http://0xa9fea9fe/ http://169.254.43518/ http://0251.0376.0251.0376/ http://127.0.0.0x1/
	http://127.0.0.1./ http://127.000.000.001/ http://256.256.256.256/ http://1.1.1.1.1/ http://①②⑦.⓪.⓪.①/ http://127。0。0。1/ http://１２７.０.０.１/
	http://localhost/ http://LOCALHOST/ http://localhost./ https://localhost/ http://localhost.localdomain/ http://private.test/ http://loopback.test/ http://metadata.test/
	http://mapped.test/ http://sixtofour.test/ http://nat64.test/ http://ula.test/ http://linklocal.test/ http://multicast.test/ http://broadcast.test/ http://zero.test/ http://several.test/ http://xn--private-.test/
	http://user@example.com/ http://user:secret@example.com/ http://example.com@127.0.0.1/ http://127.0.0.1@example.com/ http://example.com:secret@10.0.0.1/ http://@example.com/
	http://example.com:22/ http://example.com:25/ http://example.com:6379/ http://example.com:8080/ http://example.com:0/ http://example.com:65536/ http://example.com:-1/ http://example.com:80a/ https://example.com:9200/
	http://127.0.0.1:22/ http://127.0.0.1:6379/ http://8.8.8.8:53/
	file:///etc/passwd ftp://example.com/ gopher://127.0.0.1:6379/_INFO dict://127.0.0.1:11211/stat ldap://127.0.0.1/ tftp://127.0.0.1/ jar:http://127.0.0.1!/ data:text/html,x
	javascript:alert(1) ws://127.0.0.1/ unix:/var/run/docker.sock http+unix://%2Fvar%2Frun%2Fdocker.sock/ //127.0.0.1/ http:127.0.0.1 http:/127.0.0.1/ http:///127.0.0.1 http:// http://:80/ http://?x http://#x
	http://%31%32%37.0.0.1/ http://127.0.0.1%00.example.com/ http://example.com%2f@127.0.0.1/ http://127.0.0.1\@example.com/ http://[::1 http://::1/ http://[127.0.0.1]/ http://[v1.x]/ HTTP://127.0.0.1/ hTTp://[::1]/`)

// A nameServer answers from a table, over a connection of its own.
type nameServer struct {
	mu      sync.Mutex
	answers map[string][][]string // of each name: the addresses of the first question, the second...
	asked   int
}

var hostileNames = map[string][][]string{
	"private.test.": {{"10.0.0.1"}}, "loopback.test.": {{"127.0.0.1", "::1"}}, "metadata.test.": {{"169.254.169.254"}}, "mapped.test.": {{"::ffff:127.0.0.1"}},
	"sixtofour.test.": {{"2002:7f00:1::"}}, "nat64.test.": {{"64:ff9b::7f00:1"}}, "ula.test.": {{"fd00::1"}}, "linklocal.test.": {{"fe80::1", "169.254.1.1"}},
	"multicast.test.": {{"224.0.0.1", "ff02::1"}}, "broadcast.test.": {{"255.255.255.255"}}, "zero.test.": {{"0.0.0.0", "::"}}, "several.test.": {{"10.0.0.1", "192.168.1.1", "127.0.0.1", "fc00::1"}},
}

func (n *nameServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go n.serve(server)
		return client, nil
	}}
}

func (n *nameServer) serve(conn net.Conn) {
	defer conn.Close()
	for {
		var size uint16
		if binary.Read(conn, binary.BigEndian, &size) != nil {
			return
		}
		question := make([]byte, size)
		if _, err := io.ReadFull(conn, question); err != nil {
			return
		}
		answer, err := n.answer(question)
		if err != nil {
			return
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

func (n *nameServer) answer(question []byte) ([]byte, error) {
	var p dnsmessage.Parser
	header, err := p.Start(question)
	if err != nil {
		return nil, err
	}
	q, err := p.Question()
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	rounds := n.answers[strings.ToLower(q.Name.String())]
	var addresses []string
	if len(rounds) > 0 {
		addresses = rounds[0]
		if len(rounds) > 1 && q.Type == dnsmessage.TypeA {
			n.answers[strings.ToLower(q.Name.String())] = rounds[1:]
		}
	}
	n.asked++
	n.mu.Unlock()
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{ID: header.ID, Response: true, RecursionAvailable: true, RCode: dnsmessage.RCodeSuccess})
	if len(addresses) == 0 {
		b = dnsmessage.NewBuilder(nil, dnsmessage.Header{ID: header.ID, Response: true, RecursionAvailable: true, RCode: dnsmessage.RCodeNameError})
	}
	if err := errors.Join(b.StartQuestions(), b.Question(q), b.StartAnswers()); err != nil {
		return nil, err
	}
	for _, address := range addresses {
		addr := netip.MustParseAddr(address)
		of := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 0}
		if addr.Is4() && q.Type == dnsmessage.TypeA {
			err = b.AResource(of, dnsmessage.AResource{A: addr.As4()})
		} else if addr.Is6() && q.Type == dnsmessage.TypeAAAA {
			err = b.AAAAResource(of, dnsmessage.AAAAResource{AAAA: addr.As16()})
		}
		if err != nil {
			return nil, err
		}
	}
	return b.Finish()
}

// watch makes a Reader resolve by n, and returns the connections that its guard
// lets through; those to a public address are not made.
func watch(r *Reader, n *nameServer) *connections {
	c := &connections{}
	r.fetch.guard.resolver = n.resolver()
	r.fetch.guard.connecting = func(address string) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.to = append(c.to, address)
		if !netip.MustParseAddrPort(address).Addr().IsLoopback() {
			return errors.New("no connections beyond this machine in a test")
		}
		return nil
	}
	return c
}

type connections struct {
	mu sync.Mutex
	to []string
}

func (c *connections) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	to := c.to
	c.to = nil
	return to
}

func TestHostileURLs(t *testing.T) {
	if len(hostile) < 150 {
		t.Fatalf("only %d addresses", len(hostile))
	}
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1") // to be ignored
	r := newReader()
	n := &nameServer{answers: hostileNames}
	made := watch(r, n)
	for _, address := range hostile {
		_, err := r.fetch.get(context.Background(), address, validators{}, 1<<20)
		if to := made.take(); err == nil || len(to) > 0 {
			t.Errorf("%s: connected to %v, error %v", address, to, err)
		}
	}
	t.Logf("n = %d addresses, 0 connections, %d names asked for", len(hostile), n.asked)
	if n.asked == 0 {
		t.Error("the names of the table were not resolved")
	}

	// Negative control: without the guard, connections are made.
	open := newReader()
	watch(open, n)
	open.fetch.guard.networks = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	connected := 0
	for _, address := range hostile[:20] {
		open.fetch.guard.connecting = func(string) error { connected++; return errors.New("counted") }
		_, _ = open.fetch.get(context.Background(), address, validators{}, 1<<20)
	}
	if connected < 20 {
		t.Errorf("negative control: %d connections to 20 addresses", connected)
	}
}

// A public page that redirects to a hostile address gets no further.
func TestHostileRedirects(t *testing.T) {
	var to string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Location"] = []string{to}
		w.WriteHeader(http.StatusFound)
	}))
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	answers := map[string][][]string{"public.test.": {{"127.0.0.1"}}, "rebound.test.": {{"127.0.0.1"}}}
	for name, rounds := range hostileNames {
		answers[name] = rounds
	}
	r := New(Options{AllowHosts: []string{"public.test"}})
	made := watch(r, &nameServer{answers: answers})
	targets := append([]string{"http://rebound.test" + port + "/", "http://rebound.test/", server.URL, "http://127.0.0.1" + port}, hostile...)
	for _, to = range targets {
		if u, err := url.Parse(to); err != nil || u.Scheme == "" || u.Host == "" && strings.HasPrefix(to, "http") {
			continue // relative, and so to public.test itself
		}
		_, err := r.fetch.get(context.Background(), "http://public.test"+port+"/", validators{}, 1<<20)
		if got := made.take(); err == nil || len(got) != 1 {
			t.Errorf("redirect to %s: connected to %v, error %v", to, got, err)
		}
	}
	to = "http://public.test" + port + "/"
	if _, err := r.fetch.get(context.Background(), to, validators{}, 1<<20); err == nil || !strings.Contains(err.Error(), "more than 5 redirects") || len(made.take()) != 6 {
		t.Errorf("redirects without end: %v", err)
	}
}

// A name that leads to a public address when it is looked at and to a private
// one when it is used never gets the second connection.
func TestRebinding(t *testing.T) {
	n := &nameServer{answers: map[string][][]string{
		"rebind.test.": {{"93.184.216.34"}, {"127.0.0.1"}, {"93.184.216.34"}, {"10.0.0.1"}, {"169.254.169.254"}},
		"both.test.":   {{"127.0.0.1", "93.184.216.34", "10.0.0.1"}},
	}}
	r := newReader()
	made := watch(r, n)
	for _, address := range []string{"http://rebind.test/", "http://rebind.test/", "http://rebind.test/", "http://rebind.test/", "http://rebind.test/", "http://both.test/"} {
		if _, err := r.fetch.get(context.Background(), address, validators{}, 1<<20); err == nil {
			t.Errorf("%s was fetched", address)
		}
	}
	to := made.take()
	if len(to) == 0 {
		t.Error("the public address was not tried")
	}
	for _, to := range to {
		if to != "93.184.216.34:80" {
			t.Errorf("connected to %s", to)
		}
	}
}

func TestAllowed(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "Served.") }))
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	n := &nameServer{answers: map[string][][]string{"intranet.test.": {{"127.0.0.1"}}, "other.test.": {{"127.0.0.1"}}}}
	for _, test := range []struct {
		opt     Options
		address string
		ok      bool
	}{
		{Options{}, server.URL, false},
		{Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, server.URL, true},
		{Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, "http://other.test" + port, true},
		{Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}, server.URL, false},
		{Options{AllowHosts: []string{"Intranet.test"}}, "http://intranet.test" + port, true},
		{Options{AllowHosts: []string{"intranet.test"}}, "http://INTRANET.test." + port, true},
		{Options{AllowHosts: []string{"intranet.test"}}, "http://other.test" + port, false},
		{Options{AllowHosts: []string{"intranet.test"}}, server.URL, false},
		{Options{AllowHosts: []string{"intranet.test"}}, "http://user@intranet.test" + port, false},
	} {
		r := New(test.opt)
		watch(r, n)
		_, err := r.fetch.get(context.Background(), test.address, validators{}, 1<<20)
		if (err == nil) != test.ok {
			t.Errorf("%+v: %s: %v", test.opt, test.address, err)
		}
	}
}
