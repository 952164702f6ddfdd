package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestNodePostgresVersions(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"9 is not covered": {
			driver: "node-postgres", version: "9.0.0", connection: "postgres://h/d",
			want: `undecided: the rules cover node-postgres 8, not "9.0.0"`,
		},
		"the last of 8": {
			driver: "node-postgres", version: "8.99.0", connection: "postgres://h/d",
			want: "ssl off: P; h; none; ..",
		},
		"8.0 reads ssl alone": {
			driver: "node-postgres", version: "8.0.3", connection: "postgres://h/d?sslmode=require",
			want: "ssl off: P; h; none; ..",
		},
		"8.0 reads ssl=1": {
			driver: "node-postgres", version: "8.0.3", connection: "postgres://h/d?ssl=1",
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"8.1 may know sslmode": {
			driver: "node-postgres", version: "8.1.0", connection: "postgres://h/d?sslmode=require",
			want: "undecided: whether the pg-connection-string beside this version knows sslmode is not known",
		},
		"8.3 may know sslmode": {
			driver: "node-postgres", version: "8.3.0", connection: "postgres://h/d?sslmode=disable",
			want: "undecided: whether the pg-connection-string beside this version knows sslmode is not known",
		},
		"8.4 knows sslmode": {
			driver: "node-postgres", version: "8.4.0", connection: "postgres://h/d?sslmode=disable",
			want: "ssl off: P; h; none; ..",
		},
		"8.0 takes brackets as they are": {
			driver: "node-postgres", version: "8.0.3", connection: "postgres://[::1]/d?ssl=true",
			want: `ssl on: T path name; localhost; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"8.1 may take brackets away": {
			driver: "node-postgres", version: "8.1.0", connection: "postgres://[::1]/d?ssl=true",
			want: `ssl on: T path name; localhost; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3; doubt: whether pg-connection-string takes an IPv6 address out of its brackets depends on its version`,
		},
		"8.23.1 takes brackets away": {
			driver: "node-postgres", version: "8.23.1", connection: "postgres://[::1]/d?ssl=true",
			want: `ssl on: T path name; ::1; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"8.0 does not know PGSSLMODE=no-verify": {
			driver: "node-postgres", version: "8.0.3", connection: "postgres://h/d", environment: env{"PGSSLMODE": "no-verify"},
			want: "ssl off: P; h; none; ..",
		},
		"8.1 knows PGSSLMODE=no-verify": {
			driver: "node-postgres", version: "8.1.0", connection: "postgres://h/d", environment: env{"PGSSLMODE": "no-verify"},
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"8.0 takes ssl=no-verify for true": {
			driver: "node-postgres", version: "8.0.3", connection: "postgres://h/d", properties: env{"ssl": "no-verify"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"8.1 knows ssl=no-verify": {
			driver: "node-postgres", version: "8.1.0", connection: "postgres://h/d", properties: env{"ssl": "no-verify"},
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"8.4 takes a text for an object": {
			driver: "node-postgres", version: "8.4.9", connection: "postgres://h/d?ssl=x",
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"8.5 does not": {
			driver: "node-postgres", version: "8.5.0", connection: "postgres://h/d?ssl=x",
			want: `rejected invalid_settings: Cannot use 'in' operator: ssl="x" is a text that is taken for a set of options`,
		},
		"8.14 may know uselibpqcompat": {
			driver: "node-postgres", version: "8.14.0", connection: "postgres://h/d?sslmode=require&uselibpqcompat=true",
			want: "undecided: whether the pg-connection-string beside this version knows uselibpqcompat is not known",
		},
		"8.14: uselibpqcompat without TLS": {
			driver: "node-postgres", version: "8.14.0", connection: "postgres://h/d?sslmode=disable&uselibpqcompat=true",
			want: "ssl off: P; h; none; ..",
		},
		"8.14: uselibpqcompat with everything verified": {
			driver: "node-postgres", version: "8.14.0", connection: "postgres://h/d?sslmode=verify-full&uselibpqcompat=true",
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"8.15 knows uselibpqcompat": {
			driver: "node-postgres", version: "8.15.0", connection: "postgres://h/d?sslmode=require&uselibpqcompat=true",
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"8.21 may know sslnegotiation": {
			driver: "node-postgres", version: "8.21.0", connection: "postgres://h/d?sslnegotiation=direct",
			want: "undecided: whether the pg-connection-string beside this version knows sslnegotiation is not known",
		},
		"8.22 knows sslnegotiation": {
			driver: "node-postgres", version: "8.22.0", connection: "postgres://h/d?sslnegotiation=direct",
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3 direct; doubt: whether the server takes TLS without an SSLRequest (PostgreSQL 17 and later) is not known`,
		},
		"8.21 does not read PGSSLNEGOTIATION": {
			driver: "node-postgres", version: "8.21.0", connection: "postgres://h/d?ssl=true", environment: env{"PGSSLNEGOTIATION": "direct"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
	})
}

func TestNodePostgresEdges(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"the option host": {
			driver: "node-postgres", host: "other", properties: env{"host": "db.example"},
			want: "ssl off: P; db.example; none; ..",
		},
		"PGHOST": {
			driver: "node-postgres", host: "other", environment: env{"PGHOST": "db.example"},
			want: "ssl off: P; db.example; none; ..",
		},
		"no host": {
			driver: "node-postgres",
			want:   "ssl off: P; localhost; none; ..",
		},
		"a socket": {
			driver: "node-postgres", connection: "/run/pg d",
			want: "ssl off: P; /run/pg locally; none; ..",
		},
		"a socket and TLS": {
			driver: "node-postgres", connection: "/run/pg d", properties: env{"ssl": "true"},
			want: "undecided: TLS over a Unix socket is not covered",
		},
		"no URL": {
			driver: "node-postgres", connection: "host=h",
			want: "rejected invalid_settings: : node-postgres takes a URL, and this is none",
		},
		"several hosts": {
			driver: "node-postgres", connection: "postgres://a,b/d",
			want: "rejected invalid_settings: : node-postgres takes a URL, and it has several hosts",
		},
		"a fragment": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true#x",
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"a user that is empty": {
			driver: "node-postgres", connection: "postgres://@db.example/d",
			want: "ssl off: P; db.example; none; ..",
		},
		"a plus in the host": {
			driver: "node-postgres", connection: "postgres://a+b/d",
			want: "ssl off: P; a+b; none; ..",
		},
		"a plus in a value": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=verify-ca&sslrootcert=/a+b",
			want: `ssl on: T path name; h; file /a b by Node unreadable=none empty=none no directory "ENOENT" "EISDIR"; TLSv1.2..TLSv1.3`,
		},
		"an escape at the end": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=disabl%65",
			want: "ssl off: P; h; none; ..",
		},
		"an escape of a host at the end": {
			driver: "node-postgres", connection: "postgres://db%2Eexampl%65/d",
			want: "ssl off: P; db.example; none; ..",
		},
		"direct negotiation without TLS": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=disable&sslnegotiation=direct",
			want: "rejected contradictory_settings: sslnegotiation=direct requires SSL to be enabled: sslnegotiation=direct needs TLS, and the settings turn it off",
		},
		"direct negotiation by the option": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", properties: env{"sslnegotiation": "direct"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3 direct; doubt: whether the server takes TLS without an SSLRequest (PostgreSQL 17 and later) is not known`,
		},
		"direct negotiation by the environment": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"PGSSLNEGOTIATION": "direct"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3 direct; doubt: whether the server takes TLS without an SSLRequest (PostgreSQL 17 and later) is not known`,
		},
		"negotiation of another word": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true&sslnegotiation=x",
			want: `rejected invalid_settings: Invalid sslnegotiation value: node-postgres has no sslnegotiation "x"`,
		},
		"uselibpqcompat: prefer": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=prefer&uselibpqcompat=true",
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"uselibpqcompat: require with a root": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=require&uselibpqcompat=true&sslrootcert=/r",
			want: `ssl on: T path; h; file /r by Node unreadable=none empty=none no directory "ENOENT" "EISDIR"; TLSv1.2..TLSv1.3`,
		},
		"uselibpqcompat: require without a root": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=require&uselibpqcompat=true",
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"uselibpqcompat: verify-ca without a root": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=verify-ca&uselibpqcompat=true",
			want: "rejected contradictory_settings: Using sslmode=verify-ca requires specifying a CA with sslrootcert: verify-ca needs sslrootcert with uselibpqcompat",
		},
		"uselibpqcompat: verify-ca with a root": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=verify-ca&uselibpqcompat=true&sslrootcert=/r",
			want: `ssl on: T path; h; file /r by Node unreadable=none empty=none no directory "ENOENT" "EISDIR"; TLSv1.2..TLSv1.3`,
		},
		"no-verify with a root": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=no-verify&sslrootcert=/r",
			want: `ssl on: T; h; file /r by Node unreadable=none empty=none no directory "ENOENT" "EISDIR"; TLSv1.2..TLSv1.3`,
		},
		"a root that is read without TLS": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=disable&sslrootcert=/r",
			want: `ssl off: P; h; file by Node unreadable=none empty=none no directory "ENOENT" "EISDIR"; ..`,
		},
		"a root that is not there": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=disable&sslrootcert=/r", undeclared: true,
			want: `ssl off: P; h; missing by Node unreadable=reject empty=none no directory "ENOENT" "EISDIR"; ..`,
		},
		"a root that is only the system": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=verify-ca&sslrootcert=/r", place: policy.PlaceSystem,
			want: `ssl on: T path name; h; missing /r by Node unreadable=reject empty=none no directory "ENOENT" "EISDIR"; TLSv1.2..TLSv1.3`,
		},
		"a root that is only at home": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=verify-ca&sslrootcert=/r", place: policy.PlaceHome,
			want: `ssl on: T path name; h; missing /r by Node unreadable=reject empty=none no directory "ENOENT" "EISDIR"; TLSv1.2..TLSv1.3`,
		},
		"a root whose place is automatic": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=verify-ca&sslrootcert=/r", place: policy.PlaceAuto,
			want: `ssl on: T path name; h; file /r by Node unreadable=none empty=none no directory "ENOENT" "EISDIR"; TLSv1.2..TLSv1.3`,
		},
		"a client certificate": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=require&sslcert=/c",
			want: "undecided: the settings name a client certificate, whose file is not declared",
		},
		"a client key": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=require&sslkey=/k",
			want: "undecided: the settings name a client certificate, whose file is not declared",
		},
		"ssl of 0 is a text": {
			driver: "node-postgres", connection: "postgres://h/d", properties: env{"ssl": "0"},
			want: `rejected invalid_settings: Cannot use 'in' operator: ssl="0" is a text that is taken for a set of options`,
		},
		"ssl=true beside its members": {
			driver: "node-postgres", connection: "postgres://h/d", properties: env{"ssl": "true", "ssl.ca": "/r"},
			want: `ssl on: T path name; h; file /r by Node unreadable=none empty=none no directory "ENOENT" "EISDIR"; TLSv1.2..TLSv1.3`,
		},
		"certificates in the settings": {
			driver: "node-postgres", connection: "postgres://h/d", properties: env{"ssl.ca": "-----BEGIN CERTIFICATE-----"},
			want: `ssl on: T path name; h; file by Node unreadable=none empty=none holding "-----BEGIN CERTIFICATE-----" "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"NODE_TLS_REJECT_UNAUTHORIZED": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_TLS_REJECT_UNAUTHORIZED": "0"},
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"rejectUnauthorized overrules it": {
			driver: "node-postgres", connection: "postgres://h/d", environment: env{"NODE_TLS_REJECT_UNAUTHORIZED": "0"}, properties: env{"ssl.rejectUnauthorized": "true"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
	})
}
