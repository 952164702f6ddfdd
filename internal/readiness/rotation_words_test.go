package readiness_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestWhatIsSaidOfARotation word by word.
func TestWhatIsSaidOfARotation(t *testing.T) {
	t.Parallel()
	const window = " to rds-ca-rsa4096-g1 takes effect in the maintenance window sun:05:00-sun:05:30 (UTC), and does not restart the server: postgres 16.8 applies a new server certificate without a restart."
	const separately = "In DB cluster orders, every DB instance has its own CA, and the cluster endpoints move between the instances: "
	multiAZ := aurora(oldCA, oldCA, oldCA)
	multiAZ.OnCluster = true
	multiAZ.Members = append(multiAZ.Members, member("replica", readiness.RoleReplica, oldCA))
	scheduled := aurora(newCA, oldCA, newCA)
	scheduled.Members[2].PendingCA = newCA
	scheduled.PendingActions = []readiness.PendingAction{{
		Action: "ca-certificate-rotation", CurrentApply: rotationAt.AddDate(0, 1, 0), AutoAppliedAfter: rotationAt.AddDate(0, 2, 0), ForcedApply: rotationAt.AddDate(0, 3, 0),
	}}
	for name, tc := range map[string]struct {
		topology readiness.Topology
		want     string
	}{
		"not created":                  {readiness.Topology{Instance: "orders"}, "DB instance orders does not exist yet: there is nothing to switch."},
		"on the target":                {aurora(newCA, newCA, newCA), "DB instance reader-1 is on rds-ca-rsa4096-g1."},
		"on the target, one is not":    {aurora(oldCA, newCA, newCA), "DB instance reader-1 is on rds-ca-rsa4096-g1. " + separately + "writer must be switched separately."},
		"the last one":                 {aurora(newCA, oldCA, newCA), "A switch of DB instance reader-1" + window},
		"one of three":                 {aurora(newCA, oldCA, oldCA), "A switch of DB instance reader-1" + window + " " + separately + "reader-2 must be switched separately."},
		"a Multi-AZ DB cluster":        {multiAZ, "A switch of DB cluster orders" + window + " Replication does not copy the CA: replica must be switched separately."},
		"scheduled, and by RDS itself": {scheduled, "A switch of DB instance reader-1" + window + " A switch to rds-ca-rsa4096-g1 is already scheduled for the maintenance window. RDS itself has scheduled the action ca-certificate-rotation, to be applied on 2026-04-01, to be applied automatically after 2026-05-01, to be forced on 2026-06-01."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, planned(readiness.RotationInput{Topology: tc.topology}).Summary); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTheTargetThatWaitsOnTheTarget is nothing to switch.
func TestTheTargetThatWaitsOnTheTarget(t *testing.T) {
	t.Parallel()
	topology := aurora(oldCA, newCA, oldCA)
	topology.Members[2].PendingCA = newCA
	if r := planned(readiness.RotationInput{Topology: topology}); r.State != readiness.OnTarget || r.Applied != "" {
		t.Errorf("state %s, applied %q", r.State, r.Applied)
	}
}

// TestOneOfTheClusterRestarts: one that follows and restarts decides, wherever it
// stands, and one that does not follow has no part in it.
func TestOneOfTheClusterRestarts(t *testing.T) {
	t.Parallel()
	const stays, falls = "postgres 16.8 applies a new server certificate without a restart", "postgres 16.8 applies a new server certificate only with a restart"
	for name, tc := range map[string]struct {
		onCluster bool
		restarts  string // which member
		want      *bool
		reason    string
	}{
		"the first":                {true, "reader-1", new(true), falls},
		"the last":                 {true, "writer", new(true), falls},
		"one that does not follow": {false, "writer", new(false), stays},
	} {
		topology := aurora(oldCA, oldCA, oldCA)
		topology.OnCluster = tc.onCluster
		for i := range topology.Members {
			if topology.Members[i].Identifier == tc.restarts {
				topology.Members[i].Engine.WithoutRestart = new(false)
			}
		}
		r := planned(readiness.RotationInput{Topology: topology})
		if diff := cmp.Diff(tc.want, r.Restarts); diff != "" || r.RestartReason != tc.reason {
			t.Errorf("%s: %q (-want +got):\n%s", name, r.RestartReason, diff)
		}
	}
}

// TestReplicasAreNoMembersOfTheCluster: neither do they follow it, nor do their CAs
// count.
func TestReplicasAreNoMembersOfTheCluster(t *testing.T) {
	t.Parallel()
	topology := aurora(newCA, newCA, newCA)
	topology.OnCluster = true
	topology.Members = append(topology.Members, member("replica", readiness.RoleReplica, oldCA))
	r := planned(readiness.RotationInput{Topology: topology})
	if diff := cmp.Diff([]*bool{new(false), new(false)}, []*bool{r.MixedCAs, r.MixedCAsAfter}); diff != "" {
		t.Errorf("mixed (-want +got):\n%s", diff)
	}
	for i := range 3 {
		topology.Members[i].CAIdentifier = oldCA
	}
	follows := map[string]bool{}
	for _, m := range planned(readiness.RotationInput{Topology: topology}).Members {
		follows[m.Identifier] = m.Follows
	}
	if diff := cmp.Diff(map[string]bool{"reader-1": true, "reader-2": true, "replica": false, "writer": true}, follows); diff != "" {
		t.Errorf("follows (-want +got):\n%s", diff)
	}
	topology.Members = topology.Members[3:]
	if r := planned(readiness.RotationInput{Topology: topology}); r.MixedCAs != nil || r.MixedCAsAfter != nil {
		t.Errorf("no member was read, and the CAs are mixed: %v, %v", r.MixedCAs, r.MixedCAsAfter)
	}
	topology = aurora(oldCA, newCA, oldCA)
	topology.ClusterIdentifier = ""
	if r := planned(readiness.RotationInput{Topology: topology}); r.MixedCAs != nil || r.MixedCAsAfter != nil {
		t.Errorf("no cluster was read, and the CAs are mixed: %v, %v", r.MixedCAs, r.MixedCAsAfter)
	}
}

// TestTheRenewalOfACertificateThatWasSeen follows from its own dates.
func TestTheRenewalOfACertificateThatWasSeen(t *testing.T) {
	t.Parallel()
	s := newSwitchover(t, pki.CARSA2048)
	r := planned(readiness.RotationInput{
		Topology: aurora(oldCA, oldCA, oldCA), Current: readiness.Evidence{Presented: certpath.Presented{Certificates: s.old.Presented()}},
	})
	if got := r.NextRenewal.Format(time.DateOnly); got != "2026-08-29" {
		t.Errorf("the next renewal is on %s", got)
	}
}

// TestEndpointKindsAreAPI.
func TestEndpointKindsAreAPI(t *testing.T) {
	t.Parallel()
	want := []string{"instance", "writer", "reader", "custom", "rds_proxy", "socket", "elsewhere", "other", "several"}
	if diff := cmp.Diff(want, readiness.EndpointKinds()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestHostsThatSayLittle: names that RDS gives to several instances, to none or to
// another kind, and hosts that nobody named.
func TestHostsThatSayLittle(t *testing.T) {
	t.Parallel()
	topology := aurora(oldCA, oldCA, oldCA)
	arrived := aurora(oldCA, newCA, oldCA)
	whole := topology
	whole.OnCluster = true
	writer := topology
	writer.Instance = "writer"
	single := readiness.Topology{Instance: "orders", Members: []readiness.Member{member("orders", readiness.RoleSingle, oldCA)}}
	single.Members[0].Host = ""
	replica := topology
	replica.Instance, replica.Members = "replica", append(topology.Members[:3:3], member("replica", readiness.RoleReplica, oldCA))
	const suffix = "c0example.us-east-1.rds.amazonaws.com"
	const elsewhere = "c0example.cn-north-1.rds.amazonaws.com" // of no partition
	all := []string{"reader-1", "reader-2", "writer"}
	for name, tc := range map[string]struct {
		topology readiness.Topology
		hosts    []string
		want     readiness.AffectedClient
	}{
		"a custom endpoint, one of three follows":   {topology, []string{"some.cluster-custom-" + suffix}, readiness.AffectedClient{Affected: readiness.AffectedUnknown, Endpoint: readiness.EndpointCustom, Members: all}},
		"a custom endpoint, all of them follow":     {whole, []string{"some.cluster-custom-" + suffix}, readiness.AffectedClient{Affected: readiness.AffectedNow, Endpoint: readiness.EndpointCustom, Members: all}},
		"a custom endpoint, none of them follows":   {replica, []string{"some.cluster-custom-" + suffix}, readiness.AffectedClient{Affected: readiness.NotAffected, Endpoint: readiness.EndpointCustom, Members: all}},
		"a custom endpoint, and there's no cluster": {single, []string{"some.cluster-custom-" + suffix}, readiness.AffectedClient{Affected: readiness.AffectedUnknown, Endpoint: readiness.EndpointOther}},
		"a custom endpoint of no partition":         {topology, []string{"some.cluster-custom-" + elsewhere}, readiness.AffectedClient{Affected: readiness.AffectedUnknown, Endpoint: readiness.EndpointOther}},
		"a proxy of no partition":                   {topology, []string{"pool.proxy-" + elsewhere}, readiness.AffectedClient{Affected: readiness.AffectedUnknown, Endpoint: readiness.EndpointOther}},
		"an instance of no partition":               {topology, []string{"billing." + elsewhere}, readiness.AffectedClient{Affected: readiness.AffectedUnknown, Endpoint: readiness.EndpointOther}},
		"a global database":                         {topology, []string{"orders.global-c0example.global.rds.amazonaws.com"}, readiness.AffectedClient{Affected: readiness.AffectedUnknown, Endpoint: readiness.EndpointOther}},
		"no name, and the instance has none":        {single, []string{""}, readiness.AffectedClient{Affected: readiness.AffectedUnknown, Endpoint: readiness.EndpointOther}},
		"the alias that was given as the writer's":  {writer, []string{"orders.example"}, readiness.AffectedClient{Affected: readiness.AffectedNow, Endpoint: readiness.EndpointInstance, Members: []string{"writer"}}},
		"an alias, and nothing switches":            {arrived, []string{"db.example"}, readiness.AffectedClient{Affected: readiness.NotAffected, Endpoint: readiness.EndpointOther}},
		"an alias, then what follows":               {topology, []string{"db.example", endpointOf("reader-1")}, readiness.AffectedClient{Affected: readiness.AffectedNow, Endpoint: readiness.EndpointSeveral, Members: []string{"reader-1"}}},
		"a cluster, then what follows":              {topology, []string{topology.ClusterEndpoint, endpointOf("reader-1")}, readiness.AffectedClient{Affected: readiness.AffectedNow, Endpoint: readiness.EndpointSeveral, Members: all}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := policy.Policy{}
			for _, host := range tc.hosts {
				p.Hosts = append(p.Hosts, policy.Host{Name: host})
			}
			r := planned(readiness.RotationInput{Topology: tc.topology, Host: "orders.example", Clients: []readiness.Client{readiness.Client{Name: "app"}.With(p)}})
			if diff := cmp.Diff(map[string]readiness.AffectedClient{"app": tc.want}, r.Clients); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
