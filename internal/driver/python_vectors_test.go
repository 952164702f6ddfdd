package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestPythonVectors(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"asyncpg: direct TLS": {
			driver: "asyncpg", connection: "postgresql://h/d", properties: env{"direct_tls": "True"},
			want: "rejected invalid_settings: : the server does not take TLS without an SSLRequest from asyncpg",
		},
		"asyncpg: no version between the bounds": {
			driver: "asyncpg", connection: "postgresql://h/d?sslmode=require&ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2",
			want: "rejected invalid_settings: : no TLS version lies between the bounds",
		},
		"asyncpg: the argument service": {
			driver: "asyncpg", version: "0.31.0", connection: "postgresql://h/d", properties: env{"service": "s"},
			want: "undecided: a service file may hold further settings",
		},
		"asyncpg: PGHOST is not decoded": {
			driver: "asyncpg", environment: env{"PGHOST": "db%41.example"},
			want: "prefer: T/nr, P; db%41.example; none; TLSv1.2..",
		},
		"asyncpg: the host of the query is decoded once": {
			driver: "asyncpg", connection: "postgresql:///d?host=db%2541.example",
			want: "prefer: T/nr, P; db%41.example; none; TLSv1.2..",
		},
		"asyncpg: two empty hosts of the query": {
			driver: "asyncpg", connection: "postgresql:///d?host=a,,b",
			want: "rejected invalid_settings: string index out of range: the connection string is not one that asyncpg takes",
		},
		"asyncpg: True beside a file": {
			driver: "asyncpg", connection: "postgresql://h/d", properties: env{"ssl": "True", "cafile": "/r"},
			want: "True: T path name; h; system by OpenSSL unreadable=none empty=none; ..",
		},
		"asyncpg: another scheme": {
			driver: "asyncpg", connection: "tpostgresql://h/d",
			want: `rejected invalid_settings: invalid DSN: scheme is expected to be either "postgresql" or "postgres": the connection string is not one that asyncpg takes`,
		},
		"asyncpg: tabs and ends of lines": {
			driver: "asyncpg", connection: "postgresql://db.\texample/d?sslmode=dis\rable\n",
			want: "disable: P; db.example; none; ..",
		},
		"asyncpg: a plus is a blank": {
			driver: "asyncpg", connection: "postgresql://h/d?sslmode=verify-ca&sslrootcert=/a+b",
			want: `verify-ca: T path; h; file /a b by OpenSSL unreadable=reject empty=reject "No such file or directory"; TLSv1.2..`,
		},
		"asyncpg: a colon in a socket": {
			driver: "asyncpg", connection: "postgresql:///d?host=/run/p:g",
			want: "prefer: T/nr, P; /run/p:g locally; none; TLSv1.2..",
		},
		"asyncpg: one letter in brackets": {
			driver: "asyncpg", connection: "postgresql://[a]:1/d",
			want: "prefer: T/nr, P; a; none; TLSv1.2..",
		},
		"asyncpg: an escape at the end": {
			driver: "asyncpg", connection: "postgresql://db.exampl%65/d",
			want: "prefer: T/nr, P; db.example; none; TLSv1.2..",
		},
		"asyncpg: a parenthesis": {
			driver: "asyncpg", connection: "postgresql://h/d", properties: env{"ssl": "f()"},
			want: `undecided: what an SSLContext does that is not made by ssl.create_default_context is not known: declare it as "context", with cafile, check_hostname and verify_mode beside it`,
		},
		"asyncpg: another context": {
			driver: "asyncpg", connection: "postgresql://h/d", properties: env{"ssl": "my_context"},
			want: `undecided: what an SSLContext does that is not made by ssl.create_default_context is not known: declare it as "context", with cafile, check_hostname and verify_mode beside it`,
		},
		"asyncpg: a version with more numbers": {
			driver: "asyncpg", version: "0.25.0.1", connection: "postgresql://h/d",
			want: "prefer: T/nr, P; h; none; TLSv1.2..",
		},
		"asyncpg: a version with words at the end": {
			driver: "asyncpg", version: "0.25.0.x", connection: "postgresql://h/d",
			want: "prefer: T/nr, P; h; none; TLSv1.2..",
		},
		"pg8000: 1.11 refuses what it does not know": {
			driver: "pg8000", version: "1.11.0", connection: "host=h sslmode=require",
			want: `rejected invalid_settings: got an unexpected keyword argument: pg8000.connect has no argument "sslmode"`,
		},
		"pg8000: 1.12.4 in plaintext with a file": {
			driver: "pg8000", version: "1.12.4", connection: "host=h ca_certs=/r",
			want: "ssl=: P; h; none; ..",
		},
		"pg8000: 1.12 without a file": {
			driver: "pg8000", version: "1.12.4", connection: "host=h ssl=True",
			want: "ssl=True: T; h; none; ..",
		},
		"pg8000: a file that is named": {
			driver: "pg8000", version: "1.13.2", connection: "host=h ssl=True ca_certs=/r",
			want: `ssl=True: T path; h; file /r by OpenSSL unreadable=fail empty=fail "No such file or directory"; ..`,
		},
		"pg8000: a Python of two numbers beside OpenSSL": {
			driver: "pg8000", version: "1.30.5", runtime: "Python 3.13, OpenSSL 3.0", connection: "host=h ssl_context=True",
			want: "ssl_context=True: T path name; h; system by OpenSSL unreadable=none empty=none; TLSv1.2..",
		},
		"SSL_CERT_DIR and the system": {
			driver: "asyncpg", connection: "postgresql://h/d", environment: env{"SSL_CERT_DIR": "/d"}, properties: env{"ssl": "True"}, place: policy.PlaceSystem,
			want: "True: T path name; h; file by OpenSSL unreadable=none empty=none; ..",
		},
		"SSL_CERT_DIR alone": {
			driver: "asyncpg", connection: "postgresql://h/d", environment: env{"SSL_CERT_DIR": "/d"}, properties: env{"ssl": "True"},
			want: "True: T path name; h; file by OpenSSL's directory unreadable=none empty=none; ..",
		},
		"SSL_CERT_DIR, automatic": {
			driver: "asyncpg", connection: "postgresql://h/d", environment: env{"SSL_CERT_DIR": "/d"}, properties: env{"ssl": "True"}, place: policy.PlaceAuto,
			want: "True: T path name; h; file by OpenSSL's directory unreadable=none empty=none; ..",
		},
	})
}
