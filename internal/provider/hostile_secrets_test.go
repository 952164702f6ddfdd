package provider_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// TestSecretsAreRefusedWhereTheyDoNotBelong has what people hand over: a whole
// environment, properties of frameworks, connections with something before
// them, DSNs where a name belongs. In the first edition all but PGPASSWORD,
// password and a URL as it stands reached the state, or were printed.
func TestSecretsAreRefusedWhereTheyDoNotBelong(t *testing.T) {
	t.Parallel()
	const secret, dsn = "planted-hunter2", "postgresql://app:planted-hunter2@orders/app"
	client := func(more values) values {
		c := values{"driver": "psql", "connection": "host=orders"}
		maps.Copy(c, more)
		return values{"target_ca_cert_identifier": targetCA, "region": labRegion, "clients": values{"app": c}}
	}
	configs := map[string]values{
		"host":                with(client(nil), "host", dsn),
		"region":              with(client(nil), "region", dsn),
		"target":              with(client(nil), "target_ca_cert_identifier", dsn),
		"driver":              client(values{"driver": dsn}),
		"driver, mistyped":    client(values{"driver": "psql password=" + secret}),
		"driver_version":      client(values{"driver_version": dsn}),
		"runtime_version":     client(values{"runtime_version": dsn}),
		"via":                 client(values{"via": dsn}),
		"match":               client(values{"match": values{"usernames": []any{dsn}}}),
		"match, applications": client(values{"match": values{"application_names": []any{"DATABASE_URL=" + dsn}}}),
		"match, networks":     client(values{"match": values{"client_cidrs": []any{dsn}}}),
		"password_env":        client(values{"trust_store": values{"content": "x", "password_env": secret}}),
		"passphrase in JSON":  client(values{"driver": "node-postgres", "properties": values{"ssl": fmt.Sprintf(`{"passphrase":%q}`, secret)}}),
	}
	for _, connection := range []string{
		dsn, "  " + dsn, "\"" + dsn + "\"", "'" + dsn + "'", "DATABASE_URL=" + dsn, "export DATABASE_URL=\"" + dsn + "\"", "psql " + dsn, "psql '" + dsn + "'",
		"prisma://accelerate.example/?api_key=" + secret, "Host=orders;Username=app;PSW=" + secret, "host=orders password=" + secret,
		"jdbc:postgresql://orders/app?user=app&password=" + secret, "postgresql://orders/app?password=" + secret, "\n" + dsn + "\n",
	} {
		configs["connection "+connection] = client(values{"connection": connection})
	}
	for _, name := range []string{
		"POSTGRES_PASSWORD", "DB_PASSWORD", "DB_PASS", "SPRING_DATASOURCE_PASSWORD", "PGSSLPASSWORD", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
		"API_TOKEN", "SECRET_KEY_BASE", "RAILS_MASTER_KEY", "REDIS_PASSWORD", "DB_PW", "APP_KEY", "ENCRYPTION_KEY", "SIGNING_KEY", "GITHUB_PAT", "SESSION_JWT",
	} {
		configs["environment "+name] = client(values{"environment": values{name: secret}})
	}
	for _, name := range []string{"dataSource.password", "spring.datasource.password", "hibernate.connection.password", "ssl.passphrase", "ssl.pfx", "PSW", "Password", "sslpassword"} {
		configs["properties "+name] = client(values{"properties": values{name: secret}})
	}
	for _, name := range []string{"ConnString", "connectionString", "url", "spring.datasource.url"} {
		configs["properties "+name] = client(values{"properties": values{name: dsn}})
	}
	p := newProtocol(t, now, values{})
	for place, config := range configs {
		for kind, told := range map[string]diagnostics{"gate": p.validateGate(t, config), "readiness": second(p.read(t, "sslready_readiness", config))} {
			if !told.failed() {
				t.Errorf("%s, %s: not refused", kind, place)
			}
			for _, d := range told {
				if strings.Contains(fmt.Sprint(d), "hunter2") {
					t.Errorf("%s, %s: shown: %v", kind, place, d)
				}
			}
			for _, d := range told.errors() {
				if d.path != "" && strings.Contains(d.path, "[") {
					t.Errorf("%s, %s: the diagnostic is at %s, where Terraform prints the line", kind, place, d.path)
				}
			}
		}
	}
}

func second[A, B any](_ A, b B) B { return b }

func with(config values, name string, value any) values {
	config[name] = value
	return config
}

// TestTLSEnvironmentKeepsWhatDriversRead, and nothing else of a whole
// environment.
func TestTLSEnvironmentKeepsWhatDriversRead(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, now, values{})
	environment := values{
		"PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/rds.pem", "NODE_EXTRA_CA_CERTS": "/rds.pem", "PGPASSWORD": "planted-hunter2",
		"DB_PASSWORD": "planted-hunter2", "PATH": "/bin", "API_TOKEN": "planted-hunter2", "DATABASE_URL": "postgresql://app:planted-hunter2@orders/app?sslmode=require",
		"JAVA_TOOL_OPTIONS": "-Djavax.net.ssl.trustStorePassword=changeit",
	}
	want := values{
		"PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/rds.pem", "NODE_EXTRA_CA_CERTS": "/rds.pem", "DATABASE_URL": "postgresql://app@orders/app?sslmode=require",
		"JAVA_TOOL_OPTIONS": "-Djavax.net.ssl.trustStorePassword=changeit",
	}
	got, failed := p.tlsEnvironment(t, environment)
	if failed != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, %v, want %v", got, failed, want)
	}
	_, failed = p.tlsEnvironment(t, values{"JAVA_TOOL_OPTIONS": "-Xmx1g -Djavax.net.ssl.keyStorePassword=planted-hunter2"})
	if failed == nil || strings.Contains(failed.Text, "hunter2") || !strings.Contains(failed.Text, "JAVA_TOOL_OPTIONS contains a password") {
		t.Errorf("got %v", failed)
	}
}

// tlsEnvironment calls the function.
func (p *protocol) tlsEnvironment(t *testing.T, environment values) (any, *tfprotov6.FunctionError) {
	t.Helper()
	const name = "tls_environment"
	schema := tftypes.Map{ElementType: tftypes.String}
	answer, err := p.server.CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{
		Name: name, Arguments: []*tfprotov6.DynamicValue{p.encode(t, schema, valueOf(schema, environment))},
	})
	must(t, err)
	if answer.Error != nil {
		return nil, answer.Error
	}
	return plain(t, decode(t, schema, answer.Result)), nil
}
