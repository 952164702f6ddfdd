# The function recognizes the syntax of each driver, such as Npgsql's.
output "npgsql" {
  value     = provider::sslready::connection_without_password("Host=orders;Username=app;Password=${var.npgsql_password};SSL Mode=VerifyFull")
  sensitive = true
}

variable "npgsql_password" {
  type      = string
  sensitive = true
}
