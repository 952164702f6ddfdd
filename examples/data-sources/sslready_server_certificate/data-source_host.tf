# A server by its host name, without access to AWS.
data "sslready_server_certificate" "local" {
  host    = "db.example.internal"
  port    = 5433
  timeout = "3s"

  allow_unreachable = true
}

output "path" {
  value = data.sslready_server_certificate.local.chain_pem
}
