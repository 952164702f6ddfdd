# Three applies switch three environments, one after the other. This test needs
# the stand-in for AWS that the project's tests start, with a PostgreSQL server
# behind each DB instance: AWS_ENDPOINT_URL and PGSSLROOTCERT point to it. Do not
# run it in a real AWS account: it would switch CAs there.

variables {
  region = "lab-local-1"
  stores = "stores/before" # the store of prod lacks the new root
}

provider "sslready" {
  region                 = var.region
  access_key             = "lab"
  secret_key             = "lab"
  skip_region_validation = true

  postgres = {
    username = "readiness"
  }
}

provider "aws" {
  region                      = var.region
  access_key                  = "lab"
  secret_key                  = "lab"
  skip_region_validation      = true
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

run "first_apply_switches_dev" {
  assert {
    condition     = aws_db_instance.orders["dev"].ca_cert_identifier == var.target_ca_cert_identifier
    error_message = "dev is the first stage."
  }
  assert {
    condition     = alltrue([for e in ["staging", "prod"] : aws_db_instance.orders[e].ca_cert_identifier == "rds-ca-rsa2048-g1"])
    error_message = "No other stage may move in the same apply."
  }
  assert {
    condition     = output.would_switch.dev.from == "rds-ca-rsa2048-g1" && output.would_switch.dev.restarts == false && output.would_switch.staging == null
    error_message = "The plan must say what it switches."
  }
}

run "second_apply_switches_staging" {
  assert {
    condition     = aws_db_instance.orders["staging"].ca_cert_identifier == var.target_ca_cert_identifier
    error_message = "dev is done, so it is the turn of staging."
  }
  assert {
    condition     = aws_db_instance.orders["prod"].ca_cert_identifier == "rds-ca-rsa2048-g1"
    error_message = "prod waits for staging."
  }
}

run "prod_is_not_ready" {
  assert {
    condition     = aws_db_instance.orders["prod"].ca_cert_identifier == "rds-ca-rsa2048-g1"
    error_message = "A client of prod would be cut off."
  }
  assert {
    condition     = strcontains(output.report, "### `orders-prod`: not ready") && strcontains(output.report, "### `orders-dev`: ready")
    error_message = "The report must contain every stage."
  }
  assert {
    condition     = output.verdicts.prod.billing.target.reason == "unknown_authority" && length(output.held_because.prod) == 1
    error_message = "The reason is the client's store, and nothing else."
  }
}

run "prod_is_repaired" {
  variables {
    stores = "stores/after"
  }
  assert {
    condition     = aws_db_instance.orders["prod"].ca_cert_identifier == var.target_ca_cert_identifier
    error_message = "prod switches automatically once its client is ready."
  }
}

run "nothing_is_left" {
  command = plan

  variables {
    stores = "stores/after"
  }
  assert {
    condition     = alltrue([for e, what in output.would_switch : what == null]) && alltrue([for e, why in output.held_because : length(why) == 0])
    error_message = "All stages are done."
  }
}
