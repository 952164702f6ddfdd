package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The bars of a plan on whatever it is given: processor time, so that a busy
// machine does not matter, and the peak of the process's memory as the kernel
// counts it.
const (
	longestTrial = 30 * time.Second
	mostMemory   = 256 << 20
)

// trial is one configuration of sslready_readiness, for a process of its own.
type trial struct {
	config  values
	ready   bool     // what it has to say
	reasons []string // each is in what it says
}

// ended is what became of a trial.
type ended struct {
	Ready bool
	Said  string // verdicts and diagnostics
	Peak  int    // octets
	Took  time.Duration
}

const trialVariable = "SSLREADY_TEST_TRIAL"

// TestATrialInAProcessOfItsOwn is what the processes run; by itself it does
// nothing.
func TestATrialInAProcessOfItsOwn(t *testing.T) { //nolint:paralleltest // it is alone in its process
	name := os.Getenv(trialVariable)
	if name == "" {
		return
	}
	content, err := os.ReadFile(name) //nolint:gosec // The test's own file.
	must(t, err)
	config := values{}
	must(t, json.Unmarshal(content, &config))
	p := newProtocol(t, always(judgedAt), values{"region": labRegion, "skip_region_validation": true})
	state, told := p.read(t, "sslready_readiness", config)
	became := ended{Said: fmt.Sprint(told)}
	if !state.IsNull() {
		became.Ready, _ = at(t, state, "ready").(bool)
		became.Said += fmt.Sprint(at(t, state, "verdicts"), at(t, state, "findings"))
	}
	status, err := os.ReadFile("/proc/self/status")
	must(t, err)
	for line := range strings.Lines(string(status)) {
		if rest, is := strings.CutPrefix(line, "VmHWM:"); is {
			became.Peak, err = strconv.Atoi(strings.Fields(rest)[0])
			must(t, err)
			became.Peak <<= 10
		}
	}
	var usage syscall.Rusage
	must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	became.Took = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	written, err := json.Marshal(became)
	must(t, err)
	must(t, os.WriteFile(name+".ended", written, 0o600))
}

// run runs a trial and holds it to the bars.
func (tr trial) run(t *testing.T) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "trial.json")
	written, err := json.Marshal(tr.config)
	must(t, err)
	must(t, os.WriteFile(name, written, 0o600))
	self, err := os.Executable()
	must(t, err)
	process := exec.CommandContext(t.Context(), self, "-test.run", "^TestATrialInAProcessOfItsOwn$", "-test.count=1", "-test.timeout=3m") //nolint:gosec // This program.
	process.Env = append(os.Environ(), trialVariable+"="+name)
	if said, err := process.CombinedOutput(); err != nil {
		t.Fatalf("%v: %.2000s", err, said)
	}
	written, err = os.ReadFile(name + ".ended") //nolint:gosec // The test's own file.
	must(t, err)
	var became ended
	must(t, json.Unmarshal(written, &became))
	t.Logf("%v of processor time, %d MiB at the peak", became.Took.Round(10*time.Millisecond), became.Peak>>20)
	if became.Took > longestTrial*slowdown {
		t.Errorf("it took %v", became.Took)
	}
	if slowdown == 1 && became.Peak > mostMemory {
		t.Errorf("it had %d MiB at its peak", became.Peak>>20)
	}
	if became.Ready != tr.ready {
		t.Errorf("ready is %t: %.2000s", became.Ready, became.Said)
	}
	for _, reason := range tr.reasons {
		if !strings.Contains(became.Said, reason) {
			t.Errorf("it does not say %q: %.3000s", reason, became.Said)
		}
	}
	if found := unshowable(became.Said); found != "" {
		t.Errorf("a terminal would act on %q", found)
	}
}

// readersOf are clients that read a trust store in every way there is. The
// store is given for each.
func readersOf(store func(name string) values) values {
	clients := values{}
	for name, client := range map[string]values{
		"psql":          {"driver": "psql", "connection": "host=orders sslmode=verify-full sslrootcert=/store"},
		"pgjdbc":        {"driver": "pgjdbc", "connection": "jdbc:postgresql://orders/app?sslmode=verify-full&sslrootcert=/store"},
		"asyncpg":       {"driver": "asyncpg", "connection": "postgres://app@orders/app?sslmode=verify-full&sslrootcert=/store"},
		"pgx":           {"driver": "pgx", "connection": "postgres://app@orders/app?sslmode=verify-full&sslrootcert=/store"},
		"lib-pq":        {"driver": "lib-pq", "connection": "postgres://app@orders/app?sslmode=verify-full&sslrootcert=/store"},
		"node-postgres": {"driver": "node-postgres", "connection": "postgres://app@orders/app?sslmode=verify-full&sslrootcert=/store"},
		"sqlx":          {"driver": "sqlx", "connection": "postgres://app@orders/app?sslmode=verify-full&sslrootcert=/store"},
		"npgsql":        {"driver": "npgsql", "connection": "Host=orders;SSL Mode=VerifyFull;Root Certificate=/store"},
		"pgbouncer":     {"driver": "pgbouncer", "connection": "host=orders", "properties": values{"server_tls_sslmode": "verify-full", "server_tls_ca_file": "/store"}},
		"keystore": {
			"driver": "pgjdbc", "connection": "jdbc:postgresql://orders/app?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory",
			"properties": values{"javax.net.ssl.trustStore": "/store", "javax.net.ssl.trustStorePassword": "changeit"},
		},
	} {
		client["trust_store"] = store(name)
		clients[name] = client
	}
	return clients
}

// onPath gives every client one path.
func onPath(path string) func(string) values {
	return func(string) values { return values{"path": path} }
}

// judgedBy is a readiness of clients on the target CA.
func judgedBy(clients values, more ...values) values {
	config := values{"region": labRegion, "host": "orders", "force_ssl": true, "target_ca_cert_identifier": targetCA, "clients": clients}
	for _, m := range more {
		maps.Copy(config, m)
	}
	return config
}
