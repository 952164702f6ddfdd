package node

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// variables are those of Node and of both drivers.
var variables = strings.Fields(`NODE_EXTRA_CA_CERTS NODE_OPTIONS NODE_TLS_REJECT_UNAUTHORIZED SSL_CERT_FILE SSL_CERT_DIR PGSSLMODE
	PGSSL PGSSLNEGOTIATION`)

// NodePostgresNames are the options of node-postgres' Client and Pool.
//
// Source: brianc/node-postgres, pg 8.23.1, lib/connection-parameters.js and
// lib/client.js; pg-pool 3, index.js.
var NodePostgresNames = policy.Known{Variables: variables, Properties: strings.Fields(`adapter connectionString user password host port database ssl ssl.* sslnegotiation application_name
	fallback_application_name statement_timeout query_timeout lock_timeout idle_in_transaction_session_timeout
	connectionTimeoutMillis keepAlive keepAliveInitialDelayMillis client_encoding options binary replication max min
	idleTimeoutMillis maxUses maxLifetimeSeconds allowExitOnIdle stream connection types Promise enableChannelBinding
	scramMaxIterations pipeline`)}

// PostgresJSNames are the options of postgres.js.
//
// Source: porsager/postgres v3.4.9, src/index.js, parseOptions.
var PostgresJSNames = policy.Known{Variables: variables, Properties: strings.Fields(`url host hostname port path database db user username pass password ssl ssl.* sslnegotiation max
	idle_timeout connect_timeout max_lifetime max_pipeline backoff keep_alive prepare debug fetch_types publications
	target_session_attrs connection connection.* transform types onnotice onparameter onclose socket parameters no_subscribe`)}
