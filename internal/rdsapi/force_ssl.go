package rdsapi

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Effect says whether the configured value of a parameter is the one that the
// server runs with.
type Effect string

// The effects that RDS's apply statuses amount to.
const (
	// EffectUnknown: RDS gives no status, or one that this package does not
	// know.
	EffectUnknown Effect = "unknown"
	// EffectInForce: every instance concerned is in-sync.
	EffectInForce Effect = "in force"
	// EffectPendingReboot: the parameter group, or some static parameter of it,
	// waits for a reboot, which no maintenance window brings. Whether the
	// server runs with the configured value cannot be told.
	EffectPendingReboot Effect = "pending reboot"
	// EffectPendingUpgrade: the group takes effect with an engine upgrade.
	EffectPendingUpgrade Effect = "pending database upgrade"
	// EffectApplying: the change is under way.
	EffectApplying Effect = "applying"
	// EffectFailed: the group is invalid; the server runs with older values.
	EffectFailed Effect = "failed to apply"
	// EffectNotListed: the group does not list rds.force_ssl, which those of
	// PostgreSQL do, so that nothing is known of its value.
	EffectNotListed Effect = "rds.force_ssl not listed"
	// EffectMixed: the members of a cluster differ.
	EffectMixed Effect = "different among the members of the DB cluster"
)

// effects maps ParameterApplyStatus and DBClusterParameterGroupStatus.
//
// Source: service/rds v1.132.2, types.DBParameterGroupStatus.
var effects = map[string]Effect{
	"in-sync":                  EffectInForce,
	"pending-reboot":           EffectPendingReboot,
	"pending-database-upgrade": EffectPendingUpgrade,
	"applying":                 EffectApplying,
	"failed-to-apply":          EffectFailed,
}

// ForceSSL is rds.force_ssl as RDS has it configured, and how far that is what
// the server does.
type ForceSSL struct {
	// Value is "1" or "0" as the parameter group has it, or empty where the
	// group lists it without one: then RDS's own default for the engine version
	// holds.
	Value string
	// Source is user, system or engine-default; empty if Present is false.
	Source string
	// Present is false if the group lists no such parameter, as for an engine
	// that is not PostgreSQL.
	Present bool
	// ParameterGroupName is the DB parameter group, or for a cluster and its
	// members the DB cluster parameter group.
	ParameterGroupName string
	// ApplyType is dynamic or static; empty if Present is false.
	ApplyType string
	// ParameterApplyStatus is RDS's own word: in-sync, pending-reboot,
	// applying, … For a cluster whose members differ it is empty.
	ParameterApplyStatus string
	// MemberStatuses are the apply statuses by DB instance identifier, for a
	// cluster; nil for an instance.
	MemberStatuses map[string]string
	// Effect is what the apply statuses amount to. Only with EffectInForce is
	// Value, or the default, certainly what the server does.
	Effect Effect
	// PendingReboot is true if any instance concerned waits for a reboot.
	PendingReboot bool
	// Engine and EngineVersion decide the default. The version is the present
	// one, not a pending one.
	Engine, EngineVersion string
	// TLS is what the same group says of the handshake.
	TLS TLSParameters
}

// ForceSSL returns rds.force_ssl of a DB instance, in at most three calls. A
// member of a cluster has it from the DB cluster parameter group, with the
// status of that member.
//
// Errors: ErrDBInstanceNotFound, ErrDBClusterNotFound,
// ErrParameterGroupNotFound, ErrNoParameterGroup and those of every call.
//
// Source: AWS documents rds.force_ssl of Aurora as a cluster parameter.
func (r *Reader) ForceSSL(ctx context.Context, instanceIdentifier string) (_ ForceSSL, err error) {
	ctx, done := r.bound(ctx)
	defer done(&err)
	instance, err := r.DBInstance(ctx, instanceIdentifier)
	if err != nil {
		return ForceSSL{}, err
	}
	return instance.forceSSL(
		func(id string) (DBCluster, error) { return r.DBCluster(ctx, id) },
		func(key groupKey) (groupParameters, error) { return r.parametersOf(ctx, key) },
	)
}

// ClusterForceSSL returns rds.force_ssl of a DB cluster with the statuses of
// all its members. Errors are those of ForceSSL.
func (r *Reader) ClusterForceSSL(ctx context.Context, clusterIdentifier string) (_ ForceSSL, err error) {
	ctx, done := r.bound(ctx)
	defer done(&err)
	cluster, err := r.DBCluster(ctx, clusterIdentifier)
	if err != nil {
		return ForceSSL{}, err
	}
	return cluster.forceSSL(func(key groupKey) (groupParameters, error) { return r.parametersOf(ctx, key) })
}

// forceSSL puts the setting together from the cluster, if the instance belongs
// to one, and the parameter group.
func (i DBInstance) forceSSL(clusterOf func(id string) (DBCluster, error), parametersOf func(groupKey) (groupParameters, error)) (ForceSSL, error) {
	if i.ClusterIdentifier != "" {
		cluster, err := clusterOf(i.ClusterIdentifier)
		if err != nil {
			return ForceSSL{}, err
		}
		setting, err := cluster.forceSSL(parametersOf)
		if err != nil {
			return ForceSSL{}, err
		}
		return setting.ofMember(i), nil
	}
	if len(i.ParameterGroups) == 0 || i.ParameterGroups[0].Name == "" {
		return ForceSSL{}, fmt.Errorf("%w: DB instance %q", ErrNoParameterGroup, i.Identifier)
	}
	group := i.ParameterGroups[0]
	parameters, err := parametersOf(groupKey{name: group.Name})
	if err != nil {
		return ForceSSL{}, err
	}
	setting := parameters.setting(group.Name, i.Engine, i.EngineVersion)
	setting.note(group.ApplyStatus)
	return setting, nil
}

// forceSSL is the setting of a cluster, with the statuses of its members.
func (c DBCluster) forceSSL(parametersOf func(groupKey) (groupParameters, error)) (ForceSSL, error) {
	parameters, err := c.parameters(parametersOf)
	if err != nil {
		return ForceSSL{}, err
	}
	setting := parameters.setting(c.ParameterGroup, c.Engine, c.EngineVersion)
	setting.MemberStatuses = make(map[string]string, len(c.Members))
	for _, member := range c.Members {
		setting.MemberStatuses[strings.ToLower(member.InstanceIdentifier)] = member.ParameterGroupStatus
	}
	statuses := slices.Compact(slices.Sorted(maps.Values(setting.MemberStatuses)))
	switch len(statuses) {
	case 0: // no members yet: nothing is in force anywhere
	case 1:
		setting.note(statuses[0])
	default:
		setting.Effect, setting.PendingReboot = EffectMixed, slices.Contains(statuses, "pending-reboot")
	}
	return setting, nil
}

// parameters are those of the DB cluster parameter group.
func (c DBCluster) parameters(parametersOf func(groupKey) (groupParameters, error)) (groupParameters, error) {
	if c.ParameterGroup == "" {
		return nil, fmt.Errorf("%w: DB cluster %q", ErrNoParameterGroup, c.Identifier)
	}
	return parametersOf(groupKey{cluster: true, name: c.ParameterGroup})
}

// setting is what a group says, whatever its effect.
func (p groupParameters) setting(group, engine, version string) ForceSSL {
	listed, present := p[forceSSLParameter]
	return ForceSSL{
		Value: listed.value, Source: listed.source, Present: present, ParameterGroupName: group,
		ApplyType: listed.applyType, Effect: EffectUnknown, Engine: engine, EngineVersion: version,
		TLS: TLSParameters{MinProtocol: p[minProtocolParameter].value, MaxProtocol: p[maxProtocolParameter].value, Ciphers: p[ciphersParameter].value},
	}
}

// ofMember narrows the setting of a cluster to one of its members. A member
// that the cluster does not list has no known effect.
func (f ForceSSL) ofMember(instance DBInstance) ForceSSL {
	f.note(f.MemberStatuses[strings.ToLower(instance.Identifier)])
	f.MemberStatuses = nil
	f.Engine, f.EngineVersion = instance.Engine, instance.EngineVersion
	return f
}

// note takes down the apply status of all instances concerned, and what it
// amounts to.
func (f *ForceSSL) note(status string) {
	f.ParameterApplyStatus, f.PendingReboot = status, status == "pending-reboot"
	f.Effect = cmp.Or(effects[status], EffectUnknown)
	if !f.Present {
		f.Effect = EffectNotListed
	}
}
