package rdsapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

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
	// ErrEndpointNotTrusted: see EndpointNotTrustedError.
	ErrEndpointNotTrusted = errors.New("the certificate of the AWS endpoint is not trusted")
	// ErrTimeout: AWS had the time that a Reader's Within gave it.
	ErrTimeout = errors.New("AWS did not answer")
	// ErrMalformedResponse: what came back is not an answer of RDS.
	ErrMalformedResponse = errors.New("malformed response")
	// ErrService: RDS answered with another error; see CallError for its code.
	ErrService = errors.New("the AWS service reported an error")

	// errInvalidRequest is for fallbacks inside this package.
	errInvalidRequest = errors.New("the AWS service does not accept the request")
)

// CallError is a failed call. It wraps one of the sentinels.
type CallError struct {
	// Action is the IAM name of the call, such as rds:DescribeDBInstances.
	Action string
	// Code is the error code that AWS answered; empty if it did not answer.
	Code string
	// RequestID is what AWS support asks for; may be empty.
	RequestID string
	// Err is the sentinel.
	Err error
}

// Error names the action, the meaning, and the code if there is one.
func (e *CallError) Error() string {
	text := e.Action + ": " + e.Err.Error()
	switch {
	case e.Code != "" && e.RequestID != "":
		text += fmt.Sprintf(" (%s, request %s)", e.Code, e.RequestID)
	case e.Code != "":
		text += fmt.Sprintf(" (%s)", e.Code)
	}
	return text
}

// Unwrap returns the sentinel.
func (e *CallError) Unwrap() error { return e.Err }

// AccessDeniedError says which permission is missing. It wraps ErrAccessDenied.
type AccessDeniedError struct {
	// Action is the IAM action to allow, such as rds:DescribeDBInstances.
	Action string
	// RequestID is what AWS support asks for; may be empty.
	RequestID string
}

// Error names the missing permission.
func (e *AccessDeniedError) Error() string {
	return fmt.Sprintf("%v: the credentials lack the permission %s", ErrAccessDenied, e.Action)
}

// Unwrap returns ErrAccessDenied.
func (e *AccessDeniedError) Unwrap() error { return ErrAccessDenied }

// EndpointNotTrustedError says who signed the certificate that an endpoint of
// AWS, or a proxy before it, presents. It wraps ErrEndpointNotTrusted.
type EndpointNotTrustedError struct {
	// Action is the call, such as rds:DescribeDBInstances.
	Action string
	// Issuer is the distinguished name in the server certificate, as whoever
	// answers wrote it.
	Issuer string
	// Host is true if the certificate is for another host.
	Host bool
}

// Error names the issuer, without anything that a terminal would act on.
func (e *EndpointNotTrustedError) Error() string {
	text := fmt.Sprintf("%s: %v: it was issued by %q", e.Action, ErrEndpointNotTrusted, e.Issuer)
	if e.Host {
		text += ", and is for another host"
	}
	return text
}

// Unwrap returns ErrEndpointNotTrusted.
func (e *EndpointNotTrustedError) Unwrap() error { return ErrEndpointNotTrusted }

// notTrusted finds out of an error of the SDK that TLS failed on the server's
// certificate.
func notTrusted(action string, err error) (*EndpointNotTrustedError, bool) {
	failed, is := errors.AsType[*tls.CertificateVerificationError](err)
	if !is {
		return nil, false
	}
	found := &EndpointNotTrustedError{Action: action}
	if len(failed.UnverifiedCertificates) > 0 {
		const longest = 200
		found.Issuer = failed.UnverifiedCertificates[0].Issuer.String()
		found.Issuer = found.Issuer[:min(len(found.Issuer), longest)]
	}
	_, found.Host = errors.AsType[x509.HostnameError](err)
	return found, true
}

// malformedError marks a response that decodes, but not to an answer.
type malformedError struct{ cause error }

func (e *malformedError) Error() string { return ErrMalformedResponse.Error() + ": " + e.cause.Error() }

func (e *malformedError) Is(target error) bool { return target == ErrMalformedResponse }

// incomplete is the error for a record that lacks what RDS always gives.
func incomplete(record, field string) error {
	return &malformedError{cause: fmt.Errorf("a %s without %s", record, field)}
}

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
		return &CallError{Action: action, Err: ErrNoCredentials}
	}
	if malformed, is := errors.AsType[*malformedError](err); is {
		return &CallError{Action: action, Err: malformed, RequestID: requestID(err)}
	}
	if refused, ok := errors.AsType[smithy.APIError](err); ok {
		sentinel := meaning(refused.ErrorCode())
		if errors.Is(sentinel, ErrAccessDenied) {
			return &AccessDeniedError{Action: action, RequestID: requestID(err)}
		}
		return &CallError{Action: action, Code: printable(refused.ErrorCode()), RequestID: requestID(err), Err: sentinel}
	}
	if _, undecoded := errors.AsType[*smithy.DeserializationError](err); undecoded {
		return &CallError{Action: action, Err: ErrMalformedResponse, RequestID: requestID(err)}
	}
	if untrusted, is := notTrusted(action, err); is {
		return untrusted
	}
	if unanswered(err) {
		return &CallError{Action: action, Err: ErrUnreachable}
	}
	if _, noRegion := errors.AsType[*aws.MissingRegionError](err); noRegion {
		return &CallError{Action: action, Err: ErrInvalidRegion}
	}
	return &CallError{Action: action, Err: ErrService, RequestID: requestID(err)}
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

// printable keeps an error code or request ID to what AWS makes them of, so
// that a hostile endpoint cannot put anything else into a message.
func printable(code string) string {
	const longest = 64
	if len(code) > longest {
		return ""
	}
	for _, c := range code {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-', c == '_':
		default:
			return ""
		}
	}
	return code
}
