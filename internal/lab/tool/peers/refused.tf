# Two targets that RDS would refuse: the plan fails, and says why.

data "sslready_readiness" "target-retired" {
  db_instance_identifier    = "target-retired"
  target_ca_cert_identifier = "rds-ca-2019"
  clients                   = { orders = local.healthy }
}

data "sslready_readiness" "target-not-offered" {
  db_instance_identifier    = "target-not-offered"
  target_ca_cert_identifier = "rds-ca-ecc384-g1"
  clients                   = { orders = local.healthy }
}
