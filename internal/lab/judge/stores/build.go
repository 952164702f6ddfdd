package stores

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

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
	if err := writeTexts(dir); err != nil {
		return err
	}
	if err := writeBroken(dir); err != nil {
		return err
	}
	if err := writeByGo(dir); err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(dir, "keys"))
}

// run starts one of the embedded programs with dir as its argument.
func run(ctx context.Context, dir, script string, command []string) error {
	source, err := judges.ReadFile("judges/" + script)
	if err != nil {
		return fmt.Errorf("%s: %w", script, err)
	}
	place, err := os.MkdirTemp("", "make")
	if err != nil {
		return fmt.Errorf("place for %s: %w", script, err)
	}
	defer func() { _ = os.RemoveAll(place) }()
	file := filepath.Join(place, script)
	if err := os.WriteFile(file, source, 0o600); err != nil {
		return fmt.Errorf("%s: %w", script, err)
	}
	made := exec.CommandContext(ctx, command[0], append(command[1:], file, dir)...)
	var output bytes.Buffer
	made.Stdout, made.Stderr = &output, &output
	if err := made.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", script, err, output.String())
	}
	return nil
}

func writeStore(dir, name string, content []byte) error {
	if err := os.WriteFile(filepath.Join(dir, "stores", name), content, 0o600); err != nil {
		return fmt.Errorf("store %s: %w", name, err)
	}
	return nil
}

func readCertificate(dir, name string) ([]byte, error) {
	content, err := os.ReadFile(filepath.Join(dir, "certificates", name+".pem"))
	if err != nil {
		return nil, fmt.Errorf("certificate %s: %w", name, err)
	}
	return content, nil
}
