package dotnet

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// npgsqlKeywords are the keywords of a connection string, in lower case and
// without blanks, that every version from 6 to 9 takes.
var npgsqlKeywords = strings.Fields(`host server port database db username userid uid password psw pwd passfile applicationname enlist searchpath
	clientencoding encoding timezone sslmode sslcertificate sslkey sslpassword rootcertificate checkcertificaterevocation trustservercertificate
	kerberosservicename krbsrvname includerealm persistsecurityinfo logparameters includeerrordetail pooling minpoolsize minimumpoolsize maxpoolsize
	maximumpoolsize connectionidlelifetime connectionpruninginterval connectionlifetime loadbalancetimeout timeout commandtimeout internalcommandtimeout
	cancellationtimeout targetsessionattributes loadbalancehosts hostrecheckseconds keepalive tcpkeepalive tcpkeepalivetime tcpkeepaliveinterval
	readbuffersize writebuffersize socketreceivebuffersize socketsendbuffersize maxautoprepare autoprepareminusages noresetonclose loadtablecomposites
	replicationmode options arraynullabilitymode multiplexing writecoalescingbufferthresholdbytes servercompatibilitymode`)

// npgsqlDropped are keywords that Npgsql 8 takes no longer.
var npgsqlDropped = strings.Fields(`integratedsecurity entitytemplatedatabase eftemplatedatabase entityadmindatabase efadmindatabase convertinfinitydatetime
	continuousprocessing backendtimeouts preloadreader useextendedtypes usesslstream useperfcounters clientcertificate clientcertificatekey
	includeerrordetails`)

// npgsqlCertificate is why a declared client certificate does not decide.
const npgsqlCertificate = "the rules do not cover what .NET does with a client certificate"

// npgsqlSettings are settings by keyword, and those that are no text.
type npgsqlSettings struct {
	text   map[string]string
	mode   string // one of npgsqlModes
	trust  bool
	direct bool
}

// npgsqlOptions merges the connection string and what is set in code on its
// builder, by the builder's names. The policy is set where there is no more to say.
func npgsqlOptions(s policy.Settings, v policy.Version) (o npgsqlSettings, refused *policy.Policy) {
	parsed, err := conninfo.ParseADO(s.Connection)
	if err != nil {
		return o, new(policy.Refused("the connection string is not a list of keyword=value entries", err.Error()))
	}
	o.text = map[string]string{}
	for _, setting := range parsed {
		keyword := npgsqlKeyword(setting.Keyword)
		if !npgsqlKnown(keyword, v) {
			return o, new(policy.Refused("Npgsql does not know the keyword "+policy.Quoted(setting.Keyword), "Couldn't set "+setting.Keyword))
		}
		o.text[keyword] = setting.Value
	}
	given := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		keyword := npgsqlKeyword(name)
		switch {
		case !npgsqlKnown(keyword, v):
			return o, &policy.Policy{Undecided: "the rules do not cover the property " + name}
		case given[keyword]: // Which is set last in the code, a map does not say.
			return o, &policy.Policy{Undecided: "the property " + name + " is also declared under another name"}
		}
		given[keyword], o.text[keyword] = true, s.Properties[name]
	}
	if o.text["host"] = cmp.Or(o.text["host"], s.Host); strings.TrimSpace(o.text["host"]) == "" {
		return o, new(policy.Refused("the settings name no host", "Host can't be null"))
	}
	if path := cmp.Or(o.text["sslcertificate"], s.Environment["PGSSLCERT"], o.text["sslkey"], s.Environment["PGSSLKEY"]); path != "" {
		unknown := npgsqlCertificate
		if _, reason := s.Files.Lookup("the client certificate", path); reason != "" {
			unknown = reason
		}
		return o, &policy.Policy{Undecided: unknown}
	}
	if keyword := o.typed(s, v); keyword != "" {
		return o, new(policy.Refused("the value of "+keyword+" is not one that Npgsql knows", "Couldn't set "))
	}
	return o, nil
}

// typed reads the values that are no text. It returns the keyword of one that
// cannot be read.
func (o *npgsqlSettings) typed(s policy.Settings, v policy.Version) (wrong string) {
	o.mode = "Prefer"
	if text, set := o.text["sslmode"]; set {
		if o.mode = enumName(text, npgsqlModes); o.mode == "" {
			return "SSL Mode"
		}
	}
	for _, keyword := range []string{"trustservercertificate", "checkcertificaterevocation"} {
		if text, set := o.text[keyword]; set {
			value := strings.ToLower(strings.TrimSpace(text))
			if value != "true" && value != "false" {
				return keyword
			}
			o.text[keyword] = value
		}
	}
	o.trust = o.text["trustservercertificate"] == "true"
	if text, set := o.text["channelbinding"]; set && enumName(text, []string{"Disable", "Prefer", "Require"}) == "" {
		return "Channel Binding"
	}
	negotiations := []string{"Postgres", "Direct"}
	if text, set := o.text["sslnegotiation"]; set {
		value := enumName(text, negotiations)
		o.direct = value == "Direct"
		if value == "" {
			return "SSL Negotiation"
		}
	} else if npgsqlKnown("sslnegotiation", v) {
		o.direct = enumName(s.Environment["PGSSLNEGOTIATION"], negotiations) == "Direct"
	}
	return ""
}

// enumName is what .NET's Enum.Parse makes of a text: a name in any case, or
// its number; empty is neither.
func enumName(text string, names []string) string {
	text = strings.TrimSpace(text)
	for i, name := range names {
		if strings.EqualFold(text, name) || text == strconv.Itoa(i) {
			return name
		}
	}
	return ""
}

// npgsqlKeyword is a keyword's one name.
func npgsqlKeyword(keyword string) string {
	keyword = strings.ReplaceAll(strings.ToLower(keyword), " ", "")
	if keyword == "server" {
		return "host"
	}
	return keyword
}

func npgsqlKnown(keyword string, v policy.Version) bool {
	switch {
	case keyword == "channelbinding":
		return !v.Before(npgsqlTrusts)
	case keyword == "sslnegotiation":
		return !v.Before(npgsqlDirect)
	case slices.Contains(npgsqlDropped, keyword):
		return v.Before(npgsqlTrusts)
	}
	return slices.Contains(npgsqlKeywords, keyword)
}
