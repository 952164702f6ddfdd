# The whole account.
data "sslready_instances" "everywhere" {
  regions             = ["*"]
  ca_cert_identifiers = ["rds-ca-rsa4096-g1"]
}

output "left" {
  value = [for i in data.sslready_instances.everywhere.instances : "${i.region}/${i.identifier}"]
}

output "not_read" {
  value = data.sslready_instances.everywhere.unread
}
