package jvm

import "github.com/sslready/terraform-provider-sslready/internal/policy"

// PgjdbcReleases are those of pgjdbc.
var (
	PgjdbcReleases      = policy.NewReleases("pgjdbc", "driver_version", "42.2.5", "")
	pgjdbcPrimary       = PgjdbcReleases.Change("42.2.11") // targetServerType=primary
	pgjdbcGSSEncMode    = PgjdbcReleases.Change("42.2.15") // gssEncMode
	pgjdbcURLRewritten  = PgjdbcReleases.Change("42.3.2")  // Driver.parseURL
	pgjdbcURLError      = PgjdbcReleases.Change("42.3.4")  // "Unable to parse URL"
	pgjdbcPreferPrimary = PgjdbcReleases.Change("42.4.0")  // targetServerType=preferPrimary
	pgjdbcTLSTimeout    = PgjdbcReleases.Change("42.4.2")  // sslResponseTimeout
	pgjdbcDirect        = PgjdbcReleases.Change("42.7.4")  // sslNegotiation, channelBinding
	pgjdbcProtocols     = PgjdbcReleases.Change("42.7.6")  // protocolVersion=3.2
	pgjdbcBindingStrict = PgjdbcReleases.Change("42.7.7")  // channelBinding=require without SCRAM
	pgjdbcPEMKeys       = PgjdbcReleases.Change("42.7.9")  // sslkey may be PEM
	pgjdbcRequireAuth   = PgjdbcReleases.Change("42.7.11") // requireAuth
	pgjdbcKeyModes      = PgjdbcReleases.Change("42.7.13") // the mode of sslkey is looked at first
)

// R2DBCReleases are those of r2dbc-postgresql.
var (
	R2DBCReleases    = policy.NewReleases("r2dbc-postgresql", "driver_version", "1.0.0", "")
	r2dbcNegotiation = R2DBCReleases.Change("1.1.0") // sslNegotiation
)
