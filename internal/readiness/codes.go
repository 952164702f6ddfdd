package readiness

import (
	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// Meaning explains a code to people. The guide Verdicts is made from the lists
// of this file; a code that is not in one of them is in no verdict and no
// finding.
type Meaning struct {
	// Code is stable, in snake_case.
	Code string
	// Meaning says what was found, in words without a full stop.
	Meaning string
	// LookAt says what to check or to do first about a reason; empty if nothing.
	LookAt string
	// Severity of a finding, in words: some findings have one by an argument.
	Severity string
}

// Reason is a stable code that says why an outcome came about: one of the
// constants here, a [certpath.Reason], or the code of a policy.Rejection.
type Reason = certpath.Reason

// The reasons of this package, beside those of package certpath.
const (
	NotVerified              Reason = "not_verified"
	TLSNotAttempted          Reason = "tls_not_attempted"
	PlaintextRefused         Reason = "plaintext_refused_by_server"
	RootCertificateMissing   Reason = "root_certificate_missing"
	TrustStoreUnreadable     Reason = "trust_store_unreadable"
	TrustStoreNoAnchors      Reason = "trust_store_has_no_anchors"
	WrongTrustStorePassword  Reason = "wrong_trust_store_password"
	TrustStorePasswordNeeded Reason = "trust_store_password_missing"
	TrustStoreNotAvailable   Reason = "trust_store_not_available"
	DeploymentNotKnown       Reason = "deployment_not_known"
	TrustStoreNotCovered     Reason = "trust_store_format_not_covered"
	DriverNotCovered         Reason = "driver_not_covered"
	ForceSSLUnknown          Reason = "force_ssl_unknown"
	PathNotKnown             Reason = "certification_path_not_known"
	KeyTypeRefused           Reason = "key_type_not_offered"
	ProtocolVersionRefused   Reason = "protocol_version_not_offered"
	FrameworkNotStarting     Reason = "framework_does_not_start"
	SettingNotRead           Reason = policy.ReasonSettingNotRead
)

// pathRefused are the reasons of a validator that refuses a certificate as
// such; their names say which part of it.
const (
	pathRefused       = "the validator refuses a certificate in the chain: "
	pathRefusedLookAt = "check `server_certificate_chain_pem` and the store"
)

// ReasonMeanings lists every reason that a verdict can have, in the order of
// the guide. The slice is the caller's.
func ReasonMeanings() []Meaning {
	reason := func(r Reason, meaning, lookAt string) Meaning {
		return Meaning{Code: string(r), Meaning: meaning, LookAt: lookAt}
	}
	return []Meaning{
		reason(certpath.Accepted, "the chain ends in a trust anchor, and the host name, if the client checks it, matches", ""),
		reason(policy.ReasonClientCertificate, "the client cannot use its client certificate, which is named in its settings or found in the driver's default location", "in `files`, check the certificate, its key and the key's permissions"),
		reason(NotVerified, "the settings ask for TLS without verification", "consider `sslmode=verify-full`"),
		reason(TLSNotAttempted, "the client connects in plaintext without trying TLS first", "consider `sslmode=verify-full`"),
		reason(certpath.UnknownAuthority, "the root is missing from the trust store that the client really opens: the declared store or, if the settings point elsewhere, the store of the operating system, JVM or runtime", "add the root of the target CA to that store. If the declared store already contains it, check that the settings point to the declared store. If the declared store is a copy of the system's own store, set `place = \"system\"` in `trust_store`"),
		reason(certpath.IssuerMissing, "the store holds the root, but the subordinate CA between the root and the server certificate is missing from `server_certificate_chain_pem`", "set `server_certificate_chain_pem` to the whole chain that the server sends"),
		reason(certpath.AnchorNotSelfSigned, "the store holds a subordinate CA or a server certificate, and this validator accepts only a root as a trust anchor", "put the root into the store"),
		reason(certpath.AnchorRejected, "the store holds a certificate of the chain in a `TRUSTED CERTIFICATE` block, whose trust settings reject it", "write it as a plain `CERTIFICATE` block"),
		reason(certpath.AnchorExpired, "the trust anchor has expired, or is not valid yet", "check the dates in the store, and `evaluation_time` if you set it"),
		reason(certpath.CertificateExpired, "a certificate in the chain has expired", "check `server_certificate_chain_pem`, and `evaluation_time` if you set it"),
		reason(certpath.CertificateNotYet, "a certificate in the chain is not valid yet", "check `server_certificate_chain_pem`, and `evaluation_time` if you set it"),
		reason(certpath.UnpredictablePath, "the store holds a subordinate CA, and nobody can predict whether the server will present this one or another", "put the root into the store"),
		reason(certpath.SignatureInvalid, pathRefused+"its signature does not verify", pathRefusedLookAt),
		reason(certpath.WeakSignature, pathRefused+"its signature algorithm is too weak", pathRefusedLookAt),
		reason(certpath.WeakKey, pathRefused+"its key is too weak", pathRefusedLookAt),
		reason(certpath.MalformedCertificate, pathRefused+"it cannot be decoded", pathRefusedLookAt),
		reason(certpath.NotACA, pathRefused+"an issuer is not a CA", pathRefusedLookAt),
		reason(certpath.PathTooLong, pathRefused+"a CA has more CAs below it in the chain than its path length constraint allows", pathRefusedLookAt),
		reason(certpath.WrongPurpose, pathRefused+"its key usage does not permit this use", pathRefusedLookAt),
		reason(certpath.NameConstraint, pathRefused+"a name constraint of a CA forbids a name in the certificate", pathRefusedLookAt),
		reason(certpath.PolicyRefused, pathRefused+"a CA requires a certificate policy that the certificate does not meet", pathRefusedLookAt),
		reason(certpath.SearchLimit, "the search for a chain reached a limit, because there are too many certificates, or because they are too large; `detail` names the limit", "remove unneeded certificates from the store and from `server_certificate_chain_pem`"),
		reason(certpath.CriticalExtension, pathRefused+"it has a critical extension that the validator does not understand", pathRefusedLookAt),
		reason(certpath.NotConforming, pathRefused+"it does not conform to RFC 5280, which the validator enforces", pathRefusedLookAt),
		reason(certpath.HostNameMismatch, "the name that the client checks, such as an alias, an address or the local end of a tunnel, is not in the server certificate", "connect with the endpoint's own name"),
		reason(RootCertificateMissing, "the client needs a root certificate file, and none is declared", "deploy the file, and declare it as `trust_store`"),
		reason(TrustStoreUnreadable, "this driver can read nothing from the store", "look at the `problems` output of the data source `sslready_trust_store`"),
		reason(TrustStoreNoAnchors, "the store can be opened, but this client finds no trust anchor in it", "look at the `problems` output of the data source `sslready_trust_store`"),
		reason(WrongTrustStorePassword, "the password does not open the store", "check the password in the declaration and the one in the client's settings"),
		reason(TrustStorePasswordNeeded, "the store needs a password, and the client has none", "check the password in the declaration and the one in the client's settings"),
		reason(DeploymentNotKnown, "the client's image could not be read, or does not show what the client would find at run time", "check `image`, or declare the facts that `detail` names as missing"),
		reason(TrustStoreNotAvailable, "the provider could not read the declared store", "check `path`, the permissions of the file, and `password_env`"),
		reason(TrustStoreNotCovered, "the rules do not cover this format of trust store", "convert the store to PEM, JKS or PKCS#12"),
		reason(policy.ReasonInvalidSettings, "the driver refuses its settings: they contain a name or a value that it does not know", "check `connection`, `environment` and `properties`"),
		reason(policy.ReasonContradictorySettings, "the driver refuses its settings: they contradict each other", "check `connection`, `environment` and `properties`"),
		reason(policy.ReasonChannelBindingImpossible, "the settings require channel binding, but forbid the TLS that it needs", "check `channel_binding` and `sslmode`"),
		reason(policy.ReasonGSSAPIRequired, "the settings require GSSAPI encryption, so the client tries neither TLS nor plaintext", "check `gssencmode`"),
		reason(policy.ReasonVersionNotDeclared, "the driver behaves differently from release to release, and the declaration does not say which release is deployed", "declare `driver_version` and `runtime_version`"),
		reason(policy.ReasonPlaceholder, "the settings contain a placeholder such as `${DB_HOST}`, `YOUR_HOST` or `db.example.com`, so they cannot be the settings that are deployed; or the client is the one named `undeclared` in a generated gate, which stands for clients that nobody has declared yet", "declare the value that the client really gets; instead of `undeclared`, declare the real clients"),
		reason(policy.ReasonFileNotDeclared, "the settings refer to a file, such as a client certificate, and that file is not declared", "declare the file in `files`, or set the client's `image`"),
		reason(FrameworkNotStarting, "the client's framework refuses its settings and does not start", "read the framework's own error in `expected_error`"),
		reason(SettingNotRead, "the client would connect, but its driver or framework ignores a setting that concerns TLS, trust or an address, so the client may not do what its settings intend", "see the finding `setting_not_read`: it names the setting and, if possible, the one that was probably meant"),
		reason(PlaintextRefused, "the client does not use TLS, and the server requires it", "check `sslmode` and `rds.force_ssl`"),
		reason(DriverNotCovered, "the rules do not decide this case: there is a version or a setting that they do not cover, or there is no host name to check", "check `driver_version` and `host`. If that does not help, try the client against an instance that is on the target CA"),
		reason(ForceSSLUnknown, "the outcome depends on `rds.force_ssl`, which is not known", "set `force_ssl` or `db_instance_identifier`"),
		reason(PathNotKnown, "it is not known which certificates the server presents", "set `region` and the identifiers of both CAs, or `server_certificate_chain_pem`"),
		reason(KeyTypeRefused, "the client and the server have no cipher suite in common for the server's type of key", "choose a CA with an RSA key, or check the client's TLS settings"),
		reason(ProtocolVersionRefused, "the client and the server have no TLS version in common", "check the client's TLS settings and `server_tls`"),
	}
}

// FindingCode is the stable code of a finding. A finding about a client that
// is not ready has its [Reason], and one about its store the code of a problem.
type FindingCode = string

// The codes of findings that are neither a reason nor a problem of a store.
const (
	FindingNoClients        FindingCode = "no_clients_declared"
	FindingUndeclared       FindingCode = "undeclared_client"
	FindingIncomplete       FindingCode = "observation_incomplete"
	FindingMatchedTwice     FindingCode = "session_matched_twice"
	FindingNeverSeen        FindingCode = "client_never_seen"
	FindingNoSession        FindingCode = "no_session_observed"
	FindingRefused          FindingCode = "client_refused"
	FindingRefusedSince     FindingCode = "refused_since_switch"
	FindingAlreadyFailing   FindingCode = "already_failing"
	FindingWaived           FindingCode = "waived"
	FindingWaiverExpired    FindingCode = "waiver_expired"
	FindingAnchorExpires    FindingCode = "anchor_expires_soon"
	FindingPinnedCA         FindingCode = "pinned_subordinate"
	FindingPinnedServer     FindingCode = "pinned_server_certificate"
	FindingPlaintext        FindingCode = "plaintext_client"
	FindingUnverified       FindingCode = "unverified_client"
	FindingFailsBehindProxy FindingCode = "fails_behind_proxy"
	FindingSettingNotRead   FindingCode = "setting_not_read"
	FindingStoreNotRead     FindingCode = "trust_store_not_read"
	FindingFactNotRead      FindingCode = "fact_not_read"
	FindingNotInFactTable   FindingCode = "not_in_fact_table"
	FindingContradicts      FindingCode = "contradicts_fact_table"
	FindingImage            FindingCode = "image"
	FindingContradictsImage FindingCode = "contradicts_image"
)

// FindingMeanings lists the codes of findings, in the order of the guide. The
// slice is the caller's.
func FindingMeanings() []Meaning {
	blocking, warning, info := string(Blocking), string(Warning), string(Info)
	finding := func(code FindingCode, severity, meaning string) Meaning {
		return Meaning{Code: code, Severity: severity, Meaning: meaning}
	}
	return []Meaning{
		finding(FindingNoClients, blocking, "no client is declared, so nothing was checked"),
		finding(FindingUndeclared, blocking+", or "+warning+" if `on_undeclared = \"warn\"`", "an observed session matches no declared client, and either uses TLS or may be using it"),
		finding(FindingIncomplete, blocking+", or "+warning+" if `on_undeclared = \"warn\"`", "some clients may be absent from an observation; the observation's attribute `why` gives the reason"),
		finding(FindingMatchedTwice, warning, "an observed session matches several clients: narrow their `match`"),
		finding(FindingNeverSeen, info, "no observed session belongs to this client; `detail` says for how long sessions were observed"),
		finding(FindingNoSession, warning, "no session was observed, but that does not prove that nobody connects: observe for longer"),
		finding(FindingRefused, warning, "a client broke off TLS handshakes because of the server certificate, although the DB instance is not on the target CA yet: either the client is already cut off, or its declaration does not match what is deployed"),
		finding(FindingRefusedSince, warning, "a client broke off TLS handshakes because of the server certificate, and the DB instance is on the target CA: the switch has cut the client off. The finding names the client if the client can be identified by its `match` or by the address of one of its earlier connections"),
		finding(FindingAlreadyFailing, warning, "as declared, the client already fails or falls back to plaintext under the current CA"),
		finding(FindingWaived, warning, "the client would not be ready, but a waiver lets it pass"),
		finding(FindingWaiverExpired, warning, "a waiver has expired and no longer counts"),
		finding(FindingAnchorExpires, warning, "a trust anchor expires within `minimum_validity`"),
		finding(FindingPinnedCA, warning, "the client trusts a subordinate CA instead of a root, so it may break when RDS next renews the server certificate, even without a switch"),
		finding(FindingPinnedServer, warning, "the client trusts a server certificate instead of a root, so it breaks when RDS next renews the server certificate, even without a switch"),
		finding(FindingPlaintext, warning, "the client does not use TLS"),
		finding(FindingUnverified, info, "the client does not verify the server"),
		finding(FindingFailsBehindProxy, warning, "through RDS Proxy, the client fails or falls back to plaintext, both before and after the switch. RDS Proxy has its own certificate, so the switch makes no difference"),
		finding(FindingSettingNotRead, blocking+" if the ignored setting is the reason why the client is not ready; otherwise "+warning+" if the setting concerns TLS, trust or an address, and "+info+" if not", "the driver or framework silently ignores a setting"),
		finding(FindingStoreNotRead, blocking, "the client does not use the declared trust store: its settings point elsewhere, or turn verification off. So either the declared settings or the declared store does not match what is deployed"),
		finding(FindingFactNotRead, info+" or "+warning, "an AWS call was denied or failed, so the facts that it would have returned are null"),
		finding(FindingNotInFactTable, warning, "`sslready_ca_certificate` only: the CA's thumbprint cannot be checked, because the CA is not in the provider's own list of RDS CAs, or because RDS reports no thumbprint"),
		finding(FindingContradicts, blocking, "`sslready_ca_certificate` only: the thumbprint that RDS reports contradicts the provider's own list of RDS CAs. In that list, the thumbprint belongs to another CA or Region, or the CA has a different thumbprint"),
		finding(FindingImage, info, "what the verdict on a client with `image` is based on: the digest of the image, the driver in it, and the path of the trust store"),
		finding(FindingContradictsImage, warning, "the declaration and the image disagree: a file that the declaration names is missing from the image, or the image contains a different version of the driver, several versions of it, or no version at all. The declaration takes precedence"),
	}
}

// OutcomeMeanings lists the outcomes, best first. Severity says whether one
// blocks a switch. The slice is the caller's.
func OutcomeMeanings() []Meaning {
	outcome := func(o Outcome, meaning string) Meaning {
		blocks := map[bool]string{true: "yes", false: "no"}[o.blocks(true)]
		if o.blocks(true) != o.blocks(false) {
			blocks += ", unless `on_indeterminate = \"warn\"`"
		}
		return Meaning{Code: o.String(), Meaning: meaning, Severity: blocks}
	}
	return []Meaning{
		outcome(Connects, "the client connects over TLS, and everything that it checks is right"),
		outcome(ConnectsUnverified, "the client connects over TLS without verifying the certificate: a switch does not break the client, but an impostor can fool it"),
		outcome(Plaintext, "the client connects in plaintext without trying TLS first, and the server accepts that"),
		outcome(Downgrades, "TLS fails, and the driver silently connects in plaintext instead"),
		outcome(Fails, "the client cannot connect"),
		outcome(Indeterminate, "too little is known to say what the client does"),
	}
}
