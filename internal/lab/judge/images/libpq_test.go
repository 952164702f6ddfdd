package images_test

import (
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// psql is libpq on Debian: what Django, Rails, Laravel and Airflow have below
// their drivers.
func (c *city) psql(t *testing.T) map[string]deployed {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/psql")
	if must(t, err); len(found) == 0 {
		needs(t, "psql")
	}
	base := registry.Tar(append(programs(t, found[0], "/usr/bin/env"), dpkgOf(t, "libpq5", "libssl3"))...)
	laid := func(connection string, config v1.Config, layers ...[]byte) deployed {
		connection = "host=localhost port=" + c.port() + " user=app dbname=postgres connect_timeout=5 " + connection
		return deployed{
			layers: append([][]byte{common, base}, layers...), config: config, declared: policy.Settings{Driver: "libpq", Connection: connection},
			command: []string{found[0], connection, "-Atc", "select ssl from pg_stat_ssl where pid = pg_backend_pid()"},
		}
	}
	right, past := registry.Tar(at("etc/ssl/rds.pem", c.right)), registry.Tar(at("etc/ssl/rds.pem", c.past))
	home := registry.Tar(at("home/app/.postgresql/root.crt", c.past))
	app := v1.Config{User: "app", WorkingDir: "/work", Env: []string{"PATH=/bin"}}
	variable := v1.Config{User: "app", Env: []string{"PGSSLMODE=verify-full", "PGSSLROOTCERT=/etc/ssl/rds.pem"}}
	script := registry.Tar(registry.Entry{Name: "start.sh", Mode: 0o755, Content: "#!/bin/sh\nexport PGSSLROOTCERT=/etc/ssl/past.pem\nexec \"$@\"\n"}, at("etc/ssl/past.pem", c.past))
	withEnv, withShell := variable, variable
	withEnv.Entrypoint = []string{"/usr/bin/env", "PGSSLROOTCERT=/etc/ssl/past.pem"}
	withShell.Entrypoint = []string{"/bin/sh", "-ec", `. /env.sh; exec "$@"`, "--"}
	shell := laid("", withShell, right, script, registry.Tar(at("env.sh", "export PGSSLROOTCERT=/etc/ssl/past.pem\n")))
	shell.open = true
	withScript := variable
	withScript.Entrypoint = []string{"/start.sh"}
	elsewhere := app
	elsewhere.Env = []string{"HOME=/srv", "SSL_CERT_FILE=/etc/ssl/rds.pem"}
	started := laid("", withScript, right, script)
	started.open = true
	closed := laid("", variable, registry.Tar(registry.Entry{Name: "etc/ssl/rds.pem", Content: c.right, Mode: 0o600}))
	closed.open = true
	volume := laid("sslmode=require sslrootcert=/mnt/rds.pem", app)
	volume.open = true
	return map[string]deployed{
		"the variables name the right root":          laid("", variable, right),
		"the variables name a root of another time":  laid("", variable, past),
		"an upper layer has another root":            laid("", variable, past, right),
		"a whiteout hides the root":                  laid("", variable, right, registry.Tar(at("etc/ssl/.wh.rds.pem", ""))),
		"an opaque folder hides the root":            laid("", variable, right, registry.Tar(at("etc/ssl/.wh..wh..opq", ""), at("etc/ssl/x", ""))),
		"a link that climbs over the root":           laid("", variable, registry.Tar(registry.Entry{Name: "etc/ssl/rds.pem", Link: "../../../../opt/ca.pem"}, at("opt/ca.pem", c.right))),
		"a relative name":                            laid("sslmode=verify-ca sslrootcert=rds.pem", app, registry.Tar(at("work/rds.pem", c.right))),
		"a start script names another root":          started,
		"env names another root":                     laid("", withEnv, right, script),
		"a shell reads a script":                     shell,
		"the user may not read the root":             closed,
		"the default root file, in require":          laid("sslmode=require", app, home),
		"the default root file beside SSL_CERT_FILE": laid("sslmode=require", elsewhere, right, registry.Tar(at("srv/.postgresql/root.crt", c.past))),
		"nothing is verified":                        laid("sslmode=require", app, right),
		"a volume may bring the root":                volume,
		"a service of the home":                      laid("service=orders", app, right, registry.Tar(at("home/app/.pg_service.conf", "[orders]\nsslmode=verify-full\nsslrootcert=/etc/ssl/rds.pem\n"))),
	}
}
