package bot

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestCustomIDs(t *testing.T) {
	s := sealer{[]byte("a key of the test, 32 bytes long")}
	now := time.Unix(1_790_000_000, 0)
	want := press{actSources, "18446744073709551615", now.Add(time.Hour), strings.Repeat("a", 48)}
	id := s.seal(want, "99")
	if len(id) > maxCustomID {
		t.Fatalf("%d characters: %s", len(id), id)
	}
	got, err := s.open(id, "99", want.owner, now)
	if err != nil || got != want {
		t.Fatalf("open = %+v, %v; want %+v", got, err, want)
	}
	for _, c := range []struct {
		name, id, place, user string
		now                   time.Time
		want                  error
	}{
		{"expired", id, "99", want.owner, now.Add(time.Hour), errExpired},
		{"another user", id, "99", "7", now, errNotOwner},
		{"another channel", id, "98", want.owner, now, errForged},
		{"no user", id, "99", "", now, errNotOwner},
		{"empty", "", "99", want.owner, now, errForged},
		{"another key", sealer{[]byte("x")}.seal(want, "99"), "99", want.owner, now, errForged},
		{"tail added", id + "A", "99", want.owner, now, errForged},
	} {
		if _, err := s.open(c.id, c.place, c.user, c.now); err != c.want {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	anyone := s.seal(press{actShow, "", now.Add(time.Hour), "x~y"}, "1")
	if p, err := s.open(anyone, "1", "123", now); err != nil || p.arg != "x~y" {
		t.Errorf("an id for anyone: %+v, %v", p, err)
	}
}

func TestChangedCustomIDs(t *testing.T) {
	const n = 10_000
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	s := sealer{[]byte("key")}
	now := time.Unix(1_790_000_000, 0)
	id := s.seal(press{actShare, "4242", now.Add(time.Hour), "k3y"}, "9")
	accepted := 0
	for range n {
		b := []byte(id)
		for range 1 + r.IntN(3) {
			b[r.IntN(len(b))] = byte(r.IntN(256))
		}
		if r.IntN(4) == 0 {
			b = b[:r.IntN(len(b))]
		}
		if string(b) == id {
			continue
		}
		if _, err := s.open(string(b), "9", "4242", now); err == nil {
			accepted++
			t.Errorf("accepted %q", b)
		}
	}
	t.Logf("changed custom ids: %d of n = %d accepted (seed %d)", accepted, n, seed)
}
