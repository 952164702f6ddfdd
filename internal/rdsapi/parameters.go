package rdsapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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

// groupParameter is rds.force_ssl as a parameter group has it, and beside it
// what else is wanted: empty where the group has none.
type groupParameter struct {
	met       int // how many of the wanted parameters the group has shown
	present   bool
	value     string
	source    string
	applyType string
	tls       TLSParameters
	babelfish string
}

// take notes one parameter of a group.
func (p *groupParameter) take(parameter types.Parameter) {
	value := aws.ToString(parameter.ParameterValue)
	switch aws.ToString(parameter.ParameterName) {
	case forceSSLParameter:
		p.present, p.value = true, value
		p.source, p.applyType = aws.ToString(parameter.Source), aws.ToString(parameter.ApplyType)
	case babelfishParameter:
		// Source: Aurora User Guide, "DB cluster parameter group settings for
		// Babelfish": the default is off.
		p.babelfish = cmp.Or(value, "off")
	case minProtocolParameter:
		p.tls.MinProtocol = value
	case maxProtocolParameter:
		p.tls.MaxProtocol = value
	case ciphersParameter:
		p.tls.Ciphers = value
	default:
		return
	}
	p.met++
}

// forceSSLOf returns rds.force_ssl of a parameter group. A group is asked
// once.
func (r *Reader) forceSSLOf(ctx context.Context, m *memory, key groupKey) (groupParameter, error) {
	parameter, err := m.parameters.do(ctx, groupKey{cluster: key.cluster, name: strings.ToLower(key.name)}, func(ctx context.Context) (groupParameter, error) {
		return withFilter(ctx, m, &m.unfilteredReads, func(ctx context.Context, filtered bool) (groupParameter, error) {
			return r.searchGroup(ctx, key, filtered)
		})
	})
	if errors.Is(err, ErrParameterGroupNotFound) {
		return groupParameter{}, fmt.Errorf("%w: %q", ErrParameterGroupNotFound, key.name)
	}
	return parameter, err
}

// searchGroup pages through a group until it has met what is wanted.
func (r *Reader) searchGroup(ctx context.Context, key groupKey, filtered bool) (groupParameter, error) {
	var found groupParameter
	err := r.walkGroup(ctx, key, key.wanted(), filtered, func(parameter types.Parameter) (met int) {
		found.take(parameter)
		return found.met
	})
	return found, err
}

// walkGroup calls take for parameters of a group until that has met all names.
// Where the endpoint honors the filter the first page has them and nothing
// else; where it does not, they come on later pages.
func (r *Reader) walkGroup(ctx context.Context, key groupKey, names []string, filtered bool, take func(types.Parameter) (met int)) error {
	filter := names
	if !filtered {
		filter = nil
	}
	return walk{of: "parameters", most: maxParameterPages}.pages(key.action(), func(marker *string) (next string, err error) {
		parameters, next, err := r.parameterPage(ctx, key, marker, filter)
		if err != nil {
			return "", err
		}
		met := 0
		for i := range parameters {
			met = max(met, take(parameters[i]))
		}
		if met >= len(names) {
			return "", nil
		}
		return next, nil
	})
}

func (r *Reader) parameterPage(ctx context.Context, key groupKey, marker *string, names []string) (parameters []types.Parameter, next string, err error) {
	var filters []types.Filter
	if len(names) > 0 {
		filters = filterBy("parameter-name", names)
	}
	if key.cluster {
		out, err := limited(ctx, r, key.action(), func(ctx context.Context) (*rds.DescribeDBClusterParametersOutput, error) {
			return r.api.DescribeDBClusterParameters(ctx, &rds.DescribeDBClusterParametersInput{
				DBClusterParameterGroupName: aws.String(key.name), Filters: filters, Marker: marker, MaxRecords: aws.Int32(pageSize),
			})
		})
		if err != nil {
			return nil, "", err
		}
		return out.Parameters, aws.ToString(out.Marker), nil
	}
	out, err := limited(ctx, r, key.action(), func(ctx context.Context) (*rds.DescribeDBParametersOutput, error) {
		return r.api.DescribeDBParameters(ctx, &rds.DescribeDBParametersInput{
			DBParameterGroupName: aws.String(key.name), Filters: filters, Marker: marker, MaxRecords: aws.Int32(pageSize),
		})
	})
	if err != nil {
		return nil, "", err
	}
	return out.Parameters, aws.ToString(out.Marker), nil
}
