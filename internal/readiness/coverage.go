package readiness

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// coverage compares the observed sessions with the declared clients.
//
// A session that may be on TLS and that no client matches is undeclared;
// plaintext sessions are not touched by a switch of the CA.
func coverage(in Input) []Finding {
	if in.Observed == nil {
		return nil
	}
	severity := Blocking
	if in.WarnUndeclared {
		severity = Warning
	}
	var findings []Finding
	seen := make(map[string]bool, len(in.Clients))
	index := newMatchIndex(in.Clients)
	for _, session := range in.Observed {
		names := index.find(session)
		for _, name := range names {
			seen[name] = true
		}
		onTLS := session.SSL == nil || *session.SSL
		switch {
		case len(names) == 0 && onTLS:
			findings = append(findings, Finding{
				Severity: severity, Code: "undeclared_client",
				Detail: fmt.Sprintf("%s matches no declared client. Declare it, or widen the match of the client that it is.", session),
			})
		case len(names) > 1:
			findings = append(findings, Finding{
				Severity: Warning, Code: "session_matched_twice",
				Detail: fmt.Sprintf("%s is matched by %s.", session, strings.Join(names, ", ")),
			})
		}
	}
	for _, c := range in.Clients {
		if !seen[c.Name] && !c.Match.empty() {
			findings = append(findings, Finding{
				Severity: Info, Code: "client_never_seen", Client: c.Name,
				Detail: "No observed session is this client: it was not connected then, or its match is wrong.",
			})
		}
	}
	return findings
}

// String describes a session without guessing what was not visible.
func (s Session) String() string {
	parts := make([]string, 0, 4)
	for _, part := range []struct{ name, value string }{
		{"user", s.Username}, {"database", s.Database}, {"application", s.ApplicationName}, {"address", s.ClientAddr},
	} {
		if part.value != "" {
			parts = append(parts, fmt.Sprintf("%s %q", part.name, part.value))
		}
	}
	transport := "TLS"
	if s.SSL == nil {
		transport = "possibly TLS (not visible to the role)"
	} else if !*s.SSL {
		transport = "plaintext"
	}
	if len(parts) == 0 {
		return "An observed session on " + transport
	}
	return "The observed session of " + strings.Join(parts, ", ") + " on " + transport
}

func (m Match) empty() bool {
	return len(m.Usernames) == 0 && len(m.Databases) == 0 && len(m.ApplicationNames) == 0 && len(m.ClientCIDRs) == 0
}

// accepts says whether the session is the client's: every kind that is given
// must hold one of its values.
func (m Match) accepts(s Session) bool {
	if m.empty() {
		return false
	}
	given := func(values []string, value string) bool { return len(values) == 0 || slices.Contains(values, value) }
	return given(m.Usernames, s.Username) && given(m.Databases, s.Database) &&
		given(m.ApplicationNames, s.ApplicationName) && m.acceptsAddress(s.ClientAddr)
}

func (m Match) acceptsAddress(address string) bool {
	if len(m.ClientCIDRs) == 0 {
		return true
	}
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(m.ClientCIDRs, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
}

// matchIndex finds clients by user name first, so that many clients and many
// sessions do not cost their product.
type matchIndex struct {
	byUser  map[string][]Client
	anyUser []Client
}

func newMatchIndex(clients []Client) matchIndex {
	index := matchIndex{byUser: map[string][]Client{}}
	for _, c := range clients {
		if len(c.Match.Usernames) == 0 {
			index.anyUser = append(index.anyUser, c)
			continue
		}
		for _, user := range c.Match.Usernames {
			index.byUser[user] = append(index.byUser[user], c)
		}
	}
	return index
}

// find returns the names of the clients that match, sorted.
func (x matchIndex) find(s Session) []string {
	var names []string
	for _, clients := range [][]Client{x.byUser[s.Username], x.anyUser} {
		for _, c := range clients {
			if c.Match.accepts(s) && !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}
