package driver_test

import "testing"

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
