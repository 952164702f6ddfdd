// Package serve is the loop of the runners that are written in Go.
package serve

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// Query asks the server whether the session is encrypted.
const Query = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"

type testCase struct {
	ID          string            `json:"id"`
	Connection  string            `json:"connection"`
	Environment map[string]string `json:"environment"`
	Home        string            `json:"home"`
	TimeoutMS   int               `json:"timeout_ms"`
}

// Run introduces the driver, whose version is its module's, and answers line by
// line. connect says whether the connection is encrypted; its error is the
// client's failure.
func Run(driver, module string, connect func(ctx context.Context, connection string) (encrypted bool, err error)) {
	ambient := os.Environ()
	out := json.NewEncoder(os.Stdout)
	_ = out.Encode(map[string]string{"driver": driver, "version": version(module), "runtime": runtime.Version()})
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
		if encrypted, err := answer(c, connect); err != nil {
			result["error"] = err.Error()[:min(500, len(err.Error()))]
		} else {
			result["outcome"] = map[bool]string{true: "tls", false: "plaintext"}[encrypted]
		}
		_ = out.Encode(result)
	}
}

func answer(c testCase, connect func(context.Context, string) (bool, error)) (encrypted bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(max(c.TimeoutMS, 1000))*time.Millisecond)
	defer cancel()
	defer func() {
		if reason := recover(); reason != nil { // lib/pq refuses some variables so
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	return connect(ctx, c.Connection)
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
