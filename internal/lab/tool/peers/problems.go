package main

import "slices"

// Problem is something that is wrong with the fleet.
type Problem struct {
	// Name is unique: that of the DB instance or the client that has it.
	Name string
	// Wrong says what is wrong, for people, without a full stop.
	Wrong string
	// Carrier is where one would have to look: RDS, store, client, image,
	// sessions or log.
	Carrier string
	// Code is what the provider has to say: a reason, an outcome, the code of a
	// finding, an attribute or the title of an error.
	Code string
	// Setting is the client's connection string; empty where no client has the
	// problem.
	Setting string
	// Store is the file of the client's trust store; empty without one.
	Store string
	// Target is the CA to switch to; empty is rds-ca-rsa4096-g1.
	Target string
	// AWS is what hashicorp/aws does about it, from its source: what it says,
	// and when. Empty is nothing.
	AWS string
}

// Control is the client and the DB instance of which nothing is wrong.
const Control = "orders"

// controls are all of which nothing is wrong: Control, and a DB cluster. A tool
// finds a problem where it says what it does not say of these.
func controls() []string { return []string{Control, "right", "right-1", "right-2"} }

const (
	verified = "host=localhost dbname=app user=billing sslmode=verify-full sslrootcert=/etc/ssl/rds.pem"
	jdbc     = "jdbc:postgresql://localhost/app?"
	java     = jdbc + "sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
	// refusedByRDS is from internal/service/rds/instance.go: ca_cert_identifier
	// is any text.
	refusedByRDS = "RDS's refusal, during the apply"
)

// Healthy is the control, as a client.
func Healthy() Problem { return Problem{Name: Control, Setting: verified, Store: "both.pem"} }

// Problems are all that are planted. The slice is the caller's.
func Problems() []Problem {
	return slices.Concat(ofRDS(), ofStores(), ofClients(), ofSessions())
}

func ofRDS() []Problem {
	return []Problem{
		{Name: "force-ssl-off", Carrier: "RDS", Wrong: "`rds.force_ssl` is 0, so a client can continue in plaintext", Code: "force_ssl_enforced = false"},
		{Name: "force-ssl-waits", Carrier: "RDS", Wrong: "`rds.force_ssl` is 1 in the parameter group, but only takes effect after a reboot", Code: "pending_reboot = true"},
		{Name: "group-not-applied", Carrier: "RDS", Wrong: "RDS failed to apply the parameter group, so nobody knows what is in force", Code: "certainty = uncertain"},
		{Name: "change-waits", Carrier: "RDS", Wrong: "a change of the CA is already waiting for the maintenance window", Code: "rotation.state = pending"},
		{Name: "mixed-cas", Carrier: "RDS", Wrong: "the members of a cluster have different CAs, so a failover acts like a switch", Code: "mixed_cas = true"},
		{Name: "switch-restarts", Carrier: "RDS", Wrong: "because of its engine version, the DB instance restarts when its certificate is replaced", Code: "rotation_restarts = true"},
		{Name: "target-retired", Carrier: "RDS", Wrong: "the target is `rds-ca-2019`, which RDS has retired", Code: "Retired CA", Target: "rds-ca-2019", AWS: refusedByRDS},
		{Name: "target-not-offered", Carrier: "RDS", Wrong: "the engine version does not support the target", Code: "CA Not Offered for the Engine Version", Target: "rds-ca-ecc384-g1", AWS: refusedByRDS},
		{Name: "rsa-suites-only", Carrier: "RDS", Wrong: "the target has an ECC key, but the server's cipher suites are only for RSA keys", Code: "key_type_not_offered", Target: "rds-ca-ecc384-g1"},
	}
}

func ofStores() []Problem {
	return []Problem{
		{Name: "without-root", Carrier: "store", Wrong: "the store lacks the root of the target", Code: "unknown_authority", Setting: verified, Store: "present.pem"},
		{Name: "subordinate-only", Carrier: "store", Wrong: "the store holds the subordinate CA instead of the root", Code: "subordinate_not_predictable", Setting: jdbc + "sslmode=verify-full&sslrootcert=/etc/ssl/rds.pem", Store: "subordinate.pem"},
		{Name: "expired-root", Carrier: "store", Wrong: "the root in the store has expired", Code: "anchor_expired", Setting: verified, Store: "expired.pem"},
		{Name: "wrong-password", Carrier: "store", Wrong: "the client's password does not open its store", Code: "wrong_trust_store_password", Setting: java, Store: "both.jks"},
		{Name: "never-read", Carrier: "store", Wrong: "the store is right, but the client never opens it", Code: "trust_store_not_read", Setting: jdbc + "sslmode=require&sslrootcert=/etc/ssl/rds.pem", Store: "both.pem"},
	}
}

func ofClients() []Problem {
	return []Problem{
		{Name: "falls-back", Carrier: "client", Wrong: "`sslmode=prefer` silently falls back to plaintext after the switch", Code: "downgrades", Setting: "host=localhost dbname=app sslmode=prefer sslrootcert=/etc/ssl/rds.pem", Store: "present.pem"},
		{Name: "verifies-nothing", Carrier: "client", Wrong: "`sslmode=require` verifies nothing", Code: "unverified_client", Setting: jdbc + "sslmode=require"},
		{Name: "verifies-nothing-by-default", Carrier: "client", Wrong: "no `sslmode` is set, and the driver's default verifies nothing", Code: "unverified_client", Setting: "host=localhost dbname=app"},
		{Name: "alias", Carrier: "client", Wrong: "`verify-full` with an alias that is not in the certificate", Code: "host_name_mismatch", Setting: "host=orders.internal.example dbname=app sslmode=verify-full sslrootcert=/etc/ssl/rds.pem", Store: "both.pem"},
		{Name: "certificate-without-key", Carrier: "client", Wrong: "the client certificate has no key", Code: "client_certificate_not_usable", Setting: verified + " sslcert=/etc/ssl/client.crt sslkey=/etc/ssl/client.key", Store: "both.pem"},
		{Name: "misspelt", Carrier: "client", Wrong: "a misspelled setting (`sslmod`) is ignored", Code: "setting_not_read", Setting: "postgres://app@localhost/app?sslmod=verify-full"},
		{Name: "other-layer", Carrier: "client", Wrong: "the driver ignores a setting that is spelled as another library spells it (`sslMode`, as in R2DBC)", Code: "setting_not_read", Setting: jdbc + "sslMode=verify-full&sslRootCert=/etc/ssl/rds.pem"},
		{Name: "framework-drops-key", Carrier: "client", Wrong: "the framework ignores an entry in its configuration (`sslca` in Rails)", Code: "setting_not_read", Setting: "adapter=postgresql sslmode=require sslca=/etc/ssl/rds.pem"},
		{Name: "version-decides", Carrier: "client", Wrong: "the driver behaves differently from release to release, and nobody says which one is deployed", Code: "version_not_declared", Setting: "postgres://localhost/app?sslmode=verify-full&sslrootcert=/etc/ssl/rds.pem", Store: "both.pem"},
		{Name: "image", Carrier: "image", Wrong: "the deployed image has an old trust store", Code: "unknown_authority", Setting: verified},
		{Name: "waiver-ended", Carrier: "client", Wrong: "the waiver for a client that is not ready has expired", Code: "waiver_expired", Setting: verified, Store: "present.pem"},
	}
}

func ofSessions() []Problem {
	return []Problem{
		{Name: "plaintext-session", Carrier: "sessions", Wrong: "somebody is connected in plaintext", Code: "plaintext_sessions > 0"},
		{Name: "undeclared-session", Carrier: "sessions", Wrong: "a client that nobody thought of is connected over TLS", Code: "undeclared_client"},
		{Name: "monthly", Carrier: "log", Wrong: "a job connected yesterday, but is not connected now", Code: "undeclared_client"},
		{Name: "hidden-sessions", Carrier: "sessions", Wrong: "the provider's database role cannot see all sessions", Code: "observation_incomplete"},
		{Name: "refused-since-switch", Carrier: "log", Wrong: "a client has been cut off since the switch", Code: "refused_since_switch"},
	}
}
