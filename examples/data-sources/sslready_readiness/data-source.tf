# This needs no access to AWS, because all facts are given.
data "sslready_readiness" "orders" {
  region                    = "us-east-1"
  target_ca_cert_identifier = "rds-ca-rsa2048-g1"
  force_ssl                 = true

  clients = {
    billing = {
      driver      = "pgjdbc"
      connection  = "jdbc:postgresql://orders.abc123.us-east-1.rds.amazonaws.com:5432/billing?sslmode=verify-full&sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = "${path.module}/rds.pem" }
    }
  }
}

check "clients_are_ready" {
  assert {
    condition     = data.sslready_readiness.orders.ready
    error_message = data.sslready_readiness.orders.summary
  }
}
