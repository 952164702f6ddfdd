package driver_test

import "testing"

func TestPrismaPolicies(t *testing.T) {
	t.Parallel()

	type m = map[string]string
	const (
		url      = "postgresql://app@db.example:5432/billing?schema=public"
		host     = "; host db.example; "
		named    = "file ../rds.pem+system by first unreadable=reject empty=reject → openssl"
		none     = "system by openssl unreadable=none empty=none → openssl"
		node     = "system by node unreadable=none empty=none → openssl with names as node"
		invalid  = "rejected (invalid_settings): "
		verifies = "require: tls+path+host" + host
	)
	checkPolicies(t, "prisma", map[string]policyVector{
		"prefer verifies nothing, and does not fall back after a failed handshake": {version: "6.1.0", connection: url, undeclared: true, want: "prefer: tls>unsupported; plaintext" + host + none},
		"nor does require, with a root file":                                       {version: "5.22.0", connection: url + "&sslmode=require&sslcert=../rds.pem", want: "require: tls" + host + named},
		"strict verifies path and name":                                            {version: "4.0.0", connection: url + "&sslmode=require&sslaccept=strict&sslcert=../rds.pem", want: verifies + named},
		"strict in prefer":                                                         {version: "6", connection: url + "&sslaccept=strict&sslcert=../rds.pem", want: "prefer: tls+path+host>unsupported; plaintext" + host + named},
		"another value is strict":                                                  {version: "6", connection: url + "&sslmode=require&sslaccept=", undeclared: true, want: verifies + none},
		"accept_invalid_certs":                                                     {version: "6", connection: url + "&sslmode=require&sslaccept=accept_invalid_certs", undeclared: true, want: "require: tls" + host + none},
		"any other mode is prefer":                                                 {version: "6", connection: url + "&sslmode=verify-full", undeclared: true, want: "prefer: tls>unsupported; plaintext" + host + none},
		"and so does not replace an earlier one":                                   {version: "6", connection: url + "&sslmode=require&sslmode=verify-full", undeclared: true, want: "require: tls" + host + none},
		"disable reads the root file all the same":                                 {version: "6", connection: url + "&sslmode=disable&sslcert=../rds.pem", want: "disable: plaintext" + host + named},
		"a root file that is not there":                                            {version: "6", connection: url + "&sslcert=../rds.pem", undeclared: true, want: "prefer: tls>unsupported; plaintext" + host + "missing ../rds.pem+system by first unreadable=reject empty=reject → openssl"},
		"a root file without a name is not there":                                  {version: "6", connection: url + "&sslcert=", want: "prefer: tls>unsupported; plaintext" + host + "missing sslcert+system by first unreadable=reject empty=reject → openssl"},
		"no root file, and the system's store":                                     {version: "6", connection: url + "&sslmode=require&sslaccept=strict", place: "system", want: verifies + "file by openssl unreadable=none empty=none → openssl"},
		"an engine for OpenSSL 1.1":                                                {version: "6", runtime: "1.1.1", connection: url + "&sslmode=require&sslaccept=strict&sslcert=../rds.pem", want: verifies + "file ../rds.pem+system by first1.1.1 unreadable=reject empty=reject → openssl1.1.1"},
		"an engine for Windows":                                                    {version: "6", runtime: "windows", connection: url, want: `undecided: the rules cover OpenSSL, which native-tls is on Linux, not "windows"`},
		"a client certificate":                                                     {version: "6", connection: url + "&sslidentity=client.p12", want: "undecided: the settings name a client certificate, whose file is not declared"},
		"channel binding":                                                          {version: "6", connection: url + "&channel_binding=require", undeclared: true, want: "prefer: tls>unsupported; plaintext" + host + none + "; doubt: whether the server's authentication satisfies channel_binding is not known"},
		"a number that is none":                                                    {version: "6", connection: url + "&connect_timeout=5s", want: invalid + "The provided arguments are not supported"},
		"a limit of connections":                                                   {version: "6", connection: url + "&connection_limit=5", undeclared: true, want: "prefer: tls>unsupported; plaintext" + host + none},
		"DATABASE_URL":                                                             {version: "6", environment: m{"DATABASE_URL": url + "&sslmode=disable"}, undeclared: true, want: "disable: plaintext" + host + none},
		"no URL":                                                                   {version: "6", want: "undecided: the URL of Prisma's datasource is not declared"},
		"no URL at all":                                                            {version: "6", connection: "host=a", want: invalid + "relative URL without a base"},
		"another database":                                                         {version: "6", connection: "mysql://a/db", want: invalid + "the URL must start with the protocol `postgresql://` or `postgres://`"},
		"Accelerate":                                                               {version: "6", connection: "prisma://accelerate.example/?api_key=x", want: "undecided: Prisma Accelerate connects instead of the client"},
		"Accelerate's new scheme":                                                  {version: "6", connection: "prisma+postgres://accelerate.example/", want: "undecided: Prisma Accelerate connects instead of the client"},
		"an IPv6 address":                                                          {version: "6", connection: "postgres://[2001:db8::1]:5432/db", undeclared: true, want: "prefer: tls>unsupported; plaintext; host 2001:db8::1; " + none},
		"a host in the query":                                                      {version: "6", connection: url + "&host=other.example", undeclared: true, want: "prefer: tls>unsupported; plaintext; host other.example; " + none},
		"no host":                                                                  {version: "6", connection: "postgres:///db", undeclared: true, want: "prefer: tls>unsupported; plaintext; host localhost; " + none},
		"the declared host":                                                        {version: "6", connection: "postgres:///db", host: "rds.example", undeclared: true, want: "prefer: tls>unsupported; plaintext; host rds.example; " + none},
		"a Unix socket":                                                            {version: "6", connection: "postgres:///db?host=/run/pg", undeclared: true, want: "prefer: plaintext; host /run/pg (socket); " + none},
		"a Unix socket has no TLS":                                                 {version: "6", connection: "postgres:///db?host=/run/pg&sslmode=require", want: "rejected (contradictory_settings): server does not support TLS"},
		"settings in code without an adapter":                                      {version: "6", connection: url, properties: m{"ssl": "true"}, want: "undecided: settings in code are for driver adapters, and none is declared (property adapter)"},
		"7 is node-postgres":                                                       {version: "7.10.1", connection: url + "&sslmode=require", undeclared: true, want: "ssl on: tls+path+host" + host + node},
		"7 is node-postgres, and plaintext by default":                             {version: "7.10.1", connection: url, undeclared: true, want: "ssl off: plaintext; host db.example"},
		"7 with an object":                                                         {version: "7.10.1", connection: url, properties: m{"ssl.rejectUnauthorized": "false"}, undeclared: true, want: "ssl on: tls" + host + node},
		"7 with the connection string in code":                                     {version: "7", properties: m{"connectionString": url + "&sslmode=require", "adapter": "PrismaPg"}, environment: m{"DATABASE_URL": url + "&sslmode=disable"}, undeclared: true, want: "ssl on: tls+path+host" + host + node},
		"7 with DATABASE_URL":                                                      {version: "7", environment: m{"DATABASE_URL": url + "&sslmode=require"}, undeclared: true, want: "ssl on: tls+path+host" + host + node},
		"the newest is node-postgres":                                              {connection: url + "&sslmode=require", undeclared: true, want: "ssl on: tls+path+host" + host + node},
		"5 with the adapter of pg":                                                 {version: "5.22.0", connection: url + "&sslmode=require", properties: m{"adapter": "@prisma/adapter-pg"}, undeclared: true, want: "ssl on: tls+path+host" + host + node},
		"the adapter by its driver":                                                {version: "6.1.0", connection: url + "&sslmode=require", properties: m{"adapter": "pg"}, undeclared: true, want: "ssl on: tls+path+host" + host + node},
		"another adapter":                                                          {version: "7", connection: url, properties: m{"adapter": "neon"}, want: `undecided: the driver adapter "neon" is not covered`},
		"7 makes nothing of sslaccept":                                             {version: "7", connection: url + "&sslmode=require&sslaccept=accept_invalid_certs", undeclared: true, want: "ssl on: tls+path+host" + host + node},
		"which version, where the URL speaks to the engine":                        {connection: url + "&sslmode=require&sslaccept=accept_invalid_certs", undeclared: true, want: "either require: tls" + host + none + " | ssl on: tls+path+host" + host + node},
		"another version":                                                          {version: "8.0.0", connection: url, want: `undecided: the rules cover Prisma 4 to 7, not "8.0.0"`},
		"an older version":                                                         {version: "3.15.2", connection: url, want: `undecided: the rules cover Prisma 4 to 7, not "3.15.2"`},
		"a version that is none":                                                   {version: "latest", connection: url, want: `undecided: the rules cover Prisma 4 to 7, not "latest"`},
	})
}
