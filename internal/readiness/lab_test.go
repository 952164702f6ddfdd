package readiness_test

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// at is the time of every judgement here.
var at = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

const endpoint = "orders.c9akciq32rgd.us-east-1.rds.amazonaws.com"

// switchover is what one server presents before and after a switch.
type switchover struct{ old, next *pki.Chain }

func newSwitchover(t testing.TB, target string) switchover {
	t.Helper()
	region := pki.NewRegion("us-east-1", at.AddDate(0, -3, 0))
	names := pki.Options{DNSNames: []string{endpoint}}
	chain := func(ca string) *pki.Chain {
		c, err := region.Chain(ca, names)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	return switchover{old: chain(pki.CARSA4096), next: chain(target)}
}

// input judges the clients with both paths known and force_ssl off.
func (s switchover) input(clients ...readiness.Client) readiness.Input {
	off := false
	evidence := func(c *pki.Chain) readiness.Evidence {
		return readiness.Evidence{CAIdentifier: c.CAIdentifier, Presented: certpath.Presented{Certificates: c.Presented()}, Source: "given chain"}
	}
	return readiness.Input{Target: evidence(s.next), Current: evidence(s.old), ForceSSL: &off, Host: endpoint, Clients: clients, At: at}
}

// libpq is a psql-like client with a PEM store; without certificates it has
// no store.
func libpq(name, connection string, store ...*x509.Certificate) readiness.Client {
	c := readiness.Client{Name: name, Settings: policy.Settings{Driver: "libpq", Version: "16", Connection: connection, Host: endpoint}}
	if len(store) > 0 {
		c.Settings.StoreDeclared = true
		c.Store.Content = pki.PEM(store...)
	}
	return c
}

// codes returns the findings' severities and codes about a client.
func codes(r readiness.Report, client string) []string {
	var found []string
	for _, f := range r.Findings {
		if f.Client == client {
			found = append(found, string(f.Severity)+" "+f.Code)
		}
	}
	return found
}

// seen is a complete observation of these sessions.
func seen(sessions ...readiness.Session) []readiness.Observation {
	return []readiness.Observation{{Source: "sslready_clients", Complete: true, Sessions: sessions}}
}
