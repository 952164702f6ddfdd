package driver_test

import "testing"

func TestNpgsqlVectors(t *testing.T) {
	t.Parallel()

	runVectors(t, map[string]vector{
		"prefer": {
			driver: "npgsql", connection: "Host=h",
			want: "Prefer: T/nr, P; h; none; TLSv1.2..",
		},
		"VerifyCA with the default file": {
			driver: "npgsql", connection: "Host=h;SSL Mode=VerifyCA",
			want: `VerifyCA: T path; h; file by .NET unreadable=fail empty=fail beside the system's "Could not find file" "Access to the path"; TLSv1.2..`,
		},
		"VerifyFull with direct negotiation": {
			driver: "npgsql", version: "9.0.0", connection: "Host=h;SSL Mode=VerifyFull;SSL Negotiation=Direct",
			want: `VerifyFull: T path name; h; file by .NET unreadable=fail empty=fail beside the system's "Could not find file" "Access to the path"; TLSv1.2.. direct; doubt: a handshake without an SSLRequest needs a server of version 17 or later`,
		},
		"direct negotiation by the environment in 9.0.0": {
			driver: "npgsql", version: "9.0.0", connection: "Host=h;SSL Mode=Require", environment: env{"PGSSLNEGOTIATION": "direct"},
			want: "Require: T; h; none; TLSv1.2.. direct; doubt: a handshake without an SSLRequest needs a server of version 17 or later",
		},
		"direct negotiation by the environment before": {
			driver: "npgsql", version: "8.9.9", connection: "Host=h;SSL Mode=Require", environment: env{"PGSSLNEGOTIATION": "direct"},
			want: "Require: T; h; none; TLSv1.2..",
		},
		"trust beside VerifyCA in 8.0.0": {
			driver: "npgsql", version: "8.0.0", connection: "Host=h;SSL Mode=VerifyCA;Trust Server Certificate=true",
			want: `VerifyCA: T path; h; file by .NET unreadable=fail empty=fail beside the system's "Could not find file" "Access to the path"; TLSv1.2..`,
		},
		"trust beside VerifyCA before": {
			driver: "npgsql", version: "7.9.9", connection: "Host=h;SSL Mode=VerifyCA;Trust Server Certificate=true",
			want: "rejected contradictory_settings: TrustServerCertificate=true is not supported with SslMode=: Trust Server Certificate excludes this mode",
		},
		"several hosts": {
			driver: "npgsql", connection: "Host=a,b",
			want: "Prefer: T/nr, P; a b; none; TLSv1.2..",
		},
		"several hosts, of which any will do": {
			driver: "npgsql", connection: "Host=a,b;Target Session Attributes=any",
			want: "Prefer: T/nr, P; a b; none; TLSv1.2..",
		},
		"several hosts, of which a primary is meant": {
			driver: "npgsql", connection: "Host=a,b;Target Session Attributes=primary",
			want: "Prefer: T/nr, P; a b; none; TLSv1.2..; doubt: whether the server satisfies Target Session Attributes is not known",
		},
		"an address in 8.0.0 on .NET 7": {
			driver: "npgsql", version: "8.0.0", runtime: "7.0.0", connection: "Host=10.0.0.1;SSL Mode=VerifyFull",
			want: `VerifyFull: T path name; 10.0.0.1; file by .NET unreadable=fail empty=fail beside the system's "Could not find file" "Access to the path"; TLSv1.2..`,
		},
		"an address in 8.0.1 on .NET 7": {
			driver: "npgsql", version: "8.0.1", runtime: "7.0.0", connection: "Host=10.0.0.1;SSL Mode=VerifyFull",
			want: `VerifyFull: T path name; 10.0.0.1; file by .NET unreadable=fail empty=fail beside the system's "Could not find file" "Access to the path"; TLSv1.2..`,
		},
		"an address in 8.0.2 on .NET 7": {
			driver: "npgsql", version: "8.0.2", runtime: "7.0.0", connection: "Host=10.0.0.1;SSL Mode=VerifyFull",
			want: `VerifyFull: T path name; (none); file by .NET unreadable=fail empty=fail beside the system's "Could not find file" "Access to the path"; TLSv1.2..`,
		},
		"an address in 8.0 on .NET 7": {
			driver: "npgsql", version: "8.0", runtime: "7.0.0", connection: "Host=10.0.0.1;SSL Mode=VerifyFull",
			want: `VerifyFull: T path name; (none); file by .NET unreadable=fail empty=fail beside the system's "Could not find file" "Access to the path"; TLSv1.2..`,
		},
		"an address in 8.0.2 on .NET 8.0.0": {
			driver: "npgsql", version: "8.0.2", runtime: "8.0.0", connection: "Host=10.0.0.1;SSL Mode=VerifyFull",
			want: `VerifyFull: T path name; 10.0.0.1; file by .NET unreadable=fail empty=fail beside the system's "Could not find file" "Access to the path"; TLSv1.2..`,
		},
		"an address in 8.0.2 on .NET 8": {
			driver: "npgsql", version: "8.0.2", runtime: "8.0", connection: "Host=10.0.0.1;SSL Mode=VerifyFull",
			want: `VerifyFull: T path name; 10.0.0.1; file by .NET unreadable=fail empty=fail beside the system's "Could not find file" "Access to the path"; TLSv1.2..`,
		},
		"an address in brackets": {
			driver: "npgsql", connection: "Host=[::1]:5433",
			want: "Prefer: T/nr, P; ::1; none; TLSv1.2..",
		},
		"an address without brackets": {
			driver: "npgsql", connection: "Host=::1",
			want: "Prefer: T/nr, P; ::1; none; TLSv1.2..",
		},
		"a bracket alone": {
			driver: "npgsql", connection: "Host=]:1:2",
			want: "Prefer: T/nr, P; ]:1:2; none; TLSv1.2..",
		},
		"a socket beside a host": {
			driver: "npgsql", connection: "Host=/run,h",
			want: "undecided: a Unix socket beside other hosts is not covered",
		},
		"a client certificate": {
			driver: "npgsql", connection: "Host=h;SSL Certificate=/c",
			want: "undecided: the settings name a client certificate, whose file is not declared",
		},
		"a client key": {
			driver: "npgsql", connection: "Host=h;SSL Key=/k",
			want: "undecided: the settings name a client certificate, whose file is not declared",
		},
		"a client certificate by the environment": {
			driver: "npgsql", connection: "Host=h", environment: env{"PGSSLCERT": "/c"},
			want: "undecided: the settings name a client certificate, whose file is not declared",
		},
		"a client key by the environment": {
			driver: "npgsql", connection: "Host=h", environment: env{"PGSSLKEY": "/k"},
			want: "undecided: the settings name a client certificate, whose file is not declared",
		},
		"SSL Mode of another word": {
			driver: "npgsql", connection: "Host=h;SSL Mode=x",
			want: "rejected invalid_settings: Couldn't set : the value of SSL Mode is not one that Npgsql knows",
		},
		"a value that is not true or false": {
			driver: "npgsql", connection: "Host=h;Check Certificate Revocation=x",
			want: "rejected invalid_settings: Couldn't set : the value of checkcertificaterevocation is not one that Npgsql knows",
		},
		"trust that is not true or false": {
			driver: "npgsql", connection: "Host=h;Trust Server Certificate=x",
			want: "rejected invalid_settings: Couldn't set : the value of trustservercertificate is not one that Npgsql knows",
		},
		"Channel Binding of 0": {
			driver: "npgsql", connection: "Host=h;Channel Binding=0",
			want: "Prefer: T/nr, P; h; none; TLSv1.2..",
		},
		"Channel Binding of Disable": {
			driver: "npgsql", connection: "Host=h;Channel Binding=Disable",
			want: "Prefer: T/nr, P; h; none; TLSv1.2..",
		},
		"Channel Binding of another word": {
			driver: "npgsql", connection: "Host=h;Channel Binding=x",
			want: "rejected invalid_settings: Couldn't set : the value of Channel Binding is not one that Npgsql knows",
		},
		"SSL Negotiation of another word": {
			driver: "npgsql", connection: "Host=h;SSL Negotiation=x",
			want: "rejected invalid_settings: Couldn't set : the value of SSL Negotiation is not one that Npgsql knows",
		},
		"no host": {
			driver: "npgsql", connection: "Port=1",
			want: "rejected invalid_settings: Host can't be null: there is no host",
		},
		"no list of keywords": {
			driver: "npgsql", connection: "Host",
			want: "rejected invalid_settings: Format of the initialization string does not conform to specification: the connection string is no list of keyword=value entries",
		},
		"a property that is none": {
			driver: "npgsql", connection: "Host=h", properties: env{"x": "1"},
			want: "undecided: the property x is not covered",
		},
		"the property Server": {
			driver: "npgsql", properties: env{"Server": "db.example"},
			want: "Prefer: T/nr, P; db.example; none; TLSv1.2..",
		},
	})
}
