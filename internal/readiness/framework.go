package readiness

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// Framework is what a client's framework makes of its configuration, beside the
// settings that it hands to the driver.
type Framework struct {
	// Name of the framework, for messages.
	Name string
	// Unread are the settings that it drops without a word, by name.
	Unread map[string]string
	// StartError is the text with which it refuses its settings, the constant
	// part; empty where it starts.
	StartError string
	// Undecided says in words why it is not known what it hands on; empty where
	// it is.
	Undecided string
	// Alternatives are all the settings that it can hand on, where something
	// that was not declared decides; empty is those of the client alone.
	Alternatives []FrameworkAlternative
}

// FrameworkAlternative is what a framework hands on under a condition.
type FrameworkAlternative struct {
	// When is the condition in words.
	When string
	// Settings are what the driver gets then.
	Settings policy.Settings
	// StartError and Undecided are as in [Framework].
	StartError, Undecided string
}

// Resolved is the client with its policy worked out, for those who judge it
// against several CAs. Its settings do not change after that.
func (c Client) Resolved() Client {
	resolved := c.Policy()
	c.resolved = &resolved
	return c
}

// Policy is what the client's driver does with what it gets.
func (c Client) Policy() policy.Policy {
	if c.resolved != nil {
		return *c.resolved
	}
	f := c.Framework
	if f == nil {
		return c.resolve(c.Settings)
	}
	if len(f.Alternatives) == 0 {
		return c.handed(c.Settings, f.StartError, f.Undecided)
	}
	all := policy.Policy{}
	for _, a := range f.Alternatives {
		all.Alternatives = append(all.Alternatives, policy.Alternative{If: a.When, Policy: c.handed(a.Settings, a.StartError, a.Undecided)})
	}
	all.Undecided = fmt.Sprintf("what %s passes to the driver depends on something that is not declared", f.Name)
	return all
}

// handed is the policy of a client with what its framework hands on.
func (c Client) handed(settings policy.Settings, startError, undecided string) policy.Policy {
	f := c.Framework
	switch {
	case undecided != "":
		return policy.Policy{Undecided: undecided}
	case startError != "":
		return policy.Policy{Rejection: &policy.Rejection{
			Reason: string(FrameworkNotStarting), Client: startError, Detail: f.Name + " refuses these settings and does not start",
		}}
	}
	if settings.StorePlace != "" && settings.StorePlace != policy.PlaceAuto {
		return c.resolve(settings)
	}
	resolved := c.resolve(settings)
	unnamed := func(p policy.Policy) bool { return p.Anchors.Source == policy.Declared && p.Anchors.Path == "" }
	if f.dropsStore() && slices.ContainsFunc(resolved.Possible(), unnamed) {
		settings.StoreDeclared = false // It lies where the dropped setting says, and there nobody looks.
		return driver.Resolve(settings)
	}
	return resolved
}

// dropsStore says whether a setting that names a file of certificates is
// dropped.
func (f Framework) dropsStore() bool {
	for _, value := range f.Unread {
		if policy.NamesCertificates(value) {
			return true
		}
	}
	return false
}

// unread returns the findings about settings that the framework or the driver
// drops, and whether one of them could have changed the verdict.
func (c Client) unread(p policy.Policy) (findings []Finding, decisive []string) {
	drop := func(who, name, meant string, decides bool) {
		severity := Info
		if decides {
			severity, decisive = Warning, append(decisive, name)
		}
		detail := fmt.Sprintf("%s silently drops the setting %s. Remove it, or write it where %s reads it.", who, name, who)
		if meant != "" {
			detail += " Did you mean " + meant + "?"
		}
		findings = append(findings, Finding{Severity: severity, Code: FindingSettingNotRead, Client: c.Name, Detail: detail})
	}
	if c.Framework != nil {
		for _, name := range slices.Sorted(maps.Keys(c.Framework.Unread)) {
			drop(c.Framework.Name, name, "", policy.ConcernsTransport(name, c.Framework.Unread[name]))
		}
	}
	for _, u := range p.Unread {
		drop(c.Settings.Driver, u.Name, u.Meant, u.Decides)
	}
	return findings, decisive
}

// withoutUnread is a verdict where settings were dropped that could have changed
// it: one that would let the switch pass is not decided.
func withoutUnread(v Verdict, c Client, decisive []string) Verdict {
	if len(decisive) == 0 || v.Outcome.blocks(true) {
		return v
	}
	who := c.Settings.Driver
	if c.Framework != nil {
		who = c.Framework.Name
	}
	return Verdict{
		Reason: SettingNotRead, Validator: v.Validator,
		Detail: fmt.Sprintf("%s silently drops %s. As deployed, the client %s, but its settings probably intend something else.", who, strings.Join(decisive, ", "), outcomeVerb(v.Outcome)),
	}
}

// outcomeVerb says what becomes of a connection, after "the client".
func outcomeVerb(o Outcome) string {
	switch o {
	case ConnectsUnverified:
		return "connects without verifying anything"
	case Plaintext:
		return "connects in plaintext"
	case Downgrades:
		return "falls back to plaintext"
	case Connects, Fails, Indeterminate:
	}
	return o.String()
}
