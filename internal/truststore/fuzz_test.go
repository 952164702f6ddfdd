package truststore_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// seed adds the stores of the corpus whose names match.
func seed(f *testing.F, patterns ...string) {
	f.Helper()
	for _, pattern := range patterns {
		files, err := filepath.Glob(filepath.Join(corpus, "stores", pattern))
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds for %s: %v", pattern, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content)
		}
	}
}

// sound reads a store and checks what holds of every answer.
func sound(t *testing.T, content []byte, opt truststore.Options) {
	t.Helper()
	start := processorTime(t)
	taken, err := truststore.Read(content, opt)
	if elapsed := processorTime(t) - start; elapsed > longest {
		t.Errorf("reader %d took %v", opt.Reader, elapsed)
	}
	if (err == nil) == (len(taken.Anchors) == 0) {
		t.Errorf("reader %d: %d anchors with the error %v", opt.Reader, len(taken.Anchors), err)
	}
	for _, anchor := range taken.Anchors {
		if anchor.Certificate == nil || len(anchor.SHA256) != 64 {
			t.Errorf("reader %d: an anchor is incomplete", opt.Reader)
		}
	}
}

func FuzzTexts(f *testing.F) {
	seed(f, "text-*.pem", "pem-*.pem")
	f.Fuzz(func(t *testing.T, content []byte) {
		fuzzing.Limit(t)
		for _, reader := range allReaders() {
			if reader != truststore.JavaKeyStore && reader != truststore.OpenSSLDirectory {
				sound(t, content, truststore.Options{Reader: reader})
			}
		}
		sound(t, content, truststore.Options{Reader: truststore.OpenSSLFile, Version: "1.1.1"})
	})
}

func FuzzJKS(f *testing.F) {
	seed(f, "*.jks", "*.jceks")
	f.Fuzz(func(t *testing.T, content []byte) {
		fuzzing.Limit(t)
		for _, kind := range []string{"", "JCEKS", "CaseExactJKS"} {
			sound(t, content, truststore.Options{Reader: truststore.JavaKeyStore, StoreType: kind})
		}
		sound(t, content, truststore.Options{Reader: truststore.JavaKeyStore, Password: new("changeit")})
	})
}

func FuzzPKCS12(f *testing.F) {
	seed(f, "java-*.pkcs12", "keytool-*.pkcs12", "p12-*.p12", "go-*.p12", "python-*.p12", "bc-*.p12") // not those of 600,000 rounds
	f.Fuzz(func(t *testing.T, content []byte) {
		fuzzing.Limit(t)
		for _, password := range []*string{nil, new("changeit"), new("")} {
			sound(t, content, truststore.Options{Reader: truststore.JavaKeyStore, Password: password})
		}
	})
}

func FuzzDER(f *testing.F) {
	seed(f, "*.der", "*.p7b")
	f.Fuzz(func(t *testing.T, content []byte) {
		fuzzing.Limit(t)
		sound(t, content, truststore.Options{Reader: truststore.JavaCertificateFactory})
		sound(t, content, truststore.Options{Reader: truststore.JavaFirstCertificate})
	})
}

func FuzzDirectory(f *testing.F) {
	f.Add(truststore.Directory{"0e9a9ab3.0": []byte("text"), "a": nil}.Archive())
	f.Fuzz(func(t *testing.T, content []byte) {
		fuzzing.Limit(t)
		sound(t, content, truststore.Options{Reader: truststore.OpenSSLDirectory})
	})
}

func FuzzInspect(f *testing.F) {
	seed(f, "text-*.pem", "*.p7b", "*.der", "broken-*", "keytool-*")
	f.Fuzz(func(t *testing.T, content []byte) {
		fuzzing.Limit(t)
		contents, err := truststore.Inspect(content, truststore.InspectOptions{
			Password: new("changeit"), Region: "us-east-1", At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		})
		if err == nil && contents.Format == truststore.FormatUnknown {
			t.Error("a store of no known format was read")
		}
		for _, p := range contents.Problems {
			if p.Code == "" || p.Detail == "" || strings.Contains(p.Code, " ") {
				t.Errorf("a problem without code or words: %+v", p)
			}
		}
	})
}
