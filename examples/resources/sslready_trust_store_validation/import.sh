# Import by the identifier of the DB instance, in the provider's Region or in another one.
terraform import sslready_trust_store_validation.orders orders-prod
terraform import sslready_trust_store_validation.orders orders-prod@eu-west-1
