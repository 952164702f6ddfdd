# The DB instances whose engine version refuses plaintext by default.
data "sslready_instances" "fleet" {}

output "refuse_plaintext_by_default" {
  value = [for i in data.sslready_instances.fleet.instances : i.identifier if provider::sslready::force_ssl_default(i.engine, i.engine_version)]
}
