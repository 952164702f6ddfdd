package conformance

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/pki"
)

// ErrNoPostgreSQL is returned where no PostgreSQL server is installed.
var ErrNoPostgreSQL = errors.New("no PostgreSQL server is installed")

// Cluster is one running PostgreSQL for each kind of server.
type Cluster struct {
	bin   string
	owner *syscall.Credential // nil is the user of this process
	ports map[string]string
	stop  []func()
}

// hba makes the users of [Users]: what the server takes depends on the user.
const hba = `local all all trust
hostnossl all rejected all reject
hostssl all hostssl,rejected all trust
host all open,postgres all trust
`

// StartCluster starts a server for each of the kinds below a folder that the
// caller removes after [Cluster.Stop].
//
// The error is [ErrNoPostgreSQL], or why one of them does not start.
func StartCluster(ctx context.Context, w *World, dir string, kinds []string) (*Cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	c := &Cluster{bin: bin, ports: map[string]string{}}
	if c.owner, err = unprivileged(); err != nil {
		return nil, err
	}
	template := filepath.Join(dir, "template")
	if err := c.initialize(ctx, dir, template); err != nil {
		return nil, err
	}
	for _, kind := range kinds {
		if err := c.start(ctx, w.Servers[kind], kind, template, filepath.Join(dir, kind)); err != nil {
			c.Stop()
			return nil, fmt.Errorf("server %s: %w", kind, err)
		}
	}
	return c, nil
}

// Port returns the port of a kind of server, in decimal.
func (c *Cluster) Port(kind string) string { return c.ports[kind] }

// Stop ends all servers.
func (c *Cluster) Stop() {
	for _, stop := range c.stop {
		stop()
	}
	c.stop = nil
}

func binaries() (string, error) {
	if dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); err == nil && len(dirs) > 0 {
		return filepath.Dir(slices.Max(dirs)), nil
	}
	if file, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(file), nil
	}
	return "", ErrNoPostgreSQL
}

// unprivileged returns the user that servers run as: PostgreSQL refuses root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // nil is this process's own user
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("the user that PostgreSQL runs as: %w", err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("the user that PostgreSQL runs as: %w", err)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("the user that PostgreSQL runs as: %w", err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func (c *Cluster) own(path string) error {
	if c.owner == nil {
		return nil
	}
	return os.Chown(path, int(c.owner.Uid), int(c.owner.Gid)) //nolint:wrapcheck // wrapped by the caller
}

func (c *Cluster) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, program), args...) //nolint:gosec // PostgreSQL's own programs
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.owner, Setpgid: true}
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.Dir = "/"
	return cmd
}

// initialize makes one empty database cluster and its users, to be copied.
func (c *Cluster) initialize(ctx context.Context, dir, template string) error {
	for _, d := range []string{dir, template} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return fmt.Errorf("database cluster: %w", err)
		}
		if err := c.own(d); err != nil {
			return fmt.Errorf("database cluster: %w", err)
		}
	}
	out, err := c.command(ctx, "initdb", "-D", template, "-U", "postgres", "-A", "trust", "--wal-segsize=1", "-N", "-E", "UTF8", "--locale=C").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(template, "pg_hba.conf"), []byte(hba), 0o600); err != nil {
		return fmt.Errorf("database cluster: %w", err)
	}
	single := c.command(ctx, "postgres", "--single", "-D", template, "postgres")
	single.Stdin = strings.NewReader("create role " + strings.Join(Users(), " login;\ncreate role ") + " login;\n")
	if out, err := single.CombinedOutput(); err != nil {
		return fmt.Errorf("users: %w: %s", err, out)
	}
	return nil
}

// clone copies a database cluster, with its owner and permissions.
func (c *Cluster) clone(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error { //nolint:wrapcheck // wrapped by the caller
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err //nolint:wrapcheck // wrapped by the caller
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			if err := os.MkdirAll(target, 0o700); err != nil {
				return err //nolint:wrapcheck // wrapped by the caller
			}
			return c.own(target)
		}
		content, err := os.ReadFile(path) //nolint:gosec // a database cluster that this package made
		if err != nil {
			return err //nolint:wrapcheck // wrapped by the caller
		}
		return c.write(target, content)
	})
}

func (c *Cluster) write(path string, content []byte) error {
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	return c.own(path)
}

func (c *Cluster) start(ctx context.Context, s Server, kind, template, dir string) error {
	if err := c.clone(template, dir); err != nil {
		return fmt.Errorf("database cluster: %w", err)
	}
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	parameters := map[string]string{
		"ssl": "on", "ssl_cert_file": "server.crt", "ssl_key_file": "server.key",
		"port": port, "listen_addresses": "127.0.0.1,::1", "unix_socket_directories": "",
		"fsync": "off", "shared_buffers": "8MB", "max_connections": "60", "autovacuum": "off",
		"max_wal_senders": "0", "wal_level": "minimal", "max_wal_size": "2MB", "min_wal_size": "2MB",
		"ssl_min_protocol_version": s.MinProtocol, "ssl_max_protocol_version": s.MaxProtocol,
	}
	var conf strings.Builder
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		if value := parameters[name]; value != "" || name == "unix_socket_directories" {
			fmt.Fprintf(&conf, "%s = '%s'\n", name, value)
		}
	}
	files := map[string][]byte{"server.crt": pki.PEM(s.Chain...), "server.key": s.KeyPEM, "postgresql.conf": []byte(conf.String())}
	for name, content := range files {
		if err := c.write(filepath.Join(dir, name), content); err != nil {
			return fmt.Errorf("database cluster: %w", err)
		}
	}
	return c.launch(ctx, kind, port, dir)
}

func (c *Cluster) launch(ctx context.Context, kind, port, dir string) error {
	log, err := os.Create(filepath.Join(dir, "log")) //nolint:gosec // a folder that this package made
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	defer log.Close() //nolint:errcheck // the server has its own handle
	cmd := c.command(ctx, "postgres", "-D", dir)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	c.stop = append(c.stop, func() {
		_ = cmd.Process.Signal(syscall.SIGQUIT)
		_ = cmd.Wait()
	})
	c.ports[kind] = port
	dialer := net.Dialer{Timeout: time.Second}
	for range 200 {
		conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
		if err == nil {
			return conn.Close() //nolint:wrapcheck // it listens
		}
		time.Sleep(50 * time.Millisecond)
	}
	content, _ := os.ReadFile(filepath.Join(dir, "log")) //nolint:gosec // a folder that this package made
	return fmt.Errorf("%w: it does not listen: %s", errStart, content)
}

var errStart = errors.New("the server does not start")

func freePort(ctx context.Context) (string, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("free port: %w", err)
	}
	defer l.Close() //nolint:errcheck // nothing was sent
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return "", fmt.Errorf("free port: %w", err)
	}
	return port, nil
}
