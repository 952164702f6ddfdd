package readiness

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// Coverage is what the observations say of those who are declared, and of those
// who are not. The zero value is that of a judgement without observations.
type Coverage struct {
	// Seen says when each declared client with a match was seen.
	Seen map[string]Seen
	// Undeclared is how many groups of sessions, which may be on TLS, no
	// declared client matches.
	Undeclared int
	// Drafts are declarations for them, [MaxDrafts] at most.
	Drafts []Draft
}

// Seen is whether a client was seen, and when; zero is not known.
type Seen struct {
	Observed    bool
	First, Last time.Time
}

// MaxUndeclared is how many sessions that nobody declared, or several clients,
// have a finding of their own.
const MaxUndeclared = 500

// covering compares the observed sessions with the declared clients.
type covering struct {
	in       Input
	index    matchIndex
	severity Severity // of what may hide an undeclared client
	Coverage

	undeclared []Session
	twice      int // sessions of several clients
	// at are the clients whose sessions were seen at an address.
	at       map[string]map[string]bool
	findings []Finding
}

// cover compares who was seen with who is declared.
//
// A session that may be on TLS and that no client matches is undeclared;
// plaintext sessions are not touched by a switch of the CA. An observation that
// is not complete leaves open who else is there, which weighs the same.
func cover(in Input, verdicts map[string]ClientVerdict) (Coverage, []Finding) {
	if in.Observations == nil {
		return Coverage{}, nil
	}
	c := covering{in: in, index: newMatchIndex(in.Clients), severity: Blocking, at: map[string]map[string]bool{}}
	c.Seen = make(map[string]Seen, len(in.Clients))
	if in.WarnUndeclared {
		c.severity = Warning
	}
	for _, o := range in.Observations {
		if !o.Complete {
			c.find(c.severity, FindingIncomplete, "", fmt.Sprintf("%s is incomplete, so it may have missed undeclared clients. Reason: %s.", o, strings.TrimSuffix(cmp.Or(o.Why, "its source does not give one"), ".")))
		}
	}
	sessions := distinct(in.Observations)
	if len(sessions) == 0 {
		c.find(Warning, FindingNoSession, "", "No session was observed, but that does not prove that nobody connects: observe for longer.")
	}
	for _, session := range sessions {
		c.session(session)
	}
	c.tellUndeclared()
	c.tellNeverSeen()
	c.findings = append(c.findings, c.refused(verdicts)...)
	c.Drafts = drafts(c.undeclared, in.Clients)
	return c.Coverage, c.findings
}

func (c *covering) find(severity Severity, code FindingCode, client, detail string) {
	c.findings = append(c.findings, Finding{Severity: severity, Code: code, Client: client, Detail: detail})
}

// session finds out whose a session is.
func (c *covering) session(session Session) {
	found := c.index.find(session)
	for _, client := range found {
		seen := c.Seen[client.Name]
		c.Seen[client.Name] = Seen{Observed: true, First: earlier(seen.First, session.First), Last: later(seen.Last, session.Last)}
		if session.ClientAddr == "" {
			continue
		}
		if c.at[session.ClientAddr] == nil {
			c.at[session.ClientAddr] = map[string]bool{}
		}
		c.at[session.ClientAddr][client.Name] = true
	}
	switch {
	case len(found) == 0 && (session.SSL == nil || *session.SSL):
		c.undeclared = append(c.undeclared, session)
	case len(found) > 1:
		if c.twice++; c.twice <= MaxUndeclared {
			names := make([]string, len(found))
			for i, client := range found {
				names[i] = client.Name
			}
			c.find(Warning, FindingMatchedTwice, "", fmt.Sprintf("%s matches several clients: %s. Narrow their \"match\".", session, few(names)))
		}
	}
}

// tellUndeclared has a finding for each session that nobody declared, the first
// of many, and counts the others.
func (c *covering) tellUndeclared() {
	c.Undeclared = len(c.undeclared)
	for _, session := range c.undeclared[:min(len(c.undeclared), MaxUndeclared)] {
		c.find(c.severity, FindingUndeclared, "", fmt.Sprintf("%s matches no declared client. Declare the client, or widen the \"match\" of the client to which the session belongs.", session))
	}
	if more := c.twice - MaxUndeclared; more > 0 {
		c.find(Warning, FindingMatchedTwice, "", fmt.Sprintf("Number of further observed sessions that match several clients: %d.", more))
	}
	if more := len(c.undeclared) - MaxUndeclared; more > 0 {
		c.find(c.severity, FindingUndeclared, "", fmt.Sprintf("Number of further observed sessions that match no declared client: %d.", more))
	}
}

func (c *covering) tellNeverSeen() {
	span := looked(c.in.Observations)
	for _, client := range c.in.Clients {
		if _, seen := c.Seen[client.Name]; !seen && !client.Match.empty() {
			c.Seen[client.Name] = Seen{}
			c.find(Info, FindingNeverSeen, client.Name, "No observed session matches this client. Observed by: "+span+". Either the client was not connected then, or its \"match\" is wrong.")
		}
	}
}

// distinct are the sessions of all observations. One that several saw is one:
// only what a client can be matched by and its transport count.
func distinct(observations []Observation) []Session {
	type key struct {
		username, database, application, address string
		hidden, ssl                              bool
	}
	var all []Session
	known := map[key]int{}
	for _, o := range observations {
		for _, s := range o.Sessions {
			if s.First.IsZero() {
				s.First = o.From
			}
			if s.Last.IsZero() {
				s.Last = o.To
			}
			k := key{s.Username, s.Database, s.ApplicationName, s.ClientAddr, s.SSL == nil, s.SSL != nil && *s.SSL}
			i, is := known[k]
			if !is {
				known[k] = len(all)
				all = append(all, s)
				continue
			}
			all[i].First, all[i].Last = earlier(all[i].First, s.First), later(all[i].Last, s.Last)
		}
	}
	return all
}

// earlier is the earlier of two times, of which zero is not known.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// looked says what looked, and for how long: "sslready_connection_log (3 days)".
// The span is rounded: a finding must not change with every look.
func looked(observations []Observation) string {
	const shown = 5
	var all []string
	for _, o := range observations[:min(len(observations), shown)] {
		span := "unknown period"
		if !o.From.IsZero() && !o.To.IsZero() {
			span = roughly(o.To.Sub(o.From))
		}
		if !o.Complete {
			span += ", incomplete"
		}
		all = append(all, cmp.Or(o.Source, "an unnamed source")+" ("+span+")")
	}
	if more := len(observations) - shown; more > 0 {
		all = append(all, fmt.Sprintf("%d more", more))
	}
	return cmp.Or(strings.Join(all, ", "), "nothing")
}

// roughly is a duration in words.
func roughly(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return "less than 2 minutes"
	case d < 90*time.Minute:
		return fmt.Sprintf("%d minutes", int(d.Round(time.Minute).Minutes()))
	case d < 47*time.Hour+30*time.Minute:
		return fmt.Sprintf("%d hours", int(d.Round(time.Hour).Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Round(24*time.Hour).Hours()/24))
	}
}

// String names an observation by its source and span.
func (o Observation) String() string {
	text := "The observation by " + cmp.Or(o.Source, "an unnamed source")
	if !o.From.IsZero() {
		text += " from " + o.From.UTC().Format(time.RFC3339)
	}
	if !o.To.IsZero() {
		text += " to " + o.To.UTC().Format(time.RFC3339)
	}
	return text
}

// String describes a session without guessing what was not visible.
func (s Session) String() string {
	parts := make([]string, 0, 4)
	for _, part := range []struct{ name, value string }{
		{"user", s.Username}, {"database", s.Database}, {"application", s.ApplicationName}, {"address", s.ClientAddr},
	} {
		if part.value != "" {
			parts = append(parts, part.name+" "+policy.Quoted(part.value))
		}
	}
	kind := "TLS session"
	if s.SSL == nil {
		kind = "session"
		parts = append(parts, "TLS status unknown")
	} else if !*s.SSL {
		kind = "plaintext session"
	}
	if len(parts) == 0 {
		return "An observed " + kind
	}
	return "The observed " + kind + " (" + strings.Join(parts, ", ") + ")"
}

func (m Match) empty() bool {
	return m.Usernames == nil && m.Databases == nil && m.ApplicationNames == nil && m.ClientCIDRs == nil
}

// accepts says whether the session is the client's: every kind that is given
// must hold one of its values.
func (m Match) accepts(s Session) bool {
	if m.empty() {
		return false
	}
	given := func(values []string, value string) bool { return values == nil || slices.Contains(values, value) }
	return given(m.Usernames, s.Username) && given(m.Databases, s.Database) &&
		given(m.ApplicationNames, s.ApplicationName) && m.acceptsAddress(s.ClientAddr)
}

func (m Match) acceptsAddress(address string) bool {
	if m.ClientCIDRs == nil {
		return true
	}
	addr, is := addressOf(address)
	return is && slices.ContainsFunc(m.ClientCIDRs, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// addressOf reads an address, without its zone, which no prefix has. It is
// false for a host's name.
func addressOf(text string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(text)
	return addr.WithZone("").Unmap(), err == nil
}
