package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

func TestOpenSSLsOwnStore(t *testing.T) {
	t.Parallel()

	const file, directory, no = truststore.OpenSSLFile, truststore.OpenSSLDirectory, truststore.ReaderUnknown
	tests := map[string]struct {
		environment     env
		place           policy.Place
		source          policy.Source
		reader, inAFold truststore.Reader
	}{
		"not declared to be it":        {source: policy.SystemStore, reader: file, inAFold: directory},
		"declared by its place":        {place: policy.PlaceSystem, source: policy.Declared, reader: file, inAFold: directory},
		"named as a file":              {environment: env{"SSL_CERT_FILE": "/f"}, source: policy.Declared, reader: file, inAFold: no},
		"named as a directory":         {environment: env{"SSL_CERT_DIR": "/d"}, source: policy.Declared, reader: directory, inAFold: directory},
		"named as both":                {environment: env{"SSL_CERT_DIR": "/d", "SSL_CERT_FILE": "/f"}, source: policy.Declared, reader: file, inAFold: directory},
		"named, but declared as home":  {environment: env{"SSL_CERT_FILE": "/f"}, place: policy.PlaceHome, source: policy.SystemStore, reader: file, inAFold: no},
		"an empty variable names none": {environment: env{"SSL_CERT_FILE": ""}, source: policy.SystemStore, reader: file, inAFold: directory},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for _, client := range []policy.Settings{
				{Driver: "libpq", Connection: "host=h sslrootcert=system"},
				{Driver: "asyncpg", Connection: "postgresql://h/d", Properties: env{"ssl": "true"}},
			} {
				client.Environment, client.StorePlace, client.StoreDeclared = tc.environment, tc.place, true
				got := driver.Resolve(client).Anchors
				if got.Source != tc.source || got.Reader != tc.reader || got.Directory != tc.inAFold {
					t.Errorf("%s: source %s, reader %d, directory %d; want %s, %d, %d", client.Driver, got.Source, got.Reader, got.Directory, tc.source, tc.reader, tc.inAFold)
				}
				if got.WhenUnreadable != policy.TakeNone || got.WhenNoAnchors != policy.TakeNone {
					t.Errorf("%s: what cannot be read is an error", client.Driver)
				}
			}
		})
	}
}
