# A separate module, so that the tests can set what RDS would answer:
# Terraform's mocks cannot create elements of nested lists.

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
  description = "What RDS says of the DB instance, as in sslready_instances."
  value       = one(data.sslready_instances.this.instances)
}
