// Package watch decides, look by look, what became of clients after a switch of
// the CA: who came back, who was refused, and when enough was seen.
package watch

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Client is who connects. Empty is not known, or not given.
type Client struct{ Username, Database, ApplicationName, Address string }

// String names a client by what is known of it.
func (c Client) String() string {
	var parts []string
	for _, part := range []struct{ name, value string }{{"user", c.Username}, {"database", c.Database}, {"application", c.ApplicationName}, {"address", c.Address}} {
		if part.value != "" {
			parts = append(parts, fmt.Sprintf("%s %q", part.name, part.value))
		}
	}
	return strings.Join(parts, ", ")
}

// Refusal is a client whose handshakes ended in an alert.
type Refusal struct {
	Address, Alert, Meaning string
	// Handshakes is how often, and Last when last.
	Handshakes int64
	Last       time.Time
}

// Look is what the log says since the watch began.
type Look struct {
	// Came are the clients that became a session.
	Came []Client
	// Refused are those that did not.
	Refused []Refusal
	// Unfinished is how many connections of an address came and went without
	// a word.
	Unfinished map[string]int64
}

// Watch is the state of one. The zero value expects nobody.
type Watch struct {
	// Expected are the clients that were seen before the switch.
	Expected []Client
	// Calm is how many looks in a row have to be alike before it ends early.
	Calm int

	last Look
	back map[Client]bool
	same int
}

// Take takes the next look, and returns what is new in it, in words, and
// whether everybody who was expected is accounted for, in several looks in a
// row.
func (w *Watch) Take(look Look) (news []string, done bool) {
	if w.back == nil {
		w.back = map[Client]bool{}
	}
	for _, expected := range w.Expected {
		if !w.back[expected] && slices.ContainsFunc(look.Came, expected.isBack) {
			w.back[expected] = true
			news = append(news, "Came back: "+expected.String())
		}
	}
	for _, refusal := range look.Refused {
		if !slices.ContainsFunc(w.last.Refused, func(r Refusal) bool { return r.Address == refusal.Address && r.Alert == refusal.Alert }) {
			news = append(news, "Failed the TLS handshake: "+w.Name(refusal.Address)+" ("+refusal.Meaning+")")
		}
	}
	if w.last = look; len(news) > 0 {
		w.same = 0
	}
	w.same++
	return news, len(w.Expected) > 0 && len(w.Away()) == 0 && w.same >= max(w.Calm, 1)
}

// isBack reports whether a session is of the same client: an address changes
// with each container, so it counts only where the names say nothing.
func (c Client) isBack(session Client) bool {
	if c.ApplicationName == "" && c.Username == "" {
		return c.Address == session.Address
	}
	return c.Username == session.Username && c.ApplicationName == session.ApplicationName && (c.Database == "" || c.Database == session.Database)
}

// Away are the expected clients that neither came back nor were refused.
func (w *Watch) Away() []Client {
	var away []Client
	for _, expected := range w.Expected {
		refused := slices.ContainsFunc(w.last.Refused, func(r Refusal) bool { return r.Address == expected.Address })
		if !w.back[expected] && !refused {
			away = append(away, expected)
		}
	}
	return away
}

// Back is how many of the expected clients came back.
func (w *Watch) Back() int { return len(w.back) }

// Refused are the clients that were refused, by name.
func (w *Watch) Refused() []string {
	names := map[string]bool{}
	for _, r := range w.last.Refused {
		names[fmt.Sprintf("%s: %s (failed handshakes: %d, last at %s)", w.Name(r.Address), r.Meaning, r.Handshakes, r.Last.UTC().Format(time.RFC3339))] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// Silent are the expected clients that are away, and from whose address
// connections ended without a login or an alert.
func (w *Watch) Silent() []Client {
	return slices.DeleteFunc(w.Away(), func(c Client) bool { return c.Address == "" || w.last.Unfinished[c.Address] == 0 })
}

// Name says who an address is: the clients that were seen there before. Where
// some of them are back, it is one of the others.
func (w *Watch) Name(address string) string {
	var known, away []string
	for _, c := range w.Expected {
		if c.Address == address && address != "" {
			name := Client{Username: c.Username, Database: c.Database, ApplicationName: c.ApplicationName}.String()
			if known = append(known, name); !w.back[c] {
				away = append(away, name)
			}
		}
	}
	if len(away) > 0 {
		known = away
	}
	slices.Sort(known)
	at := "the client at " + cmp.Or(address, "an unknown address")
	if known = slices.Compact(known); len(known) > 0 {
		at += " (seen there before: " + strings.Join(known[:min(len(known), 5)], "; ") + ")"
	}
	return at
}
