package driver

import (
	"regexp"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// unfilled finds what stands for a host in a template or a manual, and can be none:
// what a shell, a program or Terraform would put a value for, the name of a
// variable, a word that says so, and what an empty variable becomes.
var unfilled = regexp.MustCompile(`[<>{}]|\$[\w(]|\w\(|^%\w+%$|^@\w+@$|^\[[A-Za-z_]+\]$|^__\w+__$|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$` +
	`|^(?:process\.env|os\.environ)\b|^ENV\[|^aws_\w+\.|^(?:env|var|local|module|data|each)\.(?:[A-Z]|[\w.]*_)` +
	`|(?i:^(?:host|host[_-]?name|end[_-]?point|place[_-]?holder|redacted|undefined|null|none|nil|nan|n/a|todo|tbd|fixme)$` +
	`|^(?:change|replace|fill)[_-]?(?:me|this)$|^(?:your|some)(?:db)?(?:host|server|endpoint|database|domain)\b|(?:^|\.)your(?:[._-]|$)|^(?:insert|put|your)\b.*[_-]here$|^x{3,}$|(?:^|\.)x{3,}\.)`)

// impossibleHost returns a host of the policy that is a placeholder; empty is none.
func impossibleHost(p policy.Policy) string {
	for _, possible := range p.Possible() {
		if possible.Rejection != nil || possible.Undecided != "" {
			continue
		}
		for _, host := range possible.Hosts {
			if !host.Local && unfilled.MatchString(host.Name) {
				return host.Name
			}
		}
	}
	return ""
}
