# pgjdbc with a socket factory that verifies nothing.
output "java" {
  value = provider::sslready::connection_tls("pgjdbc", "jdbc:postgresql://orders.example/app", {
    properties     = { ssl = "true", sslfactory = "org.postgresql.ssl.NonValidatingFactory" }
    driver_version = "42.7.8"
  })
}
