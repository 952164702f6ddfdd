package rdsapi

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

// Certificates are the CAs that the Region offers.
type Certificates struct {
	// CAs in the order of their identifiers.
	CAs []CACertificate
	// DefaultForNewLaunches is the CA of new DB instances of the account; empty
	// if RDS does not say.
	DefaultForNewLaunches string
}

// CACertificate is one CA of the Region. RDS does not give the certificate.
type CACertificate struct {
	// Identifier such as rds-ca-rsa2048-g1.
	Identifier string
	// Thumbprint is the lower-case hex SHA-1 of the root certificate's DER, for
	// rds-ca-2019 sometimes of an intermediate; empty if RDS does not say.
	Thumbprint string
	// ValidFrom and ValidTill bound the CA; zero if RDS does not say.
	ValidFrom, ValidTill time.Time
	// CustomerOverride is true if the account made it its own default.
	CustomerOverride bool
	// CustomerOverrideValidTill is when the override ends; zero if there is none.
	CustomerOverrideValidTill time.Time
}

// ByIdentifier returns the CA with an identifier, and whether the Region
// offers it.
func (c Certificates) ByIdentifier(identifier string) (CACertificate, bool) {
	at := slices.IndexFunc(c.CAs, func(ca CACertificate) bool { return ca.Identifier == identifier })
	if at < 0 {
		return CACertificate{}, false
	}
	return c.CAs[at], true
}

// Certificates returns the CAs of the Region and the account's default for
// new launches.
func (r *Reader) Certificates(ctx context.Context) (_ Certificates, err error) {
	ctx, done := r.bound(ctx)
	defer done(&err)
	return r.remembered().catalog.do(ctx, struct{}{}, r.readCertificates)
}

func (r *Reader) readCertificates(ctx context.Context) (Certificates, error) {
	const action = "rds:DescribeCertificates"
	var out Certificates
	in := &rds.DescribeCertificatesInput{MaxRecords: aws.Int32(pageSize)}
	for page, err := range list(ctx, r, walk{of: "CAs", action: action, most: maxCatalogPages}, r.api.DescribeCertificates, in, &in.Marker) {
		if err != nil {
			return Certificates{}, err
		}
		in.Marker = page.Marker
		out.DefaultForNewLaunches = cmp.Or(out.DefaultForNewLaunches, aws.ToString(page.DefaultCertificateForNewLaunches))
		for _, ca := range page.Certificates {
			if aws.ToString(ca.CertificateIdentifier) == "" {
				return Certificates{}, malformed(action, "a certificate without an identifier")
			}
			out.CAs = append(out.CAs, CACertificate{
				Identifier:                *ca.CertificateIdentifier,
				Thumbprint:                strings.ToLower(aws.ToString(ca.Thumbprint)),
				ValidFrom:                 aws.ToTime(ca.ValidFrom),
				ValidTill:                 aws.ToTime(ca.ValidTill),
				CustomerOverride:          aws.ToBool(ca.CustomerOverride),
				CustomerOverrideValidTill: aws.ToTime(ca.CustomerOverrideValidTill),
			})
		}
	}
	slices.SortFunc(out.CAs, func(a, b CACertificate) int { return cmp.Compare(a.Identifier, b.Identifier) })
	return out, nil
}
