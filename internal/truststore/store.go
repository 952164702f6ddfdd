// Package truststore reads trust stores the way the clients that use them do.
//
// The same bytes give different trust anchors to OpenSSL, Java, Go and Node:
// [Read] answers for one [Reader], [Inspect] lists everything that is inside.
// Nothing here opens a file: content is passed in.
package truststore

import (
	"crypto/x509"
	"errors"
)

// Reader is the code that turns the bytes of a trust store into trust anchors.
type Reader uint8

// The readers of trust stores. The zero value reads nothing: [Read] then
// returns [ErrUnknownReader].
const (
	ReaderUnknown          Reader = iota
	OpenSSLFile                   // X509_load_cert_crl_file, as SSL_CTX_load_verify_locations(CAfile) uses it: libpq, Python's ssl, Ruby, PHP
	OpenSSLDirectory              // X509_LOOKUP_hash_dir, as SSL_CTX_load_verify_locations(CApath) uses it; the content is a [Directory.Archive]
	JavaCertificateFactory        // java.security.cert.CertificateFactory.generateCertificates: pgjdbc's LibPQFactory
	JavaKeyStore                  // java.security.KeyStore in the JVM's default type, then PKIX trust anchors: DefaultJavaSSLFactory
	GoCertPool                    // crypto/x509.CertPool.AppendCertsFromPEM: pgx, lib/pq
	NodeCA                        // the ca option of Node's tls.createSecureContext: node-postgres, postgres.js
	NodeExtraCACerts              // the file named by NODE_EXTRA_CA_CERTS
	RustlsPEM                     // rustls-pemfile, then webpki trust anchors: sqlx
	NativeTLSPEM                  // native-tls Certificate::from_pem: the first certificate only: tokio-postgres, sqlx, prisma
	DotNetPEM                     // X509Certificate2Collection.ImportFromPemFile: npgsql
	OpenSSLDefault                // OpenSSL's default store in a directory: the hashed names, and the system's bundle as the default file
	EveryFile                     // every file of a directory, as Go and .NET read the system's
	JavaFirstCertificate          // java.security.cert.CertificateFactory.generateCertificate: the first certificate only: SingleCertValidatingFactory
	NettyPEM                      // Netty's PemReader: r2dbc-postgresql
	VertxPEM                      // Vert.x's PemTrustOptions: vertx-pg-client
)

// Sentinels for a store that gives its reader nothing. Test with [errors.Is].
var (
	ErrUnknownReader     = errors.New("unknown trust store reader")
	ErrUnreadable        = errors.New("the content cannot be read as a trust store")
	ErrNoAnchors         = errors.New("the trust store contains no usable trust anchor")
	ErrWrongPassword     = errors.New("the password does not open the trust store")
	ErrPasswordNeeded    = errors.New("the trust store needs a password")
	ErrUnsupportedFormat = errors.New("the format of the trust store is not supported")
	ErrTooLarge          = errors.New("the trust store is too large")
)

// ReadError says that a reader takes no trust anchor at all from a store.
type ReadError struct {
	// Err is the sentinel: one of the Err… values of this package.
	Err error
	// Client is the message that the real client prints, without paths;
	// empty where it prints none.
	Client string
	// Detail says in words what is wrong with the content. It never quotes
	// the content.
	Detail string
}

// Error returns the sentinel's text and the detail.
func (e *ReadError) Error() string {
	if e.Detail == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + ": " + e.Detail
}

// Unwrap returns the sentinel.
func (e *ReadError) Unwrap() error { return e.Err }

// Options narrow how a store is read.
type Options struct {
	// Reader is the code that reads; required.
	Reader Reader
	// Version is the version of the reader's runtime where its rules differ
	// by it: "1.1.1" or "3" for OpenSSL, "17" for Java, "1" for RustlsPEM's
	// rustls-pemfile. Empty is the newest.
	Version string
	// StoreType is the type that a [JavaKeyStore] is opened as, what the system
	// property javax.net.ssl.trustStoreType names; empty is the JVM's default,
	// which takes PKCS#12 and JKS alike. Upper and lower case are the same.
	StoreType string
	// Password opens the store. Nil is no password at all (Java's null),
	// which is not the same as an empty one.
	Password *string
	// decoder remembers certificates between the readers of [Inspect]; nil
	// remembers none.
	decoder *decoder
}

// Anchor is a certificate that a reader takes as a trust anchor.
type Anchor struct {
	// Certificate is never nil.
	Certificate *x509.Certificate
	// Alias is the entry's name in a keystore; empty elsewhere.
	Alias string
	// SHA256 is the lower-case hexadecimal SHA-256 of the DER encoding.
	SHA256 string
	// Settings are OpenSSL's trust settings for TLS servers; other readers
	// leave them out.
	Settings TrustSettings
}

// TrustSettings says what the store itself says of a certificate's use for
// TLS servers. The zero value: nothing.
type TrustSettings uint8

// What the trust settings of a TRUSTED CERTIFICATE block can say.
const (
	TrustNotSet   TrustSettings = iota
	TrustServers                // trusted for TLS servers
	TrustRejected               // rejected for TLS servers, or trusted for other uses only
)

// Problem is something about a store that its owner should know.
type Problem struct {
	Code   string // stable, snake_case
	Detail string // what was found, where; never the content itself
	Remedy string // one imperative sentence
}

// Taken is what one reader takes from a store.
type Taken struct {
	// Anchors in the order of the store; never empty when the error is nil.
	Anchors []Anchor
	// Problems lists what the reader dropped or read otherwise than the
	// store's owner may think. Nothing is dropped in silence.
	Problems []Problem
}
