# When each CA of the Region expires.
data "sslready_ca_certificate" "all" {
  for_each           = toset(["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"])
  ca_cert_identifier = each.key
}

output "ends" {
  value = { for id, ca in data.sslready_ca_certificate.all : id => ca.valid_till }
}
