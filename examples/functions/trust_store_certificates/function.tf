variable "store_password" {
  type      = string
  sensitive = true
}

output "subjects" {
  value = nonsensitive(provider::sslready::trust_store_certificates(filebase64("${path.module}/truststore.p12"), var.store_password)[*].subject)
}
