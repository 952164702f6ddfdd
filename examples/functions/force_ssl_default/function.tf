output "postgres_16" {
  value = provider::sslready::force_ssl_default("postgres", "16.3")
}
