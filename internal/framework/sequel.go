package framework

// sequelOwn are Sequel's own options.
var sequelOwn = []string{
	"adapter", "adapter_class", "password", "encoding", "charset", "max_connections", "pool_timeout", "pool_class", "single_threaded", "test", "logger", "loggers",
	"log_connection_info", "sql_log_level", "log_warn_duration", "extensions", "fetch_rows", "search_path", "sslrootcert", "notice_receiver", "after_connect", "connect_sqls",
	"convert_infinite_timestamps", "default_string_column_size", "force_standard_strings", "client_min_messages", "identifier_mangling", "quote_identifiers",
	"preconnect", "preconnect_extensions", "servers", "server", "keep_reference", "use_iso_date_format", "unescape", "name", "connect_opts_proc", "preserve_session",
	"identifier_input_method", "identifier_output_method", "before_preconnect", "cache_schema", "setup_regexp_function", "wrap_json_primitives", "driver_options", "uri", "orig_opts",
}

// sequel is a URL or a hash of Sequel 5's Sequel.connect.
//
// Of the keywords of libpq only host, port, the database, user,
// connect_timeout, sslmode and sslrootcert go on; driver_options go on as they
// are, and conn_str replaces everything. connect_timeout is 20 unless given.
// The URL's query beats its host and user.
//
// Source: jeremyevans/sequel, lib/sequel/adapters/postgres.rb, connect, and
// lib/sequel/database/connecting.rb, 5.63 and 5.106.
func sequel(r request) []Alternative {
	r = r.filled(erbSyntax)
	s := r.settings
	if r.isText {
		u, isURL := parseURL(r.text)
		if !isURL {
			return refused("ruby-pg", "AdapterNotFound")
		}
		s = newSection("", map[string]any{
			"adapter": u.scheme, "user": u.user, "host": u.host, "port": u.port, "database": u.database,
		})
		for _, p := range u.query {
			s.values[p.name] = p.value
		}
	}
	switch s.text("adapter") {
	case "postgres", "postgresql":
	default:
		return undecided("ruby-pg", "the adapter is not Sequel's own for PostgreSQL")
	}
	if s.text("driver") != "" {
		s.own("driver")
	}
	c := client("ruby-pg")
	user := s.text("user")
	if name := s.text("username"); name != "" {
		user = name
	}
	for keyword, value := range map[string]string{
		"host": s.text("host"), "port": s.text("port"), "dbname": s.text("database"), "user": user,
		"sslmode": s.text("sslmode"), "sslrootcert": s.text("sslrootcert"), "connect_timeout": s.text("connect_timeout"),
	} {
		c.set(keyword, value)
	}
	if c.Properties["connect_timeout"] == "" {
		c.add("connect_timeout", "20")
	}
	options := s.inner("driver_options")
	for _, name := range options.rest() {
		c.Properties[name] = scalar(options.values[name])
	}
	if connection := s.text("conn_str"); connection != "" {
		c = client("ruby-pg")
		c.Connection = connection
		delete(s.taken, "sslmode")
		delete(s.taken, "sslrootcert")
		s.own("host", "port", "database", "user", "username")
	}
	own := s.taken
	s.own(sequelOwn...)
	if c.Connection != "" && !own["sslrootcert"] {
		delete(s.taken, "sslrootcert")
	}
	s.unreadInto(&c)
	return one(c)
}
