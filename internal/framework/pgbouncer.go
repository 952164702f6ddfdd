package framework

import (
	"maps"
	"slices"
	"strings"
)

// pgbouncerServer are the settings of [pgbouncer] that concern TLS to the
// server.
var pgbouncerServer = []string{
	"server_tls_sslmode", "server_tls_ca_file", "server_tls_key_file", "server_tls_cert_file", "server_tls_protocols", "server_tls_ciphers", "server_tls13_ciphers",
}

// pgbouncerOther are the other settings of [pgbouncer], in any version up to
// 1.25. An unknown one ends the start.
var pgbouncerOther = strings.Fields(`logfile pidfile listen_addr listen_port unix_socket_dir unix_socket_mode unix_socket_group user pool_mode max_client_conn
	default_pool_size min_pool_size reserve_pool_size reserve_pool_timeout max_db_connections max_user_connections server_round_robin ignore_startup_parameters
	disable_pqexec application_name_add_host conffile service_name job_name stats_period auth_type auth_hba_file auth_file auth_user auth_query syslog syslog_ident
	syslog_facility log_connections log_disconnections log_pooler_errors log_stats verbose admin_users stats_users server_reset_query server_reset_query_always
	server_check_delay server_check_query server_fast_close server_lifetime server_idle_timeout server_connect_timeout server_login_retry client_login_timeout
	autodb_idle_timeout dns_max_ttl dns_nxdomain_ttl dns_zone_check_period resolv_conf client_tls_sslmode client_tls_key_file client_tls_cert_file client_tls_ca_file
	client_tls_protocols client_tls_ciphers client_tls13_ciphers client_tls_ecdhcurve client_tls_dheparams query_timeout query_wait_timeout client_idle_timeout
	idle_transaction_timeout suspend_timeout pkt_buf max_packet_size listen_backlog sbuf_loopcnt so_reuseport tcp_defer_accept tcp_socket_buffer tcp_keepalive
	tcp_keepcnt tcp_keepidle tcp_keepintvl tcp_user_timeout auth_dbname auth_ident_file auth_ldap_options cancel_wait_timeout max_db_client_connections max_prepared_statements
	max_user_client_connections peer_id query_wait_notify scram_iterations track_extra_parameters transaction_timeout track_startup_parameters load_balance_hosts`)

// pgbouncerIni is a pgbouncer.ini: its text, or an object with databases and
// pgbouncer.
//
// Each database of [databases] is a client; where there are several, all of
// them are.
//
// Source: pgbouncer/pgbouncer, src/main.c and src/loader.c, 1.18 to 1.25.
func pgbouncerIni(r request) []Alternative {
	s := r.settings
	if r.isText {
		values, included := parseINI(r.text)
		if included {
			return undecided("pgbouncer", "%include names another file, and its content is not declared")
		}
		s = newSection("", values)
	}
	base := client("pgbouncer")
	base.DriverVersion = r.options.DriverVersion
	settings := s.inner("pgbouncer")
	for _, name := range settings.rest() {
		value := scalar(settings.values[name])
		switch {
		case slices.Contains(pgbouncerServer, name):
			base.Properties[name] = value
		case !slices.Contains(pgbouncerOther, name):
			return refused("pgbouncer", "unknown parameter: pgbouncer/"+name)
		}
	}
	var all []Alternative
	databases := s.inner("databases")
	for _, name := range databases.rest() {
		c := base
		c.Properties, c.Unread = maps.Clone(base.Properties), map[string]string{}
		c.Connection = scalar(databases.values[name])
		all = append(all, Alternative{When: "for the database " + name, Client: c})
	}
	if len(all) == 0 {
		return undecided("pgbouncer", "[databases] names no database")
	}
	return all
}

// parseINI reads sections of key = value lines; included says that another file
// is read in.
func parseINI(text string) (values map[string]any, included bool) {
	values = map[string]any{}
	current := map[string]any{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "", line[0] == ';', line[0] == '#':
		case strings.HasPrefix(line, "%include"):
			return values, true
		case line[0] == '[':
			current = map[string]any{}
			values[strings.Trim(line, "[] ")] = current
		default:
			name, value, _ := strings.Cut(line, "=")
			current[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return values, false
}
