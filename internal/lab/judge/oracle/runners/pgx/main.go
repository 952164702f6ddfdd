// Command runner connects with pgx, one JSON case a line.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

type testCase struct {
	ID          string            `json:"id"`
	Connection  string            `json:"connection"`
	Environment map[string]string `json:"environment"`
	Home        string            `json:"home"`
	TimeoutMS   int               `json:"timeout_ms"`
}

func main() {
	ambient := os.Environ()
	out := json.NewEncoder(os.Stdout)
	_ = out.Encode(map[string]string{"driver": "pgx", "version": version("github.com/jackc/pgx/v5"), "runtime": runtime.Version()})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c testCase
		if json.Unmarshal(lines.Bytes(), &c) != nil {
			continue
		}
		if answer := inChild(c, lines.Bytes()); answer != nil {
			_, _ = os.Stdout.Write(answer)
			continue
		}
		reset(ambient, c)
		result := map[string]string{"id": c.ID, "outcome": "fails", "error": ""}
		if encrypted, err := connect(c); err != nil {
			result["error"] = err.Error()[:min(500, len(err.Error()))]
		} else {
			result["outcome"] = map[bool]string{true: "tls", false: "plaintext"}[encrypted]
		}
		_ = out.Encode(result)
	}
}

func connect(c testCase) (encrypted bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(max(c.TimeoutMS, 1000))*time.Millisecond)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.Connection)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close(ctx) }()
	err = conn.QueryRow(ctx, "select ssl from pg_stat_ssl where pid = pg_backend_pid()").Scan(&encrypted)
	return encrypted, err
}

// inChild answers in a process of its own where the case names the operating
// system's store, which Go reads only once. Otherwise it is nil.
func inChild(c testCase, line []byte) []byte {
	if os.Getenv("RUNNER_CHILD") != "" || c.Environment["SSL_CERT_FILE"] == "" && c.Environment["SSL_CERT_DIR"] == "" {
		return nil
	}
	program, _ := os.Executable()
	cmd := exec.CommandContext(context.Background(), program)
	cmd.Env = append(os.Environ(), "RUNNER_CHILD=1")
	for name, value := range c.Environment {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stdin = bytes.NewReader(append(bytes.Clone(line), '\n'))
	out, _ := cmd.Output()
	_, answer, _ := bytes.Cut(out, []byte("\n"))
	return answer
}

func reset(ambient []string, c testCase) {
	os.Clearenv()
	for _, entry := range ambient {
		name, value, _ := strings.Cut(entry, "=")
		_ = os.Setenv(name, value)
	}
	for name, value := range c.Environment {
		_ = os.Setenv(name, value)
	}
	_ = os.Setenv("HOME", c.Home)
}

func version(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return strings.TrimPrefix(dependency.Version, "v")
		}
	}
	return ""
}
