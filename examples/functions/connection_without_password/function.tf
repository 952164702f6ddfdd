variable "dsn" {
  type      = string
  sensitive = true
}

output "connection" {
  value     = provider::sslready::connection_without_password(var.dsn)
  sensitive = true
}
