package driver_test

import (
	"maps"
	"testing"
)

func TestTokioPostgresPolicies(t *testing.T) {
	t.Parallel()

	type m = map[string]string
	const kv = "host=db.example user=app "
	const (
		undeclared = "the connector that the program passes (property connector: NoTls, native-tls, openssl or rustls) is not declared"
		first      = "file /rds.pem+system by first unreadable=reject empty=reject → openssl"
		all        = "file /rds.pem+system by openssl unreadable=reject empty=reject → openssl"
		invalid    = "rejected (invalid_settings): "
		verified   = "require: tls+path+host; host db.example; "
	)
	native, openssl, rustls := m{"connector": "native-tls", "root_certificate": "/rds.pem"}, m{"connector": "openssl", "root_certificate": "/rds.pem"}, m{"connector": "rustls", "root_certificate": "/rds.pem"}
	with := func(base m, more ...string) m {
		out := m{}
		maps.Copy(out, base)
		for i := 0; i+1 < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	checkPolicies(t, "tokio-postgres", map[string]policyVector{
		"prefer does not fall back after a failed handshake":  {connection: kv, properties: native, want: "prefer: tls+path+host>unsupported; plaintext; host db.example; " + first},
		"disable, with a root file that is read all the same": {connection: kv + "sslmode=disable", properties: native, want: "disable: plaintext; host db.example; " + first},
		"require with native-tls":                             {connection: kv + "sslmode=require", properties: native, want: verified + first},
		"a runtime that is OpenSSL 1.1":                       {connection: kv + "sslmode=require", properties: native, runtime: "1.1.1", want: "require: tls+path+host; host db.example; file /rds.pem+system by first1.1.1 unreadable=reject empty=reject → openssl1.1.1"},
		"Windows":                                             {connection: kv + "sslmode=require", properties: native, runtime: "windows", want: `undecided: the rules cover OpenSSL, which native-tls is on Linux, not "windows"`},
		"openssl on Windows":                                  {connection: kv + "sslmode=require", properties: openssl, runtime: "windows", want: `undecided: the rules cover OpenSSL, which native-tls is on Linux, not "windows"`},
		"require with openssl":                                {connection: kv + "sslmode=require", properties: openssl, want: verified + all},
		"require with rustls":                                 {connection: kv + "sslmode=require", properties: rustls, want: verified + "file /rds.pem by rustls unreadable=reject empty=none → webpki"},
		"rustls with roots of its own beside the file":        {connection: kv + "sslmode=require", properties: with(rustls, "roots", "webpki-roots"), want: verified + "file /rds.pem+system by rustls unreadable=reject empty=system → webpki"},
		"rustls 0.20 and an address":                          {connection: "host=10.0.0.1,db.example sslmode=require", properties: with(rustls, "rustls_version", "0.20"), want: "require: tls+path+host; host; host db.example; file /rds.pem by rustls1 unreadable=reject empty=none → webpki"},
		"rustls since 0.21 and an address":                    {connection: "host=10.0.0.1 sslmode=require", properties: with(rustls, "rustls_version", "0.21.1"), want: "require: tls+path+host; host 10.0.0.1; file /rds.pem by rustls unreadable=reject empty=none → webpki"},
		"a version of rustls that is none":                    {connection: kv, properties: with(rustls, "rustls_version", "new"), want: "undecided: the property rustls_version is not a version"},
		"rustls and the operating system's store":             {connection: kv, properties: m{"connector": "rustls"}, place: "system", want: "undecided: which roots the program gives to rustls is not covered for the operating system's store"},
		"compiled-in roots do not look at the system's store": {connection: kv, properties: m{"connector": "rustls", "roots": "webpki-roots"}, place: "system", want: "prefer: tls+path+host>unsupported; plaintext; host db.example; system by rustls unreadable=fail empty=fail → webpki"},
		"no root named":                                       {connection: kv + "sslmode=require", properties: m{"connector": "postgres-native-tls"}, undeclared: true, want: verified + "system by openssl unreadable=none empty=none → openssl"},
		"SSL_CERT_FILE":                                       {connection: kv + "sslmode=require", properties: m{"connector": "postgres-openssl"}, environment: m{"SSL_CERT_FILE": "/rds.pem"}, want: verified + "file /rds.pem by openssl unreadable=none empty=none → openssl"},
		"no built-in roots":                                   {connection: kv + "sslmode=require", properties: with(native, "disable_built_in_roots", "true"), want: verified + "file /rds.pem by first unreadable=reject empty=reject → openssl"},
		"no roots at all":                                     {connection: kv + "sslmode=require", properties: m{"connector": "native-tls", "disable_built_in_roots": "true"}, place: "system", want: verified + "empty by openssl unreadable=none empty=none → openssl"},
		"a root that is not there":                            {connection: kv + "sslmode=require", properties: native, undeclared: true, want: verified + "missing /rds.pem+system by first unreadable=reject empty=reject → openssl"},
		"a root that is only at home is not there":            {connection: kv + "sslmode=require", properties: native, place: "home", want: verified + "missing /rds.pem+system by first unreadable=reject empty=reject → openssl"},
		"a root that is only the system's is not there":       {connection: kv + "sslmode=require", properties: native, place: "system", want: verified + "missing /rds.pem+system by first unreadable=reject empty=reject → openssl"},
		"invalid certificates":                                {connection: kv + "sslmode=require", properties: with(native, "danger_accept_invalid_certs", "true"), want: "require: tls; host db.example; " + first},
		"invalid host names":                                  {connection: kv + "sslmode=require", properties: with(native, "danger_accept_invalid_hostnames", "true"), want: "require: tls+path; host db.example; " + first},
		"openssl verifies nothing":                            {connection: kv + "sslmode=require", properties: with(openssl, "verify", "none"), want: "require: tls; host db.example; " + all},
		"by its Rust name":                                    {connection: kv + "sslmode=require", properties: with(openssl, "verify", "SslVerifyMode::NONE"), want: "require: tls; host db.example; " + all},
		"openssl verifies no name":                            {connection: kv + "sslmode=require", properties: with(openssl, "verify_hostname", "false"), want: "require: tls+path; host db.example; " + all},
		"NoTls":                                               {connection: kv, properties: m{"connector": "NoTls"}, want: "prefer: plaintext; host db.example"},
		"NoTls where TLS is demanded":                         {connection: kv + "sslmode=require", properties: m{"connector": "NoTls"}, want: "rejected (contradictory_settings): error performing TLS handshake: no TLS implementation configured"},
		"an unknown connector":                                {connection: kv, properties: m{"connector": "boring"}, want: `undecided: the connector "boring" is not covered`},
		"an unknown property":                                 {connection: kv, properties: m{"connectors": "x"}, want: "undecided: the property connectors is not covered"},
		"no connector and no TLS":                             {connection: kv + "sslmode=disable", want: "disable: plaintext; host db.example"},
		"any connector, where TLS is demanded":                {connection: kv + "sslmode=require", want: "either " + verified + "file trust_store+system by first unreadable=reject empty=reject → openssl | " + verified + "file trust_store+system by openssl unreadable=reject empty=reject → openssl | " + verified + "file trust_store by rustls unreadable=reject empty=none → webpki"},
		"any connector, or none":                              {connection: kv, undeclared: true, want: "either prefer: tls+path+host>unsupported; plaintext; host db.example; system by openssl unreadable=none empty=none → openssl | prefer: tls+path+host>unsupported; plaintext; host db.example; system by openssl unreadable=none empty=none → openssl | prefer: tls+path+host>unsupported; plaintext; host db.example; system by rustls unreadable=fail empty=fail → webpki | prefer: plaintext; host db.example"},
		"the mode given in code":                              {connection: kv + "sslmode=disable", properties: with(native, "ssl_mode", "Require"), want: verified + first},
		"a mode given in code that there is not":              {connection: kv, properties: with(native, "ssl_mode", "VerifyFull"), want: invalid + "invalid value for option `sslmode`"},
		"nothing is read from the environment":                {connection: kv + "sslmode=require", properties: m{"connector": "native-tls"}, undeclared: true, environment: m{"PGSSLMODE": "disable", "PGSSLROOTCERT": "/rds.pem"}, want: verified + "system by openssl unreadable=none empty=none → openssl"},
		"channel binding in plaintext":                        {connection: kv + "sslmode=disable channel_binding=require", properties: native, want: "rejected (channel_binding_needs_tls): channel binding"},
		"channel binding":                                     {connection: kv + "channel_binding=require", properties: m{"connector": "NoTls"}, want: "prefer: plaintext; host db.example; doubt: whether the server's authentication satisfies channel_binding is not known"},
		"target_session_attrs":                                {connection: kv + "target_session_attrs=read-write", properties: m{"connector": "NoTls"}, want: "prefer: plaintext; host db.example; doubt: whether the server satisfies target_session_attrs is not known"},
		"target_session_attrs=any":                            {connection: kv + "target_session_attrs=any", properties: m{"connector": "NoTls"}, want: "prefer: plaintext; host db.example"},
		"direct TLS":                                          {connection: kv + "sslmode=require sslnegotiation=direct", properties: native, want: verified + first + "; direct; doubt: a handshake without an SSLRequest needs a server of version 17 or later"},
		"direct TLS is not for prefer":                        {connection: kv + "sslnegotiation=direct", properties: native, want: `rejected (contradictory_settings): weak sslmode "prefer" may not be used`},
		"direct TLS before 0.7.13":                            {version: "0.7.12", connection: kv + "sslnegotiation=direct", properties: native, want: invalid + "unknown option `sslnegotiation`"},
		"another version":                                     {version: "0.8.0", connection: kv, want: `undecided: the rules cover tokio-postgres 0.7, not "0.8.0"`},
		"an older version":                                    {version: "0.6.0", connection: kv, want: `undecided: the rules cover tokio-postgres 0.7, not "0.6.0"`},
		"a version that is none":                              {version: "new", connection: kv, want: `undecided: the rules cover tokio-postgres 0.7, not "new"`},
		"a Unix socket":                                       {connection: "host=/run/postgresql", properties: m{"connector": "native-tls"}, undeclared: true, want: "prefer: plaintext; host /run/postgresql (socket); system by openssl unreadable=none empty=none → openssl"},
		"a Unix socket has no TLS":                            {connection: "host=/run/postgresql sslmode=require", properties: native, want: "rejected (contradictory_settings): server does not support TLS"},
		"a Unix socket beside another host":                   {connection: "host=/run/postgresql,db.example", properties: native, want: "undecided: a Unix socket beside other hosts is not covered"},
		"the declared host":                                   {connection: "user=app", properties: m{"connector": "NoTls"}, host: "db.example", want: "prefer: plaintext; host db.example"},
		"the host given in code":                              {connection: "user=app", properties: m{"connector": "NoTls", "host": "code.example"}, host: "db.example", want: "prefer: plaintext; host code.example"},
		"no host":                                             {connection: "user=app", properties: native, want: invalid + "missing"},
		"an address alone has no name":                        {connection: "hostaddr=10.0.0.1", properties: m{"connector": "NoTls"}, host: "db.example", want: "prefer: plaintext; host"},
		"hosts and addresses differ in number":                {connection: "host=a,b hostaddr=10.0.0.1", properties: native, want: invalid + "number of hosts"},
	})
}

func TestTokioPostgresConnectionStrings(t *testing.T) {
	t.Parallel()

	type m = map[string]string
	const invalid = "rejected (invalid_settings): "
	vectors := map[string]policyVector{}
	for connection, want := range map[string]string{
		"host=a sslmode=disable":                 "disable: plaintext; host a",
		"  host = 'a\\'b'  sslmode = disable ":   "disable: plaintext; host a'b",
		"host=a\\ b sslmode=disable":             "disable: plaintext; host a b",
		"host=a sslmode=disable\\":               "disable: plaintext; host a",
		"host='a'sslmode=disable":                "disable: plaintext; host a",
		"host=a,b port=1,2 sslmode=disable":      "disable: plaintext; host a; host b",
		"host=a port=1,2":                        invalid + "invalid number of ports",
		"host=a port=":                           invalid + "unexpected EOF",
		"host=a port=,":                          invalid + "invalid number of ports",
		"host=a port=+1":                         "prefer: plaintext; host a",
		"host=a port=65536":                      invalid + "invalid value for option `port`",
		"host=a host=b":                          "prefer: plaintext; host a; host b",
		"host=a sslmode=require sslmode=disable": "disable: plaintext; host a",
		"host=a sslmode":                         invalid + "unexpected EOF",
		"host=a sslmode disable":                 invalid + "unexpected",
		"host=a sslmode=":                        invalid + "unexpected EOF",
		"host=a user='x":                         invalid + "unterminated quoted connection parameter value",
		"host=a =x sslmode=nonsense":             "prefer: plaintext; host a",
		"host=a sslmode=verify-full":             invalid + "invalid value for option `sslmode`",
		"host=a sslmode=Disable":                 invalid + "invalid value for option `sslmode`",
		"host=a sslrootcert=/x":                  invalid + "unknown option `sslrootcert`",
		"host=a connect_timeout=-1 keepalives=1": "prefer: plaintext; host a",
		"host=a connect_timeout=5s":              invalid + "invalid value for option `connect_timeout`",
		"host=a hostaddr=10.0.0.1":               "prefer: plaintext; host a",
		"host=a hostaddr=10.0.0":                 invalid + "invalid value for option `hostaddr`",
		"host=a load_balance_hosts=random":       "prefer: plaintext; host a",
		"host=a load_balance_hosts=yes":          invalid + "invalid value for option `load_balance_hosts`",
		"postgresql://a/db?sslmode=disable":      "disable: plaintext; host a",
		"postgres://u@a:1,b:2/db":                "prefer: plaintext; host a; host b",
		"postgres://a%2Eb":                       "prefer: plaintext; host a.b",
		"postgres://u:p@w@a/db":                  "prefer: plaintext; host w@a",
		"postgres://a?sslmode=disable":           "disable: plaintext; host a",
		"postgres://[::1]:5432/db":               "prefer: plaintext; host ::1",
		"postgres://[::1]/db":                    "prefer: plaintext; host ::1",
		"postgres://[::1/db":                     invalid + "invalid value for option `host`",
		"postgres://[::1]x/db":                   invalid + "invalid value for option `host`",
		"postgres://a:x/db":                      invalid + "invalid value for option `port`",
		"postgres:///db?host=a&host=b&user=x":    "prefer: plaintext; host a; host b",
		"postgres://%2Frun/db":                   "prefer: plaintext; host /run (socket)",
		"postgres://a/db?sslmode=verify%2Dfull":  invalid + "invalid value for option `sslmode`",
		"postgres://a/db?sslmode=dis%61ble":      "disable: plaintext; host a",
		"postgres://a/db?sslmode":                invalid + "unterminated parameter",
		"postgres://a/db?x=1":                    invalid + "unknown option `x`",
		"postgres://a/db?application_name=a+b":   "prefer: plaintext; host a",
		"POSTGRES://a/db":                        invalid + "unexpected EOF",
	} {
		vectors[connection] = policyVector{connection: connection, properties: m{"connector": "NoTls"}, want: want}
	}
	for about, v := range map[string]policyVector{
		"hostaddr before 0.7.9":             {version: "0.7.8", connection: "host=a hostaddr=10.0.0.1", want: invalid + "unknown option `hostaddr`"},
		"hostaddr since 0.7.9":              {version: "0.7.9", connection: "host=a hostaddr=10.0.0.1", want: "prefer: plaintext; host a"},
		"load_balance_hosts before 0.7.9":   {version: "0.7.8", connection: "host=a load_balance_hosts=random", want: invalid + "unknown option `load_balance_hosts`"},
		"tcp_user_timeout before 0.7.8":     {version: "0.7.7", connection: "host=a tcp_user_timeout=1", want: invalid + "unknown option `tcp_user_timeout`"},
		"tcp_user_timeout since 0.7.8":      {version: "0.7.8", connection: "host=a tcp_user_timeout=1", want: "prefer: plaintext; host a"},
		"keepalives_interval before 0.7.8":  {version: "0.7.7", connection: "host=a keepalives_interval=1", want: invalid + "unknown option `keepalives_interval`"},
		"keepalives_retries before 0.7.8":   {version: "0.7.7", connection: "host=a keepalives_retries=1", want: invalid + "unknown option `keepalives_retries`"},
		"read-only before 0.7.11":           {version: "0.7.10", connection: "host=a target_session_attrs=read-only", want: invalid + "invalid value for option `target_session_attrs`"},
		"read-only since 0.7.11":            {version: "0.7.11", connection: "host=a target_session_attrs=read-only", want: "prefer: plaintext; host a; doubt: whether the server satisfies target_session_attrs is not known"},
		"sslnegotiation of the usual kind":  {version: "0.7.13", connection: "host=a sslnegotiation=postgres", want: "prefer: plaintext; host a"},
		"sslnegotiation of an unknown kind": {version: "0.7", connection: "host=a sslnegotiation=tls", want: invalid + "invalid value for option `sslnegotiation`"},
		"0.7 is the newest of 0.7":          {version: "0.7", connection: "host=a hostaddr=10.0.0.1", want: "prefer: plaintext; host a"},
	} {
		v.properties = m{"connector": "NoTls"}
		vectors[about] = v
	}
	checkPolicies(t, "tokio-postgres", vectors)
}
