package rdsapi

import (
	"cmp"
	"context"
	"slices"
)

// FleetQuery says which PostgreSQL instances of the Region to read, and what
// of them. The zero value reads all, with what describing them gives.
type FleetQuery struct {
	// Identifiers of DB instances. Empty means all. One that does not exist is
	// an error.
	Identifiers []string
	// Engines such as postgres. Empty means both PostgreSQL engines.
	Engines []string
	// CAIdentifiers of the present server certificates. Empty means any.
	CAIdentifiers []string
	// Tags that an instance must have, with these values. An empty value means
	// any.
	Tags map[string]string
	// ForceSSL, EngineVersions, Babelfish and PendingMaintenance ask for these
	// facts, too.
	ForceSSL, EngineVersions, Babelfish, PendingMaintenance bool
}

// Fleet is the answer to a FleetQuery.
type Fleet struct {
	// Instances in the order of their identifiers.
	Instances []FleetInstance
	// Clusters that any of the instances belongs to, in the order of their
	// identifiers. One that a Gap hides is missing.
	Clusters []FleetCluster
	// Gaps are facts that could not be read; empty if the answer is complete.
	// A gap never makes an instance disappear.
	Gaps []Gap
}

// FleetCluster is a DB cluster with what its members and RDS's list of pending
// maintenance say of it.
type FleetCluster struct {
	DBCluster

	// MemberCAs are the CAs of the members that were seen, by their
	// identifiers, those that the query leaves out included. A member that
	// was not seen, or of which RDS reports no CA, is missing.
	MemberCAs map[string]string
	// Pending are the maintenance actions that wait for the cluster itself;
	// nil if it was not asked for, or a gap hides them; empty if none waits.
	Pending []MaintenanceAction
}

// FleetInstance is a DB instance with the facts that were asked for. In a
// Multi-AZ DB cluster the CA, what waits for it and the maintenance window are
// the cluster's.
type FleetInstance struct {
	DBInstance

	// ForceSSL is nil if it was not asked for, or a gap hides it.
	ForceSSL *ForceSSL
	// EngineVersion is nil if it was not asked for, or a gap hides it.
	EngineVersion *EngineVersion
	// BabelfishStatus is rds.babelfish_status of an Aurora cluster: on, off or
	// datatypesonly; empty if it was not asked for, does not exist, or a gap
	// hides it.
	BabelfishStatus string
	// Pending are the maintenance actions that wait; nil if it was not asked
	// for, or a gap hides them; empty if none waits.
	Pending []MaintenanceAction
}

// Gap is a fact that could not be read of some instances.
type Gap struct {
	// Err is why, such as an AccessDeniedError.
	Err error
	// Instances are the identifiers concerned, sorted.
	Instances []string
}

// Fleet reads many DB instances with as few calls as the API allows: pages of
// 100, and each parameter group, engine version and list once. It starts on
// the parameter groups and engine versions while pages still come.
//
// An error means that the instances themselves could not be listed. Whatever
// else fails is a Gap.
func (r *Reader) Fleet(ctx context.Context, query FleetQuery) (_ Fleet, err error) {
	ctx, done := r.bound(ctx)
	defer done(&err)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	survey := &survey{reader: r, query: query, found: map[string]DBInstance{}, cas: map[string]map[string]string{}}
	if query.PendingMaintenance {
		survey.pending.ask(&survey.wg, struct{}{}, func() (map[string][]MaintenanceAction, error) { return r.allPendingMaintenance(ctx) })
	}
	err = survey.list(ctx)
	if err != nil {
		cancel()
	}
	survey.wg.Wait()
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return Fleet{}, err
	}
	return survey.report(), nil
}

// wantsCA says whether the query is for instances on a CA.
func (q FleetQuery) wantsCA(identifier string) bool {
	return len(q.CAIdentifiers) == 0 || slices.Contains(q.CAIdentifiers, identifier)
}

// wants says whether the query is for an instance. One of a cluster, without a
// CA of its own, is wanted until the cluster has told its CA.
func (q FleetQuery) wants(instance DBInstance) bool {
	engines := q.Engines
	if len(engines) == 0 {
		engines = postgreSQLEngines()
	}
	if !slices.Contains(engines, instance.Engine) {
		return false
	}
	if undecided := instance.CAIdentifier == "" && instance.ClusterIdentifier != ""; !undecided && !q.wantsCA(instance.CAIdentifier) {
		return false
	}
	for key, value := range q.Tags {
		have, tagged := instance.Tags[key]
		if !tagged || (value != "" && have != value) {
			return false
		}
	}
	return true
}
