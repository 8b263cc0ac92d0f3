package source

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
	"golang.org/x/net/idna"
)

// A guard keeps requests away from addresses that are not on the public
// internet, however they are named: the check that counts is made on the
// address that the system is about to connect to, for every connection.
type guard struct {
	public   *ssrf.Guardian
	networks []netip.Prefix
	hosts    []string
	resolver *net.Resolver // nil for the system's
	// connecting is told of every connection that the guard lets through; an
	// error stops it.
	connecting func(address string) error
}

// azureWire is a public address by which Azure's virtual machines reach the
// host's metadata.
var azureWire = netip.MustParsePrefix("168.63.129.16/32")

func newGuard(networks []netip.Prefix, hosts []string) *guard {
	g := &guard{public: ssrf.New(ssrf.WithDeniedV4Prefixes(azureWire)), networks: networks}
	for _, host := range hosts {
		g.hosts = append(g.hosts, strings.ToLower(strings.TrimSuffix(host, ".")))
	}
	return g
}

// checkURL says why an address may not be fetched, before any name is resolved.
func (g *guard) checkURL(u *url.URL) error {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("scheme %q is not http or https", u.Scheme)
	case u.Opaque != "" || host == "":
		return errors.New("it names no host")
	case u.User != nil:
		return errors.New("it holds a user name or password")
	case strings.Contains(host, "%"):
		return errors.New("its host has a zone")
	case slices.Contains(g.hosts, host):
		return nil
	}
	port := uint16(443)
	if u.Scheme == "http" {
		port = 80
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return fmt.Errorf("port %q is none", p)
		}
		port = uint16(n)
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return g.check(netip.AddrPortFrom(addr, port))
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return fmt.Errorf("host %q is no name: %w", host, err)
	}
	if addr, err := netip.ParseAddr(ascii); err == nil {
		return g.check(netip.AddrPortFrom(addr, port))
	}
	if numericHost(ascii) {
		return fmt.Errorf("host %q is a number, not a name", host)
	}
	if len(g.networks) == 0 { // else it depends on where the name leads
		return checkPort(port)
	}
	return nil
}

func checkPort(port uint16) error {
	if port != 80 && port != 443 {
		return fmt.Errorf("port %d is neither 80 nor 443", port)
	}
	return nil
}

// numericHost reports whether a host is an address in one of the forms that
// only some resolvers read, such as 0x7f.1, 017700000001 or 2130706433: those
// whose last label is a number.
func numericHost(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}

// check says why there may be no connection to an address.
func (g *guard) check(to netip.AddrPort) error {
	for _, network := range g.networks {
		if network.Contains(to.Addr().Unmap()) {
			return nil
		}
	}
	if g.public.SafeAddr(to.Addr()) != nil {
		return fmt.Errorf("%s is in a private or special network, which the configuration (FETCH_ALLOW) does not allow", to.Addr())
	}
	return checkPort(to.Port())
}

// dial connects as net.Dialer does, to allowed addresses only.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	named := slices.Contains(g.hosts, strings.ToLower(strings.TrimSuffix(host, ".")))
	dialer := net.Dialer{
		Timeout:  10 * time.Second,
		Resolver: g.resolver,
		Control: func(network, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil {
				return err
			}
			if network != "tcp4" && network != "tcp6" {
				return fmt.Errorf("network %s is not TCP", network)
			}
			if !named {
				if err := g.check(to); err != nil {
					return &forbidden{err}
				}
			}
			if g.connecting != nil {
				return g.connecting(address)
			}
			return nil
		},
	}
	return dialer.DialContext(ctx, network, address)
}
