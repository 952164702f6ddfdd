package storecorpus

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
// Java's interface (judges/Make.java), spoiled texts and broken key stores, and
// what the Go libraries write. Keys and salts are fresh in each run; the names
// of the files are not.
func Build(ctx context.Context, dir string) error {
	if err := run(ctx, dir, "sh", "make.sh"); err != nil {
		return err
	}
	if err := run(ctx, dir, "java", "Make.java"); err != nil {
		return err
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
func run(ctx context.Context, dir, program, script string) error {
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
	command := exec.CommandContext(ctx, program, file, dir)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	if err := command.Run(); err != nil {
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
