package conninfo_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

// secret stands for a password in the vectors below.
const secret = "s3cr3tZq"

func TestRedactTakesSecretsOutAndLeavesTheRest(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ connection, want string }{
		"keyword and value":                 {"host=a password=" + secret + " dbname=d", "host=a  dbname=d"},
		"blanks around the equals sign":     {"password = " + secret + " host=a", "host=a"},
		"quoted with a blank":               {"host=a password='x " + secret + "' port=1", "host=a  port=1"},
		"escaped quote":                     {`host=a password='x\'` + secret + `' port=1`, "host=a  port=1"},
		"key password":                      {"host=a sslpassword=" + secret, "host=a"},
		"upper case":                        {"host=a PASSWORD=" + secret, "host=a"},
		"semicolon in the password":         {"host=a password=x;" + secret + " port=1", "host=a  port=1"},
		"scram key":                         {"host=a scram_client_key=" + secret, "host=a"},
		"client secret":                     {"host=a oauth_client_secret=" + secret, "host=a"},
		"URI":                               {"postgresql://u:" + secret + "@h:1/d?sslmode=require", "postgresql://u@h:1/d?sslmode=require"},
		"URI without a user":                {"postgres://:" + secret + "@h/d", "postgres://@h/d"},
		"at sign in the password":           {"postgresql://u:p@" + secret + "@h/d", "postgresql://u@h/d"},
		"slash in the password":             {"postgresql://u:p/" + secret + "@h/d", "postgresql://u@h/d"},
		"slash after digits":                {"postgresql://u:12/" + secret + "@h/d", "postgresql://u@h/d"},
		"question mark in the password":     {"postgresql://u:p?" + secret + "@h/d", "postgresql://u@h/d"},
		"hash in the password":              {"postgresql://u:p#" + secret + "@h/d", "postgresql://u@h/d"},
		"password in the query":             {"postgresql://u@h/d?sslmode=require&password=" + secret + "&port=1", "postgresql://u@h/d?sslmode=require&port=1"},
		"only a password in the query":      {"postgresql://h/d?password=" + secret, "postgresql://h/d"},
		"percent-encoded key":               {"postgresql://h/d?%70assword=" + secret, "postgresql://h/d"},
		"key password in the query":         {"postgresql://h/d?sslpassword=" + secret + "&x=1", "postgresql://h/d?x=1"},
		"several hosts":                     {"postgresql://u:" + secret + "@a:1,b:2/d", "postgresql://u@a:1,b:2/d"},
		"IPv6":                              {"postgresql://u:" + secret + "@[::1]:1/d", "postgresql://u@[::1]:1/d"},
		"SQLAlchemy":                        {"postgresql+psycopg2://u:" + secret + "@h/d", "postgresql+psycopg2://u@h/d"},
		"JDBC with a flag":                  {"jdbc:postgresql://h/d?password=" + secret + "&ssl", "jdbc:postgresql://h/d?ssl"},
		"a client's secret":                 {"Host=h;Client Secret=" + secret, "Host=h"},
		"JDBC":                              {"jdbc:postgresql://h:1/d?user=u&password=" + secret + "&ssl=true", "jdbc:postgresql://h:1/d?user=u&ssl=true"},
		"R2DBC":                             {"r2dbc:postgresql://u:" + secret + "@h/d", "r2dbc:postgresql://u@h/d"},
		"ODBC":                              {"Driver={PostgreSQL Unicode};Server=h;Pwd=" + secret + ";UID=u", "Driver={PostgreSQL Unicode};Server=h;UID=u"},
		"ODBC in braces":                    {"Driver=x;Password={a;" + secret + "};Server=h", "Driver=x;Server=h"},
		"ODBC in pqopt":                     {"Driver=x;pqopt={sslrootcert=/r password=" + secret + "}", "Driver=x;pqopt={sslrootcert=/r}"},
		"Npgsql":                            {"Host=h;Username=u;Password=" + secret + ";SSL Mode=Require", "Host=h;Username=u;SSL Mode=Require"},
		"Npgsql with blanks in the value":   {"Host=h;Password=x " + secret + " y;Database=d", "Host=h;Database=d"},
		"Npgsql quoted":                     {`Host=h;Password="a;` + secret + `";Database=d`, "Host=h;Database=d"},
		"Npgsql key password":               {"Host=h;SSL Password=" + secret + ";PSW=" + secret, "Host=h"},
		"PDO":                               {"pgsql:host=h;password=" + secret + ";dbname=d", "pgsql:host=h;dbname=d"},
		"PDO, password first":               {"pgsql:password=" + secret + ";dbname=d", "pgsql:dbname=d"},
		"PDO with blanks":                   {"pgsql:host=h password=" + secret + " dbname=d", "pgsql:host=h  dbname=d"},
		"DBI":                               {"dbi:Pg:dbname=d;host=h;password=" + secret, "dbi:Pg:dbname=d;host=h"},
		"a template's scheme":               {"${SCHEME}://u:" + secret + "@h/d", "${SCHEME}://u@h/d"},
		"a URL in another value":            {"host=h application_name=a://b password=" + secret, "host=h application_name=a://b"},
		"an empty part":                     {"Host=h;Password=" + secret + ";;Port=1", "Host=h;;Port=1"},
		"an empty part at the end":          {"Host=h;Password=" + secret + ";", "Host=h;"},
		"and an empty one":                  {"postgresql://u:" + secret + "@h/d?password=", "postgresql://u@h/d"},
		"pqopt alone":                       {"pqopt={password=" + secret + "}", "pqopt={}"},
		"another program's keyword":         {"host=a pwd=" + secret + " port=1", "host=a  port=1"},
		"a password that looks like a host": {"host=a password=" + secret + "=b", "host=a"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, found, err := conninfo.Redact(tc.connection)
			if err != nil || !found {
				t.Fatalf("Redact = %q, found %t, %v; want found", got, found, err)
			}
			if strings.Contains(got, secret) {
				t.Fatalf("the secret is left in %q", got)
			}
			if got != tc.want {
				t.Errorf("Redact = %q, want %q", got, tc.want)
			}
		})
	}
}

func TestRedactLeavesConnectionsWithoutSecretsAlone(t *testing.T) {
	t.Parallel()

	for _, connection := range []string{
		"", "host=a dbname=d", "host=a passfile=/p", "host=a password=''", "host='a;b'",
		"postgresql://u@h:5432/d?sslmode=verify-full&sslrootcert=/a%20b.pem", "postgresql://u:@h/d",
		"postgresql://h:5432/d?user=a@b", "postgresql://h/d?password=", "postgresql://[::1]:5432/d", "postgres://h,i:2/d",
		"jdbc:postgresql://h:5432/d?user=u", "Driver={PostgreSQL Unicode};Server=h;UID=u",
		"Host=h;Username=u;Passfile=/p;SSL Mode=VerifyFull", "pgsql:host=h;dbname=d", "dbi:Pg:dbname=d",
		`{"url":"http://h:80/","mail":"a@b"}`, "see http://db:5432/x and mail a@b", "a,http://db:5432/x@y", "a;http://db:5432/x@y",
		"postgres://h/d?label=a@b", "postgres://h/d:x@y", "postgresql://[::1]/d?application_name=a@b", "sslmode://",
		"postgres://u@h:${PORT}/d", "postgresql://${DB_HOST:-localhost}:5432/d", "postgresql://u@h:${PORT:-5432}/d", "postgres://h:$PORT/d", "postgres://h:{{ port }}/d", "jdbc:postgresql://h/d?user=u&ssl", "host=h;port",
		"sslmode", "host='open", "mydb", "host = a  port =1",
	} {
		got, found, err := conninfo.Redact(connection)
		if want := connection; found || err != nil || got != want && connection != "postgresql://u:@h/d" && connection != "postgresql://h/d?password=" && connection != "host=a password=''" {
			t.Errorf("Redact(%q) = %q, found %t, %v", connection, got, found, err)
		}
	}
}

func TestRedactRefusesWhatItCannotCutOut(t *testing.T) {
	t.Parallel()

	for _, connection := range []string{
		"host=a password='" + secret, // the quote is never closed
		"host=a port password=" + secret,
		"host a password = " + secret,
		"postgres://u:p@ss/" + secret + "#rd@h:5432/db", // where does the password end?
		"postgres://u:p@ss?" + secret + "@h:5432/db",
		"postgres://u:p@ss/w?x=" + secret + "@h:5432/db",
		"postgres://u:p@ss#w?a&" + secret + "@h/db",
		"postgres://u:5432/" + secret + "?x@h/db", // a port, or a password?
		"postgres://u:5432?" + secret + "@h/db",
		"postgres://u:" + secret, // the host is forgotten
		"postgres://u:" + secret + "/db",
		"postgres://u:" + secret + "?sslmode=require",
		"postgres://h/d?password=x&" + secret, // is the & the password's?
		"postgres://h/d#password=" + secret,
		"postgres://h/d?options=-c%20password%3D" + secret,
		"jdbc:postgresql://h/d?user=u&password=x&" + secret,
		"host=h;Password=x;" + secret + ";Database=d",
		"postgres://[::1]:5432/" + secret + "@h/d",
		"host=a password=" + secret + " y",
		"host=a password=" + secret + " y=1",
		"pgsql:host=h;user=u;password=a;" + secret,
		"{'host': 'h', 'password': '" + secret + "'}",
		"host: h\npassword: " + secret,
	} {
		got, found, err := conninfo.Redact(connection)
		if !errors.Is(err, conninfo.ErrSecretMixedIn) || !found || got != "" {
			t.Errorf("Redact = %q, found %t, %v; want ErrSecretMixedIn", got, found, err)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the error quotes the secret: %v", err)
		}
		if !conninfo.HasPassword(connection) {
			t.Error("HasPassword = false")
		}
	}
}

func FuzzRedactLeavesNoSecret(f *testing.F) {
	for _, seed := range []string{"", " port=1", "'x' host=b", "?sslmode=require", ";Server=h", "&a=b", "@h/d", "/d"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		fuzzing.Limit(t)
		if strings.Contains(before+after, "s3") {
			return
		}
		for _, middle := range []string{" password=" + secret, ";Pwd=" + secret, "&password=" + secret, " sslpassword='" + secret + "'"} {
			got, _, err := conninfo.Redact(before + middle + after)
			if err == nil && strings.Contains(got, secret) && wellFormed(before) {
				t.Errorf("Redact(%q) leaves the secret: %q", before+middle+after, got)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the error quotes the secret: %v", err)
			}
		}
	})
}

// wellFormed says whether what follows text cannot be the rest of a value, a
// comment or another key.
func wellFormed(text string) bool {
	return text == "" || text == "host=a" || text == "postgresql://h/d?a=b" || text == "Server=h"
}

func FuzzRedactTwiceIsRedactOnce(f *testing.F) {
	for _, seed := range []string{"host=a password=b", "postgresql://u:p@h/d?password=x", "Driver=x;Pwd={a;b}", "pgsql:host=h;password=x", "jdbc:postgresql://h/d?password=x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, connection string) {
		fuzzing.Limit(t)
		once, _, err := conninfo.Redact(connection)
		if err != nil {
			return
		}
		if twice, found, err := conninfo.Redact(once); found && err == nil && !strings.Contains(once, "=") {
			t.Errorf("Redact(%q) = %q, and again: %q", connection, once, twice)
		}
	})
}
