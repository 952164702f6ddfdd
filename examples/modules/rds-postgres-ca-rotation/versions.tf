terraform {
  required_version = ">= 1.11"

  required_providers {
    sslready = {
      source  = "sslready/sslready"
      version = ">= 0.1"
    }
  }
}
