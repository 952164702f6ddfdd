# A fleet of 130 DB instances and one cluster, in the stand-in for AWS that the
# project's tests start; AWS_ENDPOINT_URL points there. Nothing is changed.

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
    error_message = "Every instance is counted once."
  }
  assert {
    condition     = length(output.to_rotate) == 133 - output.total.by_ca["rds-ca-rsa4096-g1"] && output.to_rotate["db-00000"].from == "rds-ca-rsa2048-g1"
    error_message = "Who is not on the target is listed."
  }
  assert {
    condition     = length(output.restarts) > 0 && length(output.restarts) < length(output.to_rotate)
    error_message = "A part of the engine versions restarts."
  }
  assert {
    condition     = length(output.mixed_clusters["cluster-000"]) == 2
    error_message = "Two members of the cluster differ."
  }
  assert {
    condition     = length(output.findings) == 0 && length(output.expiring) == 0 && length(output.cannot_switch) == 0
    error_message = "Everything could be read, and nothing expires."
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
    error_message = "Tags narrow the report."
  }
}

run "a_time_must_be_one" {
  command = plan

  variables {
    expires_before = "next year"
  }
  expect_failures = [var.expires_before]
}
