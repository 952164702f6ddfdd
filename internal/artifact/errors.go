package artifact

import (
	"errors"
	"fmt"
)

// What can go wrong. Every error of this package wraps one of these, is a
// [*LimitError], or the context's own. None carries the text of a response.
var (
	// ErrReference: the reference cannot be parsed.
	ErrReference = errors.New("it is not a valid reference to an image or archive")
	// ErrNotFound: the registry, layout or disk has nothing of this name.
	ErrNotFound = errors.New("there is no such image or archive")
	// ErrDenied: the registry wants other credentials, or refuses these.
	ErrDenied = errors.New("the registry denies access")
	// ErrThrottled: the registry refuses the rate of requests.
	ErrThrottled = errors.New("the registry is refusing further requests for now (rate limit)")
	// ErrUnreachable: the registry does not answer, or breaks off.
	ErrUnreachable = errors.New("the registry cannot be reached")
	// ErrRegistry: the registry answers with another error.
	ErrRegistry = errors.New("the registry reported an error")
	// ErrCredentials: no token for Amazon ECR could be had.
	ErrCredentials = errors.New("no token for Amazon ECR could be obtained")
	// ErrDigest: the content is not what its digest or size says.
	ErrDigest = errors.New("the content does not match its digest or size")
	// ErrMalformed: the artifact cannot be parsed, or is cut off.
	ErrMalformed = errors.New("it is malformed or cut off")
	// ErrUnsupported: a kind of image that this package does not read.
	ErrUnsupported = errors.New("this kind of image is not supported")
	// ErrPlatform: there is no image for the platform that is asked for.
	ErrPlatform = errors.New("there is no image for the platform")
	// ErrInvalidPlatform: the platform that is asked for has a form, or an
	// operating system, for which no image is read.
	ErrInvalidPlatform = errors.New("the platform is not valid")
	// ErrLinkLoop: links lead in a circle.
	ErrLinkLoop = errors.New("links form a loop")
	// ErrNotPart: the file lies outside of what the archive holds, so that it
	// is not known whether it is there.
	ErrNotPart = errors.New("it is outside the archive, in the runtime's own files")
	// ErrUnreadable: a file or folder of this machine cannot be read.
	ErrUnreadable = errors.New("no access to a file or folder")
)

// LimitError says which limit the artifact passes.
type LimitError struct {
	What     string // what is bounded, in words
	Limit    string // the limit, with its unit
	Argument string // the name of the argument that raises it; empty where none does
}

// Ends says that nothing more of the artifact can be read.
func (e *LimitError) Ends() bool { return true }

// Error names the limit.
func (e *LimitError) Error() string {
	text := fmt.Sprintf("%s exceeds the limit of %s", e.What, e.Limit)
	if e.Argument != "" {
		text += " (limits." + e.Argument + ")"
	}
	return text
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrMalformed}, args...)...)
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrUnsupported}, args...)...)
}
