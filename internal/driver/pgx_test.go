package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

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
			driver: "pgx", connection: "host=h sslmode=verify-ca sslrootcert=''", place: policy.PlaceHome,
			want: `verify-ca: T path; h; system by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"an empty root file leaves the system": {
			driver: "pgx", connection: "host=h sslmode=verify-ca sslrootcert=''", place: policy.PlaceSystem,
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
			driver: "pgx", connection: "host=h sslmode=require", place: policy.PlaceSystem,
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
			driver: "pgx", connection: "host=h sslmode=verify-ca", place: policy.PlaceSystem,
			want: `verify-ca: T path; h; file by Go unreadable=none empty=none "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"sslrootcert=system with nothing declared": {
			driver: "pgx", connection: "host=h sslrootcert=system", undeclared: true,
			want: `verify-full: T path name; h; system system by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"sslrootcert=system with the system": {
			driver: "pgx", connection: "host=h sslrootcert=system", place: policy.PlaceSystem,
			want: `verify-full: T path name; h; file system by Go unreadable=none empty=none "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"sslrootcert=system before 5.7": {
			driver: "pgx", version: "5.6.0", connection: "host=h sslrootcert=system", place: policy.PlaceSystem,
			want: `prefer: T/nfr, P; h; missing system by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"SSL_CERT_DIR is the system": {
			driver: "pgx", connection: "host=h sslmode=verify-ca", environment: env{"SSL_CERT_DIR": "/d"}, place: policy.PlaceAuto,
			want: `verify-ca: T path; h; file by Go unreadable=none empty=none "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"SSL_CERT_FILE is not at home": {
			driver: "pgx", connection: "host=h sslmode=verify-ca", environment: env{"SSL_CERT_FILE": "/d"}, place: policy.PlaceHome,
			want: `verify-ca: T path; h; file by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"the default file by its name": {
			driver: "pgx", connection: "host=h sslmode=verify-ca sslrootcert=/h/.postgresql/root.crt", environment: env{"HOME": "/h/"}, place: policy.PlaceHome,
			want: `verify-ca: T path; h; file /h/.postgresql/root.crt by Go unreadable=reject empty=reject "unable to read CA file" "unable to add CA to cert pool"; TLSv1.2..`,
		},
		"another name than the default": {
			driver: "pgx", connection: "host=h sslmode=verify-ca sslrootcert=/.postgresql/root.crt", place: policy.PlaceHome,
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
