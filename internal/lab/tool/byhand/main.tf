# The same questions as check.sh, asked of the provider, and what the client's
# driver makes of the answers besides.

terraform {
  required_providers {
    sslready = { source = "sslready/sslready" }
  }
}

variable "api" { type = string }
variable "region" { type = string }
variable "target" { type = string }
variable "stores" { type = string }
variable "roots" { type = string }
variable "instances" { type = set(string) }

provider "sslready" {
  region                 = var.region
  access_key             = "lab"
  secret_key             = "lab"
  skip_region_validation = true
  endpoints              = { rds = var.api, sts = var.api }

  postgres = {
    username    = "readiness"
    sslrootcert = var.roots
  }
}

data "sslready_instances" "all" {
  identifiers = var.instances
}

data "sslready_force_ssl" "each" {
  for_each               = var.instances
  db_instance_identifier = each.value
}

data "sslready_clients" "each" {
  for_each               = var.instances
  db_instance_identifier = each.value
}

data "sslready_server_certificate" "each" {
  for_each               = var.instances
  db_instance_identifier = each.value
}

data "sslready_readiness" "each" {
  for_each                  = var.instances
  db_instance_identifier    = each.value
  target_ca_cert_identifier = var.target

  clients = {
    billing = {
      driver     = "pgjdbc"
      connection = "jdbc:postgresql:///postgres?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
      properties = { "javax.net.ssl.trustStore" = "/etc/ssl/rds.jks" }
      trust_store = {
        path         = "${var.stores}/${each.value}.jks"
        password_env = "STORE_PASSWORD"
      }
    }
  }
}

locals {
  by_identifier = { for i in data.sslready_instances.all.instances : i.identifier => i }
  seen          = { for id, look in data.sslready_clients.each : id => [for c in look.clients : c if c.username != "readiness"] }
}

output "answers" {
  value = [for id in var.instances : {
    instance           = id
    ca                 = local.by_identifier[id].ca_cert_identifier
    force_ssl          = data.sslready_force_ssl.each[id].value
    tls_sessions       = sum(concat([0], [for c in local.seen[id] : c.sessions if c.ssl]))
    plaintext_sessions = sum(concat([0], [for c in local.seen[id] : c.sessions if !c.ssl]))
    presented_root     = reverse(data.sslready_server_certificate.each[id].certificates)[0].sha256
    store_has_target   = data.sslready_readiness.each[id].verdicts.billing.target.outcome == "connects"
  }]
}

output "verdicts" {
  value = { for id, judged in data.sslready_readiness.each : id => "${judged.verdicts.billing.target.outcome} (${judged.verdicts.billing.target.reason})" }
}
