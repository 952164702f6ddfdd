package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestPrismaVectors(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"7.0.0 has no engine": {
			driver: "prisma", version: "7.0.0", connection: "postgresql://h/d?sslaccept=strict",
			want: "ssl off: P; h; none; ..",
		},
		"6.99 has one": {
			driver: "prisma", version: "6.99.0", connection: "postgresql://h/d?sslaccept=strict",
			want: "prefer: T path name/n, P; h; system by OpenSSL unreadable=none empty=none; ..",
		},
		"sslidentity alone is the engine's": {
			driver: "prisma", connection: "postgresql://h/d?sslidentity=x",
			want: "undecided: sslaccept and sslidentity are for the engine of Prisma 4 to 6, and which version this is (driver_version) is not declared | undecided: the settings name a client certificate, whose file is not declared | ssl off: P; h; none; ..",
		},
		"sslaccept alone is the engine's": {
			driver: "prisma", connection: "postgresql://h/d?sslaccept=strict",
			want: "undecided: sslaccept and sslidentity are for the engine of Prisma 4 to 6, and which version this is (driver_version) is not declared | prefer: T path name/n, P; h; system by OpenSSL unreadable=none empty=none; .. | ssl off: P; h; none; ..",
		},
		"the last mode that it knows": {
			driver: "prisma", version: "5.0.0", connection: "postgresql://h/d?sslmode=require&sslmode=prefer",
			want: "prefer: T/n, P; h; system by OpenSSL unreadable=none empty=none; ..",
		},
		"a number in another base": {
			driver: "prisma", version: "5.0.0", connection: "postgresql://h/d?connection_limit=1a",
			want: "rejected invalid_settings: The provided arguments are not supported: the value of connection_limit is no number",
		},
		"a root file": {
			driver: "prisma", version: "5.0.0", connection: "postgresql://h/d?sslmode=require&sslaccept=strict&sslcert=/r",
			want: `require: T path name; h; file /r by native-tls unreadable=reject empty=reject beside the system's "cert file not found" "cert file not found"; ..`,
		},
		"a root file that is not there": {
			driver: "prisma", version: "5.0.0", connection: "postgresql://h/d?sslmode=require&sslaccept=strict&sslcert=/r", undeclared: true,
			want: `require: T path name; h; missing /r by native-tls unreadable=reject empty=reject beside the system's "cert file not found" "cert file not found"; ..`,
		},
		"no root file": {
			driver: "prisma", version: "5.0.0", connection: "postgresql://h/d?sslmode=require&sslaccept=strict",
			want: "require: T path name; h; system by OpenSSL unreadable=none empty=none; ..",
		},
		"a user that is empty": {
			driver: "prisma", version: "5.0.0", connection: "postgresql://@h/d",
			want: "prefer: T/n, P; h; system by OpenSSL unreadable=none empty=none; ..",
		},
		"a port in another base": {
			driver: "prisma", version: "5.0.0", connection: "postgresql://h:1a/d",
			want: "rejected invalid_settings: invalid port number: Prisma takes a URL",
		},
		"an address in brackets": {
			driver: "prisma", version: "5.0.0", connection: "postgresql://[::1]:5433/d",
			want: "prefer: T/n, P; ::1; system by OpenSSL unreadable=none empty=none; ..",
		},
		"nothing in brackets": {
			driver: "prisma", version: "5.0.0", connection: "postgresql://[]:5433/d",
			want: "prefer: T/n, P; []; system by OpenSSL unreadable=none empty=none; ..",
		},
		"a bracket at the end": {
			driver: "prisma", version: "5.0.0", connection: "postgresql://h]:5433/d",
			want: "prefer: T/n, P; h]; system by OpenSSL unreadable=none empty=none; ..",
		},
		"the adapter of pg": {
			driver: "prisma", version: "5.0.0", connection: "postgresql://h/d?sslmode=disable", properties: env{"adapter": "pg"},
			want: "ssl off: P; h; none; ..",
		},
	})
}

func TestSqlxVectors(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"0.6.0 is covered": {
			driver: "sqlx", version: "0.6.0", connection: "postgres://h/d?sslmode=disable", properties: env{"tls": "tls-rustls"},
			want: "disable: P; h; none; ..",
		},
		"0.9.0 is not": {
			driver: "sqlx", version: "0.9.0", connection: "postgres://h/d?sslmode=disable", properties: env{"tls": "tls-rustls"},
			want: `undecided: the rules cover sqlx 0.6 to 0.8, not "0.9.0"`,
		},
		"the newest": {
			driver: "sqlx", connection: "postgres://h/d?sslmode=verify-full", properties: env{"tls": "tls-rustls"},
			want: "verify-full: T path name; h; system by rustls unreadable=fail empty=fail; ..",
		},
		"no feature, the system's store": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?sslmode=verify-full", place: policy.PlaceSystem,
			want: "undecided: which Cargo feature sqlx is built with (property tls: tls-native-tls, tls-rustls, tls-rustls-ring-native-roots or tls-none) is not declared | verify-full: T path name; h; file by OpenSSL unreadable=none empty=none; .. | verify-full: T path name; h; system by rustls unreadable=fail empty=fail; .. | verify-full: T path name; h; file by Go unreadable=none empty=none; ..",
		},
		"no feature, a file": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?sslmode=verify-full&sslrootcert=/r",
			want: `undecided: which Cargo feature sqlx is built with (property tls: tls-native-tls, tls-rustls, tls-rustls-ring-native-roots or tls-none) is not declared | verify-full: T path name; h; file /r by native-tls unreadable=reject empty=reject beside the system's "no such file" "Is a directory"; .. | verify-full: T path name; h; file /r by rustls unreadable=fail empty=system beside the system's "no such file" "Is a directory"; .. | verify-full: T path name; h; file /r by rustls unreadable=fail empty=system beside the system's "no such file" "Is a directory"; ..`,
		},
		"native roots, nothing names a file": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?sslmode=verify-full", properties: env{"tls": "tls-rustls-ring-native-roots"},
			want: "verify-full: T path name; h; system by rustls unreadable=fail empty=fail; ..",
		},
		"native roots, SSL_CERT_FILE": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?sslmode=verify-full", environment: env{"SSL_CERT_FILE": "/f"}, properties: env{"tls": "tls-rustls-ring-native-roots"},
			want: "verify-full: T path name; h; file /f by Go unreadable=none empty=none; ..",
		},
		"native roots, SSL_CERT_FILE and a root file": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?sslmode=verify-full&sslrootcert=/r", environment: env{"SSL_CERT_FILE": "/f"}, properties: env{"tls": "tls-rustls-ring-native-roots"},
			want: `verify-full: T path name; h; file /r by rustls unreadable=fail empty=system beside the system's "no such file" "Is a directory"; ..`,
		},
		"0.8.0 reads a file its own way": {
			driver: "sqlx", version: "0.8.0", connection: "postgres://h/d?sslmode=verify-full&sslrootcert=/r", properties: env{"tls": "tls-rustls"},
			want: `verify-full: T path name; h; file /r by rustls unreadable=fail empty=system beside the system's "no such file" "Is a directory"; ..`,
		},
		"0.7.9 reads a file its own way": {
			driver: "sqlx", version: "0.7.9", connection: "postgres://h/d?sslmode=verify-full&sslrootcert=/r", properties: env{"tls": "tls-rustls"},
			want: `verify-full: T path name; h; file /r by rustls1 unreadable=fail empty=system beside the system's "no such file" "Is a directory"; ..`,
		},
		"verify-ca of 0.8.0": {
			driver: "sqlx", version: "0.8.0", connection: "postgres://h/d?sslmode=verify-ca&sslrootcert=/r", properties: env{"tls": "tls-rustls"},
			want: `undecided: whether verify-ca passes over a wrong name depends on the release of rustls (property rustls_version) | verify-ca: T path; h; file /r by rustls unreadable=fail empty=system beside the system's "no such file" "Is a directory"; .. | verify-ca: T path name; h; file /r by rustls unreadable=fail empty=system beside the system's "no such file" "Is a directory"; ..`,
		},
		"verify-ca of 0.7.9": {
			driver: "sqlx", version: "0.7.9", connection: "postgres://h/d?sslmode=verify-ca&sslrootcert=/r", properties: env{"tls": "tls-rustls"},
			want: `verify-ca: T path; h; file /r by rustls1 unreadable=fail empty=system beside the system's "no such file" "Is a directory"; ..`,
		},
		"PGSSLCERT": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?sslmode=require", environment: env{"PGSSLCERT": "/c"}, properties: env{"tls": "tls-rustls"},
			want: "undecided: the settings name a client certificate, whose file is not declared",
		},
		"PGSSLKEY": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?sslmode=require", environment: env{"PGSSLKEY": "/k"}, properties: env{"tls": "tls-rustls"},
			want: "undecided: the settings name a client certificate, whose file is not declared",
		},
		"the first of the modes in code": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?", properties: env{"tls": "tls-rustls", "ssl_mode": "Disable"},
			want: "disable: P; h; none; ..",
		},
		"a mode in code that is none": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?", properties: env{"tls": "tls-rustls", "ssl_mode": "x"},
			want: "rejected invalid_settings: unknown value \"x\" for `ssl_mode`: sqlx does not take the settings",
		},
		"ssl-root-cert": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?sslmode=verify-full&ssl-root-cert=/r", properties: env{"tls": "tls-rustls"},
			want: `verify-full: T path name; h; file /r by rustls unreadable=fail empty=system beside the system's "no such file" "Is a directory"; ..`,
		},
		"ssl-ca": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?sslmode=verify-full&ssl-ca=/r", properties: env{"tls": "tls-rustls"},
			want: `verify-full: T path name; h; file /r by rustls unreadable=fail empty=system beside the system's "no such file" "Is a directory"; ..`,
		},
		"ssl-cert": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?sslmode=require&ssl-cert=/c", properties: env{"tls": "tls-rustls"},
			want: "undecided: the settings name a client certificate, whose file is not declared",
		},
		"ssl-key": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?sslmode=require&ssl-key=/k", properties: env{"tls": "tls-rustls"},
			want: "undecided: the settings name a client certificate, whose file is not declared",
		},
		"ssl-mode and hostaddr": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?ssl-mode=disable&hostaddr=10.0.0.1", properties: env{"tls": "tls-rustls"},
			want: "disable: P; 10.0.0.1; none; ..",
		},
		"no host in the URL, and PGHOST": {
			driver: "sqlx", version: "0.8.6", connection: "postgres:///d?sslmode=disable", environment: env{"PGHOST": "db.example"}, properties: env{"tls": "tls-rustls"},
			want: "disable: P; db.example; none; ..",
		},
		"no host at all": {
			driver: "sqlx", version: "0.8.6", connection: "postgres:///d?sslmode=disable", properties: env{"tls": "tls-rustls"},
			want: "disable: P; localhost; none; ..",
		},
		"a plus in a socket": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://%2Frun%2Fa+b/d?sslmode=prefer", properties: env{"tls": "tls-rustls"},
			want: "prefer: P; /run/a+b locally; none; ..",
		},
		"a plus in a value": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?sslmode=verify-full&sslrootcert=/a+b", properties: env{"tls": "tls-rustls"},
			want: `verify-full: T path name; h; file /a b by rustls unreadable=fail empty=system beside the system's "no such file" "Is a directory"; ..`,
		},
		"an empty parameter": {
			driver: "sqlx", version: "0.8.6", connection: "postgres://h/d?&sslmode=disable&", properties: env{"tls": "tls-rustls"},
			want: "disable: P; h; none; ..",
		},
	})
}

func TestTokioVectors(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"0.7.0 is covered": {
			driver: "tokio-postgres", version: "0.7.0", connection: "host=h", properties: env{"connector": "native-tls"},
			want: "prefer: T path name/n, P; h; system by OpenSSL unreadable=none empty=none; ..",
		},
		"0.8.0 is not": {
			driver: "tokio-postgres", version: "0.8.0", connection: "host=h", properties: env{"connector": "native-tls"},
			want: `undecided: the rules cover tokio-postgres 0.7, not "0.8.0"`,
		},
		"the newest": {
			driver: "tokio-postgres", connection: "host=h load_balance_hosts=random keepalives_retries=1", properties: env{"connector": "native-tls"},
			want: "prefer: T path name/n, P; h; system by OpenSSL unreadable=none empty=none; ..",
		},
		"a version with words": {
			driver: "tokio-postgres", version: "0.7.7-alpha.1", connection: "host=h", properties: env{"connector": "native-tls"},
			want: "prefer: T path name/n, P; h; system by OpenSSL unreadable=none empty=none; ..",
		},
		"a version of five numbers": {
			driver: "tokio-postgres", version: "0.7.7.1.2", connection: "host=h", properties: env{"connector": "native-tls"},
			want: "prefer: T path name/n, P; h; system by OpenSSL unreadable=none empty=none; ..",
		},
		"load_balance_hosts before 0.7.9": {
			driver: "tokio-postgres", version: "0.7.8", connection: "host=h load_balance_hosts=random", properties: env{"connector": "native-tls"},
			want: "rejected invalid_settings: unknown option `load_balance_hosts`: tokio-postgres does not take the connection string",
		},
		"OpenSSL in words": {
			driver: "tokio-postgres", version: "0.7.7", runtime: "OpenSSL 3.0", connection: "host=h", properties: env{"connector": "native-tls"},
			want: "prefer: T path name/n, P; h; system by OpenSSL unreadable=none empty=none; ..",
		},
		"Windows": {
			driver: "tokio-postgres", version: "0.7.7", runtime: "windows", connection: "host=h", properties: env{"connector": "native-tls"},
			want: `undecided: the rules cover OpenSSL, which native-tls is on Linux, not "windows"`,
		},
		"a root for openssl": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=h sslmode=require", properties: env{"connector": "openssl", "root_certificate": "/r"},
			want: `require: T path name; h; file /r by OpenSSL unreadable=reject empty=reject beside the system's "no such file" "no certificate or crl found"; ..`,
		},
		"a root for native-tls": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=h sslmode=require", properties: env{"connector": "native-tls", "root_certificate": "/r"},
			want: `require: T path name; h; file /r by native-tls unreadable=reject empty=reject beside the system's "no such file" "Is a directory"; ..`,
		},
		"rustls by its crate": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=h sslmode=require", properties: env{"connector": "tokio-postgres-rustls", "root_certificate": "/r"},
			want: `require: T path name; h; file /r by rustls unreadable=reject empty=none "no such file" "Is a directory"; ..`,
		},
		"an address in rustls 0.21.0": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=10.0.0.1 sslmode=require", properties: env{"connector": "rustls", "root_certificate": "/r", "rustls_version": "0.21.0"},
			want: `require: T path name; 10.0.0.1; file /r by rustls unreadable=reject empty=none "no such file" "Is a directory"; ..`,
		},
		"an address in rustls 0.20.9": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=10.0.0.1 sslmode=require", properties: env{"connector": "rustls", "root_certificate": "/r", "rustls_version": "0.20.9"},
			want: `require: T path name; (none); file /r by rustls1 unreadable=reject empty=none "no such file" "Is a directory"; ..`,
		},
		"any connector, an address": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=10.0.0.1 sslmode=require", properties: env{"root_certificate": "/r", "rustls_version": "0.20.9"},
			want: `undecided: the connector that the program passes (property connector: NoTls, native-tls, openssl or rustls) is not declared | require: T path name; 10.0.0.1; file /r by native-tls unreadable=reject empty=reject beside the system's "no such file" "Is a directory"; .. | require: T path name; 10.0.0.1; file /r by OpenSSL unreadable=reject empty=reject beside the system's "no such file" "no certificate or crl found"; .. | require: T path name; (none); file /r by rustls1 unreadable=reject empty=none "no such file" "Is a directory"; ..`,
		},
		"any connector that verifies nothing": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=h sslmode=require", properties: env{"danger_accept_invalid_certs": "true"},
			want: `undecided: the connector that the program passes (property connector: NoTls, native-tls, openssl or rustls) is not declared | require: T; h; file trust_store by native-tls unreadable=reject empty=reject beside the system's "no such file" "Is a directory"; .. | require: T; h; file trust_store by OpenSSL unreadable=reject empty=reject beside the system's "no such file" "no certificate or crl found"; .. | require: T; h; file trust_store by rustls unreadable=reject empty=none "no such file" "Is a directory"; ..`,
		},
		"any connector, the system's store": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=h sslmode=require", place: policy.PlaceSystem,
			want: "undecided: the connector that the program passes (property connector: NoTls, native-tls, openssl or rustls) is not declared | require: T path name; h; file by OpenSSL unreadable=none empty=none; .. | require: T path name; h; file by OpenSSL unreadable=none empty=none; .. | undecided: which roots the program gives to rustls is not covered for the operating system's store",
		},
		"any connector, a store at home": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=h sslmode=require", place: policy.PlaceHome,
			want: "undecided: the connector that the program passes (property connector: NoTls, native-tls, openssl or rustls) is not declared | require: T path name; h; system by OpenSSL unreadable=none empty=none; .. | require: T path name; h; system by OpenSSL unreadable=none empty=none; .. | require: T path name; h; system by rustls unreadable=fail empty=fail; ..",
		},
		"any connector, a place that is automatic": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=h sslmode=require", place: policy.PlaceAuto,
			want: `undecided: the connector that the program passes (property connector: NoTls, native-tls, openssl or rustls) is not declared | require: T path name; h; file trust_store by native-tls unreadable=reject empty=reject beside the system's "no such file" "Is a directory"; .. | require: T path name; h; file trust_store by OpenSSL unreadable=reject empty=reject beside the system's "no such file" "no certificate or crl found"; .. | require: T path name; h; file trust_store by rustls unreadable=reject empty=none "no such file" "Is a directory"; ..`,
		},
		"any connector, a file that is named": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=h sslmode=require", properties: env{"root_certificate": "/r"},
			want: `undecided: the connector that the program passes (property connector: NoTls, native-tls, openssl or rustls) is not declared | require: T path name; h; file /r by native-tls unreadable=reject empty=reject beside the system's "no such file" "Is a directory"; .. | require: T path name; h; file /r by OpenSSL unreadable=reject empty=reject beside the system's "no such file" "no certificate or crl found"; .. | require: T path name; h; file /r by rustls unreadable=reject empty=none "no such file" "Is a directory"; ..`,
		},
		"two names for one address": {
			driver: "tokio-postgres", version: "0.7.9", connection: "host=a,b hostaddr=10.0.0.1", properties: env{"connector": "native-tls"},
			want: "rejected invalid_settings: number of hosts: the hosts of the connection string are not right",
		},
		"one name for two addresses": {
			driver: "tokio-postgres", version: "0.7.9", connection: "host=a hostaddr=10.0.0.1,10.0.0.2", properties: env{"connector": "native-tls"},
			want: "rejected invalid_settings: number of hosts: the hosts of the connection string are not right",
		},
		"a plus in an authority": {
			driver: "tokio-postgres", version: "0.7.7", connection: "postgres://a+b:+1/d?sslmode=disable", properties: env{"connector": "NoTls"},
			want: "disable: P; a+b; none; ..",
		},
		"one name for one address": {
			driver: "tokio-postgres", version: "0.7.9", connection: "host=a hostaddr=10.0.0.1", properties: env{"connector": "native-tls"},
			want: "prefer: T path name/n, P; a; system by OpenSSL unreadable=none empty=none; ..",
		},
		"a plus in a host": {
			driver: "tokio-postgres", version: "0.7.7", connection: "postgres:///d?host=a+b", properties: env{"connector": "native-tls"},
			want: "prefer: T path name/n, P; a+b; system by OpenSSL unreadable=none empty=none; ..",
		},
		"a plus in a name": {
			driver: "tokio-postgres", version: "0.7.7", connection: "postgres://h/d?a+b=1", properties: env{"connector": "native-tls"},
			want: "rejected invalid_settings: unknown option `a+b`: tokio-postgres does not take the connection string",
		},
		"a comma in the host of a query": {
			driver: "tokio-postgres", version: "0.7.7", connection: "postgres:///d?host=a,b", properties: env{"connector": "native-tls"},
			want: "prefer: T path name/n, P; a,b; system by OpenSSL unreadable=none empty=none; ..",
		},
		"a path after the hosts": {
			driver: "tokio-postgres", version: "0.7.7", connection: "postgres://a,b/d?sslmode=disable", properties: env{"connector": "native-tls"},
			want: "disable: P; a b; system by OpenSSL unreadable=none empty=none; ..",
		},
		"a query after the hosts": {
			driver: "tokio-postgres", version: "0.7.7", connection: "postgres://a,b?sslmode=disable", properties: env{"connector": "native-tls"},
			want: "disable: P; a b; system by OpenSSL unreadable=none empty=none; ..",
		},
		"hosts alone": {
			driver: "tokio-postgres", version: "0.7.7", connection: "postgres://a", properties: env{"connector": "native-tls"},
			want: "prefer: T path name/n, P; a; system by OpenSSL unreadable=none empty=none; ..",
		},
		"an address in brackets": {
			driver: "tokio-postgres", version: "0.7.7", connection: "postgres://[::1]/d", properties: env{"connector": "native-tls"},
			want: "prefer: T path name/n, P; ::1; system by OpenSSL unreadable=none empty=none; ..",
		},
		"a port that is none after brackets": {
			driver: "tokio-postgres", version: "0.7.7", connection: "postgres://[::1]:x/d", properties: env{"connector": "native-tls"},
			want: "rejected invalid_settings: invalid value for option `port`: tokio-postgres does not take the connection string",
		},
		"a port in another base": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=h port=1a", properties: env{"connector": "native-tls"},
			want: "rejected invalid_settings: invalid value for option `port`: tokio-postgres does not take the connection string",
		},
		"a number in another base": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=h connect_timeout=1a", properties: env{"connector": "native-tls"},
			want: "rejected invalid_settings: invalid value for option `connect_timeout`: tokio-postgres does not take the connection string",
		},
		"an equals sign alone": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=h =x", properties: env{"connector": "native-tls"},
			want: "prefer: T path name/n, P; h; system by OpenSSL unreadable=none empty=none; ..",
		},
		"a word alone": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=h x", properties: env{"connector": "native-tls"},
			want: "rejected invalid_settings: unexpected EOF: tokio-postgres does not take the connection string",
		},
		"a quote that stays open": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host='h", properties: env{"connector": "native-tls"},
			want: "rejected invalid_settings: unterminated quoted connection parameter value: tokio-postgres does not take the connection string",
		},
		"a value that is empty": {
			driver: "tokio-postgres", version: "0.7.7", connection: "host=h user=", properties: env{"connector": "native-tls"},
			want: "rejected invalid_settings: unexpected EOF: tokio-postgres does not take the connection string",
		},
	})
}
