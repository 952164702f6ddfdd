package provider_test

import (
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
)

// complaint is a diagnostic as a reader wants it: where and what, and in its
// detail what was found, what follows from it, and what to do.
type complaint struct {
	severity, path, title      string
	cause, consequence, remedy string
}

// expectIn wants the complaint once among the diagnostics.
func (c complaint) expectIn(t *testing.T, told diagnostics) {
	t.Helper()
	var found diagnostics
	for _, d := range told.of(c.severity) {
		if d.path == c.path && d.plainTitle() == c.title {
			found = append(found, d)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d diagnostics under %q at %s, want 1 of: %v", len(found), c.title, c.path, told)
	}
	found[0].expect(t, c.path, c.title, c.cause, c.consequence, c.remedy)
}

// ask plans a gate or reads a data source.
func (p *protocol) ask(t *testing.T, name string, config values) diagnostics {
	t.Helper()
	if name == gateType {
		_, told := p.planGate(t, config)
		return told
	}
	_, told := p.read(t, name, config)
	return told
}

// TestWhatAWSDoesNotGive goes through what can be wrong between the provider
// and RDS.
func TestWhatAWSDoesNotGive(t *testing.T) {
	t.Parallel()
	const nothing = "The result depends on facts from AWS, and the provider does not guess them."
	fault := func(faults rdsserver.Faults) func(*rdsserver.Server) {
		return func(api *rdsserver.Server) { api.SetFaults(faults) }
	}
	denied := func(action string) func(*rdsserver.Server) { return fault(rdsserver.Faults{Denied: []string{action}}) }
	forceSSL := func(cause, remedy string) complaint {
		return complaint{"ERROR", "db_instance_identifier", "Cannot Read rds.force_ssl", cause, nothing, remedy}
	}
	instance := values{"db_instance_identifier": orders}
	unverified := values{"app": values{"driver": "psql", "connection": "sslmode=require"}}
	tests := map[string]struct {
		set      func(*rdsserver.Server)
		settings values // of the provider, beside the account's
		subject  string // default: sslready_force_ssl
		config   values // default: of orders-prod
		want     complaint
	}{
		"unknown instance": {
			config: values{"db_instance_identifier": "order-prod"},
			want:   forceSSL("No such DB instance", "Check the identifier, the account and the Region."),
		},
		"unknown cluster": {
			config: values{"db_cluster_identifier": "shop"},
			want:   complaint{"ERROR", "db_cluster_identifier", "Cannot Read rds.force_ssl", "No such DB cluster", nothing, "Check the cluster identifier"},
		},
		"unknown instance, whose clients are wanted": {
			subject: clientsType, config: values{"db_instance_identifier": "order-prod"},
			want: complaint{"ERROR", "db_instance_identifier", "Cannot Read the Clients", "No such DB instance", nothing, "Check the identifier"},
		},
		"unknown instance behind a gate": {
			subject: gateType, config: gate(unverified, values{"db_instance_identifier": "order-prod"}),
			want: complaint{"WARNING", "db_instance_identifier", "DB Instance Does Not Exist Yet", `No DB instance "order-prod"`, "about to be created", "check the identifier, the account and the Region"},
		},
		"a Region that AWS does not have": {
			settings: values{"region": "eu-nowhere-1", "skip_region_validation": nil},
			want:     forceSSL(`Invalid AWS Region: "eu-nowhere-1"`, "Check the Region, both here and in the provider's configuration."),
		},
		"no Region": {
			settings: values{"region": nil},
			want:     forceSSL("no Region is set", "Check the Region, both here and in the provider's configuration."),
		},
		"no credentials": {
			settings: values{"access_key": nil, "secret_key": nil, "skip_metadata_api_check": "true"},
			want:     forceSSL("No AWS credentials", "Configure AWS credentials for the provider"),
		},
		"expired credentials": {
			set:  fault(rdsserver.Faults{ExpiredToken: true}),
			want: forceSSL("AWS does not accept the credentials (ExpiredToken", "Check the provider's credentials"),
		},
		"access denied for the instance": {
			set:  denied("DescribeDBInstances"),
			want: forceSSL("the credentials lack the permission rds:DescribeDBInstances", "Grant rds:DescribeDBInstances"),
		},
		"access denied for its parameters": {
			set:  denied("DescribeDBParameters"),
			want: forceSSL("the credentials lack the permission rds:DescribeDBParameters", "Grant rds:DescribeDBParameters"),
		},
		"access denied for its parameters, behind a gate": {
			set: denied("DescribeDBParameters"), subject: gateType,
			want: complaint{"WARNING", "force_ssl", "Cannot Read rds.force_ssl", "Access denied: the credentials lack the permission rds:DescribeDBParameters.", "Clients whose outcome depends on rds.force_ssl cannot be judged.", "Grant rds:DescribeDBParameters to the provider's IAM identity. Alternatively, set force_ssl."},
		},
		"access denied for the CAs, behind a gate": {
			set: denied("DescribeCertificates"), subject: gateType,
			config: gate(unverified, values{"region": "us-east-1", "force_ssl": false}),
			want:   complaint{"WARNING", "db_instance_identifier", "Cannot Read the Region's CAs", "Access denied: the credentials lack the permission rds:DescribeCertificates.", "the provider's own list of RDS CAs instead", "Grant rds:DescribeCertificates"},
		},
		"access denied for the engine version, behind a gate": {
			set: denied("DescribeDBEngineVersions"), subject: gateType,
			want: complaint{"WARNING", "target_ca_cert_identifier", "Cannot Read the Engine Version", "Access denied: the credentials lack the permission rds:DescribeDBEngineVersions.", "therefore did not check whether postgres", "Grant rds:DescribeDBEngineVersions"},
		},
		"throttling": {
			set: fault(rdsserver.Faults{ThrottleRate: 1}), settings: values{"max_retries": 1},
			want: forceSSL("throttled by AWS (Throttling", "raise the provider's max_retries"),
		},
		"a parameter group that vanished": {
			set: func(api *rdsserver.Server) {
				changed := ordersInstance()
				changed.ParameterGroup = "gone"
				api.PutInstance(changed)
			},
			want: forceSSL("No such parameter group", "plan again"),
		},
		"an answer that is cut off": {
			set:  fault(rdsserver.Faults{Malformed: []string{"DescribeDBInstances"}}),
			want: forceSSL("malformed response", "something other than AWS is answering"),
		},
		"an endpoint that is not there": {
			settings: values{"endpoints": values{"rds": "http://127.0.0.1:1"}, "max_retries": 1},
			want:     forceSSL("the AWS endpoint cannot be reached", "the provider's endpoints"),
		},
		"no CA at all": {
			set: fault(rdsserver.Faults{Answers: map[string]rdsserver.Answer{"DescribeCertificates": {
				Body: `<DescribeCertificatesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeCertificatesResult><Certificates/></DescribeCertificatesResult></DescribeCertificatesResponse>`,
			}}}),
			subject: "sslready_ca_certificate", config: values{"ca_cert_identifier": targetCA},
			want: complaint{"ERROR", "ca_cert_identifier", "Unknown CA Identifier", `offers no CA "` + targetCA + `"`, "so no DB instance can be switched to it", "RDS reports no CA at all: check the Region, and the provider's endpoints."},
		},
		"a DB instance without an endpoint": {
			set: func(api *rdsserver.Server) {
				changed := ordersInstance()
				changed.Host = ""
				api.PutInstance(changed)
			},
			subject: "sslready_server_certificate", config: values{"db_instance_identifier": orders},
			want: complaint{"ERROR", "db_instance_identifier", "Cannot Read the Server Certificate", "RDS reports no endpoint", "still being created", "Plan again once the DB instance is available."},
		},
		"a profile that is not there": {
			settings: values{"profile": "nowhere"},
			want:     forceSSL(`no profile "nowhere"`, "Check the provider's credentials, profile and assume_role."),
		},
		"a provider whose arguments are not known yet": {
			settings: values{"secret_key": notKnown{}},
			want:     forceSSL("known only after something else is applied", "use -target to first apply what those arguments depend on"),
		},
		"unknown CA identifier": {
			subject: gateType, config: gate(unverified, values{"target_ca_cert_identifier": "rds-ca-rsa2048-g9"}),
			want: complaint{"ERROR", "target_ca_cert_identifier", "Unknown CA Identifier", `offers no CA "rds-ca-rsa2048-g9"`, "no DB instance can be switched to it", "Choose a CA that the Region offers: rds-ca-"},
		},
		"unknown CA identifier, without RDS": {
			subject: readinessType,
			config:  values{"region": "us-east-1", "target_ca_cert_identifier": "rds-ca-rsa2048-g9", "clients": unverified},
			want:    complaint{"ERROR", "target_ca_cert_identifier", "Unknown CA Identifier", `The CA "rds-ca-rsa2048-g9" is not known`, "so the certificates that the server would present are not known either", "Correct the identifier"},
		},
		"a host of another Region": {
			subject: readinessType,
			config:  values{"region": "us-east-1", "host": "orders.c0example.eu-central-1.rds.amazonaws.com", "target_ca_cert_identifier": targetCA, "clients": unverified},
			want:    complaint{"ERROR", "region", "Region Contradicts the Host", `"host" is an endpoint in eu-central-1, but "region" is "us-east-1".`, "judged against a root", "Correct one of the two"},
		},
		"a CA that the engine version does not have": {
			set: func(api *rdsserver.Server) {
				api.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "16.3", SupportedCAs: []string{presentCA}})
			},
			subject: gateType,
			want:    complaint{"ERROR", "target_ca_cert_identifier", "CA Not Offered for the Engine Version", `does not offer "` + targetCA + `" for postgres 16.3`, "would refuse the switch", "upgrade the engine first"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			if tc.set != nil {
				tc.set(a.api)
			}
			settings := a.settings()
			maps.Copy(settings, tc.settings)
			subject, config := tc.subject, tc.config
			switch {
			case subject == "":
				subject = forceSSLType
			case subject == gateType && config == nil:
				config = gate(values{"app": libpq("verify-ca", values{"path": a.store(t, "both.pem", presentCA, targetCA)})})
			}
			if config == nil {
				config = instance
			}
			tc.want.expectIn(t, newProtocol(t, always(judgedAt), settings).ask(t, subject, config))
		})
	}
}

// TestWhatPostgreSQLDoesNotGive goes through what can be wrong between the
// provider and a server.
func TestWhatPostgreSQLDoesNotGive(t *testing.T) {
	t.Parallel()
	lab := labWithServers(t)
	other, err := pki.NewRegion("another-1", judgedAt).Root(presentCA, pki.Options{})
	must(t, err)
	otherRoot := filepath.Join(t.TempDir(), "other.pem")
	must(t, os.WriteFile(otherRoot, pki.PEM(other), 0o600))
	at := func(host string, port int) values { return values{"host": host, "port": port} }
	server := at(region.Host, lab.Server(tlsOnly).Port())
	const notNobody = "that does not mean that nobody is"
	tests := map[string]struct {
		settings values // of postgres, beside the watcher's
		config   values
		want     complaint
	}{
		"unreachable": {
			config: at("127.0.0.1", closedPort(t)),
			want:   complaint{cause: "PostgreSQL cannot be reached", consequence: notNobody, remedy: "allow_unreachable = true"},
		},
		"a name that is none": {
			config: at("postgres.invalid", 5432),
			want:   complaint{cause: "PostgreSQL cannot be reached", consequence: notNobody, remedy: "allow_unreachable = true"},
		},
		"wrong password": {
			settings: values{"password": "not-it"}, config: server,
			want: complaint{cause: "wrong password", consequence: notNobody, remedy: "Check the user, the password or the IAM authentication"},
		},
		"a token that cannot be made": {
			settings: values{"password": nil, "iam_auth": true}, config: server,
			want: complaint{cause: "cannot create an authentication token", consequence: notNobody, remedy: "the IAM authentication"},
		},
		"TLS refused": {
			config: at("127.0.0.1", portWithoutTLS(t)),
			want:   complaint{cause: "the server does not offer TLS", consequence: notNobody, remedy: "does not log in without TLS"},
		},
		"a certificate of another CA": {
			settings: values{"sslrootcert": otherRoot}, config: server,
			want: complaint{cause: "the server certificate is not trusted", consequence: notNobody, remedy: "set postgres.sslrootcert to a file that contains its root CA"},
		},
		"a certificate of no CA of RDS": {
			settings: values{"sslrootcert": nil}, config: server,
			want: complaint{cause: "does not lead to an RDS root CA", consequence: notNobody, remedy: "set postgres.sslrootcert to a file that contains its root CA"},
		},
		"a root file that is none": {
			settings: values{"sslrootcert": filepath.Join(t.TempDir(), "gone.pem")}, config: server,
			want: complaint{cause: "Invalid root certificate", consequence: notNobody, remedy: "postgres.sslrootcert"},
		},
		"a role that sees nothing": {
			settings: values{"username": nobody, "password": nil}, config: server,
			want: complaint{severity: "WARNING", title: "Not All Sessions Are Visible", cause: "is not allowed to see every session (number of hidden sessions: ", consequence: "Clients that are not listed may be connected", remedy: "Grant pg_read_all_stats"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			login := values{"username": watcher, "password": password, "sslrootcert": shared.roots(), "connect_timeout": "20s"}
			maps.Copy(login, tc.settings)
			p := newProtocol(t, now, values{
				"postgres": login, "region": "us-east-1", "skip_metadata_api_check": "true",
			})
			tc.want.path = "host"
			if tc.want.severity == "" {
				tc.want.severity, tc.want.title = "ERROR", "Cannot Read the Clients"
			}
			tc.want.expectIn(t, p.ask(t, clientsType, tc.config))
		})
	}

	p := newProtocol(t, now, values{"postgres": values{"username": watcher, "password": notKnown{}}})
	complaint{
		"ERROR", "host", "Cannot Read the Clients", "known only after something else is applied", notNobody, "use -target to first apply what those arguments depend on",
	}.expectIn(t, p.ask(t, clientsType, server))
}

// portWithoutTLS is a port of 127.0.0.1 where a server answers every
// SSLRequest as a PostgreSQL without TLS does.
func portWithoutTLS(t *testing.T) int {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if _, err := io.ReadFull(conn, make([]byte, 8)); err == nil {
				_, _ = conn.Write([]byte("N"))
			}
			_ = conn.Close()
		}
	}()
	address, _ := listener.Addr().(*net.TCPAddr)
	return address.Port
}

// TestBadClientsAreAllToldInOnePlan has one client for each thing that can be
// wrong with a client, and one that is right.
func TestBadClientsAreAllToldInOnePlan(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	const refused = "Once the CA is switched, this client can no longer connect."
	const never = "This client can connect neither before nor after the switch."
	const unjudged = "A client that cannot be judged counts as not ready"
	verifying := func(store values) values { return libpq("verify-ca", store) }
	unready := func(path, cause, consequence, remedy string) complaint {
		return complaint{"ERROR", path, "Client " + path[len("clients["):strings.Index(path, "]")] + " Not Ready for the Target CA", cause, consequence, remedy}
	}
	clients := map[string]struct {
		client values
		want   complaint
	}{
		"empty": {
			verifying(values{"content": " "}),
			unready(`clients["empty"].driver`, "trust_store_unreadable", never, "Rebuild the trust store in a format that psql reads"),
		},
		"html": {
			verifying(values{"content": "<html><title>404 Not Found</title></html>"}),
			unready(`clients["html"].driver`, "trust_store_unreadable", never, "Rebuild the trust store in a format that psql reads"),
		},
		"binary": {
			values{
				"driver": "pgjdbc", "connection": "jdbc:postgresql:///app?sslmode=verify-ca&sslrootcert=/etc/ssl/rds.pem",
				"trust_store": values{"content_base64": base64Of("\x00\x01\x02 no certificate")},
			},
			unready(`clients["binary"].driver`, "trust_store_unreadable", never, "Rebuild the trust store in a format that pgjdbc reads"),
		},
		"gone": {
			verifying(values{"path": "/nowhere/rds.pem"}),
			unready(`clients["gone"].trust_store.path`, "/nowhere/rds.pem cannot be read where Terraform runs", unjudged, "to provide a trust store that can be read where Terraform runs"),
		},
		"nobase64": {
			verifying(values{"content_base64": "%%%"}),
			unready(`clients["nobase64"].driver`, "content_base64 is not valid Base64", unjudged, "to provide a trust store that can be read where Terraform runs"),
		},
		"absent": {
			values{"driver": "psql", "connection": "sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"},
			unready(`clients["absent"].driver`, "root_certificate_missing", never, "Put the root CA of "+targetCA),
		},
		"stale": {
			verifying(values{"content": a.roots(t, presentCA)}),
			unready(`clients["stale"].driver`, "unknown_authority", refused, "Add the root CA of "+targetCA),
		},
		"conninfo": {
			values{"driver": "psql", "connection": "dbname=app sslmode='verify-ca", "trust_store": values{"content": a.roots(t, targetCA)}},
			unready(`clients["conninfo"].connection`, "unterminated quoted string", never, "Correct the client's settings"),
		},
		"sslmode": {
			values{"driver": "psql", "connection": "dbname=app sslmode=verify_full", "trust_store": values{"content": a.roots(t, targetCA)}},
			unready(`clients["sslmode"].connection`, "verify_full", never, "Correct the client's settings"),
		},
		"uncovered": {
			values{"driver": "npgsql", "driver_version": "5.0.18", "connection": "Host=orders;SSL Mode=VerifyFull"},
			unready(`clients["uncovered"].driver`, "driver_not_covered", unjudged, "Test this client against an instance that is already on the target CA"),
		},
		"good": {client: verifying(values{"content": a.roots(t, presentCA, targetCA)})},
	}
	declared, bad := values{}, 0
	for name, c := range clients {
		declared[name] = c.client
		if c.want.path != "" {
			bad++
		}
	}
	told := a.protocol(t).ask(t, gateType, gate(declared))
	if got := len(told.errors()); got != bad {
		t.Errorf("%d errors, want %d: %v", got, bad, told.errors())
	}
	for name, c := range clients {
		if c.want.path == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.want.expectIn(t, told)
			complaint{c.want.severity, c.want.path, c.want.title, targetCA, "", ""}.expectIn(t, told)
		})
	}
}

// TestClientsThatNeedNoJudgement are refused before anything is asked.
func TestClientsThatNeedNoJudgement(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		client values
		want   complaint
	}{
		"unknown driver": {
			values{"driver": "odbc-ng", "connection": ""},
			complaint{"ERROR", `clients["app"].driver`, "Unknown Driver", `there is no driver "odbc-ng"`, "a wrong verdict", "Name the driver that the client uses: " + strings.Join(driver.Names(), ", ") + ". If"},
		},
		"a connection string with a password": {
			values{"driver": "psql", "connection": "postgresql://app:planted@orders/app"},
			complaint{"ERROR", "", "Password in a Client's Settings", `"connection" contains a password`, "stored in the state", "provider::sslready::connection_without_password"},
		},
		"an environment with a password": {
			values{"driver": "psql", "environment": values{"PGPASSWORD": "planted"}},
			complaint{"ERROR", "", "Password in a Client's Settings", `"environment[PGPASSWORD]" contains a password`, "stored in the state", "tls_environment"},
		},
		"a URL with a password in the environment": {
			values{"driver": "prisma", "environment": values{"DATABASE_URL": "postgresql://app:planted@orders/app"}},
			complaint{"ERROR", "", "Password in a Client's Settings", `"environment[DATABASE_URL]" contains a password`, "stored in the state", "tls_environment"},
		},
		"a URL with a password in code": {
			values{"driver": "node-postgres", "properties": values{"connectionString": "postgres://orders/app?password=planted"}},
			complaint{"ERROR", "", "Password in a Client's Settings", `"properties[connectionString]" contains a password`, "stored in the state", "connection_without_password"},
		},
		"the password of a key store on a command line": {
			values{"driver": "pgjdbc", "environment": values{"JAVA_TOOL_OPTIONS": "-Xmx1g -Djavax.net.ssl.keyStorePassword=planted"}},
			complaint{"ERROR", "", "Password in a Client's Settings", `"environment[JAVA_TOOL_OPTIONS]" contains a password`, "stored in the state", "tls_environment"},
		},
		"a private key in code": {
			values{"driver": "node-postgres", "properties": values{"ssl.key": "-----BEGIN PRIVATE KEY-----\nplanted"}},
			complaint{"ERROR", "", "Password in a Client's Settings", `"properties[ssl.key]" contains a private key`, "stored in the state", "Remove the secret."},
		},
		"a private key in a connection string": {
			values{"driver": "lib-pq", "connection": "sslinline=true sslkey='-----BEGIN RSA PRIVATE KEY-----\nplanted'"},
			complaint{"ERROR", "", "Password in a Client's Settings", `"connection" contains a private key`, "stored in the state", "Remove the secret."},
		},
		"nobody's name in a match": {
			values{"driver": "psql", "connection": "", "match": values{"usernames": []any{nil}}},
			complaint{"ERROR", `clients["app"].match.usernames`, "Null List Value", "null", "", ""},
		},
		"two sources of a store": {
			libpq("verify-ca", values{"path": "rds.pem", "content": "x"}),
			complaint{"ERROR", `clients["app"].trust_store.path`, "Ambiguous Trust Store", `trust_store sets "path" and "content", so`, "so it is not clear which", "Keep one."},
		},
		"two passwords of a store, of which Terraform must not print the line": {
			libpq("verify-ca", values{"path": "rds.jks", "password": "planted", "password_env": "STORE"}),
			complaint{"ERROR", "", "Ambiguous Trust Store Password", `trust_store sets "password" and "password_env", so`, "so it is not clear which", "Keep one."},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := newProtocol(t, always(judgedAt), values{}).ask(t, gateType, gate(values{"app": tc.client}))
			tc.want.expectIn(t, told)
			for _, d := range told {
				if notIn(t, d.String(), "planted"); len(told.errors()) != 1 {
					t.Errorf("%d errors, want 1: %v", len(told.errors()), told)
				}
			}
		})
	}
}

func notIn(t *testing.T, text, secret string) {
	t.Helper()
	if len(allForms(secret).in(text)) > 0 {
		t.Errorf("%q is in: %s", secret, text)
	}
}
