package pgserver

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

// ForceSSL is how a server treats connections without TLS.
type ForceSSL int

const (
	// PlaintextAllowed takes connections with and without TLS, as RDS does
	// with rds.force_ssl = 0. It is the zero value.
	PlaintextAllowed ForceSSL = iota
	// PlaintextRejected has a hostnossl rule that rejects.
	PlaintextRejected
	// TLSOnly has hostssl rules and none for other connections, as RDS with
	// rds.force_ssl = 1.
	TLSOnly
)

// RoleMonitor is the group that a role joins to see everybody's sessions.
const RoleMonitor = "pg_monitor"

// Role is a user that may log in. None is a superuser, as in RDS.
type Role struct {
	Name string
	// Password is asked for by SCRAM; empty lets the user in without one.
	Password string
	// Monitor grants pg_monitor.
	Monitor bool
	// Master grants rds_superuser, which includes pg_monitor.
	Master bool
	// Replication allows walsender connections.
	Replication bool
	// IAM grants rds_iam: the server then asks for Password in clear text
	// and over TLS only, as RDS does for tokens.
	IAM bool
}

// Options of a server. The zero value is the newest version installed,
// without TLS and without users.
type Options struct {
	// Version wanted, "15" or "15.18"; empty is the newest.
	Version string
	// Installation to use instead of looking for one; zero looks.
	Installation Installation
	// Chain and key that the server presents; nil is a server without TLS.
	Chain *pki.Chain
	// ForceSSL is how connections without TLS are treated.
	ForceSSL ForceSSL
	// MinTLS and MaxTLS are ssl_min_protocol_version and
	// ssl_max_protocol_version, such as "TLSv1.2"; empty is the default.
	MinTLS, MaxTLS string
	// Ciphers is ssl_ciphers; empty is the default.
	Ciphers string
	// ClientCA is the PEM of the CAs whose client certificates the server
	// asks for and takes; empty asks for none.
	ClientCA []byte
	// Settings are further lines of postgresql.conf by parameter name.
	Settings map[string]string
	// HBA are lines before the server's own in pg_hba.conf.
	HBA []string
	// Roles and Databases are created at start. The database postgres is
	// always there.
	Roles     []Role
	Databases []string
	// Port to listen on; 0 is a free one.
	Port int
}

// quoteIdentifier and quoteLiteral are SQL's own quoting.
func quoteIdentifier(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
func quoteLiteral(s string) string    { return `'` + strings.ReplaceAll(s, `'`, `''`) + `'` }

// quoteSetting is postgresql.conf's quoting.
func quoteSetting(s string) string {
	return `'` + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(s) + `'`
}

// postgresqlConf is the whole configuration of an installation's server, in a
// fixed order.
func (o Options) postgresqlConf(i Installation, socketDir string, port int) string {
	minWAL := "2MB" // At least two segments.
	if !i.smallSegments() {
		minWAL = "32MB"
	}
	settings := map[string]string{ //nolint:gosec // "password_encryption" is no password.
		"listen_addresses": "127.0.0.1", "port": fmt.Sprint(port), "unix_socket_directories": socketDir,
		"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
		"shared_buffers": "16MB", "min_wal_size": minWAL, "max_wal_size": "64MB", "max_connections": "100",
		"password_encryption": "scram-sha-256", "log_connections": "on", "log_disconnections": "on",
		"log_line_prefix": "%t:%r:%u@%d:[%p]:", "log_timezone": "UTC", "timezone": "UTC",
	}
	if o.Chain != nil {
		settings["ssl"] = "on"
		settings["ssl_cert_file"], settings["ssl_key_file"] = certificateFile, keyFile
	}
	if len(o.ClientCA) > 0 {
		settings["ssl_ca_file"] = clientCAFile
	}
	for name, value := range map[string]string{
		"ssl_min_protocol_version": o.MinTLS, "ssl_max_protocol_version": o.MaxTLS, "ssl_ciphers": o.Ciphers,
	} {
		if value != "" {
			settings[name] = value
		}
	}
	maps.Copy(settings, o.Settings)
	lines := make([]string, 0, len(settings))
	for name, value := range settings {
		lines = append(lines, name+" = "+quoteSetting(value)+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// hba is pg_hba.conf. The superuser gets in by the socket only, whose folder
// is closed to other users.
func (o Options) hba() string {
	var lines []string
	host := "host"
	switch o.ForceSSL {
	case PlaintextAllowed:
	case PlaintextRejected:
		lines = append(lines, "hostnossl all all all reject")
	case TLSOnly:
		host = "hostssl"
	}
	local := []string{"local all " + Superuser + " trust"}
	local = append(local, o.HBA...)
	for _, r := range o.Roles {
		if r.Password != "" {
			continue
		}
		name := quoteIdentifier(r.Name)
		local = append(local, "local all "+name+" trust")
		lines = append(lines, host+" all "+name+" all trust", host+" replication "+name+" all trust")
	}
	local = append(local, "local all all scram-sha-256")
	lines = append(lines,
		"hostssl all +rds_iam all password",
		host+" all all all scram-sha-256", host+" replication all all scram-sha-256")
	return strings.Join(append(local, lines...), "\n") + "\n"
}

// groups are the roles that RDS has.
const groups = `
CREATE ROLE rds_superuser NOLOGIN CREATEDB CREATEROLE;
GRANT pg_monitor, pg_signal_backend TO rds_superuser WITH ADMIN OPTION;
CREATE ROLE rds_iam NOLOGIN;
CREATE ROLE rds_replication NOLOGIN;
`

// bootstrap is the SQL that makes the roles and databases.
func (o Options) bootstrap() []string {
	statements := []string{groups}
	for _, r := range o.Roles {
		name := quoteIdentifier(r.Name)
		create := "CREATE ROLE " + name + " LOGIN"
		if r.Replication {
			create += " REPLICATION"
		}
		if r.Password != "" {
			create += " PASSWORD " + quoteLiteral(r.Password)
		}
		statements = append(statements, create+";")
		for group, member := range map[string]bool{RoleMonitor: r.Monitor, "rds_superuser": r.Master, "rds_iam": r.IAM} {
			if member {
				statements = append(statements, "GRANT "+group+" TO "+name+";")
			}
		}
	}
	for _, name := range o.Databases {
		statements = append(statements, "CREATE DATABASE "+quoteIdentifier(name)+";")
	}
	return statements
}

var (
	errNoAccount = errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")
	errNoPlace   = errors.New("no folder that the server's account can reach")
)

// maxSocketDir leaves room for the socket's name in the 107 bytes that an
// address of a Unix-domain socket may have.
const maxSocketDir = 80

// account is whom the server runs as; nil is the user of this process.
type account struct{ uid, gid int }

// serverAccount returns another user where this process is root, because
// PostgreSQL refuses to run as root.
func serverAccount() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // Nil is the user of this process.
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.Atoi(found.Uid)
		gid, gidErr := strconv.Atoi(found.Gid)
		if uidErr == nil && gidErr == nil {
			return &account{uid: uid, gid: gid}, nil
		}
	}
	return nil, errNoAccount
}

// attributes start a process as the account, in a process group of its own so
// that a terminal's interrupt reaches only the process that owns the server.
func (a *account) attributes() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	if a != nil {
		attributes.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)} //nolint:gosec // User and group numbers are 32 bits wide.
	}
	return attributes
}

// own gives a file or folder to the account.
func (a *account) own(path string) error {
	if a == nil {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// ownAll gives a folder and all in it to the account.
func (a *account) ownAll(dir string) error {
	if a == nil {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return a.own(path)
	})
}

// workDir makes a folder with mode 0700 for one server, where its account can
// reach it and where a socket's path is short enough.
func (a *account) workDir() (string, error) {
	for _, base := range []string{os.TempDir(), "/var/cache", "/run"} {
		if len(base) > maxSocketDir || (a != nil && !reachable(base)) {
			continue
		}
		dir, err := os.MkdirTemp(base, "sslready-pg-")
		if err != nil {
			continue
		}
		if err := a.own(dir); err != nil {
			return "", fmt.Errorf("folder of the server: %w", err)
		}
		return dir, nil
	}
	return "", errNoPlace
}

// reachable reports whether every existing folder on the way to path may be
// passed by any user.
func reachable(path string) bool {
	for path = filepath.Clean(path); ; path = filepath.Dir(path) {
		info, err := os.Stat(path)
		if err == nil && info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if path == filepath.Dir(path) {
			return true
		}
	}
}
