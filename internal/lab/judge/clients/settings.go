// Package clients puts the same cases to the prediction and to the real
// clients, and compares what they say.
//
// A case is a setting template of a driver, a kind of trust store, a kind of
// server and a user. Reality is either asked now ([Run]) or replayed from
// what was recorded before ([Replay]).
package clients

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// Settings are the setting templates of one driver.
type Settings struct {
	// Driver is the driver's name.
	Driver string `json:"driver"`
	// DefaultFile is the driver's default root file below the home
	// directory; empty is .postgresql/root.crt.
	DefaultFile string `json:"default_file"`
	// Templates in the order of the file.
	Templates []Template `json:"settings"`
}

// Template is a client's settings with placeholders: {host}, {port}, {user},
// {root}, {rooturi} and {home}.
type Template struct {
	// ID is unique in its file.
	ID          string            `json:"id"`
	Connection  string            `json:"connection"`
	Environment map[string]string `json:"environment"`
	Properties  map[string]string `json:"properties"`
	// Place is where the store lies, as the prediction is told.
	Place policy.Place `json:"place"`
	// Stores, Servers, Hosts and Users narrow the cases; "*" and nothing at
	// all are everything. "keystores" are the stores of Java.
	Stores  []string `json:"stores"`
	Servers []string `json:"servers"`
	Hosts   []string `json:"hosts"`
	Users   []string `json:"users"`
	// DriverVersions and RuntimeVersions narrow the judges: a version, or the
	// start of one up to a dot.
	DriverVersions  []string `json:"driver_versions"`
	RuntimeVersions []string `json:"runtime_versions"`
	// Password opens the store; nil is none.
	Password *string `json:"password"`
	// HostLiteral is the host that the prediction is told, where it is not
	// the one of the connection.
	HostLiteral string `json:"host_literal"`
	// Indeterminate says that a prediction is not owed, for Reason.
	Indeterminate bool   `json:"indeterminate"`
	Reason        string `json:"reason"`
}

// ErrSettings is returned for a settings file that says something twice or
// not at all.
var ErrSettings = errors.New("invalid settings file")

// LoadSettings reads the settings file of one driver from a folder.
//
// The error is [ErrSettings] for content that makes no sense; a missing file
// is an error that [errors.Is] takes for [os.ErrNotExist].
func LoadSettings(dir, name string) (Settings, error) {
	content, err := os.ReadFile(filepath.Join(dir, name+".json"))
	if err != nil {
		return Settings{}, fmt.Errorf("settings of %s: %w", name, err)
	}
	var s Settings
	if err := json.Unmarshal(content, &s); err != nil {
		return Settings{}, fmt.Errorf("%w: %s: %w", ErrSettings, name, err)
	}
	if s.DefaultFile == "" {
		s.DefaultFile = filepath.Join(".postgresql", "root.crt")
	}
	seen := map[string]bool{}
	for _, t := range s.Templates {
		switch {
		case t.ID == "" || seen[t.ID] || strings.Contains(t.ID, "/"):
			return Settings{}, fmt.Errorf("%w: %s: id %q is empty, repeated or has a slash", ErrSettings, name, t.ID)
		case t.Indeterminate && t.Reason == "":
			return Settings{}, fmt.Errorf("%w: %s: %s is indeterminate without a reason", ErrSettings, name, t.ID)
		}
		seen[t.ID] = true
	}
	return s, nil
}

// names says whether the template says itself where the store lies.
func (t Template) namesRoot() bool {
	holds := func(s string) bool { return strings.Contains(s, "{root}") || strings.Contains(s, "{rooturi}") }
	if holds(t.Connection) {
		return true
	}
	for _, m := range []map[string]string{t.Environment, t.Properties} {
		for _, v := range m {
			if holds(v) {
				return true
			}
		}
	}
	return false
}

// applies says whether the template is for a version of driver and runtime.
func (t Template) applies(version, runtime string) bool {
	return versionIn(t.DriverVersions, version) && versionIn(t.RuntimeVersions, runtime)
}

func versionIn(list []string, version string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(want string) bool {
		return version == want || strings.HasPrefix(version, want+".")
	})
}
