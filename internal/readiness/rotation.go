package readiness

import (
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// RotationState says where a DB instance stands on its way to the target CA.
type RotationState string

// The states. Codes are API.
const (
	// NotCreated: RDS has no such DB instance yet.
	NotCreated RotationState = "not_created"
	// SwitchNeeded: it is on another CA, and the target does not wait.
	SwitchNeeded RotationState = "needed"
	// SwitchPending: the target waits for the maintenance window.
	SwitchPending RotationState = "pending"
	// OnTarget: it is on the target, and nothing else waits.
	OnTarget RotationState = "on_target"
)

// Applied says when a change of a DB instance is applied.
type Applied string

// When a switch is applied. Codes are API.
const (
	AppliedAtOnce   Applied = "at_once"
	AppliedInWindow Applied = "in_maintenance_window"
)

// Role is a DB instance's place among those that replicate each other.
type Role string

// The roles. Codes are API.
const (
	RoleSingle  Role = "single"  // neither in a cluster nor a read replica
	RoleWriter  Role = "writer"  // of a cluster
	RoleReader  Role = "reader"  // of a cluster
	RoleReplica Role = "replica" // a read replica outside of a cluster
)

// Roles lists the codes, for descriptions.
func Roles() []string {
	return []string{string(RoleSingle), string(RoleWriter), string(RoleReader), string(RoleReplica)}
}

// Topology is what RDS knows of a DB instance and of those that replicate
// with it. The zero value is an instance that does not exist.
type Topology struct {
	// Instance is the identifier of the DB instance whose switch is asked
	// about.
	Instance string
	// Members holds the instance itself, the members of its cluster, its read
	// replicas and its source; empty if the instance does not exist.
	Members []Member
	// ClusterIdentifier, ClusterEndpoint and ReaderEndpoint are its DB
	// cluster's; empty outside of one, or if it could not be read.
	ClusterIdentifier, ClusterEndpoint, ReaderEndpoint string
	// Incomplete: the cluster that the instance belongs to could not be read.
	Incomplete bool
	// OnCluster: the CA is the cluster's, as in a Multi-AZ DB cluster.
	OnCluster bool
	// MaintenanceWindow in UTC, such as sun:05:00-sun:05:30.
	MaintenanceWindow string
	// PendingActions are the maintenance actions that give a new server
	// certificate; nil is not known.
	PendingActions []PendingAction
}

// Member is one DB instance of a Topology. Empty fields are not known.
type Member struct {
	Identifier string
	Role       Role
	// Host is the endpoint's name.
	Host string
	// CAIdentifier is the present CA, PendingCA the one that waits; empty if
	// none does.
	CAIdentifier, PendingCA string
	// Engine decides whether a new server certificate restarts it.
	Engine rdsca.EngineFacts
	// ValidTill is when the present server certificate ends.
	ValidTill time.Time
}

// PendingAction is a maintenance action that gives a new server certificate.
type PendingAction struct {
	// Action is ca-certificate-rotation or server-certificate-rotation.
	Action string
	// OptInStatus such as next-maintenance; empty if nobody opted in.
	OptInStatus string
	// AutoAppliedAfter, CurrentApply and ForcedApply are RDS's dates; zero if
	// there is none.
	AutoAppliedAfter, CurrentApply, ForcedApply time.Time
}

// RotationInput is everything that a Rotation depends on.
type RotationInput struct {
	Topology Topology
	// Target is the identifier of the CA to switch to.
	Target string
	// ApplyImmediately: the change does not wait for the maintenance window.
	ApplyImmediately bool
	// Current is what the instance presents now. Where it holds the server
	// certificate, its dates are taken instead of RDS's.
	Current Evidence
	// Host is another name by which clients reach the instance; may be empty.
	Host string
	// Clients whose settings say where they connect.
	Clients []Client
	// At is the time of the question; required.
	At time.Time
}

// Rotation is what a switch to the target CA would do now.
type Rotation struct {
	State RotationState
	// Resource is what has to be modified: the DB instance, or with OnCluster
	// its DB cluster. Empty if it does not exist.
	Resource  string
	OnCluster bool
	// Applied is empty where there is nothing to apply.
	Applied           Applied
	MaintenanceWindow string
	// Restarts says whether any member that follows restarts; nil is not
	// known, or nothing to do. Why is words without a full stop.
	Restarts      *bool
	RestartReason string
	// PendingCA waits for the maintenance window; empty if none does.
	PendingCA string
	// PendingActions as in Topology.
	PendingActions []PendingAction
	// NextRenewal is when RDS renews the present server certificate by
	// itself, about; zero if not known, or if it does not.
	NextRenewal time.Time
	// MixedCAs says whether the members of the cluster have different CAs
	// now, MixedCAsAfter whether they have after this switch alone; nil
	// outside of a cluster, or if a member's CA is not known.
	MixedCAs, MixedCAsAfter *bool
	// Members in the order of their identifiers.
	Members []RotationMember
	// Clients by name.
	Clients map[string]AffectedClient
	// Summary is a few sentences.
	Summary string
}

// RotationMember is one DB instance and what the switch does to it.
type RotationMember struct {
	Member

	// Follows: the switch gives it the target CA. A member that does not has
	// to be switched by itself, or is on the target already.
	Follows bool
	// Restarts and Reason: see [rdsca.Restart].
	Restarts *bool
	Reason   string
}

// PlanRotation says what a switch of the instance to the target would do now.
//
// In an Aurora cluster, and among read replicas, every DB instance has its own
// CA and is switched by itself; a Multi-AZ DB cluster is switched as a whole.
//
// Source: AWS, "Rotating your SSL/TLS certificate": the CA is a setting of the
// instance, in a Multi-AZ DB cluster of the cluster, and a change waits for
// the maintenance window unless it is applied immediately. Not observed.
func PlanRotation(in RotationInput) Rotation {
	t := in.Topology
	r := Rotation{State: NotCreated, Clients: map[string]AffectedClient{}}
	self, exists := t.self()
	if exists {
		r.State, r.Resource, r.OnCluster = stateOf(self, in.Target), self.Identifier, t.OnCluster
		r.PendingCA, r.PendingActions, r.MaintenanceWindow = self.PendingCA, t.PendingActions, t.MaintenanceWindow
		r.NextRenewal = in.nextRenewal(self)
	}
	if t.OnCluster {
		r.Resource = t.ClusterIdentifier
	}
	r.Members = in.members(r.moves())
	if r.moves() {
		r.Applied = AppliedInWindow
		if in.ApplyImmediately {
			r.Applied = AppliedAtOnce
		}
		r.Restarts, r.RestartReason = restartOf(r.Members)
	}
	r.MixedCAs, r.MixedCAsAfter = in.mixed(r.Members)
	for _, c := range in.Clients {
		r.Clients[c.Name] = in.affected(c, r)
	}
	r.Summary = r.summary(in)
	return r
}

// moves says whether there is a switch to make.
func (r Rotation) moves() bool { return r.State == SwitchNeeded || r.State == SwitchPending }

// self is the instance that the question is about.
func (t Topology) self() (Member, bool) {
	for _, m := range t.Members {
		if m.Identifier == t.Instance {
			return m, true
		}
	}
	return Member{}, false
}

func stateOf(m Member, target string) RotationState {
	switch {
	case m.PendingCA == target && m.CAIdentifier != target:
		return SwitchPending
	case m.CAIdentifier == target && (m.PendingCA == "" || m.PendingCA == target):
		return OnTarget
	default:
		return SwitchNeeded
	}
}

func (in RotationInput) nextRenewal(self Member) time.Time {
	restarts, _ := rdsca.Restart(self.Engine)
	if leaf := in.Current.leaf(); leaf != nil {
		return rdsca.AutomaticRenewal(leaf.NotBefore, leaf.NotAfter)
	}
	due, _ := rdsca.ExpectedRenewal(self.CAIdentifier, self.ValidTill, restarts, in.At)
	return due
}
