package rdsapi

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
)

// RegistryToken returns the user name and password with which images of Amazon
// ECR can be read for twelve hours. It asks the ECR of a Region, with the
// session's credentials; fips asks its FIPS endpoint.
//
// All attempts together end after within, with ErrTimeout; zero is no bound. The
// password is a secret. Errors are those of a call, with the action
// ecr:GetAuthorizationToken.
//
// Source: Amazon ECR API Reference, GetAuthorizationToken.
func (s *Session) RegistryToken(ctx context.Context, region string, fips bool, within time.Duration) (username, password string, err error) {
	const action = "ecr:GetAuthorizationToken"
	ctx, ended := newBudget(within).bound(ctx)
	defer func() { ended(&err) }()
	client := ecr.NewFromConfig(s.config, func(o *ecr.Options) {
		o.Region = region
		if fips {
			o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointStateEnabled
		}
		o.HTTPClient = steady{o.HTTPClient}
		s.guard(s.given.ECREndpoint, &o.BaseEndpoint, &o.Retryer, &o.APIOptions)
	})
	answer, err := client.GetAuthorizationToken(withAttempts(ctx), &ecr.GetAuthorizationTokenInput{})
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
	return "", "", failed(action, ErrMalformedResponse)
}
