// Package stores makes trust stores with the real tools and asks the real
// readers what they take from them.
package stores

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

//go:embed judges
var judges embed.FS

// ErrNoJudge is returned when a program that judges is not installed.
var ErrNoJudge = errors.New("a program that judges is not installed")

// Answer is what a real reader takes from one store.
type Answer struct {
	// Request repeats what was asked.
	Request string `json:"request"`
	// OK is false where the reader reports an error.
	OK bool `json:"ok"`
	// Anchors are SHA-256 fingerprints in lower-case hexadecimal, sorted.
	Anchors []string `json:"anchors"`
	// Entries are "alias kind sha256" of a key store, sorted by alias.
	Entries []string `json:"entries,omitempty"`
	// Error is the reader's own text.
	Error string `json:"error,omitempty"`
}

// OpenSSL asks the libcrypto at the given path, or the system's where it is
// empty. A request is "file PATH", "aux PATH", "plain PATH", "first PATH" or
// "hash PATH"; see judges/openssl.py.
func OpenSSL(ctx context.Context, libcrypto string, requests []string) ([]Answer, error) {
	if libcrypto == "" {
		libcrypto = "libcrypto.so.3"
	}
	return ask(ctx, requests, "python3", "openssl.py", libcrypto)
}

// Java asks the java program on the path. A request is "factory\tPATH" or
// "store\tTYPE\tPASSWORD\tPATH"; see judges/Judge.java.
func Java(ctx context.Context, requests []string) ([]Answer, error) {
	return ask(ctx, requests, "java", "Judge.java")
}

// Handshake lets the JVM make TLS connections to a PostgreSQL with key stores as
// trust stores. A request is "PASSWORD\tHOST\tPORT\tPATH"; see
// judges/Handshake.java.
func Handshake(ctx context.Context, requests []string) ([]Answer, error) {
	return ask(ctx, requests, "java", "Handshake.java")
}

// Node asks the node program on the path. A request is "ca PATH"; anchors are
// the subjects in DER, in hexadecimal; see judges/judge.mjs.
func Node(ctx context.Context, requests []string) ([]Answer, error) {
	return ask(ctx, requests, "node", "judge.mjs")
}

// answerTime bounds one answer; a program in Java is compiled before the first.
const answerTime = 2 * time.Minute

// ask runs one judge over all requests; its answers come in the same order.
func ask(ctx context.Context, requests []string, program, script string, arguments ...string) ([]Answer, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrNoJudge, program, err)
	}
	file, remove, err := place(script)
	if err != nil {
		return nil, err
	}
	defer remove()
	command := exec.CommandContext(ctx, path, append([]string{file}, arguments...)...)
	command.Env = append(os.Environ(), "PYTHONUNBUFFERED=1")
	running, err := judge.Start(command)
	if err != nil {
		return nil, fmt.Errorf("judge %s: %w", script, err)
	}
	defer running.Stop()
	answers := make([]Answer, len(requests))
	for i, request := range requests {
		if err := running.Ask([]byte(request), answerTime, &answers[i]); err != nil {
			return nil, fmt.Errorf("judge %s: %s: %w", script, request, err)
		}
	}
	return answers, nil
}

// place writes an embedded program into a folder of its own.
func place(script string) (file string, remove func(), err error) {
	source, err := judges.ReadFile("judges/" + script)
	if err != nil {
		return "", nil, fmt.Errorf("judge %s: %w", script, err)
	}
	dir, err := os.MkdirTemp("", "judge")
	if err != nil {
		return "", nil, fmt.Errorf("place for %s: %w", script, err)
	}
	file = filepath.Join(dir, script)
	return file, func() { _ = os.RemoveAll(dir) }, os.WriteFile(file, source, 0o600)
}
