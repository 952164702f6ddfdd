package stores_test

import (
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/stores"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestWrittenStoresAreTakenByTheRealReaders writes a store in each format and
// gives it to the JVM's trust manager, to OpenSSL, to keytool and to openssl.
func TestWrittenStoresAreTakenByTheRealReaders(t *testing.T) {
	t.Parallel()

	taken, err := truststore.Read(corpusFile(t, "stores/text-two.pem"), truststore.Options{Reader: truststore.OpenSSLFile})
	if err != nil {
		t.Fatal(err)
	}
	var certificates []*x509.Certificate
	for _, anchor := range taken.Anchors {
		certificates = append(certificates, anchor.Certificate)
	}
	want := fingerprints(taken.Anchors)
	dir := t.TempDir()
	write := func(name string, content []byte, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	password, unicode := "changeit", "pässwörd"
	content, err := truststore.EncodePEM(certificates)
	pemFile := write("store.pem", content, err)
	content, err = truststore.EncodeJKS(certificates, &password)
	jks := write("store.jks", content, err)
	content, err = truststore.EncodeJKS(certificates, &unicode)
	jksUnicode := write("unicode.jks", content, err)
	content, err = truststore.EncodePKCS12(certificates, &password)
	p12 := write("store.p12", content, err)
	content, err = truststore.EncodePKCS12(certificates, nil)
	p12Open := write("open.p12", content, err)

	java, err := stores.Java(t.Context(), []string{
		"factory\t" + pemFile, "store\tdefault\t=changeit\t" + jks, "store\tJKS\t=changeit\t" + jks, "store\tdefault\t=pässwörd\t" + jksUnicode,
		"store\tdefault\t=changeit\t" + p12, "store\tPKCS12\t=changeit\t" + p12, "store\tdefault\tnull\t" + p12Open,
	})
	if !judged(t, err) {
		return
	}
	openssl, err := stores.OpenSSL(t.Context(), "", []string{"file " + pemFile, "aux " + pemFile})
	if !judged(t, err) {
		return
	}
	for _, answer := range append(java, openssl...) {
		if !answer.OK || !slices.Equal(answer.Anchors, want) {
			t.Errorf("%s: ok %t, %d anchors of %d, %s", filepath.Base(answer.Request), answer.OK, len(answer.Anchors), len(want), answer.Error)
		}
	}
	for _, command := range [][]string{
		{"keytool", "-list", "-keystore", jks, "-storepass", password},
		{"keytool", "-list", "-keystore", p12, "-storepass", password},
		{"openssl", "pkcs12", "-in", p12, "-passin", "pass:" + password, "-nokeys"},
	} {
		out, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v", strings.Join(command[:2], " "), err)
		}
		entries := strings.Count(string(out), "trustedCertEntry") + strings.Count(string(out), "BEGIN CERTIFICATE")
		if entries != len(want) {
			t.Errorf("%s lists %d certificates, want %d", strings.Join(command[:2], " "), entries, len(want))
		}
	}
}
