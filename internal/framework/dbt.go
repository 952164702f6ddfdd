package framework

// dbtHandedOn are the settings that dbt hands to psycopg2 as they are, where
// they have a value.
var dbtHandedOn = []string{"sslmode", "sslcert", "sslkey", "sslrootcert", "application_name"}

// dbt is an output of dbt's profiles.yml, of the adapter dbt-postgres.
//
// Only the names above go on; sslcrl, service, sslnegotiation and the like have
// no way through. It adds connect_timeout=10, and application_name=dbt.
//
// Source: dbt-labs/dbt-adapters, dbt-postgres, connections.py, open, 1.8 to
// 1.11.
func dbt(r request) []Alternative {
	r = r.filled(dbtSyntax)
	c, s := client("psycopg2"), r.settings
	if kind := s.text("type"); kind != "" && kind != "postgres" {
		return undecided("psycopg2", "this output is not for the adapter dbt-postgres")
	}
	s.renamed(&c, map[string]string{"host": "host", "user": "user", "port": "port"})
	c.set("dbname", s.text("dbname", "database"))
	for _, name := range dbtHandedOn {
		if value, given := s.take(name); given && (name == "sslrootcert" || truthy(value)) {
			c.Properties[name] = scalar(value)
		}
	}
	if _, given := s.values["application_name"]; !given {
		c.add("application_name", "dbt")
	}
	timeout := s.text("connect_timeout")
	if timeout == "" {
		c.add("connect_timeout", "10")
	}
	c.set("connect_timeout", timeout)
	if idle := s.text("keepalives_idle"); idle != "0" {
		c.set("keepalives_idle", idle)
	}
	if path := s.text("search_path"); path != "" {
		c.set("options", "-c search_path="+path)
	}
	return s.done(c, kept["dbt"]...)
}
