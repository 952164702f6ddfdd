# A server by its host name, without access to AWS. If the server cannot be reached, that is not an error.
data "sslready_clients" "ledger" {
  host              = "ledger.example.internal"
  allow_unreachable = true
  timeout           = "20s"
}

output "who" {
  value = [for c in data.sslready_clients.ledger.clients : "${coalesce(c.username, "somebody")} from ${coalesce(c.client_addr, "an unknown address")}, TLS: ${coalesce(c.ssl, "not known")}"]
}
