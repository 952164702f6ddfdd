package rdsapi

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
)

// RegistryToken returns the user name and password with which images of Amazon
// ECR can be read for twelve hours. It asks the ECR of a Region, with the
// session's credentials; fips asks its FIPS endpoint.
//
// The password is a secret. Errors are those of a call, with the action
// ecr:GetAuthorizationToken.
//
// Source: Amazon ECR API Reference, GetAuthorizationToken.
func (s *Session) RegistryToken(ctx context.Context, region string, fips bool) (username, password string, err error) {
	const action = "ecr:GetAuthorizationToken"
	client := ecr.NewFromConfig(s.config, func(o *ecr.Options) {
		o.Region = region
		if fips {
			o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointStateEnabled
		}
		if s.ecrEndpoint != "" {
			o.BaseEndpoint = &s.ecrEndpoint
		}
	})
	answer, err := client.GetAuthorizationToken(ctx, &ecr.GetAuthorizationTokenInput{})
	if err != nil {
		return "", "", translate(ctx, action, err)
	}
	for _, data := range answer.AuthorizationData {
		decoded, err := base64.StdEncoding.DecodeString(aws.ToString(data.AuthorizationToken))
		username, password, both := strings.Cut(string(decoded), ":")
		if err == nil && both {
			return username, password, nil
		}
	}
	return "", "", &CallError{Action: action, Err: ErrMalformedResponse}
}
