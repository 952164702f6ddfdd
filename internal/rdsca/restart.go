package rdsca

import "fmt"

// EngineFacts is what decides whether a new server certificate restarts the
// server.
type EngineFacts struct {
	// Engine and Version, such as aurora-postgresql and 16.8.
	Engine, Version string
	// WithoutRestart is SupportsCertificateRotationWithoutRestart of
	// DescribeDBEngineVersions; nil is not known.
	WithoutRestart *bool
	// SupportsBabelfish tells whether clusters of this version may have it.
	SupportsBabelfish bool
	// BabelfishStatus is rds.babelfish_status of the DB cluster parameter
	// group: on, off or datatypesonly; empty is not known.
	BabelfishStatus string
}

// Restart reports whether a new server certificate restarts the server, and
// why, in words without a full stop. restarts is nil, and reason empty or what
// would decide, where that is not known.
//
// Source: AWS, "Rotating your SSL/TLS certificate": the flag of the engine
// version decides; Aurora PostgreSQL clusters with Babelfish are restarted
// all the same. Not observed.
func Restart(facts EngineFacts) (restarts *bool, reason string) {
	name := facts.Engine + " " + facts.Version
	yes, no := true, false
	switch {
	case facts.BabelfishStatus == "on":
		return &yes, "Babelfish is turned on in the cluster, and Babelfish needs a restart to apply a new server certificate"
	case facts.WithoutRestart == nil:
		return nil, ""
	case !*facts.WithoutRestart:
		return &yes, name + " applies a new server certificate only with a restart"
	case facts.SupportsBabelfish && facts.BabelfishStatus == "":
		return nil, fmt.Sprintf("%s applies a new server certificate without a restart, unless Babelfish is turned on in the cluster; the status of Babelfish could not be read", name)
	default:
		return &no, name + " applies a new server certificate without a restart"
	}
}
