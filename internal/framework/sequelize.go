package framework

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// sequelize6Options are the names of dialectOptions that Sequelize 6 hands to
// node-postgres.
var sequelize6Options = strings.Fields(`application_name ssl client_encoding binary keepAlive statement_timeout query_timeout connectionTimeoutMillis
	idle_in_transaction_session_timeout lock_timeout options stream`)

// sequelizeConnection are the options of a connection of version 7, and the
// parameters that its URL may have but for the last one.
var sequelizeConnection = strings.Fields(`application_name client_encoding database host options password user binary keepAlive ssl statement_timeout port
	query_timeout keepAliveInitialDelayMillis idle_in_transaction_session_timeout connectionTimeoutMillis lock_timeout stream`)

// sequelize is the options object of Sequelize 6 or 7, the entry of a
// sequelize-cli's config, or a URL.
//
// Version 6 hands on the twelve names of dialectOptions above, of them for TLS
// only ssl; a top-level ssl is read by nobody. What its URL says of ssl replaces
// dialectOptions.ssl. Version 7 refuses a name that it does not know, in the
// options and in the URL, and options beat the URL.
//
// Source: sequelize/sequelize 6.37.8, lib/sequelize.js and
// lib/dialects/postgres/connection-manager.js; 7.0.0-alpha.48,
// @sequelize/core utils/connection-options.ts and @sequelize/postgres.
func sequelize(r request) []Alternative {
	text := r.text
	if !r.isText {
		text = r.settings.text("url")
		if variable := r.settings.text("use_env_variable"); variable != "" {
			if text = r.options.Environment[variable]; text == "" {
				return undecided(nodeDriver, policy.Unfilled("use_env_variable", variable))
			}
		}
	}
	if r.since("7") {
		return sequelize7(r, text)
	}
	c, s := client(nodeDriver), r.settings
	switch s.text("dialect") {
	case "postgres", "postgresql":
	case "":
		if text == "" {
			return refused(nodeDriver, "Dialect needs to be explicitly supplied as of v4.0.0")
		}
	default:
		return undecided(nodeDriver, "the option \"dialect\" is not postgres")
	}
	options := s.inner("dialectOptions")
	for _, name := range sequelize6Options {
		if value, given := options.take(name); given {
			nodeObject(&c, map[string]any{name: value})
		}
	}
	parts := urlParts{host: s.text("host"), port: s.text("port"), user: s.text("username"), database: s.text("database")}
	if text != "" {
		u, isURL := parseURL(text)
		if !isURL {
			return undecided(nodeDriver, "Sequelize cannot parse the URL")
		}
		if u.scheme != "postgres" && u.scheme != "postgresql" {
			return refused(nodeDriver, "The dialect "+u.scheme+" is not supported")
		}
		parts = sequelize6URL(&c, u, parts)
	}
	if parts.host == "" {
		c.add("host", "localhost")
	}
	c.address(parts, "database")
	options.unreadInto(&c)
	return s.done(c, slices.Concat(kept["sequelize"], kept["sequelize 6"])...)
}

// sequelize6URL hands on what a URL says: its ssl replaces the option. It returns the
// URL's parts, and the options for those that it does not have.
func sequelize6URL(c *Client, u, options urlParts) urlParts {
	for _, p := range u.query {
		switch {
		case slices.Contains(nodeTLSParameters, p.name), p.name == "host":
		case slices.Contains(sequelize6Options, p.name):
			c.Properties[p.name] = p.value
		default:
			c.Unread["url."+p.name] = p.value
		}
	}
	host, _ := u.get("host")
	u.host, u.port, u.user, u.database = cmp.Or(host, u.host), cmp.Or(u.port, options.port), cmp.Or(u.user, options.user), cmp.Or(u.database, options.database)
	if c.Connection = nodeURLWithTLS(u); c.Connection != "" {
		nodeSSL(c, nil)
	}
	return u
}

func sequelize7(r request, text string) []Alternative {
	c, s := client(nodeDriver), r.settings
	if r.isText {
		return refused(nodeDriver, "The Sequelize constructor no longer accepts a string as the first argument")
	}
	dialect := s.text("dialect")
	if dialect == "" {
		return refused(nodeDriver, `The "dialect" option must be explicitly supplied`)
	}
	if dialect != "postgres" && dialect != "@sequelize/postgres" && dialect != "PostgresDialect" {
		return undecided(nodeDriver, "the option \"dialect\" is not postgres")
	}
	if _, split := s.values["replication"].(map[string]any); split {
		return undecided(nodeDriver, "the option \"replication\" lists other servers, and it is not known which one is used")
	}
	for name := range s.values {
		if !slices.Contains(kept["sequelize"], name) && !slices.Contains(sequelizeConnection, name) {
			return refused(nodeDriver, "The following options are not recognized by Sequelize nor PostgresDialect")
		}
	}
	if text != "" {
		u, isURL := parseURL(text)
		if !isURL || u.scheme != "postgres" && u.scheme != "postgresql" {
			return refused(nodeDriver, "is not a valid connection URL")
		}
		c.address(u, "database")
		for _, p := range u.query {
			switch {
			case !slices.Contains(sequelizeConnection[:len(sequelizeConnection)-1], p.name):
				return refused(nodeDriver, "cannot be set as a connection URL search parameter")
			case p.name == "ssl" && !slices.Contains([]string{"true", "false"}, strings.ToLower(p.value)):
				return refused(nodeDriver, "Could not parse URL search parameter ssl")
			case p.name != "password":
				c.Properties[p.name] = p.value
			}
		}
	}
	connection := map[string]any{}
	for _, name := range sequelizeConnection {
		if value, given := s.take(name); given {
			connection[name] = value
		}
	}
	nodeObject(&c, connection)
	return one(c)
}
