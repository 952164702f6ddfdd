// Package region is an AWS Region on loopback: an RDS API stand-in, and behind
// each DB instance a real PostgreSQL that presents the certification path of
// its CA.
package region

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// Host is the endpoint of every DB instance.
const Host = "localhost"

// Region is a running Region. Stop ends all of it.
type Region struct {
	// API is the stand-in: its state, faults and recorded requests.
	API *rdsserver.Server
	// URL is the endpoint of the RDS and STS APIs.
	URL string
	// CAs issue the certificates.
	CAs *pki.Region

	ctx     context.Context //nolint:containedctx // Servers live as long as the Region, not as long as an API call.
	stop    func()
	options pgserver.Options

	mu      sync.Mutex
	servers map[string]*pgserver.Server
	cuts    map[string][]int // where a log file of a server ended
}

var errNoServer = errors.New("no server is behind the DB instance")

// Start starts a Region without DB instances. Servers take their roles,
// databases and version from options; chain and force_ssl follow the API.
func Start(ctx context.Context, name string, options pgserver.Options) (*Region, error) {
	ctx, cancel := context.WithCancel(ctx)
	r := &Region{CAs: pki.NewRegion(name, pki.Today()), ctx: ctx, options: options, servers: map[string]*pgserver.Server{}, cuts: map[string][]int{}}
	r.API = rdsserver.New(rdsserver.Options{Region: name, Hooks: rdsserver.Hooks{
		OnCASwitch: r.switchCA, OnCreate: r.create, OnDelete: r.remove, LogFiles: r.logFiles,
	}})
	for _, id := range pki.CAIdentifiers() {
		root, err := r.CAs.Root(id, pki.Options{})
		if err != nil {
			cancel()
			return nil, err
		}
		r.API.PutCertificate(rdsserver.Certificate{
			Identifier: id, Thumbprint: pki.Thumbprint(root), ValidFrom: root.NotBefore, ValidTill: root.NotAfter,
		})
	}
	url, stop, err := r.API.Start(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	r.URL = url
	r.stop = func() { stop(); cancel() }
	return r, nil
}

// Stop ends the API and all servers, and removes their data.
func (r *Region) Stop() error {
	r.stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, server := range r.servers {
		errs = append(errs, server.Stop())
	}
	return errors.Join(errs...)
}

// Launch adds a DB instance with a running server, as if it had always been
// there.
func (r *Region) Launch(instance rdsserver.Instance) error {
	host, port, err := r.create(instance)
	if err != nil {
		return err
	}
	instance.Host, instance.Port = host, port
	r.API.PutInstance(instance)
	return nil
}

// Server returns the PostgreSQL behind a DB instance, or nil.
func (r *Region) Server(identifier string) *pgserver.Server {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.servers[identifier]
}

// RootPEM returns the Region's root certificates of some CAs.
func (r *Region) RootPEM(caIdentifiers ...string) ([]byte, error) {
	var roots []byte
	for _, id := range caIdentifiers {
		root, err := r.CAs.Root(id, pki.Options{})
		if err != nil {
			return nil, err
		}
		roots = append(roots, pki.PEM(root)...)
	}
	return roots, nil
}

func (r *Region) chain(caIdentifier string) (*pki.Chain, error) {
	return r.CAs.Chain(caIdentifier, pki.Options{
		DNSNames: []string{Host}, IPs: []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.IPv6Loopback()},
	})
}

func (r *Region) create(instance rdsserver.Instance) (string, int, error) {
	ca := instance.CAIdentifier
	if ca == "" {
		ca = pki.CAIdentifiers()[0]
	}
	chain, err := r.chain(ca)
	if err != nil {
		return "", 0, err
	}
	options := r.options
	options.Chain = chain
	server, err := pgserver.Start(r.ctx, options)
	if err != nil {
		return "", 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.servers[instance.Identifier] = server
	return Host, server.Port(), nil
}

func (r *Region) remove(identifier string) error {
	server := r.Server(identifier)
	if server == nil {
		return nil
	}
	r.mu.Lock()
	delete(r.servers, identifier)
	r.mu.Unlock()
	return server.Stop()
}

func (r *Region) switchCA(identifier, caIdentifier string) error {
	server := r.Server(identifier)
	if server == nil {
		return errNoServer
	}
	chain, err := r.chain(caIdentifier)
	if err != nil {
		return err
	}
	return server.SwapChain(r.ctx, chain)
}

// SwitchCA gives a DB instance another CA at once, as a change that is applied
// immediately does.
func (r *Region) SwitchCA(identifier, caIdentifier string) error {
	if err := r.switchCA(identifier, caIdentifier); err != nil {
		return err
	}
	instance, exists := r.API.Instance(identifier)
	if !exists {
		return errNoServer
	}
	instance.CAIdentifier, instance.PendingCA = caIdentifier, ""
	r.API.PutInstance(instance)
	return nil
}

// logFiles are the files of the real server behind a DB instance. Its log is
// one file; what was written before RotateLog counts as an hour older for each
// call.
func (r *Region) logFiles(identifier string) []rdsserver.LogFile {
	r.mu.Lock()
	defer r.mu.Unlock()
	server := r.servers[identifier]
	if server == nil {
		return nil
	}
	content, err := os.ReadFile(server.LogFile())
	if err != nil {
		return nil
	}
	cuts := r.cuts[identifier]
	hour := time.Now().UTC().Truncate(time.Hour)
	var files []rdsserver.LogFile
	start := 0
	for i, end := range append(slices.Clone(cuts), len(content)) {
		began := hour.Add(-time.Duration(len(cuts)-i) * time.Hour)
		files = append(files, rdsserver.LogFile{
			Name: "error/postgresql.log." + began.Format("2006-01-02-15"), LastWritten: time.Now().UTC(), Content: string(content[start:end]),
		})
		start = end
	}
	return files
}

// RotateLog ends the present log file of a DB instance: what its server writes
// from now on is in another.
func (r *Region) RotateLog(identifier string) error {
	server := r.Server(identifier)
	if server == nil {
		return errNoServer
	}
	info, err := os.Stat(server.LogFile())
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cuts[identifier] = append(r.cuts[identifier], int(info.Size()))
	return nil
}
