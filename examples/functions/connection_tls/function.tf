output "reports" {
  value = provider::sslready::connection_tls("psycopg2", "host=orders.example sslmode=prefer", { trust_store = true })
}
