# A trust store with a password.
variable "truststore_password" {
  type      = string
  sensitive = true
}

output "ends" {
  value = {
    for c in provider::sslready::trust_store_certificates(filebase64("${path.module}/truststore.p12"), var.truststore_password) : c.subject => c.not_after
  }
  sensitive = true
}
