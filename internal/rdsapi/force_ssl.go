package rdsapi

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Effect says whether the configured value of a parameter is the one that the
// server runs with.
type Effect uint8

// The effects that RDS's apply statuses amount to.
const (
	// EffectUnknown: RDS gives no status, or one that this package does not
	// know.
	EffectUnknown Effect = iota
	// EffectInForce: every instance concerned is in-sync.
	EffectInForce
	// EffectPendingReboot: the parameter group, or some static parameter of it,
	// waits for a reboot, which no maintenance window brings. Whether the
	// server runs with the configured value cannot be told.
	EffectPendingReboot
	// EffectPendingUpgrade: the group takes effect with an engine upgrade.
	EffectPendingUpgrade
	// EffectApplying: the change is under way.
	EffectApplying
	// EffectFailed: the group is invalid; the server runs with older values.
	EffectFailed
	// EffectNotListed: the group does not list rds.force_ssl, which those of
	// PostgreSQL do, so that nothing is known of its value.
	EffectNotListed
	// EffectMixed: the members of a cluster differ.
	EffectMixed
)

// String returns a word for messages.
func (e Effect) String() string {
	switch e {
	case EffectInForce:
		return "in force"
	case EffectPendingReboot:
		return "pending reboot"
	case EffectPendingUpgrade:
		return "pending database upgrade"
	case EffectApplying:
		return "applying"
	case EffectFailed:
		return "failed to apply"
	case EffectNotListed:
		return "rds.force_ssl not listed"
	case EffectMixed:
		return "different among the members of the DB cluster"
	case EffectUnknown:
	}
	return "unknown"
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
	if instance.ClusterIdentifier == "" {
		group, err := instance.parameterGroup()
		if err != nil {
			return ForceSSL{}, err
		}
		parameter, err := r.forceSSLOf(ctx, r.remembered(), groupKey{name: group.Name})
		if err != nil {
			return ForceSSL{}, err
		}
		return parameter.ofInstance(instance, group), nil
	}
	setting, err := r.ClusterForceSSL(ctx, instance.ClusterIdentifier)
	if err != nil {
		return ForceSSL{}, err
	}
	return setting.ofMember(instance), nil
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
	if err := cluster.checkParameterGroup(); err != nil {
		return ForceSSL{}, err
	}
	parameter, err := r.forceSSLOf(ctx, r.remembered(), groupKey{cluster: true, name: cluster.ParameterGroup})
	if err != nil {
		return ForceSSL{}, err
	}
	return parameter.ofCluster(cluster), nil
}

func (i DBInstance) parameterGroup() (ParameterGroupStatus, error) {
	if len(i.ParameterGroups) == 0 || i.ParameterGroups[0].Name == "" {
		return ParameterGroupStatus{}, fmt.Errorf("%w: DB instance %q", ErrNoParameterGroup, i.Identifier)
	}
	return i.ParameterGroups[0], nil
}

func (c DBCluster) checkParameterGroup() error {
	if c.ParameterGroup == "" {
		return fmt.Errorf("%w: DB cluster %q", ErrNoParameterGroup, c.Identifier)
	}
	return nil
}

func (p groupParameter) setting(group, engine, version string) ForceSSL {
	return ForceSSL{
		Value: p.value, Source: p.source, Present: p.present, ParameterGroupName: group,
		ApplyType: p.applyType, Engine: engine, EngineVersion: version, TLS: p.tls,
	}
}

// ofInstance is the setting of an instance that has its own parameter group.
func (p groupParameter) ofInstance(instance DBInstance, group ParameterGroupStatus) ForceSSL {
	setting := p.setting(group.Name, instance.Engine, instance.EngineVersion)
	setting.ParameterApplyStatus = group.ApplyStatus
	setting.Effect = setting.effectOf(group.ApplyStatus)
	setting.PendingReboot = effectOf(group.ApplyStatus) == EffectPendingReboot
	return setting
}

// ofCluster is the setting of a cluster, with the statuses of its members.
func (p groupParameter) ofCluster(cluster DBCluster) ForceSSL {
	setting := p.setting(cluster.ParameterGroup, cluster.Engine, cluster.EngineVersion)
	setting.MemberStatuses = make(map[string]string, len(cluster.Members))
	for _, member := range cluster.Members {
		setting.MemberStatuses[strings.ToLower(member.InstanceIdentifier)] = member.ParameterGroupStatus
		setting.PendingReboot = setting.PendingReboot || effectOf(member.ParameterGroupStatus) == EffectPendingReboot
	}
	statuses := slices.Compact(slices.Sorted(maps.Values(setting.MemberStatuses)))
	switch len(statuses) {
	case 0: // no members yet: nothing is in force anywhere
	case 1:
		setting.ParameterApplyStatus = statuses[0]
		setting.Effect = setting.effectOf(statuses[0])
	default:
		setting.Effect = EffectMixed
	}
	return setting
}

// ofMember narrows the setting of a cluster to one of its members. A member
// that the cluster does not list has no known effect.
func (f ForceSSL) ofMember(instance DBInstance) ForceSSL {
	status := f.MemberStatuses[strings.ToLower(instance.Identifier)]
	f.MemberStatuses = nil
	f.ParameterApplyStatus = status
	f.Effect = f.effectOf(status)
	f.PendingReboot = effectOf(status) == EffectPendingReboot
	f.Engine, f.EngineVersion = instance.Engine, instance.EngineVersion
	return f
}

// effectOf is what a status amounts to for a parameter that the group lists.
func (f ForceSSL) effectOf(status string) Effect {
	if !f.Present {
		return EffectNotListed
	}
	return effectOf(status)
}

// effectOf maps ParameterApplyStatus and DBClusterParameterGroupStatus.
//
// Source: service/rds v1.132.2, types.DBParameterGroupStatus.
func effectOf(status string) Effect {
	switch status {
	case "in-sync":
		return EffectInForce
	case "pending-reboot":
		return EffectPendingReboot
	case "pending-database-upgrade":
		return EffectPendingUpgrade
	case "applying":
		return EffectApplying
	case "failed-to-apply":
		return EffectFailed
	default:
		return EffectUnknown
	}
}
