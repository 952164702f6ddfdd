# A canary that is on the target CA already shows what the others will present.
data "sslready_server_certificate" "canary" {
  db_instance_identifier = "orders-canary"
}

output "canary_ends" {
  value = data.sslready_server_certificate.canary.not_after

  precondition {
    condition     = data.sslready_server_certificate.canary.reachable
    error_message = "The canary cannot be reached."
  }
}
