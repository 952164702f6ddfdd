package deployment

import (
	"bytes"
	"io/fs"
	"regexp"
)

// Wanted chooses the files that Inspect looks into, while a layer is read: by
// the name, and by head, which is the content of a file up to a mebibyte, else
// its begin.
func Wanted(name string, mode fs.FileMode, size int64, head []byte) bool {
	name = inside(name)
	return readerOf(name) != nil || isStore(name, size, head) || isProgram(mode, size, head)
}

// partHead is the head of a file in which its packer leaves a mark.
const partHead = 4 << 10

// whole is up to which size a file's head is all of it.
const whole = 1 << 20

var (
	elfMagic   = []byte("\x7fELF")
	goMarker   = []byte("\xff Go buildinf:")
	rustMarker = []byte(".dep-v0")
	upxMarker  = []byte("UPX!")
)

// isProgram recognizes programs that may say what they were built of.
func isProgram(mode fs.FileMode, size int64, head []byte) bool {
	if mode&0o111 == 0 || !bytes.HasPrefix(head, elfMagic) {
		return false
	}
	return size > whole || bytes.Contains(head, goMarker) || bytes.Contains(head, rustMarker) || bytes.Contains(head[:min(len(head), partHead)], upxMarker)
}

var (
	storeName = regexp.MustCompile(`(?i)(\.(pem|crt|cer|der|ca-bundle|p7b|p7c|jks|jceks|ks|keystore|truststore|p12|pfx|bks)|cacerts)$`)
	pemBegin  = []byte("-----BEGIN ")
	pemKinds  = [][]byte{[]byte("CERTIFICATE-----"), []byte("PKCS7-----")}
)

// isStore recognizes what may hold certificates.
func isStore(name string, size int64, head []byte) bool {
	if size == 0 || size > maxStore {
		return false
	}
	if storeName.MatchString(name) {
		return true
	}
	if bytes.HasPrefix(head, []byte("\xfe\xed\xfe\xed")) || bytes.HasPrefix(head, []byte("\xce\xce\xce\xce")) {
		return true
	}
	return bytes.Contains(head, pemBegin) && (bytes.Contains(head, pemKinds[0]) || bytes.Contains(head, pemKinds[1]))
}
