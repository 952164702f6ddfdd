package readiness

import (
	"cmp"
	"net/netip"
	"slices"
)

// matchKind is one of the ways in which a Match selects.
type matchKind uint8

const (
	byUsername matchKind = iota
	byDatabase
	byApplication
)

// matchKey is one value of one kind.
type matchKey struct {
	kind  matchKind
	value string
}

// matchIndex finds clients by the rarest value that each of them names, so
// that many clients and many sessions do not cost their product.
type matchIndex struct {
	byValue map[matchKey][]*Client
	// byPrefix holds clients that name networks only, and lengths the prefix
	// lengths that occur, for addresses of four and of sixteen bytes.
	byPrefix map[netip.Prefix][]*Client
	lengths  map[int]bool
}

func newMatchIndex(clients []Client) matchIndex {
	counts := map[matchKey]int{}
	for i := range clients {
		for _, keys := range clients[i].Match.keys() {
			for _, key := range keys {
				counts[key]++
			}
		}
	}
	index := matchIndex{byValue: map[matchKey][]*Client{}, byPrefix: map[netip.Prefix][]*Client{}, lengths: map[int]bool{}}
	for i := range clients {
		c := &clients[i]
		kinds := c.Match.keys()
		if len(kinds) == 0 {
			for _, prefix := range c.Match.ClientCIDRs {
				prefix = prefix.Masked()
				index.byPrefix[prefix] = append(index.byPrefix[prefix], c)
				index.lengths[prefix.Bits()] = true
			}
			continue
		}
		commonness := func(keys []matchKey) int {
			most := 0
			for _, key := range keys {
				most = max(most, counts[key])
			}
			return most
		}
		rarest := slices.MinFunc(kinds, func(a, b []matchKey) int { return cmp.Compare(commonness(a), commonness(b)) })
		for _, key := range rarest {
			index.byValue[key] = append(index.byValue[key], c)
		}
	}
	return index
}

// keys returns the values of each kind that is given, but networks.
func (m Match) keys() [][]matchKey {
	var kinds [][]matchKey
	for kind, values := range [][]string{byUsername: m.Usernames, byDatabase: m.Databases, byApplication: m.ApplicationNames} {
		if len(values) == 0 {
			continue
		}
		keys := make([]matchKey, len(values))
		for i, value := range values {
			keys[i] = matchKey{matchKind(kind), value}
		}
		kinds = append(kinds, keys)
	}
	return kinds
}

// find returns the clients that match, by name and each once.
func (x matchIndex) find(s Session) []*Client {
	var found []*Client
	keep := func(clients []*Client) {
		for _, c := range clients {
			if c.Match.accepts(s) {
				found = append(found, c)
			}
		}
	}
	for _, key := range []matchKey{{byUsername, s.Username}, {byDatabase, s.Database}, {byApplication, s.ApplicationName}} {
		keep(x.byValue[key])
	}
	if address, is := addressOf(s.ClientAddr); is {
		for length := range x.lengths {
			if prefix, err := address.Prefix(length); err == nil {
				keep(x.byPrefix[prefix])
			}
		}
	}
	slices.SortFunc(found, func(a, b *Client) int { return cmp.Compare(a.Name, b.Name) })
	return slices.Compact(found)
}
