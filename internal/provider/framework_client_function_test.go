package provider_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// frameworkClients are what people have in their repositories, and what becomes
// of it after the switch.
var frameworkClients = []struct{ name, client, outcome, reason string }{
	{"rails_database_yml", `provider::sslready::framework_client("rails", yamldecode(<<-EOT
		adapter: postgresql
		host: localhost
		database: app
		username: app
		password: s3cret
		pool: 5
		sslmode: require
		sslca: /etc/ssl/rds.pem
	EOT
	))`, "indeterminate", "setting_not_read"},
	{"rails_plain", `provider::sslready::framework_client("rails", { adapter = "postgresql", host = "localhost", sslmode = "require", pool = 5 })`, "connects_unverified", "not_verified"},
	{"rails_required", `provider::sslready::framework_client("rails", { host = "localhost", sslmode = "REQUIRED", sslca = "/etc/ssl/rds.pem" })`, "fails", "invalid_settings"},
	{"sequel", `provider::sslready::framework_client("sequel", "postgres://app:s3cret@localhost/app?sslmode=require&sslca=/etc/ssl/rds.pem")`, "indeterminate", "setting_not_read"},
	{"sequel_verify_full", `provider::sslready::framework_client("sequel", "postgres://app@localhost/app?sslmode=verify-full&sslca=/etc/ssl/rds.pem", { trust_store = { path = %[1]q } })`, "fails", "root_certificate_missing"},
	{"sqlalchemy_psycopg2", `provider::sslready::framework_client("sqlalchemy", "postgresql+psycopg2://app:s3cret@localhost/app?sslmode=verify-ca&sslrootcert=/etc/ssl/rds.pem", { trust_store = { path = %[1]q } })`, "connects", "accepted"},
	{"sqlalchemy_undeclared", `provider::sslready::framework_client("sqlalchemy", "postgresql://app@localhost/app?sslmode=verify-ca&sslrootcert=/etc/ssl/rds.pem", { trust_store = { path = %[1]q } })`, "connects", "accepted"},
	{"sqlalchemy_asyncpg", `provider::sslready::framework_client("sqlalchemy", "postgresql+asyncpg://app@localhost/app?ssl=require")`, "connects_unverified", "not_verified"},
	{"sqlalchemy_asyncpg_sslmode", `provider::sslready::framework_client("sqlalchemy", "postgresql+asyncpg://app@localhost/app?sslmode=require")`, "fails", "invalid_settings"},
	{"hikari_unknown", `provider::sslready::framework_client("hikari", { jdbcUrl = "jdbc:postgresql://localhost/app", sslMode = "verify-full" })`, "fails", "framework_does_not_start"},
	{"spring_placeholder", `provider::sslready::framework_client("spring", yamldecode("spring: { datasource: { url: 'jdbc:postgresql://$${DB_HOST}/app?sslmode=require' } }"))`, "indeterminate", "placeholder_not_filled_in"},
	{"spring_resolved", `provider::sslready::framework_client("spring", yamldecode("spring: { datasource: { url: 'jdbc:postgresql://$${DB_HOST}/app?sslmode=require' } }"), { environment = { DB_HOST = "localhost", DB_PASSWORD = "s3cret" } })`, "connects_unverified", "not_verified"},
}

// TestAccFrameworkClients gives the results to clients: keys that its schema
// lacks would be dropped by Terraform without a word.
func TestAccFrameworkClients(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	store := a.store(t, "both.pem", presentCA, targetCA)
	clients := ""
	var checks []statecheck.StateCheck
	for _, c := range frameworkClients {
		client := c.client
		if regexp.MustCompile(`%\[1\]q`).MatchString(client) {
			client = fmt.Sprintf(client, store)
		}
		clients += fmt.Sprintf("    %s = %s\n", c.name, client)
		target := func(field string) tfjsonpath.Path { // Paths share memory when they are extended twice.
			return tfjsonpath.New("verdicts").AtMapKey(c.name).AtMapKey("target").AtMapKey(field)
		}
		checks = append(checks,
			statecheck.ExpectKnownValue(readinessAddress, target("outcome"), knownvalue.StringExact(c.outcome)),
			statecheck.ExpectKnownValue(readinessAddress, target("reason"), knownvalue.StringExact(c.reason)),
		)
	}
	run(t, resource.TestStep{
		Config: a.providers() + fmt.Sprintf(`
data "sslready_readiness" "orders" {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  force_ssl                 = true
  clients = {
%s  }
}
output "secrets" {
  value = nonsensitive(strcontains(jsonencode(data.sslready_readiness.orders), "s3cret"))
}
`, orders, targetCA, clients),
		ConfigStateChecks: append(checks, output("secrets", knownvalue.Bool(false))),
	})
}

func TestAccFrameworkClientIsRefused(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		`provider::sslready::framework_client("strapi", {})`:                                                                           `unknown framework "strapi"; known\s+frameworks are airflow,`,
		`provider::sslready::framework_client("django", "x", { trust_stor = {} })`:                                                     `"overrides" has no attribute\s+"trust_stor"`,
		`provider::sslready::framework_client("django", { ENGINE = "django.db.backends.postgresql", NAME = "a" }, { driver = "pgx" })`: `does not use\s+this\s+driver`,
		`provider::sslready::framework_client("rails", 7)`:                                                                             `the\s+settings\s+do\s+not\s+have\s+the\s+form\s+that\s+this\s+framework\s+accepts`,
		`provider::sslready::framework_client("rails", {}, {}, {})`:                                                                    `at\s+most\s+one\s+overrides\s+object`,
		`provider::sslready::framework_client("rails", {}, { environment = "x" })`:                                                     `environment must be a map\s+of\s+strings`,
	} {
		run(t, resource.TestStep{Config: outputs(expression), ExpectError: regexp.MustCompile(want)})
	}
}

// TestAccFrameworkClientOfValuesThatAreNotKnownYet has variables, an element of a
// list and a resource's output among its arguments: while Terraform
// validates, and the last in the plan, too, nothing of the client is known, nor
// of a waiver or a store that comes as a whole.
func TestAccFrameworkClientOfValuesThatAreNotKnownYet(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	run(t, resource.TestStep{
		Config: a.providers() + fmt.Sprintf(`
variable "host" {
  default = "localhost"
}

variable "waiver" {
  type    = object({ reason = string, expires = string })
  default = { reason = "none", expires = "2099-01-01T00:00:00Z" }
}

resource "terraform_data" "host" {
  input = "localhost"
}

locals {
  file    = { adapter = "postgresql", host = "<%%= ENV[\"DB_HOST\"] %%>", sslmode = "require" }
  clients = {
    web    = provider::sslready::framework_client("rails", local.file, { environment = { DB_HOST = var.host } })
    worker = provider::sslready::framework_client("rails", local.file, { environment = { DB_HOST = terraform_data.host.output } })
  }
}

data "sslready_readiness" "orders" {
  db_instance_identifier    = %[1]q
  target_ca_cert_identifier = %[2]q
  force_ssl                 = true
  clients                   = local.clients
  waivers                   = { web = var.waiver }
}

resource "sslready_trust_store_validation" "all" {
  count = 1

  db_instance_identifier    = [%[1]q][count.index]
  target_ca_cert_identifier = %[2]q
  clients                   = merge(local.clients, { each = provider::sslready::framework_client("rails", local.file, { environment = { DB_HOST = ["localhost"][count.index] } }) })
}

output "outcomes" {
  value = { for name, verdict in data.sslready_readiness.orders.verdicts : name => verdict.target.outcome }
}

output "ready" {
  value = [for gate in sslready_trust_store_validation.all : gate.ready]
}
`, orders, targetCA),
		ConfigStateChecks: []statecheck.StateCheck{
			output("outcomes", knownvalue.MapExact(map[string]knownvalue.Check{
				"web": knownvalue.StringExact("connects_unverified"), "worker": knownvalue.StringExact("connects_unverified"),
			})),
			output("ready", knownvalue.ListExact([]knownvalue.Check{knownvalue.Bool(true)})),
		},
	})
}
