# What the module does if all clients are ready. The provider is mocked, so
# nothing is contacted.

mock_provider "sslready" {
  mock_data "sslready_clients" {
    defaults = { complete = true, plaintext_sessions = 0 }
  }
  mock_data "sslready_readiness" {
    defaults = { ready = true, summary = "1 client is ready." }
  }
  mock_resource "sslready_trust_store_validation" {
    defaults = { ready = true, summary = "1 client is ready.", ca_cert_identifier = "rds-ca-rsa4096-g1" }
  }
}

override_module {
  target = module.instance
  outputs = {
    instance = {
      ca_cert_identifier         = "rds-ca-rsa2048-g1"
      pending_ca_cert_identifier = null
      rotation_restarts          = false
      rotation_restart_reason    = "postgres 16.3 applies a new server certificate without a restart"
      maintenance_window         = "sun:05:00-sun:06:00"
    }
  }
}

variables {
  db_instance_identifier    = "orders-prod"
  target_ca_cert_identifier = "rds-ca-rsa4096-g1"
  clients                   = { billing = { driver = "psql", connection = "sslmode=verify-full" } }
  store_passwords           = {}
}

run "everybody_is_ready" {
  assert {
    condition     = output.ca_cert_identifier == "rds-ca-rsa4096-g1" && length(output.held_because) == 0
    error_message = "An instance that is ready, and whose turn it is, gets the target."
  }
  assert {
    condition     = output.would_switch.from == "rds-ca-rsa2048-g1" && output.would_switch.to == "rds-ca-rsa4096-g1" && output.would_switch.restarts == false
    error_message = "The plan must say what the switch will do."
  }
  assert {
    condition     = !output.switched
    error_message = "An instance that this apply switches counts as switched only from the next plan on."
  }
  assert {
    condition     = sslready_trust_store_validation.this[0].on_unready == "hold" && length(data.sslready_clients.this) == 0
    error_message = "By default, the gate holds, and sessions are not checked."
  }
}

run "an_earlier_stage_waits" {
  variables {
    after      = [true, false]
    on_unready = "error"
  }
  assert {
    condition     = output.ca_cert_identifier == "rds-ca-rsa2048-g1" && output.would_switch == null
    error_message = "Ready clients do not let an instance overtake an earlier stage."
  }
  assert {
    condition     = output.held_because == tolist(["An earlier stage has not switched yet."])
    error_message = "The module must say why."
  }
  assert {
    condition     = sslready_trust_store_validation.this[0].on_unready == "hold"
    error_message = "Before its turn, a client that is not ready must not fail the plan."
  }
}

run "its_turn_has_come" {
  variables {
    after      = [true, true]
    on_unready = "error"
  }
  assert {
    condition     = output.ca_cert_identifier == "rds-ca-rsa4096-g1" && sslready_trust_store_validation.this[0].on_unready == "error"
    error_message = "Every earlier stage has switched."
  }
}

run "report_never_switches" {
  variables {
    on_unready = "report"
  }
  assert {
    condition     = output.ca_cert_identifier == "rds-ca-rsa2048-g1" && output.ready && length(sslready_trust_store_validation.this) == 0
    error_message = "A report must leave the instance on its current CA."
  }
}

run "switched" {
  override_module {
    target  = module.instance
    outputs = { instance = { ca_cert_identifier = "rds-ca-rsa4096-g1", pending_ca_cert_identifier = null, rotation_restarts = false, rotation_restart_reason = null, maintenance_window = null } }
  }
  assert {
    condition     = output.switched && output.would_switch == null && length(output.held_because) == 0
    error_message = "Nothing is left to do."
  }
}

run "a_switch_that_waits_for_the_window_is_not_done" {
  override_module {
    target  = module.instance
    outputs = { instance = { ca_cert_identifier = "rds-ca-rsa2048-g1", pending_ca_cert_identifier = "rds-ca-rsa4096-g1", rotation_restarts = false, rotation_restart_reason = null, maintenance_window = null } }
  }
  assert {
    condition     = !output.switched && output.ca_cert_identifier == "rds-ca-rsa4096-g1"
    error_message = "The next stage must wait, and the module must keep returning the target."
  }
}

run "a_change_back_that_waits_is_not_done_either" {
  override_module {
    target  = module.instance
    outputs = { instance = { ca_cert_identifier = "rds-ca-rsa4096-g1", pending_ca_cert_identifier = "rds-ca-rsa2048-g1", rotation_restarts = false, rotation_restart_reason = null, maintenance_window = null } }
  }
  assert {
    condition     = !output.switched
    error_message = "The next maintenance window will move it back to the old CA."
  }
}

run "an_instance_to_be_created" {
  variables {
    db_instance_exists = false
    observe            = {}
  }
  assert {
    condition     = length(module.instance) == 0 && length(data.sslready_clients.this) == 0 && !output.switched
    error_message = "An instance that does not exist cannot be read, and does not count as switched."
  }
  assert {
    condition     = output.ca_cert_identifier == "rds-ca-rsa4096-g1" && output.would_switch == null
    error_message = "The instance is created on the target, so nothing is switched."
  }
}

run "a_retired_ca_is_refused" {
  command = plan

  variables {
    target_ca_cert_identifier = "rds-ca-2019"
  }
  expect_failures = [var.target_ca_cert_identifier]
}

run "clients_must_be_declared" {
  command = plan

  variables {
    clients = {}
  }
  expect_failures = [var.clients]
}

run "unknown_modes_are_refused" {
  command = plan

  variables {
    on_unready = "warn"
  }
  expect_failures = [var.on_unready]
}
