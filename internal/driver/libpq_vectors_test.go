package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestLibpqVectors(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"channel binding in plaintext": {
			driver: "libpq", version: "16", connection: "host=h sslmode=prefer channel_binding=require",
			want: `prefer: T path/nfr, P ends; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..; ends channel_binding_needs_tls: channel binding; doubt: channel_binding=require holds only where the server asks for SCRAM authentication`,
		},
		"require_auth": {
			driver: "libpq", version: "16", connection: "host=h require_auth=md5",
			want: `prefer: T path/nfr, P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..; doubt: require_auth depends on how the server authenticates the role`,
		},
		"sslcertmode=require": {
			driver: "libpq", version: "16", connection: "host=h sslcertmode=require",
			want: `prefer: T path/nfr, P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..; doubt: sslcertmode=require holds only where the server asks for a client certificate`,
		},
		"a standby": {
			driver: "libpq", version: "14", connection: "host=h target_session_attrs=standby",
			want: `prefer: T path/nfr, P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..; doubt: target_session_attrs=standby holds only where the server is no primary`,
		},
		"a newer protocol": {
			driver: "libpq", version: "18", connection: "host=h min_protocol_version=3.2",
			want: `prefer: T path/nfr, P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..; doubt: min_protocol_version=3.2 needs a server of version 18 or later`,
		},
		"verify-ca without a file": {
			driver: "libpq", version: "15", connection: "host=h sslmode=verify-ca", undeclared: true,
			want: `verify-ca: T path; h; missing by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "root certificate file" "could not read root certificate file"; TLSv1.2..`,
		},
		"the default minimum of 13": {
			driver: "libpq", version: "13", connection: "host=h",
			want: `prefer: T path/nfr, P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"no default minimum before": {
			driver: "libpq", version: "12", connection: "host=h",
			want: `prefer: T path/nfr, P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; ..`,
		},
		"the range of protocol versions that 13 knows": {
			driver: "libpq", version: "13", connection: "host=h ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2",
			want: "rejected contradictory_settings: invalid SSL protocol version range: ssl_min_protocol_version is above ssl_max_protocol_version",
		},
		"no maximum is no range": {
			driver: "libpq", version: "16", connection: "host=h ssl_max_protocol_version=''",
			want: `prefer: T path/nfr, P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"no minimum is no range": {
			driver: "libpq", version: "16", connection: "host=h ssl_min_protocol_version='' ssl_max_protocol_version=TLSv1",
			want: `prefer: T path/nfr, P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; ..TLSv1`,
		},
		"keepalives_idle of the most": {
			driver: "libpq", version: "16", connection: "host=h sslmode=disable keepalives_idle=32767",
			want: `disable: P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"keepalives_idle of more": {
			driver: "libpq", version: "16", connection: "host=h keepalives_idle=32768",
			want: "rejected invalid_settings: Invalid argument: keepalives_idle is a number that Linux does not take",
		},
		"keepalives_interval of the most": {
			driver: "libpq", version: "16", connection: "host=h sslmode=disable keepalives_interval=32767",
			want: `disable: P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"keepalives_interval of more": {
			driver: "libpq", version: "16", connection: "host=h keepalives_interval=32768",
			want: "rejected invalid_settings: Invalid argument: keepalives_interval is a number that Linux does not take",
		},
		"keepalives_count of more": {
			driver: "libpq", version: "16", connection: "host=h keepalives_count=128",
			want: "rejected invalid_settings: Invalid argument: keepalives_count is a number that Linux does not take",
		},
		"keepalives_count of one": {
			driver: "libpq", version: "16", connection: "host=h sslmode=disable keepalives_count=1",
			want: `disable: P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"a negative tcp_user_timeout": {
			driver: "libpq", version: "16", connection: "host=h sslmode=disable tcp_user_timeout=-1",
			want: `disable: P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"a large tcp_user_timeout": {
			driver: "libpq", version: "16", connection: "host=h sslmode=disable tcp_user_timeout=99999",
			want: `disable: P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"empty ports": {
			driver: "libpq", version: "16", connection: "host=a,b sslmode=disable port=''",
			want: `disable: P; a then b; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"several ports, none of which there can be": {
			driver: "libpq", version: "16", connection: "host=a,b port=0,70000",
			want: `rejected invalid_settings: invalid port number: "0": the port is out of range`,
		},
		"a runtime of libpq 12": {
			driver: "libpq", runtime: "12.22", connection: "host=h sslnegotiation=postgres",
			want: `rejected invalid_settings: invalid connection option "sslnegotiation": libpq does not take the connection string: the connection string has a keyword that the driver does not know`,
		},
		"a runtime of libpq 15": {
			driver: "libpq", runtime: "15.3", connection: "host=h sslnegotiation=postgres",
			want: `rejected invalid_settings: invalid connection option "sslnegotiation": libpq does not take the connection string: the connection string has a keyword that the driver does not know`,
		},
		"a version before the rules": {
			driver: "libpq", version: "11", connection: "host=h",
			want: "undecided: the rules of libpq cover versions 12 to 18",
		},
		"a version that is no number": {
			driver: "libpq", version: "x", connection: "host=h",
			want: "undecided: the rules of libpq cover versions 12 to 18",
		},
		"psql: the string overrules dbname": {
			driver: "psql", version: "15", connection: "host=h", properties: env{"dbname": "host=first sslmode=disable"},
			want: `prefer: T path/nfr, P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"psql: the option host stays": {
			driver: "psql", version: "15", connection: "sslmode=require", properties: env{"host": "db.example"},
			want: `require: T path; db.example; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"pgadmin knows the newest keywords": {
			driver: "pgadmin", connection: "host=h sslnegotiation=postgres", environment: env{"PGSSLMODE": "disable"},
			want: `prefer: T path/nfr, P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"pgadmin leaves a service alone": {
			driver: "pgadmin", connection: "service=o", properties: env{"pg_service.conf": "[o]\nhost=h\nsslmode=verify-ca\n"},
			want: `verify-ca: T path; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"psycopg2: requiressl comes after sslmode": {
			driver: "psycopg2", connection: "host=h", properties: env{"requiressl": "1", "sslmode": "disable"},
			want: `require: T path; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"psycopg2: requiressl beside a root file": {
			driver: "psycopg2", connection: "host=h", properties: env{"requiressl": "1", "sslrootcert": "/r"},
			want: `require: T path; h; file /r by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"direct negotiation": {
			driver: "libpq", version: "17", connection: "host=h sslmode=require sslnegotiation=direct",
			want: `require: T path; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2.. direct; doubt on TLS: sslnegotiation=direct needs a server of version 17 or later`,
		},
		"sockets beside hosts": {
			driver: "libpq", version: "17", connection: "host=/run,h port=1,2",
			want: "undecided: some of the hosts are sockets and some are not, and which one answers is not known",
		},
		"no host to compare": {
			driver: "libpq", version: "17", connection: "sslmode=verify-full",
			want: "undecided: the settings name no host, and none is declared",
		},
		"a host that is none, with a dot": {
			driver: "libpq", version: "17", connection: "host=x.invalid.",
			want: "rejected invalid_settings: could not translate host name: the host is no name that can be resolved",
		},
		"addresses alone": {
			driver: "libpq", version: "17", connection: "hostaddr=10.0.0.1,10.0.0.2 port=1,2",
			want: `prefer: T path/nfr, P; (none) then (none); file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"psycopg 3.2 tries each host": {
			driver: "psycopg", version: "3.2.0", connection: "host=a,b port=1,2 sslmode=verify-full",
			want: `verify-full: T path name; a b; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"psycopg 3.2 as it is": {
			driver: "psycopg", version: "3.2", connection: "host=a,b port=1,2 sslmode=verify-full",
			want: `verify-full: T path name; a b; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"psycopg 3.1 does not": {
			driver: "psycopg", version: "3.1.7", connection: "host=a,b port=1,2 sslmode=verify-full",
			want: `verify-full: T path name; any of a b; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"psycopg of libpq 16 does not": {
			driver: "psycopg", version: "16", connection: "host=a,b port=1,2 sslmode=verify-full",
			want: `verify-full: T path name; any of a b; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"psycopg 3.1.13 reads the variable": {
			driver: "psycopg", version: "3.1.13", connection: "host=h", environment: env{"PGCONNECT_TIMEOUT": "x"},
			want: "rejected invalid_settings: : connect_timeout is no number",
		},
		"psycopg 3.1.12 does not": {
			driver: "psycopg", version: "3.1.12", connection: "host=h", environment: env{"PGCONNECT_TIMEOUT": "x"},
			want: `prefer: T path/nfr, P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"psycopg of no version does not": {
			driver: "psycopg", connection: "host=h", environment: env{"PGCONNECT_TIMEOUT": "x"},
			want: `prefer: T path/nfr, P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"psycopg 3.1.12 and a negative timeout": {
			driver: "psycopg", version: "3.1.12", connection: "host=h connect_timeout=-1",
			want: "rejected invalid_settings: timeout expired: a negative connect_timeout is over at once",
		},
		"psycopg cuts a port off its message": {
			driver: "psycopg", version: "3.1.12", connection: "host=h port=0",
			want: `rejected invalid_settings: "0": the port is out of range`,
		},
		"psycopg has no message for a number": {
			driver: "psycopg", version: "3.1.12", connection: "host=h keepalives=x",
			want: "rejected invalid_settings: : keepalives is no number",
		},
		"psycopg has no message for a lost host": {
			driver: "psycopg", version: "3.1.12", connection: "host=x.invalid",
			want: "rejected invalid_settings: : the host is no name that can be resolved",
		},
		"ruby-pg without a string": {
			driver: "ruby-pg", host: "db.example",
			want: `prefer: T path/nfr, P; db.example; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"ruby-pg without a string, and PGHOST": {
			driver: "ruby-pg", environment: env{"PGHOST": "db.example"},
			want: `prefer: T path/nfr, P; db.example; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"odbc: a root that nothing names": {
			driver: "odbc", connection: "Driver=x;Server=h;SSLmode=vc;sslrootcert=/r",
			want: `verify-ca: T path; h; missing by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "root certificate file" "could not read root certificate file"; TLSv1.2..`,
		},
		"odbc: a root that is at home": {
			driver: "odbc", connection: "Driver=x;Server=h;SSLmode=vc;sslrootcert=/r", place: policy.PlaceHome,
			want: `verify-ca: T path; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"odbc: a root that is the system's": {
			driver: "odbc", connection: "Driver=x;Server=h;SSLmode=vc;sslrootcert=/r", place: policy.PlaceSystem,
			want: `verify-ca: T path; h; missing by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "root certificate file" "could not read root certificate file"; TLSv1.2..`,
		},
		"odbc: a root that pqopt names too": {
			driver: "odbc", connection: "Driver=x;Server=h;SSLmode=vc;sslrootcert=/r;pqopt={sslrootcert=/r}",
			want: `verify-ca: T path; h; file /r by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"odbc: a root beside another pqopt": {
			driver: "odbc", connection: "Driver=x;Server=h;SSLmode=vc;sslrootcert=/r;pqopt={gssencmode=disable}",
			want: `verify-ca: T path; h; missing by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "root certificate file" "could not read root certificate file"; TLSv1.2..`,
		},
		"odbc: a root that the environment names too": {
			driver: "odbc", connection: "Driver=x;Server=h;SSLmode=vc;sslrootcert=/r", environment: env{"PGSSLROOTCERT": "/r"},
			want: `verify-ca: T path; h; file /r by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"odbc: Servername": {
			driver: "odbc", connection: "Driver=x;Servername=db.example;SSLmode=disable",
			want: `disable: P; db.example; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"odbc: Port": {
			driver: "odbc", connection: "Driver=x;Server=h;Port=0",
			want: `rejected invalid_settings: invalid port number: "0": the port is out of range`,
		},
		"odbc: Database against pqopt": {
			driver: "odbc", connection: "Driver=x;Server=h;Database=d;pqopt={dbname=e}",
			want: "rejected contradictory_settings: dbname parameter in pqopt option conflicts with other ordinary option: pqopt contradicts the rest of the connection string",
		},
		"odbc: Uid against pqopt": {
			driver: "odbc", connection: "Driver=x;Server=h;Uid=u;pqopt={user=v}",
			want: "rejected contradictory_settings: user parameter in pqopt option conflicts with other ordinary option: pqopt contradicts the rest of the connection string",
		},
		"odbc: Username against pqopt": {
			driver: "odbc", connection: "Driver=x;Server=h;Username=u;pqopt={user=v}",
			want: "rejected contradictory_settings: user parameter in pqopt option conflicts with other ordinary option: pqopt contradicts the rest of the connection string",
		},
		"odbc: an empty attribute does not contradict": {
			driver: "odbc", connection: "Driver=x;Server=;pqopt={host=db.example}",
			want: `disable: P; db.example; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"odbc: an empty attribute leaves the environment": {
			driver: "odbc", connection: "Driver=x;Server=;SSLmode=disable", environment: env{"PGHOST": "db.example"},
			want: `disable: P; db.example; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"odbc: an empty attribute is none": {
			driver: "odbc", connection: "Driver=x;Server=h;Port=;SSLmode=disable",
			want: `disable: P; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
	})
}
