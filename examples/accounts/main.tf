# Two accounts in several Regions. Terraform needs one provider block per account.
# OpenTofu reads main.tofu instead of this file, where one block is enough.
terraform {
  required_providers {
    sslready = { source = "sslready/sslready" }
  }
}

provider "sslready" {
  alias       = "shop"
  region      = "eu-west-1"
  assume_role = [{ role_arn = "arn:aws:iam::111111111111:role/readiness" }]
}

provider "sslready" {
  alias       = "ledger"
  region      = "eu-west-1"
  assume_role = [{ role_arn = "arn:aws:iam::222222222222:role/readiness" }]
}

module "shop" {
  source    = "./account"
  providers = { sslready = sslready.shop }
  regions   = ["eu-west-1", "us-east-1"]
}

module "ledger" {
  source    = "./account"
  providers = { sslready = sslready.ledger }
  regions   = ["*"] # all Regions that the account has enabled
}

output "gates" {
  value = { shop = module.shop.gates, ledger = module.ledger.gates }
}

output "unread" {
  value = { shop = module.shop.unread, ledger = module.ledger.unread }
}
