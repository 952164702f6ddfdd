package driver_test

import "testing"

func TestNpgsqlPolicies(t *testing.T) {
	t.Parallel()

	type m = map[string]string
	const (
		kv      = "Host=db.example;Username=app;"
		host    = "; host db.example; "
		named   = "file /rds.pem+system by .net unreadable=fail empty=fail → schannel"
		home    = "file +system by .net unreadable=fail empty=fail → schannel"
		system  = "system by openssl unreadable=none empty=none → schannel"
		clash   = "rejected (contradictory_settings): "
		trust   = clash + "TrustServerCertificate=true is not supported with SslMode="
		require = clash + "To validate server certificates, please use VerifyFull or VerifyCA instead of Require"
	)
	checkPolicies(t, "npgsql", map[string]policyVector{
		"prefer never verifies":                           {connection: kv, want: "Prefer: tls>unsupported>refused; plaintext; host db.example"},
		"nor does it read the root file":                  {connection: kv + "Root Certificate=/rds.pem", undeclared: true, want: "Prefer: tls>unsupported>refused; plaintext; host db.example"},
		"disable":                                         {connection: kv + "SSL Mode=Disable", want: "Disable: plaintext; host db.example"},
		"allow asks in plaintext first":                   {connection: kv + "SslMode=allow", want: "Allow: plaintext>refused; tls; host db.example"},
		"require verifies nothing since 8":                {version: "8.0.0", connection: kv + "sslmode=Require;Root Certificate=/rds.pem", want: "Require: tls; host db.example"},
		"require before 8":                                {version: "7.0.10", connection: kv + "sslmode=Require;Root Certificate=/rds.pem", want: require},
		"require before 8, with trust":                    {version: "6.0.9", connection: kv + "sslmode=Require;Trust Server Certificate=true", want: "Require: tls; host db.example"},
		"allow before 8 needs no trust":                   {version: "6.0.9", connection: kv + "sslmode=Allow", want: "Allow: plaintext>refused; tls; host db.example"},
		"verify before 8 with trust":                      {version: "7.0.4", connection: kv + "sslmode=VerifyFull;Trust Server Certificate=True", want: trust},
		"allow before 8 with trust":                       {version: "7.0.4", connection: kv + "sslmode=Allow;TrustServerCertificate=true", want: trust},
		"prefer before 8 with trust":                      {version: "7.0.4", connection: kv + "TrustServerCertificate=true", want: "Prefer: tls>unsupported>refused; plaintext; host db.example"},
		"trust means nothing since 8":                     {version: "8.0.9", connection: kv + "sslmode=VerifyCA;Trust Server Certificate=true;Root Certificate=/rds.pem", want: "VerifyCA: tls+path" + host + named},
		"VerifyFull":                                      {connection: kv + "sslmode=VerifyFull;Root Certificate=/rds.pem", want: "VerifyFull: tls+path+host" + host + named},
		"VerifyCA before 8 with trust":                    {version: "7.0.4", connection: kv + "sslmode=VerifyCA;Trust Server Certificate=true", want: trust},
		"VerifyCA over a Unix socket":                     {connection: "Host=/run/postgresql;SSL Mode=VerifyCA", want: clash + "SSL connection requested. No SSL enabled connection from this host is configured."},
		"by its number":                                   {connection: kv + "sslmode=5;Root Certificate=/rds.pem", want: "VerifyFull: tls+path+host" + host + named},
		"PGSSLROOTCERT":                                   {connection: kv + "sslmode=verifyca", environment: m{"PGSSLROOTCERT": "/rds.pem"}, want: "VerifyCA: tls+path" + host + named},
		"PGSSLROOTCERT without a name":                    {connection: kv + "sslmode=verifyca", environment: m{"PGSSLROOTCERT": ""}, undeclared: true, want: "VerifyCA: tls+path; host db.example; missing PGSSLROOTCERT+system by .net unreadable=fail empty=fail → schannel"},
		"the setting wins over PGSSLROOTCERT":             {connection: kv + "sslmode=verifyca;RootCertificate=/rds.pem", environment: m{"PGSSLROOTCERT": "/other.pem"}, want: "VerifyCA: tls+path" + host + named},
		"the default root file":                           {connection: kv + "sslmode=verifyca", want: "VerifyCA: tls+path" + host + home},
		"the default root file, told":                     {connection: kv + "sslmode=verifyca", place: "home", environment: m{"SSL_CERT_FILE": "/x"}, want: "VerifyCA: tls+path" + host + home},
		"no root file":                                    {connection: kv + "sslmode=verifyca", undeclared: true, want: "VerifyCA: tls+path" + host + system},
		"SSL_CERT_FILE":                                   {connection: kv + "sslmode=verifyca", environment: m{"SSL_CERT_FILE": "/rds.pem"}, want: "VerifyCA: tls+path; host db.example; file /rds.pem by openssl unreadable=none empty=none → schannel"},
		"the operating system's store":                    {connection: kv + "sslmode=verifyca;Root Certificate=/rds.pem", place: "system", want: "VerifyCA: tls+path; host db.example; file by openssl unreadable=none empty=none → schannel"},
		"a root file that is not there":                   {connection: kv + "sslmode=verifyca;Root Certificate=/rds.pem", undeclared: true, want: "VerifyCA: tls+path; host db.example; missing /rds.pem+system by .net unreadable=fail empty=fail → schannel"},
		"a root file that is only at home is not there":   {connection: kv + "sslmode=verifyca;Root Certificate=/rds.pem", place: "home", want: "VerifyCA: tls+path; host db.example; missing /rds.pem+system by .net unreadable=fail empty=fail → schannel"},
		"a root file in PKCS#12":                          {connection: kv + "sslmode=verifyca;Root Certificate=/rds.PFX", want: "undecided: a root file in PKCS#12 is not covered"},
		"which does not matter without verification":      {connection: kv + "sslmode=require;Root Certificate=/rds.PFX", want: "Require: tls; host db.example"},
		"revocation":                                      {connection: kv + "sslmode=verifyca;Check Certificate Revocation=true", want: "undecided: what a check of revocation says is not known"},
		"revocation does not matter without verification": {connection: kv + "sslmode=require;Check Certificate Revocation=true", want: "Require: tls; host db.example"},
		"no revocation":                                   {connection: kv + "sslmode=verifyca;Check Certificate Revocation=false", undeclared: true, want: "VerifyCA: tls+path" + host + system},
		"PGSSLMODE is not read":                           {connection: kv, environment: m{"PGSSLMODE": "disable"}, want: "Prefer: tls>unsupported>refused; plaintext; host db.example"},
		"direct TLS":                                      {connection: kv + "sslmode=require;SSL Negotiation=direct", want: "Require: tls; host db.example; direct; doubt: a handshake without an SSLRequest needs a server of version 17 or later"},
		"direct TLS by the environment":                   {version: "9.0.5", connection: kv + "sslmode=require", environment: m{"PGSSLNEGOTIATION": "Direct"}, want: "Require: tls; host db.example; direct; doubt: a handshake without an SSLRequest needs a server of version 17 or later"},
		"which 8 does not read":                           {version: "8.0.9", connection: kv + "sslmode=require", environment: m{"PGSSLNEGOTIATION": "Direct"}, want: "Require: tls; host db.example"},
		"the setting wins over PGSSLNEGOTIATION":          {connection: kv + "SslNegotiation=postgres", environment: m{"PGSSLNEGOTIATION": "direct"}, want: "Prefer: tls>unsupported>refused; plaintext; host db.example"},
		"an unknown PGSSLNEGOTIATION":                     {connection: kv, environment: m{"PGSSLNEGOTIATION": "tls"}, want: "Prefer: tls>unsupported>refused; plaintext; host db.example"},
		"direct TLS is not for prefer":                    {connection: kv + "SSL Negotiation=Direct", want: clash + "SSL Mode has to be Require or higher to be used with direct SSL Negotiation"},
		"channel binding":                                 {connection: kv + "Channel Binding=Require", want: "Prefer: tls>unsupported>refused; plaintext; host db.example; doubt: whether the server's authentication satisfies Channel Binding is not known"},
		"a target session for one host":                   {connection: kv + "Target Session Attributes=primary", want: clash + "Target Session Attributes other then Any is only supported with multiple hosts"},
		"any target session":                              {connection: kv + "Target Session Attributes=Any", want: "Prefer: tls>unsupported>refused; plaintext; host db.example"},
		"a target session":                                {connection: "Host=a,b:2;Target Session Attributes=primary", want: "Prefer: tls>unsupported>refused; plaintext; host a; host b; doubt: whether the server satisfies Target Session Attributes is not known"},
		"a target session by the environment":             {connection: "Host=a,b:2", environment: m{"PGTARGETSESSIONATTRS": "primary"}, want: "Prefer: tls>unsupported>refused; plaintext; host a; host b; doubt: whether the server satisfies Target Session Attributes is not known"},
		"which is for several hosts":                      {connection: kv, environment: m{"PGTARGETSESSIONATTRS": "primary"}, want: "Prefer: tls>unsupported>refused; plaintext; host db.example"},
		"a client certificate":                            {connection: kv + "SSL Certificate=/c", want: "undecided: the settings name a client certificate, whose file is not declared"},
		"a client certificate by the environment":         {connection: kv, environment: m{"PGSSLCERT": "/c"}, want: "undecided: the settings name a client certificate, whose file is not declared"},
		"settings in code":                                {connection: kv + "SSL Mode=Disable", properties: m{"SslMode": "VerifyFull", "RootCertificate": "/rds.pem"}, want: "VerifyFull: tls+path+host" + host + named},
		"a callback":                                      {connection: kv, properties: m{"UserCertificateValidationCallback": "x"}, want: "undecided: the property UserCertificateValidationCallback is not covered"},
		"a Unix socket":                                   {connection: "Host=/run/postgresql", want: "Prefer: plaintext; host /run/postgresql (socket)"},
		"an abstract socket":                              {connection: "Host=@pg;SSL Mode=Allow", want: "Allow: plaintext; host @pg (socket)"},
		"a Unix socket has no TLS":                        {connection: "Host=/run/postgresql;SSL Mode=Require", want: clash + "SSL connection requested. No SSL enabled connection from this host is configured."},
		"a Unix socket beside another host":               {connection: "Host=a,/run/postgresql", want: "undecided: a Unix socket beside other hosts is not covered"},
		"the declared host":                               {connection: "Username=app", host: "db.example", want: "Prefer: tls>unsupported>refused; plaintext; host db.example"},
		"no host":                                         {connection: "Username=app", want: "rejected (invalid_settings): Host can't be null"},
		"a host with a port":                              {connection: "Server=db.example:5433", want: "Prefer: tls>unsupported>refused; plaintext; host db.example"},
		"an IPv6 address":                                 {connection: "Host=2001:db8::1", want: "Prefer: tls>unsupported>refused; plaintext; host 2001:db8::1"},
		"an IPv6 address with a port":                     {connection: "Host=[2001:db8::1]:5433", want: "Prefer: tls>unsupported>refused; plaintext; host 2001:db8::1"},
		"an IPv6 address in brackets":                     {connection: "Host=[2001:db8::1]", want: "Prefer: tls>unsupported>refused; plaintext; host 2001:db8::1"},
		"an address":                                      {connection: "Host=10.0.0.1;SSL Mode=VerifyFull;Root Certificate=/rds.pem", want: "VerifyFull: tls+path+host; host 10.0.0.1; " + named},
		"an address in an older 7":                        {version: "7.0.6", connection: "Host=10.0.0.1;SSL Mode=VerifyFull;Root Certificate=/rds.pem", want: "VerifyFull: tls+path+host; host 10.0.0.1; " + named},
		"an address in a newer 7":                         {version: "7.0.7", connection: "Host=10.0.0.1;SSL Mode=VerifyFull;Root Certificate=/rds.pem", want: "VerifyFull: tls+path+host; host; " + named},
		"where the name is not compared":                  {version: "7.0.7", connection: "Host=10.0.0.1;SSL Mode=VerifyCA;Root Certificate=/rds.pem", want: "VerifyCA: tls+path; host 10.0.0.1; " + named},
		"a name is never dropped":                         {version: "7.0.7", connection: kv + "SSL Mode=VerifyFull;Root Certificate=/rds.pem", want: "VerifyFull: tls+path+host" + host + named},
		"an address in 8 on an older .NET":                {version: "8.0.2", runtime: "6.0", connection: "Host=10.0.0.1;SSL Mode=VerifyFull;Root Certificate=/rds.pem", want: "VerifyFull: tls+path+host; host; " + named},
		"an address in 8 on .NET 8":                       {version: "8.0.2", runtime: "8.0", connection: "Host=10.0.0.1;SSL Mode=VerifyFull;Root Certificate=/rds.pem", want: "VerifyFull: tls+path+host; host 10.0.0.1; " + named},
		"an address in an older 8 on an older .NET":       {version: "8.0.1", runtime: "6.0", connection: "Host=10.0.0.1;SSL Mode=VerifyFull;Root Certificate=/rds.pem", want: "VerifyFull: tls+path+host; host 10.0.0.1; " + named},
		"Windows":                {runtime: "windows", connection: kv, want: `undecided: the rules cover .NET on Linux, by its version, not "windows"`},
		"another version":        {version: "10.0.0", connection: kv, want: `undecided: the rules cover Npgsql 6 to 9, not "10.0.0"`},
		"an older version":       {version: "5.0.18", connection: kv, want: `undecided: the rules cover Npgsql 6 to 9, not "5.0.18"`},
		"a version that is none": {version: "x", connection: kv, want: `undecided: the rules cover Npgsql 6 to 9, not "x"`},
	})
}

func TestNpgsqlKeywords(t *testing.T) {
	t.Parallel()

	const (
		fine   = "Prefer: tls>unsupported>refused; plaintext; host a"
		unset  = "rejected (invalid_settings): Couldn't set "
		syntax = "rejected (invalid_settings): Format of the initialization string does not conform to specification"
	)
	checkPolicies(t, "npgsql", map[string]policyVector{
		"all that matter":             {connection: "Server=a;Database=d;User Id=u;Pooling=true;Minimum Pool Size=1;Command Timeout=3;Include Error Detail=true", want: fine},
		"an unknown keyword":          {connection: "Host=a;sslrootcert=/x", want: unset + "sslrootcert"},
		"SSL Negotiation before 9":    {version: "8.0.9", connection: "Host=a;SSL Negotiation=Postgres", want: unset + "ssl negotiation"},
		"Channel Binding before 8":    {version: "7.0.10", connection: "Host=a;Channel Binding=Prefer", want: unset + "channel binding"},
		"Channel Binding since 8":     {version: "8.0.0", connection: "Host=a;Channel Binding=Prefer", want: fine},
		"Use Ssl Stream before 8":     {version: "7.0.10", connection: "Host=a;Use Ssl Stream=true", want: fine},
		"Use Ssl Stream since 8":      {version: "8.0.0", connection: "Host=a;Use Ssl Stream=true", want: unset + "use ssl stream"},
		"Integrated Security, before": {version: "6.0.0", connection: "Host=a;Integrated Security=true", want: fine},
		"libpq's name of a mode":      {connection: "Host=a;SSL Mode=verify-full", want: unset},
		"a number that is no mode":    {connection: "Host=a;SSL Mode=6", want: unset},
		"a mode among blanks":         {connection: "Host=a;SSL Mode=' prefer '", want: fine},
		"no mode":                     {connection: "Host=a;SSL Mode=Disable;SSL Mode=", want: fine},
		"trust that is no boolean":    {connection: "Host=a;Trust Server Certificate=1", want: unset},
		"trust among blanks":          {connection: "Host=a;Trust Server Certificate=' TRUE '", want: fine},
		"binding that there is not":   {connection: "Host=a;Channel Binding=yes", want: unset},
		"negotiation that is not":     {connection: "Host=a;SSL Negotiation=tls", want: unset},
		"no list at all":              {connection: "postgresql://a/db", want: syntax},
	})
}
