package certpath_test

import (
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
)

// codeReasons are the reasons that a judge's own code can mean. A code that is
// not here says too little: it is held to the reviewed expectation alone.
var codeReasons = map[string]map[string][]certpath.Reason{
	"openssl": {
		"1": {certpath.MalformedCertificate}, "2": {certpath.AnchorNotSelfSigned}, "7": {certpath.SignatureInvalid},
		"9": {certpath.CertificateNotYet}, "10": {certpath.CertificateExpired, certpath.AnchorExpired, certpath.CertificateNotYet},
		"13": {certpath.MalformedCertificate}, "14": {certpath.MalformedCertificate},
		"18": missingIssuer, "19": missingIssuer, "20": missingIssuer, "21": missingIssuer,
		"22": {certpath.PathTooLong}, "25": {certpath.PathTooLong}, "26": {certpath.WrongPurpose}, "28": {certpath.AnchorRejected},
		"32": {certpath.NotACA}, "34": {certpath.CriticalExtension}, "40": {certpath.WrongPurpose},
		"47": {certpath.NameConstraint}, "48": {certpath.NameConstraint}, "49": {certpath.NameConstraint}, "51": {certpath.NameConstraint}, "53": {certpath.NameConstraint},
		"66": {certpath.WeakKey}, "67": {certpath.WeakKey}, "68": {certpath.WeakSignature}, "79": {certpath.NotACA}, "unreadable": {certpath.MalformedCertificate},
	},
	"java": {
		"CertPathValidatorException/EXPIRED": {certpath.CertificateExpired}, "CertPathValidatorException/NOT_YET_VALID": {certpath.CertificateNotYet},
		"CertPathValidatorException/INVALID_SIGNATURE": {certpath.SignatureInvalid}, "CertPathValidatorException/INVALID_NAME": {certpath.NameConstraint},
		"CertPathValidatorException/INVALID_POLICY": {certpath.PolicyRefused}, "CertPathValidatorException/NOT_CA_CERT": {certpath.NotACA},
		"CertPathValidatorException/PATH_TOO_LONG": {certpath.PathTooLong}, "CertPathValidatorException/UNRECOGNIZED_CRIT_EXT": {certpath.CriticalExtension},
		"CertPathValidatorException/INVALID_KEY_USAGE": {certpath.NotACA, certpath.WrongPurpose}, "CertPathValidatorException/ALGORITHM_CONSTRAINED": {certpath.WeakKey, certpath.WeakSignature},
		"CertPathValidatorException/NO_TRUST_ANCHOR": {certpath.UnknownAuthority, certpath.IssuerMissing}, "unreadable": {certpath.MalformedCertificate, certpath.SignatureInvalid},
	},
	"go": {
		"CertificateInvalidError/0": {certpath.NotACA}, "CertificateInvalidError/1": {certpath.CertificateExpired, certpath.CertificateNotYet, certpath.AnchorExpired},
		"CertificateInvalidError/2": {certpath.NameConstraint}, "CertificateInvalidError/3": {certpath.PathTooLong}, "CertificateInvalidError/4": {certpath.WrongPurpose},
		"UnhandledCriticalExtension": {certpath.CriticalExtension}, "unreadable": {certpath.MalformedCertificate},
	},
	"webpki": {
		"BadDer": {certpath.MalformedCertificate, certpath.WeakSignature}, "BadDerTime": {certpath.MalformedCertificate}, "TrailingData": {certpath.MalformedCertificate, certpath.WeakSignature},
		"UnsupportedCertVersion": {certpath.MalformedCertificate}, "SignatureAlgorithmMismatch": {certpath.MalformedCertificate}, "InvalidCertValidity": {certpath.MalformedCertificate},
		"CertExpired": {certpath.CertificateExpired}, "CertNotValidYet": {certpath.CertificateNotYet}, "CaUsedAsEndEntity": {certpath.WrongPurpose, certpath.MalformedCertificate},
		"EndEntityUsedAsCa": {certpath.NotACA}, "NameConstraintViolation": {certpath.NameConstraint}, "UnsupportedCriticalExtension": {certpath.CriticalExtension},
		"RequiredEkuNotFound": {certpath.WrongPurpose}, "RequiredEkuNotFoundContext": {certpath.WrongPurpose}, "PathLenConstraintViolated": {certpath.PathTooLong},
		"InvalidSignatureForPublicKey": {certpath.SignatureInvalid, certpath.WeakSignature},
	},
}

var missingIssuer = []certpath.Reason{certpath.UnknownAuthority, certpath.IssuerMissing, certpath.AnchorNotSelfSigned}

// allowed reports whether a reason is one that the judge's code can mean. A
// callback that goes on reports the last error, and so does webpki 0.22.
func allowed(judge, code string, reason certpath.Reason) bool {
	family, _, _ := strings.Cut(judge, "-")
	reasons, known := codeReasons[family][code]
	return !known || judge == "webpki-0.22" || slices.Contains(reasons, reason)
}
