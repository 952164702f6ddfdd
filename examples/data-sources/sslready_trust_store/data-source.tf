data "sslready_trust_store" "billing" {
  path         = "${path.module}/truststore.p12"
  password_env = "BILLING_STORE_PASSWORD"
  region       = "us-east-1"
}

output "what_java_trusts" {
  value = data.sslready_trust_store.billing.anchors.java

  precondition {
    condition     = length(data.sslready_trust_store.billing.missing_rds_roots) == 0
    error_message = "The trust store lacks roots of the Region."
  }
}
