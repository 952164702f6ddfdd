package deployment

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

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
// inspect looks through the whole image.
func ClientOf(files fs.FS, config Config, declared policy.Settings, inspect func() (*Deployment, error)) Client {
	c := &completion{Client: Client{Settings: declared}, declared: declared, files: files, inspect: inspect, scripts: map[string]bool{}, lambda: config.Lambda, folder: cmp.Or(config.WorkingDir, "/")}
	c.environment(environmentOf(config.Env))
	c.Settings.Properties = maps.Clone(declared.Properties)
	var err error
	if c.process, err = processOf(files, config, c.Settings.Environment); err != nil {
		c.unknown("it is not known which user the image's command runs as: %s", reason(err))
	}
	c.startup(config)
	c.pgbouncer(slices.Concat(config.Entrypoint, config.Cmd))
	c.versions()
	c.service()
	c.revocations()
	c.otherFiles()
	if !declared.StoreDeclared && c.Unknown == "" {
		c.store()
	}
	return c.Client
}

type completion struct {
	Client
	declared policy.Settings
	files    fs.FS
	inspect  func() (*Deployment, error)
	process  process
	folder   string            // where relative names start
	all      map[string]string // every variable of the image
	path     string            // PATH
	changes  string            // what the start changes in trust stores, in words
	scripts  map[string]bool   // those that were read
	lambda   bool              // the files are of AWS Lambda's archives
	// lambdaImage says that AWS Lambda runs an image.
	lambdaImage bool
}

func (c *completion) contradiction(format string, args ...any) {
	c.Contradictions = append(c.Contradictions, fmt.Sprintf(format, args...))
}

func (c *completion) unknown(format string, args ...any) {
	c.Unknown = cmp.Or(c.Unknown, fmt.Sprintf(format, args...))
}

// defaultPath is that of a container without PATH.
//
// Source: moby, pkg/containerfs and oci: DefaultPathEnvUnix.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// environment puts the image's variables below the declared ones.
func (c *completion) environment(image map[string]string) {
	c.all, c.path = image, cmp.Or(image["PATH"], defaultPath)
	merged := relevant(image)
	for name, value := range image {
		if _, kept := merged[name]; !kept && c.decides(name) && value != "" {
			c.unknown("the variable %s of the image contains a secret and is therefore not read: declare %s in \"environment\", without the secret", name, name)
		}
	}
	maps.Copy(merged, c.Settings.Environment)
	c.Settings.Environment = merged
}

// versions takes the driver's version, and that of what it runs on.
func (c *completion) versions() {
	found, err := c.inspect()
	if err != nil {
		c.unknown("the image cannot be searched: %v", err)
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
		c.contradiction("no %s was found in the image: this may be the wrong image, or the driver may be inside a bundle%s", c.Settings.Driver, found.unreadToo())
	case declared != "" && !slices.ContainsFunc(own, func(d Driver) bool { return d.Version == "" || sameVersion(d.Version, declared) }):
		c.contradiction("the declared driver_version is %q, but the image has %s", declared, listOf(own))
	case declared == "" && slices.ContainsFunc(own, func(d Driver) bool { return d.Version != own[0].Version || d.Runtime != own[0].Runtime }):
		c.contradiction("the image has several versions of the driver: %s. Declare the driver_version and runtime_version of the one that this client uses", listOf(own))
		return // The verdict is the one of all releases.
	}
	for _, d := range own {
		if declared != "" && d.Version != "" && !sameVersion(d.Version, declared) {
			continue
		}
		c.Settings.Version = cmp.Or(declared, d.Version)
		if d.Name != "pgx" && d.Name != "lib-pq" { // Their runtime is what built them.
			c.runtimeOf(found, d)
		}
		break
	}
}

// runtimeOf takes the version of what a driver runs on.
func (c *completion) runtimeOf(found *Deployment, d Driver) {
	if given := c.Settings.Runtime; given != "" && d.Runtime != "" && !strings.Contains(d.Runtime, given) && !strings.Contains(given, d.Runtime) {
		c.contradiction("the declared runtime_version is %q, but the image has %q", given, d.Runtime)
	}
	if several := found.severalOf(d); c.Settings.Runtime == "" && several != "" {
		c.contradiction("the image has several runtimes: %s. Declare the runtime_version of the one that runs this client", several)
		return
	}
	c.Settings.Runtime = cmp.Or(c.Settings.Runtime, d.Runtime)
}

// unreadToo says that what is not seen may lie in what could not be read.
func (d *Deployment) unreadToo() string {
	if len(d.Unread) == 0 {
		return ""
	}
	more := ""
	if n := len(d.Unread) - 1; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return ", or in a part of the image that could not be read: " + d.Unread[0].Path + more
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
