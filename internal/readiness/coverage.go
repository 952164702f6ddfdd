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

// coverage compares the observed sessions with the declared clients.
//
// A session that may be on TLS and that no client matches is undeclared;
// plaintext sessions are not touched by a switch of the CA. An observation that
// is not complete leaves open who else is there, which weighs the same.
func coverage(in Input) []Finding {
	if in.Observations == nil {
		return nil
	}
	severity := Blocking
	if in.WarnUndeclared {
		severity = Warning
	}
	var findings []Finding
	seen := make(map[string]bool, len(in.Clients))
	index := newMatchIndex(in.Clients)
	for _, o := range in.Observations {
		if !o.Complete {
			findings = append(findings, Finding{
				Severity: severity, Code: FindingIncomplete,
				Detail: fmt.Sprintf("%s is not complete: %s Clients that it missed may be undeclared.", o, sentence(cmp.Or(o.Why, "its source does not say why"))),
			})
		}
	}
	sessions := distinct(in.Observations)
	if len(sessions) == 0 {
		findings = append(findings, Finding{
			Severity: Warning, Code: FindingNoSession,
			Detail: "No session was observed, which does not prove that nobody connects: look for longer.",
		})
	}
	for _, session := range sessions {
		found := index.find(session)
		for _, c := range found {
			seen[c.Name] = true
		}
		onTLS := session.SSL == nil || *session.SSL
		switch {
		case len(found) == 0 && onTLS:
			findings = append(findings, Finding{
				Severity: severity, Code: FindingUndeclared,
				Detail: fmt.Sprintf("%s matches no declared client. Declare it, or widen the match of the client that it is.", session),
			})
		case len(found) > 1:
			findings = append(findings, Finding{
				Severity: Warning, Code: FindingMatchedTwice,
				Detail: fmt.Sprintf("%s is matched by %s.", session, namesOf(found)),
			})
		}
	}
	for _, c := range in.Clients {
		if !seen[c.Name] && !c.Match.empty() {
			findings = append(findings, Finding{
				Severity: Info, Code: FindingNeverSeen, Client: c.Name,
				Detail: "No observed session is this client: it was not connected then, or its match is wrong.",
			})
		}
	}
	return findings
}

// namesOf lists a few of the clients.
func namesOf(clients []*Client) string {
	const shown = 5
	names := make([]string, 0, shown)
	for _, c := range clients[:min(len(clients), shown)] {
		names = append(names, c.Name)
	}
	text := strings.Join(names, ", ")
	if more := len(clients) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// distinct are the sessions of all observations. One that several saw is one:
// only what a client can be matched by and its transport count.
func distinct(observations []Observation) []Session {
	type key struct {
		username, database, application, address string
		hidden, ssl                              bool
	}
	var all []Session
	known := map[key]bool{}
	for _, o := range observations {
		for _, s := range o.Sessions {
			k := key{s.Username, s.Database, s.ApplicationName, s.ClientAddr, s.SSL == nil, s.SSL != nil && *s.SSL}
			if !known[k] {
				known[k] = true
				all = append(all, s)
			}
		}
	}
	return all
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
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(m.ClientCIDRs, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
}
