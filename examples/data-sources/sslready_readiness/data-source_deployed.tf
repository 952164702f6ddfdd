# The facts about the server come from RDS, and those about one client from its image.
data "sslready_readiness" "shop" {
  db_instance_identifier    = "orders-prod"
  target_ca_cert_identifier = "rds-ca-rsa2048-g1"
  minimum_validity          = "2160h" # a trust anchor that expires within 90 days is a finding

  clients = {
    export = {
      driver     = "postgres.js"
      image      = "docker-archive:build/reports.tar"
      properties = { ssl = "verify-full" }
    }
    billing = {
      driver      = "pgjdbc"
      connection  = "jdbc:postgresql:///shop?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
      properties  = { "javax.net.ssl.trustStore" = "/etc/truststore.p12" }
      trust_store = { path = "${path.module}/truststore.p12", password_env = "BILLING_STORE_PASSWORD" }
    }
  }
}

# Which clients are not ready, why, and what to do.
output "unready" {
  value = { for name, v in data.sslready_readiness.shop.verdicts : name => "${v.target.reason}: ${coalesce(v.remedy, "-")}" if !v.ready }
}

# A table for a pull request.
output "report" {
  value = data.sslready_readiness.shop.report
}
