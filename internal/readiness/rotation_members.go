package readiness

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

// members says of each DB instance whether the switch takes it along.
func (in RotationInput) members(moves bool) []RotationMember {
	t := in.Topology
	members := make([]RotationMember, len(t.Members))
	for i, m := range t.Members {
		member := RotationMember{Member: m}
		member.Restarts, member.Reason = rdsca.Restart(m.Engine)
		member.Follows = moves && (m.Identifier == t.Instance || (t.OnCluster && m.ofCluster()))
		members[i] = member
	}
	slices.SortFunc(members, func(a, b RotationMember) int { return cmp.Compare(a.Identifier, b.Identifier) })
	return members
}

func (m Member) ofCluster() bool { return m.Role == RoleWriter || m.Role == RoleReader }

// restartOf sums up the members that follow: one that restarts decides, and one
// of which it is not known leaves it open.
func restartOf(members []RotationMember) (restarts *bool, reason string) {
	known := true
	for _, m := range members {
		switch {
		case !m.Follows:
		case m.Restarts == nil:
			known, restarts, reason = false, nil, m.Reason
		case *m.Restarts:
			return m.Restarts, m.Reason
		case known:
			restarts, reason = m.Restarts, m.Reason
		}
	}
	return restarts, reason
}

// mixed says whether the members of the cluster have different CAs, now and
// after this switch alone.
func (in RotationInput) mixed(members []RotationMember) (now, after *bool) {
	if in.Topology.ClusterIdentifier == "" || in.Topology.Incomplete {
		return nil, nil
	}
	var present, then []string
	for _, m := range members {
		if !m.ofCluster() {
			continue
		}
		present = append(present, m.CAIdentifier)
		ca := m.CAIdentifier
		if m.Follows {
			ca = in.Target
		}
		then = append(then, ca)
	}
	return different(present), different(then)
}

// different is true where two known values differ, false where all are known
// and equal, and nil else.
func different(values []string) *bool {
	all := slices.Compact(slices.Sorted(slices.Values(values)))
	unknown := len(all) == 0 || all[0] == ""
	if unknown && len(all) > 0 {
		all = all[1:]
	}
	mixed := len(all) > 1
	if unknown && !mixed {
		return nil
	}
	return &mixed
}

// summary tells people what the switch does.
func (r Rotation) summary(in RotationInput) string {
	t := in.Topology
	switch r.State {
	case NotCreated:
		return fmt.Sprintf("DB instance %s does not exist yet: there is nothing to switch.", t.Instance)
	case OnTarget:
		return strings.Join(append([]string{fmt.Sprintf("DB instance %s is on %s.", t.Instance, in.Target)}, r.others(in)...), " ")
	case SwitchNeeded, SwitchPending:
	}
	when := "takes effect in the maintenance window"
	if r.MaintenanceWindow != "" {
		when += " " + r.MaintenanceWindow + " (UTC)"
	}
	if r.Applied == AppliedAtOnce {
		when = "takes effect immediately"
	}
	subject := fmt.Sprintf("A switch of DB instance %s to %s %s", r.Resource, in.Target, when)
	if r.OnCluster {
		subject = fmt.Sprintf("A switch of DB cluster %s to %s %s", r.Resource, in.Target, when)
	}
	parts := []string{subject + ", and " + restartWords(r.Restarts, r.RestartReason) + "."}
	if r.PendingCA != "" {
		parts = append(parts, fmt.Sprintf("A switch to %s is already scheduled for the maintenance window.", r.PendingCA))
	}
	for _, action := range r.PendingActions {
		parts = append(parts, action.sentence())
	}
	return strings.Join(append(parts, r.others(in)...), " ")
}

func restartWords(restarts *bool, reason string) string {
	words := "it is not known whether the switch restarts the server"
	if restarts != nil {
		words = "does not restart the server"
		if *restarts {
			words = "restarts the server"
		}
	}
	if reason != "" {
		words += ": " + reason
	}
	return words
}

func (a PendingAction) sentence() string {
	parts := []string{"RDS itself has scheduled the action " + a.Action}
	for _, date := range []struct {
		words string
		at    time.Time
	}{{"to be applied on", a.CurrentApply}, {"to be applied automatically after", a.AutoAppliedAfter}, {"to be forced on", a.ForcedApply}} {
		if !date.at.IsZero() {
			parts = append(parts, date.words+" "+date.at.UTC().Format(time.DateOnly))
		}
	}
	return strings.Join(parts, ", ") + "."
}

// others tells of the DB instances that the switch leaves alone.
func (r Rotation) others(in RotationInput) []string {
	var cluster, replicas []string
	for _, m := range r.Members {
		switch {
		case m.Follows || m.CAIdentifier == in.Target:
		case m.ofCluster():
			cluster = append(cluster, m.Identifier)
		default:
			replicas = append(replicas, m.Identifier)
		}
	}
	var parts []string
	if len(cluster) > 0 {
		parts = append(parts, fmt.Sprintf("In DB cluster %s, every DB instance has its own CA, and the cluster endpoints move between the instances: %s must be switched separately.",
			in.Topology.ClusterIdentifier, strings.Join(cluster, ", ")))
	}
	if len(replicas) > 0 {
		parts = append(parts, fmt.Sprintf("Replication does not copy the CA: %s must be switched separately.", strings.Join(replicas, ", ")))
	}
	return parts
}
