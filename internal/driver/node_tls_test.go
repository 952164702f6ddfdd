package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestNodeTLS(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"the system may be Node's own store": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", place: policy.PlaceSystem,
			want: "undecided: whether this Node takes the operating system's store depends on how it was built",
		},
		"a system that is not declared": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", place: policy.PlaceSystem, undeclared: true,
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"a system that nobody asks": {
			driver: "node-postgres", connection: "postgres://h/d?sslmode=no-verify", place: policy.PlaceSystem,
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"more roots beside the system": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_EXTRA_CA_CERTS": "/e"},
			want: `ssl on: T path name; h; file /e by Node's extra unreadable=none empty=none beside the system's "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"more roots that are the system's": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_EXTRA_CA_CERTS": "/e"}, place: policy.PlaceSystem,
			want: `ssl on: T path name; h; file /e by Node's extra unreadable=none empty=none beside the system's "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"more roots that are at home": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_EXTRA_CA_CERTS": "/e"}, place: policy.PlaceHome,
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"more roots that are not there": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_EXTRA_CA_CERTS": "/e"}, undeclared: true,
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"OpenSSL's roots, the system's": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_OPTIONS": "--use-openssl-ca"}, place: policy.PlaceSystem,
			want: `ssl on: T path name; h; file by OpenSSL unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"OpenSSL's roots, a file": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_OPTIONS": "--use-openssl-ca", "SSL_CERT_FILE": "/f"},
			want: `ssl on: T path name; h; file /f by OpenSSL unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"OpenSSL's roots, a file that is at home": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_OPTIONS": "--use-openssl-ca", "SSL_CERT_FILE": "/f"}, place: policy.PlaceHome,
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"OpenSSL's roots, automatic": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_OPTIONS": "--use-openssl-ca", "SSL_CERT_FILE": "/f"}, place: policy.PlaceAuto,
			want: `ssl on: T path name; h; file /f by OpenSSL unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"OpenSSL's roots, none": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_OPTIONS": "--use-openssl-ca"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"OpenSSL's roots, not there": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_OPTIONS": "--use-openssl-ca", "SSL_CERT_FILE": "/f"}, undeclared: true,
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"OpenSSL's roots, and not after all": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_OPTIONS": "--use-openssl-ca --use-bundled-ca", "SSL_CERT_FILE": "/f"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"a directory of roots": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_OPTIONS": "--use-openssl-ca", "SSL_CERT_DIR": "/d"},
			want: "undecided: a directory of certificates for Node is not covered",
		},
		"a directory of roots that nobody reads": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"SSL_CERT_DIR": "/d"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"two files of roots": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_OPTIONS": "--use-openssl-ca", "SSL_CERT_FILE": "/f", "NODE_EXTRA_CA_CERTS": "/e"},
			want: "undecided: SSL_CERT_FILE and NODE_EXTRA_CA_CERTS name two files, and one is declared",
		},
		"two files, of which one is read": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"SSL_CERT_FILE": "/f", "NODE_EXTRA_CA_CERTS": "/e"},
			want: `ssl on: T path name; h; file /e by Node's extra unreadable=none empty=none beside the system's "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"one file beside OpenSSL's": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_OPTIONS": "--use-openssl-ca", "NODE_EXTRA_CA_CERTS": "/e"},
			want: `ssl on: T path name; h; file /e by Node's extra unreadable=none empty=none beside the system's "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"the lowest version by an option of Node": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_OPTIONS": "--tls-min-v1.3"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.3..TLSv1.3`,
		},
		"the highest version by an option of Node": {
			driver: "node-postgres", connection: "postgres://h/d?ssl=true", environment: env{"NODE_OPTIONS": "--max-old-space-size=9 --tls-max-v1.2"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.2`,
		},
		"both bounds alike": {
			driver: "node-postgres", connection: "postgres://h/d", properties: env{"ssl.minVersion": "TLSv1.3", "ssl.maxVersion": "TLSv1.3"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.3..TLSv1.3`,
		},
		"the lowest bound alone": {
			driver: "node-postgres", connection: "postgres://h/d", properties: env{"ssl.minVersion": "TLSv1.3"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.3..TLSv1.3`,
		},
		"the highest bound alone": {
			driver: "node-postgres", connection: "postgres://h/d", properties: env{"ssl.maxVersion": "TLSv1.2"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.2`,
		},
		"a version that is none": {
			driver: "node-postgres", connection: "postgres://h/d", properties: env{"ssl.maxVersion": "1.2"},
			want: `rejected invalid_settings: TLS protocol version: Node has no TLS protocol version "1.2"`,
		},
		"TLS 1.1 in Node 16": {
			driver: "node-postgres", runtime: "16.20.2", connection: "postgres://h/d", properties: env{"ssl.minVersion": "TLSv1", "ssl.maxVersion": "TLSv1.1"},
			want: "undecided: whether the server takes a TLS protocol version before 1.2 is not known",
		},
		"TLS 1.1 in Node 17": {
			driver: "node-postgres", runtime: "17.0.0", connection: "postgres://h/d", properties: env{"ssl.minVersion": "TLSv1", "ssl.maxVersion": "TLSv1.1"},
			want: "rejected invalid_settings: alert protocol version: Node since 17 has no signature algorithm for TLS before 1.2 at its security level",
		},
	})
}

func TestPostgresJS(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"2 is not covered": {
			driver: "postgres.js", version: "2.9.0", connection: "postgres://h/d",
			want: `undecided: the rules cover postgres.js 3.0 to 3.4, not "2.9.0"`,
		},
		"3.0 is": {
			driver: "postgres.js", version: "3.0.0", connection: "postgres://h/d",
			want: "ssl off: P; h; none; ..",
		},
		"3.5 is not": {
			driver: "postgres.js", version: "3.5.0", connection: "postgres://h/d",
			want: `undecided: the rules cover postgres.js 3.0 to 3.4, not "3.5.0"`,
		},
		"the newest": {
			driver: "postgres.js", connection: "postgres://h/d",
			want: "ssl off: P; h; none; ..",
		},
		"the option url": {
			driver: "postgres.js", properties: env{"url": "postgres://h/d?ssl=require"},
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"a socket is no URL": {
			driver: "postgres.js", connection: "/run/pg",
			want: "rejected invalid_settings: Invalid URL: postgres.js takes a URL, and this is none",
		},
		"no URL": {
			driver: "postgres.js", connection: "host=h",
			want: "rejected invalid_settings: Invalid URL: postgres.js takes a URL, and this is none",
		},
		"the option hostname": {
			driver: "postgres.js", connection: "postgres://h/d", properties: env{"hostname": "db.example"},
			want: "ssl off: P; db.example; none; ..",
		},
		"the option host": {
			driver: "postgres.js", connection: "postgres://h/d", properties: env{"host": "db.example"},
			want: "ssl off: P; db.example; none; ..",
		},
		"PGHOST": {
			driver: "postgres.js", connection: "postgres:///d", host: "other", environment: env{"PGHOST": "db.example"},
			want: "ssl off: P; db.example; none; ..",
		},
		"no host": {
			driver: "postgres.js", connection: "postgres:///d",
			want: "ssl off: P; localhost; none; ..",
		},
		"several hosts": {
			driver: "postgres.js", connection: "postgres://a,b:1/d",
			want: "ssl off: P; a b; none; ..",
		},
		"several hosts before 3.4": {
			driver: "postgres.js", version: "3.3.5", connection: "postgres://a,b/d",
			want: "ssl off: P; a b; none; ..; doubt: whether this version of postgres.js goes on from a host that fails is not known",
		},
		"several hosts in 3.4": {
			driver: "postgres.js", version: "3.4.0", connection: "postgres://a,b/d",
			want: "ssl off: P; a b; none; ..",
		},
		"an empty host": {
			driver: "postgres.js", connection: "postgres://,b/d",
			want: "ssl off: P; b; none; ..",
		},
		"no host that can be looked up": {
			driver: "postgres.js", connection: "postgres://[::1]/d",
			want: "rejected invalid_settings: ENOTFOUND: postgres.js finds no host that can be looked up",
		},
		"target_session_attrs": {
			driver: "postgres.js", connection: "postgres://h/d?target_session_attrs=primary",
			want: "undecided: whether the server satisfies target_session_attrs is not known",
		},
		"target_session_attrs by the option": {
			driver: "postgres.js", connection: "postgres://h/d", properties: env{"target_session_attrs": "primary"},
			want: "undecided: whether the server satisfies target_session_attrs is not known",
		},
		"target_session_attrs by the environment": {
			driver: "postgres.js", connection: "postgres://h/d", environment: env{"PGTARGETSESSIONATTRS": "primary"},
			want: "undecided: whether the server satisfies target_session_attrs is not known",
		},
		"target_session_attrs of any": {
			driver: "postgres.js", connection: "postgres://h/d?target_session_attrs=any",
			want: `rejected invalid_settings: is not supported: postgres.js has no target_session_attrs "any"`,
		},
		"an empty sslmode gives way to ssl": {
			driver: "postgres.js", connection: "postgres://h/d?sslmode=&ssl=require",
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"the option wins over the URL": {
			driver: "postgres.js", connection: "postgres://h/d?ssl=require", properties: env{"ssl": "false"},
			want: "ssl off: P; h; none; ..",
		},
		"an object": {
			driver: "postgres.js", connection: "postgres://h/d", properties: env{"ssl": "object", "ssl.ca": "/r"},
			want: `ssl on: T path name; h; file /r by Node unreadable=none empty=none no directory "ENOENT" "EISDIR"; TLSv1.2..TLSv1.3`,
		},
		"an object without members": {
			driver: "postgres.js", connection: "postgres://h/d", properties: env{"ssl": "object"},
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"a server name": {
			driver: "postgres.js", connection: "postgres://h/d", properties: env{"ssl.servername": "other.example"},
			want: `ssl on: T path name; other.example; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"prefer": {
			driver: "postgres.js", connection: "postgres://h/d?ssl=prefer",
			want: `ssl on: T/n, P; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"require": {
			driver: "postgres.js", connection: "postgres://h/d?ssl=require",
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"another word": {
			driver: "postgres.js", connection: "postgres://h/d?ssl=x",
			want: `ssl on: T path name; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"PGSSL": {
			driver: "postgres.js", connection: "postgres://h/d", environment: env{"PGSSL": "require"},
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"no certificate has the name of a socket": {
			driver: "postgres.js", connection: "postgres://h/d", properties: env{"host": "/run/pg", "ssl": "prefer"},
			want: "undecided: TLS over a Unix socket is not covered",
		},
		"direct negotiation in 3.4.8": {
			driver: "postgres.js", version: "3.4.8", connection: "postgres://h/d?ssl=require&sslnegotiation=direct",
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3 direct; doubt: whether the server takes TLS without an SSLRequest (PostgreSQL 17 and later) is not known`,
		},
		"direct negotiation by the environment": {
			driver: "postgres.js", connection: "postgres://h/d?ssl=require", environment: env{"PGSSLNEGOTIATION": "direct"},
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3 direct; doubt: whether the server takes TLS without an SSLRequest (PostgreSQL 17 and later) is not known`,
		},
		"direct negotiation by the environment before 3.4.8": {
			driver: "postgres.js", version: "3.4.7", connection: "postgres://h/d?ssl=require", environment: env{"PGSSLNEGOTIATION": "direct"},
			want: `ssl on: T; h; system by Node unreadable=none empty=none "ENOENT"; TLSv1.2..TLSv1.3`,
		},
		"a plus in a name": {
			driver: "postgres.js", connection: "postgres://h/d?a+b=1",
			want: "rejected invalid_settings: unrecognized configuration parameter: the driver sends a b to the server, which has no such parameter",
		},
		"a plus in a host": {
			driver: "postgres.js", connection: "postgres://a+b/d",
			want: "ssl off: P; a+b; none; ..",
		},
		"one parameter of two that the server refuses": {
			driver: "postgres.js", connection: "postgres://h/d?zz=1&aa=1",
			want: "rejected invalid_settings: unrecognized configuration parameter: the driver sends aa to the server, which has no such parameter",
		},
	})
}
