package readiness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

const (
	remedySettings = "Correct the client's settings: the driver or the server refuses them."
	remedyCanary   = "Test this client against an instance that is already on the target CA. If the client connects, add a waiver with a reason and an expiry date."
	remedyPath     = "Set server_certificate_chain_pem to what the server sends after the switch: a certificate in the current value has expired or is not valid yet. If evaluation_time is set, check it."
	remedyRefused  = "Check server_certificate_chain_pem and the client's trust store: the client refuses a certificate in the chain."
)

// remedies are those that are the same in every situation.
var remedies = map[Reason]string{
	certpath.IssuerMissing:                "Set server_certificate_chain_pem to exactly what the server sends: the current value lacks certificates between the server certificate and the root.",
	certpath.CertificateExpired:           remedyPath,
	certpath.CertificateNotYet:            remedyPath,
	certpath.SearchLimit:                  "Remove unneeded certificates from the client's trust store and from server_certificate_chain_pem: the search for a certificate chain reached its limit.",
	TrustStoreNotAvailable:                "Use \"path\", \"content\" or \"content_base64\" to provide a trust store that can be read where Terraform runs.",
	PlaintextRefused:                      "Make the client use TLS: the server requires it.",
	ForceSSLUnknown:                       "Set force_ssl, or set db_instance_identifier and grant the permission rds:DescribeDBParameters, so that the provider can read the value from RDS.",
	PathNotKnown:                          "Set server_certificate_chain_pem, or set \"region\" and \"target_ca_cert_identifier\" to a Region and a CA that RDS offers or the provider's own list of RDS CAs contains.",
	ProtocolVersionRefused:                "Make the client offer a TLS version that the server accepts. If server_tls is set, check it.",
	policy.ReasonVersionNotDeclared:       "Declare driver_version and runtime_version as they are deployed.",
	policy.ReasonPlaceholder:              "Declare the value that the client gets in place of the placeholder.",
	policy.ReasonFileNotDeclared:          "Declare the file in \"files\", under the path that the client sees. If the deployed client does not have the setting that names this file, remove the setting.",
	policy.ReasonClientCertificate:        "Correct the client certificate, its private key or the permissions of the key file, or remove the client certificate: RDS does not ask for one.",
	SettingNotRead:                        "Remove the ignored setting, or move it to where it is read.",
	FrameworkNotStarting:                  "Correct the framework's settings: the framework refuses them and does not start.",
	policy.ReasonInvalidSettings:          remedySettings,
	policy.ReasonContradictorySettings:    remedySettings,
	policy.ReasonChannelBindingImpossible: remedySettings,
	policy.ReasonGSSAPIRequired:           remedySettings,
	DriverNotCovered:                      remedyCanary,
	TrustStoreNotCovered:                  remedyCanary,
	DeploymentNotKnown:                    "Make sure that Terraform can read the image, or declare what the image does not show.",
}

// remedy is one imperative sentence or two for a verdict on the target, or "".
// host is the endpoint's name, empty where it is not known.
func remedy(c Client, p policy.Policy, v Verdict, target, current Evidence, host string) string {
	if !v.Outcome.blocks(true) {
		return ""
	}
	if v.Reason == policy.ReasonPlaceholder && c.Settings.Properties["description"] == policy.PlaceholderClient {
		return "Declare the real clients in place of this placeholder."
	}
	if fixed, is := remedies[v.Reason]; is {
		return fixed
	}
	root := rootName(target)
	if c.ViaProxy {
		root = "a root CA of Amazon Trust Services, which issues the certificates of RDS Proxy,"
	}
	all := p.Possible()
	switch last := all[len(all)-1]; v.Reason {
	case certpath.UnknownAuthority, TrustStoreNoAnchors, certpath.UnpredictablePath:
		if v.Reason == TrustStoreNoAnchors && c.Store.Password != nil && last.Anchors.OwnPassword && last.Anchors.Password == nil {
			return "Declare the store's password as javax.net.ssl.trustStorePassword, in \"properties\" or in JAVA_TOOL_OPTIONS, whichever the deployment uses: the password in trust_store does not reach the JVM."
		}
		return addRoot(root, c.ViaProxy || target.CAIdentifier != "" && current.CAIdentifier == target.CAIdentifier, last)
	case certpath.AnchorNotSelfSigned:
		return fmt.Sprintf("Instead of a subordinate CA or a server certificate, put the self-signed root into the trust store: %s.", strings.TrimSuffix(root, ","))
	case certpath.AnchorRejected:
		return fmt.Sprintf("Write %s into the trust store as a CERTIFICATE block, without trust settings.", root)
	case certpath.AnchorExpired:
		return fmt.Sprintf("Replace the expired certificate in the client's trust store with %s. If evaluation_time is set, check it.", strings.TrimSuffix(root, ","))
	case RootCertificateMissing:
		return fmt.Sprintf("Put %s into the file where the client looks for its root certificates, and declare that file as trust_store.", root)
	case TrustStoreUnreadable:
		return fmt.Sprintf("Rebuild the trust store in a format that %s reads, and include %s.", c.Settings.Driver, strings.TrimSuffix(root, ","))
	case certpath.HostNameMismatch:
		if !slices.ContainsFunc(last.Hosts, func(h policy.Host) bool { return h.Name != "" }) {
			return "Set \"host\", or add to \"connection\" the host name that the client uses to reach the server."
		}
		if !c.ViaProxy && target.certifies(host) {
			return "Connect with a name that is in the server certificate, such as " + host + "."
		}
		return "Connect with the endpoint's own name, which is the one in the server certificate."
	case WrongTrustStorePassword:
		if p.Anchors.Password != nil {
			return "The password in the client's settings does not open the trust store: correct the password or replace the store."
		}
		return "Correct the password of the trust store: the one in \"password\" or \"password_env\" does not open it."
	case TrustStorePasswordNeeded:
		if p.Anchors.NoPassword {
			return "Put the trust store's password into the client's own settings: the client currently tries to open the store without one."
		}
		return "Set the trust store's password with \"password\" or \"password_env\"."
	case KeyTypeRefused:
		if v.Outcome == Indeterminate {
			return "Choose a CA with an RSA key, or set server_tls.ciphers to the output of SHOW ssl_ciphers."
		}
		return "Choose a CA with an RSA key, or allow cipher suites for ECDSA keys where they are missing: in the client or on the server."
	}
	if p.Rejection != nil {
		return remedySettings
	}
	return remedyRefused
}

// addRoot is for a client that lacks the root where it looks. switched says
// that there is no older one to keep.
func addRoot(root string, switched bool, p policy.Policy) string {
	switch {
	case p.Anchors.Source == policy.SystemStore:
		return fmt.Sprintf("In the client's settings, name a trust store that contains %s, or add that root to the store of the client's operating system, JVM or runtime.", strings.TrimSuffix(root, ","))
	case p.Anchors.Source == policy.EmptyStore:
		return fmt.Sprintf("In the client's settings, name a trust store that contains %s: the one that they specify is empty.", strings.TrimSuffix(root, ","))
	case switched:
		return fmt.Sprintf("Add %s to the client's trust store.", root)
	}
	return fmt.Sprintf("Add %s to the client's trust store, and keep the old root until after the switch.", root)
}

// rootName names the root that clients need after the switch.
func rootName(target Evidence) string {
	switch {
	case target.Presented.RootSubject != "":
		return "the root CA " + policy.Quoted(target.Presented.RootSubject)
	case target.CAIdentifier != "":
		return "the root CA of " + target.CAIdentifier
	default:
		return "the root CA of the server's certificate chain"
	}
}
