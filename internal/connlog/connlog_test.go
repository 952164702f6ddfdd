package connlog_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // The tests' time zones.

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/connlog"
)

const (
	at       = "2026-11-23 17:56:45 UTC:"
	tls13    = " SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)"
	comes    = at + "10.0.0.5(4711):app@orders:[77]:LOG:  connection authorized: user=app database=orders application_name=billing" + tls13
	received = at + "10.0.0.5(4711):[unknown]@[unknown]:[77]:LOG:  connection received: host=10.0.0.5 port=4711"
	filler   = at + ":@:[1]:LOG:  checkpoint complete: wrote 3 buffers (0.0%); 0 WAL file(s) added, 0 removed, 0 recycled; write=0.001 s, sync=0.001 s, total=0.004 s; sync files=2, longest=0.001 s, average=0.001 s; distance=0 kB, estimate=0 kB"
)

func lines(all ...string) []byte { return []byte(strings.Join(all, "\n") + "\n") }

// says is a report in short lines, sorted.
func says(r connlog.Report) []string {
	var all []string
	for c, t := range r.Clients {
		transport := []string{"unknown", "plaintext", "TLS"}[c.Transport]
		all = append(all, fmt.Sprintf("client %s@%s %q from %s on %s %d", c.Username, c.Database, c.ApplicationName, c.Address, transport, t.Count))
	}
	for c, t := range r.Refused {
		all = append(all, fmt.Sprintf("refused %s: %s %d", c.Address, c.Alert, t.Count))
	}
	for c, t := range r.PlaintextRefused {
		all = append(all, fmt.Sprintf("plaintext refused %s@%s from %s %d", c.Username, c.Database, c.Address, t.Count))
	}
	for c, t := range r.Unfinished {
		all = append(all, fmt.Sprintf("unfinished %s %d", c.Address, t.Count))
	}
	for _, g := range r.Gaps {
		all = append(all, fmt.Sprintf("gap %s %d", g.Kind, g.Count))
	}
	slices.Sort(all)
	return all
}

const billing = `client app@orders "billing" from 10.0.0.5 on TLS 1`

func TestLog(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		prefix string // RDS's if empty
		lines  []string
		want   []string
	}{
		"a session":                                  {lines: []string{received, comes}, want: []string{billing}},
		"log_connections without receipt":            {lines: []string{comes}, want: []string{billing}},
		"one space after the severity, as in copies": {lines: []string{strings.ReplaceAll(comes, "LOG:  ", "LOG: ")}, want: []string{billing}},
		"verbose": {lines: []string{strings.ReplaceAll(comes, "LOG:  ", "LOG:  00000: "), at + "10.0.0.5(4711):app@orders:[77]:LOCATION:  PerformAuthentication, postinit.c:289"}, want: []string{billing}},
		"IPv6": {
			lines: []string{at + "2001:db8::1(5000):app@db:[7]:LOG:  connection authorized: user=app database=db"},
			want:  []string{`client app@db "" from 2001:db8::1 on plaintext 1`},
		},
		"a host name, where log_hostname is on": {
			lines: []string{
				at + "ec2-1.compute-1.amazonaws.com(5):[unknown]@[unknown]:[7]:LOG:  connection received: host=ec2-1.compute-1.amazonaws.com port=5",
				at + `ec2-1.compute-1.amazonaws.com(5):app@db:[7]:FATAL:  no pg_hba.conf entry for host "10.0.0.7", user "app", database "db", no encryption`,
			},
			want: []string{"plaintext refused app@db from 10.0.0.7 1"},
		},
		"refused for want of TLS, up to 13": {
			lines: []string{
				`2020-03-11 20:40:50 UTC:192.168.1.201(50906):gilles@pgbench:[12795]:FATAL:  no pg_hba.conf entry for host "192.168.1.201", user "gilles", database "pgbench", SSL on`,
				`2020-03-11 20:40:50 UTC:192.168.1.201(50908):gilles@pgbench:[12796]:FATAL:  no pg_hba.conf entry for host "192.168.1.201", user "gilles", database "pgbench", SSL off`,
			},
			want: []string{"plaintext refused gilles@pgbench from 192.168.1.201 1"},
		},
		"the address is in another line": {
			prefix: "%m [%p] ",
			lines: []string{
				"2026-11-23 17:56:45.123 UTC [9] LOG:  connection received: host=10.0.0.9 port=1",
				"2026-11-23 17:56:45.130 UTC [9] LOG:  connection authorized: user=app database=db application_name=x" + tls13,
				"2026-11-23 17:56:46.000 UTC [8] LOG:  connection received: host=10.0.0.8 port=1",
				"2026-11-23 17:56:46.001 UTC [8] LOG:  could not accept SSL connection: tlsv1 alert unknown ca",
			},
			want: []string{`client app@db "x" from 10.0.0.9 on TLS 1`, "refused 10.0.0.8: unknown_ca 1"},
		},
		"a client that went away": {
			lines: []string{received, strings.Replace(filler, "17:56", "17:59", 1)},
			want:  []string{"unfinished 10.0.0.5 1"},
		},
		"a client that may still be under way": {lines: []string{received, filler}},
		"a session that began before the log": {
			lines: []string{at + "10.0.0.5(4711):app@orders:[77]:LOG:  disconnection: session time: 720:00:00.019 user=app database=orders host=10.0.0.5 port=4711"},
			want:  []string{`client app@orders "" from 10.0.0.5 on unknown 1`},
		},
		"rdsadmin is no client": {
			lines: []string{at + "[local]:rdsadmin@rdsadmin:[9]:LOG:  connection authorized: user=rdsadmin database=rdsadmin"},
		},
		"a statement that looks like a record": {
			lines: []string{at + "10.0.0.5(1):app@orders:[77]:ERROR:  syntax error", at + "10.0.0.5(1):app@orders:[77]:STATEMENT:  select", "\t" + comes, "\t"},
		},
		"another kind of line": {lines: []string{comes, filler, "postgres: out of memory", filler}, want: []string{billing, "gap unread_lines 1"}},
		"a session beside a broken line is not believed": {
			lines: []string{at + "10.0.0.6(1):x", comes, ":[77]:FATAL:  x"},
			want:  []string{"gap unread_lines 3"},
		},
		"a session long after a broken line is": {
			lines: []string{at + "10.0.0.6(1):x", ":[77]:FATAL:  x", filler, comes},
			want:  []string{billing, "gap unread_lines 2"},
		},
		"the process serves another address": {
			lines: []string{received, at + "10.0.0.9(1):app@orders:[77]:LOG:  connection authorized: user=app database=orders"},
			want:  []string{"gap unread_lines 1"},
		},
		"names that disagree": {
			lines: []string{at + "10.0.0.9(1):app@orders:[77]:LOG:  connection authorized: user=boss database=orders"},
			want:  []string{"gap unread_lines 1"},
		},
		"TLS in the name of a Unix socket's client": {
			lines: []string{at + "[local]:app@orders:[77]:LOG:  connection authorized: user=app database=orders application_name=x" + tls13},
			want:  []string{`client app@orders "x` + tls13[:62] + `" from  on plaintext 1`},
		},
		"cut by RDS": {
			lines: []string{comes, at + "10.0.0.9(1):app@orders:[77]:LOG:  connection authorized: user=app database=or[Your log message was truncated]"},
			want:  []string{billing, "gap cut_records 2"},
		},
		"blank lines from a download": {lines: []string{received, "", comes, ""}, want: []string{billing}},
		"Kerberos": {
			lines: []string{at + "10.0.0.5(1):app@orders:[77]:LOG:  connection authorized: user=app database=orders application_name=x" + tls13 + " GSS (authenticated=yes, encrypted=no, principal=app@EXAMPLE.COM)"},
			want:  []string{`client app@orders "x" from 10.0.0.5 on TLS 1`},
		},
		"log_connections was turned on": {
			lines: []string{at + `:@:[1]:LOG:  parameter "log_connections" changed to "on"`, comes},
			want:  []string{billing, "gap log_connections_off 1"},
		},
		"a message in another language": {
			lines: []string{at + "10.0.0.5(1):app@orders:[77]:LOG:  Verbindung autorisiert: Benutzer=app Datenbank=orders", at + "10.0.0.5(1):app@orders:[77]:FATAL:  x", at + ":@:[1]:ANWEISUNG:  x"},
			want:  []string{"gap unread_lines 1"},
		},
		"a crash ends every session": {
			lines: []string{comes, at + ":@:[1]:LOG:  database system is ready to accept connections", at + "10.0.0.5(1):app@orders:[77]:LOG:  disconnection: session time: 0:00:00.019 user=app database=orders host=10.0.0.5 port=1"},
			want:  []string{`client app@orders "" from 10.0.0.5 on unknown 1`, billing},
		},
		"two ways to read it": {
			prefix: "%m [%p] ",
			lines:  []string{"2026-11-23 17:56:45.130 UTC [9] LOG:  connection authorized: user=app database=db database=x"},
			want:   []string{"gap unread_lines 1"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			prefix := rdsPrefix
			if tc.prefix != "" {
				prefix = tc.prefix
			}
			slices.Sort(tc.want)
			if diff := cmp.Diff(tc.want, says(parse(t, prefix, "x.log", lines(tc.lines...)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestEveryPortion cuts the same files at every octet.
func TestEveryPortion(t *testing.T) {
	t.Parallel()
	content := lines(received, comes, filler)
	prefix, err := connlog.ParsePrefix(rdsPrefix)
	must(t, err)
	for cut := range content {
		log := connlog.New(connlog.Options{Prefix: prefix})
		file := log.File("x")
		for _, part := range [][]byte{content[:cut], content[cut:]} {
			if _, err := file.Write(part); err != nil {
				t.Fatal(err)
			}
		}
		must(t, file.Close())
		if diff := cmp.Diff([]string{billing}, says(log.Report())); diff != "" {
			t.Fatalf("cut at %d (-want +got):\n%s", cut, diff)
		}
	}
}

// TestSessionsGoOnInTheNextFile also says what is new since a time.
func TestSessionsGoOnInTheNextFile(t *testing.T) {
	t.Parallel()
	prefix, err := connlog.ParsePrefix(rdsPrefix)
	must(t, err)
	since := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
	log := connlog.New(connlog.Options{Prefix: prefix, Since: since})
	for _, content := range []string{
		comes + "\n" + strings.ReplaceAll(strings.ReplaceAll(comes, "billing", "gone"), "[77]", "[78]") + "\n" +
			at + "10.0.0.5(4711):app@orders:[78]:LOG:  disconnection: session time: 0:00:01.000 user=app database=orders host=10.0.0.5 port=4711\n",
		strings.Replace(filler, "17:56", "18:56", 1) + "\n2026-11-23 19:",
	} {
		file := log.File("error/postgresql.log.2026-11-23-17")
		_, err := file.Write([]byte(content))
		must(t, err)
		must(t, file.Close())
	}
	report := log.Report()
	if diff := cmp.Diff([]string{billing, "gap cut_records 1"}, says(report)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	for _, times := range report.Clients {
		want := connlog.Times{Count: 1, First: since.Add(-195 * time.Second), Began: since.Add(-195 * time.Second), Last: since.Add(56*time.Minute + 45*time.Second)}
		if diff := cmp.Diff(want, *times); diff != "" {
			t.Errorf("a session that is still open (-want +got):\n%s", diff)
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	must(t, err)
	prefix, err := connlog.ParsePrefix("%t [%p] ")
	must(t, err)
	for text, want := range map[string]string{
		"2026-10-25 02:30:00 CEST": "2026-10-25T00:30:00Z",
		"2026-10-25 02:30:00 CET":  "2026-10-25T01:30:00Z",
		"2026-01-01 00:00:00 CET":  "2025-12-31T23:00:00Z",
		"2026-01-01 00:00:00 UTC":  "2026-01-01T00:00:00Z",
		"2026-01-01 00:00:00 EST":  "",
		"2026-03-29 02:30:00 CET":  "", // Left out when the clocks go forward.
	} {
		log := connlog.New(connlog.Options{Prefix: prefix, Location: berlin})
		file := log.File("x")
		_, _ = file.Write([]byte(text + " [1] LOG:  connection authorized: user=a database=b\n"))
		must(t, file.Close())
		report := log.Report()
		if want == "" {
			if len(report.Clients) != 0 || len(report.Gaps) != 1 {
				t.Errorf("%s: %v", text, says(report))
			}
			continue
		}
		if got := report.From.Format(time.RFC3339); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestParsePrefix(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{rdsPrefix, auroraPrefix, "%m [%p] ", "%n %c", "%%%t%-10p", "%t %p %", "%t %p %5"} {
		if _, err := connlog.ParsePrefix(prefix); err != nil {
			t.Errorf("%q: %v", prefix, err)
		}
	}
	for _, prefix := range []string{"", "%t", "%p", "%q%t%p", "%t %p %y", "%u@%d"} {
		if _, err := connlog.ParsePrefix(prefix); !errors.Is(err, connlog.ErrPrefix) {
			t.Errorf("%q: %v", prefix, err)
		}
	}
}

func TestAnotherKindOfFile(t *testing.T) {
	t.Parallel()
	prefix, err := connlog.ParsePrefix(auroraPrefix)
	must(t, err)
	for name, why := range map[string]string{
		"x.log": "(stderr): no line begins with the log_line_prefix", "x.csv": "(csvlog): no line begins with a time", "x.json": "(jsonlog): no line is a JSON object with a timestamp",
	} {
		file := connlog.New(connlog.Options{Prefix: prefix}).File(name)
		_, _ = file.Write(lines(comes))
		if err := file.Close(); !errors.Is(err, connlog.ErrFormat) || err.Error() != "the file is not a PostgreSQL log in the expected format "+why {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestGapsInWords are right for one line, and for several.
func TestGapsInWords(t *testing.T) {
	t.Parallel()
	for want, gap := range map[string]connlog.Gap{
		"not every line is in the expected log format (lines in another format: 1, first noticed after 2026-01-02T03:00:00Z): either the server's log_line_prefix, log_timezone or lc_messages is not the one that the provider assumes, or lines were forged": {
			Kind: connlog.GapUnread, Count: 1, First: time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC),
		},
		"not every record is complete (records cut off: 2)": {Kind: connlog.GapCut, Count: 2},
		"some messages are not in English, because lc_messages was changed (first noticed after 2026-01-02T03:00:00Z)": {
			Kind: connlog.GapLanguage, Count: 1, First: time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC),
		},
	} {
		if got := gap.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestBounds gives more than any server has.
func TestBounds(t *testing.T) {
	t.Parallel()
	prefix, err := connlog.ParsePrefix(rdsPrefix)
	must(t, err)
	log := connlog.New(connlog.Options{Prefix: prefix})
	file := log.File("x")
	for i := range connlog.MaxOpen + 10 {
		_, _ = fmt.Fprintf(file, "%s10.0.0.5(1):app@orders:[%d]:LOG:  connection authorized: user=app database=orders application_name=%d\n", at, i+1, i)
	}
	_, _ = file.Write([]byte(comes))
	for range 100 {
		_, _ = file.Write(make([]byte, 1<<20))
	}
	_, _ = file.Write([]byte("\n" + comes + "\n"))
	must(t, file.Close())
	report := log.Report()
	if len(report.Clients) != connlog.MaxGroups {
		t.Errorf("%d groups", len(report.Clients))
	}
	kinds := map[connlog.GapKind]int64{}
	for _, gap := range report.Gaps {
		kinds[gap.Kind] = gap.Count
		if gap.String() == string(gap.Kind) {
			t.Errorf("%s has no words", gap.Kind)
		}
		if gap.Kind == connlog.GapBound && !strings.Contains(gap.String(), ": beyond these limits, groups are left out, and connections are not followed to their end (records affected: 80021)") {
			t.Error(gap)
		}
	}
	if diff := cmp.Diff(map[connlog.GapKind]int64{connlog.GapBound: connlog.MaxOpen + 10 - connlog.MaxGroups + 11, connlog.GapCut: 1}, kinds); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

func TestMeaning(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"EOF detected":              "the client disconnected during the handshake without sending an alert",
		"no shared cipher":          "the client and the server have no cipher suite, curve or signature algorithm in common for the server's type of key",
		"certificate verify failed": "the server did not accept the client's certificate",
		"http request":              "the connection did not come from a PostgreSQL client",
		"unsupported protocol":      "the client and the server have no TLS version in common",
		"anything":                  "the handshake failed on the server's side",
	} {
		if got := (connlog.Refusal{Text: text}).Meaning(); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	for text, want := range map[string]connlog.Refusal{
		"tlsv1 alert unknown ca":            {Alert: "unknown_ca"},
		"ssl/tls alert bad certificate":     {Alert: "bad_certificate"}, // OpenSSL 3.2 and later
		"sslv3 alert certificate unknown":   {Alert: "certificate_unknown"},
		"tlsv13 alert certificate required": {Alert: "certificate_required"},
		"tlsv1 alert user cancelled":        {Alert: "user_canceled"},
		"tlsv1 alert of mine":               {},
	} {
		report := parse(t, rdsPrefix, "x", lines(received, at+"10.0.0.5(4711):[unknown]@[unknown]:[77]:LOG:  could not accept SSL connection: "+text))
		want.Address, want.Text = "10.0.0.5", text
		got := slices.Collect(maps.Keys(report.Refused))
		if diff := cmp.Diff([]connlog.Refusal{want}, got); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", text, diff)
		}
		if trusts := want.Alert != "unknown_ca" && want.Alert != "bad_certificate" && want.Alert != "certificate_unknown"; got[0].Distrusts() == trusts {
			t.Errorf("%s: Distrusts() = %t", text, !trusts)
		}
	}
}

func TestLogsConnections(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"": false, "off": false, "0": false, "receipt": false, "receipt,authentication": false, "none": false,
		"on": true, "1": true, "all": true, "receipt, authorization": true, "TRUE": true, `"authorization"`: true,
	} {
		if connlog.LogsConnections(value) != want {
			t.Errorf("LogsConnections(%q) is not %t", value, want)
		}
	}
}
