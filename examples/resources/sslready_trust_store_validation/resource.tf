resource "sslready_trust_store_validation" "orders" {
  db_instance_identifier    = "orders-prod"
  target_ca_cert_identifier = "rds-ca-rsa2048-g1"
  on_unready                = "hold"

  clients = {
    billing = {
      driver      = "pgjdbc"
      connection  = "jdbc:postgresql:///billing?sslmode=verify-ca&sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = "${path.module}/billing.pem" }
      match       = { usernames = ["billing"] }
    }
    reports = {
      driver      = "psycopg2"
      connection  = "dbname=reports sslmode=verify-full sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = "${path.module}/reports.pem" }
      match       = { application_names = ["reports"] }
    }
  }
}

resource "aws_db_instance" "orders" {
  identifier         = "orders-prod"
  engine             = "postgres"
  engine_version     = "16.3"
  instance_class     = "db.t4g.medium"
  allocated_storage  = 20
  ca_cert_identifier = sslready_trust_store_validation.orders.ca_cert_identifier
  apply_immediately  = true
}
