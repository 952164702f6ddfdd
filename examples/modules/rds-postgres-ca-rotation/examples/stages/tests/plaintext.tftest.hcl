# A client without TLS is connected to prod, so the precondition of the
# example's aws_db_instance stops the plan. Like lab.tftest.hcl, this test needs
# the stand-in for AWS.

variables {
  region = "lab-local-1"
  stores = "stores/after"
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

run "plaintext_sessions_stop_the_plan" {
  command = plan

  expect_failures = [aws_db_instance.orders["prod"]]
}
