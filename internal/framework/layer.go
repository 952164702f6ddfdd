package framework

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// layeredScheme is the scheme by which a URL names SQLAlchemy's dialect and its
// driver.
var layeredScheme = regexp.MustCompile(`^postgres(?:ql)?\+(\w+)://`)

// Layer says which framework's URL a client's connection string is, by its
// scheme, and what the framework hands to the declared driver. The name is empty
// for a connection string of the driver's own.
//
// A URL that names another driver than the declared one leaves it undecided.
//
// Source: sqlalchemy/sqlalchemy, engine/url.py, make_url; see [Resolve].
func Layer(s policy.Settings) (name string, r Result) {
	found := layeredScheme.FindStringSubmatch(s.Connection)
	if found == nil {
		return "", Result{}
	}
	dialect, known := sqlalchemyDrivers[found[1]]
	if known && dialect.driver != s.Driver || !known && !slices.ContainsFunc(slices.Collect(maps.Values(sqlalchemyDrivers)), func(d sqlalchemyDriver) bool { return d.driver == s.Driver }) {
		return "sqlalchemy", Result{Client: Client{Driver: s.Driver, Undecided: fmt.Sprintf(
			"the connection is a SQLAlchemy URL for %s, but the declared driver is %s: declare the driver that the URL names, or the connection string that %s gets", found[1], s.Driver, s.Driver)}}
	}
	options := Options{DriverVersion: s.Version, Environment: s.Environment}
	if known {
		options.Driver = s.Driver
	}
	r, err := Resolve("sqlalchemy", s.Connection, options)
	if err != nil {
		r.Client = Client{Driver: s.Driver, Undecided: err.Error()}
	}
	return "sqlalchemy", r
}
