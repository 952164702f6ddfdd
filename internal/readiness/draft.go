package readiness

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
)

// MaxDrafts is how many drafts there are at most.
const MaxDrafts = 100

// Draft is a declaration for sessions that nobody declared. Its settings are
// left out: they are in no session, and a client without them is refused, so
// that nobody is judged by a draft.
type Draft struct {
	// Name of the client.
	Name string
	// Driver is a guess, or "other" where nothing suggests one.
	Driver string
	// Guess says what suggests the driver; empty for "other".
	Guess string
	// Configuration is the element of clients, in Terraform's language.
	Configuration string
}

// drafted is what a draft is made of: sessions under the same names. Containers
// come from another address each time, and one client uses several databases.
type drafted struct{ username, application, address string }

// drafts has one for each pair of user and application_name, in the order in
// which they were seen.
func drafts(undeclared []Session, declared []Client) []Draft {
	names := make(map[string]bool, len(declared))
	for i := range declared {
		names[declared[i].Name] = true
	}
	var all []Draft
	known := map[drafted]bool{}
	for _, s := range undeclared {
		d := drafted{username: s.Username, application: s.ApplicationName}
		if d == (drafted{}) {
			d.address = s.ClientAddr
		}
		if known[d] || d == (drafted{}) || len(all) == MaxDrafts {
			continue // A session of which nothing is known has no match.
		}
		known[d] = true
		all = append(all, d.draft(names))
	}
	return all
}

func (d drafted) draft(taken map[string]bool) Draft {
	draft := Draft{Name: d.name(taken), Driver: driver.Guess(d.application)}
	var b strings.Builder
	fmt.Fprintf(&b, "%s = {\n", draft.Name)
	if draft.Driver != "" {
		draft.Guess = "The sessions have the application_name " + quoted(d.application) + ", which is this driver's default, but any client can use that name."
		fmt.Fprintf(&b, "  driver = %s # A guess, based on the application_name %s.\n", quoted(draft.Driver), quoted(d.application))
	} else {
		draft.Driver = "other"
		b.WriteString("  driver = \"other\" # Not known: replace it with the client's driver.\n")
	}
	b.WriteString("  # Neither sessions nor logs show the client's settings: enter them as deployed. Without them, the plan fails.\n" +
		"  # connection  = \"…\"\n  # trust_store = { path = \"…\" }\n  match = {\n")
	for _, kind := range []struct{ name, value string }{
		{"usernames", d.username}, {"application_names", d.application}, {"client_cidrs", network(d.address)},
	} {
		if kind.value != "" {
			fmt.Fprintf(&b, "    %s = [%s]\n", kind.name, quoted(kind.value))
		}
	}
	b.WriteString("  }\n}\n")
	draft.Configuration = b.String()
	return draft
}

// name makes an identifier of the names, which nobody has yet.
func (d drafted) name(taken map[string]bool) string {
	const longest = 40
	text := cmp.Or(d.application, d.username, "client_"+d.address)
	if driver.Guess(d.application) != "" {
		text = cmp.Or(d.username, text) // The driver's name says little.
	}
	name := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToLower(r)
		}
		return '_'
	}, text)
	name = strings.Trim(name[:min(len(name), longest)], "_")
	if name == "" || unicode.IsDigit(rune(name[0])) {
		name = strings.TrimSuffix("client_"+name, "_")
	}
	free := name
	for i := 2; taken[free]; i++ {
		free = fmt.Sprintf("%s_%d", name, i)
	}
	taken[free] = true
	return free
}

// network is an address as a network of one; empty for a host's name.
func network(address string) string {
	addr, is := addressOf(address)
	if !is {
		return ""
	}
	return netip.PrefixFrom(addr, addr.BitLen()).String()
}

// quoted is a literal of Terraform's language. What a client calls itself must
// not become code: no interpolation, no end of the line.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	runes := []rune(strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
	for i, r := range runes {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case (r == '$' || r == '%') && slices.Contains(runes[min(i+1, len(runes)):min(i+2, len(runes))], '{'):
			b.WriteRune(r)
			b.WriteRune(r)
		case r > 0xffff && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
