# The syntax of each driver is known: here Npgsql's.
output "npgsql" {
  value     = provider::sslready::connection_without_password("Host=orders;Username=app;Password=${var.npgsql_password};SSL Mode=VerifyFull")
  sensitive = true
}

variable "npgsql_password" {
  type      = string
  sensitive = true
}
