package readiness

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// maxRefusedFindings bounds the findings about refusals: scanners come from
// everywhere.
const maxRefusedFindings = 200

// refusedGroup is the refusals of the same clients for the same reason.
type refusedGroup struct {
	clients   []string // that it may be; none is known for nobody
	how       string   // it ended
	addresses []string
	count     int64
	first     time.Time
	last      time.Time
}

// refused has a finding for each group of clients that the server certificate
// kept from connecting.
func (c *covering) refused(verdicts map[string]ClientVerdict) []Finding {
	groups := c.refusedGroups()
	findings := make([]Finding, 0, min(len(groups), maxRefusedFindings+1))
	for _, g := range groups[:min(len(groups), maxRefusedFindings)] {
		findings = append(findings, g.finding(c.in, verdicts))
	}
	if more := len(groups) - maxRefusedFindings; more > 0 {
		findings = append(findings, Finding{Severity: Warning, Code: c.in.refusedCode(), Detail: fmt.Sprintf("Other TLS handshakes also failed because of the server certificate, but are not listed separately. Groups of handshakes left out: %d.", more)})
	}
	return findings
}

// refusedGroups puts refusals together, the latest first.
func (c *covering) refusedGroups() []*refusedGroup {
	type key struct{ clients, how string }
	groups := map[key]*refusedGroup{}
	networks := c.networks()
	for _, o := range c.in.Observations {
		for _, r := range o.Refused {
			if !r.CutOff {
				continue
			}
			clients := c.refusable(networks, r.Address)
			k := key{strings.Join(clients, "\x00"), r.how()}
			g := groups[k]
			if g == nil {
				g = &refusedGroup{clients: clients, how: k.how}
				groups[k] = g
			}
			g.addresses = append(g.addresses, cmp.Or(r.Address, "an unknown address"))
			g.count += r.Handshakes
			g.first, g.last = earlier(g.first, r.First), later(g.last, r.Last)
		}
	}
	return slices.SortedFunc(maps.Values(groups), func(a, b *refusedGroup) int {
		return cmp.Or(b.last.Compare(a.last), slices.Compare(a.clients, b.clients), cmp.Compare(a.how, b.how))
	})
}

// how says in words how a handshake ended.
func (r Refusal) how() string {
	how := cmp.Or(r.Meaning, "reason unknown")
	if r.Alert != "" {
		how += " (alert " + r.Alert + ")"
	}
	return how
}

// networks finds clients by the addresses of their match alone.
func (c *covering) networks() matchIndex {
	var clients []Client
	for _, client := range c.in.Clients {
		if len(client.Match.ClientCIDRs) > 0 {
			clients = append(clients, Client{Name: client.Name, Match: Match{ClientCIDRs: client.Match.ClientCIDRs}})
		}
	}
	return newMatchIndex(clients)
}

// refusable are the clients that may be behind an address: those whose match
// has its network, and those that were seen there.
func (c *covering) refusable(networks matchIndex, address string) []string {
	names := maps.Clone(c.at[address])
	if names == nil {
		names = map[string]bool{}
	}
	for _, client := range networks.find(Session{ClientAddr: address}) {
		names[client.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// refusedCode says whether the DB instance has been switched.
func (in Input) refusedCode() FindingCode {
	if in.switched() {
		return FindingRefusedSince
	}
	return FindingRefused
}

func (in Input) switched() bool {
	return in.Current.CAIdentifier != "" && in.Current.CAIdentifier == in.Target.CAIdentifier
}

// finding says who was refused, when, from where, what that means, and what to
// do. It names a client where there is one that it can be.
func (g *refusedGroup) finding(in Input, verdicts map[string]ClientVerdict) Finding {
	f := Finding{Severity: Warning, Code: in.refusedCode()}
	var b strings.Builder
	suspect, others := g.suspect(in, verdicts)
	switch {
	case suspect != "":
		f.Client = suspect
		b.WriteString("This client's TLS handshake")
	case len(g.clients) == 0:
		b.WriteString("The TLS handshake of an undeclared client")
	default:
		b.WriteString("The TLS handshake of a client")
	}
	fmt.Fprintf(&b, " from %s failed%s: %s.", g.from(), g.when(), g.how)
	switch ca := in.Current.CAIdentifier; {
	case in.switched():
		fmt.Fprintf(&b, " The DB instance is on %s now: if the handshake failed after the switch, the switch has cut the client off.", ca)
	case ca != "":
		fmt.Fprintf(&b, " The DB instance is still on %s, so a switch is not the cause.", ca)
	}
	switch {
	case suspect == "" && len(g.clients) > 0:
		fmt.Fprintf(&b, " The client is one of these, which share the address: %s.", few(g.clients))
	case len(others) > 0:
		fmt.Fprintf(&b, " This client shares the address with %s, but according to the declarations, only this client fails.", few(others))
	}
	b.WriteString(g.contradiction(in, verdicts))
	if len(g.clients) == 0 {
		b.WriteString(" Find out which client it is, and declare it with match.client_cidrs.")
	}
	do := " Make sure that the client's trust store contains both the current root and the root of %s."
	if in.switched() {
		do = " Add the root of %s to the client's trust store, or switch the DB instance back until that is done."
	}
	fmt.Fprintf(&b, do, cmp.Or(in.Target.CAIdentifier, "the target CA"))
	f.Detail = b.String()
	return f
}

// suspect is the client that it must have been: the only one at the address, or
// the only one there that fails by its verdict, and then the others.
func (g *refusedGroup) suspect(in Input, verdicts map[string]ClientVerdict) (name string, others []string) {
	if len(g.clients) == 1 {
		return g.clients[0], nil
	}
	for _, client := range g.clients {
		switch in.verdictNow(verdicts[client]).Outcome {
		case Fails, Downgrades:
			if name != "" {
				return "", nil
			}
			name = client
		case Indeterminate:
			return "", nil
		case Connects, ConnectsUnverified, Plaintext:
			others = append(others, client)
		}
	}
	return name, others
}

// verdictNow is the verdict under the CA that the DB instance is on.
func (in Input) verdictNow(v ClientVerdict) Verdict {
	if in.switched() {
		return v.Target
	}
	return v.Current
}

// few lists a few names.
func few(names []string) string {
	const shown = 5
	text := strings.Join(names[:min(len(names), shown)], ", ")
	if more := len(names) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func (g *refusedGroup) from() string {
	slices.Sort(g.addresses)
	return few(slices.Compact(g.addresses))
}

func (g *refusedGroup) when() string {
	text := ""
	if g.count > 1 {
		text = fmt.Sprintf(" %d times", g.count)
	}
	switch {
	case g.last.IsZero():
		return text
	case g.first.IsZero() || g.first.Equal(g.last):
		return text + " at " + g.last.UTC().Format(time.RFC3339)
	}
	return text + " between " + g.first.UTC().Format(time.RFC3339) + " and " + g.last.UTC().Format(time.RFC3339)
}

// contradiction says that a verdict and the log do not agree: then what is
// declared is not what is deployed.
func (g *refusedGroup) contradiction(in Input, verdicts map[string]ClientVerdict) string {
	if len(g.clients) != 1 {
		return ""
	}
	v := in.verdictNow(verdicts[g.clients[0]])
	if v.Outcome != Connects && v.Outcome != ConnectsUnverified {
		return ""
	}
	return fmt.Sprintf(" As declared, the client %s, so either the declaration does not match what is deployed, or another client uses the same address.", outcomeVerb(v.Outcome))
}
