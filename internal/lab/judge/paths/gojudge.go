package paths

import (
	"crypto/x509"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"
)

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
