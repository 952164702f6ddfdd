package libpq

import (
	"errors"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// serviceFile is the property that declares the content of the service file
// which PGSERVICEFILE or the default place gives the client.
const serviceFile = "pg_service.conf"

// withService adds the settings of a service. The policy is set where that is
// not possible.
//
// Source: fe-connect.c, parseServiceInfo, 12 to 18.
func withService(s policy.Settings, b libpqBuild, given conninfo.Settings) (conninfo.Settings, *policy.Policy) {
	service, named := given.Get("service")
	if !named {
		service, named = s.Environment["PGSERVICE"]
	}
	if !named {
		return given, nil
	}
	content, declared := s.Properties[serviceFile]
	if !declared {
		return nil, &policy.Policy{Undecided: "the settings name a service, but the content of the service file is not declared: declare it as the property \"" + serviceFile + "\", or write the service's settings into the connection string"}
	}
	all, err := conninfo.Service(given, content, service, b.libpq)
	if errors.Is(err, conninfo.ErrLDAPService) {
		return nil, &policy.Policy{Undecided: err.Error()}
	}
	if err != nil {
		return nil, new(refusedConninfo(err))
	}
	return all, nil
}

// withLibpqDefaults adds what the environment and libpq itself give.
//
// PGREQUIRESSL counts where neither a setting nor PGSSLMODE names a mode.
// From 16 on, sslrootcert=system alone means verify-full.
//
// Source: fe-connect.c, conninfo_add_defaults, 12 to 18.
func withLibpqDefaults(s policy.Settings, b libpqBuild, given conninfo.Settings) conninfo.Settings {
	settings := append(conninfo.Settings{}, given...)
	for _, variable := range conninfo.Variables(b.libpq) {
		if _, set := settings.Get(variable.Keyword); set {
			continue
		}
		if value, set := s.Environment[variable.Value]; set {
			settings = settings.With(variable.Keyword, value)
		}
	}
	root, _ := settings.Get("sslrootcert")
	_, hasMode := settings.Get("sslmode")
	switch {
	case hasMode:
	case strings.HasPrefix(s.Environment["PGREQUIRESSL"], "1"):
		settings = settings.With("sslmode", "require")
	case root == "system" && b.libpq >= 16:
		settings = settings.With("sslmode", "verify-full")
	default:
		settings = settings.With("sslmode", "prefer")
	}
	if _, set := settings.Get("ssl_min_protocol_version"); !set && b.libpq >= 13 {
		settings = settings.With("ssl_min_protocol_version", "TLSv1.2")
	}
	return settings
}

// refusedConninfo is the policy of a client whose connection string libpq
// does not take.
func refusedConninfo(err error) policy.Policy {
	rejection := policy.Rejection{Reason: policy.ReasonInvalidSettings, Detail: "libpq does not accept the connection string"}
	if refused, ok := errors.AsType[*conninfo.Error](err); ok {
		rejection.Client = refused.Client
		rejection.Detail += ": " + refused.Err.Error()
	}
	return policy.Policy{Rejection: &rejection}
}
