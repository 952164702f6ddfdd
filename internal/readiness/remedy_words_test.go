package readiness_test

import (
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// situationOf is what a remedy depends on beside the reason.
type situationOf struct {
	client readiness.Client
	policy policy.Policy
	fails  bool // else indeterminate
	there  bool // on the target already
}

// TestEveryReasonHasItsRemedy: reason by reason, and in the situations that
// change what is to be done. A reason that is added has to be here.
func TestEveryReasonHasItsRemedy(t *testing.T) {
	t.Parallel()
	const target = "rds-ca-rsa2048-g1"
	password := "changeit"
	proxy := readiness.Client{ViaProxy: true}
	system := policy.Policy{Anchors: policy.Anchors{Source: policy.SystemStore}}
	settings := "Correct the client's settings: the driver or the server refuses them."
	refused := "Check server_certificate_chain_pem and the client's trust store: the client refuses a certificate in the chain."
	outOfValidity := "Set server_certificate_chain_pem to what the server sends after the switch: a certificate in the current value has expired or is not valid yet. If evaluation_time is set, check it."
	add := "Add the root CA of rds-ca-rsa2048-g1 to the client's trust store"
	addBeside := add + ", and keep the old root until after the switch."
	canary := "Test this client against an instance that is already on the target CA. If the client connects, add a waiver with a reason and an expiry date."
	type wanted struct {
		in   situationOf
		want string
	}
	opened := readiness.Client{Store: readiness.Store{Password: &password}}
	placeholder := readiness.Client{Settings: policy.Settings{Properties: map[string]string{"description": policy.PlaceholderClient}}}
	always := func(want string) []wanted { return []wanted{{situationOf{fails: true}, want}, {situationOf{}, want}} }
	tests := map[readiness.Reason][]wanted{
		certpath.Accepted: nil, readiness.NotVerified: nil, readiness.TLSNotAttempted: nil, // They connect.
		certpath.UnknownAuthority: {
			{situationOf{fails: true}, addBeside},
			{situationOf{fails: true, there: true}, add + "."},
			{situationOf{fails: true, client: proxy}, "Add a root CA of Amazon Trust Services, which issues the certificates of RDS Proxy, to the client's trust store."},
			{situationOf{fails: true, policy: system}, "In the client's settings, name a trust store that contains the root CA of rds-ca-rsa2048-g1, or add that root to the store of the client's operating system, JVM or runtime."},
			{
				situationOf{fails: true, client: proxy, policy: system},
				"In the client's settings, name a trust store that contains a root CA of Amazon Trust Services, which issues the certificates of RDS Proxy, or add that root to the store of the client's operating system, JVM or runtime.",
			},
			{situationOf{fails: true, client: opened, policy: policy.Policy{Anchors: policy.Anchors{OwnPassword: true}}}, addBeside},
			{situationOf{fails: true, policy: policy.Policy{Anchors: policy.Anchors{Source: policy.EmptyStore}}}, "In the client's settings, name a trust store that contains the root CA of rds-ca-rsa2048-g1: the one that they specify is empty."},
		},
		certpath.UnpredictablePath: {{situationOf{}, addBeside}},
		readiness.TrustStoreNoAnchors: {
			{situationOf{fails: true}, addBeside},
			{situationOf{fails: true, policy: policy.Policy{Anchors: policy.Anchors{OwnPassword: true}}}, addBeside},
			{situationOf{fails: true, client: opened}, addBeside},
			{
				situationOf{fails: true, client: opened, policy: policy.Policy{Anchors: policy.Anchors{OwnPassword: true}}},
				"Declare the store's password as javax.net.ssl.trustStorePassword, in \"properties\" or in JAVA_TOOL_OPTIONS, whichever the deployment uses: the password in trust_store does not reach the JVM.",
			},
			{situationOf{fails: true, client: opened, policy: policy.Policy{Anchors: policy.Anchors{OwnPassword: true, Password: &password}}}, addBeside},
		},
		certpath.IssuerMissing: always("Set server_certificate_chain_pem to exactly what the server sends: the current value lacks certificates between the server certificate and the root."),
		certpath.AnchorNotSelfSigned: append(always("Instead of a subordinate CA or a server certificate, put the self-signed root into the trust store: the root CA of rds-ca-rsa2048-g1."),
			wanted{situationOf{fails: true, client: proxy}, "Instead of a subordinate CA or a server certificate, put the self-signed root into the trust store: a root CA of Amazon Trust Services, which issues the certificates of RDS Proxy."}),
		certpath.AnchorRejected: always("Write the root CA of rds-ca-rsa2048-g1 into the trust store as a CERTIFICATE block, without trust settings."),
		certpath.AnchorExpired: append(always("Replace the expired certificate in the client's trust store with the root CA of rds-ca-rsa2048-g1. If evaluation_time is set, check it."),
			wanted{situationOf{fails: true, client: proxy}, "Replace the expired certificate in the client's trust store with a root CA of Amazon Trust Services, which issues the certificates of RDS Proxy. If evaluation_time is set, check it."}),
		certpath.CertificateExpired: always(outOfValidity), certpath.CertificateNotYet: always(outOfValidity),
		certpath.SignatureInvalid: always(refused), certpath.WeakSignature: always(refused), certpath.WeakKey: always(refused), certpath.MalformedCertificate: always(refused),
		certpath.NotACA: always(refused), certpath.PathTooLong: always(refused), certpath.WrongPurpose: always(refused), certpath.NameConstraint: always(refused),
		certpath.PolicyRefused: always(refused), certpath.CriticalExtension: always(refused), certpath.NotConforming: always(refused),
		certpath.SearchLimit: always("Remove unneeded certificates from the client's trust store and from server_certificate_chain_pem: the search for a certificate chain reached its limit."),
		certpath.HostNameMismatch: {
			{situationOf{fails: true, policy: policy.Policy{Hosts: []policy.Host{{Name: "alias.example"}}}}, "Connect with the endpoint's own name, which is the one in the server certificate."},
			{situationOf{fails: true, policy: policy.Policy{Hosts: []policy.Host{{}}}}, "Set \"host\", or add to \"connection\" the host name that the client uses to reach the server."},
		},
		readiness.RootCertificateMissing: always("Put the root CA of rds-ca-rsa2048-g1 into the file where the client looks for its root certificates, and declare that file as trust_store."),
		readiness.TrustStoreUnreadable: {
			{situationOf{fails: true, client: readiness.Client{Settings: policy.Settings{Driver: "pgjdbc"}}}, "Rebuild the trust store in a format that pgjdbc reads, and include the root CA of rds-ca-rsa2048-g1."},
			{
				situationOf{fails: true, client: readiness.Client{ViaProxy: true, Settings: policy.Settings{Driver: "pgjdbc"}}},
				"Rebuild the trust store in a format that pgjdbc reads, and include a root CA of Amazon Trust Services, which issues the certificates of RDS Proxy.",
			},
		},
		readiness.WrongTrustStorePassword: {
			{situationOf{fails: true}, "Correct the password of the trust store: the one in \"password\" or \"password_env\" does not open it."},
			{situationOf{fails: true, policy: policy.Policy{Anchors: policy.Anchors{Password: &password}}}, "The password in the client's settings does not open the trust store: correct the password or replace the store."},
		},
		readiness.TrustStorePasswordNeeded: {
			{situationOf{fails: true}, "Set the trust store's password with \"password\" or \"password_env\"."},
			{situationOf{fails: true, policy: policy.Policy{Anchors: policy.Anchors{NoPassword: true}}}, "Put the trust store's password into the client's own settings: the client currently tries to open the store without one."},
		},
		readiness.TrustStoreNotAvailable:      always("Use \"path\", \"content\" or \"content_base64\" to provide a trust store that can be read where Terraform runs."),
		readiness.TrustStoreNotCovered:        always(canary),
		readiness.DeploymentNotKnown:          always("Make sure that Terraform can read the image, or declare what the image does not show."),
		policy.ReasonInvalidSettings:          always(settings),
		policy.ReasonContradictorySettings:    always(settings),
		policy.ReasonChannelBindingImpossible: always(settings),
		policy.ReasonGSSAPIRequired:           always(settings),
		policy.ReasonVersionNotDeclared:       always("Declare driver_version and runtime_version as they are deployed."),
		policy.ReasonPlaceholder: append(always("Declare the value that the client gets in place of the placeholder."),
			wanted{situationOf{client: placeholder}, "Declare the real clients in place of this placeholder."}),
		policy.ReasonFileNotDeclared:   always("Declare the file in \"files\", under the path that the client sees. If the deployed client does not have the setting that names this file, remove the setting."),
		policy.ReasonClientCertificate: always("Correct the client certificate, its private key or the permissions of the key file, or remove the client certificate: RDS does not ask for one."),
		readiness.FrameworkNotStarting: always("Correct the framework's settings: the framework refuses them and does not start."),
		readiness.SettingNotRead:       always("Remove the ignored setting, or move it to where it is read."),
		readiness.PlaintextRefused: append(always("Make the client use TLS: the server requires it."),
			wanted{situationOf{fails: true, client: placeholder}, "Make the client use TLS: the server requires it."}),
		readiness.DriverNotCovered: always(canary),
		readiness.ForceSSLUnknown:  always("Set force_ssl, or set db_instance_identifier and grant the permission rds:DescribeDBParameters, so that the provider can read the value from RDS."),
		readiness.PathNotKnown:     always("Set server_certificate_chain_pem, or set \"region\" and \"target_ca_cert_identifier\" to a Region and a CA that RDS offers or the provider's own list of RDS CAs contains."),
		readiness.KeyTypeRefused: {
			{situationOf{fails: true}, "Choose a CA with an RSA key, or allow cipher suites for ECDSA keys where they are missing: in the client or on the server."},
			{situationOf{}, "Choose a CA with an RSA key, or set server_tls.ciphers to the output of SHOW ssl_ciphers."},
		},
		readiness.ProtocolVersionRefused: always("Make the client offer a TLS version that the server accepts. If server_tls is set, check it."),
	}
	for _, meaning := range readiness.ReasonMeanings() {
		reason := readiness.Reason(meaning.Code)
		cases, known := tests[reason]
		if !known {
			t.Errorf("%s: no remedy is asserted", reason)
		}
		for _, tc := range cases {
			current, outcome := readiness.Evidence{CAIdentifier: "rds-ca-2019"}, readiness.Indeterminate
			if tc.in.there {
				current.CAIdentifier = target
			}
			if tc.in.fails {
				outcome = readiness.Fails
			}
			got := readiness.Remedy(tc.in.client, tc.in.policy, readiness.Verdict{Outcome: outcome, Reason: reason}, readiness.Evidence{CAIdentifier: target}, current, "")
			if got != tc.want {
				t.Errorf("%s, %+v: remedy %q, want %q", reason, tc.in, got, tc.want)
			}
			if len(got) > 220 || strings.Count(got, ". ") > 1 {
				t.Errorf("%s: too long for a tired reader: %q", reason, got)
			}
		}
		for _, outcome := range []readiness.Outcome{readiness.Connects, readiness.ConnectsUnverified, readiness.Plaintext} {
			if got := readiness.Remedy(readiness.Client{}, policy.Policy{}, readiness.Verdict{Outcome: outcome, Reason: reason}, readiness.Evidence{}, readiness.Evidence{}, ""); got != "" {
				t.Errorf("%s, %s: nothing is to be done, and it says %q", reason, outcome, got)
			}
		}
	}
}

// TestTheRemedyNamesTheRoot as people know it, as far as anything is known.
func TestTheRemedyNamesTheRoot(t *testing.T) {
	t.Parallel()
	for want, target := range map[string]readiness.Evidence{
		`Add the root CA "Amazon RDS Root" to the client's trust store, and keep the old root until after the switch.`: {
			CAIdentifier: "rds-ca-rsa2048-g1", Presented: certpath.Presented{RootSubject: "Amazon RDS Root"},
		},
		"Add the root CA of the server's certificate chain to the client's trust store, and keep the old root until after the switch.": {},
	} {
		v := readiness.Verdict{Outcome: readiness.Fails, Reason: certpath.UnknownAuthority}
		if got := readiness.Remedy(readiness.Client{}, policy.Policy{}, v, target, readiness.Evidence{}, ""); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestAReasonOfThePolicysOwn is about the settings where those are refused, and
// about the path else.
func TestAReasonOfThePolicysOwn(t *testing.T) {
	t.Parallel()
	v := readiness.Verdict{Outcome: readiness.Fails, Reason: "own"}
	for want, p := range map[string]policy.Policy{
		"Correct the client's settings: the driver or the server refuses them.":                                           {Rejection: &policy.Rejection{Reason: "own"}},
		"Check server_certificate_chain_pem and the client's trust store: the client refuses a certificate in the chain.": {},
	} {
		if got := readiness.Remedy(readiness.Client{}, p, v, readiness.Evidence{}, readiness.Evidence{}, ""); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
