// Package framework turns what a framework keeps in its configuration into a
// client: what that framework really hands to its driver.
//
// One file holds one framework. A key of the settings has one of three fates,
// and each is said: it is handed on, it is dropped in silence ([Client.Unread]),
// or the framework does not start ([Client.StartError]). The package is pure:
// it reads neither files nor the process's environment.
package framework

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// Client is what a framework hands to its driver.
type Client struct {
	// Driver is the driver's name, as package driver has it.
	Driver string
	// DriverVersion is the version of the driver that the framework's version
	// fixes; empty where it fixes none.
	DriverVersion string
	// Connection is the connection string that the driver gets, without
	// secrets; empty where it gets none.
	Connection string
	// Properties are the settings that the driver gets beside it, by the
	// driver's own names, without secrets.
	Properties map[string]string
	// Unread are the settings that the framework drops without a word, by the
	// path of their names. A value that may be a secret is left empty.
	Unread map[string]string
	// Added names what the framework adds or replaces by itself, sorted.
	Added []string
	// StartError is the text, its constant part, with which the framework
	// refuses its settings; empty where it starts.
	StartError string
	// Undecided says in words why the rules cannot tell what the driver gets;
	// empty where they can.
	Undecided string
}

// Alternative is what the framework hands on under a condition that was not
// declared.
type Alternative struct {
	// When is the condition in words, such as "sqlalchemy 2.1".
	When string
	Client
}

// Result is what [Resolve] gives.
type Result struct {
	Client
	// Environment is that of [Options] without secrets.
	Environment map[string]string
	// Alternatives are all the clients that it can be, where something that
	// was not declared decides; Client is then the newest version's. Empty is
	// one client only.
	Alternatives []Alternative
}

// Options are what else is declared about a client.
type Options struct {
	// Version of the framework, such as "2.0.23"; empty is every version that
	// the rules know.
	Version string
	// Driver is the driver that is installed, where the framework can work
	// with several; empty is every one that it takes.
	Driver string
	// DriverVersion is the version of the driver or of its libpq; empty is
	// every one.
	DriverVersion string
	// Environment is the process's environment, from which frameworks fill in
	// placeholders.
	Environment map[string]string
}

// The errors of [Resolve]. Test with [errors.Is].
var (
	ErrUnknownFramework = errors.New("there are no rules for this framework")
	ErrSettings         = errors.New("the settings do not have the form that this framework accepts")
	ErrTooLarge         = errors.New("the settings are too large")
	ErrDriver           = errors.New("the framework does not use this driver")
)

// request is what a rule reads.
type request struct {
	// settings is the object; empty where the settings are a text.
	settings section
	// text is the text; isText tells it from an object.
	text   string
	isText bool
	// version is one of the framework's generations.
	version policy.Version
	options Options
}

// since says whether the generation is at least this one.
func (r request) since(version string) bool { return r.version.Reaches(policy.MustVersion(version)) }

// Resolve returns what a framework hands to its driver.
//
// settings is a text (a URL or a file's text) or an object of texts, numbers,
// booleans, lists and objects, as [encoding/json] gives them. The error is
// [ErrUnknownFramework], [ErrSettings], [ErrTooLarge] or [ErrDriver]. It never quotes a
// value.
func Resolve(name string, settings any, o Options) (Result, error) {
	at := slices.IndexFunc(registry, func(f Framework) bool { return f.Name == name })
	if at < 0 {
		return Result{}, fmt.Errorf("%w: %s", ErrUnknownFramework, strconv.Quote(name))
	}
	f := registry[at]
	if err := measure(settings, 0, new(int)); err != nil {
		return Result{}, err
	}
	text, isText := settings.(string)
	values, isObject := settings.(map[string]any)
	if !isText && !isObject {
		return Result{}, fmt.Errorf("%w: %s takes %s", ErrSettings, name, f.Reads)
	}
	if isText && f.object {
		return Result{}, fmt.Errorf("%w: %s takes %s, not a string. If the settings are in a file, decode it first, for example with yamldecode", ErrSettings, name, f.Reads)
	}
	if one := f.connectionBelow(values, ""); isObject && one != "" {
		return Result{}, fmt.Errorf("%w: %s takes %s; in this object, the connections are one or more levels further down. Pass only the one that this client uses, for example %q", ErrSettings, name, f.Reads, one)
	}
	generations := f.generations(o.Version)
	if len(generations) == 0 {
		return Result{Client: Client{Driver: f.driver, Undecided: fmt.Sprintf("the rules cover %s %s and later, not %s", name, f.Versions[0], strconv.Quote(o.Version))}}, nil
	}
	var found []Alternative
	for _, generation := range generations {
		r := request{text: text, isText: isText, settings: newSection("", values), version: policy.MustVersion(generation), options: o}
		for _, a := range f.rule(r) {
			a.When = strings.TrimSpace(strings.TrimSuffix(name+" "+generation, " 0") + " " + a.When)
			a.finish(settings)
			found = append(found, a)
		}
	}
	result, err := combine(found, o.Driver)
	result.Environment = maps.Clone(o.Environment)
	clean(result.Environment, true)
	return result, err
}

// connectionBelow is the path of the first connection below the settings, empty
// where the settings are one themselves. Its depth is that of [measure].
func (f Framework) connectionBelow(settings map[string]any, path string) string {
	isOne := func(values map[string]any) bool {
		return slices.ContainsFunc(f.marks, func(mark string) bool { return values[mark] != nil })
	}
	if isOne(settings) {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		below, isObject := settings[name].(map[string]any)
		if !isObject {
			continue
		}
		if isOne(below) {
			return path + name
		}
		if found := f.connectionBelow(below, path+name+"."); found != "" {
			return found
		}
	}
	return ""
}

// combine leaves out drivers that are not installed, and joins equal clients.
func combine(found []Alternative, driver string) (Result, error) {
	if driver != "" {
		installed := slices.DeleteFunc(slices.Clone(found), func(a Alternative) bool { return a.Driver != driver })
		if len(installed) == 0 {
			return Result{}, fmt.Errorf("%w: with these settings, it uses %s, not %s", ErrDriver, found[len(found)-1].Driver, strconv.Quote(driver))
		}
		found = installed
	}
	var distinct []Alternative
	for _, a := range found {
		same := slices.IndexFunc(distinct, func(d Alternative) bool { return reflect.DeepEqual(d.Client, a.Client) })
		if same < 0 {
			distinct = append(distinct, a)
		} else {
			distinct[same].When += ", " + a.When
		}
	}
	result := Result{Client: distinct[len(distinct)-1].Client}
	if len(distinct) > 1 {
		result.Alternatives = distinct
		result.Unread = map[string]string{}
		for _, d := range distinct {
			maps.Copy(result.Unread, d.Unread)
		}
	}
	return result, nil
}

// generations returns the generations that a version may be; none where it is
// older than all of them, or no version. A pre-release belongs to the
// generation that it begins: Sequelize 7 has nothing else.
func (f Framework) generations(declared string) (found []string) {
	version, known := policy.ParseVersion(declared)
	if !known {
		return nil
	}
	version = version.Final()
	for _, generation := range slices.Backward(f.Versions) {
		first := policy.MustVersion(generation)
		if version.Before(first) {
			continue
		}
		found = append(found, generation)
		if version.Reaches(first) {
			break
		}
	}
	slices.Reverse(found)
	return found
}
