package rdsca

import (
	"slices"
	"time"
)

// AutomaticRenewal returns when RDS replaces a server certificate by itself,
// under the same root: at half its life, in the maintenance window that comes
// then.
//
// Source: AWS, "Using SSL/TLS to encrypt a connection to a DB instance or
// cluster", automatic server certificate rotation. Not observed.
func AutomaticRenewal(notBefore, notAfter time.Time) time.Time {
	return notBefore.Add(notAfter.Sub(notBefore) / 2)
}

// The lives of server certificates, in months: short where the server takes a
// new one while it runs, long where it has to be restarted for it.
const (
	shortLife = 12
	longLife  = 36
)

// ExpectedRenewal is AutomaticRenewal of a server certificate of which only
// the CA and the end are known, as RDS reports them. A certificate that ends
// later than a short life after at has a long one, whatever the engine version
// has learned since it was issued.
//
// It is false where RDS does not renew by itself, which only the CAs of
// [Identifiers] do, where validTill is zero, and where restarts is nil: the
// life is then not known.
//
// Source: as for AutomaticRenewal: 12 months where rotation needs no restart,
// 36 months otherwise.
func ExpectedRenewal(identifier string, validTill time.Time, restarts *bool, at time.Time) (time.Time, bool) {
	if validTill.IsZero() || restarts == nil || !slices.Contains(Identifiers(), identifier) {
		return time.Time{}, false
	}
	life := shortLife
	if *restarts || validTill.After(at.AddDate(0, shortLife, 1)) {
		life = longLife
	}
	return AutomaticRenewal(validTill.AddDate(0, -life, 0), validTill), true
}
