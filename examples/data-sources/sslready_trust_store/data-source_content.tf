# The content of a store, such as one from a secret or a ConfigMap.
data "sslready_trust_store" "mounted" {
  content          = file("${path.module}/rds.pem")
  region           = "eu-west-1"
  minimum_validity = "4380h" # half a year
}

output "problems" {
  value = [for p in data.sslready_trust_store.mounted.problems : "${p.code}: ${p.detail}"]
}
