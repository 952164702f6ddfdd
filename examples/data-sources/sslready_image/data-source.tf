# For an Amazon ECS service, use the image in its task definition:
# jsondecode(data.aws_ecs_task_definition.reports.container_definitions)[0].image
variable "image" {
  type    = string
  default = "docker-archive:build/reports.tar" # a file from docker save, or a reference to an image in a registry
}

data "sslready_image" "reports" {
  image    = var.image # for a private registry of Amazon ECR, the provider uses its AWS credentials
  platform = "linux/amd64"
  region   = "eu-central-1"

  lifecycle {
    postcondition {
      condition     = length(self.unread) == 0
      error_message = "Parts of the image could not be read: ${join(", ", self.unread[*].path)}."
    }
  }
}

# The drivers in the image, and the runtimes that they run on.
output "drivers" {
  value = { for d in data.sslready_image.reports.drivers : d.path => "${d.name} ${coalesce(d.version, "-")} on ${coalesce(d.runtime_version, "-")}" }
}

# The trust stores that lack a root of the Region.
output "stores_to_fix" {
  value = { for s in data.sslready_image.reports.trust_stores : s.path => s.missing if length(s.missing) > 0 }
}

# Draft declarations of the clients.
output "drafts" {
  value = join("\n", data.sslready_image.reports.drafts[*].configuration)
}

# An AWS Lambda function: first its layers, in their order, then the function itself.
data "sslready_image" "export" {
  archives = ["build/python-layer.zip", "build/export.zip"]
  region   = "eu-central-1"
}
