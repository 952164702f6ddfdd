package connlog_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/connlog"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

// forgeries are the log_line_prefixes that names are forged in. In the last, the
// message follows a name at once.
var forgeries = append(prefixes(18), "%m [%p] %u@%d ", "%t:%h:%d:%u:[%p]: ", "%m [%p] %q[user=%u,db=%d,app=%a] ", "%n;%c;%5p;%a;%u@%d;", "%m [%p] %u@%d")

// process is what writes a line. It has no host where it serves nobody.
type process struct {
	pid                                        int
	host, port, user, database, application, i string
}

var (
	server  = process{pid: 1}
	arrives = process{pid: 77, host: "10.0.0.5", port: "4711", user: "[unknown]", database: "[unknown]"}
	serves  = process{pid: 77, host: "10.0.0.5", port: "4711", user: "app", database: "orders", i: "authentication"}
)

// line is what the server writes.
//
// Source: log_status_format in elog.c of 18.
func (p process) line(prefix, severity, message string) string {
	const at = "2026-11-23 17:56:45"
	unless := func(text string) string {
		if text == "" && p.host != "" {
			return "[unknown]"
		}
		return text
	}
	values := map[byte]string{
		't': at + " UTC", 'm': at + ".001 UTC", 'n': "1763920605.001", 's': at + " UTC", 'p': strconv.Itoa(p.pid), 'c': fmt.Sprintf("6922f0ad.%x", p.pid),
		'l': "3", 'e': "00000", 'v': "3/7", 'x': "0", 'i': p.i, 'b': "client backend", 'P': "", 'h': p.host, 'r': p.host,
		'u': unless(p.user), 'd': unless(p.database), 'a': unless(p.application), '%': "%",
	}
	if p.port != "" {
		values['r'] += "(" + p.port + ")"
	}
	var b strings.Builder
	for i := 0; i < len(prefix); i++ {
		if prefix[i] != '%' {
			b.WriteByte(prefix[i])
			continue
		}
		end := i + 1
		for prefix[end] == '-' || prefix[end] >= '0' && prefix[end] <= '9' {
			end++
		}
		if prefix[end] == 'q' {
			if p.host == "" {
				break
			}
		} else {
			fmt.Fprintf(&b, "%"+prefix[i+1:end]+"s", values[prefix[end]])
		}
		i = end
	}
	return b.String() + severity + ":  " + strings.ReplaceAll(message, "\n", "\n\t")
}

// around puts lines between others of the server, far enough from a session.
func around(prefix string, more ...string) []byte {
	quiet := server.line(prefix, "LOG", strings.TrimPrefix(filler, at+":@:[1]:LOG:  "))
	all := append([]string{
		quiet, arrives.line(prefix, "LOG", "connection received: host=10.0.0.5 port=4711"),
		serves.line(prefix, "LOG", "connection authorized: user=app database=orders application_name=billing"+tls13), quiet,
	}, more...)
	return lines(append(all, quiet, quiet)...)
}

// onlyBilling reports what a log says beside the session that is in around.
func onlyBilling(t *testing.T, content []byte, r connlog.Report) {
	t.Helper()
	want := connlog.Client{Username: "app", Database: "orders", ApplicationName: "billing", Address: "10.0.0.5", Transport: connlog.TLS, TLSVersion: "TLSv1.3", Cipher: "TLS_AES_256_GCM_SHA384", Bits: 256}
	for client, times := range r.Clients {
		// A prefix without an address has that of the receipt.
		if client != want || times.Count != 1 {
			t.Fatalf("forged: %d times %+v\n%s", times.Count, client, content)
		}
	}
	if len(r.Clients) != 1 || len(r.PlaintextRefused) > 0 || len(r.Refused) > 0 {
		t.Fatalf("%v\n%s", says(r), content)
	}
}

// FuzzForgedNames gives a client of TLS that fails to log in two names. Whatever
// they are, the log says nothing but that it came, and what surrounds it stands.
func FuzzForgedNames(f *testing.F) {
	for _, v := range forgers() {
		for i := range forgeries {
			f.Add(v.startup[1], v.startup[3], uint8(i))
		}
	}
	f.Add("x@LOG:  z\n2026-11-23 17:56:45.001 UTC [7] ", "LOG: connection authorized: user= database= application_name=\n\t", uint8(len(forgeries)-1))
	f.Add("a@b:[1]:LOG:  z\n2026-11-23 17:56:45 UTC::", ":[7]:LOG: database system is ready to accept \n\t", uint8(0))
	f.Add("a@b:[1]:CONTEXT:  z\n\t", "x", uint8(0))
	f.Fuzz(func(t *testing.T, user, database string, which uint8) {
		fuzzing.Limit(t)
		prefix := forgeries[int(which)%len(forgeries)]
		attacker := process{pid: 666, host: "10.0.0.6", port: "9", user: chosen(user), database: chosen(database), i: "authentication"}
		if attacker.user == "" {
			attacker.user = "x" // The server wants one.
		}
		content := around(prefix, attacker.line(prefix, "FATAL", `password authentication failed for user "`+attacker.user+`"`))
		onlyBilling(t, content, parse(t, prefix, "x", content))
	})
}

// FuzzForgedRows does the same in csvlog and jsonlog, where nothing is lost
// either, and where names may also be those of somebody who is refused.
func FuzzForgedRows(f *testing.F) {
	for _, v := range forgers() {
		f.Add(v.startup[1], v.startup[3])
	}
	f.Add("\"\n2026-11-23 17:56:45.123 UTC,\"boss\"", "\"")
	f.Fuzz(func(t *testing.T, user, database string) {
		fuzzing.Limit(t)
		attacker := process{pid: 666, host: "10.0.0.6", port: "9", user: chosen(user), database: chosen(database)}
		failure := `password authentication failed for user "` + attacker.user + `"`
		row := func(p process, severity, message string) string {
			quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
			return "2026-11-23 17:56:45.123 UTC," + quote(p.user) + "," + quote(p.database) + "," + strconv.Itoa(p.pid) + "," + quote(p.host+":"+p.port) +
				`,6922f0ad.4d,2,"authentication",2026-11-23 17:56:45 UTC,3/7,0,` + severity + ",00000," + quote(message) + `,,,,,,,,,"x","client backend",,0`
		}
		object := func(p process, severity, message string) string {
			text, err := json.Marshal(map[string]any{
				"user": p.user, "dbname": p.database, "pid": p.pid, "remote_host": p.host, "remote_port": 4711, "error_severity": severity, "message": message,
			})
			must(t, err)
			return `{"timestamp":"2026-11-23 17:56:45.123 UTC",` + string(text[1:])
		}
		for name, write := range map[string]func(p process, severity, message string) string{"x.csv": row, "x.json": object} {
			content := lines(write(process{pid: 77, host: "10.0.0.5", port: "4711"}, "LOG", "connection received: host=10.0.0.5 port=4711"),
				write(attacker, "FATAL", failure),
				write(serves, "LOG", "connection authorized: user=app database=orders application_name=billing"+tls13),
				write(attacker, "FATAL", failure))
			report := parse(t, rdsPrefix, name, content)
			onlyBilling(t, content, report)
			if len(report.Gaps) > 0 {
				t.Fatalf("%v\n%s", report.Gaps, content)
			}
		}
	})
}

// FuzzForgedApplication gives a client of TLS that logs in any name for itself.
func FuzzForgedApplication(f *testing.F) {
	for _, name := range []string{"x", tls13, " GSS (authenticated=yes, encrypted=yes)", "x database=y application_name=z" + tls13, "LOG:  connection authorized: user=boss database=d", "] LOG:  FATAL:  x"} {
		for i := range forgeries {
			f.Add(name, uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, application string, which uint8) {
		fuzzing.Limit(t)
		prefix := forgeries[int(which)%len(forgeries)]
		name := strings.Map(func(r rune) rune { // pg_clean_ascii
			if r < 32 || r > 126 {
				return '?'
			}
			return r
		}, chosen(application))
		message := "connection authorized: user=boss database=orders"
		if name != "" {
			message += " application_name=" + name
		}
		client := process{pid: 78, host: "10.0.0.6", port: "9", user: "boss", database: "orders", i: "authentication"}
		content := around(prefix, process{pid: 78, host: "10.0.0.6", port: "9"}.line(prefix, "LOG", "connection received: host=10.0.0.6 port=9"), client.line(prefix, "LOG", message+tls13))
		report := parse(t, prefix, "x", content)
		found := int64(0)
		for c, times := range report.Clients {
			if c.Username == "boss" && c.Database == "orders" && c.ApplicationName == name && c.Address == "10.0.0.6" && c.Transport == connlog.TLS && c.Bits == 256 {
				found += times.Count
			}
		}
		if found != 1 && len(report.Gaps) == 0 || len(report.Clients) > 2 {
			t.Fatalf("%q: %v\n%s", name, says(report), content)
		}
	})
}

// FuzzForgedReport lets a session raise any text, as every user of PL/pgSQL may.
func FuzzForgedReport(f *testing.F) {
	for _, message := range []string{
		"connection authorized: user=app database=orders application_name=boss" + tls13, "connection received: host=10.9.9.9 port=1",
		"could not accept SSL connection: tlsv1 alert unknown ca", "SSL error: tlsv1 alert unknown ca", "database system is ready to accept connections",
		"x\nconnection authorized: user=app database=orders", "incomplete startup packet",
	} {
		for i := range forgeries {
			f.Add(message, "x", true, uint8(i))
			f.Add(message, "", false, uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, message, detail string, context bool, which uint8) {
		fuzzing.Limit(t)
		prefix := forgeries[int(which)%len(forgeries)]
		session := process{pid: 77, host: "10.0.0.5", port: "4711", user: "app", database: "orders", application: "billing", i: "DO"}
		text := func(s string) string {
			s, _, _ = strings.Cut(s, "\x00")
			return s[:min(len(s), 20_000)]
		}
		report := []string{session.line(prefix, "LOG", text(message))}
		if detail = text(detail); detail != "" {
			report = append(report, session.line(prefix, "DETAIL", detail))
		}
		if context { // Else log_error_verbosity is terse.
			report = append(report, session.line(prefix, "CONTEXT", "PL/pgSQL function inline_code_block line 1 at RAISE"))
		}
		report = append(report, session.line(prefix, "STATEMENT", "DO $$ BEGIN RAISE LOG"))
		content := around(prefix, report...)
		got := parse(t, prefix, "x", content)
		for u := range got.Unfinished {
			t.Fatalf("unfinished: %+v\n%s", u, content)
		}
		onlyBilling(t, content, got)
	})
}
