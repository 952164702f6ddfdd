package watch

import "time"

// Grace is how long RDS has to report that no switch is under way before that
// is believed: it may take a while to begin what it has accepted. The texts of
// the action and its guide say a minute, too.
const Grace = time.Minute

// Standing is what RDS reports of the CA of a DB instance. The zero value is not
// known.
type Standing struct {
	// CA is the present one, PendingCA the one that is scheduled; empty if none
	// is.
	CA, PendingCA string
	// Settled is true if no change of the DB instance is under way.
	Settled bool
}

// Wait is the state of waiting for a switch.
type Wait struct {
	// Target is the CA that is waited for.
	Target string

	begun bool      // RDS or a handshake has shown the target
	since time.Time // since when each look found no switch; zero if the last one did not
}

// Take takes the next look: what RDS reports, and the CA that the DB instance
// presents, if any. It returns whether the wait is over because there is nothing
// to wait for: each look for a time of Grace found the DB instance at rest on
// another CA, and none has shown the target.
func (w *Wait) Take(s Standing, presents string, at time.Time) (over bool) {
	w.begun = w.begun || s.CA == w.Target || s.PendingCA == w.Target || presents == w.Target
	switch {
	case w.begun || s.CA == "" || !s.Settled:
		w.since = time.Time{}
	case w.since.IsZero():
		w.since = at
	}
	return !w.since.IsZero() && at.Sub(w.since) >= Grace
}
