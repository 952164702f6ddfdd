package stores

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// comparison is one question put to a real reader and to package truststore.
type comparison struct {
	label, request string
	content        []byte
	opt            truststore.Options
}

// Compare asks the real readers about files of any origin, key stores with each
// of the passwords, nil being none, and package truststore about the same. It
// returns in words where they take other anchors, or list other entries, and
// how many questions were compared.
//
// The error is [ErrNoJudge], or a file or judge that does not answer.
func Compare(ctx context.Context, files []string, passwords []*string) (differences []string, compared int, err error) {
	var openssl, java []comparison
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, 0, fmt.Errorf("store: %w", err)
		}
		ask := func(prefix string, opt truststore.Options) comparison {
			label := strings.TrimSpace(strings.ReplaceAll(prefix, "\t", " ")) + " " + filepath.Base(file)
			return comparison{label: label, request: prefix + file, content: content, opt: opt}
		}
		for prefix, reader := range map[string]truststore.Reader{
			"file ": truststore.OpenSSLFile, "aux ": truststore.NodeCA, "plain ": truststore.NodeExtraCACerts, "first ": truststore.NativeTLSPEM,
		} {
			openssl = append(openssl, ask(prefix, truststore.Options{Reader: reader}))
		}
		java = append(java, ask("factory\t", truststore.Options{Reader: truststore.JavaCertificateFactory}))
		for _, password := range passwords {
			java = append(java,
				ask("store\tdefault\t"+given(password)+"\t", truststore.Options{Reader: truststore.JavaKeyStore, Password: password}),
				ask("store\tJCEKS\t"+given(password)+"\t", truststore.Options{Reader: truststore.JavaKeyStore, StoreType: "JCEKS", Password: password}))
		}
	}
	answered, err := OpenSSL(ctx, "", requests(openssl))
	if err != nil {
		return nil, 0, err
	}
	answeredByJava, err := Java(ctx, requests(java))
	if err != nil {
		return nil, 0, err
	}
	for i, c := range append(openssl, java...) {
		if difference := c.differs(append(answered, answeredByJava...)[i]); difference != "" {
			differences = append(differences, c.label+": "+difference)
		}
	}
	return differences, len(openssl) + len(java), nil
}

func requests(comparisons []comparison) []string {
	all := make([]string, len(comparisons))
	for i, c := range comparisons {
		all[i] = c.request
	}
	return all
}

// differs says in words where the real answer is another; empty is agreement.
func (c comparison) differs(answer Answer) string {
	taken, err := truststore.Read(c.content, c.opt)
	var anchors []string
	for _, anchor := range taken.Anchors {
		anchors = append(anchors, anchor.SHA256)
	}
	slices.Sort(anchors)
	if !slices.Equal(anchors, answer.Anchors) && len(anchors)+len(answer.Anchors) > 0 {
		return fmt.Sprintf("%d anchors are read (error %v), the real reader takes %d (%s)", len(anchors), err, len(answer.Anchors), answer.Error)
	}
	if c.opt.Reader != truststore.OpenSSLFile && c.opt.Reader != truststore.JavaKeyStore && c.opt.Reader != truststore.JavaCertificateFactory {
		return "" // these fail without a word
	}
	fails := err != nil && !errors.Is(err, truststore.ErrNoAnchors)
	failing := !answer.OK && !strings.Contains(answer.Error, "trustAnchors parameter must be non-empty")
	if fails != failing {
		return fmt.Sprintf("the error is %v, the real reader says %q", err, answer.Error)
	}
	if c.opt.Reader == truststore.JavaKeyStore && len(answer.Entries) > 0 {
		return c.lists(answer)
	}
	return ""
}

// lists compares the entries with those that Java lists. What Java lists
// without a certificate is none of package truststore's.
func (c comparison) lists(answer Answer) string {
	format := truststore.Detect(c.content)
	if c.opt.StoreType == "JCEKS" && format != truststore.FormatJCEKS {
		return ""
	}
	contents, err := truststore.Inspect(c.content, truststore.InspectOptions{Password: c.opt.Password})
	if err != nil {
		return fmt.Sprintf("Inspect fails (%v), Java lists %d entries", err, len(answer.Entries))
	}
	var listed, want []string
	for _, entry := range contents.Entries {
		if entry.Kind != truststore.EntryNone {
			listed = append(listed, entry.Alias+" "+string(entry.Kind)+" "+entry.SHA256)
		}
	}
	for _, line := range answer.Entries {
		if !strings.HasSuffix(line, " ") && !strings.Contains(line, " none ") {
			want = append(want, line)
		}
	}
	slices.Sort(listed)
	slices.Sort(want)
	if !slices.Equal(listed, want) {
		return fmt.Sprintf("the entries are %q, Java lists %q", listed, want)
	}
	return ""
}

// Build makes the certificates and stores of the corpus in dir, which must
// exist: those that openssl and keytool write (judges/make.sh), those that need
// Java's interface (judges/Make.java), those of NSS, GnuTLS, Python and Bouncy
// Castle (judges/others.*), spoiled texts and broken key stores, and what the Go
// libraries write. It needs Debian's libnss3-tools, gnutls-bin, libbcprov-java
// and python3-cryptography. Keys and salts are fresh in each run; the names
// of the files are not.
func Build(ctx context.Context, dir string) error {
	for _, maker := range []struct {
		script  string
		command []string
	}{
		{"make.sh", []string{"sh"}},
		{"Make.java", []string{"java"}},
		{"others.sh", []string{"sh"}},
		{"others.py", []string{"/usr/bin/python3"}}, // Debian's, with Debian's packages
		{"MakeBouncyCastle.java", []string{"java", "-cp", "/usr/share/java/bcprov.jar"}},
	} {
		if err := run(ctx, dir, maker.script, maker.command); err != nil {
			return err
		}
	}
	for _, write := range []func(dir string) error{writeTexts, writeBroken, writeByGo} {
		if err := write(dir); err != nil {
			return err
		}
	}
	return os.RemoveAll(filepath.Join(dir, "keys"))
}

// run starts one of the embedded programs with dir as its argument.
func run(ctx context.Context, dir, script string, words []string) error {
	file, remove, err := place(script)
	if err != nil {
		return err
	}
	defer remove()
	if _, _, err := command.Measure(exec.CommandContext(ctx, words[0], append(words[1:], file, dir)...)); err != nil {
		return fmt.Errorf("%s: %w", script, err)
	}
	return nil
}

func writeStore(dir, name string, content []byte) error {
	return os.WriteFile(filepath.Join(dir, "stores", name), content, 0o600)
}

func readCertificate(dir, name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(dir, "certificates", name+".pem"))
}
