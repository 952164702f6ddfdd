package driver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// pythonSketch writes the policy of a Python driver in one line: attempts,
// anchors, what differs from OpenSSL's and the drivers' usual settings.
func pythonSketch(p policy.Policy) string {
	switch {
	case p.Undecided != "":
		return "undecided"
	case p.Rejection != nil:
		return "rejected (" + p.Rejection.Reason + "): " + p.Rejection.Client
	}
	var parts []string
	for _, a := range p.Attempts {
		parts = append(parts, attemptSketch(a))
	}
	parts = append(parts, anchorsSketch(p.Anchors))
	if p.Doubt != "" {
		parts = append(parts, "doubt")
	}
	if p.TLSDoubt != "" {
		parts = append(parts, "doubt on TLS")
	}
	for _, h := range p.Hosts {
		parts = append(parts, fmt.Sprintf("host %s local=%t", h.Name, h.Local))
	}
	if p.Profile.Strict || p.Profile.PartialChain {
		parts = append(parts, fmt.Sprintf("strict=%t partial=%t", p.Profile.Strict, p.Profile.PartialChain))
	}
	if p.NameRule != certpath.NameOpenSSL || p.Profile.Validator != "" && (p.Profile.Validator != certpath.OpenSSL || p.Profile.SecurityLevel != -1) {
		parts = append(parts, "not as Python's ssl")
	}
	return strings.Join(append(parts, "TLS "+p.TLS.Min+".."+p.TLS.Max), "; ")
}

func attemptSketch(a policy.Attempt) string {
	text := "plaintext"
	if a.TLS {
		text = "tls"
	}
	for _, flag := range []struct {
		set  bool
		name string
	}{
		{a.VerifyPath, "+path"},
		{a.VerifyHost, "+host"},
		{a.After&policy.TLSUnsupported != 0, ">unsupported"},
		{a.After&policy.TLSFailed != 0, ">failed"},
		{a.After&policy.ServerRefused != 0, ">refused"},
	} {
		if flag.set {
			text += flag.name
		}
	}
	return text
}

func anchorsSketch(a policy.Anchors) string {
	if a.Source == policy.NoSource {
		return "no anchors"
	}
	sources := map[policy.Source]string{
		policy.Declared: "declared", policy.Missing: "missing", policy.SystemStore: "system", policy.EmptyStore: "empty",
	}
	unreadable := map[policy.Unreadable]string{
		policy.FailAttempt: "fail", policy.RejectAll: "reject", policy.UseSystem: "system", policy.TakeNone: "none",
	}
	text := sources[a.Source] + " " + a.Path + " unreadable=" + unreadable[a.WhenUnreadable] + " empty=" + unreadable[a.WhenNoAnchors]
	if a.Reader != truststore.OpenSSLFile {
		text += " another reader"
	}
	return text
}

func TestAsyncpgPolicies(t *testing.T) {
	t.Parallel()

	const (
		dsn  = "postgresql://app@db.example:5433/billing"
		host = "; host db.example local=false"
		tls  = "; TLS TLSv1.2.."
		bad  = "rejected (invalid_settings): "
	)
	type m = map[string]string
	named := "declared /rds.pem unreadable=reject empty=reject" + host
	tests := map[string]struct {
		version, runtime string
		connection       string
		environment      m
		properties       m
		place            policy.Place
		undeclared       bool
		host             string
		want             string
	}{
		"the default never verifies":                                 {connection: dsn, want: "tls>unsupported>refused; plaintext; no anchors" + host + tls},
		"allow asks in plaintext first":                              {connection: dsn + "?sslmode=allow", want: "plaintext>refused; tls; no anchors" + host + tls},
		"disable":                                                    {connection: dsn + "?sslmode=disable", want: "plaintext; no anchors" + host + "; TLS .."},
		"require with a named file":                                  {connection: dsn + "?sslmode=require&sslrootcert=/rds.pem", want: "tls+path; " + named + tls},
		"require without any file":                                   {connection: dsn + "?sslmode=require", undeclared: true, want: "tls; no anchors" + host + tls},
		"require does not look into the system's store":              {connection: dsn + "?sslmode=require", place: policy.PlaceSystem, want: "tls; no anchors" + host + tls},
		"a named file that is only in the home directory is missing": {connection: dsn + "?sslmode=verify-ca&sslrootcert=/rds.pem", place: policy.PlaceHome, want: "tls+path; missing /rds.pem unreadable=reject empty=reject" + host + tls},
		"a named file that is only the system's is missing":          {connection: dsn + "?sslmode=verify-ca&sslrootcert=/rds.pem", place: policy.PlaceSystem, want: "tls+path; missing /rds.pem unreadable=reject empty=reject" + host + tls},
		"the default file":                                           {connection: dsn + "?sslmode=verify-full", want: "tls+path+host; declared  unreadable=reject empty=reject" + host + tls},
		"no default file":                                            {connection: dsn + "?sslmode=verify-full", undeclared: true, want: "tls+path+host; missing  unreadable=reject empty=reject" + host + tls},
		"the argument wins over the DSN":                             {connection: dsn + "?sslmode=disable", properties: m{"ssl": "require"}, environment: m{"PGSSLROOTCERT": "/rds.pem"}, want: "tls+path; " + named + tls},
		"the DSN wins over the environment":                          {connection: dsn + "?sslmode=verify-ca&sslrootcert=/rds.pem", environment: m{"PGSSLMODE": "disable", "PGSSLROOTCERT": "/other.pem"}, want: "tls+path; " + named + tls},
		"True takes OpenSSL's own store":                             {connection: dsn, properties: m{"ssl": "True"}, undeclared: true, runtime: "3.12.1", want: "tls+path+host; system  unreadable=none empty=none" + host + "; TLS .."},
		"True is strict since Python 3.13":                           {connection: dsn, properties: m{"ssl": "True"}, undeclared: true, runtime: "3.13.0", want: "tls+path+host; system  unreadable=none empty=none" + host + "; strict=true partial=true; TLS .."},
		"a mode is not strict in Python 3.13":                        {connection: dsn + "?sslmode=verify-ca&sslrootcert=/rds.pem", runtime: "3.13.0", want: "tls+path; " + named + tls},
		"SSL_CERT_FILE moves OpenSSL's own store":                    {connection: dsn, properties: m{"ssl": "True"}, environment: m{"SSL_CERT_FILE": "/rds.pem"}, runtime: "3.11", want: "tls+path+host; declared /rds.pem unreadable=none empty=none" + host + "; TLS .."},
		"a store at home is not OpenSSL's own":                       {connection: dsn, properties: m{"ssl": "True"}, environment: m{"SSL_CERT_FILE": "/rds.pem"}, place: policy.PlaceHome, runtime: "3.11", want: "tls+path+host; system /rds.pem unreadable=none empty=none" + host + "; TLS .."},
		"False is plaintext":                                         {connection: dsn + "?sslmode=verify-full", properties: m{"ssl": "false"}, want: "plaintext; no anchors" + host + "; TLS .."},
		"a context that verifies no host":                            {connection: dsn, properties: m{"ssl": "SSLContext", "cafile": "/rds.pem", "check_hostname": "False"}, runtime: "3.11", want: "tls+path; " + named + "; TLS .."},
		"a context that verifies nothing":                            {connection: dsn, properties: m{"ssl": "create_default_context", "cafile": "/rds.pem", "verify_mode": "ssl.CERT_NONE"}, runtime: "3.11", want: "tls; " + named + "; TLS .."},
		"a context by its call":                                      {connection: dsn, properties: m{"ssl": "ssl.create_default_context()", "cafile": "/rds.pem"}, runtime: "3.11", want: "tls+path+host; " + named + "; TLS .."},
		"bounds of the TLS version":                                  {connection: dsn + "?sslmode=require&ssl_min_protocol_version=TLSv1_2&ssl_max_protocol_version=TLSv1.3", undeclared: true, want: "tls; no anchors" + host + "; TLS TLSv1.2..TLSv1.3"},
		"bounds by the environment":                                  {connection: dsn + "?sslmode=require", environment: m{"PGSSLMINPROTOCOLVERSION": "TLSv1.1", "PGSSLMAXPROTOCOLVERSION": "TLSv1.2"}, undeclared: true, want: "tls; no anchors" + host + "; TLS TLSv1.1..TLSv1.2"},
		"MINIMUM_SUPPORTED is a bound":                               {connection: dsn + "?sslmode=require&ssl_min_protocol_version=MINIMUM_SUPPORTED&ssl_max_protocol_version=MAXIMUM_SUPPORTED", undeclared: true, want: "tls; no anchors" + host + tls},
		"no version between the bounds":                              {connection: dsn + "?sslmode=require&ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2", undeclared: true, want: bad},
		"nothing below TLS 1.2":                                      {connection: dsn + "?sslmode=require&ssl_min_protocol_version=TLSv1&ssl_max_protocol_version=TLSv1.1", undeclared: true, want: bad},
		"allow without a TLS version stays in plaintext":             {connection: dsn + "?sslmode=allow&ssl_min_protocol_version=TLSv1&ssl_max_protocol_version=TLSv1.1", want: "plaintext>refused; no anchors" + host + "; TLS TLSv1..TLSv1.1"},
		"SSL 3":                                       {connection: dsn + "?ssl_min_protocol_version=SSLv3", want: bad + "Unsupported TLS version"},
		"an unknown TLS version":                      {connection: dsn + "?ssl_max_protocol_version=1.2", want: bad + "No such TLS version"},
		"direct TLS":                                  {connection: dsn, properties: m{"direct_tls": "True"}, want: bad},
		"sslnegotiation since 0.30":                   {version: "0.30.0", connection: dsn + "?sslmode=require&sslnegotiation=direct", want: bad},
		"PGSSLNEGOTIATION since 0.30":                 {version: "0.30.0", connection: dsn, environment: m{"PGSSLNEGOTIATION": "direct"}, want: bad},
		"PGSSLNEGOTIATION before 0.30":                {version: "0.29.0", connection: dsn, environment: m{"PGSSLNEGOTIATION": "direct"}, want: "tls>unsupported>refused; plaintext; no anchors" + host + tls},
		"target_session_attrs before 0.28":            {version: "0.27.0", connection: dsn + "?target_session_attrs=any", want: bad + "parameter"},
		"target_session_attrs since 0.28":             {version: "0.28.0", connection: dsn + "?target_session_attrs=any", want: "tls>unsupported>refused; plaintext; no anchors" + host + tls},
		"krbsrvname before 0.30":                      {version: "0.29.0", connection: dsn + "?krbsrvname=x", want: bad + "parameter"},
		"krbsrvname since 0.30":                       {version: "0.30.0", connection: dsn + "?krbsrvname=x&gsslib=gssapi", want: "tls>unsupported>refused; plaintext; no anchors" + host + tls},
		"a service before 0.31":                       {version: "0.30.0", connection: dsn + "?service=x", want: bad + "parameter"},
		"a service since 0.31":                        {version: "0.31.0", connection: dsn + "?service=x", want: "undecided"},
		"ssl in the DSN goes to the server":           {connection: dsn + "?ssl=true", want: bad + `parameter "ssl" cannot be changed`},
		"a parameter of an extension":                 {connection: dsn + "?auto_explain.log_analyze=on&timezone=UTC", want: "tls>unsupported>refused; plaintext; no anchors" + host + tls},
		"a parameter that is not known":               {connection: dsn + "?what=1", want: "undecided"},
		"a client certificate":                        {connection: dsn + "?sslmode=allow&sslcert=/c.pem", want: "plaintext>refused; tls; no anchors; doubt" + host + tls},
		"a client certificate by the environment":     {connection: dsn + "?sslmode=require", environment: m{"PGSSLCERT": "/c.pem"}, want: "tls+path; declared  unreadable=reject empty=reject; doubt" + host + tls},
		"a client certificate that nobody loads":      {connection: dsn + "?sslmode=disable&sslcert=/c.pem", want: "plaintext; no anchors" + host + "; TLS .."},
		"a context in words":                          {connection: dsn, properties: m{"ssl": "ssl.create_default_context"}, want: "tls+path+host; system  unreadable=none empty=none" + host + "; TLS .."},
		"a context of another making":                 {connection: dsn, properties: m{"ssl": "ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)"}, want: "undecided"},
		"a revocation list":                           {connection: dsn + "?sslmode=verify-ca&sslcrl=/crl.pem", want: "tls+path; declared  unreadable=reject empty=reject; doubt on TLS" + host + tls},
		"a revocation list by the environment":        {connection: dsn + "?sslmode=verify-ca", environment: m{"PGSSLCRL": "/crl.pem"}, want: "tls+path; declared  unreadable=reject empty=reject; doubt on TLS" + host + tls},
		"a revocation list that prefer does not read": {connection: dsn, environment: m{"PGSSLCRL": "/crl.pem"}, want: "tls>unsupported>refused; plaintext; no anchors" + host + tls},
		"sslmode is no argument":                      {connection: dsn, properties: m{"sslmode": "require"}, want: bad + "got an unexpected keyword argument"},
		"an argument of a later release":              {version: "0.27.0", connection: dsn, properties: m{"target_session_attrs": "any"}, want: bad + "got an unexpected keyword argument"},
		"an argument since its release":               {version: "0.28.0", connection: dsn, properties: m{"target_session_attrs": "any"}, want: "tls>unsupported>refused; plaintext; no anchors" + host + tls},
		"an unknown mode":                             {connection: dsn + "?sslmode=Require", want: bad + "`sslmode` parameter must be one of: disable, allow, prefer, require, verify-ca, verify-full"},
		"another scheme":                              {connection: "mysql://db.example/x", want: bad + `invalid DSN: scheme is expected to be either "postgresql" or "postgres"`},
		"a field without a value":                     {connection: dsn + "?sslmode", want: bad + "bad query field"},
		"a bracket that stays open":                   {connection: "postgresql://[::1/x", want: bad + "Invalid IPv6 URL"},
		"brackets around nothing":                     {connection: "postgresql://[]:1/x", want: bad + "invalid IPv6 address in the connection URI"},
		"an empty host in the list":                   {connection: "postgresql://a,,b/x", want: bad + "string index out of range"},
		"hosts, sockets and addresses":                {connection: "postgresql:///x?host=/run/pg,[::1]:5433,db.example:1", want: "tls>unsupported>refused; plaintext; no anchors; host /run/pg local=true; host ::1 local=false" + host + tls},
		"an escaped socket":                           {connection: "postgresql://%2Frun%2fpg/x", want: "tls>unsupported>refused; plaintext; no anchors; host /run/pg local=true" + tls},
		"an escape that is none":                      {connection: "postgresql://db%zz/x", want: "tls>unsupported>refused; plaintext; no anchors; host db%zz local=false" + tls},
		"the argument host":                           {connection: "postgresql://a/x?host=b", properties: m{"host": "db.example"}, want: "tls>unsupported>refused; plaintext; no anchors" + host + tls},
		"the authority wins over the query":           {connection: "postgresql://db.example/x?host=b", want: "tls>unsupported>refused; plaintext; no anchors" + host + tls},
		"PGHOST":                                      {environment: m{"PGHOST": "db.example"}, host: "other", want: "tls>unsupported>refused; plaintext; no anchors" + host + tls},
		"the host that is declared":                   {host: "db.example", want: "tls>unsupported>refused; plaintext; no anchors" + host + tls},
		"no host at all":                              {want: "tls>unsupported>refused; plaintext; no anchors; host /run/postgresql local=true; host localhost local=false" + tls},
		"the argument dsn":                            {properties: m{"dsn": dsn}, want: "tls>unsupported>refused; plaintext; no anchors" + host + tls},
		"a DSN with a fragment and white space":       {connection: " " + dsn + "?sslmode=disable\n#?sslmode=require", want: "plaintext; no anchors" + host + "; TLS .."},
		"a plus is a blank":                           {connection: dsn + "?sslmode=verify+full", want: bad + "`sslmode` parameter must be one of: disable, allow, prefer, require, verify-ca, verify-full"},
		"a release before the rules":                  {version: "0.24.0", connection: dsn, want: "undecided"},
		"the first release of the rules":              {version: "0.25.0", connection: dsn, want: "tls>unsupported>refused; plaintext; no anchors" + host + tls},
		"a release that is none":                      {version: "new", connection: dsn, want: "undecided"},
		"a Python that is none":                       {runtime: "3.x", connection: dsn, want: "undecided"},
		"a negative Python":                           {runtime: "-3", connection: dsn, want: "undecided"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := pythonSketch(driver.Resolve(policy.Settings{
				Driver: "asyncpg", Version: tc.version, Runtime: tc.runtime, Connection: tc.connection,
				Environment: tc.environment, Properties: tc.properties, Host: tc.host,
				StoreDeclared: !tc.undeclared, StorePlace: tc.place,
			}))
			if got != tc.want {
				t.Errorf("policy\n got %s\nwant %s", got, tc.want)
			}
		})
	}
}
