# Several Regions at once, or ["*"] for all Regions that the account has enabled.
data "sslready_instances" "everywhere" {
  regions             = ["eu-west-1", "us-east-1"]
  ca_cert_identifiers = ["rds-ca-rsa4096-g1"]
}

output "left" {
  value = [for i in data.sslready_instances.everywhere.instances : "${i.region}/${i.identifier}"]
}

output "not_read" {
  value = data.sslready_instances.everywhere.unread
}
