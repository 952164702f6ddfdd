package certpath

// MaxWork is the budget of one verification, in steps.
const MaxWork = maxWork

// Work is how many steps the last verification took.
func (v *Verifier) Work() int { return v.work }
