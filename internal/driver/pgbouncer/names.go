package pgbouncer

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// Names are the settings of pgbouncer.ini that look like TLS or an address; the
// server's are the rule's.
//
// Source: pgbouncer/pgbouncer 1.25, doc/config.md.
var Names = policy.Known{Properties: strings.Fields(`server_tls_sslmode server_tls_ca_file server_tls_key_file server_tls_cert_file server_tls_protocols
	server_tls_ciphers server_tls13_ciphers client_tls_* client_tls13_ciphers auth_* listen_* dns_* unix_socket_* host port dbname`)}
