package rdsapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// What can go wrong. Every error of this package wraps one of these, or is the
// context's own. None carries the text of a response.
var (
	// ErrDBInstanceNotFound: no such DB instance in the account and Region.
	ErrDBInstanceNotFound = errors.New("no such DB instance")
	// ErrDBClusterNotFound: no such DB cluster in the account and Region.
	ErrDBClusterNotFound = errors.New("no such DB cluster")
	// ErrParameterGroupNotFound: a parameter group vanished.
	ErrParameterGroupNotFound = errors.New("no such parameter group")
	// ErrNoParameterGroup: the DB instance or cluster names no parameter group.
	ErrNoParameterGroup = errors.New("no parameter group is attached")
	// ErrEngineVersionNotFound: RDS does not list the engine version.
	ErrEngineVersionNotFound = errors.New("no such engine version")
	// ErrLogFileNotFound: the log file was rotated away.
	ErrLogFileNotFound = errors.New("no such log file")
	// ErrAccessDenied: see AccessDeniedError for the permission that is missing.
	ErrAccessDenied = errors.New("access denied")
	// ErrNoCredentials: no source of AWS credentials gave any.
	ErrNoCredentials = errors.New("no AWS credentials")
	// ErrInvalidCredentials: AWS refused the credentials as expired, unknown or
	// wrongly signed.
	ErrInvalidCredentials = errors.New("AWS does not accept the credentials")
	// ErrCannotAssumeRole: the role of assume_role was not granted.
	ErrCannotAssumeRole = errors.New("the IAM role cannot be assumed")
	// ErrAccountNotAllowed: the account is forbidden, or not among the allowed.
	ErrAccountNotAllowed = errors.New("the AWS account is not allowed")
	// ErrThrottled: RDS kept refusing the rate of calls until retries ran out.
	ErrThrottled = errors.New("throttled by AWS")
	// ErrInvalidRegion: no Region is set, or AWS has no such Region.
	ErrInvalidRegion = errors.New("invalid AWS Region")
	// ErrInvalidConfiguration: an argument or a shared configuration file of
	// AWS is wrong.
	ErrInvalidConfiguration = errors.New("invalid AWS configuration")
	// ErrUnreachable: the endpoint does not answer: no DNS name, no route, no
	// listener, no TLS.
	ErrUnreachable = errors.New("the AWS endpoint cannot be reached")
	// ErrEndpointNotTrusted: the text says who signed the certificate.
	ErrEndpointNotTrusted = errors.New("the certificate of the AWS endpoint is not trusted")
	// ErrTimeout: AWS had the time that a Reader's Within gave it.
	ErrTimeout = errors.New("AWS did not answer")
	// ErrMalformedResponse: what came back is not an answer of RDS.
	ErrMalformedResponse = errors.New("malformed response")
	// ErrService: RDS answered with another error; the text has its code.
	ErrService = errors.New("the AWS service reported an error")

	// errInvalidRequest is for fallbacks inside this package.
	errInvalidRequest = errors.New("the AWS service does not accept the request")
)

// AccessDeniedError says which permission is missing. It wraps ErrAccessDenied.
type AccessDeniedError struct {
	// Action is the IAM action to allow, such as rds:DescribeDBInstances.
	Action string
}

// Error names the missing permission.
func (e *AccessDeniedError) Error() string {
	return fmt.Sprintf("%v: the credentials lack the permission %s", ErrAccessDenied, e.Action)
}

// Unwrap returns ErrAccessDenied.
func (e *AccessDeniedError) Unwrap() error { return ErrAccessDenied }

// notTrusted says who signed the certificate that an endpoint of AWS, or a
// proxy before it, presents; nil if that is not what failed. The issuer is as
// whoever answers wrote it, so nothing of it reaches a terminal unquoted.
func notTrusted(action string, err error) error {
	unverified, is := errors.AsType[*tls.CertificateVerificationError](err)
	if !is {
		return nil
	}
	var issuer string
	if len(unverified.UnverifiedCertificates) > 0 {
		const longest = 200
		issuer = unverified.UnverifiedCertificates[0].Issuer.String()
		issuer = issuer[:min(len(issuer), longest)]
	}
	var elsewhere string
	if _, is := errors.AsType[x509.HostnameError](err); is {
		elsewhere = ", and is for another host"
	}
	return fmt.Errorf("%s: %w: it was issued by %q%s", action, ErrEndpointNotTrusted, issuer, elsewhere)
}

// malformedError marks a response that decodes, but not to an answer.
type malformedError struct{ cause error }

func (e *malformedError) Error() string { return ErrMalformedResponse.Error() + ": " + e.cause.Error() }

func (e *malformedError) Is(target error) bool { return target == ErrMalformedResponse }

// malformed is the error for an answer to a call that decodes, but lacks what
// AWS always gives, or cannot be.
func malformed(action, format string, args ...any) error {
	return failed(action, &malformedError{cause: fmt.Errorf(format, args...)})
}

// failed is the error of a call, named as in IAM.
func failed(action string, err error) error { return fmt.Errorf("%s: %w", action, err) }

// meaning maps the error codes of RDS, STS and the query protocol. It is read
// by one function, so that each code is mapped once.
func meaning(code string) error {
	switch code {
	case "DBInstanceNotFound", "DBInstanceNotFoundFault":
		return ErrDBInstanceNotFound
	case "DBClusterNotFoundFault", "DBClusterNotFound":
		return ErrDBClusterNotFound
	case "DBParameterGroupNotFound", "DBParameterGroupNotFoundFault", "DBClusterParameterGroupNotFound", "DBClusterParameterGroupNotFoundFault":
		return ErrParameterGroupNotFound
	case "DBLogFileNotFoundFault", "DBLogFileNotFound":
		return ErrLogFileNotFound
	case "ResourceNotFoundException":
		return ErrLogGroupNotFound
	case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "AuthorizationError":
		return ErrAccessDenied
	case "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "ExpiredToken", "ExpiredTokenException",
		"RequestExpired", "AuthFailure", "MissingAuthenticationToken", "IncompleteSignature", "OptInRequired", "InvalidIdentityToken":
		return ErrInvalidCredentials
	case "InvalidParameterValue", "InvalidParameterCombination", "ValidationError", "InvalidParameter":
		return errInvalidRequest
	case "", "UnknownError": // the SDK's word for an error response without a code
		return ErrMalformedResponse
	}
	if _, throttled := retry.DefaultThrottleErrorCodes[code]; throttled {
		return ErrThrottled
	}
	return ErrService
}

// translate maps an error of the SDK once, dropping its text.
func translate(ctx context.Context, action string, err error) error {
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	if errors.Is(err, ErrNoCredentials) {
		return failed(action, ErrNoCredentials)
	}
	if odd, is := errors.AsType[*malformedError](err); is {
		return failed(action, odd)
	}
	if refused, ok := errors.AsType[smithy.APIError](err); ok {
		return refusal(action, meaning(refused.ErrorCode()), printable(refused.ErrorCode()), requestID(err))
	}
	if _, undecoded := errors.AsType[*smithy.DeserializationError](err); undecoded {
		return failed(action, ErrMalformedResponse)
	}
	if untrusted := notTrusted(action, err); untrusted != nil {
		return untrusted
	}
	if unanswered(err) {
		return failed(action, ErrUnreachable)
	}
	if _, noRegion := errors.AsType[*aws.MissingRegionError](err); noRegion {
		return failed(action, ErrInvalidRegion)
	}
	return failed(action, ErrService)
}

// refusal is an error that AWS answered. Its request ID is what AWS support
// asks for; that and the code may be empty.
func refusal(action string, meaning error, code, requestID string) error {
	switch {
	case errors.Is(meaning, ErrAccessDenied):
		return &AccessDeniedError{Action: action}
	case code != "" && requestID != "":
		return fmt.Errorf("%s: %w (%s, request %s)", action, meaning, code, requestID)
	case code != "":
		return fmt.Errorf("%s: %w (%s)", action, meaning, code)
	}
	return failed(action, meaning)
}

// unanswered reports whether the request got no response.
func unanswered(err error) bool {
	var unsent *smithyhttp.RequestSendError
	var timeout interface{ Timeout() bool }
	return errors.As(err, &unsent) || (errors.As(err, &timeout) && timeout.Timeout())
}

func requestID(err error) string {
	var withID interface{ ServiceRequestID() string }
	if errors.As(err, &withID) {
		return printable(withID.ServiceRequestID())
	}
	return ""
}

// plainCode is what AWS makes error codes and request IDs of.
var plainCode = regexp.MustCompile(`^[\w.-]{1,64}$`)

// printable is an error code or request ID; empty if it has anything else in
// it, so that a hostile endpoint cannot put that into a message.
func printable(code string) string { return plainCode.FindString(code) }
