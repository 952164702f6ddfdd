package deployment

import (
	"bytes"
	"encoding/pem"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// store finds the trust store where the driver looks: in the file that its
// settings name, else in its default root file, else in the store of the
// system or the runtime.
func (c *completion) store() {
	names := c.names()
	if len(names) > 1 {
		c.unknown("the client may read any of %s: which one depends on settings that are not declared", strings.Join(names, ", "))
	} else if len(names) == 1 {
		c.named(names[0])
	} else if c.looks(policy.PlaceHome, func(p policy.Policy) bool { return p.Anchors.Path == "" }) {
		c.home()
	}
	if c.StorePath != "" || c.Unknown != "" {
		return
	}
	for _, p := range c.possible(policy.PlaceSystem) {
		if p.Anchors.Source == policy.Declared && p.ReadsStore() && !c.extra(p.Anchors.Path) {
			c.system(p.Profile.Validator)
			return
		}
	}
	c.systemOfNode()
}

// possible are the policies with a store in a place.
func (c *completion) possible(place policy.Place) []policy.Policy {
	there := c.Settings
	there.StoreDeclared, there.StorePlace = true, place
	return driver.Resolve(there).Possible()
}

// looks says whether the driver may find a store in a place.
func (c *completion) looks(place policy.Place, which func(policy.Policy) bool) bool {
	return slices.ContainsFunc(c.possible(place), func(p policy.Policy) bool {
		return p.Anchors.Source == policy.Declared && p.Anchors.Content == nil && which(p)
	})
}

// names are the files that the settings name. What SSL_CERT_FILE names is the
// system's store, beside which OpenSSL reads a folder, and so is the word
// system.
func (c *completion) names() []string {
	var names []string
	c.looks(policy.PlaceAuto, func(p policy.Policy) bool {
		name := p.Anchors.Path
		if name != "" && name != "system" && !c.systems(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
		return false
	})
	return names
}

// systems says whether a file is the system's store and is not named as a root
// file as well: without it, the driver would take the system's store.
func (c *completion) systems(name string) bool {
	return c.runtime() != "node" && name == c.Settings.Environment["SSL_CERT_FILE"] && slices.ContainsFunc(driver.Resolve(c.Settings).Possible(), func(p policy.Policy) bool {
		return p.Anchors.Source == policy.SystemStore
	})
}

// extra says whether a file is the one that Node adds to its roots.
func (c *completion) extra(name string) bool {
	return c.runtime() == "node" && name != "" && name == c.Settings.Environment["NODE_EXTRA_CA_CERTS"]
}

// named looks for the file that the settings name.
func (c *completion) named(name string) {
	if strings.HasPrefix(name, "~") || strings.ContainsAny(name, "$()`") || strings.Contains(name, "://") || strings.HasPrefix(name, "classpath:") ||
		strings.HasPrefix(name, "file:") || strings.HasPrefix(name, "process.env") {
		c.unknown("the settings refer to %q, which cannot be looked up in an image", name)
		return
	}
	where := c.absolute(name)
	if c.lookedUp(where, policy.PlaceAuto) {
		return
	}
	if where == name {
		c.contradiction("the settings refer to %q, which is not in the image", name)
	} else {
		c.contradiction("the settings refer to %q, but the image has no file %s", name, where)
	}
	if !slices.ContainsFunc(driver.Resolve(c.Settings).Possible(), policy.Policy.Verifies) && slices.ContainsFunc(c.possible(policy.PlaceAuto), policy.Policy.Verifies) {
		// Without the file the client verifies nothing, and connects.
		c.unknown("%s is not in the image: if it comes from a volume or is created at startup, declare it as trust_store; otherwise remove it from the settings", where)
	}
}

// home looks for the driver's default root file.
func (c *completion) home() {
	if c.bareHome() {
		return
	}
	if c.process.home == "" {
		c.unknown("the home directory of the image's user is not known")
		return
	}
	place := policy.PlaceAuto
	if !c.looks(place, func(p policy.Policy) bool { return p.Anchors.Path == "" }) || c.Settings.NamesStoreOfOthers() || c.Settings.Environment["SSL_CERT_DIR"] != "" {
		place = policy.PlaceHome
	}
	c.lookedUp(path.Join(c.process.home, ".postgresql/root.crt"), place)
}

// lookedUp takes a file, and says whether it is there.
func (c *completion) lookedUp(where string, place policy.Place) bool {
	content, err := c.read(where)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err != nil {
		c.unknown("%s cannot be read: %s", where, reason(err))
		return true
	}
	if why := c.process.mayNot(c.files, inside(where)); why != "" {
		c.contradiction("the client's trust store is %s, but %s", where, why)
		c.unknown("%s exists, but %s", where, why)
		return true
	}
	c.found(where, content, place)
	return true
}

func (c *completion) found(where string, content []byte, place policy.Place) {
	c.StorePath, c.Store = where, content
	c.Settings.StoreDeclared, c.Settings.StorePlace = true, place
}

// read reads a file, or the certificates of a folder.
func (c *completion) read(name string) ([]byte, error) {
	name = inside(name)
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

// usedBy is whose trust store a driver takes by itself. Empty is one that is
// not known.
func usedBy(name string, v certpath.Validator) string {
	switch {
	case name == "npgsql":
		return useDotNet
	case driver.RuntimeOf(name) == "node":
		return ""
	}
	return map[certpath.Validator]string{certpath.OpenSSL: useOpenSSL, certpath.Java: useJVM, certpath.Go: useGo}[v]
}

// system takes the system's or the JVM's store.
func (c *completion) system(v certpath.Validator) {
	use := usedBy(c.Settings.Driver, v)
	found, err := c.inspect()
	switch {
	case c.lambda:
		c.unknown("the client trusts the store of AWS Lambda's runtime, which none of the archives contains")
	case err != nil:
		c.unknown("the image cannot be searched: %v", err)
	case use == "":
		c.unknown("it is not known which store of the system the client's TLS library uses: declare trust_store with place = \"system\"")
	case c.changes != "":
		c.unknown("%s: declare trust_store with place = \"system\" and with the content that the system's store has once the container has started", c.changes)
	default:
		if why := found.doubtOf(use, c.Settings.Driver); why != "" {
			c.unknown("%s", why)
			return
		}
		c.take(found, use)
	}
}

// doubtOf says why it is not known what lies where a driver looks for the
// system's store; empty is no doubt.
func (d *Deployment) doubtOf(use, name string) string {
	seen := false
	for _, own := range d.Drivers {
		if own.Name == name && own.Carries {
			return own.Path + " brings its own OpenSSL, and it is not known where this OpenSSL looks for trust stores"
		}
		seen = seen || own.Name == name
	}
	for _, u := range d.Unread {
		if slices.Contains(u.Uses, use) {
			return u.Path + " cannot be read: " + u.Reason
		}
	}
	switch {
	case !seen:
		return "no " + name + " was found in the image, so it is not known where the client looks for its trust store: declare trust_store"
	case use == useJVM && d.Java == "":
		return "it is not known which Java runtime of the image runs the client"
	case (use == useOpenSSL || use == useDotNet) && d.OpenSSLDir == "":
		return "it is not known where the client looks for trust stores: the image has no system OpenSSL, more than one, or one whose directory is not known"
	}
	return ""
}

// take reads the stores of a use.
func (c *completion) take(found *Deployment, use string) {
	var all bytes.Buffer
	var names []string
	for _, s := range found.Stores {
		if !slices.Contains(s.Uses, use) || use == useJVM && !strings.HasPrefix(s.Path, found.Java+"/") {
			continue
		}
		if s.Format == "directory" {
			folder, err := (&search{files: c.files}).certificates(inside(s.Path), wantedBy(use))
			if err != nil {
				c.unknown("%s cannot be read: %s", s.Path, reason(err))
				return
			}
			if writeAll(&all, folder, use); c.barred(s.Path, slices.Sorted(maps.Keys(folder))...) {
				return
			}
			names = append(names, s.Path)
			continue
		}
		content, err := c.read(s.Path)
		if err != nil {
			c.unknown("%s cannot be read: %s", s.Path, reason(err))
			return
		}
		if c.barred(s.Path) {
			return
		}
		if use == useJVM {
			c.found(s.Path, content, policy.PlaceSystem)
			return
		}
		names = append(names, s.Path)
		all.Write(content)
		all.WriteByte('\n')
	}
	if len(names) > 0 {
		c.found(strings.Join(names, " and "), all.Bytes(), policy.PlaceSystem)
	}
}

// barred says whether the user may not read the system's store, or one of the
// files of that folder.
func (c *completion) barred(store string, files ...string) bool {
	for _, file := range append([]string{""}, files...) {
		if why := c.process.mayNot(c.files, inside(store+"/"+file)); why != "" {
			c.contradiction("the system's trust store is %s, but %s", store, why)
			c.unknown("%s exists, but %s", store, why)
			return true
		}
	}
	return false
}

// writeAll writes a folder's certificates as PEM, each once. OpenSSL takes one
// only under the hash of its subject.
func writeAll(out *bytes.Buffer, folder map[string][]byte, use string) {
	written := map[string]bool{}
	for name, content := range folder {
		for _, block := range certificatesOf(content) {
			if written[string(block)] || use == useOpenSSL && !underItsHash(name, block) {
				continue
			}
			written[string(block)] = true
			_ = pem.Encode(out, &pem.Block{Type: "CERTIFICATE", Bytes: block}) // A buffer takes everything.
		}
	}
}

// systemOfNode: a distribution's Node may be built to trust its system's store.
//
// AWS Lambda's Node up to 18 adds Amazon's roots by itself.
//
// Source: AWS Lambda, "Building Lambda functions with Node.js", CA certificate
// loading.
func (c *completion) systemOfNode() {
	if c.runtime() != "node" || !slices.ContainsFunc(driver.Resolve(c.Settings).Possible(), func(p policy.Policy) bool { return p.Anchors.Source == policy.SystemStore && p.Verifies() }) {
		return
	}
	if c.lambda || c.lambdaImage {
		c.unknown("on AWS Lambda, Node up to 18 trusts the RDS roots by default, and later versions do not: in the settings, name a file with the roots")
		return
	}
	found, err := c.inspect()
	if err != nil {
		return // versions has said so.
	}
	packaged := slices.ContainsFunc(found.Runtimes, func(r Runtime) bool { return r.Name == "node" && listed(r.Path) })
	for _, s := range found.Stores {
		if packaged && len(s.Held) > 0 && slices.Contains(s.Uses, useOpenSSL) {
			c.unknown("whether the distribution's Node trusts the system's store (%s) depends on how Node was built", s.Path)
		}
	}
}
