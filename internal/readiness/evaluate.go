package readiness

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// Report is the judgement of all clients.
type Report struct {
	// Ready is true when nothing blocks the switch.
	Ready bool
	// Verdicts by client name.
	Verdicts map[string]ClientVerdict
	// Findings, most severe first, then by client and code.
	Findings []Finding
	// Summary is one line, with the names of a few that are not ready; Counts
	// is the same without names.
	Summary, Counts string
	// TargetRootSHA256 is the fingerprint of the root after the switch;
	// empty when not known.
	TargetRootSHA256 string
	// Coverage compares who was seen with who is declared.
	Coverage Coverage
}

// ClientVerdict is the judgement of one client.
type ClientVerdict struct {
	// Ready is true when the client does not stand against the switch.
	Ready bool
	// Waived is true when it does, but a waiver in force lets it pass.
	Waived bool
	// Current and Target are the outcomes before and after the switch.
	Current, Target Verdict
	// Remedy is one imperative sentence; empty when nothing is to be done.
	Remedy string
}

// Evaluate judges every client of in against the present CA and the target.
//
// It never fails: what cannot be decided is an indeterminate verdict, and a
// Report without clients is not ready, since nothing was checked. Identical
// stores are read once and identical paths verified once in a call.
func Evaluate(in Input) Report {
	e := newEvaluation(in)
	report := Report{Ready: true, Verdicts: make(map[string]ClientVerdict, len(in.Clients))}
	for _, client := range in.Clients {
		verdict, findings := e.client(client)
		report.Verdicts[client.Name] = verdict
		report.Findings = append(report.Findings, findings...)
	}
	var covered []Finding
	report.Coverage, covered = cover(in, report.Verdicts)
	report.Findings = append(append(report.Findings, covered...), in.Notes...)
	if len(in.Clients) == 0 {
		report.Findings = append(report.Findings, Finding{
			Severity: Blocking, Code: FindingNoClients,
			Detail: "No client is declared, so nothing was checked.",
		})
	}
	report.Findings = append(report.Findings, e.engineNotKnown(report)...)
	sortFindings(report.Findings)
	report.Ready = !slices.ContainsFunc(report.Findings, func(f Finding) bool { return f.Severity == Blocking })
	report.TargetRootSHA256 = in.Target.rootSHA256()
	report.Counts, report.Summary = summary(report, in)
	return report
}

// client judges one client and says what is to be told about it.
func (e *evaluation) client(c Client) (ClientVerdict, []Finding) {
	policy := c.Policy()
	unread, decisive := c.unread(policy)
	c.ViaProxy = c.ViaProxy || reachesProxy(policy)
	judge := func(evidence Evidence) Verdict {
		return e.withoutExample(withoutUnread(e.judge(c, policy, evidence), c, decisive), policy)
	}
	verdict := ClientVerdict{Target: judge(e.in.Target)}
	if e.in.Current.known() {
		verdict.Current = judge(e.in.Current)
	} else {
		verdict.Current = Verdict{Reason: PathNotKnown, Detail: "The certificate that the server presents now is not known."}
	}
	verdict.Remedy = remedy(c, policy, verdict.Target, e.in.Target, e.in.Current, e.in.Host)
	findings := append(unread, e.notes(c, policy, verdict)...)

	verdict.Ready = !verdict.Target.Outcome.blocks(!e.in.WarnIndeterminate)
	if !verdict.Ready && c.ViaProxy && verdict.Target.Outcome != Indeterminate {
		verdict.Ready = true
		return verdict, append(findings, Finding{
			Severity: Warning, Code: FindingFailsBehindProxy, Client: c.Name,
			Detail: "Through RDS Proxy, this client " + outcomeVerb(verdict.Target.Outcome) + ", both before and after the switch. The switch does not affect it, since RDS Proxy has its own certificate. " + verdict.Target.Detail,
		})
	}
	var blocking []Finding
	block := func(code FindingCode, detail string) {
		verdict.Ready = false
		blocking = append(blocking, Finding{Severity: Blocking, Code: code, Client: c.Name, Detail: detail})
	}
	if !verdict.Ready {
		block(string(verdict.Target.Reason), blame(verdict))
	}
	if why := c.storeNotRead(policy); why != "" {
		verdict.Remedy = remedyOfUnreadStore(verdict.Target, verdict.Remedy)
		block(FindingStoreNotRead, why)
	}
	if len(blocking) == 0 {
		return verdict, findings
	}
	waiver, present := e.in.Waivers[c.Name]
	switch {
	case present && waiver.Expires.After(e.in.At):
		verdict.Ready, verdict.Waived = true, true
		return verdict, append(findings, Finding{
			Severity: Warning, Code: FindingWaived, Client: c.Name,
			Detail: fmt.Sprintf("Not ready (%s), but waived until %s. The waiver's reason: %s", blocking[len(blocking)-1].Code, waiver.Expires.UTC().Format("2006-01-02"), waiver.Reason),
		})
	case present:
		findings = append(findings, Finding{
			Severity: Warning, Code: FindingWaiverExpired, Client: c.Name,
			Detail: "The waiver has expired and no longer counts. Its reason was: " + waiver.Reason,
		})
	}
	return verdict, append(findings, blocking...)
}

// blame says whether the switch is at fault.
func blame(v ClientVerdict) string {
	switch {
	case v.Target.Outcome == Indeterminate:
		return "The provider cannot tell what this client will do after the switch. " + v.Target.Detail
	case v.Current.Outcome == v.Target.Outcome && v.Current.Reason == v.Target.Reason:
		return "The outcome is the same under the current CA, so the switch is not the cause. As declared, the client is ready neither before nor after the switch. " + v.Target.Detail
	default:
		return v.Target.Detail
	}
}

// rootSHA256 returns the fingerprint of the root that ends the path, or "".
func (e Evidence) rootSHA256() string {
	if e.Presented.RootSHA256 != "" {
		return e.Presented.RootSHA256
	}
	if len(e.Presented.Certificates) > 0 {
		_, sum := RootFingerprints(e.Presented)
		return sum
	}
	if ca, known := rdsca.BySHA1(e.RootSHA1); known {
		return ca.SHA256
	}
	return ""
}

// summary counts all that blocks, and names a few of the clients.
func summary(r Report, in Input) (counts, withNames string) {
	ready, waived := 0, 0
	var blocked []string
	for _, c := range in.Clients {
		switch v := r.Verdicts[c.Name]; {
		case v.Waived:
			waived++
		case v.Ready:
			ready++
		default:
			blocked = append(blocked, c.Name)
		}
	}
	slices.Sort(blocked)
	counts = fmt.Sprintf("Clients ready for %s: %d of %d", cmp.Or(in.Target.CAIdentifier, "the target CA"), ready, len(in.Clients))
	if waived > 0 {
		counts += fmt.Sprintf(", %d waived", waived)
	}
	others := map[string]int{}
	for _, f := range r.Findings {
		if f.Severity == Blocking {
			others[f.Code]++
		}
	}
	if others[FindingUndeclared] > 0 {
		others[FindingUndeclared] = r.Coverage.Undeclared // Not each has a finding of its own.
	}
	for _, other := range []struct{ code, one, many string }{
		{FindingUndeclared, "undeclared session blocks", "undeclared sessions block"},
		{FindingIncomplete, "incomplete observation blocks", "incomplete observations block"},
	} {
		if n := others[other.code]; n > 0 {
			words := other.many
			if n == 1 {
				words = other.one
			}
			counts += fmt.Sprintf("; %d %s the switch", n, words)
		}
	}
	names := counts
	if len(blocked) > 0 {
		names += "; not ready: " + few(blocked)
	}
	return counts + ".", names + "."
}
