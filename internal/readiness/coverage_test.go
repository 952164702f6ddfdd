package readiness_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// TestCoverageFindsClientsByEveryKind asks the index by each kind of value,
// and by kinds that have to hold together.
func TestCoverageFindsClientsByEveryKind(t *testing.T) {
	t.Parallel()

	on, off := true, false
	clients := []readiness.Client{
		{Name: "by_user", Match: readiness.Match{Usernames: []string{"billing", "billing"}}},
		{Name: "by_user_and_application", Match: readiness.Match{Usernames: []string{"app"}, ApplicationNames: []string{"reports"}}},
		{Name: "by_database", Match: readiness.Match{Databases: []string{"ledger"}}},
		{Name: "by_network", Match: readiness.Match{ClientCIDRs: prefixes("10.1.0.0/16", "10.1.2.0/24", "fd00::/8")}},
		{Name: "by_nothing"},
		{Name: "never", Match: readiness.Match{ClientCIDRs: prefixes("192.0.2.7/24")}},
	}
	for i := range clients {
		clients[i].Settings = policy.Settings{Driver: "libpq", Connection: "sslmode=disable"}
	}
	sessions := map[string]struct {
		session readiness.Session
		want    []string // codes, in the order of the findings
	}{
		"user":                          {readiness.Session{Username: "billing", SSL: &on}, nil},
		"user and application":          {readiness.Session{Username: "app", ApplicationName: "reports"}, nil},
		"user of another application":   {readiness.Session{Username: "app", ApplicationName: "other", SSL: &on}, []string{"undeclared_client"}},
		"application of another user":   {readiness.Session{Username: "x", ApplicationName: "reports", SSL: &on}, []string{"undeclared_client"}},
		"nobody's plaintext":            {readiness.Session{Username: "x", SSL: &off}, nil},
		"nobody's, perhaps on TLS":      {readiness.Session{Username: "x"}, []string{"undeclared_client"}},
		"network, twice the same":       {readiness.Session{ClientAddr: "10.1.2.3", SSL: &on}, nil},
		"network of sixteen bytes":      {readiness.Session{ClientAddr: "fd00::1", SSL: &on}, nil},
		"network, mapped":               {readiness.Session{ClientAddr: "::ffff:10.1.9.9", SSL: &on}, nil},
		"another network":               {readiness.Session{ClientAddr: "10.2.0.1", SSL: &on}, []string{"undeclared_client"}},
		"no address":                    {readiness.Session{Database: "ledger", ClientAddr: "", SSL: &on}, nil},
		"two clients":                   {readiness.Session{Database: "ledger", Username: "billing", SSL: &on}, []string{"session_matched_twice"}},
		"three clients, each told once": {readiness.Session{Database: "ledger", Username: "billing", ClientAddr: "10.1.2.3", SSL: &on}, []string{"session_matched_twice"}},
	}
	for name, tc := range sessions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := readiness.Input{Clients: clients, Observations: seen(tc.session), At: benchmarkAt}
			var codes []string
			for _, f := range readiness.Evaluate(in).Findings {
				if f.Code == "undeclared_client" || f.Code == "session_matched_twice" {
					codes = append(codes, f.Code)
				}
			}
			if diff := cmp.Diff(tc.want, codes); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCoverageNamesAFewOfManyClients(t *testing.T) {
	t.Parallel()

	in := fleet(t, false)
	on := true
	for i := range in.Clients {
		in.Clients[i].Match = readiness.Match{Usernames: []string{"app"}}
	}
	in.Observations = seen(readiness.Session{Username: "app", SSL: &on})
	findings := readiness.Evaluate(in).Findings
	want := []readiness.Finding{{
		Severity: readiness.Warning, Code: "session_matched_twice",
		Detail: `The observed TLS session (user "app") matches several clients: client-00000, client-00001, client-00002, client-00003, client-00004 and 9995 more. Narrow their "match".`,
	}}
	if diff := cmp.Diff(want, findings); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}
