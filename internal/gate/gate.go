// Package gate decides which CA a DB instance should have now: the target
// where every client is ready for it, else the one that it has.
package gate

import "fmt"

// State is what a gate does with the switch. Its zero value is Refused: what
// was not decided does not pass.
type State uint8

// The states.
const (
	// Refused: somebody is not ready, and the plan ends in an error.
	Refused State = iota
	// LetThrough: nothing blocks the switch.
	LetThrough
	// Arrived: somebody is not ready, and the DB instance is on the target
	// already, so that there is nothing to hold back.
	Arrived
	// Passed: somebody is not ready, and the gate has let the DB instance
	// through before, so that to hold it would be to move it back.
	Passed
	// Held: somebody is not ready, and the DB instance stays where it is.
	Held
	// Waiting: as Held, but the switch waits for the maintenance window
	// already, and RDS makes it there whatever the gate says.
	Waiting
)

// Instance is what RDS says of a DB instance. The zero value is one that does
// not exist, or that RDS was not asked about.
type Instance struct {
	// CA is the identifier of its present CA, empty if not known.
	CA string
	// PendingCA waits for the maintenance window; empty if none does.
	PendingCA string
}

// Last is what the gate said last.
type Last struct {
	// Target is the CA that it judged for, CA what it gave the DB instance,
	// empty if nothing.
	Target, CA string
	// Given is the present CA that the user gave by hand then, empty if none.
	Given string
}

// Input is everything that a decision depends on.
type Input struct {
	// Target is the identifier of the CA to switch to.
	Target string
	// Ready says whether nothing blocks the switch.
	Ready bool
	// Hold keeps the DB instance where it is instead of refusing the plan.
	Hold bool
	// Instance is RDS's word. Where it has a CA, nobody else is asked.
	Instance Instance
	// Asked: RDS was asked. Where it has no such DB instance, that is not on
	// the target, whatever the user gave.
	Asked bool
	// Given is the present CA that the user gave by hand, empty if none.
	Given string
	// Last is what the gate said last; nil if nothing yet.
	Last *Last
	// Found is Ready as the refresh before the plan found it; nil where that is
	// not known.
	Found *bool
}

// Decision is what becomes of the DB instance.
type Decision struct {
	State State
	// CA is what the DB instance should have now. Empty leaves it to RDS: one
	// that exists keeps its CA, and a new one gets RDS's default.
	CA string
	// ByHand: that the DB instance has CA is the user's word alone.
	ByHand bool
}

// Decide says which CA the DB instance should have now.
//
// Terraform plans again in the apply, from the same refresh, and refuses another
// answer than that of the plan which it carries out. So what the refresh found
// is the answer of both, unless what is found now ends the plan in an error, or
// leaves the DB instance on the target all the same. The apply then judges once
// more, and Contradiction holds the plan to that.
func Decide(in Input) Decision {
	now := in.decide()
	if in.Found == nil || now.State == Refused || now.State == Passed {
		return now
	}
	in.Ready = *in.Found
	if then := in.decide(); then.State != Refused {
		return then
	}
	return now
}

// decide decides by what is found now.
//
// What the gate has let through stays: it never moves a DB instance back. So a
// present CA that was given by hand and not brought up to date after a switch
// is not taken for what the DB instance has.
func (in Input) decide() Decision {
	switch {
	case in.Ready:
		return Decision{State: LetThrough, CA: in.Target}
	case in.arrived():
		return Decision{State: Arrived, CA: in.Target}
	case !in.Hold:
		return Decision{State: Refused, CA: in.present()}
	case in.Instance.CA != "" && in.Instance.PendingCA == in.Target:
		return Decision{State: Waiting, CA: in.Instance.CA}
	case in.Instance.CA == "" && in.Last != nil && in.Last.CA == in.Target:
		return Decision{State: Passed, CA: in.Target}
	default:
		ca := in.present()
		return Decision{State: Held, CA: ca, ByHand: ca != "" && in.Instance.CA == "" && (in.Last == nil || in.Last.CA != ca)}
	}
}

// arrived says whether the DB instance has the target, and no other CA waits.
func (in Input) arrived() bool {
	if in.Instance.CA == "" {
		return !in.Asked && in.Given != "" && in.Given == in.Target
	}
	return in.Instance.CA == in.Target && (in.Instance.PendingCA == "" || in.Instance.PendingCA == in.Target)
}

// present is the CA that the DB instance has, by the newest word: RDS's, else
// what the gate gave it last, unless the user has given another one since.
func (in Input) present() string {
	switch {
	case in.Instance.CA != "":
		return in.Instance.CA
	case in.Last != nil && in.Last.CA != "" && in.Last.Given == in.Given:
		return in.Last.CA
	default:
		return in.Given
	}
}

// Ready says whether nothing blocks the switch.
func (d Decision) Ready() bool { return d.State == LetThrough }

// Blocks says whether those who are not ready end the plan in an error.
func (d Decision) Blocks() bool { return d.State == Refused }

// Title names the decision in a few words, for those who are not ready.
func (d Decision) Title() string {
	switch d.State {
	case Held, Waiting:
		return "CA Switch Held Back"
	case Passed:
		return "CA Switch Not Held Back"
	case Arrived:
		return "Not Ready for the Current CA"
	case Refused, LetThrough:
		return "Findings Before the CA Switch"
	}
	return ""
}

// Explanation says what a decision comes to for the DB instance; empty where
// it needs no words.
func (d Decision) Explanation(target string) string {
	switch d.State {
	case Held:
		if d.CA == "" {
			return "As long as something blocks the switch, ca_cert_identifier stays null: an existing DB instance keeps its CA, and a new one gets the RDS default. Once nothing blocks the switch any more, it happens automatically."
		}
		if d.ByHand {
			return "The DB instance keeps " + d.CA + " (from current_ca_cert_identifier) until nothing blocks the switch, and then switches automatically. If the DB instance is on another CA by now, this plan moves it back: correct current_ca_cert_identifier, or set db_instance_identifier so that the provider asks RDS."
		}
		return "The DB instance stays on " + d.CA + " until nothing blocks the switch, and then switches automatically."
	case Waiting:
		return fmt.Sprintf("A switch to %s is already scheduled for the maintenance window, and RDS will carry it out regardless of this gate. To keep the DB instance on %s, change its CA back with the AWS CLI before the window.", target, d.CA)
	case Passed:
		return fmt.Sprintf("An earlier run switched the DB instance to %s, and the gate never moves it back. The clients listed here may be cut off now, or when the switch takes effect. Fix them, or switch the DB instance back with the AWS CLI.", target)
	case Arrived:
		return fmt.Sprintf("The DB instance is already on %s, so there is nothing to hold back. The clients listed here may be cut off now.", target)
	case Refused, LetThrough:
	}
	return ""
}

// Contradiction says why a decision, made in the apply, cannot be carried out
// under a plan that promised something else; empty where it can. on is the CA
// that RDS says the DB instance has, empty if not known.
//
// A plan that holds the DB instance back is carried out even where everybody is
// ready by now: the next plan lets it through.
func (d Decision) Contradiction(on, target string, planned Promise) string {
	switch {
	case planned.Ready != nil && *planned.Ready && d.State != LetThrough:
		return fmt.Sprintf("The plan lets the DB instance switch to %s, but now something blocks the switch.", target)
	case planned.CA == nil || *planned.CA == d.CA:
		return ""
	case d.State == Arrived || on == target:
		return fmt.Sprintf("The plan keeps the DB instance on %s, but it is on %s by now, so the plan would move it back.", orDefault(*planned.CA), target)
	case d.State != LetThrough:
		return fmt.Sprintf("The plan puts the DB instance on %s, but the gate would now put it on %s.", orDefault(*planned.CA), orDefault(d.CA))
	}
	return ""
}

// Late says what a plan that holds the DB instance back does not know yet: that
// nothing blocks the switch any more. It is empty where the plan was right.
func (d Decision) Late(target string, planned Promise) string {
	switch {
	case planned.Ready == nil || *planned.Ready || planned.CA == nil || d.State != LetThrough:
		return ""
	case *planned.CA == target:
		return "Nothing blocks the switch to " + target + " any more. The next plan will show this."
	default:
		return fmt.Sprintf("Nothing blocks the switch to %s any more. This apply still follows its plan and leaves the DB instance on %s. The next plan and apply make the switch.", target, orDefault(*planned.CA))
	}
}

func orDefault(ca string) string {
	if ca == "" {
		return "RDS's default CA"
	}
	return ca
}
