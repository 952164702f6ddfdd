package truststore

import "fmt"

// MaxSize is the largest content in bytes that a reader accepts: more gives
// [ErrTooLarge]. The bundle of all RDS roots of the commercial Regions has
// about 170,000.
const MaxSize = 16 << 20

// Read returns what opt.Reader takes from content as trust anchors.
//
// Content is what stands in the file; for [OpenSSLDirectory], [OpenSSLDefault]
// and [EveryFile] it is an archive made by [Directory.Archive], which every
// other reader refuses. Empty content is what the reader makes of an
// empty file, never an error of its own.
//
// The error is a [*ReadError] that wraps one of the Err… values; where the
// reader reads the content and finds nothing, [ErrNoAnchors]. Anchors that the
// reader holds only once, such as repeated certificates, are listed once.
// Taken.Problems may be filled with an error too.
func Read(content []byte, opt Options) (Taken, error) {
	if len(content) > MaxSize {
		return Taken{}, &ReadError{
			Err:    ErrTooLarge,
			Detail: fmt.Sprintf("it has %d bytes, but the limit is %d", len(content), MaxSize),
		}
	}
	if opt.decoder == nil {
		opt.decoder = newDecoder() // What a store holds a thousand times is in memory once.
	}
	var taken Taken
	readsDirectories := opt.Reader == OpenSSLDirectory || opt.Reader == OpenSSLDefault || opt.Reader == EveryFile
	if !readsDirectories && Detect(content) == FormatDirectory {
		// Its files must not be taken for the content of one.
		return Taken{}, unreadable("", "it is a directory, but the client reads a file")
	}
	var err *ReadError
	switch opt.Reader {
	case OpenSSLFile:
		taken, err = readOpenSSLFile(content, opt)
	case JavaCertificateFactory:
		taken, err = readJavaCertificates(content, opt)
	case JavaFirstCertificate:
		taken, err = readJavaFirstCertificate(content)
	case NettyPEM:
		taken, err = readNettyPEM(content)
	case VertxPEM:
		taken, err = readVertxPEM(content, opt)
	case GoCertPool:
		taken, err = readGoCertPool(content, opt)
	case NodeCA:
		taken, err = readNodeCA(content, opt)
	case NodeExtraCACerts:
		taken, err = readNodeExtraCACerts(content, opt)
	case JavaKeyStore:
		taken, err = readJavaKeyStore(content, opt)
	case OpenSSLDirectory:
		taken, err = readOpenSSLDirectory(content, opt)
	case OpenSSLDefault:
		taken, err = readOpenSSLDefault(content, opt)
	case EveryFile:
		taken, err = readEveryFile(content, opt)
	case RustlsPEM:
		taken, err = readRustlsPEM(content, opt)
	case NativeTLSPEM:
		taken, err = readNativeTLSPEM(content, opt)
	case DotNetPEM:
		taken, err = readDotNetPEM(content)
	case ReaderUnknown:
		err = &ReadError{Err: ErrUnknownReader}
	default:
		err = &ReadError{Err: ErrUnknownReader}
	}
	if err == nil && len(taken.Anchors) == 0 {
		err = &ReadError{Err: ErrNoAnchors}
	}
	if err != nil {
		taken.Anchors = nil
		return taken, err
	}
	return taken, nil
}

// once drops the anchors that stand in the store again, with a problem for
// each kind of repetition.
func once(taken *Taken) {
	seen := make(map[string]bool, len(taken.Anchors))
	kept := taken.Anchors[:0]
	repeated := 0
	for _, anchor := range taken.Anchors {
		if seen[anchor.SHA256] {
			repeated++
			continue
		}
		seen[anchor.SHA256] = true
		kept = append(kept, anchor)
	}
	taken.Anchors = kept
	if repeated > 0 {
		taken.note(duplicates(repeated))
	}
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
