package node

import (
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver/rust"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// nodeVariables are those of Node.
var nodeVariables = []string{"NODE_EXTRA_CA_CERTS", "NODE_OPTIONS", "NODE_TLS_REJECT_UNAUTHORIZED", "SSL_CERT_FILE", "SSL_CERT_DIR", "OPENSSL_CONF", "SSLKEYLOGFILE"}

// nodeSSL are the members of an ssl object that tls.connect reads, and require,
// which nobody reads: Sequelize's manual has it, and it changes nothing.
//
// Source: Node 24, doc/api/tls.md, tls.connect and tls.createSecureContext; doc/api/net.md, socket.connect.
var nodeSSL = strings.Fields(`ssl ssl.require ssl.ca ssl.cert ssl.key ssl.pfx ssl.passphrase ssl.rejectUnauthorized ssl.servername ssl.checkServerIdentity
		ssl.minVersion ssl.maxVersion ssl.secureProtocol ssl.secureOptions ssl.ciphers ssl.honorCipherOrder ssl.ecdhCurve ssl.sigalgs ssl.crl ssl.session
		ssl.sessionIdContext ssl.sessionTimeout ssl.ticketKeys ssl.dhparam ssl.minDHSize ssl.ALPNProtocols ssl.secureContext ssl.allowPartialTrustChain
		ssl.privateKeyEngine ssl.privateKeyIdentifier ssl.clientCertEngine ssl.enableTrace ssl.requestOCSP ssl.pskCallback ssl.highWaterMark ssl.timeout
		ssl.host ssl.port ssl.path ssl.socket ssl.lookup ssl.family ssl.hints ssl.localAddress ssl.localPort ssl.noDelay ssl.keepAlive ssl.keepAliveInitialDelay ssl.allowHalfOpen`)

// postgresParameters are what node-postgres reads of a URL, whose every
// parameter is an option to it, and what pg-connection-string makes something
// of. That 8.0 reads ssl alone, its rule says.
//
// Source: brianc/node-postgres, pg-connection-string 2.14, index.js, parse; pg
// 8.23.1, lib/connection-parameters.js.
var postgresParameters = strings.Fields(`host port user password database ssl application_name fallback_application_name options client_encoding
		replication binary statement_timeout query_timeout lock_timeout idle_in_transaction_session_timeout connectionTimeoutMillis keepAlive
		keepAliveInitialDelayMillis encoding db sslmode sslrootcert sslcert sslkey sslnegotiation uselibpqcompat`)

// PostgresNames are the options of node-postgres' Client and Pool.
//
// Source: brianc/node-postgres, pg 8.23.1, lib/index.js, lib/connection-parameters.js,
// lib/client.js and lib/defaults.js; pg-pool 3, index.js.
func PostgresNames(policy.Settings) policy.Known {
	return policy.Known{
		Strict:    "ssl.",
		Variables: append([]string{"PGSSLMODE", "PGSSLNEGOTIATION", "NODE_PG_FORCE_NATIVE"}, nodeVariables...), Given: queryOf, Parameters: postgresParameters,
		Properties: append(strings.Fields(`connectionString user password host port database sslnegotiation application_name
			fallback_application_name statement_timeout query_timeout lock_timeout idle_in_transaction_session_timeout
			connectionTimeoutMillis keepAlive keepAliveInitialDelayMillis client_encoding options binary replication max min poolSize log verify
			idleTimeoutMillis maxUses maxLifetimeSeconds allowExitOnIdle stream connection types Promise Client enableChannelBinding
			parseInputDatesAsUTC scramMaxIterations pipeline onConnect hooks`), nodeSSL...),
	}
}

// PostgresJSNames are the options of postgres.js. A parameter of the URL that it
// does not know goes to the server since 3.2, which refuses it; before, nobody
// reads it.
//
// Source: porsager/postgres v3.0.6 to v3.4.9, src/index.js, parseOptions.
func PostgresJSNames(s policy.Settings) policy.Known {
	known := policy.Known{Strict: "ssl.", Variables: append([]string{"PGSSL", "PGSSLNEGOTIATION", "PGTARGETSESSIONATTRS"}, nodeVariables...), Properties: append(strings.Fields(`host hostname port
		path database db user username pass password sslnegotiation max idle_timeout timeout connect_timeout max_lifetime max_pipeline
		backoff keep_alive prepare no_prepare debug fetch_types publications target_session_attrs connection connection.* transform types onnotice
		onnotify onparameter onclose socket no_subscribe`), nodeSSL...)}
	if v, _ := policy.ParseVersion(s.Version); s.Version == "" || v.Before(postgresJSEnv) {
		known.Parameters = append([]string{"application_name"}, postgresJSOptions...)
		known.Given = queryOf
	}
	return known
}

// PrismaNames are what Prisma reads: up to 6 its engine, from 7 on and with an
// adapter node-postgres. Where the version is not declared, what only one of the
// two reads is read by nobody for sure.
func PrismaNames(s policy.Settings) policy.Known {
	_, adapter := s.Properties["adapter"]
	v, declared := policy.ParseVersion(s.Version)
	engine := rust.PrismaEngineNames(s)
	if declared && s.Version != "" && v.Before(prismaAdapters) && !adapter {
		return engine
	}
	known := PostgresNames(policy.Settings{})
	known.Properties = append(known.Properties, "adapter", "schema", "disposeExternalPool", "onPoolError", "onConnectionError")
	known.Variables = append(known.Variables, "DATABASE_URL")
	if s.Version == "" && !adapter {
		known.Parameters = slices.DeleteFunc(slices.Clone(known.Parameters), func(name string) bool { return !slices.Contains(engine.Parameters, name) })
	}
	return known
}

// queryOf are the parameters of a URL.
func queryOf(connection string) map[string]string {
	u, _ := parseNodeURL(connection)
	return u.query
}
