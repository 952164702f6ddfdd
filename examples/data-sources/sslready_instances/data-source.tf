data "sslready_instances" "all" {
  tags = { environment = "production" }
}

output "still_to_rotate" {
  value = [for i in data.sslready_instances.all.instances : i.identifier if i.ca_cert_identifier == "rds-ca-2019"]

  precondition {
    condition     = data.sslready_instances.all.complete
    error_message = "Not every fact of the fleet could be read."
  }
}
