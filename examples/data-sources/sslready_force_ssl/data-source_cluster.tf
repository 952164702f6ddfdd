# An Aurora cluster, and what its server really does with a plaintext connection.
data "sslready_force_ssl" "ledger" {
  db_cluster_identifier = "ledger"
  region                = "eu-west-1"
  probe                 = true
  allow_unreachable     = true
}

output "ledger_refuses_plaintext" {
  value = data.sslready_force_ssl.ledger.enforced
}
