package libpq

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// badInteger is the constant part of libpq's message.
const badInteger = "invalid integer value"

// socketNumbers are the settings that libpq hands over to the kernel, with
// the most that Linux takes; it takes nothing below 1. Zero is no bound: a
// negative tcp_user_timeout is none.
var socketNumbers = []struct {
	keyword string
	most    int64
}{
	{"keepalives_idle", 32767},
	{"keepalives_interval", 32767},
	{"keepalives_count", 127},
	{"tcp_user_timeout", 0},
}

// rejectNumbers checks what libpq reads as numbers when it connects.
//
// Source: fe-connect.c, parse_int_param and PQconnectPoll, 12 to 18. Observed
// on Linux with 12.22 to 18.4.
func (c libpqClient) rejectNumbers() *policy.Rejection {
	if _, rejection := c.firstPort(); rejection != nil {
		return rejection
	}
	if rejection := c.rejectNumber("connect_timeout"); rejection != nil && !c.build.polls {
		return rejection
	}
	if c.local() {
		return nil
	}
	if rejection := c.rejectNumber("keepalives"); rejection != nil && !c.oddKeepalives() {
		rejection.Client = "integer" // Minor releases word it in two ways.
		return rejection
	}
	if keepalives, set := integer(c.get("keepalives")); set && keepalives == 0 {
		return nil
	}
	for _, n := range socketNumbers {
		if rejection := c.rejectNumber(n.keyword); rejection != nil {
			return rejection
		}
		number, set := integer(c.get(n.keyword))
		if set && n.most != 0 && (number < 1 || number > n.most) {
			return policy.Invalid("the setting "+n.keyword+" is a number that Linux does not accept", "Invalid argument")
		}
	}
	return nil
}

// oddKeepalives says whether keepalives is a number that the minor releases of
// libpq read in two ways: nothing, with blanks around it, or too large. Observed
// in the wheels of psycopg 3.1.8 to 3.2.13 beside 12.22 to 18.4.
func (c libpqClient) oddKeepalives() bool {
	value, set := c.settings.Get("keepalives")
	trimmed := strings.TrimSpace(value)
	_, err := strconv.ParseInt(trimmed, 10, 32)
	return set && (trimmed == "" || trimmed != value || errors.Is(err, strconv.ErrRange))
}

func (c libpqClient) rejectNumber(keyword string) *policy.Rejection {
	value, set := c.settings.Get(keyword)
	if _, ok := integer(value); set && !ok {
		return policy.Invalid("the setting "+keyword+" is not a number", badInteger)
	}
	return nil
}

// firstPort returns which of several hosts is the first with a port that there
// can be: the others are passed over.
func (c libpqClient) firstPort() (host int, rejection *policy.Rejection) {
	ports := strings.Split(c.get("port"), ",")
	for i, port := range ports {
		number, ok := integer(port)
		switch {
		case port != "" && !ok:
			return i, policy.Invalid("the port is not a number", `invalid integer value "`+port+`" for connection option "port"`)
		case port == "" || number >= 1 && number <= 65535:
			return i, nil
		}
	}
	return len(ports), policy.Invalid("the port is out of range", `invalid port number: "`+ports[0]+`"`)
}

// integer reads a number as libpq does: blanks around it do not matter.
func integer(value string) (int64, bool) {
	n, err := strconv.ParseInt(strings.Trim(value, " \t\n\v\f\r"), 10, 32)
	return n, err == nil
}

// authMethods are what require_auth can name.
//
// Source: fe-connect.c, pqConnectOptions2, 16 to 18.
var authMethods = []string{"password", "md5", "gss", "sspi", "scram-sha-256", "none"}

// rejectAuth reads require_auth: a list of methods, all of them with an
// exclamation mark or none.
func (c libpqClient) rejectAuth() *policy.Rejection {
	value := c.get("require_auth")
	if value == "" {
		return nil
	}
	const detail = "require_auth has a value that libpq does not know"
	parts := strings.Split(value, ",")
	for i, part := range parts {
		method, negative := strings.CutPrefix(part, "!")
		switch {
		case negative && !strings.HasPrefix(parts[0], "!"):
			return policy.Contradictory("require_auth both requires and forbids methods", "negative require_auth method "+strconv.Quote(part)+" cannot be mixed with non-negative methods")
		case !negative && strings.HasPrefix(parts[0], "!"):
			return policy.Contradictory("require_auth both requires and forbids methods", "require_auth method "+strconv.Quote(part)+" cannot be mixed with negative methods")
		case !slices.Contains(authMethods, method) && (method != "oauth" || c.build.libpq < 18):
			return policy.Invalid(detail, "invalid require_auth value: "+strconv.Quote(method))
		case slices.Contains(parts[:i], part):
			return policy.Invalid("require_auth names a method twice", "require_auth method "+strconv.Quote(part)+" is specified more than once")
		}
	}
	return nil
}
