# Every member of a cluster, in another Region.
data "sslready_clients" "ledger" {
  db_cluster_identifier = "ledger"
  region                = "eu-west-1"
  allow_unreachable     = true
}

output "who" {
  value = [for c in data.sslready_clients.ledger.clients : "${coalesce(c.username, "somebody")} from ${coalesce(c.client_addr, "an unknown address")}, TLS: ${coalesce(c.ssl, "not known")}"]
}
