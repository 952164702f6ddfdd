# A client is not ready: what the module makes of the gate's answer. Nothing
# is asked: the provider is mocked.

mock_provider "sslready" {
  mock_data "sslready_readiness" {
    defaults = { ready = false, summary = "billing is not ready." }
  }
  mock_resource "sslready_trust_store_validation" {
    defaults = { ready = false, summary = "billing is not ready.", ca_cert_identifier = "rds-ca-rsa2048-g1" }
  }
}

override_module {
  target  = module.instance
  outputs = { instance = { ca_cert_identifier = "rds-ca-rsa2048-g1", pending_ca_cert_identifier = null, rotation_restarts = false, rotation_restart_reason = null, maintenance_window = null } }
}

variables {
  db_instance_identifier    = "orders-prod"
  target_ca_cert_identifier = "rds-ca-rsa4096-g1"
  clients                   = { billing = { driver = "psql", connection = "sslmode=verify-full" } }
  store_passwords           = {}
}

run "a_client_is_not_ready" {
  assert {
    condition     = output.ca_cert_identifier == "rds-ca-rsa2048-g1" && output.would_switch == null
    error_message = "The gate's answer goes through."
  }
  assert {
    condition     = output.held_because == tolist(["billing is not ready."])
    error_message = "The reason is the gate's."
  }
}

run "its_turn_has_not_come_either" {
  variables {
    after = [false]
  }
  assert {
    condition     = length(output.held_because) == 2
    error_message = "Every reason must be given."
  }
}

run "a_report_tells_the_same" {
  variables {
    on_unready = "report"
  }
  assert {
    condition     = !output.ready && output.summary == "billing is not ready." && output.ca_cert_identifier == "rds-ca-rsa2048-g1"
    error_message = "The readiness data source judges in the gate's place."
  }
}

run "a_store_got_worse_after_the_switch" {
  override_module {
    target  = module.instance
    outputs = { instance = { ca_cert_identifier = "rds-ca-rsa4096-g1", pending_ca_cert_identifier = null, rotation_restarts = false, rotation_restart_reason = null, maintenance_window = null } }
  }
  override_resource {
    target = sslready_trust_store_validation.this
    values = { ready = false, summary = "billing is not ready.", ca_cert_identifier = "rds-ca-rsa4096-g1" }
  }
  assert {
    condition     = output.switched && length(output.held_because) == 0 && !output.ready
    error_message = "There is nothing to hold back any more, and the later stages need not wait."
  }
}
