package truststore_test

import (
	"bytes"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// The bounds for any content at all.
const (
	longest = slowdown * 2 * time.Second // of processor time, so that a busy machine does not matter
	most    = 256 << 20
)

// hostile are contents made to cost time or memory.
func hostile(t *testing.T) map[string][]byte {
	t.Helper()
	const size = truststore.MaxSize
	fill := func(unit string) []byte { return bytes.Repeat([]byte(unit), size/len(unit)) }
	small := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate(t, "root-ec").Raw})
	all := map[string][]byte{
		"one byte too many":            make([]byte, size+1),
		"zeros":                        make([]byte, size),
		"BEGIN lines":                  fill("-----BEGIN CERTIFICATE-----\n"),
		"BEGIN lines and one END":      append(fill("-----BEGIN CERTIFICATE-----\n")[:size-64], "-----END CERTIFICATE-----\n"...),
		"BEGIN lines of many labels":   manyLabels(size),
		"END lines":                    fill("-----END CERTIFICATE-----\n"),
		"hyphens":                      fill("-"),
		"five hyphens":                 fill("-----\n"),
		"empty blocks":                 fill("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"),
		"tiny blocks":                  fill("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"),
		"tiny unknown blocks":          fill("-----BEGIN X-----\nMAA=\n-----END X-----\n"),
		"the same certificate":         fill(string(small)),
		"one line":                     append([]byte("-----BEGIN CERTIFICATE-----\n"), fill("A")[:size-100]...),
		"headers":                      append([]byte("-----BEGIN CERTIFICATE-----\n"), fill("a: b\n")[:size-100]...),
		"nested indefinite lengths":    fill("\x30\x80"),
		"nested definite lengths":      nestedDefinite(size),
		"a PKCS#12 of nesting":         append([]byte{0x30, 0x80, 0x02, 0x01, 0x03}, fill("\x30\x80")[:size-8]...),
		"a JKS of many entries":        jksOf(size, 0x7fffffff),
		"a JKS of negative entries":    jksOf(size, 0xffffffff),
		"a directory of many files":    manyFiles(),
		"escaped line ends":            fill(`\n`),
		"a PKCS#12 of many bags":       pkcs12Of(size, []byte{0x30, 0x02, 0x06, 0x00}),
		"a PKCS#12 of many parts":      pkcs12Parts(size),
		"a PKCS#12 of much hashing":    stretched(t, "java-pbe-hmacsha512andaes_256.pkcs12"),
		"a PKCS#12 of much 3DES":       stretched(t, "java-pbe-sha1anddesede.pkcs12"),
		"a JKS of a serialized object": append([]byte{0xCE, 0xCE, 0xCE, 0xCE, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xAC, 0xED, 0, 5}, fill("s")...),
		"a PKCS#7 of nothing":          pkcs7Of(size),
		"a JKS and PEM":                append(bytes.Clone(store(t, "keytool-two.jks")), fill(string(small))[:size-4096]...),
		"PEM and a PKCS#12":            append(fill(string(small))[:size-16384], store(t, "keytool-two.pkcs12")...),
		"DER certificates":             bytes.Repeat(certificate(t, "root-ec").Raw, size/len(certificate(t, "root-ec").Raw)),
	}
	return all
}

func manyLabels(size int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < size-64; i++ {
		fmt.Fprintf(&b, "-----BEGIN L%d-----\n", i)
	}
	return b.Bytes()
}

func nestedDefinite(size int) []byte {
	out := make([]byte, 0, size)
	for left := size; left > 5; left -= 5 {
		out = append(out, 0x30, 0x83, byte((left-5)>>16), byte((left-5)>>8), byte(left-5))
	}
	return out
}

// jksOf is a JKS that claims a number of entries and holds key entries without
// certificates.
func jksOf(size int, claimed uint32) []byte {
	out := binary.BigEndian.AppendUint32([]byte{0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2}, claimed)
	for i := uint32(0); len(out) < size-64; i++ {
		out = append(out, 0, 0, 0, 1, 0, 4)
		out = binary.BigEndian.AppendUint32(out, i&0x7f7f7f7f)
		out = append(out, make([]byte, 16)...)
	}
	return out
}

// tlv is one DER element.
func tlv(tag byte, content []byte) []byte {
	n := len(content)
	return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, content...)
}

var (
	dataType   = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01}
	signedType = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}
)

// pkcs12Around is a PKCS#12 without a MAC around its parts.
func pkcs12Around(parts []byte) []byte {
	safe := tlv(0x30, append(bytes.Clone(dataType), tlv(0xa0, tlv(0x04, tlv(0x30, parts)))...))
	return tlv(0x30, append([]byte{0x02, 0x01, 0x03}, safe...))
}

// pkcs12Of has one part full of a bag.
func pkcs12Of(size int, bag []byte) []byte {
	bags := tlv(0x30, bytes.Repeat(bag, (size-200)/len(bag)))
	return pkcs12Around(tlv(0x30, append(bytes.Clone(dataType), tlv(0xa0, tlv(0x04, bags))...)))
}

// pkcs12Parts is full of empty parts.
func pkcs12Parts(size int) []byte {
	part := tlv(0x30, append(bytes.Clone(dataType), tlv(0xa0, tlv(0x04, tlv(0x30, nil)))...))
	return pkcs12Around(bytes.Repeat(part, (size-200)/len(part)))
}

// pkcs7Of is a bundle full of empty sequences.
func pkcs7Of(size int) []byte {
	certificates := tlv(0xa0, bytes.Repeat([]byte{0x30, 0x00}, (size-200)/2))
	signed := append([]byte{0x02, 0x01, 0x01, 0x31, 0x00, 0x30, 0x0b}, dataType...)
	signed = append(append(signed, certificates...), 0x31, 0x00)
	return tlv(0x30, append(bytes.Clone(signedType), tlv(0xa0, tlv(0x30, signed))...))
}

// stretched sets the iteration counts of a store that Java wrote, 10,000 for
// each part, to the most that is not refused at once.
func stretched(t *testing.T, name string) []byte {
	t.Helper()
	content := store(t, name)
	for _, count := range []uint16{0x7fff, 0x2710} {
		if spoiled := bytes.ReplaceAll(content, []byte{0x02, 0x02, 0x27, 0x10}, []byte{0x02, 0x02, byte(count >> 8), byte(count)}); !bytes.Equal(spoiled, content) {
			return spoiled
		}
	}
	t.Fatalf("%s has no iteration count of 10,000", name)
	return nil
}

func manyFiles() []byte {
	directory := make(truststore.Directory)
	for i := range 40_000 {
		directory[fmt.Sprintf("%08x.0", i)] = []byte("-----BEGIN CERTIFICATE-----\n")
	}
	return directory.Archive()
}

// TestHostileContentEndsSoon is not parallel: it measures.
func TestHostileContentEndsSoon(t *testing.T) { //nolint:paralleltest // it measures time and memory
	// Collect often, so that the heap is close to what is really in use.
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	for name, content := range hostile(t) {
		for _, reader := range allReaders() {
			for _, password := range []*string{nil, new("changeit")} {
				measure(t, fmt.Sprintf("%s by reader %d", name, reader), func() {
					_, _ = truststore.Read(content, truststore.Options{Reader: reader, Password: password})
				})
				if reader != truststore.JavaKeyStore {
					break
				}
			}
		}
		measure(t, name+" by Inspect", func() {
			contents, err := truststore.Inspect(content, truststore.InspectOptions{Password: new("changeit"), Region: "us-east-1"})
			if len(contents.Problems) > 101 {
				t.Errorf("%s: %d problems (error %v)", name, len(contents.Problems), err)
			}
		})
	}
}

func allReaders() []truststore.Reader {
	return []truststore.Reader{
		truststore.OpenSSLFile, truststore.OpenSSLDirectory, truststore.JavaCertificateFactory, truststore.JavaFirstCertificate,
		truststore.JavaKeyStore, truststore.GoCertPool, truststore.NodeCA, truststore.NodeExtraCACerts,
		truststore.RustlsPEM, truststore.NativeTLSPEM, truststore.DotNetPEM, truststore.NettyPEM, truststore.VertxPEM,
	}
}

func measure(t *testing.T, name string, do func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := processorTime(t)
	do()
	elapsed := processorTime(t) - start
	runtime.ReadMemStats(&after)
	if elapsed > longest {
		t.Errorf("%s took %v", name, elapsed)
	}
	// What was allocated in all is more than what was ever in use.
	if used := after.TotalAlloc - before.TotalAlloc; used > 4*most || after.HeapInuse > before.HeapInuse+most {
		t.Errorf("%s allocated %d MiB, %d MiB in use at the end", name, used>>20, after.HeapInuse>>20)
	}
}

// processorTime is what this process has used, by all its threads.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func TestManyIterationsAreRefusedBeforeTheyAreSpent(t *testing.T) {
	t.Parallel()

	content := bytes.Clone(store(t, "p12-nokeys-manyiter.p12"))
	// 100,000 in three bytes; every place is set to the most that fits.
	spoiled := bytes.ReplaceAll(content, []byte{0x02, 0x03, 0x01, 0x86, 0xA0}, []byte{0x02, 0x03, 0x7f, 0xff, 0xff})
	if bytes.Equal(content, spoiled) {
		t.Fatal("the store has no iteration count of 100,000")
	}
	start := time.Now() //nolint:forbidigo // it measures
	_, err := truststore.Read(spoiled, truststore.Options{Reader: truststore.JavaKeyStore, Password: new("changeit")})
	if !errors.Is(err, truststore.ErrTooLarge) {
		t.Errorf("error = %v, want %v", err, truststore.ErrTooLarge)
	}
	if elapsed := time.Since(start); elapsed > longest {
		t.Errorf("it took %v", elapsed)
	}
}

func TestErrorsHoldNothingOfTheStoreOrThePassword(t *testing.T) {
	t.Parallel()

	const secret = "hunter2-very-secret"
	for _, name := range []string{"keytool-two.jks", "keytool-two.pkcs12", "text-word.pem", "pem-key-pkcs8.pem", "text-colon-inside.pem"} {
		for _, reader := range allReaders() {
			_, err := truststore.Read(store(t, name), truststore.Options{Reader: reader, Password: new(secret)})
			if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "MII")) {
				t.Errorf("%s by reader %d: the error tells too much: %v", name, reader, err)
			}
		}
	}
}
