package gate

// Promise is what a plan can say of the DB instance so that its apply comes to
// the same, whatever moves between the two. Terraform plans again in the apply
// and refuses another answer, and a gate that is new shares nothing with that
// second plan: what could come out otherwise is left open.
//
// The zero value promises nothing.
type Promise struct {
	// Ready is Decision.Ready, nil where it is left open.
	Ready *bool
	// CA is Decision.CA, nil where it is left open.
	CA *string
}

// elsewhere is a CA that no DB instance has.
const elsewhere = "another CA"

// Promised is what a plan can promise: the answer in which all agree that the
// apply could come to. An apply that ends in an error needs no promise.
//
// known says whether the plan and its apply decide about the same in.Instance,
// whatever RDS says by then.
func Promised(in Input, known bool) Promise {
	instances := []Instance{in.Instance}
	if in.Asked && !known {
		instances = append(instances, Instance{}, Instance{CA: in.Target}, Instance{CA: elsewhere})
	}
	var promise Promise
	first := true
	for _, in.Instance = range instances {
		for _, in.Ready = range []bool{true, false} {
			d := Decide(in)
			if d.State == Refused {
				continue
			}
			ready, ca := d.Ready(), d.CA
			if first {
				promise, first = Promise{Ready: &ready, CA: &ca}, false
				continue
			}
			if promise.Ready != nil && *promise.Ready != ready {
				promise.Ready = nil
			}
			if promise.CA != nil && *promise.CA != ca {
				promise.CA = nil
			}
		}
	}
	return promise
}

// Explanation says what is left open about the DB instance; empty where nothing
// is.
func (p Promise) Explanation(d Decision, target string) string {
	switch {
	case p.CA != nil:
		return ""
	case d.State == LetThrough:
		return "The gate is new or has changed, so the apply judges the clients again before it decides. The DB instance then gets " + target +
			", unless something blocks the switch by then."
	default:
		return "The gate is new or has changed, so the apply judges the clients again before it decides. If nothing blocks the switch by then, the switch happens in this same apply."
	}
}
