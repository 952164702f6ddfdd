package truststore_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// details are what is taken, what is wrong, and the error.
func details(taken truststore.Taken, err error) []string {
	var all []string
	for _, anchor := range taken.Anchors {
		all = append(all, anchor.Certificate.Subject.CommonName)
	}
	for _, p := range taken.Problems {
		all = append(all, p.Code+": "+p.Detail+" "+p.Remedy)
	}
	if err != nil {
		all = append(all, err.Error())
	}
	return all
}

// TestFilesOfHashedNames: OpenSSL looks for the subject's hash, numbers from 0
// on, in files that it reads to their ends.
func TestFilesOfHashedNames(t *testing.T) {
	t.Parallel()

	rsa, ec, twin := certificate(t, "root-rsa"), certificate(t, "root-ec"), certificate(t, "root-twin")
	hash := truststore.NameHash(rsa)
	file, bad := inPEM(t, rsa), []byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")
	const (
		none      = "the trust store contains no usable trust anchor: no file in the directory is named after the hash of its own certificate's subject"
		rehash    = " Run openssl rehash on the directory"
		unreached = ": a file with the same hash and a lower number is missing or cannot be read." + rehash + "."
		wrong     = "wrong_hash: The file 00000000.0 holds a certificate whose subject has the hash "
		elsewhere = ": OpenSSL does not look for it there." + rehash + ", with one certificate in each file."
	)
	unreadable := "unreadable_certificate: The file " + hash + ".0 cannot be read to the end: OpenSSL before 3.0.22 then ignores all further files with the same hash in their names. Replace the file with a certificate in PEM, and run openssl rehash."
	if truststore.NameHash(twin) != hash {
		t.Fatal("the twin has another name")
	}
	for name, tc := range map[string]struct {
		files   truststore.Directory
		version string
		want    []string
	}{
		"one":                   {truststore.Directory{hash + ".0": file}, "", []string{"Root RSA"}},
		"one and another":       {truststore.Directory{hash + ".0": file, truststore.NameHash(ec) + ".0": inPEM(t, ec)}, "", []string{"Root  EC ", "Root RSA"}},
		"one and others around": {truststore.Directory{hash + ".0": file, "README": file, hash + ".00": file, hash + ".x": file, hash[1:] + ".0": file}, "", []string{"Root RSA"}},
		"twice":                 {truststore.Directory{hash + ".0": file, hash + ".1": file}, "", []string{"Root RSA", "duplicate_entry: 1 certificate is in the store more than once. Remove the repeated certificates."}},
		"two of a name":         {truststore.Directory{hash + ".0": file, hash + ".1": inPEM(t, twin)}, "", []string{"Root RSA", "Root RSA"}},
		"a gap":                 {truststore.Directory{hash + ".0": file, hash + ".2": file}, "", []string{"Root RSA", "unreachable_file: OpenSSL does not reach the file " + hash + ".2" + unreached}},
		"no first":              {truststore.Directory{hash + ".1": file}, "", []string{"unreachable_file: OpenSSL does not reach the file " + hash + ".1" + unreached, none}},
		"another's hash": {truststore.Directory{"00000000.0": file, hash + ".0": file}, "", []string{
			"Root RSA", wrong + hash + elsewhere,
		}},
		"no hash": {truststore.Directory{"root.pem": file}, "", []string{
			"directory_not_hashed: 1 file is not named after the hash of a certificate's subject, so OpenSSL never reads it. Put each certificate into its own file, and run openssl rehash on the directory: the command creates no links for a file with several certificates.", none,
		}},
		"nothing":                   {truststore.Directory{}, "", []string{none}},
		"unreadable, then good":     {truststore.Directory{hash + ".0": bad, hash + ".1": file}, "3.0.22", []string{"Root RSA", unreadable}},
		"the same to an old one":    {truststore.Directory{hash + ".0": bad, hash + ".1": file}, "3.0.21", []string{unreadable, "unreachable_file: OpenSSL does not reach the file " + hash + ".1" + unreached, none}},
		"the same to 1.1.1":         {truststore.Directory{hash + ".0": bad, hash + ".1": file}, "1.1.1", []string{unreadable, "unreachable_file: OpenSSL does not reach the file " + hash + ".1" + unreached, none}},
		"the same to 0.9.8":         {truststore.Directory{hash + ".0": bad, hash + ".1": file}, "0.9.8", []string{unreadable, "unreachable_file: OpenSSL does not reach the file " + hash + ".1" + unreached, none}},
		"the same to 3.0":           {truststore.Directory{hash + ".0": bad, hash + ".1": file}, "3.0", []string{"Root RSA", unreadable}},
		"the same to another":       {truststore.Directory{hash + ".0": bad, hash + ".1": file}, "3.0.x", []string{"Root RSA", unreadable}},
		"the same to 3.5":           {truststore.Directory{hash + ".0": bad, hash + ".1": file}, "3.5.0", []string{"Root RSA", unreadable}},
		"good, then bad, to an old": {truststore.Directory{hash + ".0": slices.Concat(file, bad), hash + ".1": inPEM(t, twin)}, "3.0.21", []string{"Root RSA", unreadable, "unreachable_file: OpenSSL does not reach the file " + hash + ".1" + unreached}},
		"empty, to an old":          {truststore.Directory{hash + ".0": nil, hash + ".1": file}, "3.0.21", []string{unreadable, "unreachable_file: OpenSSL does not reach the file " + hash + ".1" + unreached, none}},
		"no data, to an old": {truststore.Directory{hash + ".0": slices.Concat(file, []byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")), hash + ".1": file}, "3.0.21", []string{
			"Root RSA", unreadable, "unreachable_file: OpenSSL does not reach the file " + hash + ".1" + unreached,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			taken, err := truststore.Read(tc.files.Archive(), truststore.Options{Reader: truststore.OpenSSLDirectory, Version: tc.version})
			if diff := cmp.Diff(tc.want, details(taken, err)); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTheSystemsStore: the bundle is OpenSSL's default file, before the hashed
// names; Go and .NET read every file.
func TestTheSystemsStore(t *testing.T) {
	t.Parallel()

	rsa, ec := certificate(t, "root-rsa"), certificate(t, "root-ec")
	bundle, hashed := inPEM(t, ec), truststore.NameHash(rsa)+".0"
	nothing := []byte("no certificate")
	const none = "the trust store contains no usable trust anchor"
	for name, tc := range map[string]struct {
		files   truststore.Directory
		version string
		want    []string
		every   []string
	}{
		"a bundle":                  {truststore.Directory{"ca-certificates.crt": bundle, "x": bundle}, "3.0.5", []string{"Root  EC "}, []string{"Root  EC "}},
		"a bundle and a hash":       {truststore.Directory{"ca-bundle.crt": bundle, hashed: inPEM(t, rsa)}, "", []string{"Root  EC ", "Root RSA"}, []string{"Root RSA", "Root  EC "}},
		"Fedora's, to an old one":   {truststore.Directory{"ca-bundle.crt": bundle}, "3.0.2", []string{"Root  EC "}, []string{"Root  EC "}},
		"Alpine's, to 1.1.1":        {truststore.Directory{"cert.pem": bundle}, "1.1.1", []string{"Root  EC "}, []string{"Root  EC "}},
		"the first that is there":   {truststore.Directory{"ca-certificates.crt": bundle, "cert.pem": inPEM(t, rsa)}, "", []string{"Root  EC "}, []string{"Root  EC ", "Root RSA"}},
		"a bundle that is none":     {truststore.Directory{"ca-certificates.crt": nothing, "cert.pem": bundle, hashed: inPEM(t, rsa)}, "", []string{"Root RSA"}, []string{"Root RSA", "Root  EC "}},
		"the same, nothing hashed":  {truststore.Directory{"ca-certificates.crt": nothing}, "", nil, nil},
		"a bundle with itself":      {truststore.Directory{"cert.pem": inPEM(t, rsa), hashed: inPEM(t, rsa)}, "", []string{"Root RSA"}, []string{"Root RSA"}},
		"a bundle and a gap of one": {truststore.Directory{"cert.pem": bundle, truststore.NameHash(rsa) + ".1": inPEM(t, rsa)}, "", []string{"Root  EC "}, []string{"Root RSA", "Root  EC "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for reader, want := range map[truststore.Reader][]string{truststore.OpenSSLDefault: tc.want, truststore.EveryFile: tc.every} {
				taken, err := truststore.Read(tc.files.Archive(), truststore.Options{Reader: reader, Version: tc.version})
				got := details(truststore.Taken{Anchors: taken.Anchors}, nil)
				if diff := cmp.Diff(want, got); diff != "" || (err == nil) != (len(want) > 0) {
					t.Errorf("reader %d differs, error %v (-want +got):\n%s", reader, err, diff)
				}
				if reader == truststore.OpenSSLDefault && err == nil && slices.Contains(codes(taken.Problems), truststore.CodeNotHashed) {
					t.Error("a bundle beside hashed names is a problem")
				}
			}
		})
	}
	taken, err := truststore.Read(truststore.Directory{"cert.pem": bundle, truststore.NameHash(rsa) + ".1": nil}.Archive(), truststore.Options{Reader: truststore.OpenSSLDefault})
	if err != nil || !slices.Equal(codes(taken.Problems), []string{truststore.CodeUnreachableFile}) {
		t.Errorf("problems %v, error %v, want a file that is not reached", taken.Problems, err)
	}
	for _, reader := range []truststore.Reader{truststore.EveryFile, truststore.OpenSSLDefault, truststore.OpenSSLDirectory} {
		if _, err := truststore.Read(bundle, truststore.Options{Reader: reader}); err == nil || err.Error() != "the content cannot be read as a trust store: it is not an archive of a directory" {
			t.Errorf("reader %d of a file: %v", reader, err)
		}
		if _, err := truststore.Read(truststore.Directory{"a": nil}.Archive(), truststore.Options{Reader: reader}); err == nil || err.Error()[:len(none)] != none {
			t.Errorf("reader %d of nothing: %v", reader, err)
		}
	}
}
