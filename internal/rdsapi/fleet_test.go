package rdsapi_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

func identifiers(fleet rdsapi.Fleet) []string {
	var ids []string
	for _, instance := range fleet.Instances {
		ids = append(ids, instance.Identifier)
	}
	return ids
}

func TestFleetSelects(t *testing.T) {
	t.Parallel()
	_, url := func() (*rdsserver.Server, string) {
		server, url := startLab(t, rdsserver.Scale{Instances: 6, ParameterGroups: 2, EngineVersions: 2, Clusters: 1})
		server.PutInstance(rdsserver.Instance{Identifier: "a-mysql", Engine: "mysql", EngineVersion: "8.4.3"})
		return server, url
	}()
	tests := map[string]struct {
		query    rdsapi.FleetQuery
		want     []string
		clusters int
	}{
		"everything that is PostgreSQL": {
			want:     []string{"cluster-000-1", "cluster-000-2", "cluster-000-3", "db-00000", "db-00001", "db-00002", "db-00003", "db-00004", "db-00005"},
			clusters: 1,
		},
		"by engine":                       {query: rdsapi.FleetQuery{Engines: []string{"postgres"}}, want: []string{"db-00000", "db-00001", "db-00002", "db-00003", "db-00004", "db-00005"}},
		"by CA":                           {query: rdsapi.FleetQuery{Engines: []string{"postgres"}, CAIdentifiers: []string{"rds-ca-rsa4096-g1"}}, want: []string{"db-00001", "db-00003", "db-00005"}},
		"by tag":                          {query: rdsapi.FleetQuery{Tags: map[string]string{"team": "team-03"}}, want: []string{"db-00003"}},
		"by any tag":                      {query: rdsapi.FleetQuery{Tags: map[string]string{"team": "", "stage": "prod"}}, want: []string{"db-00000", "db-00002", "db-00004"}},
		"by identifier":                   {query: rdsapi.FleetQuery{Identifiers: []string{"DB-00004", "cluster-000-2"}}, want: []string{"cluster-000-2", "db-00004"}, clusters: 1},
		"nobody":                          {query: rdsapi.FleetQuery{CAIdentifiers: []string{"rds-ca-2019"}}},
		"not other engines, even by name": {query: rdsapi.FleetQuery{Identifiers: []string{"a-mysql"}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fleet, err := newReader(url).Fleet(t.Context(), tc.query)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, identifiers(fleet)); diff != "" {
				t.Errorf("instances mismatch (-want +got):\n%s", diff)
			}
			if len(fleet.Clusters) != tc.clusters || len(fleet.Gaps) > 0 {
				t.Errorf("%d clusters, gaps %v", len(fleet.Clusters), fleet.Gaps)
			}
		})
	}
}

func TestFleetHasEveryFact(t *testing.T) {
	t.Parallel()
	_, url := startLab(t, rdsserver.Scale{Instances: 6, ParameterGroups: 3, EngineVersions: 5, Pending: 1, Clusters: 1})
	fleet, err := newReader(url).Fleet(t.Context(), everyFact())
	if err != nil {
		t.Fatal(err)
	}
	if len(fleet.Gaps) > 0 {
		t.Fatalf("gaps: %v", fleet.Gaps)
	}
	byID := map[string]rdsapi.FleetInstance{}
	for _, instance := range fleet.Instances {
		byID[instance.Identifier] = instance
	}
	if first := byID["db-00000"]; first.ForceSSL.Value != "1" || first.ForceSSL.Effect != rdsapi.EffectInForce ||
		*first.EngineVersion.RotationWithoutRestart || len(first.Pending) != 1 || !first.Pending[0].IsCertificateRotation() {
		t.Errorf("db-00000: %+v", first)
	}
	if second := byID["db-00001"]; second.ForceSSL.Value != "0" || second.ForceSSL.Source != "user" || second.Pending == nil || len(second.Pending) != 0 {
		t.Errorf("db-00001: %+v", second)
	}
	if member := byID["cluster-000-2"]; member.ForceSSL.ParameterGroupName != "aurora" ||
		member.ForceSSL.ParameterApplyStatus != "in-sync" {
		t.Errorf("cluster-000-2: %+v", member.ForceSSL)
	}
}

func TestADeniedCallIsAGapAndLosesNoInstance(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		denied string
		empty  func(rdsapi.FleetInstance) bool
		calls  int
	}{
		"DescribeDBParameters":              {denied: "DescribeDBParameters", empty: func(i rdsapi.FleetInstance) bool { return i.ForceSSL == nil }, calls: 2},
		"DescribeDBEngineVersions":          {denied: "DescribeDBEngineVersions", empty: func(i rdsapi.FleetInstance) bool { return i.EngineVersion == nil }, calls: 5},
		"DescribePendingMaintenanceActions": {denied: "DescribePendingMaintenanceActions", empty: func(i rdsapi.FleetInstance) bool { return i.Pending == nil }, calls: 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, url := startLab(t, rdsserver.Scale{Instances: 150, ParameterGroups: 2, EngineVersions: 5})
			server.SetFaults(rdsserver.Faults{Denied: []string{tc.denied}})
			fleet, err := newReader(url).Fleet(t.Context(), everyFact())
			if err != nil {
				t.Fatal(err)
			}
			if len(fleet.Instances) != 150 {
				t.Errorf("%d instances, want 150", len(fleet.Instances))
			}
			if at := slices.IndexFunc(fleet.Instances, func(i rdsapi.FleetInstance) bool { return !tc.empty(i) }); at >= 0 {
				t.Errorf("%s has a fact that nobody could read", fleet.Instances[at].Identifier)
			}
			var denied *rdsapi.AccessDeniedError
			if len(fleet.Gaps) != 1 || !errors.As(fleet.Gaps[0].Err, &denied) || denied.Action != "rds:"+tc.denied || len(fleet.Gaps[0].Instances) != 150 {
				t.Errorf("gaps: %v", fleet.Gaps)
			}
			if calls := server.Counts()[tc.denied]; calls != tc.calls {
				t.Errorf("%s was called %d times, want %d", tc.denied, calls, tc.calls)
			}
		})
	}
}

func TestAVanishedGroupIsAGapOnce(t *testing.T) {
	t.Parallel()
	server, url := startLab(t, rdsserver.Scale{Instances: 100, ParameterGroups: 2})
	server.RemoveParameterGroup(false, "pg-01")
	fleet, err := newReader(url).Fleet(t.Context(), everyFact())
	if err != nil {
		t.Fatal(err)
	}
	if len(fleet.Gaps) != 1 || !errors.Is(fleet.Gaps[0].Err, rdsapi.ErrParameterGroupNotFound) || len(fleet.Gaps[0].Instances) != 50 {
		t.Errorf("gaps: %v", fleet.Gaps)
	}
	if calls := server.Counts()["DescribeDBParameters"]; calls != 2 {
		t.Errorf("%d calls for two groups", calls)
	}
}

func TestFleetFailsWhereInstancesCannotBeListed(t *testing.T) {
	t.Parallel()
	server, url := startLab(t, rdsserver.Scale{Instances: 10})
	server.SetFaults(rdsserver.Faults{Denied: []string{"DescribeDBInstances"}})
	if fleet, err := newReader(url).Fleet(t.Context(), rdsapi.FleetQuery{}); !errors.Is(err, rdsapi.ErrAccessDenied) || len(fleet.Instances) > 0 {
		t.Errorf("%d instances, error = %v", len(fleet.Instances), err)
	}
	server.SetFaults(rdsserver.Faults{})
	if _, err := newReader(url).Fleet(t.Context(), rdsapi.FleetQuery{Identifiers: []string{"db-00001", "nobody"}}); !errors.Is(err, rdsapi.ErrDBInstanceNotFound) {
		t.Errorf("an identifier that does not exist: error = %v", err)
	}
}
