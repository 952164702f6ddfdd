package rdsca

import "time"

// AutomaticRenewal returns when RDS replaces a server certificate by itself,
// under the same root: at half its life, in the maintenance window that comes
// then.
//
// Source: AWS, "Using SSL/TLS to encrypt a connection to a DB instance or
// cluster", automatic server certificate rotation. Not observed.
func AutomaticRenewal(notBefore, notAfter time.Time) time.Time {
	return notBefore.Add(notAfter.Sub(notBefore) / 2)
}
