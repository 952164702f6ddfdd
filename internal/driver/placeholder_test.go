package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// TestPlaceholdersForAHost: what stands for a host, and what only looks so.
func TestPlaceholdersForAHost(t *testing.T) {
	t.Parallel()
	reason := func(host string) string {
		return driver.Resolve(policy.Settings{Driver: "npgsql", Version: "8.0.3", Connection: "Host=" + host + ";SSL Mode=Require"}).Reason
	}
	for _, host := range []string{
		"YOUR_HOST", "DB_HOST", "RDS_ENDPOINT", "<host>", "<your-host>", "changeme", "change-me", "replace_me", "your-db-host", "your.host.com", "yourhost", "somehost",
		"hostname", "host", "endpoint", "placeholder", "redacted", "undefined", "xxx", "null", "None", "TODO", "insert-host-here", "env.DB_HOST", "var.db_host",
		"aws_db_instance.main.address", "module.db.db_instance_address", "process.env.DB_HOST", "%DB_HOST%", "$DB_HOST", "${DB_HOST}", "{{host}}",
		"mydb.xxxxxxxx.us-east-1.rds.amazonaws.com", "your-cluster.cluster-abc.eu-west-1.rds.amazonaws.com",
	} {
		if got := reason(host); got != policy.ReasonPlaceholder {
			t.Errorf("%s: reason %q", host, got)
		}
	}
	for _, host := range []string{
		"db", "localhost", "postgres", "DBSERVER", "my_db", "db_1", "hostdb", "dbhost", "pg.host.internal", "host.docker.internal", "yours.internal", "local.dev",
		"data.company.com", "env.io", "module.io", "nullable.io", "xanadu", "there", "db-here.io", "come-here", "db.shop.xxx", "pg.at-your-service.net", "db.xx.io", "127.0.0.1", "::1", "orders.example",
		"orders-prod.c0example.us-east-1.rds.amazonaws.com",
	} {
		if got := reason(host); got != "" {
			t.Errorf("%s is a host: reason %q", host, got)
		}
	}
}
