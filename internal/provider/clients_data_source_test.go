package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
)

const clientsType = "sslready_clients"

// quietLab is a Region of its own: nobody but this test is connected to its
// DB instances "one" and "two", the members of the cluster "pair".
type quietLab struct {
	*region.Region

	roots string
}

func newQuietLab(t testing.TB) *quietLab {
	t.Helper()
	rds, err := region.Start(t.Context(), labRegion, pgserver.Options{Roles: []pgserver.Role{
		{Name: watcher, Monitor: true, Password: password}, {Name: nobody, Password: password}, {Name: billing}, {Name: reports}, {Name: replica, Replication: true},
	}})
	must(t, err)
	t.Cleanup(func() { must(t, rds.Stop()) })
	members := []rdsserver.Member{}
	for i, id := range []string{"one", "two"} {
		must(t, rds.Launch(rdsserver.Instance{Identifier: id, Engine: "aurora-postgresql", EngineVersion: "15.18", CAIdentifier: presentCA, ClusterIdentifier: "pair"}))
		members = append(members, rdsserver.Member{Identifier: id, Writer: i == 0})
	}
	rds.API.PutCluster(rdsserver.Cluster{Identifier: "pair", Engine: "aurora-postgresql", EngineVersion: "15.18", Members: members})
	root, err := rds.RootPEM(presentCA)
	must(t, err)
	lab := &quietLab{Region: rds, roots: filepath.Join(t.TempDir(), "roots.pem")}
	must(t, os.WriteFile(lab.roots, root, 0o600))
	return lab
}

// postgres is the provider's own login.
func (l *quietLab) postgres(user string) values {
	return values{"username": user, "password": password, "sslrootcert": l.roots, "connect_timeout": "5s"}
}

func (l *quietLab) protocol(t testing.TB, user string) *protocol {
	t.Helper()
	return l.protocolAt(t, user, now)
}

func (l *quietLab) protocolAt(t testing.TB, user string, clock func() time.Time) *protocol {
	t.Helper()
	return newProtocol(t, clock, values{
		"region": labRegion, "access_key": "lab", "secret_key": "lab", "skip_region_validation": true,
		"endpoints": values{"rds": l.URL, "sts": l.URL}, "postgres": l.postgres(user),
	})
}

func TestAccClientsSeesTLSPlaintextAndReplication(t *testing.T) {
	t.Parallel()
	lab := newQuietLab(t)
	one := lab.Server("one")
	session{user: billing, application: "billing", encrypted: true}.open(t, one)
	session{user: billing, application: "billing", encrypted: true}.open(t, one)
	session{user: reports, application: "reports"}.open(t, one)
	session{user: replica, application: "standby", encrypted: true, replication: true}.open(t, one)
	session{user: reports, application: "two", encrypted: true}.open(t, lab.Server("two"))

	const instance, cluster, limited = "data.sslready_clients.instance", "data.sslready_clients.cluster", "data.sslready_clients.observed"
	runAt(t, now, resource.TestStep{
		Config: providerBlocks(lab.URL, fmt.Sprintf("  postgres = { username = %q, password = %q, sslrootcert = %q }", watcher, password, lab.roots)) + `
data "sslready_clients" "instance" {
  db_instance_identifier = "one"
}

# All at once: the provider's own sessions are no clients.
data "sslready_clients" "cluster" {
  db_cluster_identifier = "pair"
}

data "sslready_clients" "observed" {
  db_instance_identifier = "two"
  observe_for            = "300ms"
  sample_interval        = "100ms"
}

check "everyone_is_on_tls" {
  assert {
    condition     = data.sslready_clients.observed.complete && data.sslready_clients.observed.plaintext_sessions == 0
    error_message = "Clients without TLS are connected."
  }
}

resource "terraform_data" "after" {
  lifecycle {
    precondition {
      condition     = data.sslready_clients.instance.plaintext_sessions == 1
      error_message = "One client is on plaintext."
    }
  }
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			expect(instance, "reachable", knownvalue.Bool(true)),
			expect(instance, "complete", knownvalue.Bool(true)),
			expect(instance, "hidden_sessions", knownvalue.Int64Exact(0)),
			expect(instance, "plaintext_sessions", knownvalue.Int64Exact(1)),
			expect(instance, "ssl_sessions", knownvalue.Int64Exact(3)),
			expect(instance, "samples", knownvalue.Int64Exact(1)),
			expect(instance, "clients", knownvalue.ListSizeExact(3)),
			statecheck.ExpectKnownValue(instance, tfjsonpath.New("clients").AtSliceIndex(0), knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"instance": knownvalue.StringExact("one"), "database": knownvalue.Null(), "username": knownvalue.StringExact(replica),
				"application_name": knownvalue.StringExact("standby"), "ssl": knownvalue.Bool(true), "sessions": knownvalue.Int64Exact(1),
			})),
			statecheck.ExpectKnownValue(instance, tfjsonpath.New("clients").AtSliceIndex(1), knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"username": knownvalue.StringExact(billing), "client_addr": knownvalue.StringExact("127.0.0.1"), "ssl": knownvalue.Bool(true),
				"tls_version": knownvalue.StringExact("TLSv1.3"), "cipher": knownvalue.NotNull(), "bits": knownvalue.Int64Exact(256),
				"client_dn": knownvalue.Null(), "sessions": knownvalue.Int64Exact(2), "first_seen": knownvalue.NotNull(), "last_seen": knownvalue.NotNull(),
			})),
			statecheck.ExpectKnownValue(instance, tfjsonpath.New("clients").AtSliceIndex(2), knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"application_name": knownvalue.StringExact("reports"), "ssl": knownvalue.Bool(false), "tls_version": knownvalue.Null(), "bits": knownvalue.Null(),
			})),
			expect(cluster, "ssl_sessions", knownvalue.Int64Exact(4)),
			expect(cluster, "plaintext_sessions", knownvalue.Int64Exact(1)),
			expect(cluster, "unreachable", knownvalue.ListSizeExact(0)),
			expect(limited, "samples", knownvalue.Int64Func(atLeast(2))),
			expect(limited, "ssl_sessions", knownvalue.Int64Exact(1)),
		},
	})
}

func atLeast(least int64) func(int64) error {
	return func(n int64) error {
		if n < least {
			return fmt.Errorf("%d is less than %d", n, least)
		}
		return nil
	}
}

func TestARoleThatMayNotSeeMakesTheAnswerIncomplete(t *testing.T) {
	t.Parallel()
	lab := newQuietLab(t)
	session{user: billing, application: "billing", encrypted: true}.open(t, lab.Server("one"))
	state, told := lab.protocol(t, nobody).read(t, clientsType, values{"db_instance_identifier": "one"})
	if told.failed() {
		t.Fatal(told)
	}
	if at(t, state, "complete") != false || at(t, state, "reachable") != true {
		t.Errorf("complete = %v, reachable = %v; want false and true", at(t, state, "complete"), at(t, state, "reachable"))
	}
	if fmt.Sprint(at(t, state, "hidden_sessions")) == "0" {
		t.Error("no session is hidden")
	}
	clients, _ := at(t, state, "clients").([]any)
	var found bool
	for _, client := range clients {
		c, _ := client.(values)
		found = found || c["username"] == billing && c["ssl"] == nil && c["client_addr"] == nil
	}
	if !found {
		t.Errorf("clients = %v: the hidden session's user is known, and whether it is on TLS is not", clients)
	}
}

func TestAClusterWithAMemberThatCannotBeAskedClaimsNothing(t *testing.T) {
	t.Parallel()
	lab := newQuietLab(t)
	session{user: billing, application: "billing", encrypted: true}.open(t, lab.Server("one"))
	gone, _ := lab.API.Instance("two")
	gone.Port = closedPort(t)
	lab.API.PutInstance(gone)
	p := lab.protocol(t, watcher)

	_, told := p.read(t, clientsType, values{"db_cluster_identifier": "pair"})
	told.expect(t, "ERROR", "db_cluster_identifier", "Cannot Read the Clients", `DB instance "two"`, "that does not mean that nobody is", "allow_unreachable = true")

	state, told := p.read(t, clientsType, values{"db_cluster_identifier": "pair", "allow_unreachable": true})
	told.expect(t, "WARNING", "db_cluster_identifier", "Cannot Read the Clients", `DB instance "two"`, "it says nothing about the sessions")
	want := values{
		"reachable": false, "complete": false, "ssl_sessions": nil, "plaintext_sessions": nil, "hidden_sessions": nil,
		"unreachable": []any{`DB instance "two"`},
	}
	for attribute, want := range want {
		if diff := cmp.Diff(want, at(t, state, attribute)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", attribute, diff)
		}
	}
	if clients, _ := at(t, state, "clients").([]any); len(clients) != 1 {
		t.Errorf("clients = %v: what the reachable member said is lost", clients)
	}

	gone.Host = ""
	lab.API.PutInstance(gone)
	_, told = lab.protocol(t, watcher).read(t, clientsType, values{"db_instance_identifier": "two"})
	told.expect(t, "ERROR", "db_instance_identifier", "Cannot Read the Clients", "being created")
}

// TestAClusterWithoutMembersIsNotNobody: nobody was asked.
func TestAClusterWithoutMembersIsNotNobody(t *testing.T) {
	t.Parallel()
	lab := newQuietLab(t)
	lab.API.PutCluster(rdsserver.Cluster{Identifier: "headless", Engine: "aurora-postgresql", EngineVersion: "16.4"})
	_, told := lab.protocol(t, watcher).read(t, clientsType, values{"db_cluster_identifier": "headless"})
	told.expect(t, "ERROR", "db_cluster_identifier", "Cannot Read the Clients", "has no member", "Check the cluster identifier")
}

// TestTheServerSeesTheProviderByItsName asks with a second data source while
// the first one looks.
func TestTheServerSeesTheProviderByItsName(t *testing.T) {
	t.Parallel()
	lab := newQuietLab(t)
	looking := make(chan struct{})
	go func() {
		defer close(looking)
		_, _ = lab.protocol(t, billing).read(t, clientsType, values{"db_instance_identifier": "one", "observe_for": "2s"})
	}()
	p := lab.protocol(t, watcher)
	var found bool
	for range 50 {
		state, told := p.read(t, clientsType, values{"db_instance_identifier": "one"})
		if told.failed() {
			t.Fatal(told)
		}
		clients, _ := at(t, state, "clients").([]any)
		for _, client := range clients {
			c, _ := client.(values)
			found = found || c["application_name"] == "sslready" && c["username"] == billing && c["ssl"] == true
		}
		if found {
			break
		}
	}
	<-looking
	if !found {
		t.Error("no session calls itself sslready")
	}
}

func TestHostAndPortNeedNoAWS(t *testing.T) {
	t.Parallel()
	lab := newQuietLab(t)
	p := newProtocol(t, now, values{"postgres": lab.postgres(watcher)})
	state, told := p.read(t, clientsType, values{"host": region.Host, "port": lab.Server("one").Port()})
	if told.failed() {
		t.Fatal(told)
	}
	if at(t, state, "complete") != true || len(lab.API.Requests()) != 0 {
		t.Errorf("complete = %v after %d calls to RDS", at(t, state, "complete"), len(lab.API.Requests()))
	}
}
