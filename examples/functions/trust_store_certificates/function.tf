output "subjects" {
  value = provider::sslready::trust_store_certificates(filebase64("${path.module}/rds.pem"))[*].subject
}
