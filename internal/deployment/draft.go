package deployment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Draft is a client as its owner would declare it.
type Draft struct {
	// Name of the client: the driver's, with a number where there are several.
	Name          string
	Driver        string
	DriverVersion string
	// Configuration is the client as an attribute of clients, in HCL.
	Configuration string
}

// Drafts returns a client for each driver; source is the argument that names
// the image, such as `image = "app:1"`. libpq alone is left out where something
// that is built on it was found.
func (d *Deployment) Drafts(source string) []Draft {
	built := slices.ContainsFunc(d.Drivers, func(f Driver) bool { return f.Name != "libpq" && libpqBased(f.Name) })
	var drafts []Draft
	count := map[string]int{}
	for _, found := range d.Drivers {
		if found.Name == "libpq" && built {
			continue
		}
		count[found.Name]++
		name := strings.ReplaceAll(strings.ReplaceAll(found.Name, "-", "_"), ".", "_")
		if n := count[found.Name]; n > 1 {
			name += "_" + strconv.Itoa(n)
		}
		drafts = append(drafts, Draft{Name: name, Driver: found.Name, DriverVersion: found.Version, Configuration: fmt.Sprintf(
			"%s = {\n  driver     = %q\n  %s\n  connection = \"\" # what the application passes to its driver; \"\" means the driver's defaults\n  # from the image: %s\n}\n",
			name, found.Name, source, found.summary())})
	}
	return drafts
}

// summary is one line about a driver. What another wrote is quoted.
func (f Driver) summary() string {
	text := strings.TrimSpace(f.Name + " " + f.Version)
	if f.Runtime != "" {
		text += " on " + f.Runtime
	}
	return fmt.Sprintf("%.80q at %q", text, f.Path)
}
