package paths

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // RFC 5280's key identifier, not a signature
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"time"
)

// certificate is what a certificate of the corpus says. It is encoded here,
// field by field, because the x509 package rightly refuses to make most of
// what validators disagree about.
type certificate struct {
	name       string // in the corpus
	version    int    // 3 unless set
	serial     int64
	subject    rdn
	issuer     rdn
	key        crypto.Signer
	signer     crypto.Signer
	algorithm  string // see algorithms; empty is the signer's usual one
	notBefore  time.Time
	notAfter   time.Time
	extensions []extension
	tampered   bool // one bit of the signature is flipped

	forge   func(*fields)       // changes what is about to be signed
	reshape func([]byte) []byte // changes its encoding
	bend    func([]byte) []byte // changes the signature, as the BIT STRING's contents
	wrap    func([]byte) []byte // changes the whole encoding
}

// fields are the elements of a certificate, each encoded; empty is left out.
type fields struct {
	version, serial, algorithm, issuer, validity, subject, key, unique, extensions []byte
	outer                                                                          []byte // the algorithm beside the signature
}

// rdn is a name: a list of attributes, each with its string type.
type rdn []attribute

type attribute struct {
	oid   asn1.ObjectIdentifier
	tag   int // of the string type; 0 is UTF8String
	value string
}

var (
	oidCommonName   = asn1.ObjectIdentifier{2, 5, 4, 3}
	oidOrganization = asn1.ObjectIdentifier{2, 5, 4, 10}
)

// cn is a name of an organization and a common name.
func cn(name string) rdn {
	return rdn{{oid: oidOrganization, value: "sslready lab"}, {oid: oidCommonName, value: name}}
}

type extension struct {
	ID       asn1.ObjectIdentifier
	Critical bool `asn1:"optional"`
	Value    []byte
}

type algorithm struct {
	oid    asn1.ObjectIdentifier
	hash   crypto.Hash
	params []byte
	pss    *pss // nil is PKCS #1 v1.5 for an RSA key
}

var asn1Null = []byte{5, 0}

// algorithms by OpenSSL's names.
var algorithms = map[string]algorithm{
	"md5WithRSAEncryption":    {asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 4}, crypto.MD5, asn1Null, nil},
	"sha1WithRSAEncryption":   {asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}, crypto.SHA1, asn1Null, nil},
	"sha256WithRSAEncryption": {asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, crypto.SHA256, asn1Null, nil},
	"sha384WithRSAEncryption": {asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, crypto.SHA384, asn1Null, nil},
	"sha512WithRSAEncryption": {asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, crypto.SHA512, asn1Null, nil},
	"ecdsa-with-SHA1":         {asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}, crypto.SHA1, nil, nil},
	"ecdsa-with-SHA256":       {asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, crypto.SHA256, nil, nil},
	"ecdsa-with-SHA384":       {asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}, crypto.SHA384, nil, nil},
	"sha224WithRSAEncryption": {asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 14}, crypto.SHA224, asn1Null, nil},
	"ecdsa-with-SHA224":       {asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 1}, crypto.SHA224, nil, nil},
	"ecdsa-with-SHA512":       {asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}, crypto.SHA512, nil, nil},
	"ED25519":                 {asn1.ObjectIdentifier{1, 3, 101, 112}, 0, nil, nil},
}

var errUnknownAlgorithm = errors.New("unknown signature algorithm")

func (c certificate) algorithmName() string {
	if c.algorithm != "" {
		return c.algorithm
	}
	switch key := c.signer.(type) {
	case *ecdsa.PrivateKey:
		if key.Curve == elliptic.P384() {
			return "ecdsa-with-SHA384"
		}
		return "ecdsa-with-SHA256"
	case ed25519.PrivateKey:
		return "ED25519"
	default:
		return "sha256WithRSAEncryption"
	}
}

// encode returns the certificate's DER, signed.
func (c certificate) encode() ([]byte, error) {
	chosen, known := algorithms[c.algorithmName()]
	if kind, isPSS := strings.CutPrefix(c.algorithm, "pss-"); isPSS {
		chosen, known = pssKinds[kind]
	}
	if !known {
		return nil, fmt.Errorf("%w: %q", errUnknownAlgorithm, c.algorithm)
	}
	f := fields{
		serial: must(asn1.Marshal(big.NewInt(c.serial))), algorithm: chosen.identifier(),
		issuer: c.issuer.encode(), subject: c.subject.encode(),
		validity: constructed(asn1.TagSequence, encodeTime(c.notBefore), encodeTime(c.notAfter)),
	}
	spki, err := x509.MarshalPKIXPublicKey(c.key.Public())
	if err != nil {
		return nil, err
	}
	f.key, f.outer = spki, f.algorithm
	if c.version != 1 {
		f.version = explicit(0, must(asn1.Marshal(2)))
		if len(c.extensions) > 0 {
			f.extensions = explicit(3, must(asn1.Marshal(c.extensions)))
		}
	}
	if c.forge != nil {
		c.forge(&f)
	}
	tbs := constructed(asn1.TagSequence, f.version, f.serial, f.algorithm, f.issuer, f.validity, f.subject, f.key, f.unique, f.extensions)
	if c.reshape != nil {
		tbs = c.reshape(tbs)
	}
	signature, err := chosen.sign(c.signer, tbs)
	if err != nil {
		return nil, fmt.Errorf("sign %s: %w", c.name, err)
	}
	if c.tampered {
		signature[len(signature)-1] ^= 1
	}
	bits := append([]byte{0}, signature...)
	if c.bend != nil {
		bits = c.bend(bits)
	}
	der := constructed(asn1.TagSequence, tbs, f.outer, primitive(asn1.TagBitString, bits))
	if c.wrap != nil {
		der = c.wrap(der)
	}
	return der, nil
}

// identifier is the AlgorithmIdentifier.
func (a algorithm) identifier() []byte {
	return constructed(asn1.TagSequence, must(asn1.Marshal(a.oid)), a.params)
}

// sign makes the same signature each time: ECDSA's is that of RFC 6979.
func (a algorithm) sign(signer crypto.Signer, message []byte) ([]byte, error) {
	if a.hash != 0 {
		h := a.hash.New()
		h.Write(message)
		message = h.Sum(nil)
	}
	if key, ok := signer.(*rsa.PrivateKey); ok {
		if a.pss != nil {
			return a.pss.sign(key, a.hash, message)
		}
		return rsa.SignPKCS1v15(nil, key, a.hash, message)
	}
	return signer.Sign(nil, message, a.hash)
}

// encodeTime uses UTCTime up to 2049 as RFC 5280 demands.
func encodeTime(t time.Time) []byte {
	if t.Year() >= 2050 {
		return must(asn1.MarshalWithParams(t.UTC(), "generalized"))
	}
	return must(asn1.MarshalWithParams(t.UTC(), "utc"))
}

func (n rdn) encode() []byte {
	var sets [][]byte
	for _, a := range n {
		tag := a.tag
		if tag == 0 {
			tag = asn1.TagUTF8String
		}
		value := must(asn1.Marshal(asn1.RawValue{Tag: tag, Bytes: []byte(a.value)}))
		sets = append(sets, constructed(asn1.TagSet, constructed(asn1.TagSequence, must(asn1.Marshal(a.oid)), value)))
	}
	return constructed(asn1.TagSequence, sets...)
}

func constructed(tag int, parts ...[]byte) []byte {
	return must(asn1.Marshal(asn1.RawValue{Tag: tag, IsCompound: true, Bytes: join(parts)}))
}

func primitive(tag int, content []byte) []byte {
	return must(asn1.Marshal(asn1.RawValue{Tag: tag, Bytes: content}))
}

func explicit(tag int, content []byte) []byte {
	return must(asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, IsCompound: true, Bytes: content}))
}

func tagged(tag int, content []byte) []byte {
	return must(asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, Bytes: content}))
}

func join(parts [][]byte) []byte {
	var all []byte
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

// must is for encodings of constants of this package.
func must(der []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return der
}

func ext(last int, critical bool, value []byte) extension {
	return extension{ID: asn1.ObjectIdentifier{2, 5, 29, last}, Critical: critical, Value: value}
}

// basicConstraints with a negative pathLen has none.
func basicConstraints(isCA bool, pathLen int, critical bool) extension {
	var parts [][]byte
	if isCA {
		parts = append(parts, must(asn1.Marshal(true)))
	}
	if pathLen >= 0 {
		parts = append(parts, must(asn1.Marshal(pathLen)))
	}
	return ext(19, critical, constructed(asn1.TagSequence, parts...))
}

// keyUsage takes the bits of the x509 package.
func keyUsage(usage x509.KeyUsage) extension {
	var value byte
	length := 0
	for bit := range 8 {
		if usage&(1<<bit) != 0 {
			value |= 0x80 >> bit
			length = bit + 1
		}
	}
	return ext(15, true, must(asn1.Marshal(asn1.BitString{Bytes: []byte{value}, BitLength: length})))
}

// Purposes of extendedKeyUsage: the last arc, or -1 for any.
const (
	purposeAny    = -1
	purposeServer = 1
	purposeClient = 2
)

func extKeyUsage(critical bool, purposes ...int) extension {
	var parts [][]byte
	for _, purpose := range purposes {
		oid := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, purpose}
		if purpose == purposeAny {
			oid = asn1.ObjectIdentifier{2, 5, 29, 37, 0}
		}
		parts = append(parts, must(asn1.Marshal(oid)))
	}
	return ext(37, critical, constructed(asn1.TagSequence, parts...))
}

func keyID(key crypto.Signer) []byte {
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	sum := sha1.Sum(must(spki, err)) //nolint:gosec // an identifier
	return sum[:]
}

func subjectKeyID(key crypto.Signer) extension {
	return ext(14, false, must(asn1.Marshal(keyID(key))))
}

func authorityKeyID(key crypto.Signer) extension {
	return ext(35, false, constructed(asn1.TagSequence, tagged(0, keyID(key))))
}

// authorityNameSerial is an authorityKeyIdentifier of issuer and serial.
func authorityNameSerial(issuer rdn, serial int64) extension {
	integer := must(asn1.Marshal(big.NewInt(serial)))
	return ext(35, false, constructed(asn1.TagSequence, explicit(1, explicit(4, issuer.encode())), tagged(2, integer[2:])))
}

// generalName is one general name, encoded.
type generalName []byte

// altNames takes DNS names, addresses as net.IP, and anything as generalName.
func altNames(names ...any) extension {
	var parts [][]byte
	for _, name := range names {
		switch name := name.(type) {
		case string:
			parts = append(parts, tagged(2, []byte(name)))
		case net.IP:
			address := name
			if v4 := name.To4(); v4 != nil {
				address = v4
			}
			parts = append(parts, tagged(7, address))
		case generalName:
			parts = append(parts, name)
		}
	}
	return ext(17, false, constructed(asn1.TagSequence, parts...))
}

// nameConstraints of general names, already encoded.
func nameConstraints(permitted, excluded [][]byte) extension {
	subtrees := func(tag int, names [][]byte) []byte {
		if len(names) == 0 {
			return nil
		}
		var all []byte
		for _, name := range names {
			all = append(all, constructed(asn1.TagSequence, name)...)
		}
		return explicit(tag, all)
	}
	return ext(30, true, constructed(asn1.TagSequence, subtrees(0, permitted), subtrees(1, excluded)))
}

func dnsTree(name string) []byte   { return tagged(2, []byte(name)) }
func ipTree(address []byte) []byte { return tagged(7, address) }
