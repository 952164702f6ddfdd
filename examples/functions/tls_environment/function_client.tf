# The variables of an Amazon ECS container that matter to a client's TLS.
locals {
  container = jsondecode(file("${path.module}/task-definition.json")).containerDefinitions[0]
}

output "ecs" {
  value     = provider::sslready::tls_environment({ for v in local.container.environment : v.name => v.value })
  sensitive = true
}
