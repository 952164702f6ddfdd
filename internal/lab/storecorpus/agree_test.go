package storecorpus_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/storecorpus"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

func bases(t *testing.T) [][]byte {
	t.Helper()
	raw, err := os.ReadFile(os.Getenv("BASE"))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.SplitAfter(string(raw), "-----END CERTIFICATE-----\n")
	return [][]byte{[]byte(parts[0]), []byte(parts[0] + parts[1] + parts[2]), []byte(parts[4] + "# c\n" + parts[3])}
}

func TestScratch(t *testing.T) {
	dir := t.TempDir()
	n := 20000
	var paths []string
	var contents [][]byte
	bs := bases(t)
	for i := range n {
		c := storecorpus.Mutate(bs[i%len(bs)], uint64(i)+100000+off())
		p := filepath.Join(dir, fmt.Sprint(i))
		os.WriteFile(p, c, 0o600)
		paths = append(paths, p)
		contents = append(contents, c)
	}
	req := func(prefix string) []string {
		var out []string
		for _, p := range paths {
			out = append(out, prefix+p)
		}
		return out
	}
	check := func(name string, reader truststore.Reader, version string, answers []storecorpus.Answer, err error) {
		if err != nil {
			t.Fatal(err)
		}
		bad := 0
		for i, a := range answers {
			got, err := truststore.Read(contents[i], truststore.Options{Reader: reader, Version: version})
			var fps []string
			for _, x := range got.Anchors {
				fps = append(fps, x.SHA256)
			}
			slices.Sort(fps)
			re := &truststore.ReadError{}
			errors.As(err, &re)
			same := slices.Equal(fps, a.Anchors) || (len(fps) == 0 && len(a.Anchors) == 0)
			okErr := true
			if reader == truststore.OpenSSLFile && !a.OK && re.Client != "" && re.Client != a.Error {
				okErr = false
			}
			if reader == truststore.OpenSSLFile && a.OK && errors.Is(err, truststore.ErrUnreadable) {
				okErr = false
			}
			if reader == truststore.JavaCertificateFactory && a.OK != !errors.Is(err, truststore.ErrUnreadable) {
				okErr = false
			}
			if reader == truststore.JavaCertificateFactory && !a.OK && !strings.Contains(a.Error, re.Client) {
				okErr = false
			}
			if !same || !okErr {
				bad++
				if bad < 16 {
					t.Errorf("%s #%d: got %d %v (client %q), real %d %v %q", name, i, len(fps), err, re.Client, len(a.Anchors), a.OK, a.Error)
					os.WriteFile(fmt.Sprintf("/tmp/ts/bad-%s-%d", name, i), contents[i], 0o600)
				}
			}
		}
		t.Logf("%s: %d of %d agree", name, len(answers)-bad, len(answers))
	}
	a, err := storecorpus.OpenSSL(t.Context(), "", req("file "))
	check("file3", truststore.OpenSSLFile, "3", a, err)
	a, err = storecorpus.OpenSSL(t.Context(), os.Getenv("LIB11"), req("file "))
	check("file11", truststore.OpenSSLFile, "1.1.1", a, err)
	a, err = storecorpus.OpenSSL(t.Context(), "", req("aux "))
	check("aux", truststore.NodeCA, "3", a, err)
	a, err = storecorpus.OpenSSL(t.Context(), "", req("plain "))
	check("plain", truststore.NodeExtraCACerts, "3", a, err)
	a, err = storecorpus.Java(t.Context(), req("factory\t"))
	check("java", truststore.JavaCertificateFactory, "", a, err)
}

func off() uint64 { var x uint64; fmt.Sscan(os.Getenv("OFF"), &x); return x }
