package readiness

import (
	"regexp"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// ofManuals finds hosts of the domains that are kept for manuals: nobody's server
// is there.
//
// Source: RFC 2606, 3.
var ofManuals = regexp.MustCompile(`(?i)(?:^|\.)example\.(?:com|net|org)\.?$`)

// withoutExample is a verdict where the settings name a host of a manual: one that
// would let the switch pass is not decided. A host that the server certificate
// holds, or that was given as the server's, is meant.
func (e *evaluation) withoutExample(v Verdict, p policy.Policy) Verdict {
	if v.Outcome.blocks(true) {
		return v
	}
	for _, possible := range p.Possible() {
		for _, host := range possible.Hosts {
			if !host.Local && ofManuals.MatchString(host.Name) && !e.meant(host.Name) {
				open := policy.NotFilledIn(policy.Quoted(host.Name), " for a host")
				return Verdict{Reason: Reason(open.Reason), Detail: Sentence(open.Undecided), Validator: v.Validator}
			}
		}
	}
	return v
}

// meant says whether a name is known to be the server's.
func (e *evaluation) meant(name string) bool {
	if sameName(name, e.in.Host) {
		return true
	}
	for _, evidence := range []Evidence{e.in.Target, e.in.Current} {
		if leaf := evidence.leaf(); leaf != nil && leaf.VerifyHostname(name) == nil {
			return true
		}
	}
	return false
}
