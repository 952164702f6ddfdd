package driver_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// summary writes a policy in one line: what is tried in which order, what is
// verified, and against which anchors. "T" is TLS and "P" plaintext; "path"
// and "name" are verified; letters after a slash are the failures after which
// the next attempt is made: n TLSUnsupported, f TLSFailed, r ServerRefused.
func summary(p policy.Policy) string {
	switch {
	case p.Undecided != "":
		return "undecided"
	case p.Rejection != nil:
		return "rejected " + p.Rejection.Reason + ": " + p.Rejection.Client
	}
	var words []string
	for _, a := range p.Attempts {
		words = append(words, attemptSummary(a))
	}
	sources := map[policy.Source]string{
		policy.NoSource: "none", policy.Declared: "declared", policy.Missing: "missing",
		policy.SystemStore: "system", policy.EmptyStore: "empty",
	}
	line := p.Mode + ": " + strings.Join(words, ", ") + "; " + sources[p.Anchors.Source]
	if p.Doubt != "" {
		line += "; doubt"
	}
	if p.TLSDoubt != "" {
		line += "; doubt on TLS"
	}
	return line
}

func attemptSummary(a policy.Attempt) string {
	word := "P"
	if a.TLS {
		word = "T"
	}
	if a.VerifyPath {
		word += " path"
	}
	if a.VerifyHost {
		word += " name"
	}
	letters := ""
	for _, f := range []struct {
		failure policy.Failures
		letter  string
	}{{policy.TLSUnsupported, "n"}, {policy.TLSFailed, "f"}, {policy.ServerRefused, "r"}} {
		if a.After&f.failure != 0 {
			letters += f.letter
		}
	}
	if letters != "" {
		word += "/" + letters
	}
	if a.Ends != nil {
		word += " ends"
	}
	return word
}

// policyCase is one vector: settings and the line that sums the policy up.
type policyCase struct {
	settings policy.Settings
	want     string
}

func runPolicyCases(t *testing.T, name string, tests map[string]policyCase) {
	t.Helper()
	for title, tc := range tests {
		t.Run(title, func(t *testing.T) {
			t.Parallel()

			tc.settings.Driver = name
			if got := summary(driver.Resolve(tc.settings)); got != tc.want {
				t.Errorf("policy = %q, want %q", got, tc.want)
			}
		})
	}
}

type env = map[string]string

func TestLibpqModesAndRootFiles(t *testing.T) {
	t.Parallel()

	root := func(connection, version string) policy.Settings {
		return policy.Settings{Connection: "host=h " + connection, Version: version, StoreDeclared: true}
	}
	none := func(connection, version string) policy.Settings {
		return policy.Settings{Connection: "host=h " + connection, Version: version}
	}
	home := func(connection, version string, environment env) policy.Settings {
		return policy.Settings{Connection: "host=h " + connection, Version: version, Environment: environment, StoreDeclared: true, StorePlace: policy.PlaceHome}
	}
	system := func(connection, version string) policy.Settings {
		return policy.Settings{Connection: "host=h " + connection, Version: version, StoreDeclared: true, StorePlace: policy.PlaceSystem}
	}
	runPolicyCases(t, "libpq", map[string]policyCase{
		"disable":                                    {root("sslmode=disable sslrootcert=/r", "15"), "disable: P; declared"},
		"allow starts in plaintext":                  {root("sslmode=allow sslrootcert=/r", "15"), "allow: P/r, T path; declared"},
		"allow without a file verifies nothing":      {none("sslmode=allow", "15"), "allow: P/r, T; none"},
		"prefer is the default":                      {root("sslrootcert=/r", "15"), "prefer: T path/nfr, P; declared"},
		"prefer without a file":                      {none("", "15"), "prefer: T/nfr, P; none"},
		"require with a file verifies":               {root("sslmode=require sslrootcert=/r", "15"), "require: T path; declared"},
		"require without a file does not":            {none("sslmode=require sslrootcert=/r", "15"), "require: T; none"},
		"verify-ca":                                  {root("sslmode=verify-ca sslrootcert=/r", "15"), "verify-ca: T path; declared"},
		"verify-ca without a file":                   {none("sslmode=verify-ca", "15"), "verify-ca: T path; missing"},
		"verify-full":                                {root("sslmode=verify-full sslrootcert=/r", "15"), "verify-full: T path name; declared"},
		"the default file":                           {home("sslmode=require", "15", nil), "require: T path; declared"},
		"the default file under a declared HOME":     {home("sslmode=require", "15", env{"HOME": "/h"}), "require: T path; declared"},
		"14 does not read HOME":                      {home("sslmode=require", "14", env{"HOME": "/h"}), "require: T; none"},
		"14 without a declared HOME":                 {home("sslmode=require", "14", nil), "require: T path; declared"},
		"12 does not read HOME":                      {home("sslmode=verify-ca", "12.22", env{"HOME": "/h"}), "verify-ca: T path; missing"},
		"an empty HOME is none":                      {home("sslmode=require", "14", env{"HOME": ""}), "require: T path; declared"},
		"a named file is not the default one":        {home("sslmode=verify-ca sslrootcert=/r", "15", nil), "verify-ca: T path; missing"},
		"the default file by its name":               {home("sslmode=verify-ca sslrootcert=/home/a/.postgresql/root.crt", "15", nil), "verify-ca: T path; declared"},
		"an empty file name is the default":          {home("sslmode=verify-ca sslrootcert=''", "15", nil), "verify-ca: T path; declared"},
		"the system's store does not count":          {system("sslmode=verify-ca", "15"), "verify-ca: T path; missing"},
		"system, from 16 on":                         {root("sslrootcert=system sslmode=verify-full", "16"), "verify-full: T path name; system"},
		"system is verify-full by itself":            {root("sslrootcert=system", "16"), "verify-full: T path name; system"},
		"system with a declared store of the system": {system("sslrootcert=system", "18"), "verify-full: T path name; declared"},
		"a tilde is not expanded":                    {home("sslmode=verify-ca sslrootcert=~/.postgresql/root.crt", "15", nil), "verify-ca: T path; missing"},
		"system is a file name up to 15":             {root("sslrootcert=system sslmode=require", "15"), "require: T; none"},
		"system is no file that exists":              {root("sslrootcert=system sslmode=verify-full", "15"), "verify-full: T path name; missing"},
		"system with a weak mode":                    {root("sslrootcert=system sslmode=require", "16"), `rejected contradictory_settings: weak sslmode "require" may not be used with sslrootcert=system`},
		"an unknown version of the past":             {none("", "11"), "undecided"},
		"an unknown version of the future":           {none("", "19"), "undecided"},
		"no version is the newest":                   {none("sslnegotiation=postgres", ""), "prefer: T/nfr, P; none"},
		"the runtime may say the version":            {policy.Settings{Connection: "host=h sslnegotiation=postgres", Runtime: "libpq 15.18, OpenSSL 3.0.17"}, `rejected invalid_settings: invalid connection option "sslnegotiation"`},
	})
}

func TestLibpqEnvironment(t *testing.T) {
	t.Parallel()

	with := func(connection string, environment env) policy.Settings {
		return policy.Settings{Connection: "host=h " + connection, Version: "16", Environment: environment, StoreDeclared: true}
	}
	runPolicyCases(t, "libpq", map[string]policyCase{
		"PGSSLMODE and PGSSLROOTCERT":         {with("", env{"PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/r"}), "verify-full: T path name; declared"},
		"the string overrules PGSSLMODE":      {with("sslmode=disable", env{"PGSSLMODE": "verify-full"}), "disable: P; declared"},
		"an empty PGSSLMODE is refused":       {with("", env{"PGSSLMODE": ""}), `rejected invalid_settings: invalid sslmode value: ""`},
		"PGREQUIRESSL":                        {with("", env{"PGREQUIRESSL": "1"}), "require: T path; declared"},
		"PGREQUIRESSL of zero":                {with("", env{"PGREQUIRESSL": "0"}), "prefer: T path/nfr, P; declared"},
		"PGSSLMODE overrules PGREQUIRESSL":    {with("", env{"PGSSLMODE": "allow", "PGREQUIRESSL": "1"}), "allow: P/r, T path; declared"},
		"PGSSLROOTCERT of system":             {with("", env{"PGSSLROOTCERT": "system"}), "verify-full: T path name; system"},
		"PGREQUIRESSL is too weak for system": {with("", env{"PGSSLROOTCERT": "system", "PGREQUIRESSL": "1"}), `rejected contradictory_settings: weak sslmode "require" may not be used with sslrootcert=system`},
		"SSL_CERT_FILE of system":             {with("sslrootcert=system", env{"SSL_CERT_FILE": "/r"}), "verify-full: T path name; declared"},
		"SSL_CERT_FILE without system":        {with("sslmode=verify-ca sslrootcert=''", env{"SSL_CERT_FILE": "/r"}), "verify-ca: T path; declared"},
		"PGSERVICE without a file":            {with("", env{"PGSERVICE": "orders"}), "undecided"},
		"PGSSLNEGOTIATION is unknown to 16":   {with("", env{"PGSSLNEGOTIATION": "direct"}), "prefer: T path/nfr, P; declared"},
	})
}

func TestLibpqServiceFile(t *testing.T) {
	t.Parallel()

	with := func(connection, file string) policy.Settings {
		return policy.Settings{
			Connection: connection, Version: "15", StoreDeclared: true,
			Environment: env{"PGSSLMODE": "disable"}, Properties: env{"pg_service.conf": file},
		}
	}
	runPolicyCases(t, "libpq", map[string]policyCase{
		"a service overrules the environment": {with("dbname=d service=orders", "[orders]\nhost=h\nsslmode=verify-ca\n"), "verify-ca: T path; declared"},
		"the string overrules a service":      {with("sslmode=require service=orders", "[orders]\nhost=h\nsslmode=verify-ca\n"), "require: T path; declared"},
		"a service that is not there":         {with("service=orders", "[other]\n"), `rejected invalid_settings: definition of service "orders" not found`},
	})
}

func TestLibpqWholePolicy(t *testing.T) {
	t.Parallel()

	got := driver.Resolve(policy.Settings{
		Driver: "psql", Version: "14.9", Runtime: "1.1.1w", StoreDeclared: true,
		Connection: "postgresql://u@db.example/d?sslmode=verify-full&sslrootcert=/r.pem&ssl_min_protocol_version=tlsv1.3",
	})
	want := policy.Policy{
		Mode:        "verify-full",
		Hosts:       []policy.Host{{Name: "db.example"}},
		Attempts:    []policy.Attempt{{TLS: true, VerifyPath: true, VerifyHost: true}},
		Profile:     certpath.Profile{Validator: certpath.OpenSSL, Version: "1.1.1", SecurityLevel: -1},
		PathError:   "certificate verify failed",
		NameRule:    certpath.NameLibpq,
		NameVersion: "14",
		TLS:         policy.Offer{Min: "TLSv1.3"},
		Anchors: policy.Anchors{
			Source: policy.Declared, Path: "/r.pem", Reader: truststore.OpenSSLFile, ReaderVersion: "1.1.1",
			UnreadableError: "could not read root certificate file",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("policy mismatch (-want +got):\n%s", diff)
	}
}
