# Spring Boot's application.yaml, with a variable that the deployment sets.
output "spring" {
  value = provider::sslready::framework_client("spring", {
    spring = { datasource = { url = "jdbc:postgresql://$${DB_HOST}/shop?sslmode=verify-full&sslrootcert=/etc/ssl/rds.pem" } }
    }, {
    framework_version = "3.5"
    environment       = { DB_HOST = "shop.abc123.us-east-1.rds.amazonaws.com" }
    trust_store       = { path = "${path.module}/rds.pem" }
  })
}
