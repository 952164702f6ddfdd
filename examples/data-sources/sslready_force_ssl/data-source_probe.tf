# Whether the server really refuses a plaintext connection, if it can be reached.
data "sslready_force_ssl" "probed" {
  db_instance_identifier = "orders-prod"
  probe                  = true
  allow_unreachable      = true
}

output "orders_refuses_plaintext" {
  value = data.sslready_force_ssl.probed.enforced
}
