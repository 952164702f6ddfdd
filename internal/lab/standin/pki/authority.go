package pki

import (
	"crypto"
	"crypto/sha1" //nolint:gosec // RFC 5280's usual key identifier.
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"time"
)

// authority is one CA identifier in one Region.
type authority struct {
	region, identifier string
	issuedAt           time.Time
	key                KeyType
	signature          x509.SignatureAlgorithm
	rootCN, subCN      string
	rootScope          string // what the root's key belongs to
	root0, root1       time.Time
	pathLenZero        bool
}

func (r *Region) authority(identifier string) (authority, error) {
	a := authority{
		region: r.name, identifier: identifier, issuedAt: r.issuedAt,
		rootScope: r.name, pathLenZero: true,
	}
	var family string
	switch identifier {
	case CARSA2048:
		a.key, a.signature, family = RSA2048, x509.SHA256WithRSA, "RSA2048"
	case CARSA4096:
		a.key, a.signature, family = RSA4096, x509.SHA384WithRSA, "RSA4096"
	case CAECC384:
		a.key, a.signature, family = ECC384, x509.ECDSAWithSHA384, "ECC384"
	case CA2019:
		a.key, a.signature, a.rootScope = RSA2048, x509.SHA256WithRSA, "global"
		a.rootCN, a.subCN = "Amazon RDS Root 2019 CA", "Amazon RDS "+r.name+" 2019 CA"
		a.root0 = time.Date(2019, 8, 22, 17, 8, 50, 0, time.UTC)
		a.root1 = a.root0.AddDate(5, 0, 0)
		a.pathLenZero = false
		return a, nil
	default:
		return authority{}, fmt.Errorf("%w: %q", ErrUnknownCA, identifier)
	}
	a.rootCN = "Amazon RDS " + r.name + " Root CA " + family + " G1"
	a.subCN = "Amazon RDS " + r.name + " Subordinate CA " + family + " G1.A.1"
	a.root0 = time.Date(2021, 5, 25, 22, 34, 57, 0, time.UTC)
	a.root1 = a.root0.AddDate(100, 0, 0)
	if a.key == RSA2048 {
		a.root1 = a.root0.AddDate(40, 0, 0)
	}
	return a, nil
}

// root has BasicConstraints, SKI and KeyUsage only, as the real ones.
func (a authority) root(opts Options) (*x509.Certificate, crypto.Signer, error) {
	key, err := signer(a.key, roleRoot, a.rootScope+a.identifier, opts.KeyGeneration)
	if err != nil {
		return nil, nil, err
	}
	template := a.caTemplate(a.rootCN, key)
	template.NotBefore, template.NotAfter = opts.Root.within(a.root0, a.root1)
	cert, err := sign(template, template, key, key)
	return cert, key, err
}

func (a authority) subordinate(root *x509.Certificate, rootKey crypto.Signer, opts Options) (*x509.Certificate, crypto.Signer, error) {
	key, err := signer(a.key, roleSubordinate, a.region+a.identifier, opts.KeyGeneration)
	if err != nil {
		return nil, nil, err
	}
	template := a.caTemplate(a.subCN, key)
	if a.pathLenZero {
		template.MaxPathLen, template.MaxPathLenZero = 0, true
	}
	from := time.Date(a.issuedAt.Year()-1, 1, 1, 0, 0, 0, 0, time.UTC)
	template.NotBefore, template.NotAfter = opts.Subordinate.within(from, from.AddDate(10, 0, 0))
	cert, err := sign(template, root, key, rootKey)
	return cert, key, err
}

func (a authority) server(issuer *x509.Certificate, issuerKey crypto.Signer, opts Options) (*x509.Certificate, crypto.Signer, error) {
	kind := opts.ServerKey
	if kind == "" {
		kind = a.key
	}
	key, err := signer(kind, roleServer, a.region+a.identifier, opts.KeyGeneration)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:           opts.ExtKeyUsage,
		SignatureAlgorithm:    a.signature,
		BasicConstraintsValid: true,
	}
	if kind == ECC384 || kind == ECC256 {
		template.KeyUsage = x509.KeyUsageDigitalSignature
	}
	if template.ExtKeyUsage == nil {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	if opts.Signature != x509.UnknownSignatureAlgorithm {
		template.SignatureAlgorithm = opts.Signature
	}
	name(template, opts)
	from := a.issuedAt.AddDate(0, 0, -1)
	template.NotBefore, template.NotAfter = opts.Server.within(from, from.AddDate(1, 0, 0))
	template.SubjectKeyId = keyIdentifier(key, template.Subject.CommonName)
	template.SerialNumber = serial(template, fmt.Sprint(a.region, a.identifier, opts.Serial, opts.KeyGeneration))
	cert, err := sign(template, issuer, key, issuerKey)
	return cert, key, err
}

// name sets the subject and the subject alternative names.
func name(template *x509.Certificate, opts Options) {
	names, ips := opts.DNSNames, make([]net.IP, 0, len(opts.IPs))
	for _, ip := range opts.IPs {
		ips = append(ips, ip.AsSlice())
	}
	if len(names) == 0 && len(ips) == 0 {
		names = []string{"localhost"}
	}
	common := opts.CommonName
	switch {
	case common != "":
	case len(names) > 0:
		common = names[0]
	default:
		common = opts.IPs[0].String()
	}
	template.Subject = subject(common)
	if !opts.OmitSAN {
		template.DNSNames, template.IPAddresses = names, ips
	}
}

func (a authority) caTemplate(commonName string, key crypto.Signer) *x509.Certificate {
	template := &x509.Certificate{
		Subject:               subject(commonName),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLen:            -1,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		SignatureAlgorithm:    a.signature,
		SubjectKeyId:          keyIdentifier(key, commonName),
	}
	template.SerialNumber = serial(template, a.identifier)
	return template
}

func subject(commonName string) pkix.Name {
	return pkix.Name{
		CommonName: commonName, Organization: []string{"Amazon Web Services, Inc."},
		OrganizationalUnit: []string{"Amazon RDS"}, Country: []string{"US"},
		Province: []string{"WA"}, Locality: []string{"Seattle"},
	}
}

// keyIdentifier includes the name, because CAs of several Regions share keys.
func keyIdentifier(key crypto.Signer, commonName string) []byte {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		der = nil // The name alone still identifies it.
	}
	sum := sha1.Sum(append(der, commonName...)) //nolint:gosec // See the import.
	return sum[:]
}

func serial(template *x509.Certificate, scope string) *big.Int {
	sum := sha256.Sum256([]byte(template.Subject.String() + scope))
	return new(big.Int).SetBytes(sum[:15])
}

// within fills the bounds that were not given.
func (v Validity) within(from, to time.Time) (notBefore, notAfter time.Time) {
	if !v.NotBefore.IsZero() {
		from = v.NotBefore
	}
	if !v.NotAfter.IsZero() {
		to = v.NotAfter
	}
	return from, to
}

// sign makes the certificate. A nil source of randomness makes ECDSA
// signatures deterministic (RFC 6979); RSA PKCS #1 v1.5 ones always are.
func sign(template, issuer *x509.Certificate, key, issuerKey crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(nil, template, issuer, key.Public(), issuerKey)
	if err != nil {
		return nil, fmt.Errorf("signing %q: %w", template.Subject.CommonName, err)
	}
	return x509.ParseCertificate(der)
}
