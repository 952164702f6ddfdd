package images_test

import (
	"fmt"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// node has its program with this machine's libraries, and pg from npm.
func (c *city) node(t *testing.T) map[string]deployed {
	t.Helper()
	needs(t, "/usr/bin/node")
	base := registry.Tar(append(programs(t, "/usr/bin/node"), at("work/rds.pem", c.right), at("work/past.pem", c.past))...)
	modules := nodePostgres(t, "work")
	const connects = `const{Client}=require('/work/node_modules/pg');const ca=process.argv[1];const c=new Client({host:'localhost',port:%s,user:'app',database:'postgres',ssl:ca?{ca:require('fs').readFileSync(ca)}:{}});c.connect().then(()=>c.query('select ssl from pg_stat_ssl where pid=pg_backend_pid()')).then(r=>{console.log(r.rows[0].ssl?'tls':'plaintext');process.exit(0)}).catch(e=>{console.log(e.message);process.exit(1)})`
	laid := func(ca string, env []string, flags []string, layers ...[]byte) deployed {
		properties := map[string]string{"ssl": "object"}
		arguments := []string{"-e", fmt.Sprintf(connects, c.port())}
		if ca != "" {
			properties = map[string]string{"ssl.ca": "readFileSync('" + ca + "')"}
			arguments = append(arguments, "--", ca)
		}
		return deployed{
			layers: append([][]byte{common, base, modules}, layers...), config: v1.Config{User: "app", WorkingDir: "/work", Env: env, Entrypoint: append([]string{"/usr/bin/node"}, flags...)},
			declared: policy.Settings{Driver: "node-postgres", Properties: properties}, command: arguments,
		}
	}
	system := laid("", nil, []string{"--use-openssl-ca"}, registry.Tar(at("etc/ssl/cert.pem", c.right)))
	system.open = true
	return map[string]deployed{
		"Node's own roots":               laid("", nil, nil),
		"NODE_EXTRA_CA_CERTS, relative":  laid("", []string{"NODE_EXTRA_CA_CERTS=rds.pem"}, nil),
		"NODE_EXTRA_CA_CERTS, another":   laid("", []string{"NODE_EXTRA_CA_CERTS=/work/past.pem"}, nil),
		"NODE_EXTRA_CA_CERTS, not there": laid("", []string{"NODE_EXTRA_CA_CERTS=/absent.pem"}, nil),
		"a file that the program reads":  laid("rds.pem", nil, nil),
		"another file that it reads":     laid("/work/past.pem", nil, nil),
		"an option on the command line":  laid("", []string{"SSL_CERT_FILE=/work/rds.pem"}, []string{"--use-openssl-ca"}),
		"OpenSSL's own folder":           system,
		"verification is off":            laid("", []string{"NODE_TLS_REJECT_UNAUTHORIZED=0"}, nil),
	}
}
