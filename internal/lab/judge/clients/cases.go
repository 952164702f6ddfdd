// Package clients puts the same cases to the prediction and to the real
// clients, and compares what they say.
//
// A case is a setting template of a driver, a kind of trust store, a kind of
// server and a user. Reality is either asked now ([Run]) or replayed from
// what was recorded before ([Replay]).
package clients

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
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
	// Place is where the store is, as declared for the prediction.
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
	// HostLiteral is the host declared for the prediction, where it is not
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

// Case is one combination to be predicted and judged.
type Case struct {
	Template Template
	Store    string // kind of trust store
	Server   string // kind of server
	User     string // what the server enforces: see [Users]
	Host     string // how the client calls the server
}

// ID names the case; it is the same in every run.
func (c Case) ID() string {
	return strings.Join([]string{c.Template.ID, c.Store, c.Server, c.User, c.Host}, "/")
}

// Users are the roles of each server: for open it takes plaintext and TLS,
// for hostssl TLS alone, for rejected it turns plaintext away by a rule of
// its own.
func Users() []string { return []string{"open", "hostssl", "rejected"} }

// Names that a client can call a server by.
var hosts = []string{"localhost", "127.0.0.1"}

const fullServer = "full"

// coreStores meet every kind of server; the others meet the usual one only.
var coreStores = []string{"absent", "root", "other_root", "subordinate", "root_and_subordinate"}

// nameServers differ in the names of their certificate.
var nameServers = []string{fullServer, "wrong_name", "cn_only", "ip_san"}

// Expand returns the cases of a driver's settings for one version of it, each
// once, in the order of their IDs.
func Expand(s Settings, version, runtime string) []Case {
	var cases []Case
	for _, t := range s.Templates {
		if t.applies(version, runtime) {
			cases = append(cases, t.cases()...)
		}
	}
	slices.SortFunc(cases, func(a, b Case) int { return cmp.Compare(a.ID(), b.ID()) })
	return slices.CompactFunc(cases, func(a, b Case) bool { return a.ID() == b.ID() })
}

// cases varies one thing at a time around the usual server, and the core
// stores with every server: all combinations would be too many to run.
func (t Template) cases() []Case {
	stores := narrow(t.Stores, StoreKinds(), map[string][]string{"keystores": KeyStoreKinds()})
	servers := narrow(t.Servers, ServerKinds(), nil)
	names := narrow(t.Hosts, hosts, nil)
	users := narrow(t.Users, Users(), nil)
	core := intersect(stores, coreStores)
	if len(core) == 0 {
		core = stores[:min(len(stores), 3)]
	}
	main := servers[:1]
	if slices.Contains(servers, fullServer) {
		main = []string{fullServer}
	}

	var cases []Case
	add := func(stores, servers, users, hosts []string) {
		for _, store := range stores {
			for _, server := range servers {
				for _, user := range users {
					for _, host := range hosts {
						cases = append(cases, Case{Template: t, Store: store, Server: server, User: user, Host: host})
					}
				}
			}
		}
	}
	usual := without(users, "rejected")
	add(stores, main, usual, names[:1])
	add(core, servers, usual[len(usual)-1:], names[:1])
	add(core[:1], servers, usual, names[:1])
	add(core[:min(len(core), 3)], main, users, names[:1])
	add(core[:min(len(core), 3)], intersect(servers, nameServers), usual, names)
	return cases
}

// narrow returns what a list of a template asks for.
func narrow(list, all []string, groups map[string][]string) []string {
	if len(list) == 0 {
		return all
	}
	var names []string
	for _, name := range list {
		switch {
		case name == "*":
			names = append(names, all...)
		case groups[name] != nil:
			names = append(names, groups[name]...)
		default:
			names = append(names, name)
		}
	}
	return names
}

func intersect(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return !slices.Contains(b, s) })
}

// without drops a name unless nothing else is there.
func without(list []string, name string) []string {
	if rest := slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == name }); len(rest) > 0 {
		return rest
	}
	return list
}

// Sample returns at most n of the cases: always the same ones for a judge,
// and others for another judge, spread over all settings.
func Sample(cases []Case, judge string, n int) []Case {
	if n <= 0 || len(cases) <= n {
		return cases
	}
	type ranked struct {
		round int // how many of the setting's cases come before this one
		hash  uint64
		Case
	}
	list := make([]ranked, len(cases))
	for i, c := range cases {
		h := fnv.New64a()
		_, _ = h.Write([]byte(judge + "|" + c.ID()))
		list[i] = ranked{hash: h.Sum64(), Case: c}
	}
	slices.SortFunc(list, func(a, b ranked) int { return cmp.Compare(a.hash, b.hash) })
	seen := map[string]int{}
	for i := range list {
		list[i].round = seen[list[i].Template.ID]
		seen[list[i].Template.ID]++
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return cmp.Compare(a.round, b.round) })
	chosen := make([]Case, n)
	for i := range chosen {
		chosen[i] = list[i].Case
	}
	slices.SortFunc(chosen, func(a, b Case) int { return cmp.Compare(a.ID(), b.ID()) })
	return chosen
}
