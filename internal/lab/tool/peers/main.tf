# What somebody writes who has this fleet: one look at the Region, at the
# sessions and the logs, and a judgement of each DB instance's clients.

terraform {
  required_providers {
    sslready = { source = "sslready/sslready" }
  }
}

variable "api" { type = string }
variable "files" { type = string }
variable "settings" { type = map(string) }

locals {
  target  = "rds-ca-rsa4096-g1"
  store   = { for file in ["both.pem", "present.pem", "subordinate.pem", "expired.pem"] : file => { path = "${var.files}/${file}" } }
  healthy = { driver = "psycopg2", connection = var.settings["orders"], trust_store = local.store["both.pem"] }
}

provider "sslready" {
  region                 = "lab-local-1"
  access_key             = "lab"
  secret_key             = "lab"
  skip_region_validation = true
  endpoints              = { rds = var.api, sts = var.api }
  postgres               = { username = "readiness", sslrootcert = "${var.files}/both.pem" }
}

provider "sslready" {
  alias                  = "blind"
  region                 = "lab-local-1"
  access_key             = "lab"
  secret_key             = "lab"
  skip_region_validation = true
  endpoints              = { rds = var.api, sts = var.api }
  postgres               = { username = "blind", sslrootcert = "${var.files}/both.pem" }
}

data "sslready_instances" "all" {}

data "sslready_force_ssl" "each" {
  for_each               = toset(["orders", "force-ssl-waits", "group-not-applied"])
  db_instance_identifier = each.value
}

data "sslready_clients" "now" {
  db_instance_identifier = "orders"
}

data "sslready_clients" "blind" {
  provider               = sslready.blind
  db_instance_identifier = "orders"
}

data "sslready_connection_log" "each" {
  for_each               = toset(["orders", "refused-since-switch"])
  db_instance_identifier = each.value
}

data "sslready_readiness" "orders" {
  db_instance_identifier              = "orders"
  target_ca_cert_identifier           = local.target
  canary_server_certificate_chain_pem = file("${var.files}/target-chain.pem")
  waivers                             = { waiver-ended = { reason = "is replaced", expires = "2026-01-31T00:00:00Z" } }

  clients = {
    orders           = local.healthy
    without-root     = { driver = "psycopg2", connection = var.settings["without-root"], trust_store = local.store["present.pem"] }
    subordinate-only = { driver = "pgjdbc", connection = var.settings["subordinate-only"], trust_store = local.store["subordinate.pem"] }
    wrong-password = {
      driver      = "pgjdbc"
      connection  = var.settings["wrong-password"]
      properties  = { "javax.net.ssl.trustStore" = "/etc/ssl/rds.jks" }
      trust_store = { path = "${var.files}/both.jks", password_env = "STORE_PASSWORD" }
    }
    never-read                  = { driver = "pgjdbc", connection = var.settings["never-read"], trust_store = local.store["both.pem"] }
    verifies-nothing            = { driver = "pgjdbc", connection = var.settings["verifies-nothing"] }
    verifies-nothing-by-default = { driver = "lib-pq", connection = var.settings["verifies-nothing-by-default"] }
    alias                       = { driver = "psycopg2", connection = var.settings["alias"], trust_store = local.store["both.pem"] }
    certificate-without-key = {
      driver      = "psycopg2"
      connection  = var.settings["certificate-without-key"]
      trust_store = local.store["both.pem"]
      files       = { "/etc/ssl/client.crt" = { path = "${var.files}/client.crt" }, "/etc/ssl/client.key" = { absent = true } }
    }
    misspelt            = { driver = "sqlx", connection = var.settings["misspelt"] }
    other-layer         = { driver = "pgjdbc", connection = var.settings["other-layer"] }
    framework-drops-key = provider::sslready::framework_client("rails", { adapter = "postgresql", host = "localhost", sslmode = "require", sslca = "/etc/ssl/rds.pem" })
    version-decides     = { driver = "node-postgres", connection = var.settings["version-decides"], trust_store = local.store["both.pem"] }
    image               = { driver = "psycopg2", connection = var.settings["image"], image = "dir:${var.files}/image" }
    waiver-ended        = { driver = "psycopg2", connection = var.settings["waiver-ended"], trust_store = local.store["present.pem"] }
  }
}

data "sslready_readiness" "each" {
  for_each = {
    expired-root    = { instance = "orders", target = local.target, chain = file("${var.files}/target-chain.pem"), client = { driver = "psycopg2", connection = var.settings["expired-root"], trust_store = local.store["expired.pem"] } }
    falls-back      = { instance = "force-ssl-off", target = local.target, client = { driver = "psycopg2", connection = var.settings["falls-back"], trust_store = local.store["present.pem"] } }
    change-waits    = { instance = "change-waits", target = local.target, client = local.healthy }
    rsa-suites-only = { instance = "rsa-suites-only", target = "rds-ca-ecc384-g1", client = { driver = "psql", driver_version = "16", connection = "sslmode=require" } }
  }
  db_instance_identifier       = each.value.instance
  target_ca_cert_identifier    = each.value.target
  server_certificate_chain_pem = try(each.value.chain, null)
  clients                      = { (each.key) = each.value.client }
}

# Who is known to come. What is seen besides them is a problem.
locals {
  expected = { driver = "psycopg2", connection = var.settings["orders"], trust_store = local.store["both.pem"] }
  seen = {
    orders               = { instance = "orders", users = ["billing", "reports", "readiness", "blind"], observation = data.sslready_clients.now.observation }
    undeclared-session   = { instance = "orders", users = ["billing", "readiness", "blind"], observation = data.sslready_clients.now.observation }
    monthly              = { instance = "orders", users = ["billing", "reports", "readiness", "blind"], observation = data.sslready_connection_log.each["orders"].observation }
    hidden-sessions      = { instance = "orders", users = ["billing", "reports", "readiness", "blind"], observation = data.sslready_clients.blind.observation }
    refused-since-switch = { instance = "refused-since-switch", users = ["billing"], observation = data.sslready_connection_log.each["refused-since-switch"].observation }
  }
}

data "sslready_readiness" "seen" {
  for_each                  = local.seen
  db_instance_identifier    = each.value.instance
  target_ca_cert_identifier = local.target
  observations              = [each.value.observation]
  clients                   = { declared = merge(local.expected, { match = { usernames = each.value.users } }) }
}

locals {
  by_name   = { for i in data.sslready_instances.all.instances : i.identifier => i }
  judged    = merge({ orders = data.sslready_readiness.orders }, data.sslready_readiness.each)
  of_client = merge([for r in local.judged : { for name, v in r.verdicts : name => concat([v.target.outcome, v.target.reason], [for f in r.findings : f.code if f.client == name]) }]...)
  of_server = {
    for name, i in local.by_name : name => compact([
      i.force_ssl_enforced == false ? "force_ssl_enforced = false" : "",
      i.rotation_restarts == true ? "rotation_restarts = true" : "",
      try(data.sslready_force_ssl.each[name].pending_reboot, false) == true ? "pending_reboot = true" : "",
      try(data.sslready_force_ssl.each[name].certainty, "") == "uncertain" ? "certainty = uncertain" : "",
      try(data.sslready_readiness.each[name].rotation.state, "") == "pending" ? "rotation.state = pending" : "",
    ])
  }
  of_cluster  = { for c in data.sslready_instances.all.clusters : c.identifier => c.mixed_cas == true ? ["mixed_cas = true"] : [] }
  of_look     = { for name, r in data.sslready_readiness.seen : name => [for f in r.findings : f.code if f.client == null] }
  of_sessions = { plaintext-session = data.sslready_clients.now.plaintext_sessions > 0 ? ["plaintext_sessions > 0"] : [] }
  all         = [local.of_client, local.of_server, local.of_cluster, local.of_look, local.of_sessions]
}

output "found" {
  value = { for name in distinct(flatten([for m in local.all : keys(m)])) : name => distinct(flatten([for m in local.all : lookup(m, name, [])])) }
}
