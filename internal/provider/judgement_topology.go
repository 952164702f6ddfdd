package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// askTopology reads the DB instances that replicate with this one, each with
// what a switch does to it, and returns the instance as its cluster has it.
// What cannot be read is a note.
func (g *gathered) askTopology(ctx context.Context, reader *rdsapi.Reader, instance rdsapi.DBInstance) rdsapi.DBInstance {
	t := &readiness.Topology{Instance: instance.Identifier, MaintenanceWindow: instance.MaintenanceWindow}
	g.topology = t
	relatives, foreign := relativesOf(instance)
	var cluster rdsapi.DBCluster
	if id := instance.ClusterIdentifier; id != "" {
		var err error
		if cluster, err = reader.DBCluster(ctx, id); err != nil {
			t.Incomplete = true
			g.note(err, "the members of the DB cluster")
		}
		for _, member := range cluster.Members {
			relatives = append(relatives, member.InstanceIdentifier)
		}
		t.ClusterIdentifier, t.ClusterEndpoint, t.ReaderEndpoint = id, cluster.Endpoint, cluster.ReaderEndpoint
		t.OnCluster = onMultiAZ(instance)
	}
	query := rdsapi.FleetQuery{
		Identifiers: append(relatives, instance.Identifier), Engines: []string{instance.Engine},
		EngineVersions: true, Babelfish: true, PendingMaintenance: true,
	}
	slices.Sort(query.Identifiers)
	query.Identifiers = slices.Compact(query.Identifiers)
	fleet, err := reader.Fleet(ctx, query)
	if err != nil { // A relative is gone, or may not be read: the instance itself may.
		g.note(err, "the DB instances that replicate with "+instance.Identifier)
		query.Identifiers = []string{instance.Identifier}
		if fleet, err = reader.Fleet(ctx, query); err != nil {
			fleet.Instances = []rdsapi.FleetInstance{{DBInstance: instance}}
		}
	}
	for _, gap := range fleet.Gaps {
		g.note(gap.Err, "what a switch of the CA would do to "+strings.Join(gap.Instances, ", "))
	}
	for _, found := range fleet.Instances {
		if found.Identifier == instance.Identifier {
			instance, t.PendingActions = found.DBInstance, rotationActions(found.Pending)
			t.MaintenanceWindow = instance.MaintenanceWindow
		}
		t.Members = append(t.Members, memberOf(found, cluster))
	}
	for _, arn := range foreign {
		t.Members = append(t.Members, readiness.Member{Identifier: arn, Role: readiness.RoleReplica})
	}
	return instance
}

// onMultiAZ says whether an instance belongs to a Multi-AZ DB cluster, which is
// the one kind of cluster whose engine is not Aurora's.
func onMultiAZ(instance rdsapi.DBInstance) bool {
	return instance.ClusterIdentifier != "" && instance.Engine != rdsapi.EngineAuroraPostgreSQL
}

// note says what could not be read, without standing against the switch.
func (g *gathered) note(err error, what string) {
	g.notes = append(g.notes, readiness.Finding{
		Severity: readiness.Info, Code: readiness.FindingFactNotRead,
		Detail: fmt.Sprintf("%s The output \"rotation\" therefore does not show %s. %s", awsCause(err), what, awsRemedy(err)),
	})
}

// relativesOf names the read replicas and the source of an instance: those of
// the Region, and the ARNs of those in others.
func relativesOf(instance rdsapi.DBInstance) (here, elsewhere []string) {
	for _, id := range append(slices.Clone(instance.ReplicaIdentifiers), instance.ReplicaSourceIdentifier) {
		switch {
		case id == "":
		case strings.HasPrefix(id, "arn:") && !strings.Contains(id, ":"+instance.Region+":"):
			elsewhere = append(elsewhere, id)
		default:
			here = append(here, id)
		}
	}
	return here, elsewhere
}

func memberOf(instance rdsapi.FleetInstance, cluster rdsapi.DBCluster) readiness.Member {
	m := readiness.Member{
		Identifier: instance.Identifier, Role: roleOf(instance.DBInstance, cluster),
		CAIdentifier: instance.CAIdentifier, PendingCA: instance.PendingCAIdentifier,
		Engine: engineFacts(instance), ValidTill: instance.ServerCertificateValidTill,
	}
	if instance.Endpoint != nil {
		m.Host = instance.Endpoint.Host
	}
	return m
}

// roleOf is empty for a member of a cluster that could not be read.
func roleOf(instance rdsapi.DBInstance, cluster rdsapi.DBCluster) readiness.Role {
	for _, member := range cluster.Members {
		switch {
		case !strings.EqualFold(member.InstanceIdentifier, instance.Identifier):
		case member.Writer:
			return readiness.RoleWriter
		default:
			return readiness.RoleReader
		}
	}
	switch {
	case instance.ClusterIdentifier != "":
		return ""
	case instance.ReplicaSourceIdentifier != "":
		return readiness.RoleReplica
	default:
		return readiness.RoleSingle
	}
}

// engineFacts is what decides whether a new server certificate restarts an
// instance.
func engineFacts(instance rdsapi.FleetInstance) rdsca.EngineFacts {
	facts := rdsca.EngineFacts{
		Engine: instance.Engine, Version: instance.DBInstance.EngineVersion, BabelfishStatus: instance.BabelfishStatus,
	}
	if version := instance.EngineVersion; version != nil {
		facts.WithoutRestart = version.RotationWithoutRestart
		facts.SupportsBabelfish = version.SupportsBabelfish && instance.Engine == rdsapi.EngineAuroraPostgreSQL
	}
	return facts
}

// rotationActions keeps the actions that give a new server certificate. Nil is
// not known.
func rotationActions(pending []rdsapi.MaintenanceAction) []readiness.PendingAction {
	if pending == nil {
		return nil
	}
	actions := []readiness.PendingAction{}
	for _, a := range pending {
		if a.IsCertificateRotation() {
			actions = append(actions, readiness.PendingAction{
				Action: a.Action, OptInStatus: a.OptInStatus, AutoAppliedAfter: a.AutoAppliedAfter, CurrentApply: a.CurrentApply, ForcedApply: a.ForcedApply,
			})
		}
	}
	return actions
}

// rotation is what a switch would do now; nil where no DB instance is named.
func (g gathered) rotation(m judgementModel, clients []readiness.Client, at time.Time) *readiness.Rotation {
	if g.topology == nil {
		return nil
	}
	r := readiness.PlanRotation(readiness.RotationInput{
		Topology: *g.topology, Target: m.text("target_ca_cert_identifier"), ApplyImmediately: m.flag("apply_immediately"),
		Current: g.current, Host: m.text("host"), Clients: clients, At: at,
	})
	return &r
}
