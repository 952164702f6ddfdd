package provider_test

import "testing"

// TestReportedLayers are connection strings and keys of the layer above the
// driver, or in front of it: what really happens is what the layer hands on.
//
// Sources: sqlalchemy/sqlalchemy issue 6275, aegra/aegra pull request 409,
// jeremyevans/sequel issue 897, chatwoot/chatwoot issue 823; run with SQLAlchemy
// 1.4.46, ActiveRecord 6.1.7 and Sequel 5.63.
func TestReportedLayers(t *testing.T) {
	t.Parallel()
	s := newReportedStores(t, newAccount(t))
	plain := func(driver, connection string) values { return values{"driver": driver, "connection": connection} }
	const (
		full  = "://app@localhost/app?sslmode=verify-full&sslrootcert=/r"
		other = "declare the driver that the URL names"
	)
	judgeReported(t, map[string]reported{
		"sqlalchemy, psycopg2":             {verifying("psycopg2", "postgresql+psycopg2"+full, s.both), "connects", "accepted", ""},
		"sqlalchemy, psycopg2, before":     {verifying("psycopg2", "postgresql+psycopg2"+full, s.old), "fails", "unknown_authority", ""},
		"sqlalchemy, psycopg":              {verifying("psycopg", "postgresql+psycopg"+full, s.both), "connects", "accepted", ""},
		"sqlalchemy, psycopg, before":      {verifying("psycopg", "postgresql+psycopg_async"+full, s.old), "fails", "unknown_authority", ""},
		"sqlalchemy, cffi, before":         {verifying("psycopg2", "postgresql+psycopg2cffi"+full, s.old), "fails", "unknown_authority", ""},
		"sqlalchemy, asyncpg's ssl":        {plain("asyncpg", "postgresql+asyncpg://app@localhost/app?ssl=require"), anyOpen, "", ""},
		"sqlalchemy, asyncpg and sslmode":  {plain("asyncpg", "postgresql+asyncpg://app@localhost/app?sslmode=require"), "fails", "invalid_settings", "sslmode"},
		"sqlalchemy, pg8000 and sslmode":   {plain("pg8000", "postgresql+pg8000://app@localhost/app?sslmode=verify-full"), never, "", "sslmode"},
		"sqlalchemy, an unknown driver":    {plain("psycopg2", "postgresql+psycopg9://app@localhost/app?sslmode=require"), "fails", "framework_does_not_start", ""},
		"sqlalchemy, the scheme of old":    {plain("psycopg2", "postgres+psycopg2://app@localhost/app?sslmode=require"), "fails", "framework_does_not_start", ""},
		"sqlalchemy, a misspelt parameter": {plain("psycopg2", "postgresql+psycopg2://app@localhost/app?sslmod=require"), "fails", "invalid_settings", ""},
		"sqlalchemy, connect_args beside":  {values{"driver": "psycopg2", "connection": "postgresql+psycopg2://app@localhost/app?sslmode=require", "properties": values{"sslmode": "verify-full"}}, "fails", "root_certificate_missing", ""},
		"sqlalchemy, another driver":       {plain("psycopg2", "postgresql+asyncpg://app@localhost/app?ssl=require"), "indeterminate", "", other},
		"sqlalchemy, another driver still": {plain("asyncpg", "postgresql+psycopg2://app@localhost/app?sslmode=require"), "indeterminate", "", other},
		"sqlalchemy, a driver of Node":     {plain("node-postgres", "postgresql+psycopg2://app@localhost/app?sslmode=no-verify"), "indeterminate", "", other},
		"sqlalchemy, a driver of Go":       {plain("pgx", "postgresql+psycopg://app@localhost/app?sslmode=require"), "indeterminate", "", other},
		"postgis, before":                  {verifying("psycopg2", "postgis"+full, s.old), "fails", "unknown_authority", ""},
		"postgis":                          {verifying("psycopg", "postgis"+full, s.both), "connects", "accepted", ""},
		"postgis for Rails":                {verifying("ruby-pg", "postgis"+full+"&pool=5", s.old), "fails", "", ""},
		"AWS's wrapper, before":            {verifying("pgjdbc", "jdbc:aws-wrapper:postgresql://localhost/app?wrapperPlugins=failover,iam&iamHost=h&sslmode=verify-full&sslrootcert=/r", s.old), "fails", "unknown_authority", ""},
		"AWS's wrapper":                    {verifying("pgjdbc", "jdbc:aws-wrapper:postgresql://localhost/app?wrapperPlugins=failover,iam&iamHost=h&sslmode=verify-full&sslrootcert=/r", s.both), "connects", "accepted", ""},
		"AWS's wrapper, a letter":          {plain("pgjdbc", "jdbc:aws-wrapper:postgresql://localhost/app?wrapperPlugins=iam&sslMode=verify-full"), "indeterminate", "setting_not_read", "sslMode"},
		"AWS's secrets, before":            {verifying("pgjdbc", "jdbc-secretsmanager:postgresql://localhost/app?sslmode=verify-full&sslrootcert=/r", s.old), "fails", "unknown_authority", ""},
		"AWS's secrets":                    {verifying("pgjdbc", "jdbc-secretsmanager:postgresql://localhost/app?sslmode=verify-full&sslrootcert=/r", s.both), "connects", "accepted", ""},
		"a wrapper that nobody knows":      {plain("pgjdbc", "jdbc:tracing:postgresql://localhost/app?sslmode=require"), "indeterminate", "", "wraps pgjdbc"},
		"a JDBC URL for psycopg2":          {plain("psycopg2", "jdbc:postgresql://localhost/app?sslmode=require"), never, "", ""},
		"database.yml":                     {values{"driver": "ruby-pg", "properties": values{"adapter": "postgresql", "host": "localhost", "database": "app", "pool": "5", "sslmode": "require", "sslca": "/r"}}, "indeterminate", "", "connects_unverified (behind Rails or Sequel"},
		"database.yml with MySQL's mode":   {values{"driver": "ruby-pg", "properties": values{"host": "localhost", "sslmode": "REQUIRED", "sslca": "/r"}}, "fails", "invalid_settings", ""},
		"database.yml that verifies":       {verifying("ruby-pg", "", s.old, values{"properties": values{"adapter": "postgresql", "host": "localhost", "sslmode": "verify-full", "sslrootcert": "/r"}}), "fails", "", ""},
		"ruby-pg's own keys":               {verifying("ruby-pg", "", s.both, values{"properties": values{"host": "localhost", "dbname": "app", "sslmode": "verify-full", "sslrootcert": "/r"}}), "connects", "accepted", ""},
		"ruby-pg's own keys, before":       {verifying("ruby-pg", "", s.old, values{"properties": values{"host": "localhost", "dbname": "app", "sslmode": "verify-full", "sslrootcert": "/r"}}), "fails", "unknown_authority", ""},
		"sequel":                           {plain("ruby-pg", "postgres://app@localhost/app?sslmode=require&sslca=/r"), "indeterminate", "", "connects_unverified (behind Rails or Sequel"},
		"sequel that verifies by no root":  {verifying("ruby-pg", "postgres://app@localhost/app?sslmode=verify-full&sslca=/r", s.both), "fails", "", ""},
		"placeholders":                     {plain("psycopg2", "host=${DB_HOST} sslmode=require"), "indeterminate", "", "placeholder ${DB_HOST}"},
		"a driver by its owner's word":     {values{"driver": "other", "properties": values{"description": "Postgrex 0.19, OTP 26"}}, "indeterminate", "driver_not_covered", ""},
	})
}
