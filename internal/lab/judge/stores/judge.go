// Package stores makes trust stores with the real tools and asks the real
// readers what they take from them.
package stores

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
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
	return ask(ctx, requests, "openssl.py", []string{"python3"}, libcrypto)
}

// Java asks the java program on the path. A request is "factory\tPATH" or
// "store\tTYPE\tPASSWORD\tPATH"; see judges/Judge.java.
func Java(ctx context.Context, requests []string) ([]Answer, error) {
	return ask(ctx, requests, "Judge.java", []string{"java"})
}

// Handshake lets the JVM make TLS connections to a PostgreSQL with key stores as
// trust stores. A request is "PASSWORD\tHOST\tPORT\tPATH"; see
// judges/Handshake.java.
func Handshake(ctx context.Context, requests []string) ([]Answer, error) {
	return ask(ctx, requests, "Handshake.java", []string{"java"})
}

// Node asks the node program on the path. A request is "ca PATH"; anchors are
// the subjects in DER, in hexadecimal; see judges/judge.mjs.
func Node(ctx context.Context, requests []string) ([]Answer, error) {
	return ask(ctx, requests, "judge.mjs", []string{"node"})
}

// Rustls builds a program with the crates that read PEM for rustls, and asks it.
// A request is "pki-types PATH" or "pemfile PATH"; see judges/rustls.
func Rustls(ctx context.Context, requests []string) ([]Answer, error) {
	cache, err := judge.CacheDir()
	if err != nil {
		return nil, err
	}
	file, remove, err := place("rustls/Cargo.toml")
	if err != nil {
		return nil, err
	}
	defer remove()
	target := filepath.Join(cache, "cargo", "rustls-stores")
	build := exec.CommandContext(ctx, "cargo", "build", "--quiet", "--locked", "--manifest-path", file, "--target-dir", target) //nolint:gosec // a program of this package
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: rustls: %w: %s", ErrNoJudge, err, said)
	}
	return answersOf(exec.CommandContext(ctx, filepath.Join(target, "debug", "rustls-judge")), requests) //nolint:gosec // the program that was built
}

// Frameworks asks Netty and Vert.x, whose jars Maven has fetched for the clients.
// A request is "netty PATH" or "vertx PATH"; see judges/Frameworks.java.
func Frameworks(ctx context.Context, requests []string) ([]Answer, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, fmt.Errorf("home: %w", err)
	}
	var jars []string
	for _, pattern := range []string{"io/netty/*/4.1.135.Final/*.jar", "io/vertx/vertx-core/4.5.28/*.jar", "com/fasterxml/jackson/core/jackson-core/*/*.jar"} {
		found, _ := filepath.Glob(filepath.Join(home, ".m2", "repository", pattern)) // Its only error is a bad pattern.
		if len(found) == 0 {
			return nil, fmt.Errorf("%w: %s", ErrNoJudge, pattern)
		}
		jars = append(jars, found...)
	}
	return ask(ctx, requests, "Frameworks.java", []string{"java", "-cp", strings.Join(jars, ":")})
}

// answerTime bounds one answer; a program in Java is compiled before the first.
const answerTime = 2 * time.Minute

// ask runs one judge over all requests; its answers come in the same order.
func ask(ctx context.Context, requests []string, script string, command []string, arguments ...string) ([]Answer, error) {
	program, err := exec.LookPath(command[0])
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrNoJudge, command[0], err)
	}
	file, remove, err := place(script)
	if err != nil {
		return nil, err
	}
	defer remove()
	return answersOf(exec.CommandContext(ctx, program, slices.Concat(command[1:], []string{file}, arguments)...), requests)
}

func answersOf(judges *exec.Cmd, requests []string) ([]Answer, error) {
	judges.Env = append(os.Environ(), "PYTHONUNBUFFERED=1")
	running, err := judge.Start(judges)
	if err != nil {
		return nil, fmt.Errorf("judge %s: %w", judges, err)
	}
	defer running.Stop()
	answers := make([]Answer, len(requests))
	for i, request := range requests {
		if err := running.Ask([]byte(request), answerTime, &answers[i]); err != nil {
			return nil, fmt.Errorf("judge %s: %s: %w", judges, request, err)
		}
	}
	return answers, nil
}

// place writes the embedded programs into a folder of their own.
func place(script string) (file string, remove func(), err error) {
	written, err := fs.Sub(judges, "judges")
	if err != nil {
		return "", nil, fmt.Errorf("judge %s: %w", script, err)
	}
	dir, err := os.MkdirTemp("", "judge")
	if err != nil {
		return "", nil, fmt.Errorf("place for %s: %w", script, err)
	}
	return filepath.Join(dir, script), func() { _ = os.RemoveAll(dir) }, os.CopyFS(dir, written)
}
