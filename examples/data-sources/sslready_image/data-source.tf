# The image that an ECS service runs is
# jsondecode(data.aws_ecs_task_definition.reports.container_definitions)[0].image
variable "image" {
  type    = string
  default = "docker-archive:build/reports.tar" # written by docker save; or a registry reference
}

data "sslready_image" "reports" {
  image    = var.image # for a private registry of Amazon ECR, the provider's credentials are used
  platform = "linux/amd64"
  region   = "eu-central-1"

  lifecycle {
    postcondition {
      condition     = length(self.unread) == 0
      error_message = "Parts of the image could not be read: ${join(", ", self.unread[*].path)}."
    }
  }
}

# Which drivers it has, and what they run on.
output "drivers" {
  value = { for d in data.sslready_image.reports.drivers : d.path => "${d.name} ${coalesce(d.version, "-")} on ${coalesce(d.runtime_version, "-")}" }
}

# Which trust stores lack a root of the Region.
output "stores_to_fix" {
  value = { for s in data.sslready_image.reports.trust_stores : s.path => s.missing if length(s.missing) > 0 }
}

# Draft declarations of the clients.
output "drafts" {
  value = join("\n", data.sslready_image.reports.drafts[*].configuration)
}

# An AWS Lambda function: its layers in their order, then the function.
data "sslready_image" "export" {
  archives = ["build/python-layer.zip", "build/export.zip"]
  region   = "eu-central-1"
}
