package oracle

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Client is one real client that can be started as a judge: a driver in one
// version.
type Client struct {
	// Driver is the driver's name.
	Driver string
	// Variant tells several versions of one driver apart; may be empty.
	Variant string
	// Settings is the name of the settings file of its cases.
	Settings string
	// Parallel is how many processes may run at once; at least 1.
	Parallel int
	// Cases bounds how many cases it gets in a full run, for a client that
	// takes long; zero is no bound of its own.
	Cases int

	dir, runners string
	debian       []string
	npm          []string
	goModules    []string
	cargo        bool // a Rust package, built against Debian's crates
	command      []string
	env          map[string]string
}

// Name returns the driver and the variant, as printed and as accepted by the
// commands.
func (c Client) Name() string {
	if c.Variant == "" {
		return c.Driver
	}
	return c.Driver + "-" + c.Variant
}

// recipe is an install.json, or one variant in it.
type recipe struct {
	Name     string            `json:"name"`
	Driver   string            `json:"driver"`
	Debian   []string          `json:"debian"`
	NPM      []string          `json:"npm"`
	Go       []string          `json:"go"`
	Cargo    bool              `json:"cargo"`
	Command  []string          `json:"command"`
	Env      map[string]string `json:"env"`
	Settings string            `json:"settings"`
	Parallel int               `json:"parallel"`
	Cases    int               `json:"cases"`
	Variants []recipe          `json:"variants"`
}

// ErrNoCommand is returned for an install.json that says no command.
var ErrNoCommand = errors.New("install.json has no command")

// Discover returns the clients declared below a runners folder, in the order
// of their names. A client need not be installed: see [Client.Missing].
//
// The error is the first install.json that cannot be read, or [ErrNoCommand].
func Discover(runners string) ([]Client, error) {
	runners, err := filepath.Abs(runners)
	if err != nil {
		return nil, fmt.Errorf("runners folder: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(runners, "*", "install.json"))
	if err != nil {
		return nil, fmt.Errorf("runners folder: %w", err)
	}
	var clients []Client
	for _, file := range files {
		found, err := read(file, runners)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		clients = append(clients, found...)
	}
	return clients, nil
}

func read(file, runners string) ([]Client, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("install.json: %w", err)
	}
	var base recipe
	if err := json.Unmarshal(content, &base); err != nil {
		return nil, fmt.Errorf("install.json: %w", err)
	}
	variants := base.Variants
	if len(variants) == 0 {
		variants = []recipe{{Name: base.Name}}
	}
	dir := filepath.Dir(file)
	var clients []Client
	for _, v := range variants {
		c := base.client(v, dir)
		c.runners = runners
		if len(c.command) == 0 {
			return nil, ErrNoCommand
		}
		clients = append(clients, c)
	}
	return clients, nil
}

// client returns the base with a variant's fields in the place of its own.
func (r recipe) client(v recipe, dir string) Client {
	env := maps.Clone(r.Env)
	if env == nil {
		env = map[string]string{}
	}
	maps.Copy(env, v.Env)
	driver := first(v.Driver, r.Driver, filepath.Base(dir))
	return Client{
		Driver:    driver,
		Variant:   v.Name,
		Settings:  first(v.Settings, r.Settings, driver),
		Parallel:  max(v.Parallel, r.Parallel, 1),
		Cases:     max(v.Cases, r.Cases),
		dir:       dir,
		debian:    firstList(v.Debian, r.Debian),
		npm:       firstList(v.NPM, r.NPM),
		goModules: firstList(v.Go, r.Go),
		cargo:     v.Cargo || r.Cargo,
		command:   firstList(v.Command, r.Command),
		env:       env,
	}
}

func first(values ...string) string {
	i := slices.IndexFunc(values, func(v string) bool { return v != "" })
	return values[i]
}

func firstList(lists ...[]string) []string {
	for _, l := range lists {
		if len(l) > 0 {
			return l
		}
	}
	return nil
}

// expand fills the placeholders of a command or an environment value in.
func (c Client) expand(value, cache string) string {
	return strings.NewReplacer(
		"{runner}", c.dir,
		"{runners}", c.runners,
		"{npm}", c.npmDir(cache),
		"{bin}", c.binary(cache),
	).Replace(value)
}

// environment is all that a runner sees: nothing of the harness's own.
func (c Client) environment(cache, home string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "LANG=C.UTF-8", "TZ=UTC", "PYTHONDONTWRITEBYTECODE=1",
	}
	if len(c.npm) > 0 {
		env = append(env, "NODE_PATH="+filepath.Join(c.npmDir(cache), "node_modules"))
	}
	for _, key := range slices.Sorted(maps.Keys(c.env)) {
		env = append(env, key+"="+c.expand(c.env[key], cache))
	}
	return env
}
