# A module of its own, so that tests can override what RDS reports:
# Terraform's mocks leave nested lists empty.

terraform {
  required_providers {
    sslready = {
      source = "sslready/sslready"
    }
  }
}

variable "identifier" {
  description = "Identifier of the DB instance."
  type        = string
}

data "sslready_instances" "this" {
  identifiers = [var.identifier]
}

output "instance" {
  description = "What RDS reports about the DB instance, as in sslready_instances."
  value       = one(data.sslready_instances.this.instances)
}
