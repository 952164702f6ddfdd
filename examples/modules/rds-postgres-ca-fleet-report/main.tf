# What a platform team asks before it rotates a CA: which DB instances must still be
# switched, which of them restart, and what could not be read.

variable "target_ca_cert_identifier" {
  description = "Identifier of the CA that every DB instance should have."
  type        = string
}

variable "tags" {
  description = "Tags that a DB instance must have to be in the report; an empty value matches any value. Default: all DB instances of the Region."
  type        = map(string)
  default     = {}
}

variable "expires_before" {
  description = "Server certificates that expire before this time (RFC 3339) are listed. Default: none are listed."
  type        = string
  default     = null

  validation {
    condition     = var.expires_before == null || can(timecmp(var.expires_before, var.expires_before))
    error_message = "Give an RFC 3339 time, such as 2027-01-01T00:00:00Z."
  }
}

variable "gates" {
  description = "Gates to report on, by DB instance. Each value is a whole sslready_trust_store_validation resource, sslready_readiness data source or rds-postgres-ca-rotation module. Default: none."
  type        = map(object({ ready = bool, report = string }))
  default     = {}
}

data "sslready_instances" "fleet" {
  tags = var.tags
}

locals {
  fleet    = data.sslready_instances.fleet
  to_go    = [for i in local.fleet.instances : i if i.ca_cert_identifier != var.target_ca_cert_identifier || i.pending_ca_cert_identifier != null]
  ends     = { for i in local.fleet.instances : i.identifier => i.server_certificate_valid_till if i.server_certificate_valid_till != null }
  unready  = [for id, gate in var.gates : id if !gate.ready]
  deadline = coalesce(var.expires_before, "0001-01-01T00:00:00Z")
}

output "total" {
  description = "Number of DB instances: in total, by current CA and by state."
  value       = { all = local.fleet.total, by_ca = local.fleet.by_ca, by_state = local.fleet.by_state }
}

output "to_rotate" {
  description = "DB instances that are not on the target CA, or for which a change of the CA is pending, by identifier. Facts that could not be read are null."
  value = {
    for i in local.to_go : i.identifier => {
      from               = i.ca_cert_identifier
      pending            = i.pending_ca_cert_identifier
      restarts           = i.rotation_restarts
      restart_reason     = i.rotation_restart_reason
      maintenance_window = i.maintenance_window
      cluster            = i.db_cluster_identifier
      role               = i.cluster_role
      tls_only           = i.force_ssl_enforced
    }
  }
}

output "restarts" {
  description = "DB instances that restart when they are switched, including those for which RDS does not say."
  value       = [for i in local.to_go : i.identifier if i.rotation_restarts != false]
}

output "cannot_switch" {
  description = "DB instances whose engine version does not support the target CA: upgrade them first."
  value       = [for i in local.to_go : i.identifier if i.supported_ca_cert_identifiers == null ? false : !contains(i.supported_ca_cert_identifiers, var.target_ca_cert_identifier)]
}

output "mixed_clusters" {
  description = "DB clusters whose members have different CAs: clients of the cluster endpoint must trust all of them."
  value       = { for c in local.fleet.clusters : c.identifier => c.ca_cert_identifiers if c.mixed_cas }
}

output "expiring" {
  description = "Server certificates that expire before expires_before, with their expiry time."
  value       = { for id, end in local.ends : id => end if timecmp(end, local.deadline) < 0 }
}

output "plaintext_taken" {
  description = "DB instances that accept connections without TLS, including those for which this is not known for certain."
  value       = [for i in local.fleet.instances : i.identifier if i.force_ssl_enforced != true]
}

output "findings" {
  description = "What could not be read, and why. If this is empty, the report is complete."
  value       = local.fleet.findings
}

# Identifiers in RDS contain only letters, digits and hyphens, so they need no escaping.
output "report" {
  description = "The fleet in Markdown, for a pull request, a job summary or a ticket: totals, then the report of each gate that is not ready, then the names of the others."
  value = join("\n", concat(
    [
      "## Rotation to ${var.target_ca_cert_identifier}",
      "",
      "- ${local.fleet.total} DB instances, ${length(local.to_go)} of them to rotate",
      "- ${length(var.gates)} with judged clients, ${length(local.unready)} of them not ready",
      "",
    ],
    [for id in local.unready : var.gates[id].report],
    length(var.gates) == length(local.unready) ? [] : ["Ready: ${join(", ", [for id, gate in var.gates : "`${id}`" if gate.ready])}"],
    local.fleet.complete ? [] : ["Parts of the fleet could not be read: `findings` says why."],
  ))
}
