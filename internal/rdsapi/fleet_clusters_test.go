package rdsapi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// startClusters serves an Aurora cluster whose members differ, and a Multi-AZ
// DB cluster whose instances report no CA of their own.
func startClusters(t *testing.T) (server *rdsserver.Server, url string) {
	t.Helper()
	server, url = startLab(t, rdsserver.Scale{Clusters: 1}) // cluster-000, members on rsa4096, rsa2048, rsa4096
	server.PutParameterGroup(rdsserver.ParameterGroup{Name: "maz", Family: "postgres16", Cluster: true})
	server.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "16.8", RotationWithoutRestart: true})
	cluster := rdsserver.Cluster{
		Identifier: "maz", Engine: "postgres", EngineVersion: "16.8", ParameterGroup: "maz", CAIdentifier: "rds-ca-rsa2048-g1", PendingCA: "rds-ca-rsa4096-g1",
		MaintenanceWindow: "sat:04:09-sat:04:39", MultiAZ: true,
	}
	for i, id := range []string{"maz-1", "maz-2", "maz-3"} {
		cluster.Members = append(cluster.Members, rdsserver.Member{Identifier: id, Writer: i == 0})
		server.PutInstance(rdsserver.Instance{Identifier: id, Engine: "postgres", EngineVersion: "16.8", ClusterIdentifier: "maz"})
	}
	server.PutCluster(cluster)
	server.PutMaintenanceAction(rdsserver.MaintenanceAction{ResourceARN: "arn:aws:rds:us-east-1:123456789012:cluster:maz", Action: "server-certificate-rotation"})
	return server, url
}

func TestClustersTellTheCAsOfAllTheirMembers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		query rdsapi.FleetQuery
		want  []string
		cas   map[string]map[string]string
	}{
		"all": {
			want: []string{"cluster-000-1", "cluster-000-2", "cluster-000-3", "maz-1", "maz-2", "maz-3"},
			cas: map[string]map[string]string{
				"cluster-000": {"cluster-000-1": "rds-ca-rsa4096-g1", "cluster-000-2": "rds-ca-rsa2048-g1", "cluster-000-3": "rds-ca-rsa4096-g1"},
				"maz":         {"maz-1": "rds-ca-rsa2048-g1", "maz-2": "rds-ca-rsa2048-g1", "maz-3": "rds-ca-rsa2048-g1"},
			},
		},
		"one CA: the other members are not forgotten": {
			query: rdsapi.FleetQuery{CAIdentifiers: []string{"rds-ca-rsa2048-g1"}}, want: []string{"cluster-000-2", "maz-1", "maz-2", "maz-3"},
			cas: map[string]map[string]string{
				"cluster-000": {"cluster-000-1": "rds-ca-rsa4096-g1", "cluster-000-2": "rds-ca-rsa2048-g1", "cluster-000-3": "rds-ca-rsa4096-g1"},
				"maz":         {"maz-1": "rds-ca-rsa2048-g1", "maz-2": "rds-ca-rsa2048-g1", "maz-3": "rds-ca-rsa2048-g1"},
			},
		},
		"another CA than the Multi-AZ DB cluster's": {
			query: rdsapi.FleetQuery{CAIdentifiers: []string{"rds-ca-ecc384-g1"}}, cas: map[string]map[string]string{},
		},
		"one member by name: of the others nothing is known": {
			query: rdsapi.FleetQuery{Identifiers: []string{"cluster-000-2"}}, want: []string{"cluster-000-2"},
			cas: map[string]map[string]string{"cluster-000": {"cluster-000-2": "rds-ca-rsa2048-g1"}},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, url := startClusters(t)
			fleet, err := newReader(url).Fleet(t.Context(), tc.query)
			if err != nil || len(fleet.Gaps) > 0 {
				t.Fatal(err, fleet.Gaps)
			}
			cas := map[string]map[string]string{}
			for _, cluster := range fleet.Clusters {
				cas[cluster.Identifier] = cluster.MemberCAs
			}
			if diff := cmp.Diff(tc.want, identifiers(fleet)) + cmp.Diff(tc.cas, cas); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAMultiAZClusterGovernsItsInstances(t *testing.T) {
	t.Parallel()
	_, url := startClusters(t)
	fleet, err := newReader(url).Fleet(t.Context(), rdsapi.FleetQuery{Identifiers: []string{"maz-2"}, PendingMaintenance: true})
	if err != nil || len(fleet.Instances) != 1 || len(fleet.Clusters) != 1 {
		t.Fatal(err, fleet)
	}
	got := fleet.Instances[0]
	if got.CAIdentifier != "rds-ca-rsa2048-g1" || got.PendingCAIdentifier != "rds-ca-rsa4096-g1" || got.MaintenanceWindow != "sat:04:09-sat:04:39" {
		t.Errorf("the instance has %q, %q waits, in %q", got.CAIdentifier, got.PendingCAIdentifier, got.MaintenanceWindow)
	}
	for what, pending := range map[string][]rdsapi.MaintenanceAction{"instance": got.Pending, "cluster": fleet.Clusters[0].Pending} {
		if len(pending) != 1 || !pending[0].IsCertificateRotation() {
			t.Errorf("%s: %+v waits", what, pending)
		}
	}
}

// TestADeniedClusterLosesNoInstance: whether it has the CA asked for is then
// not known, and a gap says why.
func TestADeniedClusterLosesNoInstance(t *testing.T) {
	t.Parallel()
	server, url := startClusters(t)
	server.SetFaults(rdsserver.Faults{Denied: []string{"DescribeDBClusters"}})
	fleet, err := newReader(url).Fleet(t.Context(), rdsapi.FleetQuery{CAIdentifiers: []string{"rds-ca-rsa2048-g1"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"cluster-000-2", "maz-1", "maz-2", "maz-3"}, identifiers(fleet)); diff != "" || len(fleet.Gaps) != 1 {
		t.Errorf("gaps %v, (-want +got):\n%s", fleet.Gaps, diff)
	}
}

// TestBabelfishCostsNoCallOfItsOwn reads rds.babelfish_status with
// rds.force_ssl, also where the endpoint ignores filters.
func TestBabelfishCostsNoCallOfItsOwn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		parameter []rdsserver.Parameter
		faults    rdsserver.Faults
		want      string
		calls     int
	}{
		"on":                            {parameter: []rdsserver.Parameter{{Name: "rds.babelfish_status", Value: "on", Source: "user"}}, want: "on", calls: 1},
		"as every group has it":         {want: "off", calls: 1},
		"on, where nothing is filtered": {parameter: []rdsserver.Parameter{{Name: "rds.babelfish_status", Value: "on"}}, faults: rdsserver.Faults{IgnoreFilters: true}, want: "on", calls: 4},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, url := startLab(t, rdsserver.Scale{Clusters: 1})
			server.PutParameterGroup(rdsserver.ParameterGroup{Name: "aurora", Family: "aurora-postgresql16", Cluster: true, Parameters: tc.parameter})
			server.SetFaults(tc.faults)
			fleet, err := newReader(url).Fleet(t.Context(), rdsapi.FleetQuery{ForceSSL: true, Babelfish: true})
			if err != nil || len(fleet.Gaps) > 0 || len(fleet.Instances) != 3 {
				t.Fatal(err, fleet)
			}
			for _, instance := range fleet.Instances {
				if instance.BabelfishStatus != tc.want || !instance.ForceSSL.Present {
					t.Errorf("%s: Babelfish %q, want %q; force_ssl %+v", instance.Identifier, instance.BabelfishStatus, tc.want, instance.ForceSSL)
				}
			}
			if calls := server.Counts()["DescribeDBClusterParameters"]; calls != tc.calls {
				t.Errorf("%d calls, want %d", calls, tc.calls)
			}
		})
	}
}
