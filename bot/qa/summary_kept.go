package qa

import "sync"

// A unitKeeper keeps the units of the articles read last, since to find who speaks in a
// sentence and what it counts takes longer than to choose among them. What was read of
// other articles than there are now is dropped. Safe for concurrent use.
type unitKeeper struct {
	mu   sync.Mutex
	from uint64 // the revision of the library that everything kept is from
	of   map[unitKey][]*unit
	size int // units in all
}

type unitKey struct {
	article string
	lead    int
}

// keptUnits is how many units are kept at most: some 15 MB.
const keptUnits = 4096

// unitsOf returns the units of an article, as inquiry.unitsOf does. The caller may
// change them, but not their sentences, names and terms.
func (a *Answerer) unitsOf(q *inquiry, id string, lead int) []*unit {
	key, from := unitKey{id, lead}, a.lib.Revision()
	units, ok := a.units.get(from, key)
	if !ok {
		units = q.unitsOf(id, lead)
		if a.lib.Revision() == from {
			a.units.put(from, key, units)
		}
	}
	own := make([]unit, len(units))
	out := make([]*unit, len(units))
	for i, u := range units {
		own[i] = *u
		out[i] = &own[i]
	}
	return out
}

func (k *unitKeeper) get(from uint64, key unitKey) ([]*unit, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	units, ok := k.of[key]
	return units, ok && k.from == from
}

func (k *unitKeeper) put(from uint64, key unitKey, units []*unit) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == nil || k.from < from {
		k.from, k.of, k.size = from, map[unitKey][]*unit{}, 0
	}
	if k.from != from || len(units) > keptUnits {
		return
	}
	k.size += len(units) - len(k.of[key])
	k.of[key] = units
	for other, u := range k.of {
		if k.size <= keptUnits {
			break
		}
		if other != key {
			delete(k.of, other)
			k.size -= len(u)
		}
	}
}
