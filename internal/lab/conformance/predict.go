package conformance

import (
	"net/url"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/oracle"
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

// predict asks package readiness what a client does with a case.
func predict(w *World, c Case, id oracle.Identity, p place, at time.Time) readiness.Verdict {
	t := c.fill(p)
	store := w.Store(c.Store, c.Server)
	force := c.User != "open"
	host := t.HostLiteral
	if host == "" {
		host = c.Host
	}
	const name = "client"
	report := readiness.Evaluate(readiness.Input{
		Target:   readiness.Evidence{Presented: certpath.Presented{Certificates: w.Servers[c.Server].Chain}},
		ForceSSL: &force,
		At:       at,
		Clients: []readiness.Client{{
			Name: name,
			Settings: driver.Settings{
				Driver: id.Driver, Version: id.RulesVersion(), Runtime: id.RuntimeVersion,
				Connection: t.Connection, Environment: t.Environment, Properties: t.Properties,
				Host: host, StoreDeclared: !store.Absent, StorePlace: t.Place,
			},
			Store: readiness.Store{Content: store.Content, Password: t.Password},
		}},
	})
	return report.Verdicts[name].Target
}

// expected translates a verdict into what a real client shows. It is empty
// for a verdict that decides nothing.
func expected(v readiness.Verdict) oracle.Outcome {
	switch v.Outcome {
	case readiness.Connects, readiness.ConnectsUnverified:
		return oracle.TLS
	case readiness.Plaintext, readiness.Downgrades:
		return oracle.Plaintext
	case readiness.Fails:
		return oracle.Fails
	case readiness.Indeterminate:
		return ""
	}
	return ""
}
