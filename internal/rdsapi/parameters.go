package rdsapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// forceSSLParameter decides whether the server refuses plaintext connections,
// the next three what it takes of a handshake, and babelfishParameter whether
// an Aurora cluster has Babelfish. All are asked for in one call.
const (
	forceSSLParameter    = "rds.force_ssl"
	minProtocolParameter = "ssl_min_protocol_version"
	maxProtocolParameter = "ssl_max_protocol_version"
	ciphersParameter     = "ssl_ciphers"
	babelfishParameter   = "rds.babelfish_status"
)

// groupKey names a parameter group. DB and DB cluster parameter groups are
// different things that may share a name.
type groupKey struct {
	cluster bool
	name    string
}

// action is the IAM name of the call that reads it.
func (k groupKey) action() string {
	if k.cluster {
		return "rds:DescribeDBClusterParameters"
	}
	return "rds:DescribeDBParameters"
}

// wanted are the parameters that a group is read for. Babelfish is a matter of
// DB cluster parameter groups.
func (k groupKey) wanted() []string {
	parameters := []string{forceSSLParameter, minProtocolParameter, maxProtocolParameter, ciphersParameter}
	if k.cluster {
		parameters = append(parameters, babelfishParameter)
	}
	return parameters
}

// TLSParameters is what a parameter group says of the server's handshake.
// Empty is PostgreSQL's own default, or a group without the parameter.
type TLSParameters struct {
	// MinProtocol and MaxProtocol are ssl_min_protocol_version and
	// ssl_max_protocol_version, such as "TLSv1.2".
	MinProtocol, MaxProtocol string
	// Ciphers is ssl_ciphers: the suites up to TLS 1.2, by OpenSSL's names or,
	// in Aurora, by those of the standard.
	Ciphers string
}

// groupParameters are the parameters that a group was read for, by their names.
// One that the group does not list is missing.
type groupParameters map[string]groupParameter

// groupParameter is a parameter as a group lists it. What the group does not
// say is empty.
type groupParameter struct{ value, source, applyType string }

// babelfish is rds.babelfish_status; empty where the group does not list it.
func (p groupParameters) babelfish() string {
	status, listed := p[babelfishParameter]
	if !listed {
		return ""
	}
	// Source: Aurora User Guide, "DB cluster parameter group settings for
	// Babelfish": the default is off.
	return cmp.Or(status.value, "off")
}

// parametersOf returns what is wanted of a parameter group. A group is asked
// once.
func (r *Reader) parametersOf(ctx context.Context, key groupKey) (groupParameters, error) {
	m := r.remembered()
	found, err := m.parameters.do(ctx, groupKey{cluster: key.cluster, name: strings.ToLower(key.name)}, func(ctx context.Context) (groupParameters, error) {
		return r.readGroup(ctx, m, key, key.wanted())
	})
	if errors.Is(err, ErrParameterGroupNotFound) {
		return nil, fmt.Errorf("%w: %q", ErrParameterGroupNotFound, key.name)
	}
	return found, err
}

// readGroup pages through a group until it has met all names. Where the
// endpoint honors the filter the first page has them and nothing else; where it
// does not, they come on later pages.
func (r *Reader) readGroup(ctx context.Context, m *memory, key groupKey, names []string) (groupParameters, error) {
	return withFilter(&m.unfilteredReads, func(filtered bool) (groupParameters, error) {
		var filters []types.Filter
		if filtered {
			filters = filterBy("parameter-name", names)
		}
		var marker *string
		call := func() (listed []types.Parameter, err error) {
			listed, marker, err = r.parameterPage(ctx, key, filters, marker)
			return listed, err
		}
		found := groupParameters{}
		for listed, err := range pages(walk{of: "parameters", action: key.action(), most: maxParameterPages}, &marker, call) {
			if err != nil {
				return nil, err
			}
			for i := range listed {
				name := aws.ToString(listed[i].ParameterName)
				if !slices.Contains(names, name) {
					continue
				}
				parameter := groupParameter{aws.ToString(listed[i].ParameterValue), aws.ToString(listed[i].Source), aws.ToString(listed[i].ApplyType)}
				if before, again := found[name]; again && before != parameter {
					return nil, malformed(key.action(), "a list of parameters with two different %s", name) // Which one holds, nobody knows.
				}
				found[name] = parameter
			}
			if len(found) == len(names) {
				break
			}
		}
		return found, nil
	})
}

func (r *Reader) parameterPage(ctx context.Context, key groupKey, filters []types.Filter, marker *string) (listed []types.Parameter, next *string, err error) {
	if key.cluster {
		out, err := limited(ctx, r, key.action(), r.api.DescribeDBClusterParameters, &rds.DescribeDBClusterParametersInput{
			DBClusterParameterGroupName: aws.String(key.name), Filters: filters, Marker: marker, MaxRecords: aws.Int32(pageSize),
		})
		if err != nil {
			return nil, nil, err
		}
		return out.Parameters, out.Marker, nil
	}
	out, err := limited(ctx, r, key.action(), r.api.DescribeDBParameters, &rds.DescribeDBParametersInput{
		DBParameterGroupName: aws.String(key.name), Filters: filters, Marker: marker, MaxRecords: aws.Int32(pageSize),
	})
	if err != nil {
		return nil, nil, err
	}
	return out.Parameters, out.Marker, nil
}
