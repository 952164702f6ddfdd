// Package certpath decides whether a client's TLS library accepts a server
// certificate: the certification path under a validator profile, and the name.
package certpath

import (
	"crypto/x509"
	"time"
)

// Validator is a family of certification path validation code.
type Validator string

// The validators that drivers use. The zero value validates nothing.
const (
	OpenSSL  Validator = "openssl"  // libpq, Python, Node, Ruby, PHP
	Java     Validator = "java"     // JSSE with the PKIX algorithm
	Go       Validator = "go"       // crypto/x509
	WebPKI   Validator = "webpki"   // rustls
	SChannel Validator = "schannel" // Windows; .NET on Linux builds its chain itself
)

// Profile is a validator with the settings that change its answer.
type Profile struct {
	// Validator is required.
	Validator Validator
	// Version of the library: "1.1.1", "3.0", "17". Empty is the newest known.
	Version string
	// PartialChain accepts any certificate of the store as the end of the
	// path (X509_V_FLAG_PARTIAL_CHAIN). Java and Go always do.
	PartialChain bool
	// Strict is OpenSSL's X509_V_FLAG_X509_STRICT, on by default in
	// Python 3.13's ssl.create_default_context.
	Strict bool
	// SecurityLevel is OpenSSL's, 1 to 5. 0 and -1 are the library's default,
	// see [Verify]; [SecurityLevelNone] is level 0.
	SecurityLevel int
	// ReportsLastError is for a client whose verify callback goes on after
	// an error and reports the last one, as Node does. It changes
	// ClientError and can change Reason, never whether a path is accepted.
	ReportsLastError bool
	// OtherAnchors says that the store holds anchors beside the given ones,
	// none of which ends the path. It changes Java's ClientError only.
	OtherAnchors bool
}

// SecurityLevelNone is OpenSSL's security level 0, for [Profile]: no check of
// key sizes and digests ("@SECLEVEL=0" in a cipher list).
const SecurityLevelNone = -2

// Reason is a stable code of why a path or a name was refused.
// The zero value means that it was not decided.
type Reason string

// The reasons of this package.
const (
	Accepted             Reason = "accepted"
	UnknownAuthority     Reason = "unknown_authority"
	AnchorNotSelfSigned  Reason = "anchor_not_self_signed"
	CertificateExpired   Reason = "certificate_expired"
	CertificateNotYet    Reason = "certificate_not_yet_valid"
	AnchorExpired        Reason = "anchor_expired"
	AnchorRejected       Reason = "anchor_rejected" // by the trust settings of a TRUSTED CERTIFICATE block
	IssuerMissing        Reason = "issuer_certificate_missing"
	SignatureInvalid     Reason = "signature_invalid"
	WeakSignature        Reason = "weak_signature"
	WeakKey              Reason = "weak_key"
	NotACA               Reason = "issuer_not_a_ca"
	PathTooLong          Reason = "path_length_exceeded"
	WrongPurpose         Reason = "wrong_key_usage"
	NameConstraint       Reason = "name_constraint_violated"
	HostNameMismatch     Reason = "host_name_mismatch"
	UnpredictablePath    Reason = "subordinate_not_predictable"
	MalformedCertificate Reason = "malformed_certificate"
	CriticalExtension    Reason = "critical_extension_not_understood"
	PolicyRefused        Reason = "certificate_policy_not_met"
	SearchLimit          Reason = "search_limit_exceeded"   // undecided: the search for a path was given up
	NotConforming        Reason = "certificate_not_rfc5280" // what OpenSSL's strict mode refuses
)

// Result is the answer of a validator.
type Result struct {
	// Reason is Accepted, why not, or empty for undecided.
	Reason Reason
	// Detail says it in words, with subjects and dates.
	Detail string
	// ClientError is the text that the real library reports; empty where it
	// reports none or is not known.
	ClientError string
	// Anchor is the trust anchor at the end of the accepted path, else nil.
	Anchor *x509.Certificate
}

// Presented is what the server sends, or what is known of it beforehand.
type Presented struct {
	// Certificates, server certificate first, as sent. Empty when only the
	// root is known.
	Certificates []*x509.Certificate
	// RootSHA256 is the lower-case hexadecimal SHA-256 of the self-signed
	// root that ends the path; used when Certificates is empty. The path
	// then has RDS's shape: server certificate, one subordinate CA, root.
	RootSHA256 string
	// RootSHA1 is RDS's Thumbprint of that root, for messages, where no
	// anchor has it and RootSHA256 is not known.
	RootSHA1 string
	// RootSubject is the root's distinguished name or common name, for
	// messages and to recognize its subordinates; may be empty.
	RootSubject string
	// RootNotAfter is when the root ends; zero when not known.
	RootNotAfter time.Time
}
