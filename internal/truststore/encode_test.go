package truststore_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

type encoder func([]*x509.Certificate, *string) ([]byte, error)

func encoders() map[string]encoder {
	return map[string]encoder{
		"PEM":     func(c []*x509.Certificate, _ *string) ([]byte, error) { return truststore.EncodePEM(c) },
		"JKS":     truststore.EncodeJKS,
		"PKCS#12": truststore.EncodePKCS12,
	}
}

func TestWrittenStoresHoldTheCertificatesAndNothingElse(t *testing.T) {
	t.Parallel()

	certificates := loaded(t, "root-rsa", "root-ec", "root-ed", "sub", "root-utf8", "root-rsa")
	for name, encode := range encoders() {
		for _, password := range []*string{new("changeit"), new(""), new("with blank")} {
			t.Run(name+" by the password "+*password, func(t *testing.T) {
				t.Parallel()

				content, err := encode(certificates, password)
				if err != nil {
					t.Fatal(err)
				}
				contents, err := truststore.Inspect(content, truststore.InspectOptions{Password: password})
				if err != nil {
					t.Fatal(err)
				}
				if len(contents.Entries) != 5 || len(contents.Anchors.Java) != 5 {
					t.Errorf("%d entries and %d of Java's anchors, want 5", len(contents.Entries), len(contents.Anchors.Java))
				}
				for _, p := range contents.Problems {
					t.Errorf("a written store has the problem %s: %s", p.Code, p.Detail)
				}
			})
		}
	}
}

func TestWrittenStoresAreTheSameBytesForTheSameCertificates(t *testing.T) {
	t.Parallel()

	certificates, fewer := loaded(t, "root-rsa", "root-ec"), loaded(t, "root-rsa")
	for name, encode := range encoders() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			first, err := encode(certificates, new("changeit"))
			if err != nil {
				t.Fatal(err)
			}
			again, err := encode(certificates, new("changeit"))
			if err != nil || !bytes.Equal(first, again) {
				t.Errorf("the second writing differs (error %v)", err)
			}
			other, err := encode(fewer, new("changeit"))
			if err != nil || bytes.Equal(first, other) {
				t.Errorf("other certificates give the same bytes (error %v)", err)
			}
		})
	}
}

// TestSaltsOfPKCS12DependOnPasswordAndContent looks for a run of bytes that two
// stores have in common in their salts: the last 16 bytes but the iteration
// count are the salt of the MAC.
func TestSaltsOfPKCS12DependOnPasswordAndContent(t *testing.T) {
	t.Parallel()

	salt := func(password string, all ...string) string {
		content, err := truststore.EncodePKCS12(loaded(t, all...), &password)
		if err != nil {
			t.Fatal(err)
		}
		return string(content[len(content)-20 : len(content)-4])
	}
	salts := []string{salt("changeit", "root-rsa"), salt("changeit", "root-ec"), salt("other", "root-rsa"), salt("changeit", "root-rsa", "root-ec")}
	slices.Sort(salts)
	if len(slices.Compact(salts)) != 4 {
		t.Error("two different stores have the same salt")
	}
}

func TestWritersSayWhatTheyCannotWrite(t *testing.T) {
	t.Parallel()

	certificates := loaded(t, "root-rsa")
	tests := map[string]struct {
		encode       encoder
		certificates []*x509.Certificate
		password     *string
		want         error
	}{
		"PEM of nothing":                     {encoders()["PEM"], nil, nil, truststore.ErrNoCertificates},
		"JKS of nothing":                     {truststore.EncodeJKS, nil, new("changeit"), truststore.ErrNoCertificates},
		"PKCS#12 of nothing":                 {truststore.EncodePKCS12, nil, new("changeit"), truststore.ErrNoCertificates},
		"JKS without a password":             {truststore.EncodeJKS, certificates, nil, truststore.ErrPasswordNeeded},
		"PKCS#12 by a control character":     {truststore.EncodePKCS12, certificates, new("a\x1f"), truststore.ErrPasswordNotASCII},
		"PKCS#12 by a deletion":              {truststore.EncodePKCS12, certificates, new("a\x7f"), truststore.ErrPasswordNotASCII},
		"PKCS#12 by a password Java refuses": {truststore.EncodePKCS12, certificates, new("pässwörd"), truststore.ErrPasswordNotASCII},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if _, err := tc.encode(tc.certificates, tc.password); !errors.Is(err, tc.want) {
				t.Errorf("error = %v, want %v", err, tc.want)
			}
		})
	}
}

func TestOtherGoLibrariesReadTheWrittenStores(t *testing.T) {
	t.Parallel()

	certificates := loaded(t, "root-rsa", "root-ec")
	p12, err := truststore.EncodePKCS12(certificates, new("changeit"))
	if err != nil {
		t.Fatal(err)
	}
	if read, err := pkcs12.DecodeTrustStore(p12, "changeit"); err != nil || len(read) != 2 {
		t.Errorf("go-pkcs12 reads %d certificates, error %v", len(read), err)
	}
	jks, err := truststore.EncodeJKS(certificates, new("changeit"))
	if err != nil {
		t.Fatal(err)
	}
	other := keystore.New()
	if err := other.Load(bytes.NewReader(jks), []byte("changeit")); err != nil || len(other.Aliases()) != 2 {
		t.Errorf("keystore-go reads %d aliases, error %v", len(other.Aliases()), err)
	}
}

// TestOwnReadersAreNeededBesideTheGoLibraries keeps the reasons why stores are
// not read with keystore-go and go-pkcs12: each store is one that Java opens.
func TestOwnReadersAreNeededBesideTheGoLibraries(t *testing.T) {
	t.Parallel()

	java := func(name string, password *string) int {
		taken, err := truststore.Read(store(t, name), truststore.Options{Reader: truststore.JavaKeyStore, Password: password})
		if err != nil && !errors.Is(err, truststore.ErrNoAnchors) {
			t.Errorf("%s: %v", name, err)
		}
		return len(taken.Anchors)
	}
	for _, name := range []string{"keytool-key-and-root.pkcs12", "keytool-secret.pkcs12"} {
		if _, err := pkcs12.DecodeTrustStore(store(t, name), "changeit"); err == nil {
			t.Errorf("go-pkcs12 reads %s now: use it", name)
		}
		if got := java(name, new("changeit")); got == 0 {
			t.Errorf("%s: Java takes anchors, read none", name)
		}
	}
	other := keystore.New()
	if err := other.Load(bytes.NewReader(store(t, "java-unicodepassword.jks")), []byte("pässwörd")); err == nil {
		t.Error("keystore-go reads passwords outside ASCII now: use it")
	}
	if got := java("java-unicodepassword.jks", new("pässwörd")); got != 1 {
		t.Errorf("read %d anchors by a password outside ASCII, Java takes 1", got)
	}
	other = keystore.New()
	if err := other.Load(bytes.NewReader(store(t, "keytool-two.jks")), nil); err == nil {
		t.Error("keystore-go reads without a password now: use it")
	}
	if got := java("keytool-two.jks", nil); got != 2 {
		t.Errorf("read %d anchors without a password, Java takes 2", got)
	}
}

// TestWrittenStoresAreTheSameInEveryRelease: other bytes would be a change in
// everybody's plan.
func TestWrittenStoresAreTheSameInEveryRelease(t *testing.T) {
	t.Parallel()

	certificates := loaded(t, "root-rsa", "root-ec")
	want := map[string]string{
		"JKS":     "21322d183d74cd4d2af91dc4b4e1f63e658fe92219a99231345c35bc9c4c2b00",
		"PEM":     "89e13b0bf47e15047001cbb2d47298adc3008d51bfaa8ab7377e4bd751e7b1f7",
		"PKCS#12": "d837a374c3dad3148abc8919fc35054ab1b8e8267ee64ab5db4767d8a3faac81",
	}
	got := map[string]string{}
	for name, encode := range encoders() {
		content, err := encode(certificates, new("changeit"))
		if err != nil {
			t.Fatal(err)
		}
		got[name] = fmt.Sprintf("%x", sha256.Sum256(content))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sums differ (-want +got):\n%s", diff)
	}
}
