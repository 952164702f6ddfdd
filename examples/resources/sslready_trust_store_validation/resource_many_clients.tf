# A thousand clients, and a plan that fits on a screen: it prints neither the
# clients nor the details of their verdicts.
locals {
  tenants = {
    for n in range(1000) : format("tenant-%04d", n) => {
      driver      = "node-postgres"
      connection  = "postgresql:///tenant_${n}?sslmode=verify-full&sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = "${path.module}/rds.pem" }
    }
  }
}

resource "sslready_trust_store_validation" "tenants" {
  db_instance_identifier    = "tenants-prod"
  target_ca_cert_identifier = "rds-ca-rsa2048-g1"
  on_unready                = "hold"
  details                   = false
  clients                   = sensitive(local.tenants)
}
