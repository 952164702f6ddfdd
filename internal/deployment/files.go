package deployment

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// namedPath finds what may be the name of a file in a setting.
var namedPath = regexp.MustCompile(`/[^\s'"\x60;&?=,()<>]+`)

// mostFiles bounds how many files of one client are looked up.
const mostFiles = 64

// defaultFiles are those that drivers look for below the home directory.
var defaultFiles = []string{".postgresql/postgresql.crt", ".postgresql/postgresql.key"}

// otherFiles are the files that the settings may name, and the default ones: each is
// there or is not. What is declared counts.
func (c *completion) otherFiles() {
	found := maps.Clone(c.Settings.Files)
	if found == nil {
		found = policy.Files{}
	}
	for _, name := range c.fileNames() {
		if _, declared := found[name]; declared || len(found) >= mostFiles {
			continue
		}
		found[name] = c.file(name)
	}
	c.Settings.Files = found
}

func (c *completion) fileNames() []string {
	values := append(slices.Sorted(maps.Values(c.Settings.Properties)), slices.Sorted(maps.Values(c.Settings.Environment))...)
	var names []string
	for _, value := range append(values, c.Settings.Connection, conninfo.LenientUnescape(c.Settings.Connection, false)) {
		names = append(names, namedPath.FindAllString(value, mostFiles)...)
	}
	if c.process.home != "" {
		for _, name := range defaultFiles {
			names = append(names, path.Join(c.process.home, name))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (c *completion) file(name string) policy.File {
	if c.bareHome() && strings.HasPrefix(name, c.process.home+"/") {
		return policy.File{Absent: true}
	}
	info, err := fs.Stat(c.files, name[1:])
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		return policy.File{Absent: true}
	case err != nil:
		return policy.File{Unavailable: reason(err)}
	case info.IsDir():
		return policy.File{Unavailable: "it is a directory"}
	}
	content, err := c.read(name)
	if err != nil {
		return policy.File{Unavailable: reason(err)}
	}
	return policy.File{Content: content, Mode: int(info.Mode().Perm())}
}
