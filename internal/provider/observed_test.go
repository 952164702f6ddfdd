package provider_test

import (
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/framework"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/clients"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// observedOf is of how many recorded cases one goes the whole way through the
// provider. Which ones does not depend on what else was recorded.
const observedOf = 175

// TestBulkReadinessSaysWhatTheRealClientsDid gives recorded cases to the data
// source as a user would: nothing may be lost on the way to the judgement.
func TestBulkReadinessSaysWhatTheRealClientsDid(t *testing.T) {
	t.Parallel()

	at := pki.Today()
	world, err := clients.NewWorld(at)
	if err != nil {
		t.Fatal(err)
	}
	const records = "../lab/judge/clients/testdata"
	all, err := clients.Recall(filepath.Join(records, "observed"), filepath.Join(records, "settings"))
	if err != nil {
		t.Fatal(err)
	}
	provider := newProtocol(t, func() time.Time { return at }, values{})
	stores := storeFiles{dir: t.TempDir()}
	for i := range all {
		sum := fnv.New32a()
		fmt.Fprint(sum, all[i].Client, all[i].Case.ID())
		if sum.Sum32()%observedOf != 0 {
			continue
		}
		want := all[i].Predict(world)
		if !want.Agreed() {
			t.Errorf("%s: %s", all[i].Client, want)
			continue
		}
		d := all[i].Declaration(world)
		if layer, _ := framework.Layer(d.Client.Settings); layer != "" || holdsPassword(d) {
			continue // The judge gave the layer's URL to the driver itself.
		}
		if d.ServerTLS.RSAOnly {
			continue // RDS says so, and no argument does.
		}
		state, told := provider.read(t, readinessType, values{
			"target_ca_cert_identifier": pki.CARSA2048, "host": d.Client.Settings.Host, "force_ssl": d.ForceSSL,
			"server_certificate_chain_pem": string(pki.PEM(d.Chain...)),
			"clients":                      values{"client": stores.declare(t, d)},
		})
		if told.failed() {
			t.Errorf("%s: %s: %v", all[i].Client, all[i].Case.ID(), told)
			continue
		}
		target := attributesOf(t, attributesOf(t, attributesOf(t, state)["verdicts"])["client"])["target"]
		got := attributesOf(t, target)
		for name, value := range map[string]string{
			"outcome": want.Predicted.Outcome.String(), "reason": string(want.Predicted.Reason), "expected_error": want.Predicted.ExpectedError,
		} {
			if text := textOf(t, got[name]); text != value {
				t.Errorf("%s: %s: %s is %q, want %q", all[i].Client, all[i].Case.ID(), name, text, value)
			}
		}
	}
}

// holdsPassword says whether the provider refuses a declaration.
func holdsPassword(d clients.Declaration) bool {
	for name, value := range d.Client.Settings.Properties {
		if driver.SecretIn(name, value) != "" {
			return true
		}
	}
	return driver.SecretInConnection(d.Client.Settings.Connection) != ""
}

func attributesOf(t *testing.T, value tftypes.Value) map[string]tftypes.Value {
	t.Helper()
	var attributes map[string]tftypes.Value
	if err := value.As(&attributes); err != nil {
		t.Fatal(err)
	}
	return attributes
}

// textOf returns a string; null is empty.
func textOf(t *testing.T, value tftypes.Value) string {
	t.Helper()
	var text *string
	if err := value.As(&text); err != nil {
		t.Fatal(err)
	}
	if text == nil {
		return ""
	}
	return *text
}

// storeFiles lays trust stores out.
type storeFiles struct {
	dir  string
	made int
}

// declare writes a client as configuration has it. An attribute that says
// nothing is left out.
func (f *storeFiles) declare(t *testing.T, d clients.Declaration) values {
	t.Helper()
	s := d.Client.Settings
	client := values{"driver": s.Driver, "connection": s.Connection}
	for name, value := range map[string]string{"driver_version": s.Version, "runtime_version": s.Runtime} {
		if value != "" {
			client[name] = value
		}
	}
	for name, settings := range map[string]map[string]string{"environment": s.Environment, "properties": s.Properties} {
		given := values{}
		for key, value := range settings {
			given[key] = value
		}
		client[name] = given
	}
	files := values{}
	for path := range s.Files {
		files[path] = values{"absent": true}
	}
	client["files"] = files
	if d.Store.Absent {
		return client
	}
	store := values{"path": f.write(t, d.Store)}
	switch {
	case s.StorePlace != "":
		store["place"] = string(s.StorePlace)
	case f.made%2 == 0: // the default, in words
		store["place"] = string(policy.PlaceAuto)
	}
	if password := d.Client.Store.Password; password != nil {
		store["password"] = *password
	}
	client["trust_store"] = store
	return client
}

func (f *storeFiles) write(t *testing.T, s clients.Store) string {
	t.Helper()
	f.made++
	// The settings of recorded cases name the store so.
	path := filepath.Join(f.dir, time.Duration(f.made).String(), "root.crt")
	files := map[string][]byte{path: s.Content}
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if s.Directory != nil {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		files = map[string][]byte{}
		for name, content := range s.Directory {
			files[filepath.Join(path, name)] = content
		}
	}
	for name, content := range files {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}
