output "ca_cert_identifier" {
  description = "The CA that the DB instance should have now: assign it to aws_db_instance.ca_cert_identifier. Null for a DB instance that is held back and does not exist yet: it gets the default CA of RDS."
  value       = local.ca_cert_identifier
}

output "switched" {
  description = "Whether the DB instance was on the target CA, with nothing pending, when this plan began. Use it in after of the next stage."
  value       = local.switched
}

output "would_switch" {
  description = "What this plan would switch: from, to, restarts (null when RDS does not say), restart_reason and maintenance_window. Null when it would switch nothing."
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
  description = "Whether nothing blocks the switch."
  value       = local.ready
}

output "verdicts" {
  description = "The judgement of each client, by client name."
  value       = local.verdicts
}

output "findings" {
  description = "What the owner of the DB instance should know, most severe first."
  value       = local.findings
}

output "summary" {
  description = "The judgement in one line."
  value       = local.summary
}

output "report" {
  description = "The judgement in Markdown: totals, and a table with a row for each client. rds-postgres-ca-fleet-report combines the reports of a whole fleet."
  value       = local.report
}

output "plaintext_sessions" {
  description = "Number of sessions without TLS; null when sessions were not checked."
  value       = local.look == null ? null : local.look.plaintext_sessions
}
