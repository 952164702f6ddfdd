package stores_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/stores"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// hash returns OpenSSL's file name, without number, for a certificate of the
// corpus.
func hash(t *testing.T, name string) string {
	t.Helper()
	taken, err := truststore.Read(corpusFile(t, "certificates/"+name+".pem"), truststore.Options{Reader: truststore.OpenSSLFile})
	if err != nil {
		t.Fatal(err)
	}
	return truststore.NameHash(taken.Anchors[0].Certificate)
}

func TestDirectoriesGiveWhatOpenSSLFindsInThem(t *testing.T) {
	t.Parallel()

	rsa, twin, ec, utf := corpusFile(t, "certificates/root-rsa.pem"), corpusFile(t, "certificates/root-twin.pem"), corpusFile(t, "certificates/root-ec.pem"), corpusFile(t, "certificates/root-utf8.pem")
	h, hec, hutf := hash(t, "root-rsa"), hash(t, "root-ec"), hash(t, "root-utf8")
	tests := map[string]truststore.Directory{
		"as rehash names them":            {h + ".0": rsa, h + ".1": twin, hec + ".0": ec, hutf + ".0": utf},
		"without hashes":                  {"rsa.pem": rsa, "ec.pem": ec},
		"a gap in the numbers":            {h + ".0": rsa, h + ".2": twin},
		"no number 0":                     {h + ".1": rsa},
		"under another hash":              {h + ".0": ec, hec + ".0": rsa},
		"capital letters in the hash":     {strings.ToUpper(h) + ".0": rsa},
		"a number with a leading zero":    {h + ".00": rsa},
		"an unreadable file first":        {h + ".0": []byte("none\n"), h + ".1": rsa},
		"an unreadable file second":       {h + ".0": rsa, h + ".1": []byte("none\n"), h + ".2": twin},
		"a file broken at its end":        {h + ".0": append(append([]byte{}, rsa...), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"...), h + ".1": twin},
		"a file broken in its middle":     {h + ".0": append([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), rsa...), h + ".1": twin},
		"a revocation list's name":        {h + ".r0": rsa, hec + ".0": ec},
		"two certificates of one subject": {h + ".0": append(append([]byte{}, rsa...), twin...)},
		"DER":                             {h + ".0": corpusFile(t, "stores/der-root-rsa.der")},
		"with text and CRLF":              {h + ".0": corpusFile(t, "stores/pem-text.pem")},
		"a trusted certificate":           {h + ".0": corpusFile(t, "stores/pem-trusted.pem")},
		"an empty file":                   {h + ".0": {}, hec + ".0": ec},
		"the same certificate twice":      {h + ".0": rsa, h + ".1": rsa},
		"an empty directory":              {},
	}
	base := t.TempDir()
	var requests, order []string
	for name, directory := range tests {
		path := filepath.Join(base, strings.ReplaceAll(name, " ", "-"))
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
		for file, content := range directory {
			if err := os.WriteFile(filepath.Join(path, file), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		subjects := append(append(append([]byte{}, rsa...), ec...), utf...)
		if err := os.WriteFile(path+".subjects", subjects, 0o600); err != nil {
			t.Fatal(err)
		}
		requests, order = append(requests, "dir "+path), append(order, name)
	}

	answers, err := stores.OpenSSL(t.Context(), "", requests)
	if !judged(t, err) {
		return
	}

	out, err := exec.CommandContext(t.Context(), "openssl", "version").Output()
	if err != nil {
		t.Fatal(err)
	}
	version := strings.Fields(string(out))[1] // the rules differ by it
	for i, answer := range answers {
		taken, err := truststore.Read(tests[order[i]].Archive(), truststore.Options{Reader: truststore.OpenSSLDirectory, Version: version})
		if got := fingerprints(taken.Anchors); !sameAnchors(got, answer.Anchors) {
			t.Errorf("%s: read %d anchors (%v), real %d", order[i], len(got), err, len(answer.Anchors))
		}
	}
}
