package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
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
			driver: "odbc", connection: "Driver=x;Server=h;SSLmode=vc;sslrootcert=/r", place: driver.PlaceHome,
			want: `verify-ca: T path; h; file by OpenSSL3.0|1.1.1 unreadable=fail empty=fail "could not read root certificate file"; TLSv1.2..`,
		},
		"odbc: a root that is the system's": {
			driver: "odbc", connection: "Driver=x;Server=h;SSLmode=vc;sslrootcert=/r", place: driver.PlaceSystem,
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

func TestPgBouncerVectors(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"no host to compare": {
			driver: "pgbouncer", connection: "dbname=d", properties: env{"server_tls_sslmode": "verify-full"},
			want: "undecided: the settings name no host, and none is declared",
		},
		"a list of hosts before 1.25": {
			driver: "pgbouncer", version: "1.24.0", connection: "host=a,b", properties: env{"server_tls_sslmode": "verify-full"},
			want: `verify-full: T path name; a,b; system by OpenSSL3.0 unreadable=fail empty=fail "failed to load CA" "failed to load CA"; TLSv1.2..TLSv1.3`,
		},
		"a list of hosts in 1.25": {
			driver: "pgbouncer", version: "1.25.0", connection: "host=a,b", properties: env{"server_tls_sslmode": "verify-full"},
			want: "undecided: the hosts take turns, and each must match the server certificate",
		},
		"a list of hosts, no version": {
			driver: "pgbouncer", connection: "host=a,b", properties: env{"server_tls_sslmode": "verify-full"},
			want: "undecided: the hosts take turns, and each must match the server certificate",
		},
		"a list of hosts that are one": {
			driver: "pgbouncer", connection: "host=a,a", properties: env{"server_tls_sslmode": "verify-full"},
			want: `verify-full: T path name; a; system by OpenSSL3.0 unreadable=fail empty=fail "failed to load CA" "failed to load CA"; TLSv1.2..TLSv1.3`,
		},
		"a list of hosts that are not compared": {
			driver: "pgbouncer", connection: "host=a,b", properties: env{"server_tls_sslmode": "verify-ca"},
			want: `verify-ca: T path; a; system by OpenSSL3.0 unreadable=fail empty=fail "failed to load CA" "failed to load CA"; TLSv1.2..TLSv1.3`,
		},
		"all protocols but one": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "!tlsv1.0"},
			want: "prefer: T/n, P; h; none; TLSv1.1..TLSv1.3",
		},
		"all protocols but the last": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "!tlsv1.3"},
			want: "prefer: T/n, P; h; none; TLSv1..TLSv1.2",
		},
		"all protocols but the two in the middle": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "!tlsv1.1,!tlsv1.2"},
			want: "prefer: T/n, P; h; none; TLSv1..TLSv1",
		},
		"tlsv1 is all of them": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1"},
			want: "prefer: T/n, P; h; none; TLSv1..TLSv1.3",
		},
		"all": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "all"},
			want: "prefer: T/n, P; h; none; TLSv1..TLSv1.3",
		},
		"the default protocols": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "default"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.3",
		},
		"a certificate of its own": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_cert_file": "/c"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.3; doubt on TLS: PgBouncer loads the certificate and the key that server_tls_cert_file and server_tls_key_file name, and they are not declared",
		},
		"suites: ECDHE-ECDSA-AES128-GCM-SHA256": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "ECDHE-ECDSA-AES128-GCM-SHA256"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2; doubt on TLS: server_tls_ciphers names suites for ECDSA keys alone",
		},
		"suites: ECDHE-RSA-AES128-GCM-SHA256": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "ECDHE-RSA-AES128-GCM-SHA256"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2 RSA alone",
		},
		"suites: ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2",
		},
		"suites: ECDHE-ECDSA-AES128-GCM-SHA256;ECDHE-RSA-AES128-GCM-SHA256": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "ECDHE-ECDSA-AES128-GCM-SHA256;ECDHE-RSA-AES128-GCM-SHA256"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2",
		},
		"suites: ECDHE-ECDSA-AES128-GCM-SHA256,ECDHE-RSA-AES128-GCM-SHA256": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "ECDHE-ECDSA-AES128-GCM-SHA256,ECDHE-RSA-AES128-GCM-SHA256"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2",
		},
		"suites: HIGH+ECDSA": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "HIGH+ECDSA"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2; doubt on TLS: server_tls_ciphers names suites for ECDSA keys alone",
		},
		"suites: kECDHE+RSA": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "kECDHE+RSA"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2 RSA alone",
		},
		"suites: HIGH+aRSA": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "HIGH+aRSA"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2 RSA alone",
		},
		"suites: HIGH+AES": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "HIGH+AES"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2",
		},
		"suites: HIGH": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "HIGH"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2",
		},
		"suites: !HIGH:AES128-SHA": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "!HIGH:AES128-SHA"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2 RSA alone",
		},
		"suites: -HIGH:aRSA": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "-HIGH:aRSA"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2 RSA alone",
		},
		"suites: ECDHE-RSA-AES128-GCM-SHA256:@STRENGTH": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "ECDHE-RSA-AES128-GCM-SHA256:@STRENGTH"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2 RSA alone",
		},
		"suites: HIGH:!aNULL": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "HIGH:!aNULL"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2",
		},
		"suites: HIGH+kECDHE+ECDSA": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "HIGH+kECDHE+ECDSA"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2; doubt on TLS: server_tls_ciphers names suites for ECDSA keys alone",
		},
		"suites: aECDSA": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "aECDSA"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2; doubt on TLS: server_tls_ciphers names suites for ECDSA keys alone",
		},
		"suites: ECDSA": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "ECDSA"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2; doubt on TLS: server_tls_ciphers names suites for ECDSA keys alone",
		},
		"suites: nothing": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "nothing"},
			want: "prefer: T/n, P; h; none; TLSv1.2..TLSv1.2; doubt: server_tls_ciphers names no cipher suite that is known here, and PgBouncer does not start without one",
		},
	})
}

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
			driver: "asyncpg", connection: "postgresql://h/d", environment: env{"SSL_CERT_DIR": "/d"}, properties: env{"ssl": "True"}, place: driver.PlaceSystem,
			want: "True: T path name; h; file by OpenSSL unreadable=none empty=none; ..",
		},
		"SSL_CERT_DIR alone": {
			driver: "asyncpg", connection: "postgresql://h/d", environment: env{"SSL_CERT_DIR": "/d"}, properties: env{"ssl": "True"},
			want: "True: T path name; h; file by OpenSSL's directory unreadable=none empty=none; ..",
		},
		"SSL_CERT_DIR, automatic": {
			driver: "asyncpg", connection: "postgresql://h/d", environment: env{"SSL_CERT_DIR": "/d"}, properties: env{"ssl": "True"}, place: driver.PlaceAuto,
			want: "True: T path name; h; file by OpenSSL's directory unreadable=none empty=none; ..",
		},
	})
}
