# A fleet of 130 DB instances and one cluster. This test needs the stand-in for
# AWS that the project's tests start: AWS_ENDPOINT_URL points to it. It changes
# nothing.

provider "sslready" {
  region                 = "lab-local-1"
  access_key             = "lab"
  secret_key             = "lab"
  skip_region_validation = true
}

variables {
  target_ca_cert_identifier = "rds-ca-rsa4096-g1"
}

run "whole_fleet" {
  command = plan

  assert {
    condition     = output.total.all == 133 && output.total.by_ca["rds-ca-rsa2048-g1"] + output.total.by_ca["rds-ca-rsa4096-g1"] == 133 - lookup(output.total.by_ca, "rds-ca-ecc384-g1", 0)
    error_message = "Every instance must be counted once."
  }
  assert {
    condition     = length(output.to_rotate) == 133 - output.total.by_ca["rds-ca-rsa4096-g1"] && output.to_rotate["db-00000"].from == "rds-ca-rsa2048-g1"
    error_message = "Every instance that is not on the target must be listed."
  }
  assert {
    condition     = length(output.restarts) > 0 && length(output.restarts) < length(output.to_rotate)
    error_message = "Some engine versions restart, and others do not."
  }
  assert {
    condition     = length(output.mixed_clusters["cluster-000"]) == 2
    error_message = "The members of the cluster have two different CAs."
  }
  assert {
    condition     = length(output.findings) == 0 && length(output.expiring) == 0 && length(output.cannot_switch) == 0
    error_message = "Everything could be read, and nothing expires."
  }
}

run "the_report_of_a_fleet" {
  command = plan

  variables {
    gates = {
      db-00001 = { ready = true, report = "### `db-00001`: ready\n", summary = "is dropped" }
      db-00002 = { ready = false, report = "### `db-00002`: not ready\n\nClients ready for rds-ca-rsa2048-g1: 0 of 1.\n" }
      db-00003 = { ready = true, report = "### `db-00003`: ready\n" }
    }
  }
  assert {
    condition = output.report == join("\n", [
      "## Rotation to rds-ca-rsa4096-g1", "",
      "- 133 DB instances, ${length(output.to_rotate)} of them to rotate",
      "- 3 with judged clients, 1 of them not ready", "",
      "### `db-00002`: not ready", "", "Clients ready for rds-ca-rsa2048-g1: 0 of 1.", "",
      "Ready: `db-00001`, `db-00003`",
    ])
    error_message = "Totals come first, then the gates that are not ready."
  }
}

run "one_team" {
  command = plan

  variables {
    tags           = { team = "team-07" }
    expires_before = "2030-01-01T00:00:00Z"
  }
  assert {
    condition     = output.total.all == 5 && length(output.expiring) == 5
    error_message = "The report must contain only the instances with these tags."
  }
}

run "expires_before_must_be_a_time" {
  command = plan

  variables {
    expires_before = "next year"
  }
  expect_failures = [var.expires_before]
}
