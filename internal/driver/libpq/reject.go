package libpq

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// libpqValues are the settings of which libpq knows all values. A rule holds
// from version since on.
//
// Source: fe-connect.c, connectOptions2 (pqConnectOptions2 from 17 on).
var libpqValues = []struct {
	keyword   string
	since     int
	Before    int // zero is no bound
	values    []string
	emptyToo  bool // an empty value counts as not given
	caseBlind bool
}{
	{keyword: "channel_binding", since: 13, values: []string{"disable", "prefer", "require"}},
	{keyword: "sslmode", since: 12, values: policy.Sslmodes},
	{keyword: "sslnegotiation", since: 17, values: []string{"postgres", "direct"}},
	{keyword: "ssl_min_protocol_version", since: 13, values: policy.TLSVersions, emptyToo: true, caseBlind: true},
	{keyword: "ssl_max_protocol_version", since: 13, values: policy.TLSVersions, emptyToo: true, caseBlind: true},
	{keyword: "sslcertmode", since: 16, values: []string{"disable", "allow", "require"}},
	{keyword: "gssencmode", since: 12, values: []string{"disable", "prefer", "require"}},
	{keyword: "target_session_attrs", since: 12, Before: 14, values: []string{"any", "read-write"}},
	{keyword: "target_session_attrs", since: 14, values: policy.TargetSessionAttrs},
	{keyword: "load_balance_hosts", since: 16, values: []string{"disable", "random"}},
	{keyword: "min_protocol_version", since: 18, values: []string{"3.0", "3.2", "latest"}},
	{keyword: "max_protocol_version", since: 18, values: []string{"3.0", "3.2", "latest"}},
}

// reject returns libpq's refusal of its settings, or nil.
func (c libpqClient) reject() *policy.Rejection {
	return cmp.Or(c.rejectHosts(), c.rejectValues(), c.rejectAuth(), c.rejectContradictions(), c.rejectNumbers(), c.rejectLost(), c.rejectImpossible())
}

// rejectHosts compares the lengths of the lists. An empty list counts as one
// entry where it is the default.
func (c libpqClient) rejectHosts() *policy.Rejection {
	names, addresses, ports := c.get("host"), c.get("hostaddr"), c.get("port")
	count := strings.Count(names, ",") + 1
	if addresses != "" {
		given := count
		count = strings.Count(addresses, ",") + 1
		if names != "" && given != count {
			return policy.Contradictory("the lists of host names and addresses differ in length",
				"could not match "+strconv.Itoa(given)+" host names to "+strconv.Itoa(count)+" hostaddr values")
		}
	}
	if given := strings.Count(ports, ",") + 1; given != 1 && given != count {
		return policy.Contradictory("the lists of hosts and ports differ in length",
			"could not match "+strconv.Itoa(given)+" port numbers to "+strconv.Itoa(count)+" hosts")
	}
	return nil
}

func (c libpqClient) rejectValues() *policy.Rejection {
	for _, rule := range libpqValues {
		if c.build.libpq < rule.since || rule.Before != 0 && c.build.libpq >= rule.Before {
			continue
		}
		value, set := c.settings.Get(rule.keyword)
		if !set || value == "" && rule.emptyToo || slices.Contains(rule.values, value) {
			continue
		}
		if rule.caseBlind && policy.TLSVersion(value) != "" {
			continue
		}
		name := rule.keyword
		if rule.caseBlind && c.build.libpq >= 17 {
			name = strconv.Quote(name)
		}
		return policy.Invalid("the setting "+rule.keyword+" has a value that libpq does not know", "invalid "+name+` value: "`+value+`"`)
	}
	return nil
}

// rejectContradictions is for settings that exclude each other: modes that are too weak
// for other settings, from 16 and 17 on, and ranges of versions whose minimum is above
// the maximum. The default minimum of TLS, TLSv1.2, takes part. The default maximum of
// the protocol is 3.0, but never below the minimum.
//
// Source: fe-connect.c, sslVerifyProtocolRange, and pqConnectOptions2, 18.
func (c libpqClient) rejectContradictions() *policy.Rejection {
	mode := c.get("sslmode")
	lowest, highest := policy.TLSVersion(c.get("ssl_min_protocol_version")), policy.TLSVersion(c.get("ssl_max_protocol_version"))
	least, most := c.get("min_protocol_version"), c.get("max_protocol_version")
	switch {
	case c.get("sslnegotiation") == "direct" && mode != "require" && !strings.HasPrefix(mode, "verify-"):
		return policy.Contradictory("sslnegotiation=direct needs sslmode require, verify-ca or verify-full",
			`weak sslmode "`+mode+`" may not be used with sslnegotiation=direct`)
	case c.get("sslrootcert") == "system" && c.build.libpq >= 16 && mode != "verify-full":
		return policy.Contradictory("sslrootcert=system needs sslmode verify-full",
			`weak sslmode "`+mode+`" may not be used with sslrootcert=system`)
	case highest != "" && slices.Index(policy.TLSVersions, lowest) > slices.Index(policy.TLSVersions, highest):
		return policy.Contradictory("ssl_min_protocol_version is above ssl_max_protocol_version", "invalid SSL protocol version range")
	case (least == "3.2" || least == "latest") && most == "3.0":
		return policy.Contradictory("min_protocol_version is above max_protocol_version", `"min_protocol_version" is greater than "max_protocol_version"`)
	}
	return nil
}

func (c libpqClient) local() bool {
	hosts, _ := c.hosts()
	return len(hosts.tried) > 0 && hosts.tried[0].Local
}

// rejectImpossible is for settings that libpq takes and that no server of
// RDS can satisfy.
func (c libpqClient) rejectImpossible() *policy.Rejection {
	mode := c.get("sslmode")
	switch {
	case c.get("gssencmode") == "require":
		return &policy.Rejection{
			Reason: policy.ReasonGSSAPIRequired,
			Detail: "gssencmode=require asks for GSSAPI encryption, so the client tries neither TLS nor plaintext",
		}
	case c.get("channel_binding") == "require" && (mode == "disable" || c.local()):
		return &policy.Rejection{
			Reason: policy.ReasonChannelBindingImpossible,
			Detail: "channel_binding=require needs TLS, which the settings forbid",
		}
	}
	return nil
}
