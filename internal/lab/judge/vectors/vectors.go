// Package vectors holds what the tests of all rules have in common: the
// written form of a policy, and the vectors that are written in it.
package vectors

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// Written is a whole policy in words, the parts between semicolons. A part
// that is left out has its zero value, so that two policies are equal where
// their words are.
//
//	undecided: why | this: policy | …   what the rules leave open, and of which policies one is the client's
//	unread place name decides for name  what the driver ignores, whether it is about TLS, and what was meant
//	rejected reason: text: detail       what the driver refuses; text is the client's own, constant part
//	prefer: T path name/nfr, P          the mode, and the attempts in their order: TLS or plaintext, what is
//	                                    verified, and after which failures the next one is made: n the server has
//	                                    no TLS, f TLS failed, r the server refused the session. "ends" says that
//	                                    the client itself gives the session up, and why
//	to a, /run locally then c           hosts, "any of" where it is not known which, and those that come after
//	file /r by go 17                    where anchors come from, the path of the settings, who reads them, and in
//	                                    which version; "+system" beside the runtime's own, "holding" what the
//	                                    settings hold themselves, "as JKS" a type, "password" and "no password"
//	missing reject "text"               what the driver does where the file is missing, unreadable, without an
//	                                    anchor (empty), or a directory; and its own text
//	validated by go                     who validates the path, in which version, and how
//	names by libpq 15                   how names are compared
//	says "a", of names "b"              the client's own texts for a path and a name that do not verify
//	says "a" to plaintext refused       the client's own text where the server takes TLS alone
//	says "a" of suites                  the client's own text where it has no cipher suite in common with the server
//	prints its last error               and not that of TLS
//	offers TLSv1.2..TLSv1.3 direct RSA  protocol versions, the kind of handshake, and the keys of the suites
//	doubt: why                          what may keep the session out all the same
//	doubt on TLS: why                   the same for sessions on TLS
func Written(p policy.Policy) string {
	var parts []string
	add := func(format string, values ...any) { parts = append(parts, fmt.Sprintf(format, values...)) }
	for _, u := range p.Unread {
		add("%s", strings.TrimSpace("unread "+u.Place+" "+u.Name+flags(" ", when{u.Decides, "decides "}, when{u.Meant != "", "for " + u.Meant})))
	}
	if p.Undecided != "" {
		choices := []string{strings.TrimSpace("undecided "+p.Reason) + ": " + p.Undecided}
		for _, alternative := range p.Alternatives {
			choices = append(choices, alternative.If+": "+Written(alternative.Policy))
		}
		return strings.Join(append(parts, strings.Join(choices, " | ")), "; ")
	}
	if p.Rejection != nil {
		add("rejected %s: %s: %s", p.Rejection.Reason, p.Rejection.Client, p.Rejection.Detail)
	}
	if len(p.Attempts) > 0 || p.Mode != "" {
		add("%s: %s", p.Mode, attempts(p.Attempts))
	}
	if len(p.Hosts) > 0 {
		add("%s", hosts(p))
	}
	parts = append(parts, anchors(p.Anchors)...)
	if p.Profile.Validator != "" {
		add("validated by %s", profile(p))
	}
	if p.NameRule != "" {
		add("names by %s", strings.TrimSpace(string(p.NameRule)+" "+p.NameVersion))
	}
	if p.PathError != "" || p.NameError != "" {
		add("says %q, of names %q", p.PathError, p.NameError)
	}
	if p.PlaintextError != "" {
		add("says %q to plaintext refused", p.PlaintextError)
	}
	if p.PrintsLast {
		add("prints its last error")
	}
	if p.TLS.SuiteError != "" {
		add("says %q of suites", p.TLS.SuiteError)
		p.TLS.SuiteError = ""
	}
	if p.TLS != (policy.Offer{}) {
		add("offers %s", offer(p.TLS))
	}
	if p.Doubt != "" {
		add("doubt: %s", p.Doubt)
	}
	if p.TLSDoubt != "" {
		add("doubt on TLS: %s", p.TLSDoubt)
	}
	return strings.Join(parts, "; ")
}

func attempts(all []policy.Attempt) string {
	words := make([]string, len(all))
	for i, a := range all {
		word := flags("P", when{a.VerifyPath, " path"}, when{a.VerifyHost, " name"})
		if a.TLS {
			word = "T" + word[1:]
		}
		if a.After != 0 {
			word += flags("/", when{a.After&policy.TLSUnsupported != 0, "n"}, when{a.After&policy.TLSFailed != 0, "f"}, when{a.After&policy.ServerRefused != 0, "r"})
		}
		if a.Ends != nil {
			word += fmt.Sprintf(" ends %s: %s: %s", a.Ends.Reason, a.Ends.Client, a.Ends.Detail)
		}
		words[i] = word
	}
	return strings.Join(words, ", ")
}

func hosts(p policy.Policy) string {
	names := func(hosts []policy.Host) string {
		words := make([]string, len(hosts))
		for i, h := range hosts {
			words[i] = flags(h.Name, when{h.Name == "", "(no name)"}, when{h.Local, " locally"})
		}
		return strings.Join(words, ", ")
	}
	line := flags("to ", when{p.AnyHost, "any of "}) + names(p.Hosts)
	if len(p.Later) > 0 {
		line += " then " + names(p.Later)
	}
	return line
}

var readers = map[truststore.Reader]string{
	truststore.OpenSSLFile: "openssl", truststore.OpenSSLDirectory: "c_rehash", truststore.GoCertPool: "go",
	truststore.NodeCA: "node", truststore.NodeExtraCACerts: "node's extra", truststore.JavaCertificateFactory: "java",
	truststore.JavaKeyStore: "key store", truststore.JavaFirstCertificate: "java, first", truststore.NettyPEM: "netty", truststore.VertxPEM: "vert.x", truststore.RustlsPEM: "rustls",
	truststore.OpenSSLDefault: "c_rehash and bundle", truststore.EveryFile: "go", truststore.NativeTLSPEM: "native-tls", truststore.DotNetPEM: "dotnet",
}

func anchors(a policy.Anchors) []string {
	if a.Source == policy.NoSource && a.Path == "" {
		return nil
	}
	line := strings.TrimSpace(fmt.Sprintf("%s %s", a.Source, a.Path)) + " by " + readers[a.Reader]
	if a.ReaderVersion != "" {
		line += " " + a.ReaderVersion
	}
	line += flags("", when{a.WithSystem, " +system"}, when{a.DirectoryReader != truststore.ReaderUnknown, ", a directory by " + readers[a.DirectoryReader]},
		when{a.PEMReader != truststore.ReaderUnknown, ", PEM by " + readers[a.PEMReader]},
		when{a.StoreType != "", " as " + a.StoreType}, when{a.NoPassword, " no password"}, when{a.Password != nil, " password"})
	if a.Content != nil {
		line += fmt.Sprintf(" holding %q", a.Content)
	}
	parts := []string{line}
	does := []string{"fail", "reject", "system", "none"}
	for _, l := range []struct {
		kind string
		lack policy.Lack
	}{{"missing", a.Missing}, {"unreadable", a.Unreadable}, {"empty", a.Empty}} {
		if l.lack != (policy.Lack{}) {
			parts = append(parts, strings.TrimSuffix(fmt.Sprintf("%s %s %q", l.kind, does[l.lack.Then], l.lack.Client), ` ""`))
		}
	}
	if a.Directory != nil {
		parts = append(parts, fmt.Sprintf("directory %s %q", does[a.Directory.Then], a.Directory.Client))
	}
	return parts
}

func profile(p policy.Policy) string {
	level := ""
	if p.Profile.SecurityLevel >= 0 {
		level = fmt.Sprintf(" at level %d", p.Profile.SecurityLevel)
	}
	return strings.TrimSpace(string(p.Profile.Validator)+" "+p.Profile.Version) + level +
		flags("", when{p.Profile.Strict, " strictly"}, when{p.Profile.PartialChain, " to any anchor"})
}

func offer(o policy.Offer) string {
	return flags(o.Min+".."+o.Max, when{o.Direct, " direct"}, when{o.NoECDSA, " RSA"}, when{o.RangeError != "", fmt.Sprintf(" %q", o.RangeError)})
}

type when struct {
	set  bool
	word string
}

// flags appends the words that are set.
func flags(text string, all ...when) string {
	for _, f := range all {
		if f.set {
			text += f.word
		}
	}
	return text
}

var update = flag.Bool("update", false, "write what the vectors want anew: look at every line that changes")

// vector is a client's settings, and the policy that its driver makes of them.
type vector struct {
	Name        string            `json:"name"`
	Version     string            `json:"version,omitempty"`
	Runtime     string            `json:"runtime,omitempty"`
	Connection  string            `json:"connection,omitempty"`
	Environment map[string]string `json:"environment,omitempty"`
	Properties  map[string]string `json:"properties,omitempty"`
	Host        string            `json:"host,omitempty"`
	// Store is where the declared store lies; empty is that none is declared.
	Store policy.Place `json:"store,omitempty"`
	Want  string       `json:"-"`
}

func (v vector) settings(name string) policy.Settings {
	return policy.Settings{
		Driver: name, Version: v.Version, Runtime: v.Runtime, Connection: v.Connection, Environment: v.Environment, Properties: v.Properties,
		Host: v.Host, StoreDeclared: v.Store != "", StorePlace: v.Store,
	}
}

// Run tries the vectors of a family: testdata/vectors/DRIVER.json, below the
// folder of the test.
func Run(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "vectors", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		content, err := os.ReadFile(file) //nolint:gosec // A file of the test's own.
		if err != nil {
			t.Fatal(err)
		}
		var wants []struct {
			vector
			Want string `json:"want"`
		}
		if err := json.Unmarshal(content, &wants); err != nil || len(wants) == 0 {
			t.Fatalf("%s: %d vectors: %v", file, len(wants), err)
		}
		seen := map[string]bool{}
		all := make([]vector, len(wants))
		for i, v := range wants {
			if all[i] = v.vector; seen[v.Name] || v.Name == "" {
				t.Errorf("%s: the name %q is empty, or there twice", file, v.Name)
			}
			seen[v.Name] = true
			got := Written(driver.Resolve(v.settings(name)))
			if all[i].Want = got; got != v.Want && !*update {
				t.Errorf("%s: %s\n got %s\nwant %s", name, v.Name, got, v.Want)
			}
		}
		if *update {
			if err := os.WriteFile(file, written(t, all), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// written is the file of the vectors, two lines each.
func written(t *testing.T, all []vector) []byte {
	t.Helper()
	line := func(value any) string {
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(b.String())
	}
	lines := make([]string, len(all))
	for i, v := range all {
		lines[i] = strings.TrimSuffix(line(v), "}") + ",\n  \"want\": " + line(v.Want) + "}"
	}
	return []byte("[\n" + strings.Join(lines, ",\n") + "\n]\n")
}
