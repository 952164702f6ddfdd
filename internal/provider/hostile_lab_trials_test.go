package provider_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestBulkHostileFiles gives every kind of reader what is no store, or one that is
// made to cost time and memory.
func TestBulkHostileFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		file := filepath.Join(dir, name)
		must(t, os.WriteFile(file, content, 0o600))
		return file
	}
	fill := func(unit string) []byte { return bytes.Repeat([]byte(unit), (16<<20)/len(unit)) }
	right, sent := issuedHere(t)
	fifo, socket, sparse, loop, many := filepath.Join(dir, "fifo"), filepath.Join(dir, "socket"), filepath.Join(dir, "sparse"), filepath.Join(dir, "loop"), filepath.Join(dir, "many")
	must(t, unix.Mkfifo(fifo, 0o600))
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	must(t, os.WriteFile(sparse, nil, 0o600))
	must(t, os.Truncate(sparse, 1<<30))
	must(t, os.Mkdir(loop, 0o700))
	must(t, os.Symlink(".", filepath.Join(loop, "self")))
	must(t, os.Symlink("b.pem", filepath.Join(loop, "a.pem")))
	must(t, os.Symlink("a.pem", filepath.Join(loop, "b.pem")))
	must(t, os.Mkdir(many, 0o700))
	for i := range 10_001 {
		must(t, os.WriteFile(filepath.Join(many, fmt.Sprintf("%08x.0", i)), nil, 0o600))
	}
	const notRegular, tooLarge = "it is neither a regular file nor a directory", "it is larger than 16 MiB"
	for name, tr := range map[string]struct {
		path string
		says string
	}{
		"/dev/zero":                 {"/dev/zero", notRegular},
		"/dev/null":                 {"/dev/null", notRegular},
		"a pipe":                    {fifo, notRegular},
		"a socket":                  {socket, notRegular},
		"1 GB of nothing":           {sparse, tooLarge},
		"a directory in itself":     {loop, ""},
		"a link to itself":          {filepath.Join(loop, "a.pem"), "too many levels of symbolic links"},
		"10,001 files":              {many, "it has more than 10000 entries"},
		"16 MiB of zeros":           {write("zeros", make([]byte, 16<<20)), ""},
		"16 MiB of BEGIN lines":     {write("begin", fill("-----BEGIN CERTIFICATE-----\n")), ""},
		"16 MiB of one certificate": {write("same", fill(string(pki.PEM(forgedRoot(t))))), ""},
		"16 MiB of tiny blocks":     {write("tiny", fill("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")), ""},
		"ASN.1 of 4 million levels": {write("deep", fill("\x30\x80")), ""},
		"a JKS of 2^31 entries":     {write("jks", binary.BigEndian.AppendUint32([]byte{0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2}, 1<<31-1)), ""},
		"a JKS of 2^32-1 entries":   {write("jks32", binary.BigEndian.AppendUint32([]byte{0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2}, 1<<32-1)), ""},
		"a PKCS#12 of 2^31 rounds":  {write("rounds", stretchedPKCS12(t)), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trial{config: judgedBy(readersOf(onPath(tr.path)), sent), reasons: []string{tr.says}}.run(t)
		})
	}
	t.Run("16 MiB for each client", func(t *testing.T) {
		t.Parallel()
		clients := values{}
		for i := range 20 {
			content := append([]byte(right), fill("a line of nothing\n")...)[:16<<20-100-i]
			clients[fmt.Sprint("c", i)] = libpq("verify-ca", values{"path": write(fmt.Sprint("own", i), content)})
		}
		trial{config: judgedBy(clients, sent), reasons: []string{"Together, the trust stores are larger than 48 MiB"}}.run(t)
	})
	t.Run("many clients have what is the same", func(t *testing.T) {
		t.Parallel()
		clients := values{}
		for i := range 500 {
			clients[fmt.Sprint("c", i)] = libpq("verify-ca", values{"path": write(fmt.Sprint("equal", i), append([]byte(right), bytes.Repeat([]byte("# a line of nothing\n"), 25_000)...))})
		}
		trial{config: judgedBy(clients, sent), ready: true}.run(t)
	})
}

// issuedHere is a root, PEM, and the path of a server below it, as what is
// given of a readiness.
func issuedHere(t *testing.T) (root string, sent values) {
	t.Helper()
	chain, err := pki.NewRegion(labRegion, judgedAt).Chain(targetCA, pki.Options{DNSNames: []string{"orders"}})
	must(t, err)
	return string(pki.PEM(chain.Root)), values{"server_certificate_chain_pem": string(chain.PEM())}
}

// stretchedPKCS12 says that its MAC takes 2^31-1 rounds.
func stretchedPKCS12(t *testing.T) []byte {
	t.Helper()
	password := "changeit"
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	content, err := truststore.EncodePKCS12(lookAlikes(t, 2, key)[1:], &password)
	must(t, err)
	rounds := []byte{0x02, 0x02, 0x27, 0x10} // the INTEGER 10,000
	at := bytes.LastIndex(content, rounds)
	if at < 0 {
		t.Fatal("the PKCS#12 has no count of 10,000")
	}
	// The longer number makes every element around it two octets longer.
	stretched := append(append(bytes.Clone(content[:at]), 0x02, 0x04, 0x7f, 0xff, 0xff, 0xff), content[at+len(rounds):]...)
	return lengthened(t, stretched, content, at)
}

// lengthened corrects the lengths of the elements that hold what was made two
// octets longer.
func lengthened(t *testing.T, stretched, original []byte, at int) []byte {
	t.Helper()
	for offset := 0; offset < at; {
		size, header := 0, 2
		if first := original[offset+1]; first < 0x80 {
			size = int(first)
			if offset+header+size > at {
				stretched[offset+1] = first + 2
			}
		} else {
			header += int(first & 0x7f)
			for _, b := range original[offset+2 : offset+header] {
				size = size<<8 | int(b)
			}
			if offset+header+size > at {
				for i, left := offset+header-1, size+2; i > offset+1; i, left = i-1, left>>8 {
					stretched[i] = byte(left)
				}
			}
		}
		if offset+header+size > at {
			offset += header
			continue
		}
		offset += header + size
	}
	return stretched
}

// TestBulkHostileCertificates gives every kind of validator a store and a path
// that are made to cost time and memory.
func TestBulkHostileCertificates(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	alike := lookAlikes(t, 1_001, key)
	huge, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 1<<20))
	must(t, err)
	hugeKeys := signedBy(t, key, 3, func(i int) crypto.PublicKey {
		return &rsa.PublicKey{N: new(big.Int).Add(huge.SetBit(huge.SetBit(huge, 0, 1), 1<<20-1, 1), big.NewInt(int64(2*i))), E: 1<<31 - 1}
	}, nil)
	named := signedBy(t, key, 3, func(int) crypto.PublicKey { return key.Public() }, func(i int, c *x509.Certificate) {
		for j := range 30_000 {
			if i == 0 {
				c.DNSNames = append(c.DNSNames, fmt.Sprintf("n%d.example", j))
			} else {
				c.ExcludedDNSDomains = append(c.ExcludedDNSDomains, fmt.Sprintf("x%d.test", j))
			}
		}
	})
	right, sent := issuedHere(t)
	dir := t.TempDir()
	write := func(name string, certificates []*x509.Certificate, more string) string {
		file := filepath.Join(dir, name)
		must(t, os.WriteFile(file, append(pki.PEM(certificates...), more...), 0o600))
		return file
	}
	presented := func(certificates []*x509.Certificate) values {
		return values{"server_certificate_chain_pem": string(pki.PEM(certificates...))}
	}
	crowd := signedBy(t, key, 10_000, func(int) crypto.PublicKey { return key.Public() }, func(i int, c *x509.Certificate) {
		c.Subject.CommonName = fmt.Sprint("Root ", i)
	})
	for name, tr := range map[string]trial{
		"1,000 look-alikes in the store": {config: judgedBy(readersOf(onPath(write("alike", alike[1:], ""))), presented(alike[:1]))},
		"1,000 look-alikes are sent":     {config: judgedBy(readersOf(onPath(write("last", alike[1000:], ""))), presented(alike[:1000]))},
		"1,000 look-alikes in both":      {config: judgedBy(readersOf(onPath(write("both", alike[1:], ""))), presented(alike[:1000]))},
		"10,000 roots, and the right one": {
			config: judgedBy(values{"app": libpq("verify-ca", values{"path": write("crowd", crowd[:9_999], right)})}, sent), ready: true,
		},
		"10,000 roots by every reader": {config: judgedBy(readersOf(onPath(write("crowds", crowd, ""))), sent)},
		"keys of 1,048,576 bits": {
			config: judgedBy(readersOf(onPath(write("keys", hugeKeys[1:], ""))), presented(hugeKeys[:2])), reasons: []string{"an RSA key of 1048576 bits, which is more than the limit of 16384"},
		},
		"names against constraints":     {config: judgedBy(readersOf(onPath(write("names", named[1:], ""))), presented(named[:2]))},
		"a path of 16 MiB of BEGINs":    {config: judgedBy(readersOf(onPath(write("one", alike[1:2], ""))), values{"server_certificate_chain_pem": strings.Repeat("-----BEGIN CERTIFICATE-----\n", 500_000)}), reasons: []string{"server_certificate_chain_pem"}},
		"a path of 5,000 certificates":  {config: judgedBy(readersOf(onPath(write("two", alike[1:2], ""))), presented(crowd[:5_000]))},
		"ASN.1 of 500,000 levels, sent": {config: judgedBy(readersOf(onPath(write("three", alike[1:2], ""))), values{"server_certificate_chain_pem": "-----BEGIN CERTIFICATE-----\n" + strings.Repeat("MIAwgDCAMIAwgDCAMIAwgDCAMIAwgDCAMIAwgDCAMIAwgDCAMIAwgDCA\n", 25_000) + "-----END CERTIFICATE-----\n"}), reasons: []string{"server_certificate_chain_pem"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr.run(t)
		})
	}
}

// lookAlikes are CAs of one name and with a key each; the first is a server.
func lookAlikes(t *testing.T, n int, signer crypto.Signer) []*x509.Certificate {
	t.Helper()
	return signedBy(t, signer, n, func(int) crypto.PublicKey {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		return key.Public()
	}, nil)
}

func signedBy(t *testing.T, signer crypto.Signer, n int, key func(int) crypto.PublicKey, change func(int, *x509.Certificate)) []*x509.Certificate {
	t.Helper()
	var all []*x509.Certificate
	for i := range n {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: "Same"}, IsCA: i > 0, BasicConstraintsValid: true,
			NotBefore: judgedAt.AddDate(-1, 0, 0), NotAfter: judgedAt.Add(10_000 * time.Hour),
		}
		if i == 0 {
			template.Subject.CommonName, template.DNSNames = "orders", []string{"orders"}
		}
		if change != nil {
			change(i, template)
		}
		der, err := x509.CreateCertificate(rand.Reader, template, &x509.Certificate{Subject: pkix.Name{CommonName: "Same"}}, key(i), signer)
		must(t, err)
		c, err := x509.ParseCertificate(der)
		must(t, err)
		all = append(all, c)
	}
	return all
}
