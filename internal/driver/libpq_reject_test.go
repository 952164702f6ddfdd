package driver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

func TestLibpqRefusesItsSettings(t *testing.T) {
	t.Parallel()

	with := func(connection, version string) policy.Settings {
		return policy.Settings{Connection: connection, Version: version, Host: "h"}
	}
	runPolicyCases(t, "libpq", map[string]policyCase{
		"an upper-case mode":                  {with("sslmode=Require", "15"), `rejected invalid_settings: invalid sslmode value: "Require"`},
		"an unknown mode":                     {with("sslmode=no-verify", "15"), `rejected invalid_settings: invalid sslmode value: "no-verify"`},
		"an unknown keyword":                  {with("ssl=true", "15"), `rejected invalid_settings: invalid connection option "ssl"`},
		"an open quote":                       {with("sslmode='require", "15"), "rejected invalid_settings: unterminated quoted string in connection info string"},
		"direct negotiation with prefer":      {with("sslnegotiation=direct", "17"), `rejected contradictory_settings: weak sslmode "prefer" may not be used with sslnegotiation=direct`},
		"direct negotiation in 16":            {with("sslnegotiation=direct", "16"), `rejected invalid_settings: invalid connection option "sslnegotiation"`},
		"unknown negotiation":                 {with("sslnegotiation=tls", "17"), `rejected invalid_settings: invalid sslnegotiation value: "tls"`},
		"unknown channel binding":             {with("channel_binding=on", "13"), `rejected invalid_settings: invalid channel_binding value: "on"`},
		"channel binding without TLS":         {with("sslmode=disable channel_binding=require", "13"), "rejected channel_binding_needs_tls: "},
		"channel binding over a socket":       {with("host=/run channel_binding=require", "13"), "rejected channel_binding_needs_tls: "},
		"channel binding in 12":               {with("channel_binding=prefer", "12"), `rejected invalid_settings: invalid connection option "channel_binding"`},
		"GSSAPI encryption required":          {with("gssencmode=require", "15"), "rejected gssapi_encryption_required: "},
		"unknown gssencmode":                  {with("gssencmode=on", "12"), `rejected invalid_settings: invalid gssencmode value: "on"`},
		"unknown minimum":                     {with("ssl_min_protocol_version=1.2", "15"), `rejected invalid_settings: invalid ssl_min_protocol_version value: "1.2"`},
		"unknown maximum in 17":               {with("ssl_max_protocol_version=1.2", "17"), `rejected invalid_settings: invalid "ssl_max_protocol_version" value: "1.2"`},
		"a maximum below the default minimum": {with("ssl_max_protocol_version=TLSv1.1", "15"), "rejected contradictory_settings: invalid SSL protocol version range"},
		"an inverted range":                   {with("ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2", "15"), "rejected contradictory_settings: invalid SSL protocol version range"},
		"unknown session attributes":          {with("target_session_attrs=master", "15"), `rejected invalid_settings: invalid target_session_attrs value: "master"`},
		"primary is unknown to 13":            {with("target_session_attrs=primary", "13"), `rejected invalid_settings: invalid target_session_attrs value: "primary"`},
		"unknown balancing":                   {with("load_balance_hosts=yes", "16"), `rejected invalid_settings: invalid load_balance_hosts value: "yes"`},
		"unknown sslcertmode":                 {with("sslcertmode=no", "16"), `rejected invalid_settings: invalid sslcertmode value: "no"`},
		"unknown protocol of 18":              {with("min_protocol_version=2.0", "18"), `rejected invalid_settings: invalid min_protocol_version value: "2.0"`},
		"more ports than hosts":               {with("host=a,b port=1,2,3", "15"), "rejected contradictory_settings: could not match 3 port numbers to 2 hosts"},
		"more addresses than hosts":           {with("host=a hostaddr=1.2.3.4,1.2.3.5", "15"), "rejected contradictory_settings: could not match 1 host names to 2 hostaddr values"},
		"a port that is a word":               {with("port=abc", "15"), `rejected invalid_settings: invalid integer value "abc" for connection option "port"`},
		"a port out of range":                 {with("port=70000", "15"), `rejected invalid_settings: invalid port number: "70000"`},
		"port zero":                           {with("port=0", "15"), `rejected invalid_settings: invalid port number: "0"`},
		"a timeout that is a word":            {with("connect_timeout=soon", "15"), "rejected invalid_settings: invalid integer value"},
		"keepalives that are a word":          {with("keepalives=yes", "15"), "rejected invalid_settings: invalid integer value"},
		"an idle time that is a word":         {with("keepalives_idle=soon", "15"), "rejected invalid_settings: invalid integer value"},
		"an idle time that Linux refuses":     {with("keepalives_idle=0", "15"), "rejected invalid_settings: Invalid argument"},
		"more probes than Linux takes":        {with("keepalives_count=128", "15"), "rejected invalid_settings: Invalid argument"},
		"as many as it takes":                 {with("keepalives_count=127", "15"), "prefer: T/nfr, P; none"},
		"a user timeout that is a word":       {with("tcp_user_timeout=soon", "15"), "rejected invalid_settings: invalid integer value"},
		"a negative user timeout is none":     {with("tcp_user_timeout=-1", "15"), "prefer: T/nfr, P; none"},
		"no keepalives, nothing checked":      {with("keepalives=0 keepalives_idle=soon tcp_user_timeout=soon", "15"), "prefer: T/nfr, P; none"},
		"no keepalives over a socket":         {with("host=/run keepalives_idle=soon", "15"), "prefer: P; none"},
		"a name that cannot be one":           {with("host='h;sslmode=require'", "15"), "rejected invalid_settings: could not translate host name"},
		"unknown authentication":              {with("require_auth=kerberos", "16"), `rejected invalid_settings: invalid require_auth value: "kerberos"`},
		"OAuth before 18":                     {with("require_auth=!oauth", "17"), `rejected invalid_settings: invalid require_auth value: "oauth"`},
		"OAuth in 18":                         {with("require_auth=!oauth", "18"), "prefer: T/nfr, P; none; doubt"},
		"authentication named twice":          {with("require_auth=md5,none,md5", "16"), `rejected invalid_settings: require_auth method "md5" is specified more than once`},
		"authentication asked and forbidden":  {with("require_auth=md5,!none", "16"), `rejected contradictory_settings: negative require_auth method "!none" cannot be mixed with non-negative methods`},
		"authentication forbidden and asked":  {with("require_auth=!none,md5", "16"), `rejected contradictory_settings: require_auth method "md5" cannot be mixed with negative methods`},
		"no authentication named":             {with("require_auth=''", "16"), "prefer: T/nfr, P; none"},
		"versions in the wrong order":         {with("min_protocol_version=latest max_protocol_version=3.0", "18"), `rejected contradictory_settings: "min_protocol_version" is greater than "max_protocol_version"`},
		"a minimum with an empty maximum":     {with("ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=''", "15"), "prefer: T/nfr, P; none"},
		"no minimum and a low maximum":        {with("ssl_min_protocol_version='' ssl_max_protocol_version=TLSv1.1", "15"), "prefer: T/nfr, P; none"},
	})
}

func TestLibpqDoubts(t *testing.T) {
	t.Parallel()

	with := func(connection, version string) policy.Settings {
		return policy.Settings{Connection: "host=h sslrootcert=/r " + connection, Version: version, StoreDeclared: true}
	}
	runPolicyCases(t, "libpq", map[string]policyCase{
		"a revocation list":                   {with("sslmode=require sslcrl=/c", "15"), "require: T path; declared; doubt on TLS"},
		"revocation lists in a folder":        {with("sslmode=require sslcrldir=/c", "15"), "require: T path; declared; doubt on TLS"},
		"a list that plays no part":           {policy.Settings{Connection: "host=h sslmode=require sslcrl=/c", Version: "15"}, "require: T; none"},
		"channel binding ends plaintext":      {with("channel_binding=require", "15"), "prefer: T path/nfr, P ends; declared; doubt"},
		"required authentication":             {with("require_auth=scram-sha-256", "16"), "prefer: T path/nfr, P; declared; doubt"},
		"a required client certificate":       {with("sslmode=require sslcertmode=require", "16"), "require: T path; declared; doubt"},
		"direct negotiation":                  {with("sslmode=require sslnegotiation=direct", "17"), "require: T path; declared; doubt on TLS"},
		"a standby":                           {with("sslmode=require target_session_attrs=standby", "15"), "require: T path; declared; doubt"},
		"a primary":                           {with("sslmode=require target_session_attrs=primary", "15"), "require: T path; declared"},
		"a protocol that few servers know":    {with("sslmode=require min_protocol_version=3.2", "18"), "require: T path; declared; doubt"},
		"a client certificate is none of it":  {with("sslmode=require sslcert=/c sslkey=/k", "15"), "require: T path; declared"},
		"an empty revocation list is not set": {with("sslmode=require sslcrl=''", "15"), "require: T path; declared"},
	})
}

func TestLibpqHosts(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		settings policy.Settings
		want     []policy.Host
	}{
		"the host of the settings wins":      {policy.Settings{Connection: "host=a", Host: "b"}, []policy.Host{{Name: "a"}}},
		"the declared host stands in":        {policy.Settings{Host: "b"}, []policy.Host{{Name: "b"}}},
		"PGHOST comes before it":             {policy.Settings{Host: "b", Environment: env{"PGHOST": "c"}}, []policy.Host{{Name: "c"}}},
		"an address alone has no name":       {policy.Settings{Connection: "hostaddr=1.2.3.4 sslmode=verify-full", Host: "b"}, []policy.Host{{}}},
		"an address beside a name":           {policy.Settings{Connection: "host=a hostaddr=1.2.3.4"}, []policy.Host{{Name: "a"}}},
		"a socket":                           {policy.Settings{Connection: "host=/run sslmode=verify-full"}, []policy.Host{{Name: "/run", Local: true}}},
		"an abstract socket":                 {policy.Settings{Connection: "host=@x"}, []policy.Host{{Name: "@x", Local: true}}},
		"an abstract socket is a name in 13": {policy.Settings{Connection: "host=@x", Version: "13"}, []policy.Host{{Name: "@x"}}},
		"a socket folder with an address":    {policy.Settings{Connection: "host=/run hostaddr=1.2.3.4"}, []policy.Host{{Name: "/run"}}},
		"the first of several":               {policy.Settings{Connection: "host=a,b port=1,2"}, []policy.Host{{Name: "a"}}},
		"an empty first one is a socket":     {policy.Settings{Connection: "host=,b"}, []policy.Host{{Local: true}}},
		"a random one, unverified":           {policy.Settings{Connection: "host=a,b load_balance_hosts=random"}, []policy.Host{{Name: "a"}}},
		"a random one of equals":             {policy.Settings{Connection: "host=a,a load_balance_hosts=random sslmode=verify-full"}, []policy.Host{{Name: "a"}}},
		"a random one, verified":             {policy.Settings{Connection: "host=a,b load_balance_hosts=random sslmode=verify-full"}, []policy.Host{{Name: "a"}, {Name: "b"}}},
		"a random one, socket or not":        {policy.Settings{Connection: "host=a,/run load_balance_hosts=random"}, nil},
		"a name that cannot be one":          {policy.Settings{Connection: "host='a;port=1,b' sslmode=verify-full"}, []policy.Host{{Name: "b"}}},
		"a domain that is kept empty":        {policy.Settings{Connection: "host=a.invalid,b sslmode=verify-full"}, []policy.Host{{Name: "b"}}},
		"its name with an address":           {policy.Settings{Connection: "host=a.invalid,b hostaddr=::1,::1 sslmode=verify-full"}, []policy.Host{{Name: "a.invalid"}}},
		"a port that there cannot be":        {policy.Settings{Connection: "host=a,b port=0,1 sslmode=verify-full"}, []policy.Host{{Name: "b"}}},
		"several with one port":              {policy.Settings{Connection: "host=a,b port=1 sslmode=verify-full"}, []policy.Host{{Name: "a"}}},
		"several with ports of their own":    {policy.Settings{Connection: "host=a,b port=1,2 sslmode=verify-full"}, []policy.Host{{Name: "a"}, {Name: "b"}}},
		"no host at all, verified":           {policy.Settings{Connection: "sslmode=verify-full"}, nil},
		"psycopg 3.2 takes lists apart":      {policy.Settings{Driver: "psycopg", Version: "3.2.1", Connection: "host=a,b"}, []policy.Host{{Name: "a"}, {Name: "b"}}},
		"psycopg 3.1 does not":               {policy.Settings{Driver: "psycopg", Version: "3.1.7", Connection: "host=a,b"}, []policy.Host{{Name: "a"}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if tc.settings.Driver == "" {
				tc.settings.Driver = "libpq"
			}
			p := driver.Resolve(tc.settings)
			if diff := cmp.Diff(tc.want, p.Hosts); diff != "" {
				t.Errorf("hosts mismatch (-want +got):\n%s", diff)
			}
			if p.AnyHost != (len(tc.want) > 1 && tc.settings.Driver == "libpq") {
				t.Errorf("any host = %t", p.AnyHost)
			}
			if len(tc.want) == 0 && p.Undecided == "" {
				t.Error("the policy is decided")
			}
			if len(tc.want) > 0 && tc.want[0].Local && (len(p.Attempts) != 1 || p.Attempts[0].TLS) {
				t.Errorf("attempts over a socket = %v, want plaintext alone", p.Attempts)
			}
		})
	}
}

func TestLibpqLaterHosts(t *testing.T) {
	t.Parallel()

	for name, tc := range map[string]struct {
		settings policy.Settings
		want     []policy.Host
	}{
		"the rest of a list":                {policy.Settings{Driver: "libpq", Connection: "host=a,b,/run"}, []policy.Host{{Name: "b"}, {Name: "/run", Local: true}}},
		"none":                              {policy.Settings{Driver: "libpq", Connection: "host=a"}, nil},
		"psycopg tries each in any failure": {policy.Settings{Driver: "psycopg", Version: "3.2.1", Connection: "host=a,b"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if diff := cmp.Diff(tc.want, driver.Resolve(tc.settings).Later); diff != "" {
				t.Errorf("later hosts mismatch (-want +got):\n%s", diff)
			}
		})
	}
}
