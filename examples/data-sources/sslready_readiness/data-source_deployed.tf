# What RDS reports, and two clients as they are deployed.
data "sslready_readiness" "shop" {
  db_instance_identifier    = "orders-prod"
  target_ca_cert_identifier = "rds-ca-rsa2048-g1"
  minimum_validity          = "2160h" # trust anchors that end within 90 days are a finding

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

# What would break, and why.
output "unready" {
  value = { for name, v in data.sslready_readiness.shop.verdicts : name => "${v.target.reason}: ${coalesce(v.remedy, "-")}" if !v.ready }
}

# A table for a pull request.
output "report" {
  value = data.sslready_readiness.shop.report
}
