package paths

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

// question is one vector as a judge reads it, certificates in base64.
type question struct {
	ID        string   `json:"id"`
	Presented [][]byte `json:"presented,omitempty"`
	Anchors   [][]byte `json:"anchors"`
	At        int64    `json:"at,omitempty"` // seconds since 1970
	Leaf      []byte   `json:"leaf,omitempty"`
	Host      *string  `json:"host,omitempty"`
	Port      int      `json:"port,omitempty"` // of the server that presents the leaf
}

// Judge is a validator that can be asked.
type Judge struct {
	// Name says which, with its version.
	Name string
	// Paths and Names say what it is asked.
	Paths, Names bool

	command    []string                                     // reads questions, writes replies
	handshakes bool                                         // paths are judged in a handshake under the key of the lab
	servers    bool                                         // names are judged in a handshake
	ask        func([]question) (map[string]Answers, error) // instead of command
}

// answerTime bounds one answer; a program in Java is compiled before the first.
const answerTime = 2 * time.Minute

// run puts questions to a judge, and returns answers by question.
func (j Judge) run(ctx context.Context, questions []question) (map[string]Answers, error) {
	if len(questions) == 0 {
		return map[string]Answers{}, nil
	}
	if j.ask != nil {
		return j.ask(questions)
	}
	command := exec.CommandContext(ctx, j.command[0], j.command[1:]...) //nolint:gosec // the programs are found by this package
	command.Env = append(os.Environ(), "PYTHONUNBUFFERED=1")
	program, err := judge.Start(command)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.Name, err)
	}
	defer program.Stop()
	answers := map[string]Answers{}
	for _, q := range questions {
		line, err := json.Marshal(q)
		if err != nil {
			return nil, err
		}
		var given struct {
			ID      string            `json:"id"`
			Answers map[string]Answer `json:"answers"`
		}
		if err := program.Ask(line, answerTime, &given); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", j.Name, q.ID, err)
		}
		if given.ID != q.ID {
			return nil, fmt.Errorf("%s: %s: %w", j.Name, q.ID, judge.ErrSilent)
		}
		answers[q.ID] = given.Answers
	}
	return answers, nil
}

// goJudge is crypto/x509 as crypto/tls calls it.
func goJudge() Judge {
	return Judge{Name: runtime.Version(), Paths: true, Names: true, ask: askGo}
}

// errNoName is for a client that has no name to compare.
var errNoName = errors.New("tls: either ServerName or InsecureSkipVerify must be specified in the tls.Config")

func askGo(questions []question) (map[string]Answers, error) {
	answers := map[string]Answers{}
	for _, q := range questions {
		err, fault := goAnswer(q)
		if fault != nil {
			return nil, fmt.Errorf("%s: %w", q.ID, fault)
		}
		answer := Answer{OK: err == nil}
		if err != nil {
			answer.Text, answer.Code = err.Error(), goCode(err)
		}
		answers[q.ID] = Answers{"go": answer}
	}
	return answers, nil
}

// goAnswer returns the verdict, and apart from it what kept it from judging.
func goAnswer(q question) (verdict, fault error) {
	if q.Host != nil {
		leaf, err := x509.ParseCertificate(q.Leaf)
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(*q.Host) == "" {
			return errNoName, nil
		}
		return leaf.VerifyHostname(*q.Host), nil
	}
	presented, err := parseAll(q.Presented)
	if err != nil {
		return unreadableError{err}, nil
	}
	options := x509.VerifyOptions{
		Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: time.Unix(q.At, 0).UTC(),
	}
	for _, der := range q.Anchors {
		if c, err := x509.ParseCertificate(der); err == nil {
			options.Roots.AddCert(c)
		}
	}
	for _, c := range presented[1:] {
		options.Intermediates.AddCert(c)
	}
	_, verdict = presented[0].Verify(options)
	return verdict, nil
}

func parseAll(ders [][]byte) ([]*x509.Certificate, error) {
	all := make([]*x509.Certificate, 0, len(ders))
	for _, der := range ders {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// unreadableError is what crypto/tls says of a certificate that it cannot read.
type unreadableError struct{ error }

// goCode is the type of an error, with the reason that it gives.
func goCode(err error) string {
	if invalid, is := errors.AsType[x509.CertificateInvalidError](err); is {
		return "CertificateInvalidError/" + strconv.Itoa(int(invalid.Reason))
	}
	if _, is := errors.AsType[unreadableError](err); is {
		return Unreadable
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", err), "x509.")
}
