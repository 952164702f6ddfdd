package postgres

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// Look says for how long and how often to look.
type Look struct {
	// ObserveFor is the time between the first and the last look; zero is a
	// single look, which shows only the sessions of that moment.
	ObserveFor time.Duration
	// SampleInterval is the time between looks; zero is
	// [DefaultSampleInterval]. Sessions shorter than it can be missed.
	SampleInterval time.Duration
}

// Group is what distinguishes clients. An empty string is a null of the server.
type Group struct {
	Database, Username, ApplicationName string
	// ClientAddr is an IP address without port or mask; empty if Local.
	ClientAddr string
	// Local: over the server's Unix-domain socket, where there is no TLS.
	Local bool
	// Hidden: the role may not see more of these sessions than database,
	// user and application. They may be on TLS or not.
	Hidden bool
	// SSL, and what was negotiated; zero without it. TLSVersion is written
	// as PostgreSQL does: "TLSv1.3".
	SSL                bool
	TLSVersion, Cipher string
	Bits               int
	// ClientDN is the subject of the client certificate, at most 63 octets.
	ClientDN string
}

// Client is a group of sessions that differ in nothing of Group.
type Client struct {
	Group

	// Sessions is the highest number that one look saw at once.
	Sessions int
	// Samples is the number of looks that saw any.
	Samples int
	// FirstSeen and LastSeen are by the server's clock.
	FirstSeen, LastSeen time.Time
	// Began is when the newest of them began, by the server's clock; zero if
	// Hidden.
	Began time.Time
}

// Observation is what one or more looks saw. The own sessions (those of the
// same role under the same name, one that looks elsewhere at the same time
// among them), rdsadmin's, and background processes are left out; walsenders
// are in.
type Observation struct {
	// ServerVersion as server_version shows it: "15.18 (Debian …)".
	ServerVersion string
	// Clients in a stable order: by database, user, application, address.
	Clients []Client
	// SSLSessions, PlaintextSessions and LocalSessions are the sums of
	// Sessions over the clients: zero only if no look saw one.
	SSLSessions, PlaintextSessions, LocalSessions int
	// HiddenSessions is the highest number, in one look, of sessions that
	// the role may not see. Background workers of other roles are among
	// them, for a role that may not see cannot tell.
	HiddenSessions int
	// SeesEveryone: the role has pg_read_all_stats, or is a superuser.
	SeesEveryone bool
	// Complete: the role sees everyone and nothing was hidden in any look.
	// If it is false, an absence proves nothing.
	Complete bool
	// Samples is the number of looks.
	Samples int
}

// Sessions logs in and looks at who is connected, with one round trip a look.
// All looks or none: an error part of the way gives no observation.
//
// The session is read-only and calls itself "sslready". It should be a role
// with pg_monitor or pg_read_all_stats; any other role can look, but
// incompletely. The errors are those of this package.
func Sessions(ctx context.Context, c Config, l Look) (Observation, error) {
	statement := cmp.Or(c.StatementTimeout, DefaultStatementTimeout)
	total := cmp.Or(c.TotalTimeout, cmp.Or(c.ConnectTimeout, DefaultConnectTimeout)+2*statement+l.ObserveFor)
	ctx, cancel := context.WithTimeout(ctx, total)
	defer cancel()

	session, err := c.login(ctx)
	if err != nil {
		return Observation{}, err
	}
	defer quit(ctx, session)

	t := tally{clients: map[Group]*Client{}}
	err = l.each(ctx, func() error {
		ctx, cancel := context.WithTimeout(ctx, statement)
		defer cancel()
		session.meter.allow(maxLook)
		seen, err := takeLook(ctx, session.PgConn)
		switch {
		case session.meter.spent():
			return flood(session.address, maxLook)
		case errors.Is(err, ErrProtocol), errors.Is(err, ErrTooManyClients):
			return fail(err, session.address, nil)
		case err != nil:
			return translate(ctx, session.address, session.secret, err)
		}
		return t.add(seen, session.address)
	})
	if err != nil {
		return Observation{}, translate(ctx, session.address, session.secret, err)
	}
	return t.observation(), nil
}

// each calls look at once, at every interval, and at the end.
func (l Look) each(ctx context.Context, look func() error) error {
	if err := look(); err != nil || l.ObserveFor <= 0 {
		return err
	}
	end := time.NewTimer(l.ObserveFor)
	defer end.Stop()
	next := time.NewTicker(max(cmp.Or(l.SampleInterval, DefaultSampleInterval), MinSampleInterval))
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			return look()
		case <-next.C:
			if err := look(); err != nil {
				return err
			}
		}
	}
}

// tally gathers looks.
type tally struct {
	last    look
	hidden  int
	partial bool // a look could not see everyone
	samples int
	octets  int // of the names of clients
	clients map[Group]*Client
}

func (t *tally) add(seen look, address string) error {
	t.last = seen
	t.samples++
	t.hidden = max(t.hidden, seen.hidden)
	t.partial = t.partial || !seen.seesEveryone
	for g, sessions := range seen.sessions {
		c := t.clients[g]
		if c == nil {
			if t.octets += g.octets(); len(t.clients) == maxClients || t.octets > maxNames {
				return fail(ErrTooManyClients, address, nil)
			}
			c = &Client{Group: g, FirstSeen: seen.at}
			t.clients[g] = c
		}
		c.Sessions, c.Began = max(c.Sessions, sessions.count), later(c.Began, sessions.began)
		c.Samples++
		c.LastSeen = seen.at
	}
	return nil
}

func (t *tally) observation() Observation {
	o := Observation{
		ServerVersion:  t.last.serverVersion,
		Clients:        make([]Client, 0, len(t.clients)),
		HiddenSessions: t.hidden,
		SeesEveryone:   !t.partial,
		Complete:       !t.partial && t.hidden == 0,
		Samples:        t.samples,
	}
	for _, c := range t.clients {
		o.Clients = append(o.Clients, *c)
		switch {
		case c.Hidden:
		case c.SSL:
			o.SSLSessions += c.Sessions
		case c.Local:
			o.LocalSessions += c.Sessions
		default:
			o.PlaintextSessions += c.Sessions
		}
	}
	slices.SortFunc(o.Clients, compare)
	return o
}

// compare orders clients by every field that distinguishes them.
func compare(a, b Client) int {
	return cmp.Or(
		strings.Compare(a.Database, b.Database),
		strings.Compare(a.Username, b.Username),
		strings.Compare(a.ApplicationName, b.ApplicationName),
		strings.Compare(a.ClientAddr, b.ClientAddr),
		strings.Compare(a.TLSVersion, b.TLSVersion),
		strings.Compare(a.Cipher, b.Cipher),
		cmp.Compare(a.Bits, b.Bits),
		strings.Compare(a.ClientDN, b.ClientDN),
		cmp.Compare(rank(a), rank(b)),
	)
}

func rank(c Client) int {
	switch {
	case c.SSL:
		return 0
	case c.Local:
		return 1
	case c.Hidden:
		return 3
	default:
		return 2
	}
}
