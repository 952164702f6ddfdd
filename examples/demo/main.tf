# The demo's configuration. Everything here is what a user would write, except
# the endpoints, which point to the stand-in for AWS on this machine.

terraform {
  required_providers {
    sslready = {
      source = "sslready/sslready"
    }
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "api" {
  description = "URL of the stand-in for the RDS API."
  type        = string
}

variable "region" {
  type = string
}

variable "root_certificates" {
  description = "PEM file with the roots of the stand-in's CAs. Real RDS needs no such file."
  type        = string
}

variable "stores" {
  description = "Folder with the clients' trust stores."
  type        = string
}

variable "target" {
  description = "CA to switch to."
  type        = string
}

variable "on_unready" {
  type    = string
  default = "error"
}

variable "team" {
  description = "A tag. Changing it is an example of a change that has nothing to do with the CA."
  type        = string
  default     = "payments"
}

provider "sslready" {
  region                 = var.region
  access_key             = "demo"
  secret_key             = "demo"
  skip_region_validation = true
  endpoints              = { rds = var.api, sts = var.api }

  postgres = {
    username    = "readiness"
    sslrootcert = var.root_certificates
  }
}

provider "aws" {
  region                      = var.region
  access_key                  = "demo"
  secret_key                  = "demo"
  skip_region_validation      = true
  skip_credentials_validation = true
  skip_requesting_account_id  = true

  endpoints {
    rds = var.api
    sts = var.api
  }
}

# What the server enforces.
data "sslready_force_ssl" "orders" {
  db_instance_identifier = "orders-prod"
  probe                  = true
}

# Who is connected, and how.
data "sslready_clients" "orders" {
  db_instance_identifier = "orders-prod"
}

# The gate: nobody may be cut off by the switch.
resource "sslready_trust_store_validation" "orders" {
  db_instance_identifier    = "orders-prod"
  target_ca_cert_identifier = var.target
  on_unready                = var.on_unready
  observations              = [data.sslready_clients.orders.observation]

  clients = {
    billing = {
      driver      = "psql"
      connection  = "dbname=postgres sslmode=verify-full sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = "${var.stores}/billing.pem" }
      match       = { usernames = ["billing"] }
    }
    reports = {
      driver      = "psycopg2"
      connection  = "dbname=postgres sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = "${var.stores}/reports.pem" }
      match       = { usernames = ["reports"] }
    }
  }
}

# The DB instance takes its CA from the gate.
resource "aws_db_instance" "orders" {
  identifier          = "orders-prod"
  engine              = "postgres"
  engine_version      = "15.18"
  instance_class      = "db.t4g.micro"
  allocated_storage   = 20
  ca_cert_identifier  = sslready_trust_store_validation.orders.ca_cert_identifier
  apply_immediately   = true
  skip_final_snapshot = true
  tags                = { team = var.team }

  lifecycle {
    precondition {
      condition     = data.sslready_clients.orders.plaintext_sessions == 0
      error_message = "Clients without TLS are connected."
    }
  }
}

import {
  to = aws_db_instance.orders
  id = "orders-prod"
}

check "plaintext_is_refused" {
  assert {
    condition     = data.sslready_force_ssl.orders.enforced
    error_message = "The server accepts connections without TLS."
  }
}

output "enforced" {
  value = "rds.force_ssl = ${data.sslready_force_ssl.orders.value} in ${data.sslready_force_ssl.orders.parameter_group_name}, enforced: ${data.sslready_force_ssl.orders.enforced} (${data.sslready_force_ssl.orders.certainty})"
}

output "connected" {
  value = [for c in data.sslready_clients.orders.clients : "${c.username} from ${c.client_addr}: ${c.ssl ? "${c.tls_version}, ${c.cipher}" : "plaintext"}"]
}

output "summary" {
  value = sslready_trust_store_validation.orders.summary
}

output "ca_cert_identifier" {
  value = aws_db_instance.orders.ca_cert_identifier
}
