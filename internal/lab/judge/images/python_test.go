package images_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sslready/terraform-provider-sslready/internal/framework"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// wheelOf is a folder with psycopg2-binary and what it carries, from PyPI.
func wheelOf(t *testing.T) string {
	t.Helper()
	return part(t, filepath.Dir(cached(t, "frameworks", "pip", "*", "psycopg2_binary-*.dist-info")), "psycopg2", "psycopg2_binary.libs", "psycopg2_binary-*.dist-info")
}

// part is a folder with some of what another has.
func part(t *testing.T, from string, patterns ...string) string {
	t.Helper()
	to := t.TempDir()
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(from, pattern))
		must(t, err)
		for _, name := range found {
			copied := filepath.Join(to, filepath.Base(name))
			if content, err := os.ReadFile(name); err == nil {
				must(t, os.WriteFile(copied, content, 0o644))
				continue
			}
			must(t, os.CopyFS(copied, os.DirFS(name)))
		}
	}
	return to
}

var pythonOnce = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("python3", "-c", "import sys,os;print(sys.prefix)").Output() //nolint:noctx // It ends by itself.
	return strings.TrimSpace(string(out)), err
})

// python is this machine's, without its tests and packages, with pg8000 from
// PyPI: its ssl module takes OpenSSL's own store.
func (c *city) python(t *testing.T) map[string]deployed {
	t.Helper()
	prefix, err := pythonOnce()
	must(t, err)
	libraries, err := filepath.Glob(prefix + "/lib/python3.*/lib-dynload/*ssl*.so")
	if must(t, err); len(libraries) == 0 {
		needs(t, prefix+"/lib/python3/ssl")
	}
	standard := filepath.Dir(filepath.Dir(libraries[0]))
	program := filepath.Join(prefix, "bin", filepath.Base(standard))
	modules, err := filepath.Glob(filepath.Dir(libraries[0]) + "/*.so")
	must(t, err)
	entries := programs(t, append(modules, program)...)
	must(t, filepath.WalkDir(standard, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"test", "site-packages", "__pycache__", "idlelib", "lib2to3", "ensurepip"}, entry.Name()):
			return fs.SkipDir
		case entry.Type().IsRegular() && strings.HasSuffix(name, ".py"):
			content, err := os.ReadFile(name)
			entries = append(entries, at(strings.TrimPrefix(name, "/"), string(content)))
			return err
		}
		return nil
	}))
	entries = append(entries, dpkgOf(t, "libssl3"), at("rds.pem", c.right), at("past.pem", c.past), at("certs/"+c.hash, c.right))
	site := strings.TrimPrefix(standard, "/") + "/site-packages"
	packages := packed(t, filepath.Dir(cached(t, "pip", "*", "pg8000-1.31.*.dist-info")), site)
	script := "import ssl,pg8000.native as p\nc=p.Connection('app',host='localhost',port=" + c.port() + ",database='postgres',ssl_context=ssl.create_default_context())\nprint('tls' if c.run('select ssl from pg_stat_ssl where pid=pg_backend_pid()')[0][0] else 'plaintext')"
	unpacked := wheelOf(t)
	carried, err := filepath.Glob(unpacked + "/psycopg2*/*.so*")
	must(t, err)
	for _, e := range programs(t, carried...) {
		if !strings.HasPrefix("/"+e.Name, unpacked) {
			entries = append(entries, e)
		}
	}
	base, wheel := registry.Tar(entries...), packed(t, unpacked, site)
	alchemy := packed(t, part(t, filepath.Dir(cached(t, "frameworks", "pip", "*", "sqlalchemy-2.0.*.dist-info")), "sqlalchemy", "sqlalchemy-*.dist-info", "typing_extensions.py"), site)
	laid := func(env []string, layers ...[]byte) deployed {
		return deployed{
			layers: append([][]byte{common, base, packages}, layers...), config: v1.Config{Env: env},
			declared: policy.Settings{Driver: "pg8000", Properties: map[string]string{"ssl_context": "create_default_context"}}, command: []string{program, "-c", script},
		}
	}
	django := func(connection string, env []string, layers ...[]byte) deployed {
		connection = "host=localhost port=" + c.port() + " user=app dbname=postgres " + connection
		return deployed{
			layers: append([][]byte{common, base, wheel}, layers...), config: v1.Config{User: "app", Env: env, WorkingDir: "/work"}, declared: policy.Settings{Driver: "psycopg2", Connection: connection},
			command: []string{program, "-c", fmt.Sprintf("import psycopg2\nc=psycopg2.connect(%q).cursor()\nc.execute('select ssl from pg_stat_ssl where pid=pg_backend_pid()')\nprint('tls' if c.fetchone()[0] else 'plaintext')", connection)},
		}
	}
	// airflow is what its ORM does with its variable.
	airflow := func(query string) deployed {
		variable := "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
		url := "postgresql+psycopg2://app@localhost:" + c.port() + "/postgres?" + query
		client, err := framework.Resolve("sqlalchemy", url, framework.Options{Version: "2.0"})
		must(t, err)
		d := django("", []string{variable + "=" + url}, alchemy)
		d.declared = policy.Settings{Driver: client.Driver, Connection: client.Connection, Properties: client.Properties}
		d.command[2] = "import os,sqlalchemy as s\nwith s.create_engine(os.environ['" + variable + "']).connect() as c:\n print('tls' if c.execute(s.text('select ssl from pg_stat_ssl where pid=pg_backend_pid()')).scalar() else 'plaintext')"
		return d
	}
	// lambda has the driver in a layer, and its files in another and in the
	// function; the runtime is not in its archives.
	layer := registry.Zip(filesOf(t, unpacked, "python")...)
	lambda := func(connection string, variables map[string]string, files ...registry.Entry) deployed {
		d := django(connection, []string{"PYTHONPATH=/var/task:/opt/python"})
		d.layers, d.archives = [][]byte{common, base}, [][]byte{layer, registry.Zip(at("rds.pem", c.right), at("old.pem", c.past)), registry.Zip(append(files, at("handler.py", ""))...)}
		d.config.WorkingDir, d.declared.Environment = "/var/task", variables
		return d
	}
	unsure := func(d deployed) deployed {
		d.open, d.config.User = true, "app"
		return d
	}
	home := registry.Tar(at("home/app/.postgresql/root.crt", c.past))
	folder := registry.Tar(registry.Entry{Name: "usr/lib/ssl/certs", Link: "/etc/ssl/certs"}, at("usr/local/share/ca-certificates/rds.crt", c.right), registry.Entry{Name: "etc/ssl/certs/" + c.hash, Link: "/usr/local/share/ca-certificates/rds.crt"})
	return map[string]deployed{
		"psycopg2-binary with the right root": django("sslmode=verify-full sslrootcert=/rds.pem", nil),
		"psycopg2-binary with another":        django("sslmode=verify-full sslrootcert=/past.pem", nil),
		"psycopg2-binary by a variable":       django("", []string{"PGSSLMODE=verify-ca", "PGSSLROOTCERT=/rds.pem"}),
		"psycopg2-binary and the home":        django("sslmode=require", []string{"SSL_CERT_FILE=/rds.pem"}, home),
		"psycopg2-binary and the system":      unsure(django("sslrootcert=system", nil)), // The wheel's OpenSSL has a folder of its own.
		"Airflow with the right root":         airflow("sslmode=verify-full&sslrootcert=/rds.pem"),
		"Airflow with another":                airflow("sslmode=verify-full&sslrootcert=/past.pem"),
		"Airflow that verifies nothing":       airflow("sslmode=require"),
		"Lambda with the layer's root":        lambda("sslmode=verify-full sslrootcert=/opt/rds.pem", nil),
		"Lambda with the layer's other":       lambda("sslmode=verify-full sslrootcert=/opt/old.pem", nil),
		"Lambda by a variable":                lambda("", map[string]string{"PGSSLMODE": "verify-ca", "PGSSLROOTCERT": "/opt/rds.pem"}),
		"Lambda with a relative name":         lambda("sslmode=verify-full sslrootcert=rds.pem", nil, at("rds.pem", c.right)),
		"Lambda with the layer's name alone":  lambda("sslmode=verify-full sslrootcert=rds.pem", nil),
		"Lambda with no root":                 lambda("sslmode=verify-full", nil),
		"Lambda that verifies nothing":        lambda("sslmode=require", nil),
		"Lambda and the runtime's own store":  unsure(lambda("sslrootcert=system", nil)),
		"update-ca-certificates":              laid(nil, folder),
		"update-ca-certificates of root's":    unsure(laid(nil, folder, registry.Tar(registry.Entry{Name: "usr/local/share/ca-certificates/rds.crt", Content: c.right, Mode: 0o600}))),
		"the bundle alone":                    laid(nil, registry.Tar(registry.Entry{Name: "usr/lib/ssl/certs", Link: "/etc/ssl/certs"}, at("etc/ssl/certs/ca-certificates.crt", c.right))),
		"a file in the folder, under no hash": laid(nil, registry.Tar(at("usr/lib/ssl/certs/rds.pem", c.right))),
		"another certificate under its hash":  laid(nil, registry.Tar(at("usr/lib/ssl/certs/"+c.hash, c.past))),
		"SSL_CERT_FILE":                       laid([]string{"SSL_CERT_FILE=/rds.pem"}),
		"SSL_CERT_FILE beside the folder":     laid([]string{"SSL_CERT_FILE=/past.pem"}, folder),
		"SSL_CERT_DIR":                        laid([]string{"SSL_CERT_DIR=/certs"}),
		"nothing":                             laid(nil),
	}
}
