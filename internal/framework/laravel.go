package framework

import (
	"encoding/json"
	"maps"
	"strings"
)

// laravelTLS are the settings of TLS that it hands on, in this order.
var laravelTLS = []string{"sslmode", "sslcert", "sslkey", "sslrootcert"}

// laravel is a connection of Laravel's config/database.php (driver pgsql), from
// 8.
//
// Only the names above reach PDO's DSN, unquoted: a semicolon in a path cuts
// it. url beats the keys beside it, and its query becomes keys.
//
// Source: laravel/framework, Illuminate/Database/Connectors/PostgresConnector.php,
// getDsn and addSslOptions, and Support/ConfigurationUrlParser.php, 8.83 and
// 13.26.
func laravel(r request) []Alternative {
	s := r.settings
	text := r.text
	if !r.isText {
		text = s.text("url")
	}
	if text != "" {
		u, isURL := parseURL(text)
		if !isURL {
			return refused("php-pgsql", "The database configuration URL is malformed")
		}
		s = laravelURL(s, u)
	}
	if driver := s.text("driver"); driver != "" && driver != "pgsql" {
		return undecided("php-pgsql", "the driver is not the one that Laravel has for PostgreSQL")
	}
	if _, split := s.values["read"].(map[string]any); split {
		return undecided("php-pgsql", "the keys \"read\" and \"write\" list other servers, and it is not known which one is used")
	}
	if options, given := s.values["options"].(string); given && options != "" {
		return refused("php-pgsql", "array_diff_key(): Argument #2 must be of type array")
	}
	c := client("php-pgsql")
	dsn := "pgsql:"
	if value, given := s.take("host"); given {
		dsn += "host=" + strings.Join(list(value), ",") + ";"
	}
	dsn += "dbname='" + s.text("connect_via_database", "database") + "'"
	if port, given := s.take("connect_via_port"); given {
		dsn += ";port=" + scalar(port)
		s.own("port")
	} else if port, given := s.take("port"); given {
		dsn += ";port=" + scalar(port)
	}
	if r.since("10") {
		if charset, given := s.take("charset"); given {
			dsn += ";client_encoding='" + scalar(charset) + "'"
		}
		if name, given := s.take("application_name"); given {
			dsn += ";application_name='" + strings.ReplaceAll(scalar(name), "'", `\'`) + "'"
		}
	}
	parts := []string{dsn}
	for _, name := range laravelTLS {
		if value, given := s.take(name); given {
			parts = append(parts, name+"="+laravelText(value))
		}
	}
	c.Connection = strings.Join(parts, ";")
	c.set("user", s.text("username"))
	return s.done(c, kept["laravel"]...)
}

// laravelURL merges a URL over the keys beside it. Values of the query that are
// JSON are decoded.
func laravelURL(s section, u urlParts) section {
	merged := map[string]any{}
	maps.Copy(merged, s.values)
	delete(merged, "url")
	driver := u.scheme
	if driver == "postgres" || driver == "postgresql" {
		driver = "pgsql"
	}
	for name, value := range map[string]string{"driver": driver, "database": u.database, "host": u.host, "port": u.port, "username": u.user} {
		if value != "" {
			merged[name] = value
		}
	}
	for _, p := range u.query {
		var decoded any
		if json.Unmarshal([]byte(p.value), &decoded) == nil {
			merged[p.name] = decoded
		} else {
			merged[p.name] = p.value
		}
	}
	return newSection("", merged)
}

// laravelText is a value as PHP puts it into a string.
func laravelText(value any) string {
	switch value {
	case true:
		return "1"
	case false:
		return ""
	}
	return scalar(value)
}
