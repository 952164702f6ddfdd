variable "store_password" {
  type      = string
  ephemeral = true
}

resource "sslready_trust_store" "billing" {
  format      = "pkcs12"
  path        = "${path.module}/truststore.p12"
  password_wo = var.store_password

  rds_roots = {
    bundle_pem = file("${path.module}/global-bundle.pem")
    regions    = ["us-east-1"]
  }
}
