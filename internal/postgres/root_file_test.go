package postgres_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

// TestARootFileOfAnotherKind says what it holds.
func TestARootFileOfAnotherKind(t *testing.T) {
	t.Parallel()
	err := postgres.ParseRoots([]byte("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"))
	if want := `block 1 has the label "RSA PRIVATE KEY", not "CERTIFICATE"`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestARootFileThatNeverEnds: nobody writes to the pipe, and reading a device
// such as /dev/zero has no end.
func TestARootFileThatNeverEnds(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{pipe, "/dev/zero"} {
		assertFails(t, postgres.Config{Host: "localhost", Username: "app", SSLRootCert: file}, postgres.ErrInvalidRootCertificate)
	}
}
