# One DB instance in three environments, switched one after the other: each
# apply switches at most the next one, so that you have time to check it.

terraform {
  required_version = ">= 1.11"

  required_providers {
    sslready = {
      source = "sslready/sslready"
    }
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "sslready" {
  region = var.region

  postgres = {
    username = "readiness"
    iam_auth = true
  }
}

provider "aws" {
  region = var.region
}

variable "region" {
  description = "AWS Region of the DB instances."
  type        = string
  default     = "us-east-1"
}

variable "target_ca_cert_identifier" {
  description = "CA to switch to."
  type        = string
  default     = "rds-ca-rsa4096-g1"
}

variable "stores" {
  description = "Folder with the clients' trust stores, one folder for each environment."
  type        = string
  default     = "stores"
}

locals {
  clients = {
    for environment in ["dev", "staging", "prod"] : environment => {
      billing = {
        driver      = "psycopg2"
        connection  = "dbname=postgres sslmode=verify-full sslrootcert=/etc/ssl/rds.pem"
        trust_store = { path = "${var.stores}/${environment}/billing.pem" }
        match       = { usernames = ["billing"] }
      }
    }
  }
}

module "dev" {
  source = "../.."

  db_instance_identifier    = "orders-dev"
  target_ca_cert_identifier = var.target_ca_cert_identifier
  clients                   = local.clients.dev
}

# An environment in another account needs providers = { sslready = sslready.staging }.
module "staging" {
  source = "../.."
  after  = [module.dev.switched]

  db_instance_identifier    = "orders-staging"
  target_ca_cert_identifier = var.target_ca_cert_identifier
  clients                   = local.clients.staging
}

module "prod" {
  source = "../.."
  after  = [module.dev.switched, module.staging.switched]

  db_instance_identifier    = "orders-prod"
  target_ca_cert_identifier = var.target_ca_cert_identifier
  clients                   = local.clients.prod
  observe                   = {} # everybody who is connected must be declared
}

locals {
  stages = { dev = module.dev, staging = module.staging, prod = module.prod }
}

resource "aws_db_instance" "orders" {
  for_each = local.stages

  identifier          = "orders-${each.key}"
  engine              = "postgres"
  engine_version      = "15.18"
  instance_class      = "db.t4g.micro"
  allocated_storage   = 20
  ca_cert_identifier  = each.value.ca_cert_identifier
  apply_immediately   = true
  skip_final_snapshot = true

  lifecycle {
    precondition {
      condition     = each.value.plaintext_sessions == null ? true : each.value.plaintext_sessions == 0
      error_message = "Clients without TLS are connected to orders-${each.key}."
    }
  }
}

# The DB instances already exist.
import {
  for_each = toset(["dev", "staging", "prod"])
  to       = aws_db_instance.orders[each.key]
  id       = "orders-${each.key}"
}

output "would_switch" {
  description = "What this plan switches, by environment; null for an environment that it does not switch."
  value       = { for environment, stage in local.stages : environment => stage.would_switch }
}

output "held_because" {
  description = "What keeps each environment on its current CA."
  value       = { for environment, stage in local.stages : environment => stage.held_because }
}

# terraform output -raw report >> "$GITHUB_STEP_SUMMARY"
output "report" {
  description = "The reports of all environments in one, in Markdown."
  value       = join("\n", [for environment, stage in local.stages : stage.report])
}

output "verdicts" {
  description = "The verdicts on all clients, by environment."
  value       = { for environment, stage in local.stages : environment => stage.verdicts }
}
