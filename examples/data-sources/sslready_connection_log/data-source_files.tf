# Log files that you already have. This needs no access to AWS.
data "sslready_connection_log" "archived" {
  files           = ["${path.module}/postgresql.log.2026-03-01-00", "${path.module}/postgresql.log.2026-03-01-01"]
  log_connections = true # the server's log_connections was on when these files were written
}

output "logins" {
  value = { for c in data.sslready_connection_log.archived.clients : "${coalesce(c.username, "-")} ${coalesce(c.client_addr, "-")}" => c.connections... }
}
