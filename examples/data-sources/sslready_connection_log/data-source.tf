data "sslready_connection_log" "orders" {
  db_instance_identifier = "orders-prod"
  since                  = "72h"
}

# After the switch, this check fails if a client was cut off, and names the client.
check "nobody_was_cut_off" {
  assert {
    condition = length([for r in data.sslready_connection_log.orders.refused : r if r.cut_off]) == 0
    error_message = join("\n", [
      for r in data.sslready_connection_log.orders.refused :
      "${coalesce(r.client_addr, "Somebody")} failed the TLS handshake ${r.handshakes} times, last at ${r.last_seen}: ${r.meaning}." if r.cut_off
    ])
  }

  assert {
    condition     = data.sslready_connection_log.orders.complete
    error_message = join("\n", data.sslready_connection_log.orders.incomplete_because)
  }
}
