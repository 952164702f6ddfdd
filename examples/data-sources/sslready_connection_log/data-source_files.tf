# Log files that are there already: no AWS access.
data "sslready_connection_log" "archived" {
  files           = ["${path.module}/postgresql.log.2026-03-01-00", "${path.module}/postgresql.log.2026-03-01-01"]
  log_connections = true # the parameter was on when they were written
}

output "logins" {
  value = { for c in data.sslready_connection_log.archived.clients : "${coalesce(c.username, "-")} ${coalesce(c.client_addr, "-")}" => c.connections... }
}
