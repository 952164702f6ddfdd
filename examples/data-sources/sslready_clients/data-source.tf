data "sslready_clients" "orders" {
  db_instance_identifier = "orders-prod"
  observe_for            = "30s"
  sample_interval        = "1s"
}

check "everyone_is_on_tls" {
  assert {
    condition     = data.sslready_clients.orders.complete && data.sslready_clients.orders.plaintext_sessions == 0
    error_message = "Clients without TLS are connected, or the role does not see every session."
  }
}
