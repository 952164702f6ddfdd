# A PEM file with roots of one Region, and with the certificates of an older store.
resource "sslready_trust_store" "reports" {
  format    = "pem"
  path      = "${path.module}/rds-and-own.pem"
  file_mode = "0644"

  rds_roots = {
    bundle_pem          = file("${path.module}/global-bundle.pem")
    regions             = ["eu-west-1"]
    ca_cert_identifiers = ["rds-ca-rsa2048-g1"]
  }

  stores = [{ path = "${path.module}/rds.pem" }]
}
