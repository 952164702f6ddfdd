package provider_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/clients"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/stores"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// acceptance is where built stores are tried: a PostgreSQL behind the root of
// presentCA, and the password of the stores.
type acceptance struct {
	port     int
	password string
	// good and bad are stores by their formats: with the server's root, and
	// with another one.
	good, bad map[truststore.Format]string
}

// TestAccBuiltStoresAreAcceptedByTheClients builds stores through Terraform,
// gives them to keytool, openssl and the JVM, and connects with the JVM's TLS,
// psql and pgjdbc to a real PostgreSQL. Each connection is tried with a store
// of another root too, which must fail.
func TestAccBuiltStoresAreAcceptedByTheClients(t *testing.T) {
	t.Parallel()
	lab := labWithServers(t)
	root, err := lab.RootPEM(presentCA)
	must(t, err)
	other, err := pki.NewRegion("lab-other-1", pki.Today()).Root(presentCA, pki.Options{})
	must(t, err)
	third, err := pki.NewRegion("lab-other-1", pki.Today()).Root(targetCA, pki.Options{})
	must(t, err)
	a := acceptance{
		port: lab.Server(tlsOnly).Port(), password: "store-password-in-test",
		good: map[truststore.Format]string{}, bad: map[truststore.Format]string{},
	}
	dir := t.TempDir()
	var config strings.Builder
	for _, format := range []truststore.Format{truststore.FormatPEM, truststore.FormatJKS, truststore.FormatPKCS12} {
		a.good[format], a.bad[format] = filepath.Join(dir, "good."+string(format)), filepath.Join(dir, "bad."+string(format))
		for name, file := range map[string]string{"good": a.good[format], "bad": a.bad[format]} {
			pems := pemList(string(pki.PEM(other)), string(pki.PEM(third)))
			if name == "good" {
				pems = pemList(string(pki.PEM(other)), string(root))
			}
			fmt.Fprintf(&config, "resource %q \"%s_%s\" {\n  format = %q\n  path = %q\n  password_wo = %q\n  %s\n}\n", builtType, name, format, format, file, a.password, pems)
		}
	}
	run(t, resource.TestStep{Config: config.String(), ConfigPlanChecks: emptyPlan(), Check: func(*terraform.State) error {
		a.list(t)
		a.openssl(t)
		a.java(t)
		a.drivers(t)
		return nil
	}})
}

// list lets keytool and openssl list the stores.
func (a *acceptance) list(t *testing.T) {
	t.Helper()
	for _, command := range [][]string{
		{"keytool", "-list", "-keystore", a.good[truststore.FormatJKS], "-storepass", a.password},
		{"keytool", "-list", "-keystore", a.good[truststore.FormatPKCS12], "-storepass", a.password},
		{"openssl", "pkcs12", "-in", a.good[truststore.FormatPKCS12], "-passin", "pass:" + a.password, "-nokeys"},
		{"openssl", "crl2pkcs7", "-nocrl", "-certfile", a.good[truststore.FormatPEM]},
	} {
		out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput()
		listed := strings.Count(string(out), "trustedCertEntry") + strings.Count(string(out), "BEGIN CERTIFICATE") + 2*strings.Count(string(out), "BEGIN PKCS7")
		if err != nil || listed != 2 {
			t.Errorf("%s %s: %d certificates of 2, %v: %s", command[0], command[1], listed, err, out)
		}
	}
}

// openssl connects with the PEM.
func (a *acceptance) openssl(t *testing.T) {
	t.Helper()
	for file, want := range map[string]bool{a.good[truststore.FormatPEM]: true, a.bad[truststore.FormatPEM]: false} {
		command := exec.CommandContext(t.Context(), "openssl", "s_client", "-starttls", "postgres", "-connect", fmt.Sprintf("%s:%d", region.Host, a.port),
			"-CAfile", file, "-no-CApath", "-no-CAstore", "-verify_return_error", "-verify_hostname", region.Host)
		command.Stdin = strings.NewReader("")
		out, err := command.CombinedOutput()
		if accepted := err == nil && strings.Contains(string(out), "Verify return code: 0 (ok)"); accepted != want {
			t.Errorf("openssl with %s: accepted %t, want %t: %v", filepath.Base(file), accepted, want, err)
		}
	}
}

// java makes handshakes with the key stores.
func (a *acceptance) java(t *testing.T) {
	t.Helper()
	var requests []string
	for _, file := range []string{
		a.good[truststore.FormatJKS], a.good[truststore.FormatPKCS12], a.bad[truststore.FormatJKS], a.bad[truststore.FormatPKCS12],
	} {
		requests = append(requests, strings.Join([]string{"=" + a.password, region.Host, fmt.Sprint(a.port), file}, "\t"))
	}
	answers, err := stores.Handshake(t.Context(), requests)
	if missing(t, err) {
		return
	}
	for i, answer := range answers {
		if want := i < 2; answer.OK != want || !want && !strings.Contains(answer.Error, "PKIX path building failed") {
			t.Errorf("the JVM with %s: connected %t, want %t: %s", filepath.Base(requests[i]), answer.OK, want, answer.Error)
		}
	}
}

// drivers connects with psql and pgjdbc as they are told in the documentation.
func (a *acceptance) drivers(t *testing.T) {
	t.Helper()
	type attempt struct {
		driver, connection string
		properties         map[string]string
		want               clients.Outcome
	}
	var attempts []attempt
	for want, stores := range map[clients.Outcome]map[truststore.Format]string{clients.TLS: a.good, clients.Fails: a.bad} {
		pem := stores[truststore.FormatPEM]
		attempts = append(attempts,
			attempt{"psql", fmt.Sprintf("host=%s port=%d user=%s dbname=postgres sslmode=verify-full sslrootcert=%s", region.Host, a.port, billing, pem), nil, want},
			attempt{"pgjdbc", fmt.Sprintf("jdbc:postgresql://%s:%d/postgres?user=%s&sslmode=verify-full&sslrootcert=%s", region.Host, a.port, billing, pem), nil, want})
		for _, format := range []truststore.Format{truststore.FormatJKS, truststore.FormatPKCS12} {
			attempts = append(attempts, attempt{
				"pgjdbc", fmt.Sprintf("jdbc:postgresql://%s:%d/postgres?user=%s&sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", region.Host, a.port, billing),
				map[string]string{"javax.net.ssl.trustStore": stores[format], "javax.net.ssl.trustStorePassword": a.password},
				want,
			})
		}
	}
	for _, driver := range []string{"psql", "pgjdbc"} {
		running := startClient(t, driver)
		if running == nil {
			continue
		}
		for i, try := range attempts {
			if try.driver != driver {
				continue
			}
			result, err := running.Ask(t.Context(), clients.Question{
				ID: fmt.Sprint(i), Connection: try.connection, Properties: try.properties, Environment: map[string]string{}, Home: t.TempDir(), TimeoutMS: 60_000,
			})
			if err != nil || result.Outcome != try.want {
				t.Errorf("%s with %s %v: %s (%s, %v), want %s", driver, try.connection, try.properties, result.Outcome, result.Error, err, try.want)
			}
		}
	}
}

// startClient starts the first installed variant of a driver; nil, and said,
// where there is none.
func startClient(t *testing.T, driver string) *clients.Judge {
	t.Helper()
	all, err := clients.Discover("../lab/judge/clients/runners")
	must(t, err)
	cache, err := judge.CacheDir()
	must(t, err)
	i := slices.IndexFunc(all, func(c clients.Client) bool { return c.Driver == driver && len(c.Missing(t.Context(), cache)) == 0 })
	if i < 0 {
		missing(t, fmt.Errorf("%w: %s", stores.ErrNoJudge, driver))
		return nil
	}
	running, err := clients.Start(context.WithoutCancel(t.Context()), all[i], cache, t.TempDir())
	must(t, err)
	t.Cleanup(running.Close)
	return running
}

// missing says that a client is not installed, which in CI is a failure.
func missing(t *testing.T, err error) bool {
	t.Helper()
	if errors.Is(err, stores.ErrNoJudge) {
		judge.Missing(t, "a client with a trust store", err.Error())
		return true
	}
	must(t, err)
	return false
}
