package rdsapi

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

// EngineVersion is what RDS says of one exact version of an engine.
type EngineVersion struct {
	// Engine and Version, such as postgres and 15.18.
	Engine, Version string
	// SupportedCAs are the CA identifiers that an instance of this version can
	// use, sorted; empty if RDS does not say.
	SupportedCAs []string
	// RotationWithoutRestart tells whether the server takes a new server
	// certificate while it runs; nil if RDS does not say.
	RotationWithoutRestart *bool
	// SupportsBabelfish tells whether clusters of this version may have
	// Babelfish, which needs a restart for a new certificate.
	SupportsBabelfish bool
}

type versionKey struct{ engine, version string }

// EngineVersion returns the facts of one exact engine version, deprecated ones
// included. A version is asked for once.
//
// The error wraps ErrEngineVersionNotFound if RDS does not list it.
func (r *Reader) EngineVersion(ctx context.Context, engine, version string) (_ EngineVersion, err error) {
	ctx, done := r.bound(ctx)
	defer done(&err)
	key := versionKey{engine: engine, version: version}
	return r.remembered().versions.do(ctx, key, func(ctx context.Context) (EngineVersion, error) {
		return r.readEngineVersion(ctx, key)
	})
}

func (r *Reader) readEngineVersion(ctx context.Context, key versionKey) (EngineVersion, error) {
	in := &rds.DescribeDBEngineVersionsInput{
		Engine: aws.String(key.engine), EngineVersion: aws.String(key.version), IncludeAll: aws.Bool(true), MaxRecords: aws.Int32(pageSize),
	}
	w := walk{of: "engine versions", action: "rds:DescribeDBEngineVersions", most: maxCatalogPages}
	for page, err := range list(ctx, r, w, r.api.DescribeDBEngineVersions, in, &in.Marker) {
		if err != nil {
			return EngineVersion{}, err
		}
		in.Marker = page.Marker
		for _, found := range page.DBEngineVersions {
			if aws.ToString(found.Engine) != key.engine || aws.ToString(found.EngineVersion) != key.version {
				continue // a major version names all its minors
			}
			return EngineVersion{
				Engine: key.engine, Version: key.version, SupportedCAs: slices.Sorted(slices.Values(found.SupportedCACertificateIdentifiers)),
				RotationWithoutRestart: found.SupportsCertificateRotationWithoutRestart,
				SupportsBabelfish:      aws.ToBool(found.SupportsBabelfish),
			}, nil
		}
	}
	return EngineVersion{}, fmt.Errorf("%w: %s %q", ErrEngineVersionNotFound, key.engine, key.version)
}
