package images_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// layersOf are the files of Debian's packages, above the libraries that their
// programs load.
func layersOf(t *testing.T, packages ...string) [][]byte {
	t.Helper()
	files := debian(t, append(packages, "libpq5", "libssl3")...)
	var programsOf []string
	for _, name := range packages {
		listed, err := exec.CommandContext(t.Context(), "dpkg-query", "-L", name).Output()
		must(t, err)
		for file := range strings.FieldsSeq(string(listed)) {
			if head, err := os.ReadFile(file); err == nil && strings.HasPrefix(string(head), "\x7fELF") {
				programsOf = append(programsOf, file)
			}
		}
	}
	return [][]byte{registry.Tar(programs(t, programsOf...)...), files}
}

// ofDebian are clients on libpq, in the images that Rails, Laravel and Perl's
// DBI are deployed in.
func (c *city) ofDebian(t *testing.T) map[string]deployed {
	t.Helper()
	ruby := []string{"ruby", "-e", `require "pg"
begin
  puts PG.connect(ARGV[0]).exec("select ssl from pg_stat_ssl where pid = pg_backend_pid()").getvalue(0, 0)
rescue => e
  puts e.message
  exit 1
end`}
	php := []string{"php8.2", "-r", `try {
  echo (new PDO("pgsql:".$argv[1]))->query("select ssl::text from pg_stat_ssl where pid = pg_backend_pid()")->fetchColumn(), "\n";
} catch (Exception $e) {
  echo $e->getMessage();
  exit(1);
}`}
	perl := []string{"perl", "-MDBI", "-e", `my $db = DBI->connect("dbi:Pg:".$ARGV[0], "", "", {PrintError => 0}) or do { print $DBI::errstr; exit 1 };
print $db->selectrow_array("select ssl::text from pg_stat_ssl where pid = pg_backend_pid()"), "\n";`}
	right, past := registry.Tar(at("etc/ssl/rds.pem", c.right)), registry.Tar(at("etc/ssl/rds.pem", c.past))
	home := registry.Tar(at("home/app/.postgresql/root.crt", c.past))
	all := map[string]deployed{}
	for driver, made := range map[string]struct {
		program  []string
		packages []string
	}{
		"ruby-pg":   {ruby, []string{"ruby", "ruby3.1", "libruby3.1", "rubygems-integration", "ruby-pg"}},
		"php-pgsql": {php, []string{"php8.2-cli", "php8.2-common", "php8.2-pgsql"}},
		"dbd-pg":    {perl, []string{"perl-base", "perl", "perl-modules-5.36", "libperl5.36", "libdbi-perl", "libdbd-pg-perl"}},
	} {
		base := layersOf(t, made.packages...)
		extensions := registry.Tar(at("etc/php/8.2/cli/conf.d/20-pgsql.ini", "extension=pdo\nextension=pgsql\nextension=pdo_pgsql\n"))
		laid := func(connection string, env []string, layers ...[]byte) deployed {
			connection = "host=localhost port=" + c.port() + " user=app dbname=postgres connect_timeout=5 " + connection
			return deployed{
				layers: slices.Concat([][]byte{common}, base, [][]byte{extensions}, layers), config: v1.Config{User: "app", WorkingDir: "/work", Env: append([]string{"PATH=/usr/bin:/bin"}, env...)},
				declared: policy.Settings{Driver: driver, Connection: connection}, command: append(append([]string{"/usr/bin/" + made.program[0]}, made.program[1:]...), connection),
			}
		}
		all[driver+" with the right root"] = laid("sslmode=verify-full sslrootcert=/etc/ssl/rds.pem", nil, right)
		all[driver+" with another"] = laid("sslmode=verify-full sslrootcert=/etc/ssl/rds.pem", nil, past)
		all[driver+" by the variables"] = laid("", []string{"PGSSLMODE=verify-ca", "PGSSLROOTCERT=/etc/ssl/rds.pem"}, right)
		all[driver+" and the default root file"] = laid("sslmode=require", nil, home)
		all[driver+" that verifies nothing"] = laid("sslmode=require", nil, right)
	}
	return all
}

// pgbouncer is the client of RDS there, and a psql in the same image asks what
// its connection is.
func (c *city) pgbouncer(t *testing.T) map[string]deployed {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/psql")
	if must(t, err); len(found) == 0 {
		needs(t, "psql")
	}
	base := layersOf(t, "pgbouncer")
	psql := registry.Tar(programs(t, found[0])...)
	users := registry.Tar(at("etc/users.txt", "\"app\" \"\"\n"))
	laid := func(settings map[string]string, layers ...[]byte) deployed {
		listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // Closed at once.
		must(t, err)
		_, port, err := net.SplitHostPort(listener.Addr().String())
		must(t, err)
		must(t, listener.Close())
		ini := fmt.Sprintf("[databases]\npostgres = host=localhost port=%s user=app\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %s\nunix_socket_dir =\nauth_type = trust\nauth_file = /etc/users.txt\n"+
			"pidfile = /tmp/pid\nlogfile = /tmp/log\nserver_connect_timeout = 5\nserver_login_retry = 30\n", c.port(), port)
		for name, value := range settings {
			ini += name + " = " + value + "\n"
		}
		script := fmt.Sprintf(`/usr/sbin/pgbouncer /etc/pgbouncer.ini 2>&1 &
until [ -s /tmp/pid ]; do kill -0 $! || exit 1; done
%s "host=127.0.0.1 port=%s user=app dbname=postgres connect_timeout=5" -Atc "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
said=$?
kill $!
exit $said`, found[0], port)
		return deployed{
			layers: slices.Concat([][]byte{common}, base, [][]byte{psql, users, registry.Tar(at("etc/pgbouncer.ini", ini))}, layers), config: v1.Config{User: "app", WorkingDir: "/work"},
			declared: policy.Settings{Driver: "pgbouncer", Properties: settings}, command: []string{"/bin/sh", "-c", script},
		}
	}
	verified := map[string]string{"server_tls_sslmode": "verify-full", "server_tls_ca_file": "/etc/ssl/rds.pem"}
	// ofFile declares nothing: the file of the image says it.
	ofFile := func(d deployed) deployed {
		d.declared.Properties, d.config.Cmd = nil, []string{"pgbouncer", "/etc/pgbouncer.ini"}
		return d
	}
	return map[string]deployed{
		"the right root":        laid(verified, registry.Tar(at("etc/ssl/rds.pem", c.right))),
		"another root":          laid(verified, registry.Tar(at("etc/ssl/rds.pem", c.past))),
		"its own file, right":   ofFile(laid(verified, registry.Tar(at("etc/ssl/rds.pem", c.right)))),
		"its own file, another": ofFile(laid(verified, registry.Tar(at("etc/ssl/rds.pem", c.past)))),
		"require":               laid(map[string]string{"server_tls_sslmode": "require"}),
		"prefer":                laid(map[string]string{"server_tls_sslmode": "prefer"}),
		"no root is there":      laid(verified),
	}
}
