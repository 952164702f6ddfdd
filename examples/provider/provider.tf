terraform {
  required_providers {
    sslready = {
      source = "sslready/sslready"
    }
  }
}

provider "sslready" {
  region = "us-east-1"

  postgres = {
    username = "readiness"
    iam_auth = true
  }
}
