package connlog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/connlog"
)

const (
	head    = at + "10.0.0.5(4711):app@orders:[77]:"
	session = head + "LOG:  "
	own     = at + ":@:[1]:LOG:  "
	bob     = session + "connection authorized: user=app database=orders"
	raised  = bob + " application_name=boss" + tls13
)

// TestForms has what servers of any version write, and what clients make of it.
func TestForms(t *testing.T) {
	t.Parallel()
	const plain, secure = `client app@orders "" from 10.0.0.5 on plaintext 1`, `client app@orders "" from 10.0.0.5 on TLS 1`
	tests := map[string]struct {
		prefix string
		lines  []string
		want   []string
	}{
		"9.6 and 10":                            {lines: []string{bob + " SSL enabled (protocol=TLSv1.2, cipher=ECDHE-RSA-AES256-GCM-SHA384, compression=off)"}, want: []string{secure}},
		"11 to 13":                              {lines: []string{bob + " SSL enabled (protocol=TLSv1.2, cipher=ECDHE-RSA-AES256-GCM-SHA384, bits=256, compression=off)"}, want: []string{secure}},
		"12, with GSS":                          {lines: []string{bob + " GSS (authenticated=yes, encrypted=no, principal=app@EXAMPLE.COM)"}, want: []string{plain}},
		"16, with GSS":                          {lines: []string{bob + " GSS (authenticated=yes, encrypted=yes, delegated_credentials=no, principal=app@EXAMPLE.COM)"}, want: []string{plain}},
		"GSS without a principal":               {lines: []string{bob + tls13 + " GSS (authenticated=no, encrypted=no)"}, want: []string{secure}},
		"TLS of a server to come":               {lines: []string{bob + " SSL enabled (protocol=TLSv1.4, cipher=X, bits=256, group=X25519MLKEM768)"}, want: []string{"gap unread_lines 1"}},
		"TLS of a server to come, after a name": {lines: []string{bob + " application_name=x SSL enabled (protocol=TLSv1.4, cipher=X, bits=256, group=X25519MLKEM768)"}, want: []string{`client app@orders "x SSL enabled (protocol=TLSv1.4, cipher=X, bits=256, group=X255" from 10.0.0.5 on unknown 1`}},
		"more than TLS after TLS":               {lines: []string{bob + tls13 + " QUIC (yes)"}, want: []string{"gap unread_lines 1"}},
		"more than TLS after TLS, after a name": {lines: []string{bob + " application_name=x" + tls13 + " QUIC (yes)"}, want: []string{`client app@orders "` + ("x" + tls13)[:63] + `" from 10.0.0.5 on unknown 1`}},
		"bits that are none":                    {lines: []string{bob + " SSL enabled (protocol=TLSv1.3, cipher=X, bits=many)"}, want: []string{"gap unread_lines 1"}},
		"bits that are none, after a name":      {lines: []string{bob + " application_name=x SSL enabled (protocol=TLSv1.3, cipher=X, bits=many)"}, want: []string{`client app@orders "x SSL enabled (protocol=TLSv1.3, cipher=X, bits=many)" from 10.0.0.5 on unknown 1`}},
		"GSS in the name of a TLS client": {
			lines: []string{bob + " application_name=x GSS (authenticated=" + tls13},
			want:  []string{`client app@orders "x GSS (authenticated=" from 10.0.0.5 on TLS 1`},
		},
		"whole GSS facts in the name of a TLS client": {
			lines: []string{bob + " application_name=x GSS (authenticated=yes, encrypted=yes, principal=y" + tls13},
			want:  []string{`client app@orders "x GSS (authenticated=yes, encrypted=yes, principal=y" from 10.0.0.5 on TLS 1`},
		},
		"TLS in the name of a TLS client": {
			lines: []string{bob + " application_name=x SSL enabled (protocol=TLSv1, cipher=NULL, bits=0)" + tls13},
			want:  []string{`client app@orders "x SSL enabled (protocol=TLSv1, cipher=NULL, bits=0)" from 10.0.0.5 on TLS 1`},
		},
		"18, log_connections = receipt,authentication,authorization,setup_durations": {
			lines: []string{
				received, session + `connection authenticated: identity="app" method=scram-sha-256 (/data/pg_hba.conf:9)`, bob + tls13,
				session + "connection ready: setup total=12.123 ms, fork=0.9 ms, authentication=8.1 ms",
			},
			want: []string{secure},
		},
		"18, trusted": {lines: []string{received, session + `connection authenticated: user="app" method=trust (/data/pg_hba.conf:9)`, bob}, want: []string{plain}},
		"a client certificate": {
			lines: []string{received, session + `connection authenticated: identity="CN=app" method=cert (/data/pg_hba.conf:9)`, bob + tls13},
			want:  []string{secure},
		},
		"IPv6 with a zone": {
			lines: []string{strings.ReplaceAll(received, "10.0.0.5", "fe80::1%eth0.1"), strings.ReplaceAll(bob+tls13, "10.0.0.5", "fe80::1%eth0.1")},
			want:  []string{`client app@orders "" from fe80::1%eth0.1 on TLS 1`},
		},
		"a Unix socket": {
			lines: []string{at + "[local]:[unknown]@[unknown]:[77]:LOG:  connection received: host=[local]", strings.ReplaceAll(bob, "10.0.0.5(4711)", "[local]")},
			want:  []string{`client app@orders "" from  on plaintext 1`},
		},
		"lines end as on Windows": {
			lines: []string{received + "\r", bob + tls13 + "\r", session + "statement: select 1\r", "\tfrom x\r", "\r"},
			want:  []string{secure},
		},
		"replication on TLS": {
			lines: []string{at + "10.0.0.5(4711):app@[unknown]:[77]:LOG:  replication connection authorized: user=app application_name=standby" + tls13},
			want:  []string{`client app@ "standby" from 10.0.0.5 on TLS 1`},
		},
		"an application_name that is too long": {
			lines: []string{bob + " application_name=" + strings.Repeat("x", 9000) + tls13},
			want:  []string{`client app@orders "` + strings.Repeat("x", 63) + `" from 10.0.0.5 on TLS 1`},
		},
		"pgaudit and auto_explain": {
			lines: []string{
				bob + tls13, session + "AUDIT: SESSION,1,1,READ,SELECT,,,\"select 'connection authorized: user=boss database=orders'\",<none>",
				session + "duration: 1.234 ms  plan:", "\tQuery Text: select 1", "\t" + strings.ReplaceAll(bob, "app", "boss"), "\tResult  (cost=0.00..0.01 rows=1 width=4)",
			},
			want: []string{secure},
		},
		"a statement with records in it": {
			lines: []string{session + "statement: select '", "\t" + strings.ReplaceAll(bob, "app", "boss"), "\t'", bob + tls13},
			want:  []string{secure},
		},
		"a process number is used again": {
			lines: []string{
				received, bob + tls13,
				strings.NewReplacer("10.0.0.5", "10.0.0.6", "4711", "9").Replace(received),
				strings.NewReplacer("10.0.0.5", "10.0.0.6", "4711", "9").Replace(bob),
			},
			want: []string{secure, `client app@orders "" from 10.0.0.6 on plaintext 1`},
		},
		"a process number of 32 bits": {lines: []string{strings.ReplaceAll(received, "[77]", "[4294967295]"), strings.ReplaceAll(bob+tls13, "[77]", "[4294967295]")}, want: []string{secure}},
		"a process number that is none": {
			lines: []string{strings.ReplaceAll(bob, "[77]", "[99999999999999999999999]")},
			want:  []string{plain},
		},
		"interleaved": {
			lines: []string{
				received, strings.NewReplacer("10.0.0.5", "10.0.0.6", "77", "78").Replace(received),
				strings.NewReplacer("10.0.0.5", "10.0.0.6", "77", "78").Replace(bob), bob + tls13,
			},
			want: []string{secure, `client app@orders "" from 10.0.0.6 on plaintext 1`},
		},
		"the file begins in a line":      {lines: []string{"ders application_name=x" + tls13, filler, filler, bob + tls13}, want: []string{secure, "gap unread_lines 1"}},
		"the file begins in a statement": {lines: []string{"\tfrom orders", filler, bob + tls13}, want: []string{secure, "gap cut_records 1"}},
		"an application_name before anybody is known": {
			prefix: "%m [%p] %a ",
			lines: []string{
				"2026-11-23 17:56:45.123 UTC [9] [unknown] LOG:  connection received: host=10.0.0.9 port=1",
				"2026-11-23 17:56:45.130 UTC [9] x LOG:  y LOG:  connection authorized: user=app database=db application_name=x LOG:  y" + tls13,
			},
			want: []string{`client app@db "x LOG:  y" from 10.0.0.9 on TLS 1`},
		},
		"a session's part of the prefix after %q": {
			prefix: "%m [%p] %q%u@%d ",
			lines: []string{
				"2026-11-23 17:56:45.001 UTC [1] LOG:  checkpoint starting: time",
				"2026-11-23 17:56:45.123 UTC [9] [unknown]@[unknown] LOG:  connection received: host=10.0.0.9 port=1",
				"2026-11-23 17:56:45.130 UTC [9] app@db LOG:  connection authorized: user=app database=db" + tls13,
			},
			want: []string{`client app@db "" from 10.0.0.9 on TLS 1`},
		},
		"padded":                             {prefix: "%-10u|%8p|%t ", lines: []string{"app       |      77|2026-11-23 17:56:45 UTC LOG:  connection authorized: user=app database=db"}, want: []string{`client app@db "" from  on plaintext 1`}},
		"lc_messages was changed":            {lines: []string{own + `parameter "lc_messages" changed to "de_DE.UTF-8"`, bob + tls13}, want: []string{secure, "gap other_language 1"}},
		"lc_messages was changed to another": {lines: []string{bob + tls13, own + `Parameter »lc_messages« auf »de_DE.UTF-8« gesetzt`}, want: []string{secure, "gap other_language 1"}},
		"a session changes its language":     {lines: []string{bob + tls13, session + `statement: set lc_messages = 'de_DE'`}, want: []string{secure}},
		"log_connections was reset":          {lines: []string{bob + tls13, own + `parameter "log_connections" removed from configuration file, reset to default`}, want: []string{secure, "gap log_connections_off 1"}},
		"log_min_messages was changed":       {lines: []string{bob + tls13, own + `parameter "log_min_messages" changed to "warning"`}, want: []string{secure, "gap log_connections_off 1"}},
		"log_connections was turned off":     {lines: []string{bob + tls13, own + `parameter "log_connections" changed to "off"`}, want: []string{secure, "gap log_connections_off 1"}},
		"a client says that log_connections was changed": {
			lines: []string{bob + tls13, session + `parameter "log_connections" changed to "on"`},
			want:  []string{secure, "gap unread_lines 1"},
		},
		"the severity in another language": {lines: []string{at + "10.0.0.5(4711):app@orders:[77]:СООБЩЕНИЕ:  соединение авторизовано: пользователь=app база данных=orders"}, want: []string{"gap unread_lines 1"}},
		"a session raises a record": {
			lines: []string{
				received, bob + tls13, raised, head + "DETAIL:  x", head + "HINT:  y", head + "CONTEXT:  PL/pgSQL function inline_code_block line 1 at RAISE", head + "STATEMENT:  DO $$", "\tx",
				session + "statement: x",
			},
			want: []string{secure, "gap unread_lines 1"},
		},
		"a session raises a record, where log_error_verbosity is terse": {lines: []string{received, bob + tls13, raised}, want: []string{secure, "gap unread_lines 1"}},
		"a session that nobody saw begin raises a record": {
			lines: []string{raised, head + "DETAIL:  x", head + "CONTEXT:  PL/pgSQL function inline_code_block line 1 at RAISE", own + "checkpoint starting: time"},
			want:  []string{"gap unread_lines 1"},
		},
		"a context of another process":                  {lines: []string{bob + tls13, strings.Replace(head, "[77]", "[78]", 1) + "CONTEXT:  x"}, want: []string{secure}},
		"a context after a line that is none":           {lines: []string{bob + tls13, "x", head + "CONTEXT:  x"}, want: []string{"gap unread_lines 2"}},
		"a session raises the failure of its handshake": {lines: []string{session + "could not accept SSL connection: tlsv1 alert unknown ca"}, want: []string{"gap unread_lines 1"}},
		"an error of TLS in a session":                  {lines: []string{received, bob + tls13, session + "SSL error: unexpected eof while reading"}, want: []string{secure}},
		"a statement of the session after":              {lines: []string{received, bob + tls13, session + "duration: 1 ms", head + "CONTEXT:  x"}, want: []string{secure}},
		"nobody logs in without a name": {
			prefix: "%m [%p] %u@%d",
			lines: []string{
				"2026-11-23 17:56:45.130 UTC [9] x@LOG:  z", "2026-11-23 17:56:45.130 UTC [7] @LOG: connection authorized: user= database= application_name=",
				"\tFATAL:  x",
			},
			want: nil,
		},
		"a restart that a name forges": {
			lines: []string{received, bob + tls13, at + "10.0.0.9(1):a@b:[1]:LOG:  z", at + ":@:[7]:LOG: database system is ready to accept ", "\t:[9]:FATAL:  x"},
			want:  []string{secure},
		},
		"a leaving that a name forges": {
			lines: []string{received, at + "10.0.0.9(1):a@b:[1]:LOG:  z", at + "10.0.0.5(4711):[unknown]@[unknown]:[77]:LOG: incomplete startup packet", "\t:[9]:FATAL:  x", bob + tls13},
			want:  []string{secure},
		},
		"a session ended, and nobody saw it begin": {
			lines: []string{own + "checkpoint starting: time", strings.Replace(session, "17:56", "17:58", 1) + "disconnection: session time: 0:00:10.000 user=app database=orders host=10.0.0.5 port=4711"},
			want:  []string{`client app@orders "" from 10.0.0.5 on unknown 1`, "gap missing_begin 1"},
		},
		"a session ended in the second after the log began": {
			lines: []string{own + "checkpoint starting: time", strings.Replace(session, "56:45", "56:46", 1) + "disconnection: session time: 0:00:00.500 user=app database=orders host=10.0.0.5 port=4711"},
			want:  []string{`client app@orders "" from 10.0.0.5 on unknown 1`},
		},
		"padded to more than a name has": {
			prefix: "%t [%p] %-80u: ",
			lines:  []string{"2026-11-23 17:56:45 UTC [77] " + fmt.Sprintf("%-80s", "app") + ": LOG:  connection authorized: user=app database=orders"},
			want:   []string{`client app@orders "" from  on plaintext 1`},
		},
		"the process serves another address at the same port": {
			lines: []string{received, strings.Replace(bob, "10.0.0.5", "10.0.0.9", 1)},
			want:  []string{"gap unread_lines 1"},
		},
		"an address, and what may go on as one does": {
			prefix: "%t:%h:%d:%u:[%p]: ",
			lines: []string{
				"2026-11-23 17:56:45 UTC:10.0.0.5:orders:a:b:[77]: LOG:  connection authorized: user=a:b database=orders",
				"2026-11-23 17:56:45 UTC:2001:db8::1:orders:c:[78]: LOG:  connection authorized: user=c database=orders",
				"2026-11-23 17:56:45 UTC:10.0.0.5:orders:a:b:[79]: FATAL:  password authentication failed for user \"a:b\"",
				"2026-11-23 17:56:45 UTC::::[1]: LOG:  checkpoint starting: time",
			},
			want: []string{`client a:b@orders "" from 10.0.0.5 on plaintext 1`, `client c@orders "" from 2001:db8::1 on plaintext 1`},
		},
		"nobody connected before the restart": {
			lines: []string{own + "checkpoint starting: time", strings.Replace(own, "17:56", "18:56", 1) + "database system is ready to accept connections", strings.Replace(bob, "17:56", "18:57", 1)},
			want:  []string{plain, "gap log_connections_off 1"},
		},
		"nobody connected after the restart": {
			lines: []string{bob, own + "database system is ready to accept connections", strings.Replace(own, "17:56", "18:56", 1) + "checkpoint starting: time"},
			want:  []string{plain, "gap log_connections_off 1"},
		},
		"a restart that is over soon": {
			lines: []string{own + "checkpoint starting: time", strings.Replace(own, "17:56", "17:57", 1) + "database system is ready to accept connections", strings.Replace(bob, "17:56", "17:58", 1)},
			want:  []string{plain},
		},
		"the address is in the last line alone": {
			prefix: "%m [%p] ",
			lines: []string{
				"2026-11-23 17:56:45.130 UTC [9] LOG:  connection authorized: user=app database=db" + tls13,
				"2026-11-23 17:56:47.130 UTC [9] LOG:  disconnection: session time: 0:00:01.000 user=app database=db host=10.0.0.9 port=1",
			},
			want: []string{`client app@db "" from  on TLS 1`},
		},
		"no shared cipher": {
			lines: []string{received, at + "10.0.0.5(4711):[unknown]@[unknown]:[77]:LOG:  could not accept SSL connection: no shared cipher"},
			want:  []string{"refused 10.0.0.5:  1"},
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
			if diff := cmp.Diff(tc.want, says(readUnchecked(t, prefix, "x.log", lines(tc.lines...)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// readUnchecked is parse for a file that may hold no record at all.
func readUnchecked(t testing.TB, prefix, name string, content []byte) connlog.Report {
	t.Helper()
	p, err := connlog.ParsePrefix(prefix)
	must(t, err)
	log := connlog.New(connlog.Options{Prefix: p})
	file := log.File(name)
	_, err = file.Write(content)
	must(t, err)
	_ = file.Close() // ErrFormat, where no line is a record.
	return log.Report()
}

// TestAnotherLanguageIsNotNobody: the records are counted, and none of them is
// word of a connection.
func TestAnotherLanguageIsNotNobody(t *testing.T) {
	t.Parallel()
	report := parse(t, rdsPrefix, "x.log", lines(
		at+"10.0.0.5(4711):[unknown]@[unknown]:[77]:LOG:  Verbindung empfangen: Host=10.0.0.5 Port=4711",
		session+"Verbindung autorisiert: Benutzer=app Datenbank=orders SSL an (Protokoll=TLSv1.3, Verschlüsselungsmethode=TLS_AES_256_GCM_SHA384, Bits=256)",
	))
	if report.Records != 2 || report.Connections != 0 {
		t.Errorf("%d records, %d connections", report.Records, report.Connections)
	}
	if report := parse(t, rdsPrefix, "x.log", lines(at+"[local]:rdsadmin@rdsadmin:[9]:LOG:  connection authorized: user=rdsadmin database=rdsadmin")); report.Connections != 1 {
		t.Errorf("%d connections of RDS's own", report.Connections)
	}
	for value, english := range map[string]bool{"": true, "C": true, "C.UTF-8": true, "POSIX": true, "en_US.UTF-8": true, "English_United States.1252": true, "de_DE.UTF-8": false, "ja_JP": false, "cs_CZ": false} {
		if connlog.English(value) != english {
			t.Errorf("%q is English: %t", value, !english)
		}
	}
}

// TestWhenASessionBegan: one that was open before, and ends, has not come again.
func TestWhenASessionBegan(t *testing.T) {
	t.Parallel()
	ends := strings.Replace(session, "17:56:45", "18:56:45", 1) + "disconnection: session time: 2:00:00.000 user=app database=orders host=10.0.0.5 port=4711"
	for name, tc := range map[string]struct {
		lines []string
		began string
	}{
		"it was there before":      {[]string{ends}, "16:56:45"},
		"it came":                  {[]string{bob, strings.Replace(ends, "2:00:00", "1:00:00", 1)}, "17:56:45"},
		"its process is another's": {[]string{bob, strings.Replace(received, "17:56", "18:56", 1), strings.Replace(own, "17:56", "18:56", 1) + "checkpoint starting: time"}, "17:56:45"},
		"it is there still":        {[]string{bob, strings.Replace(own, "17:56", "19:56", 1) + "checkpoint starting: time"}, "17:56:45"},
	} {
		times := parse(t, rdsPrefix, "x.log", lines(tc.lines...)).Clients
		if len(times) != 1 {
			t.Fatalf("%s: %d clients", name, len(times))
		}
		for _, seen := range times {
			if got := seen.Began.Format(time.TimeOnly); got != tc.began || seen.Last.After(seen.Began) == (name == "its process is another's") {
				t.Errorf("%s: it began at %s, want %s; last %s", name, got, tc.began, seen.Last)
			}
		}
	}
}

// TestRefusalsThatASwitchMayCause tells them from scanners and plain mistakes.
func TestRefusalsThatASwitchMayCause(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"tlsv1 alert unknown ca": true, "sslv3 alert bad certificate": true, "sslv3 alert certificate unknown": true, "ssl/tls alert bad certificate": true,
		"no shared cipher": true, "no suitable signature algorithm": true, "sslv3 alert handshake failure": true, "tlsv1 alert insufficient security": true,
		"tlsv1 alert protocol version": false, "unsupported protocol": false, "wrong version number": false, "http request": false,
		"EOF detected": false, "unexpected eof while reading": false, "Connection reset by peer": false, "certificate verify failed": false, "tlsv1 alert internal error": false,
	} {
		report := parse(t, rdsPrefix, "x.log", lines(received, at+"10.0.0.5(4711):[unknown]@[unknown]:[77]:LOG:  could not accept SSL connection: "+text))
		if len(report.Refused) != 1 {
			t.Fatalf("%q: %v", text, says(report))
		}
		for r := range report.Refused {
			if r.CutOff() != want {
				t.Errorf("%q: a switch may be why: %t", text, !want)
			}
		}
	}
}

// TestNobodySetsTheClock: a line that a name forges says nothing about the span.
func TestNobodySetsTheClock(t *testing.T) {
	t.Parallel()
	const later = "2099-01-01 00:00:00 UTC::@:[1]:LOG:  x"
	for name, forged := range map[string][]string{
		"the last": {at + "10.0.0.6(9):x", later, "@d:[7]:FATAL:  x"}, "within": {at + "10.0.0.6(9):x", later, later, "@d:[7]:FATAL:  x", later},
		"after a line that is one": {at + "10.0.0.6(9):a@b:[1]:LOG:  z", later, "@d:[7]:FATAL:  x"},
	} {
		report := parse(t, rdsPrefix, "x", lines(append([]string{comes, filler}, forged...)...))
		if report.To.Year() != 2026 {
			t.Errorf("%s: the log ends at %s", name, report.To)
		}
	}
}
