package truststore_test

import (
	"encoding/hex"
	"encoding/pem"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

func TestTrustSettingsOfOpenSSL(t *testing.T) {
	t.Parallel()

	const (
		serverAuth = "06082b06010505070301"
		mail       = "06082b06010505070304"
		anyUse     = "0604551d2500"
	)
	tests := map[string]struct {
		label, aux string
		want       truststore.TrustSettings
		broken     bool
	}{
		"no settings":                       {label: "TRUSTED CERTIFICATE"},
		"an empty list of settings":         {label: "TRUSTED CERTIFICATE", aux: "3000"},
		"trusted for servers":               {label: "TRUSTED CERTIFICATE", aux: "300c300a" + serverAuth, want: truststore.TrustServers},
		"trusted for anything":              {label: "TRUSTED CERTIFICATE", aux: "30083006" + anyUse, want: truststore.TrustServers},
		"trusted for mail alone":            {label: "TRUSTED CERTIFICATE", aux: "300c300a" + mail, want: truststore.TrustRejected},
		"trusted for mail and servers":      {label: "TRUSTED CERTIFICATE", aux: "30163014" + mail + serverAuth, want: truststore.TrustServers},
		"trusted for nothing":               {label: "TRUSTED CERTIFICATE", aux: "30023000", want: truststore.TrustRejected},
		"rejected for servers":              {label: "TRUSTED CERTIFICATE", aux: "300ca00a" + serverAuth, want: truststore.TrustRejected},
		"rejected for mail":                 {label: "TRUSTED CERTIFICATE", aux: "300ca00a" + mail},
		"trusted and rejected for servers":  {label: "TRUSTED CERTIFICATE", aux: "3018300a" + serverAuth + "a00a" + serverAuth, want: truststore.TrustRejected},
		"a name behind it":                  {label: "TRUSTED CERTIFICATE", aux: "3011300a" + serverAuth + "0c03726473", want: truststore.TrustServers},
		"settings behind a usual label":     {label: "CERTIFICATE", aux: "300ca00a" + serverAuth},
		"a use that is no identifier":       {label: "TRUSTED CERTIFICATE", aux: "300430020c00", broken: true},
		"a rejected use that is none":       {label: "TRUSTED CERTIFICATE", aux: "3004a0020c00", broken: true},
		"something else than settings":      {label: "TRUSTED CERTIFICATE", aux: "0c00", broken: true},
		"a list longer than what holds it":  {label: "TRUSTED CERTIFICATE", aux: "300430ff0c00", broken: true},
		"rejected settings longer than all": {label: "TRUSTED CERTIFICATE", aux: "3004a0ff0c00", broken: true},
	}
	root, err := pki.NewRegion("us-east-1", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).Root(pki.CARSA2048, pki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			aux, err := hex.DecodeString(tc.aux)
			if err != nil {
				t.Fatal(err)
			}
			content := pem.EncodeToMemory(&pem.Block{Type: tc.label, Bytes: slices.Concat(root.Raw, aux)})
			taken, err := truststore.Read(content, truststore.Options{Reader: truststore.OpenSSLFile})
			switch {
			case tc.broken && !errors.Is(err, truststore.ErrUnreadable):
				t.Errorf("error = %v, want ErrUnreadable", err)
			case tc.broken:
			case err != nil || len(taken.Anchors) != 1:
				t.Errorf("anchors = %v, error %v", taken.Anchors, err)
			case taken.Anchors[0].Settings != tc.want:
				t.Errorf("settings = %d, want %d", taken.Anchors[0].Settings, tc.want)
			}
		})
	}
}
