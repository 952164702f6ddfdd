// Package census remembers who was seen over many observations: a job that
// comes once a month is in none of the looks in between.
package census

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	// MaxClients bounds the census.
	MaxClients = 10_000
	// maxAddresses is how many addresses of clients that are alike otherwise
	// are told apart. Containers and functions come from another one each time.
	maxAddresses = 64
	// refreshAfter is how long the times may lag behind where nobody is new.
	refreshAfter = 24 * time.Hour
)

// ErrTooMany is returned for more than [MaxClients] clients.
var ErrTooMany = errors.New("too many clients")

// Client is who was seen. Empty is not known, or not given.
type Client struct {
	Username, Database, ApplicationName string
	// Address is empty also where clients that are alike come from more
	// addresses than are told apart.
	Address string
	// SSL is "true", "false", or empty where it is not known.
	SSL string
}

// Seen is when.
type Seen struct{ First, Last time.Time }

// Census is what is remembered. The zero value remembers nobody.
type Census struct {
	Clients map[Client]Seen
	// From and To bound the span that the observations covered without a hole;
	// zero where none did.
	From, To time.Time
	// Complete reports whether every observation of that span was.
	Complete bool
}

// Observation is what one look, or one log, saw.
type Observation struct {
	Clients  map[Client]Seen
	From, To time.Time
	Complete bool
	// Moments marks a look, or several, at the sessions of a moment: it sees
	// clients, and covers no span.
	Moments bool
}

// Change says what an observation would change.
type Change struct {
	// New are those who were not remembered, and Forgotten those who no longer
	// are, both in a stable order.
	New, Forgotten []Client
	// Census is what is to be remembered.
	Census Census
	// Needed reports whether it has to be: somebody is new or forgotten, or a
	// day has passed, or it is complete no longer or again.
	Needed bool
}

// Merge adds observations to a census. What was not seen for forgetAfter before
// the end of the newest observation is forgotten; zero forgets nobody. No clock
// is read, so that the same observations always give the same.
//
// The error wraps [ErrTooMany].
func Merge(before Census, observations []Observation, forgetAfter time.Duration) (Change, error) {
	after := Census{Clients: maps.Clone(before.Clients), From: before.From, To: before.To, Complete: before.Complete}
	if after.Clients == nil {
		after.Clients = map[Client]Seen{}
	}
	newest := before.To
	ordered := slices.SortedStableFunc(slices.Values(observations), func(a, b Observation) int { return a.To.Compare(b.To) })
	for _, o := range ordered {
		after.span(o)
		if o.To.After(newest) {
			newest = o.To
		}
		for client, seen := range o.Clients {
			after.see(client, seen)
		}
	}
	for _, o := range ordered {
		// Logs of several servers may be of the same time.
		if o.spans() && !o.Complete && o.To.After(after.From) {
			after.Complete = false
		}
	}
	after.fold()
	if forgetAfter > 0 {
		maps.DeleteFunc(after.Clients, func(_ Client, seen Seen) bool { return seen.Last.Before(newest.Add(-forgetAfter)) })
	}
	if len(after.Clients) > MaxClients {
		return Change{}, fmt.Errorf("%w: %d, but at most %d can be remembered", ErrTooMany, len(after.Clients), MaxClients)
	}
	c := Change{Census: after, New: missing(after, before), Forgotten: missing(before, after)}
	c.Needed = len(c.New) > 0 || len(c.Forgotten) > 0 || after.Complete != before.Complete ||
		before.To.IsZero() && !after.To.IsZero() || after.To.Sub(before.To) >= refreshAfter || latest(after).Sub(latest(before)) >= refreshAfter
	return c, nil
}

// spans reports whether an observation covers a span, and not only moments.
func (o Observation) spans() bool { return !o.Moments && !o.From.IsZero() && !o.To.IsZero() }

// span extends what is covered, or begins anew after a hole.
func (c *Census) span(o Observation) {
	if !o.spans() || !o.To.After(c.To) {
		return
	}
	if c.To.IsZero() || o.From.After(c.To) || o.Complete && !c.Complete {
		c.From, c.Complete = o.From, o.Complete
	} else if !o.Complete {
		c.Complete = false
	}
	c.To = o.To
}

func (c *Census) see(client Client, seen Seen) {
	known, is := c.Clients[client]
	if !is {
		c.Clients[client] = seen
		return
	}
	if seen.First.Before(known.First) {
		known.First = seen.First
	}
	if seen.Last.After(known.Last) {
		known.Last = seen.Last
	}
	c.Clients[client] = known
}

// fold puts clients together that differ in their address only, where there
// are too many of them.
func (c *Census) fold() {
	addresses := map[Client]int{}
	for client := range c.Clients {
		if client.Address != "" {
			client.Address = ""
			addresses[client]++
		} else {
			addresses[client] += maxAddresses // They were folded before.
		}
	}
	for client, seen := range c.Clients {
		folded := client
		if folded.Address = ""; client.Address != "" && addresses[folded] > maxAddresses {
			delete(c.Clients, client)
			c.see(folded, seen)
		}
	}
}

// missing are the clients of a census that another lacks.
func missing(of, in Census) []Client {
	var some []Client
	for client := range of.Clients {
		if _, is := in.Clients[client]; !is {
			some = append(some, client)
		}
	}
	slices.SortFunc(some, Compare)
	return some
}

func latest(c Census) time.Time {
	var last time.Time
	for _, seen := range c.Clients {
		if seen.Last.After(last) {
			last = seen.Last
		}
	}
	return last
}

// Compare orders clients.
func Compare(a, b Client) int {
	return cmp.Or(
		strings.Compare(a.Username, b.Username), strings.Compare(a.Database, b.Database),
		strings.Compare(a.ApplicationName, b.ApplicationName), strings.Compare(a.Address, b.Address), strings.Compare(a.SSL, b.SSL))
}
