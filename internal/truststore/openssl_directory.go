package truststore

import (
	"crypto/x509"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// hashedName matches the file names that OpenSSL looks for: eight digits of the
// subject's hash and a number.
var hashedName = regexp.MustCompile(`^([0-9a-f]{8})\.(0|[1-9][0-9]{0,5})$`)

// readOpenSSLDirectory takes from an archive of a directory the certificates
// that OpenSSL finds there by the hash of their subject. Files of other names
// are never opened; numbers count up from 0 without a gap.
//
// Source: openssl/openssl 3.0.20, crypto/x509/by_dir.c, get_cert_by_subject_ex;
// observed with 3.0.19 and 3.0.22.
func readOpenSSLDirectory(content []byte, opt Options) (Taken, *ReadError) {
	directory, ok := parseDirectory(content)
	if !ok {
		return Taken{}, unreadable("", "it is not an archive of a directory")
	}
	var taken Taken
	reached := make(map[string]bool)
	other := 0
	for _, name := range slices.Sorted(maps.Keys(directory)) {
		match := hashedName.FindStringSubmatch(name)
		if match == nil {
			other++
			continue
		}
		if match[2] == "0" {
			takeHashed(&taken, directory, match[1], reached, opt)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(directory)) {
		if hashedName.MatchString(name) && !reached[name] {
			taken.note(Problem{
				Code:   CodeUnreachableFile,
				Detail: fmt.Sprintf("OpenSSL does not reach the file %s: a file with the same hash and a lower number is missing or cannot be read.", name),
				Remedy: "Run openssl rehash on the directory.",
			})
		}
	}
	if other > 0 && len(taken.Anchors) == 0 {
		taken.note(Problem{
			Code:   CodeNotHashed,
			Detail: fmt.Sprintf("%s.", countOf(other, "file is not named after the hash of a certificate's subject, so OpenSSL never reads it", "files are not named after the hash of a certificate's subject, so OpenSSL never reads them")),
			Remedy: "Put each certificate into its own file, and run openssl rehash on the directory: the command creates no links for a file with several certificates.",
		})
	}
	if len(taken.Anchors) == 0 {
		return taken, &ReadError{Err: ErrNoAnchors, Detail: "no file in the directory is named after the hash of its own certificate's subject"}
	}
	once(&taken)
	return taken, nil
}

// takeHashed reads the files of one hash in the order of their numbers.
func takeHashed(taken *Taken, directory Directory, hash string, reached map[string]bool, opt Options) {
	for number := 0; ; number++ {
		name := hash + "." + strconv.Itoa(number)
		content, there := directory[name]
		if !there {
			return
		}
		reached[name] = true
		reader := newOpenSSLPEM(content, opt)
		reader.file = true
		file, failure := readUntilFailure(reader, true)
		failed := len(file.Anchors) == 0 || failure != "" || stopped(file.Problems)
		if failed {
			taken.note(Problem{
				Code:   CodeUnreadableCertificate,
				Detail: fmt.Sprintf("The file %s cannot be read to the end: OpenSSL before 3.0.22 then ignores all further files with the same hash in their names.", name),
				Remedy: "Replace the file with a certificate in PEM, and run openssl rehash.",
			})
		}
		for _, anchor := range file.Anchors {
			if NameHash(anchor.Certificate) != hash {
				taken.note(Problem{
					Code:   CodeWrongHash,
					Detail: fmt.Sprintf("The file %s holds a certificate whose subject has the hash %s: OpenSSL does not look for it there.", name, NameHash(anchor.Certificate)),
					Remedy: "Run openssl rehash on the directory, with one certificate in each file.",
				})
				continue
			}
			taken.Anchors = append(taken.Anchors, anchor)
		}
		if failed && stopsAtUnreadable(opt.Version) {
			return
		}
	}
}

// stopsAtUnreadable reports whether an OpenSSL ends its search under a hash at a
// file that cannot be read. A version without its last number is the newest of
// its kind.
//
// Source: openssl/openssl pull request 31594; observed with 3.0.19 and 3.0.22.
func stopsAtUnreadable(version string) bool {
	if beforeOpenSSL3(version) {
		return true
	}
	patch, is30 := strings.CutPrefix(version, "3.0.")
	number, err := strconv.Atoi(patch)
	return is30 && err == nil && number < 22
}

func stopped(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Code == CodeReadingStopped })
}

// NameHash returns the eight hexadecimal digits by which OpenSSL 1.0 and later
// names the file of a certificate in a directory (openssl x509 -subject_hash).
func NameHash(certificate *x509.Certificate) string {
	return fmt.Sprintf("%08x", subjectHash(certificate.RawSubject))
}
