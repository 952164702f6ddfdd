package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// TestGoURIs holds how the Go drivers take their connection strings apart.
//
// Source: as goSettings has it.
func TestGoURIs(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"a host, a port and two parameters": {
			driver: "pgx", connection: "postgres://app@db.example:5433/d?sslmode=require&sslrootcert=/r",
			want: `require: T path; db.example; file /r by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"several hosts": {
			driver: "pgx", connection: "postgres://app@a,b:1/d?sslmode=disable",
			want: `disable: P; a b; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"several hosts with ports": {
			driver: "pgx", connection: "postgres://a:1,b:2/d?sslmode=disable",
			want: `disable: P; a b; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"no host in the URL, and PGHOST": {
			driver: "pgx", connection: "postgres:///d?sslmode=disable", environment: env{"PGHOST": "db.example"},
			want: `disable: P; db.example; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"a host alone": {
			driver: "pgx", connection: "postgresql://db.example",
			want: `prefer: T/nfr, P; db.example; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"a parameter without a path": {
			driver: "pgx", connection: "postgres://db.example?sslmode=disable",
			want: `disable: P; db.example; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"a user that is empty": {
			driver: "pgx", connection: "postgres://@db.example/d?sslmode=disable",
			want: `disable: P; db.example; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"an at sign in the path": {
			driver: "pgx", connection: "postgres://db.example/d@x?sslmode=disable",
			want: `disable: P; db.example; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"a question mark in a parameter": {
			driver: "pgx", connection: "postgres://db.example/d?sslmode=disable?",
			want: `rejected invalid_settings: sslmode is invalid: pgx has no sslmode "disable?"`,
		},
		"a host by a parameter": {
			driver: "pgx", connection: "postgres:///d?host=q.example&sslmode=disable", host: "db.example",
			want: `disable: P; q.example; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"an address in brackets": {
			driver: "pgx", connection: "postgres://[::1]:5433/d?sslmode=disable",
			want: `disable: P; ::1; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"one letter in brackets": {
			driver: "pgx", connection: "postgres://[a]/d?sslmode=disable",
			want: `disable: P; a; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"a bracket that stays open": {
			driver: "pgx", connection: "postgres://[::1/d",
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: an IPv6 address is not closed",
		},
		"a host that is encoded": {
			driver: "pgx", connection: "postgres://%2Frun%2Fpg/d?sslmode=require",
			want: "require: P; /run/pg locally; none; TLSv1.2..",
		},
		"a wrong encoding of a host": {
			driver: "pgx", connection: "postgres://%zz/d",
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: a percent encoding is wrong",
		},
		"a wrong encoding of a parameter": {
			driver: "pgx", connection: "postgres://h/d?sslmode=%zz",
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: a percent encoding is wrong",
		},
		"a parameter without a value": {
			driver: "pgx", connection: "postgres://h/d?sslmode",
			want: `rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: a parameter has not exactly one "="`,
		},
		"ssl=true is require": {
			driver: "pgx", connection: "postgres://h/d?ssl=true",
			want: `require: T path; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"ssl=true after sslmode": {
			driver: "pgx", connection: "postgres://h/d?sslmode=verify-full&ssl=true",
			want: `require: T path; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"sslmode after ssl=true": {
			driver: "pgx", connection: "postgres://h/d?ssl=true&sslmode=verify-full",
			want: `verify-full: T path name; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"a NUL": {
			driver: "pgx", connection: "host=h\x00",
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: it has a NUL",
		},
		"another control character": {
			driver: "pgx", connection: "host=h user=a\x01b sslmode=disable",
			want: `disable: P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"5.10: a host and a port": {
			driver: "pgx", version: "5.10.0", connection: "postgres://app@db.example:5433/d?sslmode=disable",
			want: `disable: P; db.example; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"5.10: no host in the URL": {
			driver: "pgx", version: "5.10.0", connection: "postgres:///d?host=q.example&sslmode=disable",
			want: `disable: P; q.example; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"5.10: several hosts": {
			driver: "pgx", version: "5.10.0", connection: "postgres://a:1,b:2/d?sslmode=disable",
			want: `disable: P; a b; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"5.10: an address in brackets": {
			driver: "pgx", version: "5.10.0", connection: "postgres://[::1]/d?sslmode=disable",
			want: `disable: P; ::1; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"5.10: an address and a port": {
			driver: "pgx", version: "5.10.0", connection: "postgres://[::1]:5433/d?sslmode=disable",
			want: `disable: P; ::1; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"5.10: an address without brackets": {
			driver: "pgx", version: "5.10.0", connection: "postgres://::1/d?sslmode=disable",
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: a host has no port",
		},
		"5.10: no URL": {
			driver: "pgx", version: "5.10.0", connection: "postgres://%zz/d",
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: it is not a URL",
		},
		"5.10: an empty host in a list": {
			driver: "pgx", version: "5.10.0", connection: "postgres://a,,b/d?sslmode=disable",
			want: `disable: P; a b; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"5.11 takes its own URLs": {
			driver: "pgx", version: "5.11.0", connection: "postgres://a:1:2/d?sslmode=disable",
			want: `disable: P; a; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"lib/pq takes the later of two hosts": {
			driver: "lib-pq", connection: "postgres://b.example/d?host=a.example&sslmode=disable",
			want: `disable: P; b.example; file by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"lib/pq takes the later parameter host": {
			driver: "lib-pq", connection: "postgres://b.example/d?host=c.example&sslmode=disable",
			want: `disable: P; c.example; file by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
	})
}

func TestGoKeywordsAndValues(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"a keyword that begins like a word of another": {
			driver: "pgx", connection: "user=app host=h sslmode=disable",
			want: `disable: P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"an equals sign without a keyword": {
			driver: "pgx", connection: "=x",
			want: `rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: a keyword has no "="`,
		},
		"a word without an equals sign": {
			driver: "pgx", connection: "host",
			want: `rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: a keyword has no "="`,
		},
		"a quote that stays open": {
			driver: "pgx", connection: "host='h",
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: a quote is not closed",
		},
		"a blank that is escaped": {
			driver: "pgx", connection: `sslmode=disable host=a\ `,
			want: `disable: P; a ; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"a backslash at the end": {
			driver: "pgx", connection: `sslmode=disable host=a\`,
			want: `disable: P; a; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"5.10: a backslash of a backslash": {
			driver: "pgx", version: "5.10.0", connection: `sslmode=disable host=a\\b`,
			want: `disable: P; a\b; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"5.10: a backslash of a quote": {
			driver: "pgx", version: "5.10.0", connection: `sslmode=disable host=a\'b`,
			want: `disable: P; a'b; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"5.10: a backslash of something else": {
			driver: "pgx", version: "5.10.0", connection: `sslmode=disable host=a\]b`,
			want: `disable: P; a\]b; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"5.10: a backslash of a parenthesis": {
			driver: "pgx", version: "5.10.0", connection: `sslmode=disable host=a\(b`,
			want: `disable: P; a\(b; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"5.11: a backslash of something else": {
			driver: "pgx", version: "5.11.0", connection: `sslmode=disable host=a\]b`,
			want: `disable: P; a]b; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"dbname is the database": {
			driver: "pgx", connection: "dbname=x host=h sslmode=disable",
			want: `disable: P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
	})
}

func TestPgxEnvironment(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"PGHOST": {
			driver: "pgx", connection: "sslmode=disable", environment: env{"PGHOST": "db.example"},
			want: `disable: P; db.example; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"PGPORT plays no part": {
			driver: "pgx", connection: "host=h sslmode=disable", environment: env{"PGPORT": "1"},
			want: `disable: P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"PGSSLMODE and PGSSLROOTCERT": {
			driver: "pgx", connection: "host=h", environment: env{"PGSSLMODE": "verify-ca", "PGSSLROOTCERT": "/r"},
			want: `verify-ca: T path; h; file /r by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"PGSSLCERT alone": {
			driver: "pgx", connection: "host=h", environment: env{"PGSSLCERT": "/c"},
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: it needs both sslcert and sslkey",
		},
		"PGSSLKEY alone": {
			driver: "pgx", connection: "host=h", environment: env{"PGSSLKEY": "/k"},
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: it needs both sslcert and sslkey",
		},
		"PGSSLCERT and PGSSLKEY": {
			driver: "pgx", connection: "host=h", environment: env{"PGSSLCERT": "/c", "PGSSLKEY": "/k"},
			want: `prefer: T/nfr, P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..; doubt: the settings name a client certificate, whose file is not declared`,
		},
		"a client certificate that nobody loads": {
			driver: "pgx", connection: "host=h sslmode=disable sslcert=/c",
			want: `disable: P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"an empty certificate beside a key": {
			driver: "pgx", connection: "host=h sslcert='' sslkey=/k",
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: it needs both sslcert and sslkey",
		},
		"a key beside nothing": {
			driver: "pgx", connection: "host=h sslkey=/k",
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: it needs both sslcert and sslkey",
		},
		"PGSSLNEGOTIATION": {
			driver: "pgx", connection: "host=h sslmode=require", environment: env{"PGSSLNEGOTIATION": "direct"},
			want: `require: T path; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2.. direct; doubt: whether the server takes TLS without an SSLRequest (PostgreSQL 17 and later) is not known`,
		},
		"PGSERVICE": {
			driver: "pgx", connection: "host=h", environment: env{"PGSERVICE": "s"},
			want: "undecided: the settings name a service, whose file is not declared",
		},
		"PGTARGETSESSIONATTRS": {
			driver: "pgx", connection: "host=h", environment: env{"PGTARGETSESSIONATTRS": "primary"},
			want: `prefer: T/nfr, P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..; doubt: whether the server satisfies target_session_attrs is not known`,
		},
		"PGTARGETSESSIONATTRS of another word": {
			driver: "pgx", connection: "host=h", environment: env{"PGTARGETSESSIONATTRS": "x"},
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: it has an unknown target_session_attrs",
		},
		"PGCHANNELBINDING": {
			driver: "pgx", connection: "host=h", environment: env{"PGCHANNELBINDING": "require"},
			want: `prefer: T/nfr, P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..; doubt: whether the server's authentication satisfies channel_binding and require_auth is not known`,
		},
		"PGCHANNELBINDING of another word": {
			driver: "pgx", connection: "host=h", environment: env{"PGCHANNELBINDING": "x"},
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: it has an unknown channel_binding",
		},
		"channel_binding of another word in 5.9": {
			driver: "pgx", version: "5.9.0", connection: "host=h", environment: env{"PGCHANNELBINDING": "x"},
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: it has an unknown channel_binding",
		},
		"channel_binding of another word before 5.9": {
			driver: "pgx", version: "5.8.0", connection: "host=h", environment: env{"PGCHANNELBINDING": "x"},
			want: `prefer: T/nfr, P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"PGREQUIREAUTH": {
			driver: "pgx", connection: "host=h", environment: env{"PGREQUIREAUTH": "md5"},
			want: `prefer: T/nfr, P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..; doubt: whether the server's authentication satisfies channel_binding and require_auth is not known`,
		},
	})
}

func TestPgxEdges(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"settings in code": {
			driver: "pgx", connection: "host=h", properties: env{"sslmode": "require"},
			want: "undecided: settings that are given to pgx in code are not covered",
		},
		"a timeout of no time": {
			driver: "pgx", connection: "host=h sslmode=disable connect_timeout=0",
			want: `disable: P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"a timeout in another base": {
			driver: "pgx", connection: "host=h connect_timeout=1a",
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: connect_timeout is no number of seconds",
		},
		"a negative timeout": {
			driver: "pgx", connection: "host=h connect_timeout=-1",
			want: "rejected invalid_settings: cannot parse: the connection string is not one that pgx takes: connect_timeout is no number of seconds",
		},
		"a socket": {
			driver: "pgx", connection: "host=/run/pg sslmode=verify-full",
			want: "verify-full: P; /run/pg locally; none; TLSv1.2..",
		},
		"no host": {
			driver: "pgx", connection: "sslmode=require",
			want: "require: P; (none) locally; none; TLSv1.2..",
		},
		"the declared host": {
			driver: "pgx", connection: "sslmode=disable", host: "db.example",
			want: `disable: P; db.example; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"an empty host in a list": {
			driver: "pgx", connection: "host=a, sslmode=disable", host: "db.example",
			want: `disable: P; a db.example; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"direct negotiation makes prefer require": {
			driver: "pgx", connection: "host=h sslnegotiation=direct sslrootcert=/r",
			want: `require: T path; h; file /r by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2.. direct; doubt: whether the server takes TLS without an SSLRequest (PostgreSQL 17 and later) is not known`,
		},
		"direct negotiation without TLS": {
			driver: "pgx", connection: "host=h sslnegotiation=direct sslmode=disable",
			want: `disable: P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2.. direct; doubt: whether the server takes TLS without an SSLRequest (PostgreSQL 17 and later) is not known`,
		},
		"direct negotiation before 5.7.5": {
			driver: "pgx", version: "5.7.4", connection: "host=h", environment: env{"PGSSLNEGOTIATION": "direct"},
			want: `prefer: T/nfr, P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"direct negotiation in 5.7.5": {
			driver: "pgx", version: "5.7.5", connection: "host=h sslnegotiation=direct",
			want: `require: T path; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2.. direct; doubt: whether the server takes TLS without an SSLRequest (PostgreSQL 17 and later) is not known`,
		},
		"an empty root file hides the default one": {
			driver: "pgx", connection: "host=h sslmode=verify-ca sslrootcert=''", place: driver.PlaceHome,
			want: `verify-ca: T path; h; system by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"an empty root file leaves the system": {
			driver: "pgx", connection: "host=h sslmode=verify-ca sslrootcert=''", place: driver.PlaceSystem,
			want: `verify-ca: T path; h; file by Go unreadable=none empty=none "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"the default root file": {
			driver: "pgx", connection: "host=h sslmode=verify-ca",
			want: `verify-ca: T path; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"the default root file below HOME in 5.10": {
			driver: "pgx", version: "5.10.0", connection: "host=h sslmode=verify-ca", environment: env{"HOME": "/h"},
			want: `verify-ca: T path; h; system by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"the default root file below HOME in 5.11": {
			driver: "pgx", version: "5.11.0", connection: "host=h sslmode=verify-ca", environment: env{"HOME": "/h"},
			want: `verify-ca: T path; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"the default root file without HOME in 5.10": {
			driver: "pgx", version: "5.10.0", connection: "host=h sslmode=verify-ca",
			want: `verify-ca: T path; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"require with a root file": {
			driver: "pgx", connection: "host=h sslmode=require sslrootcert=/r",
			want: `require: T path; h; file /r by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"require with a missing root file": {
			driver: "pgx", connection: "host=h sslmode=require sslrootcert=/r", undeclared: true,
			want: `require: T path; h; missing /r by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"require with the system": {
			driver: "pgx", connection: "host=h sslmode=require", place: driver.PlaceSystem,
			want: `require: T; h; file by Go unreadable=none empty=none "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"require without anything": {
			driver: "pgx", connection: "host=h sslmode=require", undeclared: true,
			want: `require: T; h; system by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"verify-ca without anything": {
			driver: "pgx", connection: "host=h sslmode=verify-ca", undeclared: true,
			want: `verify-ca: T path; h; system by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"verify-ca with the system": {
			driver: "pgx", connection: "host=h sslmode=verify-ca", place: driver.PlaceSystem,
			want: `verify-ca: T path; h; file by Go unreadable=none empty=none "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"sslrootcert=system with nothing declared": {
			driver: "pgx", connection: "host=h sslrootcert=system", undeclared: true,
			want: `verify-full: T path name; h; system system by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"sslrootcert=system with the system": {
			driver: "pgx", connection: "host=h sslrootcert=system", place: driver.PlaceSystem,
			want: `verify-full: T path name; h; file system by Go unreadable=none empty=none "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"sslrootcert=system before 5.7": {
			driver: "pgx", version: "5.6.0", connection: "host=h sslrootcert=system", place: driver.PlaceSystem,
			want: `prefer: T/nfr, P; h; missing system by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"SSL_CERT_DIR is the system": {
			driver: "pgx", connection: "host=h sslmode=verify-ca", environment: env{"SSL_CERT_DIR": "/d"}, place: driver.PlaceAuto,
			want: `verify-ca: T path; h; file by Go unreadable=none empty=none "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"SSL_CERT_FILE is not at home": {
			driver: "pgx", connection: "host=h sslmode=verify-ca", environment: env{"SSL_CERT_FILE": "/d"}, place: driver.PlaceHome,
			want: `verify-ca: T path; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"the default file by its name": {
			driver: "pgx", connection: "host=h sslmode=verify-ca sslrootcert=/h/.postgresql/root.crt", environment: env{"HOME": "/h/"}, place: driver.PlaceHome,
			want: `verify-ca: T path; h; file /h/.postgresql/root.crt by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"another name than the default": {
			driver: "pgx", connection: "host=h sslmode=verify-ca sslrootcert=/.postgresql/root.crt", place: driver.PlaceHome,
			want: `verify-ca: T path; h; missing /.postgresql/root.crt by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"allow": {
			driver: "pgx", connection: "host=h sslmode=allow", undeclared: true,
			want: `allow: P/nfr, T; h; system by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"allow in 5.4.2": {
			driver: "pgx", version: "5.4.2", connection: "host=h sslmode=allow", undeclared: true,
			want: `allow: P/nfr, T; h; system by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"allow before 5.4.2": {
			driver: "pgx", version: "5.4.1", connection: "host=h sslmode=allow", undeclared: true,
			want: `allow: P/n, T; h; system by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"prefer": {
			driver: "pgx", connection: "host=h", undeclared: true,
			want: `prefer: T/nfr, P; h; system by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"a mode that is none": {
			driver: "pgx", connection: "host=h sslmode=x",
			want: `rejected invalid_settings: sslmode is invalid: pgx has no sslmode "x"`,
		},
		"a pool": {
			driver: "pgx", connection: "host=h pool_max_conns=3",
			want: `prefer: T/nfr, P; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..; doubt: whether pgxpool makes the connections, which knows pool_max_conns, is not known`,
		},
	})
}

func TestLibPQEnvironment(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"PGHOST": {
			driver: "lib-pq", connection: "sslmode=disable", environment: env{"PGHOST": "db.example"},
			want: `disable: P; db.example; file by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"PGPORT of several ports in 1.10": {
			driver: "lib-pq", version: "1.10.9", connection: "host=h", environment: env{"PGPORT": "1,2"},
			want: "rejected invalid_settings: dial tcp: lookup: this version of lib/pq takes one host and one port",
		},
		"PGPORT of several ports in 1.11": {
			driver: "lib-pq", version: "1.11.0", connection: "host=h sslmode=disable", environment: env{"PGPORT": "1,2"},
			want: `disable: P; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"PGSSLMODE and PGSSLROOTCERT": {
			driver: "lib-pq", connection: "host=h", environment: env{"PGSSLMODE": "verify-ca", "PGSSLROOTCERT": "/r"},
			want: `verify-ca: T path; h; file /r by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"PGSSLMODE of nothing in 1.11": {
			driver: "lib-pq", version: "1.11.0", connection: "host=h", environment: env{"PGSSLMODE": ""},
			want: "rejected invalid_settings: wrong value for $PGSSLMODE: lib/pq takes no empty PGSSLMODE",
		},
		"PGSSLCERT": {
			driver: "lib-pq", connection: "host=h", environment: env{"PGSSLCERT": "/c"},
			want: `require: T; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..; doubt: the settings name a client certificate, whose file is not declared`,
		},
		"PGSSLKEY": {
			driver: "lib-pq", connection: "host=h", environment: env{"PGSSLKEY": "/k"},
			want: `require: T; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..; doubt: the settings name a client certificate, whose file is not declared`,
		},
		"PGSSLSNI of another word": {
			driver: "lib-pq", connection: "host=h", environment: env{"PGSSLSNI": "x"},
			want: `rejected invalid_settings: wrong value for "sslsni": lib/pq does not take this value of sslsni: "x"`,
		},
		"PGCONNECT_TIMEOUT": {
			driver: "lib-pq", connection: "host=h", environment: env{"PGCONNECT_TIMEOUT": "1a"},
			want: `rejected invalid_settings: strconv.ParseInt: lib/pq does not take this value of connect_timeout: "1a"`,
		},
		"PGHOSTADDR": {
			driver: "lib-pq", connection: "host=/run/pg", environment: env{"PGHOSTADDR": "10.0.0.1"},
			want: `require: T; /run/pg; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"PGSSLNEGOTIATION": {
			driver: "lib-pq", connection: "host=h", environment: env{"PGSSLNEGOTIATION": "direct"},
			want: `require: T; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2.. direct; doubt: whether the server takes TLS without an SSLRequest (PostgreSQL 17 and later) is not known`,
		},
		"PGSSLNEGOTIATION in 1.11": {
			driver: "lib-pq", version: "1.11.0", connection: "host=h", environment: env{"PGSSLNEGOTIATION": "direct"},
			want: `require: T; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2.. direct; doubt: whether the server takes TLS without an SSLRequest (PostgreSQL 17 and later) is not known`,
		},
		"PGSSLNEGOTIATION in 1.10": {
			driver: "lib-pq", version: "1.10.9", connection: "host=h", environment: env{"PGSSLNEGOTIATION": "direct"},
			want: `require: T; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"PGTARGETSESSIONATTRS": {
			driver: "lib-pq", connection: "host=h", environment: env{"PGTARGETSESSIONATTRS": "primary"},
			want: `require: T; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..; doubt: whether the server satisfies target_session_attrs is not known`,
		},
		"PGSERVICE": {
			driver: "lib-pq", connection: "host=h", environment: env{"PGSERVICE": "s"},
			want: "undecided: the settings name a service, whose file is not declared",
		},
		"SSLPGMINPROTOCOLVERSION": {
			driver: "lib-pq", connection: "host=h", environment: env{"SSLPGMINPROTOCOLVERSION": "TLSv1.1"},
			want: `require: T; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.1..`,
		},
		"SSLPGMAXPROTOCOLVERSION": {
			driver: "lib-pq", connection: "host=h", environment: env{"SSLPGMAXPROTOCOLVERSION": "TLSv1.2"},
			want: `require: T; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..TLSv1.2`,
		},
	})
}

func TestLibPQEdges(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"settings in code": {
			driver: "lib-pq", connection: "host=h", properties: env{"sslmode": "require"},
			want: "undecided: settings that are given to lib/pq in code are not covered",
		},
		"an encoding": {
			driver: "lib-pq", connection: "host=h sslmode=disable client_encoding=UTF-8",
			want: `disable: P; h; file by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"an encoding by its old name": {
			driver: "lib-pq", connection: "host=h sslmode=disable client_encoding=unicode",
			want: `disable: P; h; file by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"an encoding that it does not take": {
			driver: "lib-pq", version: "1.10.9", connection: "host=h sslmode=disable client_encoding=latin1",
			want: `rejected invalid_settings: must be absent or: lib/pq does not take this value of client_encoding: "latin1"`,
		},
		"an encoding of the environment that it does not take": {
			driver: "lib-pq", connection: "host=h sslmode=disable", environment: env{"PGCLIENTENCODING": "SQL_ASCII"},
			want: `rejected invalid_settings: must be absent or: lib/pq does not take this value of client_encoding: "SQL_ASCII"`,
		},
		"a style of dates": {
			driver: "lib-pq", connection: "host=h sslmode=disable datestyle='ISO, MDY'",
			want: `disable: P; h; file by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"a style of dates that it does not take": {
			driver: "lib-pq", version: "1.10.9", connection: "host=h sslmode=disable datestyle=ISO",
			want: `rejected invalid_settings: must be absent or: lib/pq does not take this value of datestyle: "ISO"`,
		},
		"a style of dates of the environment that it does not take": {
			driver: "lib-pq", connection: "host=h sslmode=disable", environment: env{"PGDATESTYLE": "German"},
			want: `rejected invalid_settings: must be absent or: lib/pq does not take this value of datestyle: "German"`,
		},
		"a configuration in code": {
			driver: "lib-pq", connection: "host=h sslmode=pqgo-x",
			want: "undecided: the sslmode names a TLS configuration that is made in code",
		},
		"a value of sslsni that is none": {
			driver: "lib-pq", version: "1.11.0", connection: "host=h sslsni=maybe",
			want: `rejected invalid_settings: wrong value for "sslsni": lib/pq does not take this value of sslsni: "maybe"`,
		},
		"a connection string that is none": {
			driver: "lib-pq", connection: "host",
			want: "rejected invalid_settings: : the connection string is not one that lib/pq takes",
		},
		"no host": {
			driver: "lib-pq", connection: "sslmode=disable",
			want: `disable: P; localhost; file by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"an empty host in a list": {
			driver: "lib-pq", connection: "host=a, sslmode=disable",
			want: `disable: P; a localhost; file by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"a host with a port in it": {
			driver: "lib-pq", connection: "host=a:1 sslmode=disable",
			want: "rejected invalid_settings: no such host: the connection string names no host that can be looked up",
		},
		"a host with a port in it beside an address": {
			driver: "lib-pq", connection: "host=a:1 hostaddr=10.0.0.1 sslmode=disable",
			want: `disable: P; a:1; file by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"a socket": {
			driver: "lib-pq", connection: "host=/run/pg sslmode=verify-full",
			want: "verify-full: P; /run/pg locally; none; TLSv1.2..",
		},
		"a socket beside an address": {
			driver: "lib-pq", connection: "host=/run/pg hostaddr=10.0.0.1 sslmode=verify-full", undeclared: true,
			want: `verify-full: T path name; /run/pg; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"sslinline without TLS": {
			driver: "lib-pq", connection: "host=h sslmode=disable sslinline=true",
			want: `disable: P; h; file by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"sslinline without certificate and key": {
			driver: "lib-pq", connection: "host=h sslinline=true",
			want: "rejected invalid_settings: failed to find any PEM data: sslinline=true needs a client certificate and its key in the settings",
		},
		"sslinline without a key": {
			driver: "lib-pq", connection: "host=h sslinline=true sslcert=x",
			want: "rejected invalid_settings: failed to find any PEM data: sslinline=true needs a client certificate and its key in the settings",
		},
		"sslinline without a certificate": {
			driver: "lib-pq", connection: "host=h sslinline=true sslkey=x",
			want: "rejected invalid_settings: failed to find any PEM data: sslinline=true needs a client certificate and its key in the settings",
		},
		"sslinline": {
			driver: "lib-pq", connection: "host=h sslinline=true sslcert=x sslkey=x",
			want: "undecided: the rules do not cover certificates in the settings themselves (sslinline)",
		},
		"options that no server takes": {
			driver: "lib-pq", connection: "host=h sslmode=disable options='-cnosuchthing=5'",
			want: "rejected invalid_settings: unrecognized configuration parameter: the driver sends nosuchthing to the server, which has no such parameter",
		},
		"direct negotiation without TLS": {
			driver: "lib-pq", connection: "host=h sslmode=disable sslnegotiation=direct",
			want: "rejected contradictory_settings: may not be used with sslnegotiation=direct: sslnegotiation=direct goes with require and above only",
		},
		"direct negotiation in allow": {
			driver: "lib-pq", connection: "host=h sslmode=allow sslnegotiation=direct",
			want: "rejected contradictory_settings: may not be used with sslnegotiation=direct: sslnegotiation=direct goes with require and above only",
		},
		"direct negotiation in prefer": {
			driver: "lib-pq", connection: "host=h sslmode=prefer sslnegotiation=direct",
			want: "rejected contradictory_settings: may not be used with sslnegotiation=direct: sslnegotiation=direct goes with require and above only",
		},
		"1.10.9: verify-ca compares the name": {
			driver: "lib-pq", version: "1.10.9", connection: "host=h sslmode=verify-ca sslrootcert=/r",
			want: `verify-ca: T path name; h; file /r by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"1.10.9: verify-ca with sslsni of 1": {
			driver: "lib-pq", version: "1.10.9", connection: "host=h sslmode=verify-ca sslrootcert=/r sslsni=1",
			want: `verify-ca: T path name; h; file /r by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"1.10.9: verify-ca with sslsni of 0": {
			driver: "lib-pq", version: "1.10.9", connection: "host=h sslmode=verify-ca sslrootcert=/r sslsni=0",
			want: `verify-ca: T path; h; file /r by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"1.10.9: verify-ca of an address": {
			driver: "lib-pq", version: "1.10.9", connection: "host=10.0.0.1 sslmode=verify-ca sslrootcert=/r",
			want: `verify-ca: T path; 10.0.0.1; file /r by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"1.10.7: verify-ca compares the name": {
			driver: "lib-pq", version: "1.10.7", connection: "host=h sslmode=verify-ca sslrootcert=/r sslsni=1",
			want: `verify-ca: T path name; h; file /r by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"1.10.6: verify-ca does not": {
			driver: "lib-pq", version: "1.10.6", connection: "host=h sslmode=verify-ca sslrootcert=/r",
			want: `verify-ca: T path; h; file /r by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"1.10.6: sslsni is sent": {
			driver: "lib-pq", version: "1.10.6", connection: "host=h sslmode=verify-ca sslrootcert=/r sslsni=1",
			want: "rejected invalid_settings: unrecognized configuration parameter: the driver sends sslsni to the server, which has no such parameter",
		},
		"1.11.0: verify-ca does not": {
			driver: "lib-pq", version: "1.11.0", connection: "host=h sslmode=verify-ca sslrootcert=/r",
			want: `verify-ca: T path; h; file /r by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"1.10.9: require with a root file at home": {
			driver: "lib-pq", version: "1.10.9", connection: "host=h sslmode=require sslrootcert=/r", place: driver.PlaceHome,
			want: `require: T; h; missing /r by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"1.11.0: the default file is not read": {
			driver: "lib-pq", version: "1.11.0", connection: "host=h sslmode=require",
			want: `require: T; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"sslrootcert=system with a weak mode": {
			driver: "lib-pq", connection: "host=h sslmode=require sslrootcert=system",
			want: "rejected contradictory_settings: may not be used with sslrootcert=system: sslrootcert=system goes with verify-full only",
		},
		"sslrootcert=system": {
			driver: "lib-pq", connection: "host=h sslrootcert=system",
			want: `verify-full: T path name; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"sslrootcert=system with the system": {
			driver: "lib-pq", connection: "host=h sslrootcert=system", place: driver.PlaceSystem,
			want: `verify-full: T path name; h; file by Go unreadable=none empty=none "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"no mode and a root file": {
			driver: "lib-pq", connection: "host=h sslrootcert=/r",
			want: `require: T path; h; file /r by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"no mode and the default file": {
			driver: "lib-pq", connection: "host=h",
			want: `require: T; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"a mode and the default file": {
			driver: "lib-pq", connection: "host=h sslmode=require",
			want: `require: T path; h; file by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"1.12.0: no mode is prefer": {
			driver: "lib-pq", version: "1.12.0", connection: "host=h",
			want: `prefer: T path/nf, P; h; file by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"prefer without a file": {
			driver: "lib-pq", connection: "host=h sslmode=prefer", undeclared: true,
			want: `prefer: T/n, P; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"prefer with a file": {
			driver: "lib-pq", connection: "host=h sslmode=prefer sslrootcert=/r",
			want: `prefer: T path/nf, P; h; file /r by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"allow with a file": {
			driver: "lib-pq", connection: "host=h sslmode=allow sslrootcert=/r",
			want: `allow: P/r, T path; h; file /r by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"verify-full with the system": {
			driver: "lib-pq", connection: "host=h sslmode=verify-full", place: driver.PlaceSystem,
			want: `verify-full: T path name; h; file by Go unreadable=none empty=none "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"verify-full with nothing": {
			driver: "lib-pq", connection: "host=h sslmode=verify-full", undeclared: true,
			want: `verify-full: T path name; h; system by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
		"verify-ca with a missing file": {
			driver: "lib-pq", connection: "host=h sslmode=verify-ca sslrootcert=/r", undeclared: true,
			want: `verify-ca: T path; h; missing /r by Go unreadable=fail empty=fail "no such file or directory" "couldn't parse pem"; TLSv1.2..`,
		},
	})
}
