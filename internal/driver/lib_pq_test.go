package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

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
			driver: "lib-pq", version: "1.10.9", connection: "host=h sslmode=require sslrootcert=/r", place: policy.PlaceHome,
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
			driver: "lib-pq", connection: "host=h sslrootcert=system", place: policy.PlaceSystem,
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
			driver: "lib-pq", connection: "host=h sslmode=verify-full", place: policy.PlaceSystem,
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
