terraform {
  required_providers {
    sslready = { source = "sslready/sslready" }
  }
}

variable "regions" {
  type        = list(string)
  description = "AWS Regions, or [\"*\"] for all Regions that the account has enabled."
}

variable "target" {
  type    = string
  default = "rds-ca-rsa2048-g1"
}

variable "clients" {
  type        = any
  default     = {}
  description = "The clients of each DB instance, by Region and identifier, such as \"eu-west-1/orders-prod\"."
}

data "sslready_instances" "all" {
  regions = var.regions
}

# If no clients are declared for a DB instance, it gets one about which nothing is known, so its gate holds back the switch.
resource "sslready_trust_store_validation" "gate" {
  for_each = {
    for i in data.sslready_instances.all.instances : "${i.region}/${i.identifier}" => i if i.ca_cert_identifier != var.target
  }

  db_instance_identifier    = each.value.identifier
  region                    = each.value.region
  target_ca_cert_identifier = var.target
  on_unready                = "hold"
  clients                   = try(var.clients[each.key], { undeclared = { driver = "other", connection = "" } })
}

output "gates" {
  value = { for name, gate in sslready_trust_store_validation.gate : name => gate.ca_cert_identifier }
}

output "unread" {
  value = [for region in data.sslready_instances.all.unread : region.region]
}
