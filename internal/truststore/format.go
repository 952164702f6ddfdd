package truststore

import (
	"bytes"
	"encoding/binary"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Format is the format of a trust store, by its content.
type Format string

// The formats. FormatAuto is no format of a store but the wish to find it out.
const (
	FormatAuto      Format = "auto"
	FormatPEM       Format = "pem"
	FormatDER       Format = "der"
	FormatPKCS7     Format = "pkcs7"
	FormatPKCS12    Format = "pkcs12"
	FormatJKS       Format = "jks"
	FormatJCEKS     Format = "jceks"
	FormatDirectory Format = "directory"
	FormatBKS       Format = "bks"   // recognized and refused
	FormatUBER      Format = "uber"  // recognized and refused
	FormatBCFKS     Format = "bcfks" // recognized and refused
	FormatUnknown   Format = "unknown"
)

// Formats returns the formats that [Inspect] reads, for lists of allowed
// values. The slice is the caller's.
func Formats() []Format {
	return []Format{FormatAuto, FormatPEM, FormatDER, FormatPKCS7, FormatPKCS12, FormatJKS, FormatJCEKS, FormatDirectory}
}

// Detect returns the format of a store by its content; FormatUnknown for what
// is none, such as an empty file or a web page.
func Detect(content []byte) Format {
	if bytes.HasPrefix(content, []byte(directoryMagic)) {
		return FormatDirectory
	}
	if magic, ok := looksLikeJKS(content); ok {
		if magic == magicJCEKS {
			return FormatJCEKS
		}
		return FormatJKS
	}
	if bytes.Contains(dotNetText(content), pemBegin) {
		return FormatPEM
	}
	if format := detectDER(content); format != FormatUnknown {
		return format
	}
	return detectBouncyCastle(content)
}

// detectDER tells the DER formats apart by their first elements.
func detectDER(content []byte) Format {
	element, _, _ := firstElement(content) // what is none is no format
	der, _ := toDER(element)
	input := cryptobyte.String(der)
	var outer, first cryptobyte.String
	var tag cbasn1.Tag
	if !input.ReadASN1(&outer, cbasn1.SEQUENCE) || !outer.ReadAnyASN1(&first, &tag) {
		return FormatUnknown
	}
	switch tag {
	case cbasn1.INTEGER:
		if len(first) == 1 && first[0] == 3 && outer.PeekASN1Tag(cbasn1.SEQUENCE) {
			return FormatPKCS12
		}
	case cbasn1.OBJECT_IDENTIFIER:
		return FormatPKCS7
	case cbasn1.SEQUENCE:
		// BCFKS has an encrypted content here; a revocation list begins alike.
		if first.SkipASN1(cbasn1.SEQUENCE) && first.PeekASN1Tag(cbasn1.OCTET_STRING) {
			return FormatBCFKS
		}
		return FormatDER
	}
	return FormatUnknown
}

// detectBouncyCastle recognizes the key stores of the Bouncy Castle provider:
// a version, a salt of 20 bytes, an iteration count, then entries in BKS and
// cipher text in UBER.
func detectBouncyCastle(content []byte) Format {
	const salt = 20
	if len(content) < 4+4+salt+4+3 {
		return FormatUnknown
	}
	version, length := binary.BigEndian.Uint32(content), binary.BigEndian.Uint32(content[4:])
	if version > 2 || length != salt {
		return FormatUnknown
	}
	rest := content[8+salt+4:]
	if rest[0] <= 4 && int(binary.BigEndian.Uint16(rest[1:])) < len(rest) {
		return FormatBKS
	}
	return FormatUBER
}

// impostor says what content is that was taken for a trust store but is a
// document of another kind; the code is empty where nothing is recognized.
func impostor(content []byte) (code, what string) {
	const window = 1024
	text := dotNetText(content)
	head := strings.ToLower(string(bytes.TrimSpace(text[:min(window, len(text))])))
	switch {
	case strings.HasPrefix(head, "<!doctype html") || strings.Contains(head, "<html"):
		return CodeHTMLPage, "a web page, such as the error page of a failed download"
	case strings.HasPrefix(head, "<?xml") || strings.HasPrefix(head, "<error"):
		return CodeXMLPage, "an XML document, such as the error message of a failed S3 download"
	case strings.HasPrefix(head, "version https://git-lfs.github.com/spec/"):
		return CodeLFSPointer, "a Git LFS pointer, not the file itself"
	case strings.Trim(head, "abcdefghijklmnopqrstuvwxyz0123456789+/=\r\n ") == "" && strings.HasPrefix(head, "mii"):
		return CodeBareBase64, "base64 without BEGIN and END lines"
	}
	return "", ""
}
