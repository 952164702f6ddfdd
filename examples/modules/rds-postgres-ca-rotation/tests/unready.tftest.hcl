# What the module does if a client is not ready. The provider is mocked, so
# nothing is contacted.

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
    error_message = "The module must return the gate's CA."
  }
  assert {
    condition     = output.held_because == tolist(["billing is not ready."])
    error_message = "The reason must be the gate's summary."
  }
}

run "an_earlier_stage_waits_too" {
  variables {
    after = [false]
  }
  assert {
    condition     = length(output.held_because) == 2
    error_message = "Every reason must be given."
  }
}

run "a_report_says_the_same" {
  variables {
    on_unready = "report"
  }
  assert {
    condition     = !output.ready && output.summary == "billing is not ready." && output.ca_cert_identifier == "rds-ca-rsa2048-g1"
    error_message = "Without a gate, the result must come from sslready_readiness."
  }
}

run "a_client_breaks_after_the_switch" {
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
    error_message = "There is nothing left to hold back, and later stages need not wait."
  }
}
