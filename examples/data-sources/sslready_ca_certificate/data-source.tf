data "sslready_ca_certificate" "target" {
  ca_cert_identifier     = "rds-ca-rsa2048-g1"
  db_instance_identifier = "orders-prod"
}

output "target_root" {
  value = data.sslready_ca_certificate.target.sha256

  precondition {
    condition     = data.sslready_ca_certificate.target.supported
    error_message = "The engine version of orders-prod cannot use the CA."
  }
}
