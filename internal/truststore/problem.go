package truststore

import "fmt"

// Codes of problems. They are part of the provider's interface.
const (
	// CodeDuplicateEntry: a certificate stands in the store more than once.
	CodeDuplicateEntry = "duplicate_entry"
	// CodeIgnoredBlock: a PEM block that the reader passes over.
	CodeIgnoredBlock = "ignored_block"
	// CodeUnreadableCertificate: a certificate that the reader drops because
	// it cannot be decoded.
	CodeUnreadableCertificate = "unreadable_certificate"
	// CodeReadingStopped: the reader stops at a block it cannot read, keeps
	// what stands before it, and never sees what stands after it.
	CodeReadingStopped = "reading_stopped"
	// CodeLostBlock: a block is swallowed by the one before it.
	CodeLostBlock = "lost_block"
	// CodeTrailingData: bytes after the end of what the reader reads.
	CodeTrailingData = "trailing_data"
	// CodeUnusualCertificate: a certificate of a form that one client takes and
	// another refuses, such as one with a rare curve.
	CodeUnusualCertificate = "unusual_certificate"
	// CodeHiddenAlias: an entry of a JKS that Java cannot find again.
	CodeHiddenAlias = "hidden_alias"
	// CodeReplacedEntry: an entry of a key store is replaced by a later one.
	CodeReplacedEntry = "replaced_entry"
	// CodeNullPassword: the encrypted part of a PKCS#12 is passed over because
	// no password was given.
	CodeNullPassword = "null_password"
	// CodeWithoutTrustAttribute: certificates of a PKCS#12 that Java does not
	// trust because they lack the attribute that says so.
	CodeWithoutTrustAttribute = "pkcs12_without_trust_attribute"
	// CodeUnreachableFile: a file of a directory that OpenSSL does not reach.
	CodeUnreachableFile = "unreachable_file"
	// CodeNotHashed: a directory whose files are not named by hashes.
	CodeNotHashed = "directory_not_hashed"
	// CodeWrongHash: a file of a directory under another subject's hash.
	CodeWrongHash = "wrong_hash"
	// CodeOnlyFirst: the client takes the first certificate of several.
	CodeOnlyFirst = "only_first_certificate"
	// CodeByteOrderMark: a byte order mark hides the first certificate.
	CodeByteOrderMark = "byte_order_mark"
	// CodeUTF16: the text is in UTF-16.
	CodeUTF16 = "utf16_text"
	// CodeEscapedNewlines: line ends are written as backslash and n.
	CodeEscapedNewlines = "escaped_newlines"
	// CodeIndented: the blocks are indented.
	CodeIndented = "indented_blocks"
	// CodeHTMLPage: the content is a web page.
	CodeHTMLPage = "html_page"
	// CodeXMLPage: the content is an XML document.
	CodeXMLPage = "xml_page"
	// CodeLFSPointer: the content is a pointer of Git LFS.
	CodeLFSPointer = "git_lfs_pointer"
	// CodeBareBase64: base64 without BEGIN and END lines.
	CodeBareBase64 = "bare_base64"
	// CodeTruncated: the content is cut off.
	CodeTruncated = "truncated"
	// CodeAnchorExpired: a certificate has ended.
	CodeAnchorExpired = "anchor_expired"
	// CodeAnchorExpiring: a certificate ends sooner than wanted.
	CodeAnchorExpiring = "anchor_expiring"
	// CodeRetiredRDSCA: a CA that RDS no longer uses.
	CodeRetiredRDSCA = "retired_rds_ca"
	// CodeSubordinate: a subordinate CA stands in for its root.
	CodeSubordinate = "subordinate_instead_of_root"
	// CodeServerCertificate: a server certificate stands in for a CA.
	CodeServerCertificate = "server_certificate_instead_of_root"
	// CodeWrongRegion: RDS roots, none of the wanted Region.
	CodeWrongRegion = "wrong_region"
	// CodeBundleFirstOnly: keytool imported the first certificate of a bundle.
	CodeBundleFirstOnly = "bundle_first_certificate_only"
	// CodeWeakKey: a key that OpenSSL refuses at security level 2.
	CodeWeakKey = "weak_key"
	// CodeWeakSignature: a signature that OpenSSL refuses at security level 2.
	CodeWeakSignature = "weak_signature"
	// CodeOpenSSLTakesLess, CodeJavaTakesLess and CodeGoTakesLess: a family of
	// clients takes fewer certificates than the store holds.
	CodeOpenSSLTakesLess = "openssl_takes_less"
	CodeJavaTakesLess    = "java_takes_less"
	CodeGoTakesLess      = "go_takes_less"
	// CodeMoreProblems: the store has more problems than are listed.
	CodeMoreProblems = "more_problems"
	// CodeEmptyStore: a store without any certificate.
	CodeEmptyStore = "empty_store"
	// CodePrivateKey: a private key lies in a store of certificates.
	CodePrivateKey = "private_key_in_trust_store"
)

// ProblemMeaning explains the code of a problem.
type ProblemMeaning struct {
	Code string
	// Meaning says what was found, in words without a full stop.
	Meaning string
}

// ProblemMeanings lists all problems in alphabetical order of their codes, for
// the guide and for lists of values. The slice is the caller's.
func ProblemMeanings() []ProblemMeaning {
	return []ProblemMeaning{
		{CodeAnchorExpired, "a certificate has expired"},
		{CodeAnchorExpiring, "a certificate expires sooner than `minimum_validity` allows"},
		{CodeBareBase64, "the content is base64 without BEGIN and END lines"},
		{CodeBundleFirstOnly, "the store holds only the first certificate of an RDS bundle, which is all that `keytool -importcert` imports"},
		{CodeByteOrderMark, "a byte order mark hides the first certificate"},
		{CodeNotHashed, "the files in the directory do not have the hashed names that OpenSSL looks for"},
		{CodeDuplicateEntry, "a certificate is in the store more than once"},
		{CodeEmptyStore, "the store has no certificate"},
		{CodeEscapedNewlines, "line breaks are written as a backslash and an n"},
		{CodeLFSPointer, "the content is a Git LFS pointer, not the file itself"},
		{CodeGoTakesLess, "Go clients read fewer certificates than the store holds"},
		{CodeHiddenAlias, "the JKS store has an entry that Java cannot find by its alias"},
		{CodeHTMLPage, "the content is a web page"},
		{CodeIgnoredBlock, "the reader skips a PEM block"},
		{CodeIndented, "the PEM blocks are indented"},
		{CodeJavaTakesLess, "Java clients read fewer certificates than the store holds"},
		{CodeLostBlock, "a PEM block runs into the one before it and is lost"},
		{CodeMoreProblems, "the store has more problems than are listed"},
		{CodeNullPassword, "the encrypted part of the PKCS#12 store is skipped because no password was given"},
		{CodeOnlyFirst, "the client reads only the first of several certificates"},
		{CodeOpenSSLTakesLess, "OpenSSL clients read fewer certificates than the store holds"},
		{CodeWithoutTrustAttribute, "Java does not trust the certificates in the PKCS#12 store, because they lack the trust attribute"},
		{CodePrivateKey, "there is a private key among the certificates"},
		{CodeReadingStopped, "the reader stops at a PEM block that it cannot read, and never sees what comes after it"},
		{CodeReplacedEntry, "a later entry of the key store replaces an earlier one with the same alias"},
		{CodeRetiredRDSCA, "the store holds a CA that RDS no longer uses"},
		{CodeServerCertificate, "the store holds a server certificate instead of a CA"},
		{CodeSubordinate, "the store holds a subordinate CA instead of its root"},
		{CodeTrailingData, "there is data after the point at which the reader stops"},
		{CodeTruncated, "the content is cut off"},
		{CodeUnreachableFile, "the directory has a file that OpenSSL never reads"},
		{CodeUnreadableCertificate, "the reader drops a certificate that it cannot decode"},
		{CodeUnusualCertificate, "a certificate has a form that some clients accept and others refuse"},
		{CodeUTF16, "the text is in UTF-16"},
		{CodeWeakKey, "at security level 2, OpenSSL refuses a key as too weak"},
		{CodeWeakSignature, "at security level 2, OpenSSL refuses a signature as too weak"},
		{CodeWrongHash, "the name of a file in the directory is a hash, but not the hash of the subject of the certificate in that file"},
		{CodeWrongRegion, "the store holds RDS roots, but none for the Region that is needed"},
		{CodeXMLPage, "the content is an XML document, such as an error message from Amazon S3"},
	}
}

// ProblemCodes returns the codes of all problems in alphabetical order. The
// slice is the caller's.
func ProblemCodes() []string {
	meanings := ProblemMeanings()
	codes := make([]string, len(meanings))
	for i, m := range meanings {
		codes[i] = m.Code
	}
	return codes
}

// removeKey is what to do about a private key.
const removeKey = "Remove the private key: a trust store needs none, and may be readable by many users."

// maxProblems is the most problems of one store that are listed.
const maxProblems = 100

// note adds a problem, and after the most that are listed one that says so.
func (t *Taken) note(p Problem) { t.Problems = noted(t.Problems, p) }

func noted(problems []Problem, p Problem) []Problem {
	switch {
	case len(problems) < maxProblems:
		return append(problems, p)
	case len(problems) == maxProblems:
		return append(problems, Problem{
			Code:   CodeMoreProblems,
			Detail: fmt.Sprintf("The store has more problems than the %d listed.", maxProblems),
			Remedy: "Recreate the store.",
		})
	}
	return problems
}

func duplicates(n int) Problem {
	return Problem{
		Code:   CodeDuplicateEntry,
		Detail: fmt.Sprintf("%s in the store more than once.", countOf(n, "certificate is", "certificates are")),
		Remedy: "Remove the repeated certificates.",
	}
}

func ignoredBlock(label string, line int) Problem {
	if isPrivateKeyLabel(label) {
		return Problem{
			Code:   CodePrivateKey,
			Detail: fmt.Sprintf("There is a private key at line %d.", line),
			Remedy: removeKey,
		}
	}
	return Problem{
		Code:   CodeIgnoredBlock,
		Detail: fmt.Sprintf("The block %q at line %d is ignored: a block with this label is not read as a certificate.", clipped(label), line),
		Remedy: "Keep nothing but CERTIFICATE blocks in the file.",
	}
}

// clipped bounds a label that comes from the content.
func clipped(label string) string {
	const most = 40
	if len(label) > most {
		return label[:most] + "…"
	}
	return label
}
