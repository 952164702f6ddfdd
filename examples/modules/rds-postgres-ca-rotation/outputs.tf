output "ca_cert_identifier" {
  description = "The CA that the DB instance should have now; assign it to aws_db_instance.ca_cert_identifier. Null if the switch is held back and the DB instance does not exist yet: a new instance then gets the RDS default."
  value       = local.ca_cert_identifier
}

output "switched" {
  description = "Whether the DB instance was already on the target CA, with no change pending, when this plan began. Pass it to the variable after of the next stage."
  value       = local.switched
}

output "would_switch" {
  description = "The switch that this plan would make: from, to, restarts (null when RDS does not report it), restart_reason and maintenance_window. Null when the plan makes no switch."
  value = local.instance == null ? null : local.ca_cert_identifier != var.target_ca_cert_identifier || local.switched ? null : {
    db_instance_identifier = var.db_instance_identifier
    from                   = local.present_ca
    to                     = var.target_ca_cert_identifier
    restarts               = local.instance.rotation_restarts
    restart_reason         = local.instance.rotation_restart_reason
    maintenance_window     = local.instance.maintenance_window
  }
}

output "held_because" {
  description = "What keeps the DB instance on its current CA; empty when nothing does."
  value       = local.switched ? [] : concat(local.held_because, local.ready ? [] : [local.summary])
}

output "ready" {
  description = "Whether the switch can go ahead: true if nothing blocks it."
  value       = local.ready
}

output "verdicts" {
  description = "The verdict on each client, by client name."
  value       = local.verdicts
}

output "findings" {
  description = "What the owner of the DB instance should know, most severe first."
  value       = local.findings
}

output "summary" {
  description = "The result in one line."
  value       = local.summary
}

output "report" {
  description = "The verdicts in Markdown: totals, and a table with a row for each client. The module rds-postgres-ca-fleet-report combines the reports of a whole fleet."
  value       = local.report
}

output "plaintext_sessions" {
  description = "Number of sessions without TLS; null when sessions were not checked."
  value       = local.look == null ? null : local.look.plaintext_sessions
}
