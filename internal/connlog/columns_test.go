package connlog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestColumnsAreQuoted has what csvlog and jsonlog quote.
func TestColumnsAreQuoted(t *testing.T) {
	t.Parallel()
	row := func(user, message string) string {
		quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
		return "2026-11-23 17:56:45.123 UTC," + quote(user) + `,"orders",77,"fe80::1%eth0:4711",6922f0ad.4d,2,"authentication",2026-11-23 17:56:45 UTC,3/7,0,LOG,00000,` +
			quote(message) + `,,,,,,,,,"x","client backend",,0`
	}
	forged := "x\r\n" + row("boss", "connection authorized: user=boss database=orders") + "\n"
	for name, tc := range map[string]struct {
		file, content string
		want          []string
	}{
		"csv":                   {"x.csv", row("app", "connection authorized: user=app database=orders"+tls13) + "\n", []string{`client app@orders "" from fe80::1%eth0 on TLS 1`}},
		"csv, lines of Windows": {"x.csv", row("app", "connection authorized: user=app database=orders"+tls13) + "\r\n", []string{`client app@orders "" from fe80::1%eth0 on TLS 1`}},
		"csv, forged by a name": {"x.csv", row(forged, "connection received: host=x") + "\n", []string{"gap unread_lines 1"}},
		"csv, from within": {
			"x.csv", `d user=""x",,` + "\n" + row("app", "connection authorized: user=app database=orders"+tls13) + "\n",
			[]string{"gap cut_records 1"},
		},
		"json": {
			"x.json", `{"timestamp":"2026-11-23 17:56:45.123 UTC","user":"app","dbname":"orders","pid":77,"remote_host":"10.0.0.5","remote_port":4711,"error_severity":"LOG","message":"connection authorized: user=app database=orders` + tls13 + `"}` + "\r\n",
			[]string{`client app@orders "" from 10.0.0.5 on TLS 1`},
		},
		"json, forged by a name": {
			"x.json", `{"timestamp":"2026-11-23 17:56:45.123 UTC","user":"\n{\"timestamp\":\"2026-11-23 17:56:45.123 UTC\"","pid":77,"remote_host":"10.0.0.5","error_severity":"LOG","message":"connection received: host=10.0.0.5 port=1"}` + "\n",
			[]string{"gap unread_lines 1"},
		},
		"csv, log_min_messages was changed": {
			"x.csv", `2026-11-23 17:56:45.123 UTC,,,1,,6922f0ad.1,2,,2026-11-23 17:56:45 UTC,,0,LOG,00000,"parameter ""log_min_messages"" changed to ""warning""",,,,,,,,,"","postmaster",,0` + "\n",
			[]string{"gap log_connections_off 1"},
		},
		"csv, of a server to come": {
			"x.csv", strings.TrimSuffix(row("app", "connection authorized: user=app database=orders"+tls13), "0") + `0,"more"` + "\n", []string{"gap unread_lines 1"},
		},
		"csv, raised by a session": {
			"x.csv", strings.Replace(row("app", "connection authorized: user=app database=orders"+tls13), ",,,,,,,,,", `,,,,,"PL/pgSQL function",,,,`, 1) + "\n" +
				strings.Replace(row("app", "connection authorized: user=app database=orders"+tls13), ",,,,,,,,,", `,,,,,,"DO",,,`, 1) + "\n",
			nil,
		},
		"json, raised by a session": {
			"x.json", raisedJSON("context") + "\n" + raisedJSON("statement") + "\n", nil,
		},
		"json, cut":             {"x.json", `{"timestamp":"2026-11-23 17:56:45.123 UTC","user":"app","dbn` + "\n", []string{"gap unread_lines 1"}},
		"json, the last is cut": {"x.json", `{"timestamp":"2026-11-23 17:56:45.123 UTC","user":"app","dbn`, []string{"gap cut_records 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, says(readUnchecked(t, rdsPrefix, tc.file, []byte(tc.content)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// raisedJSON is what RAISE LOG makes of the message of a session.
func raisedJSON(key string) string {
	return `{"timestamp":"2026-11-23 17:56:45.123 UTC","user":"app","dbname":"orders","pid":77,"remote_host":"10.0.0.5","remote_port":4711,"error_severity":"LOG","message":"connection authorized: user=app database=orders","` + key + `":"x"}`
}
