package driver_test

import "testing"

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
		"suites: AES128-SHA:!ECDSA": {
			driver: "pgbouncer", connection: "host=h", properties: env{"server_tls_protocols": "tlsv1.2", "server_tls_ciphers": "AES128-SHA:!ECDSA"},
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
