# orders-canary is already on the target CA, so its certificates show which root
# the other DB instances will have after their switch.
data "sslready_server_certificate" "canary" {
  db_instance_identifier = "orders-canary"
}

data "sslready_readiness" "orders" {
  db_instance_identifier              = "orders-prod"
  target_ca_cert_identifier           = "rds-ca-rsa4096-g1"
  canary_server_certificate_chain_pem = data.sslready_server_certificate.canary.chain_pem

  clients = {
    billing = {
      driver      = "psycopg2"
      connection  = "dbname=billing sslmode=verify-full sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = "${path.module}/rds.pem" }
    }
  }
}

output "billing_is_ready" {
  value = data.sslready_readiness.orders.verdicts["billing"].ready
}

output "canary_ends" {
  value = data.sslready_server_certificate.canary.not_after
}
