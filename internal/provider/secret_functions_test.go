package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/framework"
)

// TestBulkNoFunctionReturnsASecret: what a function returns becomes an output, or a
// part of something that is stored, and what it complains of is shown.
func TestBulkNoFunctionReturnsASecret(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, now, values{})
	calls := 0
	silent := func(name string, arguments ...any) (failed bool) {
		calls++
		result, told := p.function(t, name, arguments...)
		if strings.Contains(result+told, "hunter2") {
			t.Errorf("%s(%v): %.300q, %s", name, arguments, result, told)
		}
		return told != ""
	}
	dsn := placedIn()["a URL"]
	for _, name := range framework.Names() {
		for _, text := range placedIn() {
			silent("framework_client", name, text)
			for _, key := range []string{"password", "url", "jdbcUrl", "DATABASE_URL", "dsn", "connection", "auth", "host", "sslmode", "database", "port"} {
				plain := values{"client": "pg", "ENGINE": "django.db.backends.postgresql", "adapter": "postgresql", "dialect": "postgres"}
				silent("framework_client", name, with(plain, key, text))
				silent("framework_client", name, values{"connection": values{key: text}, "OPTIONS": values{key: text}, "dialectOptions": values{"ssl": values{key: text}}, "ssl": values{key: text}})
			}
		}
		settings := values{"host": "h", "ENGINE": "django.db.backends.postgresql", "client": "pg"}
		for _, override := range []values{
			{"environment": values{"DB_PASSWORD": placedSecret, "DATABASE_URL": dsn}},
			{"connection": dsn},
			{"properties": values{"password": placedSecret}},
			{"properties": values{"x": dsn}},
			{"driver_version": dsn},
			{"framework_version": dsn},
			{"runtime_version": dsn},
			{"driver": dsn},
			{"match": values{"usernames": dsn}},
			{"via": dsn},
			{dsn: "x"},
			{"image": dsn},
			{"trust_store": values{"path": dsn}},
		} {
			silent("framework_client", name, settings, override)
		}
		silent("framework_client", name, with(settings, "auth", placedSecret))
	}
	silent("framework_client", dsn, values{})
	for _, name := range driver.Names() {
		for _, settings := range []values{
			{"environment": values{"PGPASSWORD": placedSecret, "PGSSLMODE": dsn, "PGHOST": dsn}},
			{"properties": values{"password": placedSecret, "sslmode": dsn, "ssl": dsn, "url": dsn}},
			{"driver_version": dsn},
			{"runtime_version": dsn},
			{dsn: "x"},
		} {
			silent("connection_tls", name, "", settings)
		}
		for _, connection := range placedIn() {
			silent("connection_tls", name, connection)
			silent("connection_tls", name, "host=h sslmode="+connection)
		}
	}
	silent("connection_tls", dsn, "")
	silent("force_ssl_default", dsn, dsn)
	silent("trust_store_certificates", dsn, placedSecret)
	silent("trust_store_certificates", "AAAA", placedSecret)
	for _, connection := range []string{
		"psql " + dsn, "psql '" + dsn + "' -c 'select 1'", "--dsn=" + dsn, "url: " + dsn, `{"url":"` + dsn + `"}`, "app:" + placedSecret + "@orders/app",
		"//app:" + placedSecret + "@orders/app", "postgresql:app:" + placedSecret + "@orders", "PGPASSWORD=" + placedSecret + " psql -h orders", "app:" + placedSecret + "@tcp(orders)/app",
	} {
		silent("connection_without_password", connection)
		silent("tls_environment", values{"DATABASE_URL": connection})
		client := values{"driver": "psql", "connection": connection}
		if told := p.validateGate(t, values{"target_ca_cert_identifier": targetCA, "region": labRegion, "clients": values{"app": client}}); !told.failed() || strings.Contains(fmt.Sprint(told), "hunter2") {
			t.Errorf("a client is connected by %s: %v", connection, told)
		}
	}
	t.Logf("%d calls", calls)
	for name, arguments := range map[string][]any{ // What is no secret is returned.
		"connection_without_password": {dsn}, "tls_environment": {values{"DATABASE_URL": dsn}}, "connection_tls": {"psql", "host=h sslmode=verify-full"},
		"framework_client": {"sqlalchemy", dsn, values{"environment": values{"DB_PASSWORD": placedSecret}, "trust_store": values{"password": placedVisible}}},
	} {
		if silent(name, arguments...) {
			t.Errorf("%s(%v) failed", name, arguments)
		}
	}
}

// placedVisible is where its attribute's description says that it is kept.
const placedVisible = "changeit"

// function calls a function, and returns its result as it is encoded, or its
// error.
func (p *protocol) function(t *testing.T, name string, arguments ...any) (result, told string) {
	t.Helper()
	answer := p.answer(t, name, arguments...)
	if answer.Error != nil {
		return "", answer.Error.Text
	}
	return string(answer.Result.MsgPack), ""
}
