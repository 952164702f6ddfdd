package clients

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

// Client is one real client that can be started as a judge: a driver in one
// version. Its fields are those of a recipe.json.
//
// In Command and Env, {runner} is the runner's folder, {runners} the folder of
// all families, {npm} and {pip} the folders of the npm and the PyPI packages,
// {classpath} the jars from Maven Central and {bin} the program that is built.
type Client struct {
	// Driver is the driver's name; empty in a recipe is the folder's name.
	Driver string `json:"driver"`
	// Variant tells several versions of one driver apart; may be empty.
	Variant string `json:"name"`
	// Settings is the name of the settings file of its cases; empty in a recipe
	// is the driver's name.
	Settings string `json:"settings"`
	// Parallel is how many processes may run at once; zero in a recipe is 1.
	Parallel int `json:"parallel"`
	// Cases bounds how many cases it gets in a full run, for a client that
	// takes long; zero is no bound of its own.
	Cases int `json:"cases"`
	// Full is a client that only a full run asks: one beside others of its driver
	// that takes long.
	Full bool `json:"full"`
	// Needs are the packages that it needs. Go are modules with their versions.
	// Cargo is the manifest of a Rust package: Cargo.toml is built against Debian's
	// crates, any other one against those that it names, with what Crates has for
	// each {name} in it. Features are built apart, each a program of its name, which
	// lie beside each other.
	judge.Needs
	Go       []string          `json:"go"`
	Cargo    string            `json:"cargo"`
	Features []string          `json:"features"`
	Crates   map[string]string `json:"crates"`
	// Command starts the runner.
	Command []string          `json:"command"`
	Env     map[string]string `json:"env"`

	dir, runners string
}

// Name returns the driver and the variant, as printed and as accepted by the
// commands.
func (c Client) Name() string {
	if c.Variant == "" {
		return c.Driver
	}
	return c.Driver + "-" + c.Variant
}

// ErrNoCommand is returned for a recipe that has no command.
var ErrNoCommand = errors.New("recipe.json has no command")

// Discover returns the clients declared below a runners folder, in the order
// of their names. A client need not be installed: see [Client.Missing].
//
// A driver's recipe.json lies in the folder of its runner, below that of its
// family. What the family's recipe.json says holds where the driver's says
// nothing, and what the driver's says where the variant says nothing.
//
// The error is the first recipe.json that cannot be read, or [ErrNoCommand].
func Discover(runners string) ([]Client, error) {
	runners, err := filepath.Abs(runners)
	if err != nil {
		return nil, fmt.Errorf("runners folder: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(runners, "*", "*", "recipe.json"))
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
	slices.SortFunc(clients, func(a, b Client) int { return cmp.Compare(a.Name(), b.Name()) })
	return clients, nil
}

// recipe is a recipe.json. What a variant leaves out is that of the recipe.
type recipe struct {
	Client
	Variants []json.RawMessage `json:"variants"`
}

func read(file, runners string) ([]Client, error) {
	dir := filepath.Dir(file)
	family, err := os.ReadFile(filepath.Join(filepath.Dir(dir), "recipe.json"))
	if errors.Is(err, os.ErrNotExist) {
		family, err = []byte("{}"), nil
	}
	if err != nil {
		return nil, fmt.Errorf("recipe of the family: %w", err)
	}
	own, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("recipe: %w", err)
	}
	whole, err := merged(family, own)
	if err != nil {
		return nil, err
	}
	if len(whole.Variants) == 0 {
		whole.Variants = []json.RawMessage{[]byte("{}")}
	}
	var clients []Client
	for _, v := range whole.Variants {
		variant, err := merged(family, own, v)
		if err != nil {
			return nil, err
		}
		c := variant.Client
		c.dir, c.runners, c.Python = dir, runners, "3.11" // The runners are started with Debian's.
		c.Driver = cmp.Or(c.Driver, filepath.Base(dir))
		c.Settings = cmp.Or(c.Settings, c.Driver)
		if len(c.Command) == 0 {
			return nil, ErrNoCommand
		}
		clients = append(clients, c)
	}
	return clients, nil
}

// merged is a recipe of several, each with its fields in the place of those
// before it.
func merged(contents ...[]byte) (recipe, error) {
	r := recipe{Client: Client{Parallel: 1}}
	for _, content := range contents {
		decoder := json.NewDecoder(bytes.NewReader(content))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&r); err != nil {
			return recipe{}, fmt.Errorf("recipe: %w", err)
		}
	}
	return r, nil
}

// expand fills the placeholders of a command or an environment value in.
func (c Client) expand(value, cache string) string {
	return strings.NewReplacer(
		"{runner}", c.dir,
		"{runners}", c.runners,
		"{npm}", c.Packages("npm").Dir(cache),
		"{pip}", c.Packages("pip").Dir(cache),
		"{classpath}", c.Packages("maven").ClassPath(cache),
		"{bin}", c.binary(cache),
	).Replace(value)
}

// environment is all that a runner sees: nothing of the harness's own.
func (c Client) environment(cache, home string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "LANG=C.UTF-8", "TZ=UTC", "PYTHONDONTWRITEBYTECODE=1",
	}
	if len(c.NPM) > 0 {
		env = append(env, "NODE_PATH="+filepath.Join(c.Packages("npm").Dir(cache), "node_modules"))
	}
	for _, key := range slices.Sorted(maps.Keys(c.Env)) {
		env = append(env, key+"="+c.expand(c.Env[key], cache))
	}
	return env
}
