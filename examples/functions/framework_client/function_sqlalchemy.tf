# An SQLAlchemy URL.
output "sqlalchemy" {
  value = provider::sslready::framework_client("sqlalchemy", "postgresql+asyncpg://shop.abc123.us-east-1.rds.amazonaws.com/shop?ssl=verify-full")
}
