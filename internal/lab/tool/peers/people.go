package peers

import (
	"fmt"
	"strings"
)

func (p Problem) target() string {
	if p.Target != "" {
		return p.Target
	}
	return targetCA
}

// instances are the DB instances of a problem of RDS.
func (p Problem) instances() []string {
	switch {
	case p.Name == "mixed-cas":
		return []string{"mixed-cas-1", "mixed-cas-2"}
	case p.Carrier == "RDS", p.Name == Control, p.Name == "refused-since-switch":
		return []string{p.Name}
	}
	return nil
}

// asPeopleWriteIt is the fleet as Terraform configurations have it: DB instances
// with their parameter groups, and clients as task definitions.
func asPeopleWriteIt() string {
	var b strings.Builder
	for _, p := range append(Problems(), Healthy()) {
		if len(p.instances()) > 0 {
			server(&b, p)
		}
		if p.Setting != "" {
			fmt.Fprintf(&b, `
resource "aws_ecs_task_definition" %[1]q {
  family = %[1]q
  container_definitions = jsonencode([{
    name        = %[1]q
    image       = "registry.example.com/%[1]s:1.0.0"
    environment = [{ name = "DATABASE_URL", value = %[2]q }]
  }])
}
`, p.Name, p.Setting)
		}
	}
	return b.String()
}

// server writes a DB instance. What waits or has failed is in no configuration.
func server(b *strings.Builder, p Problem) {
	forceSSL, version, more := "1", engineVersion, ""
	switch p.Name {
	case "force-ssl-off":
		forceSSL = "0"
	case "switch-restarts":
		version = "12.9"
	case "target-not-offered":
		version = "11.22"
	case "rsa-suites-only":
		more = "\n  parameter {\n    name  = \"ssl_max_protocol_version\"\n    value = \"TLSv1.2\"\n  }\n" +
			"  parameter {\n    name  = \"ssl_ciphers\"\n    value = \"ECDHE-RSA-AES256-GCM-SHA384\"\n  }\n"
	}
	fmt.Fprintf(b, `
resource "aws_db_parameter_group" %[1]q {
  name   = %[1]q
  family = "postgres15"
  parameter {
    name  = "rds.force_ssl"
    value = %[2]q
  }%[3]s
}

resource "aws_db_instance" %[1]q {
  identifier           = %[1]q
  engine               = "postgres"
  engine_version       = %[4]q
  instance_class       = "db.t4g.medium"
  allocated_storage    = 20
  parameter_group_name = aws_db_parameter_group.%[1]s.name
  ca_cert_identifier   = %[5]q
}
`, p.Name, forceSSL, more, version, p.target())
}
