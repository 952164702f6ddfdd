data "sslready_connection_log" "orders" {
  db_instance_identifier = "orders-prod"
  since                  = "72h"
}

# Run this every day or two. After a month, it has seen the clients that connect once a month.
resource "sslready_client_census" "orders" {
  name         = "orders-prod"
  forget_after = "2160h" # ninety days
  observations = [data.sslready_connection_log.orders.observation]
}

output "clients" {
  value = [for c in sslready_client_census.orders.clients : "${coalesce(c.username, "somebody")} from ${coalesce(c.client_addr, "an unknown address, a socket or many addresses")}, last on ${c.last_seen}"]
}
