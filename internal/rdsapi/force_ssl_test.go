package rdsapi_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

func TestForceSSLOfAnInstance(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		group  rdsserver.ParameterGroup
		status string
		faults rdsserver.Faults
		want   rdsapi.ForceSSL
		calls  int
	}{
		"switched on by the user": {
			group: rdsserver.ParameterGroup{Parameters: []rdsserver.Parameter{{Name: "rds.force_ssl", Value: "1", Source: "user"}}},
			want: rdsapi.ForceSSL{
				Value: "1", Source: "user", Present: true, ApplyType: "dynamic",
				ParameterApplyStatus: "in-sync", Effect: rdsapi.EffectInForce,
			},
			calls: 2,
		},
		"a value equal to the default hides": {
			group: rdsserver.ParameterGroup{Parameters: []rdsserver.Parameter{{Name: "rds.force_ssl", Source: "engine-default"}}},
			want: rdsapi.ForceSSL{
				Source: "engine-default", Present: true, ApplyType: "dynamic",
				ParameterApplyStatus: "in-sync", Effect: rdsapi.EffectInForce,
			},
			calls: 2,
		},
		"a new group waits for a reboot": {
			group:  rdsserver.ParameterGroup{Parameters: []rdsserver.Parameter{{Name: "rds.force_ssl", Value: "1", Source: "user"}}},
			status: "pending-reboot",
			want: rdsapi.ForceSSL{
				Value: "1", Source: "user", Present: true, ApplyType: "dynamic",
				ParameterApplyStatus: "pending-reboot", Effect: rdsapi.EffectPendingReboot, PendingReboot: true,
			},
			calls: 2,
		},
		"the group failed to apply": {
			status: "failed-to-apply",
			want: rdsapi.ForceSSL{
				Value: "0", Source: "engine-default", Present: true, ApplyType: "dynamic",
				ParameterApplyStatus: "failed-to-apply", Effect: rdsapi.EffectFailed,
			},
			calls: 2,
		},
		"a status that nobody knows is no certainty": {
			status: "pending-moon",
			want: rdsapi.ForceSSL{
				Value: "0", Source: "engine-default", Present: true, ApplyType: "dynamic",
				ParameterApplyStatus: "pending-moon", Effect: rdsapi.EffectUnknown,
			},
			calls: 2,
		},
		"an engine without the parameter": {
			group: rdsserver.ParameterGroup{WithoutForceSSL: true},
			want:  rdsapi.ForceSSL{ParameterApplyStatus: "in-sync", Effect: rdsapi.EffectNotListed},
			calls: 2,
		},
		"an endpoint that ignores filters is paged through": {
			group: rdsserver.ParameterGroup{Parameters: []rdsserver.Parameter{
				{Name: "rds.force_ssl", Value: "1", Source: "system"}, {Name: "ssl_min_protocol_version", Value: "TLSv1.3", Source: "user"},
			}},
			faults: rdsserver.Faults{IgnoreFilters: true},
			want: rdsapi.ForceSSL{
				Value: "1", Source: "system", Present: true, ApplyType: "dynamic",
				ParameterApplyStatus: "in-sync", Effect: rdsapi.EffectInForce, TLS: rdsapi.TLSParameters{MinProtocol: "TLSv1.3"},
			},
			calls: 5,
		},
		"an endpoint that rejects filters is asked without": {
			group:  rdsserver.ParameterGroup{Parameters: []rdsserver.Parameter{{Name: "rds.force_ssl", Value: "1", Source: "user"}}},
			faults: rdsserver.Faults{RejectFilters: true},
			want: rdsapi.ForceSSL{
				Value: "1", Source: "user", Present: true, ApplyType: "dynamic",
				ParameterApplyStatus: "in-sync", Effect: rdsapi.EffectInForce,
			},
			calls: 6,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, url := startLab(t, rdsserver.Scale{})
			tc.group.Name = "orders"
			server.PutParameterGroup(tc.group)
			server.PutInstance(rdsserver.Instance{
				Identifier: "orders-prod", Engine: "postgres", EngineVersion: "15.18", ParameterGroup: "orders", ParameterApplyStatus: tc.status,
			})
			server.SetFaults(tc.faults)
			tc.want.ParameterGroupName, tc.want.Engine, tc.want.EngineVersion = "orders", "postgres", "15.18"

			got, err := newReader(url).ForceSSL(t.Context(), "Orders-Prod")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("ForceSSL mismatch (-want +got):\n%s", diff)
			}
			if calls := server.RDSCalls(); calls != tc.calls {
				t.Errorf("%d calls, want %d: %v", calls, tc.calls, server.Counts())
			}
		})
	}
}

func TestForceSSLOfAClusterAndItsMember(t *testing.T) {
	t.Parallel()
	server, url := startLab(t, rdsserver.Scale{})
	server.PutParameterGroup(rdsserver.ParameterGroup{
		Name: "shared-name", Cluster: true, Parameters: []rdsserver.Parameter{{Name: "rds.force_ssl", Value: "1", Source: "user"}},
	})
	server.PutParameterGroup(rdsserver.ParameterGroup{Name: "shared-name"}) // the instances' own group says 0
	server.PutCluster(rdsserver.Cluster{
		Identifier: "shop", Engine: "aurora-postgresql", EngineVersion: "16.8", ParameterGroup: "shared-name",
		Members: []rdsserver.Member{{Identifier: "shop-1", Writer: true}, {Identifier: "shop-2", ParameterGroupStatus: "pending-reboot"}},
	})
	for _, id := range []string{"shop-1", "shop-2"} {
		server.PutInstance(rdsserver.Instance{
			Identifier: id, Engine: "aurora-postgresql", EngineVersion: "16.8", ClusterIdentifier: "shop", ParameterGroup: "shared-name",
		})
	}
	common := rdsapi.ForceSSL{
		Value: "1", Source: "user", Present: true, ParameterGroupName: "shared-name", ApplyType: "dynamic",
		Engine: "aurora-postgresql", EngineVersion: "16.8",
	}

	member := common
	member.ParameterApplyStatus, member.Effect, member.PendingReboot = "pending-reboot", rdsapi.EffectPendingReboot, true
	got, err := newReader(url).ForceSSL(t.Context(), "shop-2")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(member, got); diff != "" {
		t.Errorf("member mismatch (-want +got):\n%s", diff)
	}
	if calls := server.RDSCalls(); calls > 3 {
		t.Errorf("a member took %d calls, want at most 3: %v", calls, server.Counts())
	}

	whole := common
	whole.Effect, whole.PendingReboot = rdsapi.EffectMixed, true
	whole.MemberStatuses = map[string]string{"shop-1": "in-sync", "shop-2": "pending-reboot"}
	got, err = newReader(url).ClusterForceSSL(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole, got); diff != "" {
		t.Errorf("cluster mismatch (-want +got):\n%s", diff)
	}
}

func TestForceSSLSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		instance string
		faults   rdsserver.Faults
		want     error
		action   string
	}{
		"no such instance":            {instance: "nobody", want: rdsapi.ErrDBInstanceNotFound},
		"its group vanished":          {instance: "orphan", want: rdsapi.ErrParameterGroupNotFound},
		"it has no group":             {instance: "bare", want: rdsapi.ErrNoParameterGroup},
		"its cluster vanished":        {instance: "stray", want: rdsapi.ErrDBClusterNotFound},
		"instances may not be listed": {instance: "orphan", faults: rdsserver.Faults{Denied: []string{"DescribeDBInstances"}}, want: rdsapi.ErrAccessDenied, action: "rds:DescribeDBInstances"},
		"parameters may not be read":  {instance: "orphan", faults: rdsserver.Faults{Denied: []string{"DescribeDBParameters"}}, want: rdsapi.ErrAccessDenied, action: "rds:DescribeDBParameters"},
		"credentials expired":         {instance: "orphan", faults: rdsserver.Faults{ExpiredToken: true}, want: rdsapi.ErrInvalidCredentials},
		"throttled for good":          {instance: "orphan", faults: rdsserver.Faults{ThrottleRate: 1}, want: rdsapi.ErrThrottled},
		"a cut response":              {instance: "orphan", faults: rdsserver.Faults{Malformed: []string{"DescribeDBInstances"}}, want: rdsapi.ErrMalformedResponse},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, url := startLab(t, rdsserver.Scale{})
			server.PutInstance(rdsserver.Instance{Identifier: "orphan", Engine: "postgres", EngineVersion: "15.18", ParameterGroup: "gone"})
			server.PutInstance(rdsserver.Instance{Identifier: "bare", Engine: "postgres", EngineVersion: "15.18"})
			server.PutInstance(rdsserver.Instance{Identifier: "stray", Engine: "aurora-postgresql", EngineVersion: "16.8", ClusterIdentifier: "gone"})
			server.SetFaults(tc.faults)

			_, err := newReader(url).ForceSSL(t.Context(), tc.instance)

			if !errors.Is(err, tc.want) {
				t.Fatalf("error = %v, want %v", err, tc.want)
			}
			var denied *rdsapi.AccessDeniedError
			if tc.action != "" && (!errors.As(err, &denied) || denied.Action != tc.action) {
				t.Errorf("error = %v, want it to name %s", err, tc.action)
			}
		})
	}
}

// TestAParameterThatIsListedTwice does not stand for another one, and what it
// contradicts is not known.
func TestAParameterThatIsListedTwice(t *testing.T) {
	t.Parallel()
	const once = "<Parameter><ParameterName>rds.force_ssl</ParameterName><ParameterValue>%d</ParameterValue></Parameter>"
	for second, want := range map[int]error{1: nil, 0: rdsapi.ErrMalformedResponse} {
		server, url := startLab(t, rdsserver.Scale{Instances: 1, ParameterGroups: 1})
		server.SetFaults(rdsserver.Faults{Answers: map[string]rdsserver.Answer{"DescribeDBParameters": {Page: func(nth int, _ string) string {
			page := "<Marker>2</Marker><Parameters>" + strings.Repeat(fmt.Sprintf(once, 1), 4) + "</Parameters>"
			if nth > 1 {
				page = "<Parameters><Parameter><ParameterName>ssl_ciphers</ParameterName><ParameterValue>HIGH</ParameterValue></Parameter>" + fmt.Sprintf(once, second) + "</Parameters>"
			}
			return "<DescribeDBParametersResponse><DescribeDBParametersResult>" + page + "</DescribeDBParametersResult></DescribeDBParametersResponse>"
		}}}})
		setting, err := newReader(url).ForceSSL(t.Context(), "db-00000")
		if !errors.Is(err, want) || want == nil && (setting.Value != "1" || setting.TLS.Ciphers != "HIGH") {
			t.Errorf("then %d: got %+v, %v, want %v", second, setting, err, want)
		}
	}
}
