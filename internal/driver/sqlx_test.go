package driver_test

import "testing"

func TestSQLxPolicies(t *testing.T) {
	t.Parallel()

	type m = map[string]string
	const (
		url      = "postgres://app@db.example/billing"
		root     = "?sslrootcert=/rds.pem&sslmode="
		first    = "file /rds.pem+system by first unreadable=reject empty=reject → openssl"
		lazy     = "file /rds.pem+system by first unreadable=fail empty=fail → openssl"
		added    = "file /rds.pem+system by rustls unreadable=fail empty=system → webpki"
		added1   = "file /rds.pem+system by rustls1 unreadable=fail empty=system → webpki"
		none     = "system by openssl unreadable=none empty=none → openssl"
		compiled = "system by rustls unreadable=fail empty=fail → webpki"
		host     = "; host db.example; "
		invalid  = "rejected (invalid_settings): "
		feature  = "undecided: the Cargo feature "
	)
	native, rustls, old := m{"tls": "runtime-tokio-native-tls"}, m{"tls": "tls-rustls"}, m{"tls": "tls-rustls-ring", "rustls_version": "0.23.23"}
	roots := m{"tls": "tls-rustls-ring-native-roots", "rustls_version": "0.23.20"}
	checkPolicies(t, "sqlx", map[string]policyVector{
		"prefer does not fall back after a failed handshake":             {connection: url, properties: native, undeclared: true, want: "prefer: tls>unsupported; plaintext" + host + none},
		"native-tls reads the file in prefer":                            {connection: url + root + "prefer", properties: native, want: "prefer: tls>unsupported; plaintext" + host + first},
		"and in require, which does not verify":                          {connection: url + root + "require", properties: native, want: "require: tls" + host + first},
		"0.6 reads it only to verify":                                    {version: "0.6.3", connection: url + root + "verify-ca", properties: native, want: "verify-ca: tls+path" + host + lazy},
		"0.7 reads it in every mode":                                     {version: "0.7.0", connection: url + root + "verify-ca", properties: native, want: "verify-ca: tls+path" + host + first},
		"disable":                                                        {connection: url + root + "disable", properties: native, want: "disable: plaintext; host db.example"},
		"allow is plaintext":                                             {connection: url + root + "allow", properties: native, want: "allow: plaintext; host db.example"},
		"verify-full":                                                    {connection: url + root + "verify-full", properties: native, want: "verify-full: tls+path+host" + host + first},
		"a mode in capitals":                                             {connection: url + root + "VERIFY-FULL", properties: native, want: "verify-full: tls+path+host" + host + first},
		"no root file":                                                   {connection: url + "?sslmode=verify-full", properties: native, undeclared: true, want: "verify-full: tls+path+host" + host + none},
		"the home directory is not looked into":                          {connection: url + "?sslmode=verify-full", properties: native, place: "home", want: "verify-full: tls+path+host" + host + none},
		"the operating system's store":                                   {connection: url + "?sslmode=verify-full", properties: native, place: "system", want: "verify-full: tls+path+host; host db.example; file by openssl unreadable=none empty=none → openssl"},
		"a root file that is not there":                                  {connection: url + root + "verify-full", properties: native, undeclared: true, want: "verify-full: tls+path+host; host db.example; missing /rds.pem+system by first unreadable=reject empty=reject → openssl"},
		"Windows":                                                        {connection: url, properties: native, runtime: "Windows 11", want: `undecided: the rules cover OpenSSL, which native-tls is on Linux, not "Windows 11"`},
		"rustls is the same everywhere":                                  {connection: url, properties: rustls, runtime: "Windows 11", want: "prefer: tls>unsupported; plaintext" + host + compiled},
		"rustls verifies":                                                {connection: url + root + "verify-full", properties: rustls, want: "verify-full: tls+path+host" + host + added},
		"rustls of 0.7":                                                  {version: "0.7.4", connection: url + root + "verify-full", properties: rustls, want: "verify-full: tls+path+host" + host + added1},
		"verify-ca of 0.7 passes over the name":                          {version: "0.7.4", connection: url + root + "verify-ca", properties: rustls, want: "verify-ca: tls+path" + host + added1},
		"verify-ca of 0.8 with an older rustls":                          {version: "0.8.6", connection: url + root + "verify-ca", properties: old, want: "verify-ca: tls+path" + host + added},
		"verify-ca of 0.8 with a newer rustls":                           {version: "0.8.6", connection: url + root + "verify-ca", properties: m{"tls": "tls-rustls-aws-lc-rs", "rustls_version": "0.23.24"}, want: "verify-ca: tls+path+host" + host + added},
		"verify-ca of 0.8 with some rustls":                              {version: "0.8.6", connection: url + root + "verify-ca", properties: rustls, want: "either verify-ca: tls+path" + host + added + " | verify-ca: tls+path+host" + host + added},
		"an address is no name for rustls in 0.6":                        {version: "0.6.3", connection: "postgres://10.0.0.1/db" + root + "verify-ca", properties: rustls, want: "verify-ca: tls+path+host; host; " + added1},
		"which does not matter without verification":                     {version: "0.6.3", connection: "postgres://10.0.0.1/db" + root + "require", properties: rustls, want: "require: tls; host; " + added1},
		"an address since 0.7":                                           {version: "0.7.0", connection: "postgres://10.0.0.1/db" + root + "verify-ca", properties: rustls, want: "verify-ca: tls+path; host 10.0.0.1; " + added1},
		"an IPv6 address keeps its brackets, which rustls does not take": {connection: "postgres://[::1]:5432/db?sslmode=require", properties: rustls, want: invalid + "invalid dns name"},
		"nor has a certificate them":                                     {connection: "postgres://[::1]:5432/db?sslmode=require", properties: native, undeclared: true, want: "require: tls; host [::1]; " + none},
		"compiled-in roots":                                              {connection: url + "?sslmode=verify-full", properties: rustls, place: "system", want: "verify-full: tls+path+host" + host + compiled},
		"native roots":                                                   {connection: url + "?sslmode=verify-full", properties: roots, place: "system", want: "verify-full: tls+path+host; host db.example; file by lenient unreadable=none empty=none → webpki"},
		"native roots by SSL_CERT_FILE":                                  {connection: url + "?sslmode=verify-full", properties: roots, environment: m{"SSL_CERT_FILE": "/rds.pem"}, want: "verify-full: tls+path+host; host db.example; file /rds.pem by lenient unreadable=none empty=none → webpki"},
		"native roots with a store at home":                              {connection: url + "?sslmode=verify-full", properties: roots, environment: m{"SSL_CERT_FILE": "/rds.pem"}, place: "home", want: "verify-full: tls+path+host" + host + compiled},
		"no feature, and no verification":                                {connection: url + "?sslmode=require", undeclared: true, want: "either require: tls" + host + none + " | require: tls; host db.example; " + compiled + " | require: tls; host db.example; " + compiled},
		"no feature, and no TLS":                                         {connection: url + "?sslmode=disable", want: "disable: plaintext; host db.example"},
		"built without TLS":                                              {connection: url, properties: m{"tls": "tls-none"}, want: "prefer: plaintext; host db.example"},
		"built without TLS, which is demanded":                           {connection: url + "?sslmode=require", properties: m{"tls": "none"}, want: "rejected (contradictory_settings): TLS upgrade required by connect options"},
		"an unknown feature":                                             {connection: url, properties: m{"tls": "tls-boring"}, want: feature + `"tls-boring" is not covered`},
		"an unknown property":                                            {connection: url, properties: m{"ssl": "x"}, want: "undecided: the property ssl is not covered"},
		"a client certificate":                                           {connection: url + "?sslmode=require&sslcert=/c&ssl-key=/k", properties: native, want: "undecided: the settings name a client certificate, whose file is not declared"},
		"a client certificate without its key":                           {version: "0.7.0", connection: url + "?sslmode=require&sslcert=/c", properties: native, want: "undecided: the settings name a client certificate, whose file is not declared"},
		"the newest version knows PGHOSTADDR, and rustls's names":        {environment: m{"PGHOSTADDR": ".example"}, properties: rustls, want: invalid + "invalid dns name"},
		"a client's key by the environment":                              {connection: url, environment: m{"PGSSLKEY": "/k"}, properties: native, want: "undecided: the settings name a client certificate, whose file is not declared"},
		"0.6 knows no client certificates":                               {version: "0.6.3", connection: url + "?sslmode=require&sslcert=/c", properties: native, undeclared: true, want: "require: tls" + host + none},
		"the environment":                                                {environment: m{"PGHOST": "env.example", "PGSSLMODE": "Verify-Full", "PGSSLROOTCERT": "/rds.pem"}, properties: native, want: "verify-full: tls+path+host; host env.example; " + first},
		"the URL wins over the environment":                              {connection: url + "?ssl-mode=require", environment: m{"PGHOST": "env.example", "PGSSLMODE": "verify-full"}, properties: native, undeclared: true, want: "require: tls" + host + none},
		"a mode of the environment that there is not":                    {connection: url, environment: m{"PGSSLMODE": "verifyfull"}, properties: native, undeclared: true, want: "prefer: tls>unsupported; plaintext" + host + none},
		"PGHOSTADDR since 0.8":                                           {version: "0.8.0", environment: m{"PGHOST": "env.example", "PGHOSTADDR": "10.0.0.1"}, properties: native, undeclared: true, want: "prefer: tls>unsupported; plaintext; host 10.0.0.1; " + none},
		"PGHOSTADDR before 0.8":                                          {version: "0.7.4", environment: m{"PGHOST": "env.example", "PGHOSTADDR": "10.0.0.1"}, properties: native, undeclared: true, want: "prefer: tls>unsupported; plaintext; host env.example; " + none},
		"the content itself in the environment":                          {connection: url + "?sslmode=verify-ca", environment: m{"PGSSLROOTCERT": "\n-----BEGIN CERTIFICATE-----\n"}, properties: native, want: "verify-ca: tls+path; host db.example; file PGSSLROOTCERT+system by first unreadable=reject empty=reject → openssl"},
		"what is set in code wins":                                       {connection: url + "?sslmode=disable", properties: m{"tls": "tls-native-tls", "ssl_mode": "PgSslMode::VerifyCa", "ssl_root_cert": "/rds.pem", "host": "code.example"}, want: "verify-ca: tls+path; host code.example; " + first},
		"a mode in code that there is not":                               {connection: url, properties: m{"ssl_mode": "Verify"}, want: invalid + "unknown value \"Verify\" for `ssl_mode`"},
		"no host":                                                        {connection: "postgres:///db", properties: native, undeclared: true, want: "prefer: tls>unsupported; plaintext; host localhost; " + none},
		"the declared host":                                              {connection: "postgres:///db", host: "rds.example", properties: native, undeclared: true, want: "prefer: tls>unsupported; plaintext; host rds.example; " + none},
		"a Unix socket":                                                  {connection: "postgres://%2Frun%2Fpg/db", properties: native, want: "prefer: plaintext; host /run/pg (socket)"},
		"a Unix socket has no TLS":                                       {connection: "postgres:///db?host=/run&sslmode=require", properties: native, want: "rejected (contradictory_settings): server does not support TLS"},
		"another version":                                                {version: "0.9.0", connection: url, want: `undecided: the rules cover sqlx 0.6 to 0.8, not "0.9.0"`},
		"an older version":                                               {version: "0.5.13", connection: url, want: `undecided: the rules cover sqlx 0.6 to 0.8, not "0.5.13"`},
		"a version that is none":                                         {version: "x", connection: url, want: `undecided: the rules cover sqlx 0.6 to 0.8, not "x"`},
	})
}

func TestSQLxURLs(t *testing.T) {
	t.Parallel()

	const invalid = "rejected (invalid_settings): "
	vectors := map[string]policyVector{}
	for connection, want := range map[string]string{
		"host=a sslmode=disable":                             invalid + "relative URL without a base",
		"postgres://u:x@A.example:5432/db?sslmode=disable#f": "disable: plaintext; host A.example",
		"mysql://a/db?ssl-mode=disable":                      "disable: plaintext; host a",
		"postgres://a/db?sslmode=disable&sslmode=allow":      "allow: plaintext; host a",
		"postgres://a/db?sslmode=disable&ssl-mode=allow&x=1": "allow: plaintext; host a",
		"postgres://a/db?sslmode=nonsense&sslmode=disable":   invalid + "for `ssl_mode`",
		"postgres://a/db?sslmode=":                           invalid + "for `ssl_mode`",
		"postgres://a/db?sslmode=verifyfull":                 invalid + "for `ssl_mode`",
		"postgres://a/db?sslmode=dis%61ble&host=b%2Eexample": "disable: plaintext; host b.example",
		"postgres://a/db?hostaddr=10.0.0.1&sslmode=disable":  "disable: plaintext; host 10.0.0.1",
		"postgres://a%2Eb/db?sslmode=disable":                "disable: plaintext; host a%2Eb",
		"postgres://a,b/db?sslmode=disable":                  invalid + "failed to lookup address information",
		"postgres://a:x/db":                                  invalid + "invalid port number",
		"postgres://a:65536/db":                              invalid + "invalid port number",
		"postgres://u@v@a/db?sslmode=disable":                "disable: plaintext; host a",
	} {
		vectors[connection] = policyVector{connection: connection, undeclared: true, want: want}
	}
	checkPolicies(t, "sqlx", vectors)
}
