# No client is forgotten: a TLS session of the last three days that matches no
# declared client blocks the switch.
data "sslready_connection_log" "ledger" {
  db_instance_identifier = "orders-prod"
  since                  = "72h"
}

resource "sslready_trust_store_validation" "ledger" {
  db_instance_identifier    = "orders-prod"
  target_ca_cert_identifier = "rds-ca-rsa2048-g1"
  on_unready                = "hold"
  observations              = [data.sslready_connection_log.ledger.observation]

  clients = {
    ledger = {
      driver      = "pgx"
      connection  = "dbname=ledger sslmode=verify-full sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = "${path.module}/rds.pem" }
      match       = { usernames = ["ledger"] }
    }
    audit = {
      driver     = "other" # the provider has no rules for it, so it needs a waiver
      properties = { description = "a vendor's appliance" }
      match      = { client_cidrs = ["10.8.0.0/24"] }
    }
  }

  waivers = {
    audit = { reason = "The vendor replaces it in June.", expires = "2027-06-30T00:00:00Z" }
  }
}
