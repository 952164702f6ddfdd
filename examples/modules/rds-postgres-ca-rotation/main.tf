# What RDS reports about the DB instance now.
module "instance" {
  source = "./modules/instance"
  count  = var.db_instance_exists ? 1 : 0

  identifier = var.db_instance_identifier
}

# Who is connected now.
data "sslready_clients" "this" {
  count = var.db_instance_exists && var.observe != null ? 1 : 0

  db_instance_identifier = var.db_instance_identifier
  observe_for            = var.observe.observe_for
  sample_interval        = var.observe.sample_interval
}

# The verdicts without a gate: this blocks nothing.
data "sslready_readiness" "this" {
  count = local.gated ? 0 : 1

  db_instance_identifier    = var.db_instance_identifier
  target_ca_cert_identifier = var.target_ca_cert_identifier
  clients                   = var.clients
  observations              = local.observations
  waivers                   = var.waivers
  minimum_validity          = var.minimum_validity
}

# The gate. Until it is this stage's turn, it only holds, so a client that is not ready causes a warning, not an error.
resource "sslready_trust_store_validation" "this" {
  count = local.gated ? 1 : 0

  db_instance_identifier    = var.db_instance_identifier
  target_ca_cert_identifier = var.target_ca_cert_identifier
  on_unready                = local.in_turn ? var.on_unready : "hold"
  observations              = local.observations
  waivers                   = var.waivers
  minimum_validity          = var.minimum_validity

  clients = {
    for name, client in var.clients : name => merge(client, {
      trust_store = client.trust_store == null ? null : merge(client.trust_store, {
        password = lookup(var.store_passwords, name, null)
      })
    })
  }
}

locals {
  gated   = var.on_unready != "report"
  in_turn = alltrue(var.after)

  instance   = one(module.instance[*].instance)
  present_ca = local.instance == null ? null : local.instance.ca_cert_identifier
  switched   = local.instance == null ? false : local.present_ca == var.target_ca_cert_identifier && local.instance.pending_ca_cert_identifier == null

  look         = one(data.sslready_clients.this)
  observations = local.look == null ? null : [local.look.observation]

  ready    = local.gated ? sslready_trust_store_validation.this[0].ready : data.sslready_readiness.this[0].ready
  verdicts = local.gated ? sslready_trust_store_validation.this[0].verdicts : data.sslready_readiness.this[0].verdicts
  findings = local.gated ? sslready_trust_store_validation.this[0].findings : data.sslready_readiness.this[0].findings
  summary  = local.gated ? sslready_trust_store_validation.this[0].summary : data.sslready_readiness.this[0].summary
  report   = local.gated ? sslready_trust_store_validation.this[0].report : data.sslready_readiness.this[0].report

  # Why this module itself holds back the switch. The summary of the gate has the other reasons.
  held_because = compact([
    local.gated ? "" : "on_unready is \"report\".",
    local.in_turn ? "" : "An earlier stage has not switched yet.",
  ])
  released = length(local.held_because) == 0

  ca_cert_identifier = local.released ? sslready_trust_store_validation.this[0].ca_cert_identifier : local.present_ca
}
