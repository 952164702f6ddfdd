package certpath

import "fmt"

// The most that one verification does before it gives up, whatever it was
// given. RDS presents three certificates, and its whole bundle has 108 roots.
const (
	maxSteps  = 20_000
	maxOctets = 4 << 20 // of all certificates, presented and in the store
)

// budget counts the steps of a search.
type budget struct{ steps int }

// step takes one step and reports whether it may be taken.
func (b *budget) step() bool {
	b.steps++
	return b.steps <= maxSteps
}

func (b *budget) spent() bool { return b.steps > maxSteps }

// result is what is said where the steps did not suffice.
func (b *budget) result() Result {
	return Result{Reason: SearchLimit, Detail: fmt.Sprintf("the search for a path ended undecided after %d steps: too many certificates have the same name", maxSteps)}
}

// tooLarge reports more octets than are looked at.
func tooLarge(sets ...[]*certificate) bool {
	octets := 0
	for _, set := range sets {
		for _, c := range set {
			octets += len(c.Raw)
		}
	}
	return octets > maxOctets
}
