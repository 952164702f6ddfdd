variable "container_environment" {
  type = map(string)
  default = {
    PGSSLMODE     = "verify-full"
    PGSSLROOTCERT = "/etc/ssl/rds.pem"
    DB_PASSWORD   = "left-out"
  }
  sensitive = true
}

output "environment" {
  value     = provider::sslready::tls_environment(var.container_environment)
  sensitive = true
}
