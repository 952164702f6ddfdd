package readiness

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// Severity is how much a finding weighs.
type Severity string

// The severities. Only Blocking blocks a switch.
const (
	Blocking Severity = "error"
	Warning  Severity = "warning"
	Info     Severity = "info"
)

// Severities lists the names, for descriptions.
func Severities() []string { return []string{string(Blocking), string(Warning), string(Info)} }

// Finding is something that the owner of the DB instance should know.
type Finding struct {
	Severity Severity
	Code     string // stable, snake_case
	Client   string // the client's name; empty when it concerns none
	Detail   string
}

// sortFindings puts the most severe first, then by client and code.
func sortFindings(findings []Finding) {
	rank := map[Severity]int{Blocking: 0, Warning: 1, Info: 2}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(rank[a.Severity], rank[b.Severity]),
			cmp.Compare(a.Client, b.Client),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Detail, b.Detail),
		)
	})
}

// notes gives the findings about a client that do not stand against the
// switch, whatever its verdict.
func (e *evaluation) notes(c Client, p policy.Policy, v ClientVerdict) []Finding {
	var findings []Finding
	note := func(severity Severity, code, detail string) {
		findings = append(findings, Finding{Severity: severity, Code: code, Client: c.Name, Detail: detail})
	}
	switch v.Target.Outcome {
	case Plaintext:
		note(Warning, FindingPlaintext, "This client does not use TLS: a switch cannot break it, but nothing protects its data.")
	case ConnectsUnverified:
		note(Info, FindingUnverified, "This client does not verify the server: a switch cannot break it, but an impostor can fool it.")
	case Indeterminate:
		if e.in.WarnIndeterminate {
			note(Warning, string(v.Target.Reason), "The client cannot be judged, and passes only because of on_indeterminate. "+v.Target.Detail)
		}
	case Connects, Downgrades, Fails:
	}
	if v.Target.Outcome.blocks(false) && v.Current.Outcome == v.Target.Outcome {
		note(Warning, FindingAlreadyFailing, "This client already "+outcomeVerb(v.Current.Outcome)+" under the current CA.")
	}
	if v.Target.anchor != nil {
		e.anchorNotes(v.Target.anchor, note)
	}
	for _, problem := range e.storeProblems(c, p) {
		note(Warning, problem.Code, Sentence(problem.Detail))
	}
	return findings
}

// anchorNotes tells of an anchor that will not last.
func (e *evaluation) anchorNotes(c *x509.Certificate, note func(severity Severity, code, detail string)) {
	if end := e.in.At.Add(e.in.MinimumValidity); e.in.MinimumValidity > 0 && c.NotAfter.Before(end) {
		note(Warning, FindingAnchorExpires, fmt.Sprintf("The trust anchor %s expires on %s, sooner than minimum_validity allows.", c.Subject, c.NotAfter.UTC().Format(time.DateOnly)))
	}
	if selfSigned(c) {
		return
	}
	code, what, breaks := FindingPinnedCA, "a subordinate CA", "may break"
	if !c.IsCA {
		code, what, breaks = FindingPinnedServer, "a server certificate", "will break"
	}
	note(Warning, code, fmt.Sprintf("The client trusts %s (%s) instead of the root, so it %s at the next renewal of the server certificate%s, even without a switch of the CA. Put only the root into the trust store.",
		what, c.Subject, breaks, renewal(e.in.Target.leaf())))
}

// renewal says when RDS renews a server certificate by itself.
func renewal(leaf *x509.Certificate) string {
	if leaf == nil {
		return ""
	}
	due := rdsca.AutomaticRenewal(leaf.NotBefore, leaf.NotAfter)
	return ", due around " + due.UTC().Format(time.DateOnly)
}

// storeProblems gives what the client's own reader dropped from its store.
func (e *evaluation) storeProblems(c Client, p policy.Policy) []truststore.Problem {
	if c.Store.Unavailable != "" || !c.Settings.StoreDeclared {
		return nil
	}
	all := p.Possible()
	p = all[len(all)-1] // the newest
	if p.Undecided != "" || p.Rejection != nil || p.Anchors.Source != policy.Declared || !p.ReadsStore() {
		return nil
	}
	return e.declared(c, p.Anchors).taken.Problems
}
