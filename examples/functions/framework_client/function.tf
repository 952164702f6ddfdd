# The database.yml of a Rails application.
output "rails" {
  value = provider::sslready::framework_client("rails", yamldecode(<<-YAML
    adapter: postgresql
    database: shop
    sslmode: verify-full
    sslrootcert: /etc/ssl/rds.pem
  YAML
  ), { trust_store = { path = "${path.module}/rds.pem" } })
}
