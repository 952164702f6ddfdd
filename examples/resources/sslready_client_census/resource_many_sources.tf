# The census combines the current sessions with the log of the last day.
data "sslready_clients" "ledger" {
  db_instance_identifier = "orders-prod"
}

data "sslready_connection_log" "ledger" {
  db_instance_identifier = "orders-prod"
  since                  = "24h"
}

resource "sslready_client_census" "ledger" {
  name         = "orders-prod"
  observations = [data.sslready_clients.ledger.observation, data.sslready_connection_log.ledger.observation]
}

# The gate compares its clients with everyone that the census remembers.
resource "sslready_trust_store_validation" "ledger" {
  db_instance_identifier    = "orders-prod"
  target_ca_cert_identifier = "rds-ca-rsa2048-g1"
  on_unready                = "hold"
  observations              = [sslready_client_census.ledger.observation]

  clients = {
    ledger = {
      driver      = "pgx"
      connection  = "dbname=ledger sslmode=verify-full sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = "${path.module}/rds.pem" }
      match       = { usernames = ["ledger"] }
    }
  }
}
