package conninfo_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

// jdbcAnswer is what the real Driver.parseURL made of a URL: null is its
// refusal, "same" as the current generation. Recorded by the runner of pgjdbc
// in its mode "parse", with 42.5.5 (42.4.2 and 42.7.3 gave the same) and
// 42.2.8.
type jdbcAnswer struct {
	URL     string            `json:"url"`
	Given   map[string]string `json:"given"`
	Current json.RawMessage   `json:"current"`
	Legacy  json.RawMessage   `json:"legacy"`
}

func jdbcAnswers(tb testing.TB) []jdbcAnswer {
	tb.Helper()
	file, err := os.Open(filepath.Join("testdata", "jdbc_urls.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var answers []jdbcAnswer
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var answer jdbcAnswer
		if err := json.Unmarshal(lines.Bytes(), &answer); err != nil {
			tb.Fatal(err)
		}
		answers = append(answers, answer)
	}
	return answers
}

func TestParseJDBCAnswersAsTheDriverDoes(t *testing.T) {
	t.Parallel()

	for _, answer := range jdbcAnswers(t) {
		legacy := answer.Legacy
		if string(legacy) == `"same"` {
			legacy = answer.Current
		}
		compareJDBC(t, answer, conninfo.JDBCParserCurrent, answer.Current)
		compareJDBC(t, answer, conninfo.JDBCParserLegacy, legacy)
	}
}

func compareJDBC(t *testing.T, answer jdbcAnswer, parser conninfo.JDBCParser, recorded json.RawMessage) {
	t.Helper()
	var want map[string]string
	if err := json.Unmarshal(recorded, &want); err != nil {
		t.Fatal(err)
	}
	got, err := conninfo.ParseJDBC(answer.URL, answer.Given, parser)
	if err != nil && !errors.Is(err, conninfo.ErrJDBCURL) {
		t.Errorf("ParseJDBC(%q, %v, %d) error = %v, not ErrJDBCURL", answer.URL, answer.Given, parser, err)
	}
	if diff := cmp.Diff(want, got.Properties, cmp.Comparer(sameText)); diff != "" {
		t.Errorf("ParseJDBC(%q, %v, %d) differs from the driver (-driver +ours):\n%s", answer.URL, answer.Given, parser, diff)
	}
}

// sameText takes any number of replacement characters for one: Java and Go
// differ in how many stand for bytes that are no UTF-8.
func sameText(a, b string) bool { return oneReplacement(a) == oneReplacement(b) }

func oneReplacement(s string) string {
	for strings.Contains(s, "\uFFFD\uFFFD") {
		s = strings.ReplaceAll(s, "\uFFFD\uFFFD", "\uFFFD")
	}
	return s
}

func TestParseJDBCListsTheHostsInOrder(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		url  string
		want []conninfo.JDBCHost
	}{
		"several hosts keep their ports": {
			url:  "jdbc:postgresql://a:1,[::1],c:3/db?targetServerType=primary",
			want: []conninfo.JDBCHost{{Name: "a", Port: "1"}, {Name: "[::1]", Port: "5432"}, {Name: "c", Port: "3"}},
		},
		"the arguments win over the authority": {
			url:  "jdbc:postgresql://a/db?host=b&port=2",
			want: []conninfo.JDBCHost{{Name: "b", Port: "2"}},
		},
		"no host at all is the loopback": {
			url:  "jdbc:postgresql:db",
			want: []conninfo.JDBCHost{{Name: "localhost", Port: "5432"}},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := conninfo.ParseJDBC(tc.url, nil, conninfo.JDBCParserCurrent)
			if err != nil {
				t.Fatal(err)
			}
			if got.Unnamed != (name == "no host at all is the loopback") {
				t.Errorf("Unnamed = %t", got.Unnamed)
			}
			if diff := cmp.Diff(tc.want, got.Hosts); diff != "" {
				t.Errorf("hosts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseJDBCLeavesAServiceOpen(t *testing.T) {
	t.Parallel()

	got, err := conninfo.ParseJDBC("jdbc:postgresql://h/?service=billing&sslmode=require", nil, conninfo.JDBCParserCurrent)
	if err != nil || got.Service != "billing" || len(got.Hosts) != 0 || got.Properties["sslmode"] != "require" {
		t.Errorf("got %+v, %v", got, err)
	}
	legacy, err := conninfo.ParseJDBC("jdbc:postgresql://h/?service=billing", nil, conninfo.JDBCParserLegacy)
	if err != nil || legacy.Service != "" || legacy.Properties["service"] != "billing" {
		t.Errorf("before 42.3.2 service is a property like any other: got %+v, %v", legacy, err)
	}
}

func TestJDBCWithoutPassword(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		url, want string
		found     bool
	}{
		"nothing to hide":                    {"jdbc:postgresql://h:1/db?ssl=true&user=u", "jdbc:postgresql://h:1/db?ssl=true&user=u", false},
		"the password goes, the rest stays":  {"jdbc:postgresql://h/db?user=u&password=x&ssl", "jdbc:postgresql://h/db?user=u&ssl", true},
		"the key's password goes":            {"jdbc:postgresql://h/db?sslpassword=x", "jdbc:postgresql://h/db", true},
		"an empty password is none":          {"jdbc:postgresql:db?password=", "jdbc:postgresql:db?password=", false},
		"case and escapes hide nothing":      {"jdbc:postgresql:db?p%61ssWord=x&a=b", "jdbc:postgresql:db?a=b", true},
		"a callback class is no secret":      {"jdbc:postgresql:db?sslpasswordcallback=c", "jdbc:postgresql:db?sslpasswordcallback=c", false},
		"userinfo is not JDBC, but a secret": {"jdbc:postgresql://u:x@h:1/db", "jdbc:postgresql://u@h:1/db", true},
		"a slash in such a password":         {"jdbc:postgresql://u:x/y@h:1/db", "jdbc:postgresql://u@h:1/db", true},
		"an @ in the database is none":       {"jdbc:postgresql://h:1/d@b", "jdbc:postgresql://h:1/d@b", false},
		"an @ in both":                       {"jdbc:postgresql://u:x@h/d@b", "jdbc:postgresql://u@h/d@b", true},
		"no server":                          {"jdbc:postgresql:d@b", "jdbc:postgresql:d@b", false},
		"PGPASSWORD is no key, but a secret": {"jdbc:postgresql:db?PGPASSWORD=x", "jdbc:postgresql:db", true},
		"a trust store's password":           {"jdbc:postgresql:db?javax.net.ssl.trustStorePassword=x", "jdbc:postgresql:db", true},
		"short names":                        {"jdbc:postgresql:db?pwd=x&passwd=y&a=b", "jdbc:postgresql:db?a=b", true},
		"r2dbcs":                             {"r2dbcs:postgresql://u:p@h/db", "r2dbcs:postgresql://u@h/db", true},
		"a user alone stays":                 {"r2dbc:postgresql://u@h/db", "r2dbc:postgresql://u@h/db", false},
		"r2dbc carries it before the host":   {"r2dbc:postgresql://u:p%40x@h/db?sslMode=require", "r2dbc:postgresql://u@h/db?sslMode=require", true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, found, err := conninfo.JDBCWithoutPassword(tc.url)
			if err != nil || got != tc.want || found != tc.found {
				t.Errorf("JDBCWithoutPassword(%q) = %q, %t, %v, want %q, %t", tc.url, got, found, err, tc.want, tc.found)
			}
		})
	}
	if _, found, err := conninfo.JDBCWithoutPassword("postgresql://u:secret@h/db"); found || !errors.Is(err, conninfo.ErrJDBCURL) || strings.Contains(err.Error(), "secret") {
		t.Errorf("another URL: error = %v, want ErrJDBCURL", err)
	}
}

func FuzzParseJDBC(f *testing.F) {
	for _, answer := range jdbcAnswers(f) {
		f.Add(answer.URL)
	}
	f.Fuzz(func(t *testing.T, url string) {
		fuzzing.Limit(t)
		for _, parser := range []conninfo.JDBCParser{conninfo.JDBCParserCurrent, conninfo.JDBCParserLegacy} {
			got, err := conninfo.ParseJDBC(url, nil, parser)
			if err != nil && !errors.Is(err, conninfo.ErrJDBCURL) {
				t.Errorf("error = %v, not ErrJDBCURL", err)
			}
			if err == nil && got.Service == "" && len(got.Hosts) == 0 {
				t.Error("no hosts and no error")
			}
		}
		without, _, err := conninfo.JDBCWithoutPassword(url)
		if err != nil {
			return
		}
		if again, found, err := conninfo.JDBCWithoutPassword(without); err != nil || found || again != without {
			t.Errorf("without its secrets, %q still has some: %q", without, again)
		}
	})
}

func TestParseJDBCRefusesInWords(t *testing.T) {
	t.Parallel()

	for url, want := range map[string]string{
		"jdbc:postgresql://,/db":                    "there is no host between the commas",
		"jdbc:postgresql:///db?PGHOST=,&PGPORT=,":   "there is no host, or the numbers of hosts and ports do not match",
		"jdbc:postgresql://h/db?service=%zz":        "a percent-encoding is invalid",
		"jdbc:postgresql://h:99999999999999999999/": "a port is not a number from 1 to 65535",
	} {
		_, err := conninfo.ParseJDBC(url, nil, conninfo.JDBCParserCurrent)
		if !errors.Is(err, conninfo.ErrJDBCURL) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", url, err, want)
		}
	}
}
