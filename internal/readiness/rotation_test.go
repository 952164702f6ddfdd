package readiness_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

const (
	oldCA = "rds-ca-rsa2048-g1"
	newCA = "rds-ca-rsa4096-g1"
)

var rotationAt = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func endpointOf(name string) string { return name + ".c0example.us-east-1.rds.amazonaws.com" }

func member(id string, role readiness.Role, ca string) readiness.Member {
	return readiness.Member{
		Identifier: id, Role: role, Host: endpointOf(id), CAIdentifier: ca, ValidTill: rotationAt.AddDate(0, 9, 0),
		Engine: rdsca.EngineFacts{Engine: "postgres", Version: "16.8", WithoutRestart: new(true)},
	}
}

// aurora is a cluster of a writer and two readers, asked about the first
// reader.
func aurora(writer, one, two string) readiness.Topology {
	return readiness.Topology{
		Instance: "reader-1", ClusterIdentifier: "orders", MaintenanceWindow: "sun:05:00-sun:05:30", PendingActions: []readiness.PendingAction{},
		ClusterEndpoint: endpointOf("orders.cluster-x"), ReaderEndpoint: "orders.cluster-ro-c0example.us-east-1.rds.amazonaws.com",
		Members: []readiness.Member{
			member("writer", readiness.RoleWriter, writer), member("reader-2", readiness.RoleReader, two), member("reader-1", readiness.RoleReader, one),
		},
	}
}

func clientAt(name, connection string) readiness.Client {
	return readiness.Client{Name: name, Settings: policy.Settings{Driver: "psql", Connection: connection}}
}

func planned(in readiness.RotationInput) readiness.Rotation {
	in.At, in.Target = rotationAt, newCA
	return readiness.PlanRotation(in)
}

func TestRotationOfOneInstance(t *testing.T) {
	t.Parallel()
	single := func(change func(*readiness.Member)) readiness.Topology {
		m := member("orders", readiness.RoleSingle, oldCA)
		change(&m)
		return readiness.Topology{Instance: "orders", Members: []readiness.Member{m}, MaintenanceWindow: "sun:05:00-sun:05:30"}
	}
	type answer struct {
		State    readiness.RotationState
		Applied  readiness.Applied
		Restarts *bool
		Pending  string
	}
	tests := map[string]struct {
		topology readiness.Topology
		at       bool
		want     answer
		summary  []string
	}{
		"in the window": {
			single(func(*readiness.Member) {}), false,
			answer{readiness.SwitchNeeded, readiness.AppliedInWindow, new(false), ""},
			[]string{"takes effect in the maintenance window sun:05:00-sun:05:30 (UTC)", "does not restart the server", "without a restart"},
		},
		"at once, with a restart": {
			single(func(m *readiness.Member) { m.Engine.WithoutRestart = new(false) }), true,
			answer{readiness.SwitchNeeded, readiness.AppliedAtOnce, new(true), ""},
			[]string{"takes effect immediately", "restarts the server", "only with a restart"},
		},
		"not known whether it restarts": {
			single(func(m *readiness.Member) { m.Engine.WithoutRestart = nil }), false,
			answer{readiness.SwitchNeeded, readiness.AppliedInWindow, nil, ""},
			[]string{"it is not known whether the switch restarts"},
		},
		"the target waits": {
			single(func(m *readiness.Member) { m.PendingCA = newCA }), false,
			answer{readiness.SwitchPending, readiness.AppliedInWindow, new(false), newCA},
			[]string{newCA + " is already scheduled for the maintenance window"},
		},
		"another CA waits": {
			single(func(m *readiness.Member) { m.PendingCA = "rds-ca-ecc384-g1" }), false,
			answer{readiness.SwitchNeeded, readiness.AppliedInWindow, new(false), "rds-ca-ecc384-g1"},
			[]string{"rds-ca-ecc384-g1 is already scheduled"},
		},
		"on the target": {
			single(func(m *readiness.Member) { m.CAIdentifier = newCA }), true, answer{readiness.OnTarget, "", nil, ""}, []string{"is on " + newCA},
		},
		"on the target, and about to leave it": {
			single(func(m *readiness.Member) { m.CAIdentifier, m.PendingCA = newCA, oldCA }), false,
			answer{readiness.SwitchNeeded, readiness.AppliedInWindow, new(false), oldCA},
			[]string{oldCA + " is already scheduled"},
		},
		"not there yet": {
			readiness.Topology{Instance: "orders"}, true, answer{readiness.NotCreated, "", nil, ""}, []string{"does not exist yet"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := planned(readiness.RotationInput{Topology: tc.topology, ApplyImmediately: tc.at})
			if diff := cmp.Diff(tc.want, answer{r.State, r.Applied, r.Restarts, r.PendingCA}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, part := range tc.summary {
				if !strings.Contains(r.Summary, part) {
					t.Errorf("the summary does not say %q: %s", part, r.Summary)
				}
			}
			if r.MixedCAs != nil || r.MixedCAsAfter != nil {
				t.Error("an instance outside of a cluster has mixed CAs")
			}
		})
	}
}

func TestWhichMembersFollow(t *testing.T) {
	t.Parallel()
	multiAZ := aurora(oldCA, oldCA, oldCA)
	multiAZ.OnCluster = true
	restarting := aurora(oldCA, oldCA, oldCA)
	restarting.OnCluster = true
	restarting.Members[0].Engine.WithoutRestart = new(false)
	open := aurora(oldCA, oldCA, oldCA)
	open.OnCluster = true
	open.Members[1].Engine.WithoutRestart = nil
	replicas := readiness.Topology{Instance: "orders", Members: []readiness.Member{
		member("orders", readiness.RoleSingle, oldCA), member("orders-replica", readiness.RoleReplica, oldCA),
	}}
	notSeen := aurora("", oldCA, oldCA)
	unread := aurora(oldCA, oldCA, oldCA)
	unread.Incomplete, unread.Members = true, unread.Members[2:]
	type answer struct {
		Resource   string
		Follow     []string
		Now, After *bool
		Restarts   *bool
	}
	tests := map[string]struct {
		topology readiness.Topology
		want     answer
		summary  string
	}{
		"Aurora: one at a time":        {aurora(oldCA, oldCA, oldCA), answer{"reader-1", []string{"reader-1"}, new(false), new(true), new(false)}, "reader-2, writer must be switched separately"},
		"Aurora: the last one":         {aurora(newCA, oldCA, newCA), answer{"reader-1", []string{"reader-1"}, new(true), new(false), new(false)}, "does not restart"},
		"Aurora: done, others are not": {aurora(oldCA, newCA, oldCA), answer{"reader-1", nil, new(true), new(true), nil}, "is on " + newCA},
		"Aurora: a member not seen":    {notSeen, answer{"reader-1", []string{"reader-1"}, nil, new(true), new(false)}, "own CA"},
		"Aurora: members not read":     {unread, answer{"reader-1", []string{"reader-1"}, nil, nil, new(false)}, "does not restart"},
		"a Multi-AZ DB cluster":        {multiAZ, answer{"orders", []string{"reader-1", "reader-2", "writer"}, new(false), new(false), new(false)}, "A switch of DB cluster orders"},
		"one restarts":                 {restarting, answer{"orders", []string{"reader-1", "reader-2", "writer"}, new(false), new(false), new(true)}, "restarts the server: postgres 16.8 applies"},
		"of one it is not known":       {open, answer{"orders", []string{"reader-1", "reader-2", "writer"}, new(false), new(false), nil}, "not known"},
		"read replicas have their own": {replicas, answer{"orders", []string{"orders"}, nil, nil, new(false)}, "orders-replica must be switched separately"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := planned(readiness.RotationInput{Topology: tc.topology})
			got := answer{Resource: r.Resource, Now: r.MixedCAs, After: r.MixedCAsAfter, Restarts: r.Restarts}
			for _, m := range r.Members {
				if m.Follows {
					got.Follow = append(got.Follow, m.Identifier)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !strings.Contains(r.Summary, tc.summary) {
				t.Errorf("the summary does not say %q: %s", tc.summary, r.Summary)
			}
		})
	}
}

func TestWhichClientsAreAffected(t *testing.T) {
	t.Parallel()
	topology := aurora(oldCA, oldCA, oldCA)
	multiAZ := topology
	multiAZ.OnCluster = true
	alone := aurora(oldCA, oldCA, oldCA)
	alone.Instance, alone.Members = "writer", alone.Members[:1]
	arrived := aurora(oldCA, newCA, oldCA)
	unread := readiness.Topology{Instance: "reader-1", Incomplete: true, Members: []readiness.Member{member("reader-1", "", oldCA)}}
	host := func(name string) readiness.Client { return clientAt("app", "host="+name) }
	proxied := host(endpointOf("reader-1"))
	proxied.ViaProxy = true
	all := []string{"reader-1", "reader-2", "writer"}
	tests := map[string]struct {
		topology readiness.Topology
		client   readiness.Client
		want     readiness.AffectedClient
	}{
		"the instance's endpoint":               {topology, host(endpointOf("READER-1") + "."), readiness.AffectedClient{Affected: readiness.AffectedNow, Endpoint: readiness.EndpointInstance, Members: []string{"reader-1"}}},
		"another member's endpoint":             {topology, host(endpointOf("reader-2")), readiness.AffectedClient{Affected: readiness.NotAffected, Endpoint: readiness.EndpointInstance, Members: []string{"reader-2"}}},
		"the writer's, and a reader switches":   {topology, host(topology.ClusterEndpoint), readiness.AffectedClient{Affected: readiness.AffectedFailover, Endpoint: readiness.EndpointWriter, Members: all}},
		"the readers'":                          {topology, host(topology.ReaderEndpoint), readiness.AffectedClient{Affected: readiness.AffectedNow, Endpoint: readiness.EndpointReader, Members: all}},
		"the readers', and there is none":       {alone, host(topology.ReaderEndpoint), readiness.AffectedClient{Affected: readiness.AffectedNow, Endpoint: readiness.EndpointReader, Members: []string{"writer"}}},
		"the writer's, in Multi-AZ":             {multiAZ, host(topology.ClusterEndpoint), readiness.AffectedClient{Affected: readiness.AffectedNow, Endpoint: readiness.EndpointWriter, Members: all}},
		"a custom endpoint":                     {topology, host(endpointOf("some.cluster-custom-x")), readiness.AffectedClient{Affected: readiness.AffectedUnknown, Endpoint: readiness.EndpointOther}},
		"behind a proxy, by declaration":        {topology, proxied, readiness.AffectedClient{Affected: readiness.NotAffected, Endpoint: readiness.EndpointProxy}},
		"behind a proxy, by its host":           {topology, host("pool.proxy-c0example.us-east-1.rds.amazonaws.com"), readiness.AffectedClient{Affected: readiness.NotAffected, Endpoint: readiness.EndpointProxy}},
		"another instance":                      {topology, host(endpointOf("billing")), readiness.AffectedClient{Affected: readiness.NotAffected, Endpoint: readiness.EndpointElsewhere}},
		"another one, but members are not read": {unread, host(endpointOf("reader-2")), readiness.AffectedClient{Affected: readiness.AffectedUnknown, Endpoint: readiness.EndpointOther}},
		"an alias":                              {topology, host("db.example"), readiness.AffectedClient{Affected: readiness.AffectedUnknown, Endpoint: readiness.EndpointOther}},
		"the alias that was given as host":      {topology, host("orders.example"), readiness.AffectedClient{Affected: readiness.AffectedNow, Endpoint: readiness.EndpointInstance, Members: []string{"reader-1"}}},
		"a socket":                              {topology, host("/var/run/postgresql"), readiness.AffectedClient{Affected: readiness.NotAffected, Endpoint: readiness.EndpointSocket}},
		"two hosts":                             {topology, host(endpointOf("reader-2") + "," + topology.ClusterEndpoint), readiness.AffectedClient{Affected: readiness.AffectedFailover, Endpoint: readiness.EndpointSeveral, Members: all}},
		"two hosts, one of them not known":      {topology, host(endpointOf("reader-2") + ",db.example"), readiness.AffectedClient{Affected: readiness.AffectedUnknown, Endpoint: readiness.EndpointSeveral, Members: []string{"reader-2"}}},
		"settings that the driver refuses":      {topology, clientAt("app", "sslmode=nonsense"), readiness.AffectedClient{Affected: readiness.AffectedUnknown, Endpoint: readiness.EndpointOther}},
		"nothing switches":                      {arrived, host(endpointOf("reader-1")), readiness.AffectedClient{Affected: readiness.NotAffected, Endpoint: readiness.EndpointInstance, Members: []string{"reader-1"}}},
		"not created":                           {readiness.Topology{Instance: "reader-1"}, host(endpointOf("reader-1")), readiness.AffectedClient{Affected: readiness.AffectedUnknown, Endpoint: readiness.EndpointElsewhere}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := planned(readiness.RotationInput{Topology: tc.topology, Host: "orders.example", Clients: []readiness.Client{tc.client}})
			if diff := cmp.Diff(map[string]readiness.AffectedClient{"app": tc.want}, r.Clients); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatRDSDoesByItself(t *testing.T) {
	t.Parallel()
	topology := aurora(oldCA, oldCA, oldCA)
	topology.PendingActions = []readiness.PendingAction{
		{Action: "ca-certificate-rotation", AutoAppliedAfter: rotationAt.AddDate(0, 1, 0)},
		{Action: "server-certificate-rotation", ForcedApply: rotationAt.AddDate(0, 2, 0)},
	}
	r := planned(readiness.RotationInput{Topology: topology})
	for _, part := range []string{
		"RDS itself has scheduled the action ca-certificate-rotation, to be applied automatically after 2026-04-01.",
		"RDS itself has scheduled the action server-certificate-rotation, to be forced on 2026-05-01.",
	} {
		if !strings.Contains(r.Summary, part) {
			t.Errorf("the summary does not say %q: %s", part, r.Summary)
		}
	}
	if got := r.NextRenewal.Format(time.DateOnly); got != "2026-06-01" && got != "2026-06-02" {
		t.Errorf("the next renewal is on %s", got)
	}
	topology.Members[2].Engine.WithoutRestart = nil
	if r := planned(readiness.RotationInput{Topology: topology}); !r.NextRenewal.IsZero() {
		t.Errorf("the life of the certificate is not known, and the renewal is on %v", r.NextRenewal)
	}
}
