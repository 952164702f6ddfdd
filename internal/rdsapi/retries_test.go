package rdsapi_test

import (
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

// TestThrottlingIsSurvivedInBothRetryModes uses the retries that a user gets,
// waits and all.
func TestThrottlingIsSurvivedInBothRetryModes(t *testing.T) { //nolint:paralleltest // clears the environment
	forgetAWS(t)
	for _, mode := range []string{"", "standard", "adaptive"} {
		server, endpoint := startLab(t, rdsserver.Scale{Instances: 300, ParameterGroups: 8, EngineVersions: 4})
		server.SetFaults(rdsserver.Faults{ThrottleRate: 0.2, Seed: 3, Latency: 5 * time.Millisecond})
		session, err := rdsapi.Resolve(t.Context(), rdsapi.Config{
			Region: "us-east-1", AccessKey: "AKIALAB", SecretKey: secretKey, RDSEndpoint: endpoint, RetryMode: mode,
		})
		if err != nil {
			t.Fatal(err)
		}
		fleet, err := session.Reader(rdsapi.Options{}).Fleet(t.Context(), everyFact())
		if err != nil {
			t.Fatal(err)
		}
		if calls, want := server.RDSCalls(), 3+8+4+1; len(fleet.Instances) != 300 || len(fleet.Gaps) > 0 || calls != want {
			t.Errorf("%q: %d instances, gaps %v; %d calls besides the %d throttled, want %d", mode, len(fleet.Instances), fleet.Gaps, calls, server.Throttled(), want)
		}
		if server.Throttled() == 0 {
			t.Errorf("%q: nothing was throttled", mode)
		}
	}
}
