package truststore

import (
	"fmt"
	"strings"
)

// The labels that OpenSSL knows in a file of trusted certificates.
const (
	labelX509       = "CERTIFICATE"
	labelX509Old    = "X509 CERTIFICATE"
	labelX509Trust  = "TRUSTED CERTIFICATE"
	labelCRL        = "X509 CRL"
	labelPrivateKey = "PRIVATE KEY"
	labelEncrypted  = "ENCRYPTED PRIVATE KEY"
)

// asn1Lib is the last of OpenSSL's reasons where a block holds something else.
const asn1Lib = "ASN1 lib"

// opensslNothingFound is OpenSSL's text for a file without certificate or CRL.
const opensslNothingFound = "no certificate or crl found"

func isPrivateKeyLabel(label string) bool { return strings.Contains(label, labelPrivateKey) }

// beforeOpenSSL3 reports whether a version names an OpenSSL older than 3.0.
func beforeOpenSSL3(version string) bool {
	return strings.HasPrefix(version, "1.") || strings.HasPrefix(version, "0.")
}

// readOpenSSLFile reads a file as SSL_CTX_load_verify_locations does: all of
// it or nothing. Text, keys and unknown blocks are no obstacle, any block that
// cannot be decoded is.
//
// Source: openssl/openssl 3.0.20, crypto/x509/by_file.c,
// X509_load_cert_crl_file_ex; crypto/pem/pem_info.c, PEM_X509_INFO_read_bio_ex.
func readOpenSSLFile(content []byte, opt Options) (Taken, *ReadError) {
	reader := newOpenSSLPEM(content, opt)
	reader.file = true
	var taken Taken
	revocations := 0
	for {
		block, failure := reader.next()
		if failure == pemNoStartLine {
			break
		}
		if len(taken.Anchors) >= maxEntries {
			return taken, tooManyEntries()
		}
		var err *ReadError
		if failure == "" {
			err = reader.takeBlock(&taken, &revocations, block)
		} else {
			err = block.broken(string(failure), failure.raised())
		}
		if err != nil {
			err.Client = strings.TrimPrefix(err.Client, asn1Lib) // The first error is printed, which is about a part.
			err.Detail += "; OpenSSL then reads nothing from the file"
			return taken, err
		}
	}
	if len(taken.Anchors) == 0 && revocations == 0 {
		return taken, &ReadError{Err: ErrUnreadable, Client: opensslNothingFound, Detail: nothingFound(content)}
	}
	once(&taken)
	return taken, nil
}

func (r *opensslPEM) takeBlock(taken *Taken, revocations *int, block opensslBlock) *ReadError {
	switch label := block.label; {
	case acceptsLabel(label, true):
		return r.takeCertificate(taken, block, label == labelX509Trust)
	case label == labelCRL:
		if client, ok := plainHeader(block.header); !ok {
			return block.broken("it has a header before the revocation list", client)
		}
		if !wellFormedCRL(block.data, opensslShape) {
			return block.broken("it holds no revocation list", "")
		}
		*revocations++
		taken.note(ignoredBlock(label, block.line))
	case isPrivateKeyLabel(label) && (!r.before3 || labelAlgorithms[label] != ""): // others are unknown to OpenSSL 1.1.1
		taken.note(ignoredBlock(label, block.line))
		encrypted := len(block.header) > 10 || label == labelEncrypted
		if client, ok := cipherHeader(block.header); !ok {
			return block.broken("OpenSSL does not understand the header before its private key", client)
		}
		if !encrypted && !r.wellFormedPrivateKey(block) {
			return block.broken("it holds no private key in a format that OpenSSL reads", "")
		}
	default:
		taken.note(ignoredBlock(label, block.line))
	}
	return nil
}

// takeCertificate adds the certificate of a block. With aux, trust
// settings may follow it and nothing else (d2i_X509_AUX).
func (r *opensslPEM) takeCertificate(taken *Taken, block opensslBlock, aux bool) *ReadError {
	if client, ok := plainHeader(block.header); !ok {
		return block.broken("it has a header before the certificate", client)
	}
	p, ok := r.decoder.openSSLCertificate(block.data)
	if !ok {
		return block.broken("it holds no certificate", asn1Lib)
	}
	anchor := r.decoder.anchor(p.certificate)
	if aux && p.rest > 0 {
		if anchor.Settings, ok = readTrustSettings(block.data[len(block.data)-p.rest:]); !ok {
			return block.broken("it holds no certificate", asn1Lib)
		}
	}
	taken.Anchors = append(taken.Anchors, anchor)
	if p.odd {
		taken.note(unusual(block.line))
	}
	if p.rest > 0 && !aux {
		taken.note(Problem{
			Code:   CodeTrailingData,
			Detail: fmt.Sprintf("In the block at line %d, the certificate is followed by %s, which OpenSSL ignores.", block.line, countOf(p.rest, "byte", "bytes")),
			Remedy: "Write the certificate without these bytes: other clients refuse the block.",
		})
	}
	if block.swallowed {
		taken.note(Problem{
			Code:   CodeLostBlock,
			Detail: fmt.Sprintf("The block at line %d has no END line: OpenSSL reads up to the next END line and loses what is in between.", block.line),
			Remedy: "Put the missing END line back.",
		})
	}
	return nil
}

func unusual(line int) Problem {
	return Problem{
		Code:   CodeUnusualCertificate,
		Detail: fmt.Sprintf("Some clients accept the certificate near line %d, but others refuse it because of its form. This provider did not check the certificate's public key.", line),
		Remedy: "Replace the certificate with the copy that its CA publishes.",
	}
}

// nothingFound says in words what content without any block looks like.
func nothingFound(content []byte) string {
	if len(content) == 0 {
		return "the file is empty"
	}
	return "no certificate was found in it"
}
