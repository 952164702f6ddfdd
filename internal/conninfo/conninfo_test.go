package conninfo_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

func TestParseReadsWhatLibpqReads(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		connection string
		libpq      int
		want       conninfo.Settings
	}{
		"the last of equal keywords counts":          {"host=a host=b", 15, conninfo.Settings{{"host", "b"}}},
		"a missing value swallows the next setting":  {"sslmode= sslrootcert=x", 15, conninfo.Settings{{"sslmode", "sslrootcert=x"}}},
		"a closing quote needs no blank":             {"host='a'port=1", 15, conninfo.Settings{{"host", "a"}, {"port", "1"}}},
		"a backslash escapes a blank":                {`host=a\ b`, 15, conninfo.Settings{{"host", "a b"}}},
		"requiressl=1 is sslmode=require":            {"requiressl=1", 15, conninfo.Settings{{"sslmode", "require"}}},
		"requiressl=0 is sslmode=prefer":             {"requiressl=0", 15, conninfo.Settings{{"sslmode", "prefer"}}},
		"ssl=true of a URI is sslmode=require":       {"postgres://h?ssl=true", 15, conninfo.Settings{{"host", "h"}, {"sslmode", "require"}}},
		"an IPv6 address stands in brackets":         {"postgres://[::1]:1/d", 15, conninfo.Settings{{"host", "::1"}, {"port", "1"}, {"dbname", "d"}}},
		"hosts without ports leave empty ports":      {"postgres://a,b:2", 15, conninfo.Settings{{"host", "a,b"}, {"port", ",2"}}},
		"a plus sign of a URI is a plus sign":        {"postgres://h/a+b", 15, conninfo.Settings{{"host", "h"}, {"dbname", "a+b"}}},
		"an at sign in the query starts the host":    {"postgres://h?user=a@b", 15, conninfo.Settings{{"user", "h?user=a"}, {"host", "b"}}},
		"17 keeps the spaces of a URI":               {"postgres:// h", 17, conninfo.Settings{{"host", " h"}}},
		"18 cuts the spaces of a URI off":            {"postgres:// h", 18, conninfo.Settings{{"host", "h"}}},
		"sslnegotiation is known from 17 on":         {"sslnegotiation=direct", 17, conninfo.Settings{{"sslnegotiation", "direct"}}},
		"an empty string has no settings":            {"", 15, nil},
		"a version of zero is the newest":            {"oauth_scope=x", 0, conninfo.Settings{{"oauth_scope", "x"}}},
		"an empty password of a URI is none":         {"postgres://u:@h", 15, conninfo.Settings{{"user", "u"}, {"host", "h"}}},
		"what follows a zero byte is not looked at":  {"host=a\x00 host=b", 15, conninfo.Settings{{"host", "a"}}},
		"a percent-encoded keyword is the keyword":   {"postgres://h?ssl%6Dode=allow", 15, conninfo.Settings{{"host", "h"}, {"sslmode", "allow"}}},
		"a percent-encoded socket folder is a host":  {"postgres://%2Frun/d", 15, conninfo.Settings{{"host", "/run"}, {"dbname", "d"}}},
		"a host of the query replaces that before":   {"postgres://a/d?host=b", 15, conninfo.Settings{{"host", "b"}, {"dbname", "d"}}},
		"tty is known up to 13":                      {"tty=x", 13, conninfo.Settings{{"tty", "x"}}},
		"the value may hold an equals sign":          {"options=-ca=b", 15, conninfo.Settings{{"options", "-ca=b"}}},
		"the last value may be empty":                {"host=a sslmode=", 15, conninfo.Settings{{"host", "a"}, {"sslmode", ""}}},
		"only white space ends a value":              {"user=a\x01b\x08c", 15, conninfo.Settings{{"user", "a\x01b\x08c"}}},
		"a URI ends at a zero byte":                  {"postgres://a\x00b/d?x", 15, conninfo.Settings{{"host", "a"}}},
		"an IPv6 address alone":                      {"postgres://[::1]", 15, conninfo.Settings{{"host", "::1"}}},
		"true is nothing but a value elsewhere":      {"postgres://h?application_name=true", 15, conninfo.Settings{{"host", "h"}, {"application_name", "true"}}},
		"the newest cuts the spaces of a URI off":    {"postgres:// h", 0, conninfo.Settings{{"host", "h"}}},
		"digits of both cases":                       {"postgres://h/%4a%4A%0a%f9", 15, conninfo.Settings{{"host", "h"}, {"dbname", "JJ\n\xf9"}}},
		"a quoted value may be empty":                {"sslmode=''", 15, conninfo.Settings{{"sslmode", ""}}},
		"tabs and line feeds separate settings, too": {"host=a\tport=1\nuser=u", 15, conninfo.Settings{{"host", "a"}, {"port", "1"}, {"user", "u"}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := conninfo.Parse(tc.connection, tc.libpq)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("Parse(%q) mismatch (-want +got):\n%s", tc.connection, diff)
			}
		})
	}
}

func TestParseRefusesInLibpqsWords(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		connection string
		libpq      int
		wantErr    error
		wantClient string
	}{
		"no equals sign":                    {"host a", 15, conninfo.ErrSyntax, `missing "=" after`},
		"open quote":                        {"host='a", 15, conninfo.ErrSyntax, "unterminated quoted string in connection info string"},
		"unknown keyword":                   {"sslfoo=1", 15, conninfo.ErrUnknownKeyword, `invalid connection option "sslfoo"`},
		"keyword of a later version":        {"sslnegotiation=direct", 16, conninfo.ErrUnknownKeyword, `invalid connection option "sslnegotiation"`},
		"keyword of an earlier version":     {"tty=x", 14, conninfo.ErrUnknownKeyword, `invalid connection option "tty"`},
		"upper case":                        {"SSLMODE=require", 15, conninfo.ErrUnknownKeyword, `invalid connection option "SSLMODE"`},
		"rest of a password is not quoted":  {"password=a b=c", 15, conninfo.ErrUnknownKeyword, "invalid connection option"},
		"a wrong escape in a user":          {"postgres://u%zz:p@h", 15, conninfo.ErrSyntax, "invalid percent-encoded token"},
		"a wrong escape in a host":          {"postgres://h%zz:1", 15, conninfo.ErrSyntax, "invalid percent-encoded token"},
		"a wrong escape in a parameter":     {"postgres://h?%zz=1", 15, conninfo.ErrSyntax, "invalid percent-encoded token"},
		"a wrong escape before a space":     {"postgres://h/%zz b", 18, conninfo.ErrSyntax, "invalid percent-encoded token"},
		"a wrong first digit":               {"postgres://h/%x4", 15, conninfo.ErrSyntax, "invalid percent-encoded token"},
		"what comes before the digits":      {"postgres://h/%-1", 15, conninfo.ErrSyntax, "invalid percent-encoded token"},
		"what comes before the letters":     {"postgres://h/%4:", 15, conninfo.ErrSyntax, "invalid percent-encoded token"},
		"what comes before small letters":   {"postgres://h/%4_", 15, conninfo.ErrSyntax, "invalid percent-encoded token"},
		"what comes after small letters":    {"postgres://h/%4g", 15, conninfo.ErrSyntax, "invalid percent-encoded token"},
		"behind a password of a URI":        {"postgres://h?password=a&host=h&b=c", 15, conninfo.ErrUnknownKeyword, "invalid URI query parameter"},
		"a parameter that is no word":       {"postgres://h?a-b=c", 15, conninfo.ErrUnknownKeyword, "invalid URI query parameter"},
		"nor what stands further behind":    {"password=a host=h b=c", 15, conninfo.ErrUnknownKeyword, "invalid connection option"},
		"what is no word is not quoted":     {"a-b=c", 15, conninfo.ErrUnknownKeyword, "invalid connection option"},
		"unknown parameter":                 {"postgres://h?pool=1", 15, conninfo.ErrUnknownKeyword, `invalid URI query parameter: "pool"`},
		"parameter after a password":        {"postgres://h?password=a&b=c", 15, conninfo.ErrUnknownKeyword, "invalid URI query parameter"},
		"open bracket":                      {"postgres://[::1", 15, conninfo.ErrSyntax, `end of string reached when looking for matching "]" in IPv6 host address in URI`},
		"empty brackets":                    {"postgres://[]", 15, conninfo.ErrSyntax, "IPv6 host address may not be empty in URI"},
		"text after the bracket":            {"postgres://[::1]x", 15, conninfo.ErrSyntax, `in URI (expected ":" or "/")`},
		"two equals signs":                  {"postgres://h?a=b=c", 15, conninfo.ErrSyntax, `extra key/value separator "=" in URI query parameter`},
		"no value":                          {"postgres://h?sslmode", 15, conninfo.ErrSyntax, `missing key/value separator "=" in URI query parameter`},
		"bad percent sign":                  {"postgres://h/%4x", 15, conninfo.ErrSyntax, "invalid percent-encoded token"},
		"encoded zero":                      {"postgres://h/%00", 15, conninfo.ErrSyntax, "forbidden value %00 in percent-encoded value"},
		"a space in 18":                     {"postgres://h/a b", 18, conninfo.ErrSyntax, "use percent-encoded spaces (%20) instead"},
		"an upper-case scheme is no scheme": {"POSTGRES://h", 15, conninfo.ErrSyntax, `missing "=" after`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := conninfo.Parse(tc.connection, tc.libpq)
			var refused *conninfo.Error
			if !errors.Is(err, tc.wantErr) || !errors.As(err, &refused) {
				t.Fatalf("Parse(%q) error = %v, want %v", tc.connection, err, tc.wantErr)
			}
			if refused.Client != tc.wantClient {
				t.Errorf("client's message = %q, want %q", refused.Client, tc.wantClient)
			}
		})
	}
}

func TestExpandPutsAConnectionStringInTheOrderOfItsPlace(t *testing.T) {
	t.Parallel()

	got, err := conninfo.Expand(conninfo.Settings{
		{"host", "before"},
		{"sslmode", "disable"},
		{"dbname", "host=inner sslmode=require dbname=d"},
		{"sslmode", "verify-ca"},
		{"port", ""},
	}, 15)
	if err != nil {
		t.Fatal(err)
	}
	want := conninfo.Settings{{"host", "inner"}, {"sslmode", "verify-ca"}, {"dbname", "d"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Expand mismatch (-want +got):\n%s", diff)
	}
}

func TestServiceFillsInWhatIsNotSet(t *testing.T) {
	t.Parallel()

	const file = "# services\n[other]\nhost=x\n\n[orders]\n  host=a\nsslmode=verify-full\nsslmode=disable\n[last]\nbad\n"
	got, err := conninfo.Service(conninfo.Settings{{"host", "mine"}}, file, "orders", 15)
	if err != nil {
		t.Fatal(err)
	}
	want := conninfo.Settings{{"host", "mine"}, {"sslmode", "verify-full"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Service mismatch (-want +got):\n%s", diff)
	}
}

func TestServiceLinesDifferByVersion(t *testing.T) {
	t.Parallel()

	long := "application_name=" + strings.Repeat("x", 300)
	tests := map[string]struct {
		file    string
		libpq   int
		want    conninfo.Settings
		refused bool
	}{
		"12 keeps blanks at the end":     {"[orders]\nsslmode=require \r\n", 12, conninfo.Settings{{"sslmode", "require "}}, false},
		"13 cuts blanks at the end off":  {"[orders]\nsslmode=require \r\n", 13, conninfo.Settings{{"sslmode", "require"}}, false},
		"13 refuses a line of 254 bytes": {"[orders]\n" + long + "\n", 13, nil, true},
		"the newest takes it, too":       {"[orders]\n" + long + "\n", 0, conninfo.Settings{{"application_name", strings.Repeat("x", 300)}}, false},
		"the newest cuts blanks off":     {"[orders]\nsslmode=require \r\n", 0, conninfo.Settings{{"sslmode", "require"}}, false},
		"14 takes it":                    {"[orders]\n" + long + "\n", 14, conninfo.Settings{{"application_name", strings.Repeat("x", 300)}}, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := conninfo.Service(nil, tc.file, "orders", tc.libpq)
			if refused := errors.Is(err, conninfo.ErrSyntax); refused != tc.refused {
				t.Fatalf("Service error = %v, want refused %t", err, tc.refused)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("Service mismatch (-want +got):\n%s", diff)
			}
		})
	}
	if _, err := conninfo.Service(nil, "[orders]\nldap://directory\n", "orders", 15); !errors.Is(err, conninfo.ErrLDAPService) {
		t.Errorf("Service error = %v, want ErrLDAPService", err)
	}
}

func TestServiceRefusesWhatLibpqRefuses(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ file, wantClient string }{
		"no such service": {"[x]\nhost=a\n", `definition of service "orders" not found`},
		"no equals sign":  {"[orders]\nhost\n", "syntax error in service file"},
		"unknown keyword": {"[orders]\nssl=on\n", "syntax error in service file"},
		"a long line":     {"[orders]\n#" + strings.Repeat("x", 1022) + "\n", "too long in service file"},
		"nested service":  {"[orders]\nservice=x\n", "nested service specifications not supported in service file"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := conninfo.Service(nil, tc.file, "orders", 15)
			var refused *conninfo.Error
			if !errors.As(err, &refused) || refused.Client != tc.wantClient {
				t.Errorf("Service error = %v, want %q", err, tc.wantClient)
			}
		})
	}
}

func TestParseODBCReadsAsPsqlodbcDoes(t *testing.T) {
	t.Parallel()

	got := conninfo.ParseODBC("Driver={PostgreSQL Unicode};;SSLmode=a;SSLMODE=b; Port=1;junk;pqopt={a=b;c='}}'};UID=u")
	want := conninfo.Settings{{"driver", "{PostgreSQL Unicode}"}, {"sslmode", "b"}, {" port", "1"}, {"pqopt", "a=b;c='}'"}, {"uid", "u"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ParseODBC mismatch (-want +got):\n%s", diff)
	}
}

func TestParseODBCKnowsWhatBracesOpen(t *testing.T) {
	t.Parallel()
	for connection, want := range map[string]conninfo.Settings{
		"D5={a=b;c=d};UID=u":       {{"d5", "a=b;c=d"}, {"uid", "u"}},
		"Server=a{b;UID=u};Port=1": {{"server", "a{b"}, {"uid", "u}"}, {"port", "1"}},
		"Server= {a;b};Port=1":     {{"server", " {a;b}"}, {"port", "1"}},
		"pqopt=;UID=u":             {{"pqopt", ""}, {"uid", "u"}},
		"pqopt={;UID=u":            {{"pqopt", "{"}, {"uid", "u"}},
		"pqopt=a=b};UID=u":         {{"pqopt", "a=b}"}, {"uid", "u"}},
	} {
		if diff := cmp.Diff(want, conninfo.ParseODBC(connection)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", connection, diff)
		}
	}
}

func TestParsePgBouncerReadsItsConnectionStrings(t *testing.T) {
	t.Parallel()

	got, known := conninfo.ParsePgBouncer(" host = 'a b''c' port=1 dbname=d")
	want := conninfo.Settings{{"host", "a b'c"}, {"port", "1"}, {"dbname", "d"}}
	if diff := cmp.Diff(want, got); !known || diff != "" {
		t.Errorf("ParsePgBouncer mismatch (-want +got):\n%s", diff)
	}
	for _, connection := range []string{"host", "host=", "host='a", "postgresql://h/d", "host=''", "ho-st=a"} {
		if _, known := conninfo.ParsePgBouncer(connection); known {
			t.Errorf("ParsePgBouncer(%q) takes it", connection)
		}
	}
}

func FuzzParseNeverPanics(f *testing.F) {
	for _, seed := range []string{"host=a port='b'", "postgresql://u:p@[::1]:1,h/d?ssl=true", `a=b\`, "postgres://%"} {
		f.Add(seed, 15)
	}
	f.Fuzz(func(t *testing.T, connection string, libpq int) {
		fuzzing.Limit(t)
		settings, err := conninfo.Parse(connection, libpq)
		var refused *conninfo.Error
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("Parse(%q) error has no client message: %v", connection, err)
		}
		if err == nil {
			_, _ = conninfo.Expand(append(settings, conninfo.Setting{Keyword: "dbname", Value: connection}), libpq)
		}
		_ = conninfo.ParseODBC(connection)
		_, _ = conninfo.ParsePgBouncer(connection)
		_, _ = conninfo.Service(nil, connection, "a", libpq)
	})
}

func TestExpandReadsTheFirstDatabaseThatIsNamed(t *testing.T) {
	t.Parallel()

	type s = conninfo.Settings
	tests := map[string]struct{ params, want s }{
		"an empty one is none":     {s{{"dbname", ""}, {"dbname", "host=a"}}, s{{"host", "a"}}},
		"a name stays one":         {s{{"dbname", "orders"}}, s{{"dbname", "orders"}}},
		"a later one is only name": {s{{"dbname", "host=a"}, {"dbname", "orders"}}, s{{"host", "a"}, {"dbname", "orders"}}},
	}
	for name, tc := range tests {
		got, err := conninfo.Expand(tc.params, 15)
		if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestAnUnknownKeywordIsQuotedWhereItIsAWord(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("a", 63)
	for keyword, quoted := range map[string]bool{
		"a_zAZ09": true, long: true, long + "a": false, "": false, "-ab": false, "a-b": false,
		"a{b": false, "a[b": false, "a/b": false, "a:b": false, "a@b": false, "a`b": false, "é": false,
	} {
		_, err := conninfo.Expand(conninfo.Settings{{keyword, "x"}}, 15)
		want := "invalid connection option"
		if quoted {
			want += ` "` + keyword + `"`
		}
		var refused *conninfo.Error
		if !errors.As(err, &refused) || refused.Client != want {
			t.Errorf("%q: %v, want %q", keyword, err, want)
			continue
		}
		if text := refused.Err.Error() + ": " + want; err.Error() != text {
			t.Errorf("%q: %q, want %q", keyword, err, text)
		}
	}
}

func TestVariablesHaveNamesAndReleases(t *testing.T) {
	t.Parallel()
	for libpq, want := range map[int]string{16: "", 17: "PGSSLNEGOTIATION"} {
		got := ""
		for _, variable := range conninfo.Variables(libpq) {
			if variable.Value == "" {
				t.Errorf("%s has no variable, and is listed", variable.Keyword)
			}
			if variable.Keyword == "sslnegotiation" {
				got = variable.Value
			}
		}
		if got != want {
			t.Errorf("libpq %d: %q, want %q", libpq, got, want)
		}
	}
}

func TestWithoutBrackets(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{"[::1]": "::1", "[::1": "[::1", "::1]": "::1]", "h": "h", "[": "["} {
		if got := conninfo.WithoutBrackets(host); got != want {
			t.Errorf("%q without brackets is %q, want %q", host, got, want)
		}
	}
}

func TestLenientUnescape(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"a+b%20c": "a+b c", "100%": "100%", "%4": "%4", "%zz%41": "%zzA", "a20": "a20", "%41": "A"} {
		if got := conninfo.LenientUnescape(text, false); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if got := conninfo.LenientUnescape("a+b%2B", true); got != "a b+" {
		t.Errorf("a plus sign that is a space: %q", got)
	}
}
