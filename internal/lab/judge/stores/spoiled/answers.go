package spoiled

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Certificates are those that the texts hold, in DER. Their lengths leave each
// remainder by three, so that base64 pads them in each way.
type Certificates struct{ First, Second, Third []byte }

var errNoCertificate = errors.New("a certificate of the corpus has no PEM block")

// Corpus reads the certificates from a folder with the corpus.
func Corpus(dir string) (Certificates, error) {
	var all [3][]byte
	for i, name := range []string{"root-ed", "root-ec", "root-utf8"} {
		content, err := os.ReadFile(filepath.Join(dir, "certificates", name+".pem"))
		if err != nil {
			return Certificates{}, fmt.Errorf("certificate: %w", err)
		}
		block, _ := pem.Decode(content)
		if block == nil {
			return Certificates{}, fmt.Errorf("%w: %s", errNoCertificate, name)
		}
		all[i] = block.Bytes
	}
	return Certificates{all[0], all[1], all[2]}, nil
}

// All are the certificates in order.
func (c Certificates) All() [][]byte { return [][]byte{c.First, c.Second, c.Third} }

// Names names certificates by their SHA-256 in hexadecimal: by number, each once
// and in order. One that was spoiled itself is named by the start of it.
func (c Certificates) Names(fingerprints []string) string {
	names := make([]string, len(fingerprints))
	for i, fingerprint := range fingerprints {
		names[i] = fingerprint[:8]
		for number, der := range c.All() {
			if Fingerprint(der) == fingerprint {
				names[i] = strconv.Itoa(number + 1)
			}
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "+")
}

// Fingerprint is the SHA-256 of a certificate in hexadecimal.
func Fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// Answers are what readers say, by the name of the text and the reader: the
// names of the certificates that are taken, or Refused and the reader's own
// words.
type Answers map[string]map[string]string

// Refused is what an answer begins with that is an error.
const Refused = "! "

// Write writes a table: the readers, the answers of all of them in a line, and
// below it the texts of which they say so.
func (a Answers) Write(path string, readers []string) error {
	alike := make(map[string]map[string][]string) // places by answers, and by base and way
	for name, by := range a {
		answers := make([]string, len(readers))
		for i, reader := range readers {
			answers[i] = by[reader]
		}
		line, of := strings.Join(answers, "\t"), name[:strings.LastIndex(name, "\t")]
		if alike[line] == nil {
			alike[line] = make(map[string][]string)
		}
		alike[line][of] = append(alike[line][of], name[len(of)+1:])
	}
	out := []string{"readers\t" + strings.Join(readers, "\t")}
	for _, line := range slices.Sorted(maps.Keys(alike)) {
		out = append(out, "answers\t"+line)
		for _, of := range slices.Sorted(maps.Keys(alike[line])) {
			places := alike[line][of]
			slices.SortFunc(places, func(a, b string) int { return strings.Compare(fmt.Sprintf("%4s", a), fmt.Sprintf("%4s", b)) })
			out = append(out, "\t"+of+"\t"+strings.Join(places, " "))
		}
	}
	return os.WriteFile(path, []byte(strings.Join(out, "\n")+"\n"), 0o600)
}

// Read reads a table.
func Read(path string) (Answers, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	all := make(Answers)
	var readers, answers []string
	for line := range strings.Lines(string(content)) {
		switch fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); fields[0] {
		case "readers":
			readers = fields[1:]
		case "answers":
			answers = fields[1:]
		default:
			by := make(map[string]string)
			for i, reader := range readers {
				by[reader] = answers[i]
			}
			for place := range strings.SplitSeq(fields[3], " ") {
				all[fields[1]+"\t"+fields[2]+"\t"+place] = by
			}
		}
	}
	return all, nil
}
