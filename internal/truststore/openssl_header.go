package truststore

import (
	"crypto/x509/pkix"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sslready/terraform-provider-sslready/internal/asn"
)

// opensslCiphers are the names in DEK-Info lines that EVP_get_cipherbyname
// knows, with the length of their IV in bytes.
var opensslCiphers = map[string]int{
	"DES-CBC": 8, "DES-EDE3-CBC": 8, "DES-EDE-CBC": 8, "RC2-CBC": 8, "RC4": 0,
	"AES-128-CBC": 16, "AES-192-CBC": 16, "AES-256-CBC": 16,
	"CAMELLIA-128-CBC": 16, "CAMELLIA-192-CBC": 16, "CAMELLIA-256-CBC": 16,
	"ARIA-128-CBC": 16, "ARIA-192-CBC": 16, "ARIA-256-CBC": 16,
	"BF-CBC": 8, "CAST5-CBC": 8, "SEED-CBC": 16, "IDEA-CBC": 8, "DESX-CBC": 8,
}

// plainHeader accepts a block that is not encrypted. An encrypted certificate
// would need a pass phrase, and OpenSSL offers the empty one here.
func plainHeader(header string) (client string, ok bool) {
	if header == "" {
		return "", true
	}
	client, _ = cipherHeader(header)
	return client, false
}

// cipherHeader checks a header as PEM_get_EVP_CIPHER_INFO does and returns
// OpenSSL's reason when it refuses.
func cipherHeader(header string) (client string, ok bool) {
	if header == "" {
		return "", true
	}
	rest, found := strings.CutPrefix(header, "Proc-Type:")
	if !found {
		return "not proc type", false
	}
	rest, found = strings.CutPrefix(strings.TrimLeft(rest, " \t"), "4,")
	if !found {
		return "", false
	}
	rest, found = strings.CutPrefix(strings.TrimLeft(rest, " \t"), "ENCRYPTED")
	if !found || strings.TrimLeft(rest, " \t\r\n") == rest {
		return "not encrypted", false
	}
	rest, found = strings.CutPrefix(strings.TrimLeft(rest, " \t\r"), "\n")
	if !found {
		return "short header", false
	}
	rest, found = strings.CutPrefix(rest, "DEK-Info:")
	if !found {
		return "not dek info", false
	}
	return dekInfo(strings.TrimLeft(rest, " \t"))
}

func dekInfo(rest string) (client string, ok bool) {
	end := strings.IndexAny(rest, " \t,")
	if end < 0 {
		end = len(rest)
	}
	iv, known := opensslCiphers[strings.ToUpper(rest[:end])]
	if !known {
		return "unsupported encryption", false
	}
	rest = strings.TrimLeft(rest[end:], " \t")
	if iv == 0 {
		if strings.HasPrefix(rest, ",") {
			return "unexpected dek iv", false
		}
		return "", true
	}
	digits, found := strings.CutPrefix(rest, ",")
	if !found {
		return "missing dek iv", false
	}
	if len(digits) < 2*iv || strings.Trim(digits[:2*iv], "0123456789abcdefABCDEF") != "" {
		return "bad iv chars", false
	}
	return "", true
}

// wellFormedCRL checks the shape of a revocation list (RFC 5280, 5.1).
func wellFormedCRL(der []byte, by shape) bool {
	input := cryptobyte.String(der)
	var outer cryptobyte.String
	return input.ReadASN1(&outer, cbasn1.SEQUENCE) && crlContents(outer, by)
}

func crlContents(outer cryptobyte.String, by shape) bool {
	var tbs, algorithm, inner, signature, issuer, revoked, extensions cryptobyte.String
	var present, extended bool
	var at time.Time
	// listed is a list of extensions and nothing after it.
	listed := func(rest cryptobyte.String) bool {
		var list cryptobyte.String
		ok := rest.ReadASN1(&list, cbasn1.SEQUENCE) && rest.Empty()
		for ok && !list.Empty() {
			_, _, ok = readExtension(&list, by)
		}
		return ok
	}
	return outer.ReadASN1(&tbs, cbasn1.SEQUENCE) &&
		readAlgorithm(&outer, &algorithm) &&
		outer.ReadASN1(&signature, cbasn1.BIT_STRING) && asn.WellFormedBits(signature) && outer.Empty() &&
		tbs.SkipOptionalASN1(cbasn1.INTEGER) && readAlgorithm(&tbs, &inner) &&
		tbs.ReadASN1Element(&issuer, cbasn1.SEQUENCE) && readName(issuer, &pkix.Name{}, javaShape) && readTime(&tbs, &at, by) &&
		(!isTime(tbs) || readTime(&tbs, &at, by)) && tbs.ReadOptionalASN1(&revoked, &present, cbasn1.SEQUENCE) &&
		each(revoked, func(entry cryptobyte.String) bool {
			return skipNumber(&entry) && readTime(&entry, &at, by) && (entry.Empty() || listed(entry))
		}) &&
		tbs.ReadOptionalASN1(&extensions, &extended, cbasn1.Tag(0).Constructed().ContextSpecific()) && (!extended || listed(extensions)) && tbs.Empty() &&
		(by != javaShape || sameAlgorithm(inner, algorithm))
}

func isTime(input cryptobyte.String) bool {
	return input.PeekASN1Tag(cbasn1.UTCTime) || input.PeekASN1Tag(cbasn1.GeneralizedTime)
}

// labelAlgorithms are those that the labels of private keys name.
var labelAlgorithms = map[string]string{"RSA PRIVATE KEY": oidRSA, "DSA PRIVATE KEY": oidDSA, "EC PRIVATE KEY": oidEC}

// wellFormedPrivateKey accepts by its shape what OpenSSL can tell apart: PKCS#8,
// since 3.0 of the label's algorithm only, or a sequence of integers as RSA, DSA
// and EC keys are.
func (r *opensslPEM) wellFormedPrivateKey(block opensslBlock) bool {
	input := cryptobyte.String(block.data)
	var outer, version, second, algorithm cryptobyte.String
	var tag cbasn1.Tag
	if !input.ReadASN1(&outer, cbasn1.SEQUENCE) || !outer.ReadASN1(&version, cbasn1.INTEGER) || !outer.ReadAnyASN1(&second, &tag) {
		return false
	}
	if want := labelAlgorithms[block.label]; tag == cbasn1.SEQUENCE && want != "" && !r.before3 {
		_ = second.ReadASN1(&algorithm, cbasn1.OBJECT_IDENTIFIER) // What is none is not the wanted one.
		return string(algorithm) == want
	}
	return slices.Contains([]cbasn1.Tag{cbasn1.SEQUENCE, cbasn1.INTEGER, cbasn1.OCTET_STRING}, tag)
}
