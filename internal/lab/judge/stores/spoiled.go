package stores

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge/stores/spoiled"
)

// older is the reader of which only a libcrypto 1.1.1 can say something.
const older = "OpenSSL 1.1.1 file"

// SpoiledReaders are asked about spoiled texts, in the order of their table.
var SpoiledReaders = []string{
	"OpenSSL 3 file", older, "OpenSSL 3 aux", "OpenSSL 3 plain", "OpenSSL 3 first", "Node ca",
	"Java factory", "Java certificate", "Netty", "Vert.x", "rustls-pki-types", "rustls-pemfile 1",
}

// SpoiledAnswers asks the real readers about the texts that package spoiled
// makes of the corpus. A libcrypto 1.1.1 is asked too where libcrypto11 names one.
//
// The error is [ErrNoJudge], with the answers of those that are there, or a judge
// that does not answer.
func SpoiledAnswers(ctx context.Context, corpus, libcrypto11 string) (answers spoiled.Answers, missing error) {
	certificates, err := spoiled.Corpus(corpus)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "spoiled")
	if err != nil {
		return nil, fmt.Errorf("place for spoiled texts: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	texts := spoiled.Texts(certificates)
	answers = make(spoiled.Answers, len(texts))
	for i, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), text.Content, 0o600); err != nil {
			return nil, fmt.Errorf("spoiled text: %w", err)
		}
		answers[text.Name()] = make(map[string]string)
	}
	openssl := func(library string) func(context.Context, []string) ([]Answer, error) {
		return func(ctx context.Context, requests []string) ([]Answer, error) { return OpenSSL(ctx, library, requests) }
	}
	for i, of := range []struct {
		prefix string
		ask    func(context.Context, []string) ([]Answer, error)
	}{
		{"file ", openssl("")},
		{"file ", openssl(libcrypto11)},
		{"aux ", openssl("")},
		{"plain ", openssl("")},
		{"first ", openssl("")},
		{"ca ", Node},
		{"factory\t", Java},
		{"certificate\t", Java},
		{"netty ", Frameworks},
		{"vertx ", Frameworks},
		{"pki-types ", Rustls},
		{"pemfile ", Rustls},
	} {
		reader := SpoiledReaders[i]
		if reader == older && libcrypto11 == "" {
			continue
		}
		requests := make([]string, len(texts))
		for i := range texts {
			requests[i] = of.prefix + filepath.Join(dir, fmt.Sprint(i))
		}
		given, err := of.ask(ctx, requests)
		if errors.Is(err, ErrNoJudge) {
			missing = errors.Join(missing, err)
			continue
		}
		if err != nil {
			return nil, err
		}
		for i, answer := range given {
			answers[texts[i].Name()][reader] = inShort(certificates, answer)
		}
	}
	return answers, missing
}

// quoted is what real readers quote of a text, or say of a certificate inside.
var quoted = regexp.MustCompile(`(Illegal header|Illegal footer|Header and footer do not match|IllegalArgumentException|Unable to initialize|CertificateParsingException|StringIndexOutOfBoundsException|` +
	`Base64Decode|IllegalSectionStart|MissingSectionEnd|illegal section start|section end|Invalid byte|Invalid last symbol|Encoded text).*`)

// inShort is an answer as it stands in the table. What Node names by the
// subjects has the fingerprints of the certificates with them.
func inShort(certificates spoiled.Certificates, answer Answer) string {
	if !answer.OK {
		return spoiled.Refused + quoted.ReplaceAllString(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(answer.Error), "$1")
	}
	for i, anchor := range answer.Anchors {
		for _, der := range certificates.All() {
			if hex.EncodeToString(subjectOf(der)) == anchor {
				answer.Anchors[i] = spoiled.Fingerprint(der)
			}
		}
	}
	return certificates.Names(answer.Anchors)
}
