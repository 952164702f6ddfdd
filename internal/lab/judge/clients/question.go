package clients

// Outcome is what a real client did.
type Outcome string

// The outcomes of a case. Hung is the harness's own: the client said nothing
// in time and was killed.
const (
	TLS       Outcome = "tls"
	Plaintext Outcome = "plaintext"
	Fails     Outcome = "fails"
	Hung      Outcome = "hung"
)

// Question is one connection that a client is told to make.
type Question struct {
	// ID comes back in the result.
	ID string `json:"id"`
	// Connection is the connection string in the client's own syntax.
	Connection string `json:"connection"`
	// Environment holds for this case only.
	Environment map[string]string `json:"environment"`
	// Properties are settings given in code.
	Properties map[string]string `json:"properties"`
	// Home is the home directory for this case.
	Home string `json:"home"`
	// TimeoutMS bounds the connection, in milliseconds.
	TimeoutMS int64 `json:"timeout_ms"`
}

// Result is what a client did with a case.
type Result struct {
	ID      string  `json:"id"`
	Outcome Outcome `json:"outcome"`
	// Error is the client's own text, cut off by the runner; empty where the
	// connection stands.
	Error string `json:"error"`
}

// Identity is what a runner says of itself in its first line.
type Identity struct {
	// Driver is the driver's name as in package driver.
	Driver string `json:"driver"`
	// Version is the driver's own version, for reports.
	Version string `json:"version"`
	// RuleVersion is the version that the driver's rules go by, such as the
	// version of libpq for what is built on it. Empty is Version.
	RuleVersion string `json:"rule_version"`
	// Runtime says in words what the driver runs on.
	Runtime string `json:"runtime"`
	// RuntimeVersion is the version of Java, Node, Python or OpenSSL as the
	// rules take it; may be empty.
	RuntimeVersion string `json:"runtime_version"`
}

// RulesVersion returns the version that the driver's rules go by.
func (i Identity) RulesVersion() string {
	if i.RuleVersion != "" {
		return i.RuleVersion
	}
	return i.Version
}
