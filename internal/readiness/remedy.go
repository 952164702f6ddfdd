package readiness

import (
	"fmt"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// remedy is one imperative sentence for a verdict on the target, or "".
func remedy(c Client, p policy.Policy, v Verdict, target, current Evidence) string {
	if !v.Outcome.blocks(true) {
		return ""
	}
	root := rootName(target)
	if c.ViaProxy {
		root = "a root CA of Amazon Trust Services, under which RDS Proxy has its certificates,"
	}
	if all := p.Possible(); v.Reason == TrustStoreNoAnchors && c.Store.Password != nil && all[len(all)-1].Anchors.OwnPassword && all[len(all)-1].Anchors.Password == nil {
		return "Give the JVM the store's password by javax.net.ssl.trustStorePassword, in properties or JAVA_TOOL_OPTIONS as it is deployed: the client does not get the one in trust_store."
	}
	switch v.Reason {
	case certpath.UnknownAuthority, certpath.IssuerMissing, TrustStoreNoAnchors, certpath.UnpredictablePath:
		if c.ViaProxy || target.CAIdentifier != "" && current.CAIdentifier == target.CAIdentifier {
			return fmt.Sprintf("Add %s to the client's trust store.", root)
		}
		return fmt.Sprintf("Add %s to the client's trust store, and keep the old one beside it until after the switch.", root)
	case certpath.AnchorNotSelfSigned:
		return fmt.Sprintf("Put %s, the self-signed root, into the trust store instead of a subordinate CA or server certificate.", root)
	case certpath.AnchorRejected:
		return fmt.Sprintf("Write %s into the trust store as a CERTIFICATE block, without trust settings.", root)
	case RootCertificateMissing:
		return fmt.Sprintf("Put %s where the client looks for its root certificates, and declare it as trust_store.", root)
	case certpath.AnchorExpired, certpath.CertificateExpired, certpath.CertificateNotYet:
		return "Replace the certificate that is out of its validity, and check evaluation_time."
	case certpath.HostNameMismatch:
		return "Connect by the endpoint's own name, the one in the server certificate."
	case TrustStoreUnreadable:
		return fmt.Sprintf("Rebuild the trust store in a format that %s reads, with %s in it.", c.Settings.Driver, root)
	case WrongTrustStorePassword:
		if p.Anchors.Password != nil {
			return "Correct the password of the trust store in the client's settings, or the trust store: that password does not open it."
		}
		return "Correct the password of the trust store: the one given by password_wo, password_env or password does not open it."
	case TrustStorePasswordNeeded:
		if p.Anchors.NoPassword {
			return "Give the client the password of its trust store in its own settings: it opens the store without one."
		}
		return "Give the trust store's password by password_wo, password_env or password."
	case TrustStoreNotAvailable:
		return "Give a trust store that can be read where Terraform runs, by path, content or content_base64."
	case PlaintextRefused:
		return "Let the client use TLS: its settings turn it off, and the server demands it."
	case ForceSSLUnknown:
		return "Give force_ssl, or db_instance_identifier to have it read from RDS."
	case PathNotKnown:
		return "Give server_certificate_chain_pem, or a region and target_ca_cert_identifier that the fact table or RDS knows."
	case KeyTypeRefused:
		if v.Outcome == Indeterminate {
			return "Choose a CA with an RSA key, or give server_tls.ciphers as SHOW ssl_ciphers has it."
		}
		return "Choose a CA with an RSA key, or let the client offer suites for ECDSA keys."
	case ProtocolVersionRefused:
		return "Let the client offer TLS 1.2 or later."
	case policy.ReasonVersionNotDeclared:
		return "Declare driver_version and runtime_version as they are deployed."
	case policy.ReasonFileNotDeclared:
		return "Declare the file in files, by the path that the client sees, or leave the setting out where the client does not have it."
	case SettingNotRead:
		return "Remove the setting that is not read, or write it where it is read."
	case FrameworkNotStarting:
		return "Correct the framework's settings: it does not start with them."
	case DriverNotCovered, TrustStoreNotCovered:
		return "Try this client against an instance that has the target CA, and waive it here with a reason and an end."
	}
	if p.Rejection != nil {
		return "Correct the client's settings: its driver refuses them."
	}
	return "Repair the certification path or the client's trust store, as the detail says."
}

// rootName names the root that clients need after the switch.
func rootName(target Evidence) string {
	switch {
	case target.Presented.RootSubject != "":
		return fmt.Sprintf("the root CA %q", target.Presented.RootSubject)
	case target.CAIdentifier != "":
		return "the root CA of " + target.CAIdentifier
	default:
		return "the root CA that the server's path ends in"
	}
}
