// Command authorities makes the table of RDS's CAs anew from bundles of
// certificates in PEM: authorities BUNDLE.pem ...
//
// It runs in the module's root. What the present table holds beyond the bundles
// is kept.
package main

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // RDS's Thumbprint
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

const table = "internal/rdsca/authorities.tsv"

func main() {
	command.Main("authorities", func(context.Context, string) error { return run(os.Args[1:]) })
}

func run(files []string) error {
	if len(files) == 0 {
		return errors.New("usage: authorities BUNDLE.pem, one or more")
	}
	var bundles []Bundle
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
		bundles = append(bundles, Bundle{Name: filepath.Base(file), Content: content})
	}
	content, err := Table(bundles, rdsca.All(), time.Now().UTC())
	if err != nil {
		return err
	}
	return os.WriteFile(table, content, 0o600)
}

// Bundle is a file of CA certificates in PEM.
type Bundle struct {
	// Name says where it is from, for the table's head.
	Name    string
	Content []byte
}

// ErrBundle is returned for a bundle that holds something else than
// certificates of RDS's CAs: nothing is left out in silence.
var ErrBundle = errors.New("the bundle holds what is no CA of RDS")

// Table returns the content of authorities.tsv: the CAs of the bundles, as they
// are on a day, and those of an earlier table that the bundles do not hold, since
// DB instances may still present certificates of a retired CA.
//
// The error is [ErrBundle].
func Table(bundles []Bundle, earlier []rdsca.CA, day time.Time) ([]byte, error) {
	all := map[string]rdsca.CA{}
	for _, ca := range earlier {
		all[ca.SHA256] = ca
	}
	var head strings.Builder
	head.WriteString("# CAs of Amazon RDS, made by internal/lab/tool/authorities: region, identifier, role, subject common name, SHA-1, SHA-256," +
		" SPKI SHA-256, not before, not after, key, signature algorithm, self-signed.\n")
	for _, bundle := range bundles {
		found, err := read(bundle.Content, all)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", bundle.Name, err)
		}
		for _, ca := range found {
			all[ca.SHA256] = ca
		}
		sum := sha256.Sum256(bundle.Content)
		fmt.Fprintf(&head, "# Source: %s, %d certificates, SHA-256 %x, read on %s.\n", bundle.Name, len(found), sum, day.Format(time.DateOnly))
	}
	regions := map[string]bool{}
	for _, ca := range all {
		if ca.Role == rdsca.RoleRoot && slices.Contains(rdsca.Identifiers(), ca.Identifier) && !strings.Contains(ca.Region, ":") {
			regions[ca.Region] = true
		}
	}
	fmt.Fprintf(&head, "# %d CAs, %d Regions with a current root; what is in no source is kept from earlier tables.\n", len(all), len(regions))
	table := slices.SortedFunc(maps.Values(all), func(a, b rdsca.CA) int {
		return cmp.Or(cmp.Compare(a.Identifier, b.Identifier), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.SHA256, b.SHA256))
	})
	for _, ca := range table {
		self := map[bool]string{true: "yes", false: "no"}[ca.SelfSigned]
		head.WriteString(strings.Join([]string{
			ca.Region, ca.Identifier, string(ca.Role), ca.Subject, ca.SHA1, ca.SHA256, ca.SPKISHA256,
			ca.NotBefore.Format(time.RFC3339), ca.NotAfter.Format(time.RFC3339), ca.KeyType, ca.SignatureAlgorithm, self,
		}, "\t") + "\n")
	}
	return []byte(head.String()), nil
}

// read returns the CAs of a bundle, each once.
func read(content []byte, known map[string]rdsca.CA) ([]rdsca.CA, error) {
	found := map[string]rdsca.CA{}
	for {
		block, rest := pem.Decode(content)
		if block == nil {
			break
		}
		content = rest
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBundle, err)
		}
		ca, err := describe(certificate, known)
		if err != nil {
			return nil, err
		}
		found[ca.SHA256] = ca
	}
	if len(found) == 0 || strings.TrimSpace(string(content)) != "" {
		return nil, fmt.Errorf("%w: %d certificates, then %d octets that are none", ErrBundle, len(found), len(content))
	}
	return slices.Collect(maps.Values(found)), nil
}

// subject is the common name of a CA of the present generations.
//
// Source: the subjects of AWS's bundles and of certificates that DB instances
// present.
var subject = regexp.MustCompile(`^Amazon RDS (?:(Preview|Beta) )?([a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}) (?:(?:Root|Subordinate) CA )?(RSA2048|RSA4096|ECC384) (G[0-9]+)(\.[A-Z]\.[0-9]+)?$`)

func describe(c *x509.Certificate, known map[string]rdsca.CA) (rdsca.CA, error) {
	thumbprint, fingerprint, key := sha1.Sum(c.Raw), sha256.Sum256(c.Raw), sha256.Sum256(c.RawSubjectPublicKeyInfo) //nolint:gosec // RDS's Thumbprint
	ca := rdsca.CA{
		Subject: c.Subject.CommonName, SHA1: hex.EncodeToString(thumbprint[:]), SHA256: hex.EncodeToString(fingerprint[:]), SPKISHA256: hex.EncodeToString(key[:]),
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(), KeyType: keyType(c), SignatureAlgorithm: signatures[c.SignatureAlgorithm],
		SelfSigned: c.CheckSignatureFrom(c) == nil,
	}
	if !c.IsCA || ca.KeyType == "" || ca.SignatureAlgorithm == "" {
		return rdsca.CA{}, fmt.Errorf("%w: %q is no CA, or has a key or signature of an unknown kind", ErrBundle, ca.Subject)
	}
	if old, ok := known[ca.SHA256]; ok {
		ca.Region, ca.Identifier, ca.Role = old.Region, old.Identifier, old.Role // names before 2021 follow no rule
		return ca, nil
	}
	name := subject.FindStringSubmatch(ca.Subject)
	if name == nil {
		return rdsca.CA{}, fmt.Errorf("%w: the name %q says neither Region nor CA identifier", ErrBundle, ca.Subject)
	}
	ca.Region, ca.Identifier = name[2], strings.ToLower("rds-ca-"+name[3]+"-"+name[4])
	if name[1] != "" {
		ca.Region = strings.ToLower(name[1]) + ":" + ca.Region
	}
	switch {
	case ca.SelfSigned:
		ca.Role = rdsca.RoleRoot
	case name[5] != "":
		ca.Role = rdsca.RoleSubordinate
	default:
		ca.Role = rdsca.RoleIntermediate
	}
	return ca, nil
}

func keyType(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA" + strconv.Itoa(key.N.BitLen())
	case *ecdsa.PublicKey:
		return map[string]string{"P-256": "EC-prime256v1", "P-384": "EC-secp384r1", "P-521": "EC-secp521r1"}[key.Params().Name]
	}
	return ""
}

// signatures are OpenSSL's long names.
var signatures = map[x509.SignatureAlgorithm]string{
	x509.SHA1WithRSA: "sha1WithRSAEncryption", x509.SHA256WithRSA: "sha256WithRSAEncryption",
	x509.SHA384WithRSA: "sha384WithRSAEncryption", x509.SHA512WithRSA: "sha512WithRSAEncryption",
	x509.ECDSAWithSHA256: "ecdsa-with-SHA256", x509.ECDSAWithSHA384: "ecdsa-with-SHA384", x509.ECDSAWithSHA512: "ecdsa-with-SHA512",
}
