package deployment

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// service reads the file of a service that the settings of a client on libpq
// name: the user's, and where that has none of the name, the system's.
//
// Source: libpq, fe-connect.c, parseServiceInfo.
func (c *completion) service() {
	const property = "pg_service.conf"
	_, declared := c.declared.Properties[property]
	if declared || !libpqBased(c.Settings.Driver) || !c.mentions("service", "PGSERVICE") {
		return
	}
	user := c.Settings.Environment["PGSERVICEFILE"]
	if user == "" && c.process.home != "" && !c.bareHome() {
		user = path.Join(c.process.home, ".pg_service.conf")
	}
	names := []string{user}
	if folder := c.Settings.Environment["PGSYSCONFDIR"]; folder != "" {
		names = append(names, path.Join(folder, "pg_service.conf"))
	}
	var all strings.Builder
	for _, name := range names {
		if name == "" {
			continue
		}
		name = c.absolute(name)
		content, err := c.read(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			c.unknown("%s cannot be read: %s", name, reason(err))
			return
		}
		all.WriteString(withoutPasswords(string(content)) + "\n")
	}
	if all.Len() > 0 {
		c.property(property, all.String())
	}
}

// mentions says whether the settings can name something by a keyword or a
// variable.
func (c *completion) mentions(keyword, variable string) bool {
	_, property := c.Settings.Properties[keyword]
	return property || c.Settings.Environment[variable] != "" || strings.Contains(c.Settings.Connection, keyword+"=") || strings.Contains(c.Settings.Connection, keyword+" ")
}

// bareHome says that the home directory is AWS Lambda's own, with nothing in it.
func (c *completion) bareHome() bool {
	return c.lambda && !strings.HasPrefix(c.process.home, "/var/task") && !strings.HasPrefix(c.process.home, "/opt")
}

func withoutPasswords(service string) string {
	var kept strings.Builder
	for line := range strings.Lines(service) {
		if keyword, _, _ := strings.Cut(strings.TrimSpace(line), "="); keyword != "password" && keyword != "sslpassword" {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// revocations is the list of revoked certificates that libpq takes from the home
// directory without being told. It counts as if a variable named it.
//
// Source: libpq, fe-secure-openssl.c, initialize_SSL.
func (c *completion) revocations() {
	if c.process.home == "" || c.bareHome() || !libpqBased(c.Settings.Driver) || c.mentions("sslcrl", "PGSSLCRL") {
		return
	}
	name := path.Join(c.process.home, ".postgresql/root.crl")
	if _, err := fs.Stat(c.files, inside(name)); !errors.Is(err, fs.ErrNotExist) {
		c.Settings.Environment["PGSSLCRL"] = name
	}
}

// pgbouncer takes what PgBouncer's file says of TLS to servers, unless something
// is declared. The command names the file.
//
// Source: pgbouncer, config.md, and lib/usual/cfparser.c.
func (c *completion) pgbouncer(command []string) {
	const prefix = "server_tls_"
	if c.Settings.Driver != "pgbouncer" || len(c.declared.Properties) > 0 {
		return
	}
	started, name := len(command) == 0, "/etc/pgbouncer/pgbouncer.ini"
	for word := range strings.FieldsSeq(strings.Join(command, " ")) {
		switch {
		case path.Base(word) == "pgbouncer":
			started = true
		case strings.HasSuffix(word, ".ini"), started && !strings.HasPrefix(word, "-"):
			name = word
		}
	}
	if name = c.absolute(name); !started {
		c.unknown("the command of the image does not say which file PgBouncer reads: in \"properties\", declare the settings that start with %s", prefix)
		return
	}
	content, err := c.read(name)
	if err != nil {
		c.unknown("the settings of PgBouncer in %s cannot be read: in \"properties\", declare those that start with %s", name, prefix)
		return
	}
	section := ""
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		key, value, _ := strings.Cut(line, "=")
		switch key = strings.TrimSpace(key); {
		case strings.HasPrefix(line, "["):
			section = line
		case strings.HasPrefix(line, "%include"):
			c.unknown("%s includes another file: in \"properties\", declare the settings that start with %s", name, prefix)
		case section == "[pgbouncer]" && strings.HasPrefix(key, prefix):
			c.property(key, strings.TrimSpace(value))
		}
	}
}
