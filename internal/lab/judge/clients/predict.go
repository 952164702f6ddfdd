package clients

import (
	"crypto/x509"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// place is where a case finds its server and its files.
type place struct {
	port string // decimal
	root string // the store's path, whether or not something is there
	home string
}

// replayPlace stands for the files and ports of a run that is over: no
// prediction depends on them.
var replayPlace = place{port: "5432", root: "/lab/store/root.crt", home: "/lab/home"}

// fill puts the values of a case into its template.
func (c Case) fill(p place) Template {
	replacer := strings.NewReplacer(
		"{host}", c.Host, "{port}", p.port, "{user}", c.User,
		"{root}", p.root, "{rooturi}", url.QueryEscape(p.root), "{home}", p.home,
	)
	t := c.Template
	t.Connection = replacer.Replace(t.Connection)
	t.Environment = replaceAll(replacer, t.Environment)
	t.Properties = replaceAll(replacer, t.Properties)
	t.HostLiteral = replacer.Replace(t.HostLiteral)
	return t
}

func replaceAll(r *strings.Replacer, m map[string]string) map[string]string {
	filled := make(map[string]string, len(m))
	for k, v := range m {
		filled[k] = r.Replace(v)
	}
	return filled
}

// Declaration is a case as the owner of a client declares it.
type Declaration struct {
	// Client has the name "client".
	Client readiness.Client
	// Store is the content of its trust store, laid out.
	Store Store
	// Chain is what the server presents.
	Chain []*x509.Certificate
	// ForceSSL: the server refuses plaintext.
	ForceSSL bool
	// ServerTLS is what the server takes of a handshake.
	ServerTLS readiness.ServerTLS
}

// declare writes a case as a declaration of a judge's client.
func declare(w *World, c Case, id Identity, p place) Declaration {
	t := c.fill(p)
	delete(t.Properties, "lib/security/cacerts") // the runner's own word for the place
	store := w.Store(c.Store, c.Server)
	host := t.HostLiteral
	if host == "" {
		host = c.Host
	}
	server := w.Servers[c.Server]
	return Declaration{
		Store: store, Chain: server.Chain, ForceSSL: c.User != "open",
		ServerTLS: readiness.ServerTLS{Min: server.MinProtocol, Max: server.MaxProtocol, RSAOnly: server.RSAOnly},
		Client: readiness.Client{
			Name: "client",
			Settings: policy.Settings{
				Driver: id.Driver, Version: id.Version, Runtime: declaredRuntime(id),
				Connection: t.Connection, Environment: t.Environment, Properties: t.Properties,
				Host: host, StoreDeclared: !store.Absent, StorePlace: t.Place, Files: absentFiles(t),
			},
			Store: readiness.Store{Content: store.Content, Password: t.Password},
		},
	}
}

// absentPath is how the settings name files that no run has.
var absentPath = regexp.MustCompile(`/nonexistent[\w./-]*`)

// absentFiles declares them.
func absentFiles(t Template) policy.Files {
	files := policy.Files{}
	values := append(slices.Collect(maps.Values(t.Environment)), slices.Collect(maps.Values(t.Properties))...)
	for _, value := range append(values, t.Connection) {
		for _, path := range absentPath.FindAllString(value, -1) {
			files[path] = policy.File{Absent: true}
		}
	}
	return files
}

// declaredRuntime is what a client runs on, with the libpq that it is built on.
func declaredRuntime(id Identity) string {
	if strings.HasPrefix(id.Runtime, "Python") {
		return id.Runtime // With its OpenSSL.
	}
	if id.RulesVersion() == id.Version {
		return id.RuntimeVersion
	}
	return "libpq " + id.RulesVersion() + ", OpenSSL " + id.RuntimeVersion
}

// predict asks package readiness what a client does with a case.
func predict(w *World, c Case, id Identity, p place, at time.Time) readiness.Verdict {
	d := declare(w, c, id, p)
	report := readiness.Evaluate(readiness.Input{
		Target:    readiness.Evidence{Presented: certpath.Presented{Certificates: d.Chain}},
		ForceSSL:  &d.ForceSSL,
		ServerTLS: d.ServerTLS,
		At:        at,
		Clients:   []readiness.Client{d.Client},
	})
	return report.Verdicts[d.Client.Name].Target
}

// expected translates a verdict into what a real client shows. It is empty
// for a verdict that decides nothing.
func expected(v readiness.Verdict) Outcome {
	switch v.Outcome {
	case readiness.Connects, readiness.ConnectsUnverified:
		return TLS
	case readiness.Plaintext, readiness.Downgrades:
		return Plaintext
	case readiness.Fails:
		return Fails
	case readiness.Indeterminate:
		return ""
	}
	return ""
}
