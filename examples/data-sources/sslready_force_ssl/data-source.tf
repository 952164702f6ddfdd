data "sslready_force_ssl" "orders" {
  db_instance_identifier = "orders-prod"
}

output "plaintext_is_refused" {
  value = data.sslready_force_ssl.orders.enforced

  precondition {
    condition     = data.sslready_force_ssl.orders.pending_reboot == false
    error_message = "The parameter group of orders-prod takes effect only after a reboot."
  }
}
