package driver_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/vectors"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// wordCase is a list of words that a driver knows, each tried for itself.
type wordCase struct {
	driver, version string
	// words are separated by blanks.
	words string
	// in, with %s for the word, is the connection string.
	in string
	// property and variable are the names of a property and of an environment
	// variable, with %s for the word, that hold value.
	property, variable, value string
	// says is what the policy has to say, never what it must not; with %s for
	// the word.
	says, never string
}

func TestWordsThatDriversKnow(t *testing.T) {
	t.Parallel()

	const (
		pg      = "postgresql://db.example/x"
		sends   = "sends %s to the server"
		keyword = "host=h %s=1"
	)
	tests := map[string]wordCase{
		"asyncpg's arguments": {
			driver: "asyncpg", version: "0.25.0", in: pg, property: "%s", value: "1", never: "has no argument",
			words: "dsn host port user password passfile database timeout statement_cache_size max_cached_statement_lifetime max_cacheable_statement_size command_timeout ssl direct_tls server_settings",
		},
		"asyncpg's arguments before 0.30": {driver: "asyncpg", version: "0.29.0", in: pg, property: "%s", value: "1", says: `has no argument "%s"`, words: "krbsrvname gsslib"},
		"asyncpg's arguments since 0.30":  {driver: "asyncpg", version: "0.30.0", in: pg, property: "%s", value: "1", never: "has no argument", words: "krbsrvname gsslib"},
		"asyncpg's arguments before 0.31": {driver: "asyncpg", version: "0.30.0", in: pg, property: "%s", value: "1", says: `has no argument "%s"`, words: "service servicefile"},
		"asyncpg's arguments since 0.31":  {driver: "asyncpg", version: "0.31.0", in: pg, property: "%s", value: "1", never: "has no argument", words: "service servicefile"},
		"what asyncpg keeps to itself": {
			driver: "asyncpg", version: "0.25.0", in: pg + "?%s=1", never: "on to the server",
			words: "port host dbname database user password passfile sslmode sslcert sslkey sslrootcert sslcrl sslpassword ssl_min_protocol_version ssl_max_protocol_version",
		},
		"what asyncpg passes on": {
			driver: "asyncpg", version: "0.25.0", in: pg + "?%s=1", never: "on to the server",
			words: "application_name client_encoding client_min_messages datestyle default_transaction_isolation default_transaction_read_only extra_float_digits idle_in_transaction_session_timeout intervalstyle jit lock_timeout options role search_path standard_conforming_strings statement_timeout synchronous_commit tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval tcp_user_timeout timezone work_mem",
		},
		"what the server does not take from asyncpg": {
			driver: "asyncpg", version: "0.27.0", in: pg + "?%s=1", says: `passes "%s" on to the server, which does not know it`,
			words: "channel_binding connect_timeout direct_tls fallback_application_name gssdelegation gssencmode gsslib hostaddr keepalives keepalives_count keepalives_idle keepalives_interval krbsrvname load_balance_hosts min_protocol_version max_protocol_version oauth_issuer oauth_client_id prepared_statement_cache_size require_auth requirepeer requiressl service servicefile ssl_ca_file ssl_cert_file ssl_crl_file ssl_key_file sslca sslcertmode sslcompression sslkeylogfile sslnegotiation sslsni target_session_attrs timeout command_timeout",
		},
		"what psycopg keeps to itself": {
			driver: "psycopg", in: "host=h", property: "%s", value: "1", never: "rejected",
			words: "async async_ autocommit connection_factory context cursor_factory prepare_threshold row_factory",
		},
		"pg8000's arguments": {
			driver: "pg8000", version: "1.30.5", in: "host=h", property: "%s", value: "1", never: "has no argument",
			words: "user host database port password unix_sock source_address ssl ssl_context timeout application_name max_prepared_statements tcp_keepalive replication startup_params ca_certs cafile check_hostname verify_mode",
		},

		"methods of require_auth":          {driver: "libpq", version: "16", in: "host=h require_auth=%s", never: "rejected", words: "password md5 gss sspi scram-sha-256 none"},
		"values of channel_binding":        {driver: "libpq", version: "13", in: "host=h channel_binding=%s", never: "rejected", words: "disable prefer require"},
		"values of sslcertmode":            {driver: "libpq", version: "16", in: "host=h sslcertmode=%s", never: "rejected", words: "disable allow require"},
		"values of gssencmode":             {driver: "libpq", version: "12", in: "host=h gssencmode=%s", never: "rejected", words: "disable prefer"},
		"sessions that 13 looks for":       {driver: "libpq", version: "13", in: "host=h target_session_attrs=%s", never: "rejected", words: "any read-write"},
		"sessions that 14 looks for":       {driver: "libpq", version: "14", in: "host=h target_session_attrs=%s", never: "rejected", words: "any read-write read-only primary standby prefer-standby"},
		"values of load_balance_hosts":     {driver: "libpq", version: "16", in: "host=h load_balance_hosts=%s", never: "rejected", words: "disable random"},
		"values of min_protocol_version":   {driver: "libpq", version: "18", in: "host=h min_protocol_version=%s", never: "rejected", words: "3.0 3.2 latest"},
		"values of max_protocol_version":   {driver: "libpq", version: "18", in: "host=h max_protocol_version=%s", never: "rejected", words: "3.0 3.2 latest"},
		"what 12 checks the values of":     {driver: "libpq", version: "12", in: "host=h %s=x", says: `invalid %s value: "x"`, words: "sslmode gssencmode target_session_attrs"},
		"what 13 checks the values of":     {driver: "libpq", version: "13", in: "host=h %s=x", says: `invalid %s value: "x"`, words: "channel_binding ssl_min_protocol_version ssl_max_protocol_version"},
		"what 14 checks the values of":     {driver: "libpq", version: "14", in: "host=h %s=x", says: `invalid %s value: "x"`, words: "target_session_attrs"},
		"what 16 checks the values of":     {driver: "libpq", version: "16", in: "host=h %s=x", says: `invalid %s value: "x"`, words: "sslcertmode load_balance_hosts"},
		"what 18 checks the values of":     {driver: "libpq", version: "18", in: "host=h %s=x", says: `invalid %s value: "x"`, words: "min_protocol_version max_protocol_version sslnegotiation"},
		"attributes that psqlodbc renames": {driver: "odbc", in: "Driver=x;Server=h;PORT=1,2;%s=1", says: "could not match 2 port numbers to 1 hosts", words: "database uid username"},

		"variables that lib/pq 1.10 refuses": {
			driver: "lib-pq", version: "1.10.9", in: "host=h", variable: "%s", says: "does not support %s",
			words: "PGHOSTADDR PGSERVICE PGSERVICEFILE PGREALM PGREQUIRESSL PGSSLCRL PGREQUIREPEER PGKRBSRVNAME PGGSSLIB PGSYSCONFDIR PGLOCALEDIR",
		},
		"variables that lib/pq 1.11 refuses": {
			driver: "lib-pq", version: "1.11.0", in: "host=h", variable: "%s", says: "does not support %s",
			words: "PGREQUIRESSL PGSSLCOMPRESSION PGREALM PGGSSENCMODE PGGSSDELEGATION PGGSSLIB PGREQUIREAUTH PGCHANNELBINDING PGSSLCERTMODE PGSSLCRL PGSSLCRLDIR PGREQUIREPEER PGKRBSRVNAME PGSERVICE PGSERVICEFILE PGSYSCONFDIR PGLOCALEDIR PGSSLMINPROTOCOLVERSION PGSSLMAXPROTOCOLVERSION PGMINPROTOCOLVERSION PGMAXPROTOCOLVERSION",
		},
		"what lib/pq 1.10 keeps to itself": {
			driver: "lib-pq", version: "1.10.0", in: keyword, never: sends,
			words: "port database user password sslcert sslkey sslrootcert sslinline fallback_application_name connect_timeout disable_prepared_binary_result binary_parameters krbsrvname krbspn passfile",
		},
		"what lib/pq 1.11 keeps to itself": {driver: "lib-pq", version: "1.11.0", in: keyword, never: "to the server", words: "hostaddr tz"},
		"what lib/pq 1.12 keeps to itself": {driver: "lib-pq", version: "1.12.0", in: "host=h %s=''", never: sends, words: "service min_protocol_version max_protocol_version"},
		"hosts that lib/pq takes turns at": {driver: "lib-pq", version: "1.11.0", in: "host=h load_balance_hosts=%s", never: "rejected", words: "disable random"},
		"values of lib/pq's sslsni":        {driver: "lib-pq", version: "1.11.0", in: "host=h sslsni=%s", never: "rejected", words: "yes on true 1 no off false 0 y t n f"},
		"protocols that lib/pq knows":      {driver: "lib-pq", version: "1.12.0", in: "host=h ssl_min_protocol_version=%s", says: "offers %s..", words: "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"},
		"sessions that lib/pq looks for":   {driver: "lib-pq", version: "1.11.0", in: "host=h target_session_attrs=%s", never: "rejected", words: "any read-write read-only primary standby prefer-standby"},

		"what pgx 5.3 keeps to itself": {
			driver: "pgx", version: "5.3.0", in: "host=h %s=''", never: sends,
			words: "database password passfile sslpassword sslsni krbspn krbsrvname service servicefile default_query_exec_mode statement_cache_capacity description_cache_capacity",
		},
		"what pgx keeps to itself since 5.7.5": {driver: "pgx", version: "5.7.5", in: keyword, never: sends, words: "sslnegotiation"},
		"what pgx 5.7.4 sends":                 {driver: "pgx", version: "5.7.4", in: keyword, says: sends, words: "sslnegotiation channel_binding"},
		"what pgx keeps to itself since 5.9":   {driver: "pgx", version: "5.9.0", in: "host=h %s=''", never: sends, words: "min_protocol_version max_protocol_version channel_binding"},
		"what pgx 5.8 sends":                   {driver: "pgx", version: "5.8.0", in: keyword, says: sends, words: "min_protocol_version max_protocol_version channel_binding"},
		"what pgx keeps to itself since 5.10":  {driver: "pgx", version: "5.10.0", in: keyword, never: sends, words: "require_auth"},
		"what pgx 5.9 sends":                   {driver: "pgx", version: "5.9.0", in: keyword, says: sends, words: "require_auth"},
		"what pgx keeps to itself since 5.12":  {driver: "pgx", version: "5.12.0", in: keyword, never: sends, words: "sslcertmode"},
		"what pgx 5.11 sends":                  {driver: "pgx", version: "5.11.0", in: keyword, says: sends, words: "sslcertmode"},
		"bindings that pgx knows":              {driver: "pgx", version: "5.9.0", in: "host=h channel_binding=%s", never: "rejected", words: "disable prefer require"},
		"sessions that pgx looks for":          {driver: "pgx", in: "host=h target_session_attrs=%s", never: "rejected", words: "any read-write read-only primary standby prefer-standby"},
		"sessions that pgx may not find":       {driver: "pgx", in: "host=h target_session_attrs=%s", says: "doubt: it is not known whether the server satisfies target_session_attrs", words: "read-write read-only primary standby"},
		"sessions that pgx always finds":       {driver: "pgx", in: "host=h target_session_attrs=%s", never: "doubt", words: "any prefer-standby"},

		"what postgres.js keeps to itself": {
			driver: "postgres.js", version: "3.0.0", in: "postgres://h/d?%s=", never: sends,
			words: "max ssl sslmode idle_timeout connect_timeout max_lifetime max_pipeline backoff keep_alive prepare debug fetch_types publications target_session_attrs",
		},
		"what postgres.js keeps to itself since 3.4.8": {driver: "postgres.js", version: "3.4.8", in: "postgres://h/d?%s=1", never: sends, words: "sslnegotiation"},
		"what postgres.js 3.4.7 sends":                 {driver: "postgres.js", version: "3.4.7", in: "postgres://h/d?%s=1", says: sends, words: "sslnegotiation"},
		"options of Node that are not covered": {
			driver: "node-postgres", in: "postgres://h/d", property: "%s", value: "x", says: "undecided: the rules do not cover the option %s",
			words: "ssl.cert ssl.key ssl.pfx ssl.ciphers ssl.sigalgs ssl.ecdhCurve ssl.secureOptions ssl.secureProtocol ssl.crl ssl.session ssl.ALPNProtocols ssl.secureContext ssl.host ssl.port ssl.path ssl.socket ssl.lookup ssl.minDHSize ssl.allowPartialTrustChain stream connection socket path",
		},
		"protocols that Node knows": {
			driver: "node-postgres", in: "postgres://h/d", property: "ssl.minVersion", value: "%s", never: "has no TLS protocol version",
			words: "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
		},
		"flags of Node that are not covered": {
			driver: "node-postgres", in: "postgres://h/d", variable: "NODE_OPTIONS", value: "%s", says: "undecided: the rules do not cover what Node's option %s changes",
			words: "--use-system-ca --tls-cipher-list=x --openssl-config=x --force-fips --enable-fips --secure-heap=1 --use-openssl-ca=x",
		},

		"keywords of PgBouncer's databases": {
			driver: "pgbouncer", in: "%s=1", never: "does not know the keyword",
			words: "application_name auth_dbname auth_query auth_user client_encoding connect_query datestyle dbname host load_balance_hosts max_db_client_connections max_db_connections min_pool_size password pool_mode pool_size port query_wait_timeout reserve_pool reserve_pool_size server_lifetime timezone user",
		},
		"sets of cipher suites": {
			driver: "pgbouncer", in: "host=h", property: "server_tls_ciphers", value: "%s", never: "doubt",
			words: "default secure compat legacy all insecure normal fast",
		},
		"numbers of pgjdbc": {
			driver: "pgjdbc", in: "jdbc:postgresql://h/d?%s=x", says: "%s parameter value must be an integer",
			words: "connectTimeout socketTimeout receiveBufferSize sendBufferSize cancelSignalTimeout prepareThreshold defaultRowFetchSize unknownLength preparedStatementCacheQueries databaseMetadataCacheFields",
		},
		"keywords of Npgsql": {
			driver: "npgsql", version: "9.0.0", in: "Host=h;%s=1", never: "does not know the keyword",
			words: "host server port database db username userid uid password psw pwd passfile applicationname enlist searchpath clientencoding encoding timezone sslmode sslcertificate sslkey sslpassword rootcertificate checkcertificaterevocation trustservercertificate kerberosservicename krbsrvname includerealm persistsecurityinfo logparameters includeerrordetail pooling minpoolsize minimumpoolsize maxpoolsize maximumpoolsize connectionidlelifetime connectionpruninginterval connectionlifetime loadbalancetimeout timeout commandtimeout internalcommandtimeout cancellationtimeout targetsessionattributes loadbalancehosts hostrecheckseconds keepalive tcpkeepalive tcpkeepalivetime tcpkeepaliveinterval readbuffersize writebuffersize socketreceivebuffersize socketsendbuffersize maxautoprepare autoprepareminusages noresetonclose loadtablecomposites replicationmode options arraynullabilitymode multiplexing writecoalescingbufferthresholdbytes servercompatibilitymode",
		},
		"keywords that Npgsql 7 still takes": {
			driver: "npgsql", version: "7.0.0", in: "Host=h;%s=1", never: "does not know the keyword",
			words: "integratedsecurity entitytemplatedatabase eftemplatedatabase entityadmindatabase efadmindatabase convertinfinitydatetime continuousprocessing backendtimeouts preloadreader useextendedtypes usesslstream useperfcounters clientcertificate clientcertificatekey includeerrordetails",
		},
		"numbers of Prisma": {
			driver: "prisma", version: "5.0.0", in: "postgresql://h/d?%s=x", says: "the value of %s is not a number",
			words: "statement_cache_size connection_limit socket_timeout connect_timeout pool_timeout max_connection_lifetime max_idle_connection_lifetime",
		},
		"properties of sqlx":           {driver: "sqlx", in: "postgres://h/d", property: "%s", value: "x", never: "do not cover the property", words: "port username database application_name"},
		"properties of tokio-postgres": {driver: "tokio-postgres", in: "postgres://h/d", property: "%s", value: "x", never: "do not cover the property", words: "port user dbname application_name"},
		"options of tokio-postgres": {
			driver: "tokio-postgres", version: "0.7.0", in: "host=h sslmode=disable %s=1", never: "rejected",
			words: "user password dbname options application_name connect_timeout keepalives keepalives_idle",
		},
		"options of tokio-postgres before 0.7.8": {driver: "tokio-postgres", version: "0.7.7", in: "host=h %s=1", says: "unknown option `%s`", words: "keepalives_interval keepalives_retries tcp_user_timeout hostaddr"},
		"options of tokio-postgres since 0.7.8":  {driver: "tokio-postgres", version: "0.7.8", in: "host=h sslmode=disable %s=1", never: "rejected", words: "keepalives_interval keepalives_retries tcp_user_timeout"},
		"numbers of tokio-postgres":              {driver: "tokio-postgres", in: "host=h %s=x", says: "invalid value for option `%s`", words: "connect_timeout keepalives keepalives_idle keepalives_interval keepalives_retries tcp_user_timeout"},
		"modes of tokio-postgres":                {driver: "tokio-postgres", in: "host=h sslmode=%s", never: "rejected", words: "disable prefer"},
		"bindings of tokio-postgres":             {driver: "tokio-postgres", in: "host=h channel_binding=%s", never: "rejected", words: "disable prefer require"},
		"values of load_balance_hosts in Rust":   {driver: "tokio-postgres", version: "0.7.9", in: "host=h load_balance_hosts=%s", never: "rejected", words: "disable random"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for word := range strings.FieldsSeq(tc.words) {
				tc.try(t, word)
			}
		})
	}
}

func (tc wordCase) try(t *testing.T, word string) {
	t.Helper()
	fill := func(text string) string { return strings.ReplaceAll(text, "%s", word) }
	settings := policy.Settings{Driver: tc.driver, Version: tc.version, Connection: fill(tc.in), StoreDeclared: true}
	if tc.property != "" {
		settings.Properties = map[string]string{fill(tc.property): fill(tc.value)}
	}
	if tc.variable != "" {
		settings.Environment = map[string]string{fill(tc.variable): fill(tc.value)}
	}
	got := vectors.Written(driver.Resolve(settings))
	if tc.says != "" && !strings.Contains(got, fill(tc.says)) {
		t.Errorf("%s: policy %q does not say %q", word, got, fill(tc.says))
	}
	if tc.never != "" && strings.Contains(got, fill(tc.never)) {
		t.Errorf("%s: policy %q says %q", word, got, fill(tc.never))
	}
}

// Which drivers there are is the registry's to say: a driver that is lost from it
// fails its vectors and the judge's settings.
func TestNamesAreSorted(t *testing.T) {
	t.Parallel()

	if names := driver.Names(); len(names) == 0 || !slices.IsSorted(names) {
		t.Errorf("names: %q", names)
	}
}

func TestSecretInIsByNameAndByValue(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"password", "pwd", "Pass", "PGPASSWORD", "sslpassword", "ssl.passphrase", "javax.net.ssl.keyStorePassword"} {
		if got := driver.SecretIn(name, "x"); got != driver.Password {
			t.Errorf("%s holds %q, want a password", name, got)
		}
	}
	for _, name := range []string{
		"POSTGRES_PASSWORD", "DB_PASSWORD", "DB_PASS", "SPRING_DATASOURCE_PASSWORD", "PGSSLPASSWORD", "dataSource.password", "spring.datasource.hikari.password",
		"PSW", "SSL Password", "hibernate.connection.password", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "API_TOKEN", "SECRET_KEY_BASE", "ssl.pfx",
		"STRIPE_API_KEY", "GITHUB_TOKEN", "CLIENT_SECRET", "ENCRYPTION_PRIVATE_KEY", "GOOGLE_CREDENTIALS", "APP_KEY", "ENCRYPTION_KEY", "DB_PW", "GITHUB_PAT", "SESSION_JWT",
	} {
		if got := driver.SecretIn(name, "x"); got == "" {
			t.Errorf("%s holds nothing", name)
		}
		if got := driver.SecretIn(name, ""); got != "" {
			t.Errorf("%s without a value holds %q", name, got)
		}
	}
	for _, name := range []string{"PGPASSFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "sslpasswordcallback", "sslmode", "ssl.key", "ssl.ca", "user", "passfile", "javax.net.ssl.trustStorePassword"} {
		if got := driver.SecretIn(name, "x"); got != "" {
			t.Errorf("%s holds %q, and it is of no user and no key", name, got)
		}
	}
	for _, file := range []string{"/etc/ssl/client.key", "./client.pem", "client.pk8", "~/.postgresql/postgresql.key", `C:\\keys\\client`, "classpath:client"} {
		if got := driver.SecretIn("TLS_CLIENT_KEY", file); got != "" {
			t.Errorf("the file %s holds %q", file, got)
		}
	}
	const key, certificate = "-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN CERTIFICATE-----"
	for value, want := range map[string]driver.Secret{
		"postgres://app:hunter2@orders/app":               driver.Password,
		"postgres://app@orders/app":                       "",
		"password=hunter2":                                driver.Password,
		"  postgres://app:hunter2@orders/app":             driver.Password,
		"'postgres://app:hunter2@orders/app'":             driver.Password,
		"psql postgresql://app:hunter2@orders/app":        driver.Password,
		"DATABASE_URL=postgresql://app:hunter2@orders/a":  driver.Password,
		"prisma://accelerate.example/?api_key=hunter2":    driver.Password,
		"Host=orders;Username=app;PSW=hunter2":            driver.Password,
		`{"passphrase":"hunter2"}`:                        driver.Password,
		`{"ssl":{"ca":"x","key":"` + key + `"}}`:          driver.PrivateKey,
		"ghp_0123456789abcdefghijABCDEFGHIJ":              driver.Token,
		"Bearer eyJhbGciOiJI.eyJzdWIiOiIx.c2ln":           driver.Token,
		`{"pfx":"MIIB"}`:                                  driver.PrivateKey,
		`{"rejectUnauthorized":false}`:                    "",
		"orders:5432:app:app:hunter2":                     driver.Password,
		"-Xmx1g -Djavax.net.ssl.keyStorePassword=hunter2": driver.Password,
		"-Dx=y postgres://app:hunter2@orders/app":         driver.Password,
		"Host=h;Password=hunter2;Database=app-Dev;Port=1": driver.Password,
		"Host=h;Database=app-Dev;Passwd=hunter2":          driver.Password,
		"jdbc:postgresql://h/d?user=a&password=hunter2&ApplicationName=billing-Daily&sslmode=require": driver.Password,
		"postgresql://h/d?application_name=x-Data&password=hunter2&sslmode=require":                   driver.Password,
		"-Xmx1g -DJAVAX.net.ssl.keyStorePassword=hunter2":                                             driver.Password,
		"-Djavax.net.ssl.trustStorePassword=changeit":                                                 "",
		key:         driver.PrivateKey,
		certificate: "",
	} {
		if got := driver.SecretIn("VARIABLE", value); got != want {
			t.Errorf("%q holds %q, want %q", value, got, want)
		}
	}
	if got := driver.SecretIn("password", "hunter2' || readFileSync('/run/password')"); got != driver.Password {
		t.Errorf("a password beside a call: %q", got)
	}
	if got := driver.SecretIn("ssl.pfx", "fs.readFileSync('/etc/ssl/client.p12')"); got != "" {
		t.Errorf("the name of a file holds %q", got)
	}
	if got := driver.SecretInText("worker:1@host"); got != "" {
		t.Errorf("the name of an application holds %q", got)
	}
	for connection, want := range map[string]driver.Secret{
		"host=h password=hunter2":                                     driver.Password,
		"postgres://app:hunter2@orders/app":                           driver.Password,
		"host=h user=app":                                             "",
		"sslkey='" + key + "'":                                        driver.PrivateKey,
		"sslrootcert='" + certificate + "'":                           "",
		"app:hunter2@orders/app":                                      driver.Password,
		"//app:hunter2@orders/app":                                    driver.Password,
		"postgresql:app:hunter2@orders":                               driver.Password,
		"'app:hunter2@tcp(orders)/app'":                               driver.Password,
		"postgres:/app:hunter2@orders/app":                            driver.Password,
		"postgres ://app:hunter2@orders/a":                            driver.Password,
		"orders:5432:app:app:hunter2":                                 driver.Password, // of a password file
		"*:*:*:app:hunter2":                                           driver.Password,
		"orders:5432/?Action=connect&DBUser=app&X-Amz-Signature=0a1b": driver.Token,
		"postgres://app@orders/app?sslkey=" + url.QueryEscape(key):    driver.PrivateKey,
		"fe80:0:1:2:3:4:5:6":                                          "",
		"postgres:16@sha256:0123":                                     "",
		"orders:5432/app":                                             "",
		"mailto:dba@example.com":                                      "",
		"C:\\store\\a@b":                                              "",
	} {
		if got := driver.SecretInConnection(connection); got != want {
			t.Errorf("%q holds %q, want %q", connection, got, want)
		}
	}
}
