package pgserver

import (
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"syscall"
)

// watchdogScript waits for a line. The end of its input without one means
// that the process that owns the server died: then it cleans up. SIGQUIT makes
// the postmaster end its children at once.
const watchdogScript = `read -r line && exit 0
kill -QUIT "$1" 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$1" 2>/dev/null || break; sleep 0.2; done
kill -KILL "$1" 2>/dev/null
rm -rf -- "$2"`

// watchdog removes a server whose owner was killed. A death signal of the
// kernel would do less: it exists on Linux only and leaves the data.
type watchdog struct {
	process *exec.Cmd
	input   io.WriteCloser
}

// watch starts the watchdog of the process pid and the folder dir.
func watch(pid int, dir string) (*watchdog, error) {
	process := exec.Command("sh", "-c", watchdogScript, "sh", strconv.Itoa(pid), dir) //nolint:gosec,noctx // A constant script; it must outlive any context.
	process.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	input, err := process.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("watchdog: %w", err)
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("watchdog: %w", err)
	}
	return &watchdog{process: process, input: input}, nil
}

// dismiss ends the watchdog without letting it act.
func (w *watchdog) dismiss() {
	_, _ = io.WriteString(w.input, "\n") // A watchdog that is gone needs no word.
	_ = w.input.Close()
	_ = w.process.Wait()
}
