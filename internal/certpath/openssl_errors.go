package certpath

// verifyError is one of OpenSSL's X509_V_ERR codes.
type verifyError int

// The codes that this package can reach; numbers and texts are OpenSSL's.
const (
	errNone                verifyError = 0
	errUnspecified         verifyError = 1
	errIssuerCert          verifyError = 2
	errSignature           verifyError = 7
	errNotYetValid         verifyError = 9
	errExpired             verifyError = 10
	errNotBeforeField      verifyError = 13
	errNotAfterField       verifyError = 14
	errSelfSignedLeaf      verifyError = 18
	errSelfSignedInChain   verifyError = 19
	errIssuerLocally       verifyError = 20
	errLeafSignature       verifyError = 21
	errChainTooLong        verifyError = 22
	errPathLength          verifyError = 25
	errPurpose             verifyError = 26
	errRejected            verifyError = 28
	errKeyUsage            verifyError = 32
	errCriticalExtension   verifyError = 34
	errProxy               verifyError = 40
	errPermittedSubtree    verifyError = 47
	errExcludedSubtree     verifyError = 48
	errMinMax              verifyError = 49
	errConstraintType      verifyError = 51
	errNameSyntax          verifyError = 53
	errProxyName           verifyError = 72
	errLeafKeyTooWeak      verifyError = 66
	errCAKeyTooWeak        verifyError = 67
	errDigestTooWeak       verifyError = 68
	errInvalidCA           verifyError = 79
	errPathLenNotCA        verifyError = 80
	errPathLenNoKeyUsage   verifyError = 81
	errCertSignNotCA       verifyError = 82
	errIssuerEmpty         verifyError = 83
	errSubjectEmpty        verifyError = 84
	errNoAuthorityKeyID    verifyError = 85
	errNoSubjectKeyID      verifyError = 86
	errAltNamesEmpty       verifyError = 87
	errAltNameNotCritical  verifyError = 88
	errConstraintsOptional verifyError = 89
	errAuthorityKeyIDCrit  verifyError = 90
	errSubjectKeyIDCrit    verifyError = 91
	errCANoKeyUsage        verifyError = 92
	errNotVersion3         verifyError = 93
	errAlgorithmDiffers    verifyError = 78
)

// verifyTexts are the texts of X509_verify_cert_error_string in OpenSSL 3.
//
// Source: crypto/x509/x509_txt.c, read back from libcrypto 3.0.19.
var verifyTexts = map[verifyError]string{
	errUnspecified:         "unspecified certificate verification error",
	errProxyName:           "proxy subject name violation",
	errIssuerCert:          "unable to get issuer certificate",
	errSignature:           "certificate signature failure",
	errNotYetValid:         "certificate is not yet valid",
	errExpired:             "certificate has expired",
	errNotBeforeField:      "format error in certificate's notBefore field",
	errNotAfterField:       "format error in certificate's notAfter field",
	errSelfSignedLeaf:      "self-signed certificate",
	errSelfSignedInChain:   "self-signed certificate in certificate chain",
	errIssuerLocally:       "unable to get local issuer certificate",
	errLeafSignature:       "unable to verify the first certificate",
	errChainTooLong:        "certificate chain too long",
	errPathLength:          "path length constraint exceeded",
	errPurpose:             "unsuitable certificate purpose",
	errRejected:            "certificate rejected",
	errKeyUsage:            "key usage does not include certificate signing",
	errCriticalExtension:   "unhandled critical extension",
	errPermittedSubtree:    "permitted subtree violation",
	errExcludedSubtree:     "excluded subtree violation",
	errProxy:               "proxy certificates not allowed, please set the appropriate flag",
	errMinMax:              "name constraints minimum and maximum not supported",
	errConstraintType:      "unsupported name constraint type",
	errNameSyntax:          "unsupported or invalid name syntax",
	errAltNamesEmpty:       "Empty Subject Alternative Name extension",
	errAlgorithmDiffers:    "cert info signature and signature algorithm mismatch",
	errLeafKeyTooWeak:      "EE certificate key too weak",
	errCAKeyTooWeak:        "CA certificate key too weak",
	errDigestTooWeak:       "CA signature digest algorithm too weak",
	errInvalidCA:           "invalid CA certificate",
	errPathLenNotCA:        "Path length invalid for non-CA cert",
	errPathLenNoKeyUsage:   "Path length given without key usage keyCertSign",
	errCertSignNotCA:       "Key usage keyCertSign invalid for non-CA cert",
	errIssuerEmpty:         "Issuer name empty",
	errSubjectEmpty:        "Subject name empty",
	errNoAuthorityKeyID:    "Missing Authority Key Identifier",
	errNoSubjectKeyID:      "Missing Subject Key Identifier",
	errAltNameNotCritical:  "Subject empty and Subject Alt Name extension not critical",
	errConstraintsOptional: "Basic Constraints of CA cert not marked critical",
	errAuthorityKeyIDCrit:  "Authority Key Identifier marked critical",
	errSubjectKeyIDCrit:    "Subject Key Identifier marked critical",
	errCANoKeyUsage:        "CA cert does not include key usage extension",
	errNotVersion3:         "Using cert extension requires at least X509v3",
}

// verifyTexts11 are the texts that OpenSSL 1.1.1 words otherwise.
//
// Source: read back from libcrypto 1.1.1.
var verifyTexts11 = map[verifyError]string{
	errSelfSignedLeaf:    "self signed certificate",
	errSelfSignedInChain: "self signed certificate in certificate chain",
	errPurpose:           "unsupported certificate purpose",
}

// text is what the library prints for a code.
func (e verifyError) text(legacy bool) string {
	if text, ok := verifyTexts11[e]; ok && legacy {
		return text
	}
	return verifyTexts[e]
}

// verifyReasons are the codes that mean one thing; the others, about a
// missing issuer and about time, depend on the path and are decided there.
var verifyReasons = map[verifyError]Reason{
	errSignature:         SignatureInvalid,
	errChainTooLong:      PathTooLong,
	errPathLength:        PathTooLong,
	errPurpose:           WrongPurpose,
	errRejected:          AnchorRejected,
	errKeyUsage:          NotACA,
	errInvalidCA:         NotACA,
	errCriticalExtension: CriticalExtension,
	errPermittedSubtree:  NameConstraint,
	errExcludedSubtree:   NameConstraint,
	errMinMax:            NameConstraint,
	errConstraintType:    NameConstraint,
	errNameSyntax:        NameConstraint,
	errNotBeforeField:    MalformedCertificate,
	errNotAfterField:     MalformedCertificate,
	errProxy:             WrongPurpose,
	errProxyName:         WrongPurpose,
	errUnspecified:       MalformedCertificate,
	errLeafKeyTooWeak:    WeakKey,
	errCAKeyTooWeak:      WeakKey,
	errDigestTooWeak:     WeakSignature,
}
