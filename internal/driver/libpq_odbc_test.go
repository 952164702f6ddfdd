package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestODBC(t *testing.T) {
	t.Parallel()

	with := func(rest string) policy.Settings {
		s := client("Driver={PostgreSQL Unicode};Server=h;"+rest, nil)
		s.Environment = env{"PGSSLROOTCERT": "/r", "PGSSLMODE": "verify-full"}
		return s
	}
	runPolicyCases(t, "odbc", map[string]policyCase{
		"disable is the default":             {with(""), "disable: P; declared"},
		"a mode":                             {with("SSLmode=verify-full"), "verify-full: T path name; declared"},
		"keywords in any case":               {with("SSLMODE=verify-ca"), "verify-ca: T path; declared"},
		"the short keyword and value":        {with("CA=vf"), "verify-full: T path name; declared"},
		"the first letter decides":           {with("SSLmode=reject"), "require: T path; declared"},
		"allow":                              {with("SSLmode=allow"), "allow: P/r, T path; declared"},
		"prefer":                             {with("SSLmode=prefer"), "prefer: T path/nfr, P; declared"},
		"an upper-case mode is disable":      {with("SSLmode=Require"), "disable: P; declared"},
		"another spelling of verify":         {with("SSLmode=verify_full"), `rejected invalid_settings: invalid sslmode value: "verify_full"`},
		"an attribute that it does not have": {client("Driver=x;Server=h;SSLmode=verify-ca;sslrootcert=/r", nil), "verify-ca: T path; missing"},
		"such one beside the environment":    {with("SSLmode=verify-ca;sslrootcert=/r"), "verify-ca: T path; declared"},
		"the last mode counts":               {with("SSLmode=disable;SSLmode=vc"), "verify-ca: T path; declared"},
		"pqopt":                              {with("SSLmode=require;pqopt={ssl_max_protocol_version=TLSv1.1}"), "rejected contradictory_settings: invalid SSL protocol version range"},
		"pqopt contradicts the default":      {with("pqopt={sslmode=require}"), "rejected contradictory_settings: sslmode parameter in pqopt option conflicts with other ordinary option"},
		"pqopt says the same":                {with("SSLmode=require;pqopt={sslmode=require}"), "require: T path; declared"},
		"pqopt that libpq does not take":     {with("pqopt={sslfoo=1}"), `rejected invalid_settings: invalid connection option "sslfoo"`},
		"a data source is not declared":      {client("DSN=orders", nil), "undecided"},
		"a data source beside a driver":      {with("DSN=orders"), "undecided"},
		"neither driver nor data source":     {client("Server=h", nil), "rejected invalid_settings: Data source name not found"},
		"the port is never the environment":  {policy.Settings{Connection: "Driver=x;Server=h", Version: "15", Environment: env{"PGPORT": "x"}}, "disable: P; none"},
		"psqlodbc's own version":             {policy.Settings{Connection: "Driver=x;Server=h;pqopt={sslnegotiation=postgres}", Version: "13.02.0000"}, "disable: P; none"},
		"libpq's version":                    {policy.Settings{Connection: "Driver=x;Server=h;pqopt={sslnegotiation=postgres}", Version: "13.22"}, `rejected invalid_settings: invalid connection option "sslnegotiation"`},
	})
}
