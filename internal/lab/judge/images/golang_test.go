package images_test

import (
	"fmt"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// answering is a case of a runner.
func (c *city) answering(connection string) string {
	return fmt.Sprintf(`{"id":"1","connection":%q,"home":"/home/app","timeout_ms":5000}`+"\n", connection)
}

func (c *city) golang(t *testing.T) map[string]deployed {
	t.Helper()
	runner := cached(t, "go", "pgx-5.12.0-*", "runner")
	entries := programs(t, runner)
	for i := range entries {
		if "/"+entries[i].Name == runner {
			entries[i].Name = "app"
		}
	}
	base := registry.Tar(entries...)
	laid := func(env []string, layers ...[]byte) deployed {
		connection := "postgres://app@localhost:" + c.port() + "/postgres?sslmode=verify-full"
		return deployed{
			layers: append([][]byte{common, base}, layers...), config: v1.Config{User: "app", Env: env, Entrypoint: []string{"/app"}},
			declared: policy.Settings{Driver: "pgx", Connection: connection}, input: c.answering(connection),
		}
	}
	return map[string]deployed{
		"nothing in scratch":                  laid(nil),
		"Debian's bundle":                     laid(nil, registry.Tar(at("etc/ssl/certs/ca-certificates.crt", c.right))),
		"a file in the folder, under no hash": laid(nil, registry.Tar(at("etc/ssl/certs/ca-certificates.crt", c.past), at("etc/ssl/certs/rds.pem", c.right))),
		"RHEL's folder":                       laid(nil, registry.Tar(at("etc/pki/tls/certs/rds.crt", c.right))),
		"a bundle that is not the first":      laid(nil, registry.Tar(at("etc/ssl/certs/ca-certificates.crt", c.past), at("etc/ssl/cert.pem", c.right))),
		"SSL_CERT_FILE":                       laid([]string{"SSL_CERT_FILE=/rds.pem"}, registry.Tar(at("rds.pem", c.right))),
		"SSL_CERT_FILE of another time":       laid([]string{"SSL_CERT_FILE=/rds.pem"}, registry.Tar(at("rds.pem", c.past), at("etc/pki/tls/cacert.pem", c.right))),
		"SSL_CERT_DIR":                        laid([]string{"SSL_CERT_DIR=/certs"}, registry.Tar(at("certs/a", c.right))),
		"the default root file":               laid(nil, registry.Tar(at("home/app/.postgresql/root.crt", c.past), at("etc/ssl/certs/ca-certificates.crt", c.right))),
		"PGSSLROOTCERT":                       laid([]string{"PGSSLROOTCERT=/rds.pem"}, registry.Tar(at("rds.pem", c.right))),
	}
}
