# Two clients declared from the configuration of their frameworks, and one from its image.
resource "sslready_trust_store_validation" "shop" {
  db_instance_identifier    = "orders-prod"
  target_ca_cert_identifier = "rds-ca-rsa2048-g1"
  on_unready                = "hold"

  clients = {
    web = provider::sslready::framework_client("rails", yamldecode(file("${path.module}/database.yml")).production, {
      trust_store = { path = "${path.module}/rds.pem" }
    })
    worker = provider::sslready::framework_client("django", { # DATABASES["default"] in settings.py
      ENGINE  = "django.db.backends.postgresql"
      NAME    = "shop"
      OPTIONS = { sslmode = "verify-full", sslrootcert = "/etc/ssl/rds.pem" }
      }, {
      framework_version = "5.2"
      trust_store       = { path = "${path.module}/rds.pem" }
    })
    export = { # files, variables and versions come from the image
      driver     = "postgres.js"
      image      = "docker-archive:build/reports.tar" # or a reference to an image in a registry
      properties = { ssl = "verify-full" }
    }
  }
}
