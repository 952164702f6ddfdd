package certpath

// NameRule is how a client compares the server's name with the certificate.
type NameRule string

// The name rules. The zero value compares nothing.
const (
	NameLibpq   NameRule = "libpq"   // fe-secure-common.c: SAN dNSName and iPAddress, CN only without any; by version
	NamePgjdbc  NameRule = "pgjdbc"  // PGjdbcHostnameVerifier
	NameJSSE    NameRule = "jsse"    // HTTPS endpoint identification
	NameGo      NameRule = "go"      // x509.Certificate.VerifyHostname
	NameOpenSSL NameRule = "openssl" // X509_check_host and X509_check_ip, as Python's ssl calls them
	NameNode    NameRule = "node"    // tls.checkServerIdentity
	NameWebPKI  NameRule = "webpki"  // rustls
	NameDotNet  NameRule = "dotnet"  // .NET's RemoteCertificateNameMismatch
)
