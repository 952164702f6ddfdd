package conninfo

// Newest is the newest major version of libpq that the rules know.
const Newest = 18

// option is one connection option of libpq.
type option struct {
	keyword string
	// variable is the environment variable that stands in; may be empty.
	variable string
	// since and before bound the major versions; zero is no bound.
	since, before int
}

// options are libpq's connection options in its own order.
//
// Source: PQconndefaults of libpq 12.22, 13.23, 14.23, 15.18, 16.14, 17.10
// and 18.4, listed by program.
var options = []option{
	{keyword: "authtype", variable: "PGAUTHTYPE", before: 14},
	{keyword: "service", variable: "PGSERVICE"},
	{keyword: "user", variable: "PGUSER"},
	{keyword: "password", variable: "PGPASSWORD"},
	{keyword: "passfile", variable: "PGPASSFILE"},
	{keyword: "channel_binding", variable: "PGCHANNELBINDING", since: 13},
	{keyword: "connect_timeout", variable: "PGCONNECT_TIMEOUT"},
	{keyword: "dbname", variable: "PGDATABASE"},
	{keyword: "host", variable: "PGHOST"},
	{keyword: "hostaddr", variable: "PGHOSTADDR"},
	{keyword: "port", variable: "PGPORT"},
	{keyword: "client_encoding", variable: "PGCLIENTENCODING"},
	{keyword: "tty", variable: "PGTTY", before: 14},
	{keyword: "options", variable: "PGOPTIONS"},
	{keyword: "application_name", variable: "PGAPPNAME"},
	{keyword: "fallback_application_name"},
	{keyword: "keepalives"},
	{keyword: "keepalives_idle"},
	{keyword: "keepalives_interval"},
	{keyword: "keepalives_count"},
	{keyword: "tcp_user_timeout"},
	{keyword: "sslmode", variable: "PGSSLMODE"},
	{keyword: "sslnegotiation", variable: "PGSSLNEGOTIATION", since: 17},
	{keyword: "sslcompression", variable: "PGSSLCOMPRESSION"},
	{keyword: "sslcert", variable: "PGSSLCERT"},
	{keyword: "sslkey", variable: "PGSSLKEY"},
	{keyword: "sslcertmode", variable: "PGSSLCERTMODE", since: 16},
	{keyword: "sslpassword", since: 13},
	{keyword: "sslrootcert", variable: "PGSSLROOTCERT"},
	{keyword: "sslcrl", variable: "PGSSLCRL"},
	{keyword: "sslcrldir", variable: "PGSSLCRLDIR", since: 14},
	{keyword: "sslsni", variable: "PGSSLSNI", since: 14},
	{keyword: "requirepeer", variable: "PGREQUIREPEER"},
	{keyword: "require_auth", variable: "PGREQUIREAUTH", since: 16},
	{keyword: "min_protocol_version", variable: "PGMINPROTOCOLVERSION", since: 18},
	{keyword: "max_protocol_version", variable: "PGMAXPROTOCOLVERSION", since: 18},
	{keyword: "ssl_min_protocol_version", variable: "PGSSLMINPROTOCOLVERSION", since: 13},
	{keyword: "ssl_max_protocol_version", variable: "PGSSLMAXPROTOCOLVERSION", since: 13},
	{keyword: "gssencmode", variable: "PGGSSENCMODE"},
	{keyword: "krbsrvname", variable: "PGKRBSRVNAME"},
	{keyword: "gsslib", variable: "PGGSSLIB"},
	{keyword: "gssdelegation", variable: "PGGSSDELEGATION", since: 16},
	{keyword: "replication"},
	{keyword: "target_session_attrs", variable: "PGTARGETSESSIONATTRS"},
	{keyword: "load_balance_hosts", variable: "PGLOADBALANCEHOSTS", since: 16},
	{keyword: "scram_client_key", since: 18},
	{keyword: "scram_server_key", since: 18},
	{keyword: "oauth_issuer", since: 18},
	{keyword: "oauth_client_id", since: 18},
	{keyword: "oauth_client_secret", since: 18},
	{keyword: "oauth_scope", since: 18},
	{keyword: "sslkeylogfile", since: 18},
}

func (o option) in(libpq int) bool {
	if libpq == 0 {
		libpq = Newest
	}
	return libpq >= o.since && (o.before == 0 || libpq < o.before)
}

// Known says whether a major version of libpq has a connection option; a
// version of zero is the newest known. Keywords are case-sensitive.
func Known(keyword string, libpq int) bool {
	for _, o := range options {
		if o.keyword == keyword {
			return o.in(libpq)
		}
	}
	return false
}

// Variables returns the environment variables that a major version of libpq
// reads, each with the keyword that it stands in for, in libpq's order.
func Variables(libpq int) []Setting {
	var variables []Setting
	for _, o := range options {
		if o.variable != "" && o.in(libpq) {
			variables = append(variables, Setting{Keyword: o.keyword, Value: o.variable})
		}
	}
	return variables
}
