package deployment

import (
	"bytes"
	"cmp"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// Client is what a client's declaration and its image say together.
type Client struct {
	// Settings are the declared ones, completed by the image.
	Settings policy.Settings
	// Store is the trust store that the client finds, where
	// Settings.StoreDeclared is set by the image.
	Store []byte
	// StorePath is where it lies; empty where the client finds none.
	StorePath string
	// Unknown says why it is not known what the client finds; empty where it
	// is.
	Unknown string
	// Contradictions say where the declaration and the image do not agree.
	Contradictions []string
}

// ClientOf completes a declared client by what its image holds. What is
// declared counts. A store that is declared is not looked for.
//
// inspect looks through the whole image; it is called where that is needed: for
// a version that is not declared, or for the system's trust store.
func ClientOf(files fs.FS, config Config, declared policy.Settings, inspect func() (*Deployment, error)) Client {
	c := &completion{Client: Client{Settings: declared}, files: files, inspect: inspect, lambda: config.Lambda}
	process := &search{files: files, environment: environmentOf(config.Env)}
	c.home, c.folder = process.home(config), cmp.Or(config.WorkingDir, "/")
	c.environment(process.environment)
	c.versions()
	c.otherFiles()
	if !declared.StoreDeclared && c.Unknown == "" {
		c.store()
	}
	return c.Client
}

type completion struct {
	Client
	files        fs.FS
	inspect      func() (*Deployment, error)
	home, folder string
	lambda       bool
}

func (c *completion) contradiction(format string, args ...any) {
	c.Contradictions = append(c.Contradictions, fmt.Sprintf(format, args...))
}

func (c *completion) unknown(format string, args ...any) {
	c.Unknown = cmp.Or(c.Unknown, fmt.Sprintf(format, args...))
}

// environment puts the image's variables below the declared ones.
func (c *completion) environment(image map[string]string) {
	merged := relevant(image)
	maps.Copy(merged, c.Settings.Environment)
	c.Settings.Environment = merged
}

// versions takes the driver's version, and that of what it runs on.
func (c *completion) versions() {
	found, err := c.inspect()
	if err != nil {
		c.unknown("the image cannot be looked through: %v", err)
		return
	}
	var own []Driver
	for _, d := range found.Drivers {
		if d.Name == c.Settings.Driver {
			own = append(own, d)
		}
	}
	declared := c.Settings.Version
	switch {
	case len(own) == 0:
		c.contradiction("the image has no %s that can be seen: it may be another image, or the driver is built into a bundle", c.Settings.Driver)
	case declared != "" && !slices.ContainsFunc(own, func(d Driver) bool { return d.Version == "" || sameVersion(d.Version, declared) }):
		c.contradiction("driver_version is %q, and the image has %s", declared, listOf(own))
	case declared == "" && slices.ContainsFunc(own, func(d Driver) bool { return d.Version != own[0].Version || d.Runtime != own[0].Runtime }):
		c.contradiction("the image has several: %s", listOf(own))
		c.unknown("the image has %s: declare driver_version, and runtime_version, of the one that this client uses", listOf(own))
	}
	for _, d := range own {
		if declared != "" && d.Version != "" && !sameVersion(d.Version, declared) {
			continue
		}
		c.Settings.Version = cmp.Or(declared, d.Version)
		if d.Name != "pgx" && d.Name != "lib-pq" { // Their runtime is what built them.
			if given := c.Settings.Runtime; given != "" && d.Runtime != "" && !strings.Contains(d.Runtime, given) && !strings.Contains(given, d.Runtime) {
				c.contradiction("runtime_version is %q, and the image has %q", given, d.Runtime)
			}
			c.Settings.Runtime = cmp.Or(c.Settings.Runtime, d.Runtime)
		}
		break
	}
}

// sameVersion takes "42.7" for "42.7.4": the shorter one leaves the rest open.
func sameVersion(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return a == b || strings.HasPrefix(b, a+".")
}

func listOf(drivers []Driver) string {
	var all []string
	for _, d := range drivers {
		all = append(all, strings.TrimSpace(d.Name+" "+d.Version)+" ("+d.Path+")")
	}
	return strings.Join(all, ", ")
}

// store finds the trust store where the driver looks.
func (c *completion) store() {
	there := c.Settings
	there.StoreDeclared = true
	var names []string
	for _, p := range driver.Resolve(there).Possible() {
		if p.Anchors.Source == policy.Declared && p.Anchors.Content == nil && !slices.Contains(names, p.Anchors.Path) {
			names = append(names, p.Anchors.Path)
		}
	}
	switch len(names) {
	case 0:
	case 1:
		c.named(names[0])
	default:
		c.unknown("the client may read any of %s, by what is not declared", strings.Join(names, ", "))
	}
	if c.StorePath != "" || c.Unknown != "" {
		return
	}
	for _, p := range driver.Resolve(c.Settings).Possible() {
		if p.Anchors.Source == policy.SystemStore {
			c.system(p.Profile.Validator)
			return
		}
	}
}

// named looks for the file that the settings name, or for the driver's default
// one.
func (c *completion) named(name string) {
	where := name
	switch {
	case name == "" && c.home == "":
		c.unknown("the home directory of the image's user is not known")
		return
	case name == "":
		where = path.Join(c.home, ".postgresql/root.crt")
	case strings.HasPrefix(name, "~") || strings.Contains(name, "${") || strings.Contains(name, "://") || strings.HasPrefix(name, "classpath:") || strings.HasPrefix(name, "file:"):
		c.unknown("the settings name %q, which is not looked up in an image", name)
		return
	case !strings.HasPrefix(name, "/"):
		where = path.Join(c.folder, name)
	}
	content, err := c.read(where)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if name != "" {
			c.contradiction("the settings name %q, which is not in the image (%s)", name, where)
		}
	case err != nil:
		c.unknown("%s cannot be read: %s", where, reason(err))
	default:
		c.found(where, content, policy.PlaceAuto)
	}
}

func (c *completion) found(where string, content []byte, place policy.Place) {
	c.StorePath, c.Store = where, content
	c.Settings.StoreDeclared, c.Settings.StorePlace = true, place
}

// read reads a file, or the certificates of a folder.
func (c *completion) read(name string) ([]byte, error) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	info, err := fs.Stat(c.files, name)
	if err != nil {
		return nil, err
	}
	s := &search{files: c.files}
	if !info.IsDir() {
		return s.read(name, info, maxStore)
	}
	folder, err := s.certificates(name, func(string) bool { return true })
	if err != nil {
		return nil, err
	}
	return folder.Archive(), nil
}

// usedBy is whose trust store a driver's validator takes by itself. Node brings
// its own roots, which hold none of RDS.
func usedBy(name string, v certpath.Validator) string {
	if runsOn[name] == "node" {
		return ""
	}
	switch v {
	case certpath.OpenSSL, certpath.SChannel:
		return "openssl"
	case certpath.Java:
		return "jvm"
	case certpath.Go:
		return "go"
	case certpath.WebPKI:
	}
	return ""
}

// system takes the system's or the JVM's store.
func (c *completion) system(v certpath.Validator) {
	if c.lambda {
		c.unknown("the client trusts the store of AWS Lambda's runtime, which is in no archive")
		return
	}
	use := usedBy(c.Settings.Driver, v)
	found, err := c.inspect()
	if err != nil || use == "" {
		if err != nil {
			c.unknown("the image cannot be looked through: %v", err)
		}
		return
	}
	for _, d := range found.Drivers {
		if d.Name == c.Settings.Driver && strings.HasSuffix(d.Package, "-binary") {
			c.unknown("%s brings its own OpenSSL, whose folder of trust stores is not known", d.Package)
			return
		}
	}
	var stores []Store
	for _, s := range found.Stores {
		if slices.Contains(s.Uses, use) {
			stores = append(stores, s)
		}
	}
	for _, u := range found.Unread {
		if strings.Contains(u.Path, "cert") {
			c.unknown("%s cannot be read: %s", u.Path, u.Reason)
			return
		}
	}
	switch {
	case len(stores) == 0:
	case use == "jvm" && len(stores) > 1:
		c.unknown("the image has several Java runtimes (%s, %s): which one runs the client is not known", stores[0].Path, stores[1].Path)
	case len(stores) == 1 && stores[0].Format != "directory":
		content, err := c.read(stores[0].Path)
		if err != nil {
			c.unknown("%s cannot be read: %s", stores[0].Path, reason(err))
			return
		}
		c.found(stores[0].Path, content, policy.PlaceSystem)
	default:
		c.together(stores)
	}
}

// together makes one PEM file of what OpenSSL reads: a file, and a folder.
func (c *completion) together(stores []Store) {
	var all bytes.Buffer
	var names []string
	for _, s := range stores {
		name := strings.TrimPrefix(s.Path, "/")
		names = append(names, s.Path)
		if s.Format != "directory" {
			content, err := c.read(s.Path)
			if err != nil {
				c.unknown("%s cannot be read: %s", s.Path, reason(err))
				return
			}
			all.Write(content)
			all.WriteByte('\n')
			continue
		}
		folder, err := (&search{files: c.files}).certificates(name, hashed)
		if err != nil {
			c.unknown("%s cannot be read: %s", s.Path, reason(err))
			return
		}
		for _, content := range folder {
			for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
				_ = pem.Encode(&all, block) // A buffer takes everything.
			}
		}
	}
	c.found(strings.Join(names, " and "), all.Bytes(), policy.PlaceSystem)
}
