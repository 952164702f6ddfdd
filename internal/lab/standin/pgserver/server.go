// Package pgserver runs throw-away PostgreSQL servers on loopback, with RDS's
// roles, log format and certificates, for the demo, the tests and the
// conformance runs.
package pgserver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Host is the address that every server listens on.
const Host = "127.0.0.1"

const (
	certificateFile = "server.crt"
	keyFile         = "server.key"
	clientCAFile    = "client-ca.crt"
	logFile         = "postgresql.log"

	startTimeout  = 60 * time.Second
	reloadTimeout = 20 * time.Second
	stopTimeout   = 5 * time.Second
	pollInterval  = 10 * time.Millisecond
	portAttempts  = 5
)

var (
	// ErrStopped is returned for a server that was stopped or died.
	ErrStopped = errors.New("the PostgreSQL server is not running")
	// ErrDidNotStart comes with the end of the server's log.
	ErrDidNotStart = errors.New("the PostgreSQL server did not start")

	errPortTaken = errors.New("another process took the port")
)

// Server is a running PostgreSQL. Its methods may be called concurrently.
type Server struct {
	// Installation is what runs.
	Installation Installation

	port    int
	dir     string
	account *account
	process *exec.Cmd
	exited  chan struct{}
	guard   *watchdog
	release func() bool
	stop    sync.Once

	mu       sync.Mutex // held while options or files change
	opts     Options
	sessions []*pgconn.PgConn
}

// Start runs a server until [Server.Stop] or the end of ctx. Should this
// process die without either, the server is killed and its data removed too.
//
// The errors are [ErrNotInstalled] and [ErrDidNotStart].
func Start(ctx context.Context, opts Options) (*Server, error) {
	installation := opts.Installation
	if installation.Prefix == "" {
		var err error
		if installation, err = obtain(ctx, opts.Version); err != nil {
			return nil, err
		}
	}
	for attempt := 1; ; attempt++ {
		s, err := start(ctx, installation, opts)
		if err == nil || attempt == portAttempts || opts.Port != 0 || !errors.Is(err, errPortTaken) {
			return s, err
		}
	}
}

// start is one attempt with one port.
func start(ctx context.Context, installation Installation, opts Options) (*Server, error) {
	who, err := serverAccount()
	if err != nil {
		return nil, err
	}
	s := &Server{Installation: installation, account: who, opts: opts, port: opts.Port, exited: make(chan struct{})}
	if s.port == 0 {
		if s.port, err = freePort(ctx); err != nil {
			return nil, err
		}
	}
	if s.dir, err = who.workDir(); err != nil {
		return nil, err
	}
	if err := s.launch(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	s.release = context.AfterFunc(ctx, func() { _ = s.Stop() })
	return s, nil
}

// launch prepares the folder, starts the processes and creates the roles.
func (s *Server) launch(ctx context.Context) error {
	if err := createData(ctx, s.Installation, s.account, s.dataDir()); err != nil {
		return err
	}
	if err := s.writeAll(); err != nil {
		return err
	}
	output, err := os.OpenFile(s.LogFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644) //nolint:gosec // A test reads it as another user.
	if err != nil {
		return err
	}
	defer output.Close() //nolint:errcheck // The server has its own handle.
	// Not CommandContext: that would kill the postmaster alone.
	s.process = exec.Command(s.Installation.program("postgres"), "-D", s.dataDir()) //nolint:gosec,noctx // A program of this machine's PostgreSQL; Stop ends it.
	s.process.Env = s.Installation.environment()
	s.process.Dir = s.dir
	s.process.Stdout, s.process.Stderr = output, output
	s.process.SysProcAttr = s.account.attributes()
	if err := s.process.Start(); err != nil {
		s.process = nil
		return fmt.Errorf("%w: %w", ErrDidNotStart, err)
	}
	go func() {
		_ = s.process.Wait() // Its end is what matters, not its status.
		close(s.exited)
	}()
	if s.guard, err = watch(s.process.Process.Pid, s.dir); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	err = s.await(ctx, func() (bool, error) { // Until the superuser gets in.
		conn, err := s.connect(ctx)
		if err != nil {
			return false, err
		}
		return true, conn.Close(ctx)
	})
	if err != nil {
		return fmt.Errorf("%w: %w", s.startError(), err)
	}
	return s.Exec(ctx, s.opts.bootstrap()...)
}

// startError quotes the log's last lines. Recognizing a taken port by the
// log's text is what pg_ctl's users must do too; it only leads to a retry.
func (s *Server) startError() error {
	content, err := os.ReadFile(s.LogFile())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDidNotStart, err)
	}
	const tail = 2000
	text := string(content[max(0, len(content)-tail):])
	if strings.Contains(text, "Address already in use") {
		return fmt.Errorf("%w: %w", ErrDidNotStart, errPortTaken)
	}
	return fmt.Errorf("%w: %s", ErrDidNotStart, text)
}

// Stop ends the server with all its sessions and removes its data. It may be
// called more than once.
func (s *Server) Stop() error {
	var err error
	s.stop.Do(func() {
		if s.release != nil {
			s.release()
		}
		if s.process != nil {
			s.end()
		}
		err = os.RemoveAll(s.dir)
		if s.guard != nil {
			s.guard.dismiss()
		}
	})
	return err
}

// end asks for a fast shutdown, then insists.
func (s *Server) end() {
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		_ = s.process.Process.Signal(signal) // It may have ended by itself.
		select {
		case <-s.exited:
			return
		case <-time.After(stopTimeout):
		}
	}
}

// Port is the TCP port on [Host].
func (s *Server) Port() int { return s.port }

// Address is host and port as net.Dial takes them.
func (s *Server) Address() string { return net.JoinHostPort(Host, fmt.Sprint(s.port)) }

// SocketDir is the folder of the Unix-domain socket: a host for libpq.
func (s *Server) SocketDir() string { return s.dir }

// LogFile is the path of the server's log.
func (s *Server) LogFile() string { return filepath.Join(s.dir, logFile) }

func (s *Server) dataDir() string { return filepath.Join(s.dir, "data") }

func freePort(ctx context.Context) (int, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(Host, "0"))
	if err != nil {
		return 0, fmt.Errorf("free port: %w", err)
	}
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("free port: listening on a %T: %w", listener.Addr(), errors.ErrUnsupported)
	}
	return address.Port, listener.Close()
}

// Session opens a session of a user, over TLS or in plaintext. It ends with the
// server.
func (s *Server) Session(ctx context.Context, user string, encrypted bool) (*pgconn.PgConn, error) {
	config, err := pgconn.ParseConfig(fmt.Sprintf("host=%s port=%d user=%s dbname=postgres sslmode=disable", Host, s.port, user))
	if err != nil {
		return nil, err
	}
	if encrypted {
		config.TLSConfig = &tls.Config{InsecureSkipVerify: true}
	}
	session, err := pgconn.ConnectConfig(ctx, config)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions = append(s.sessions, session) // What nobody holds, Go closes.
	return session, err
}

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
