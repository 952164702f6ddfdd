package truststore

import (
	"maps"
	"slices"
)

// systemBundles are the names of the bundle in the directory of a system's
// store that OpenSSL's default file is a link to.
//
// Source: Debian 12, libssl3 and ca-certificates, /usr/lib/ssl/cert.pem; Fedora
// and RHEL 9, ca-certificates, /etc/pki/tls/cert.pem; Alpine 3.20,
// ca-certificates-bundle, /etc/ssl/cert.pem.
var systemBundles = []string{"ca-certificates.crt", "ca-bundle.crt", "cert.pem"}

// OpenSSLWithoutDefaultFile are the releases of OpenSSL 3 that Debian and Ubuntu
// packaged without the link. Ubuntu 22.04 has 3.0.2. 3.0.0 is not among them: it
// stands for the whole series, and no stable release of either has it.
//
// Source: Debian, openssl 3.0.5-3, debian/changelog.
var OpenSSLWithoutDefaultFile = map[string]bool{"3.0.1": true, "3.0.2": true, "3.0.3": true, "3.0.4": true}

// readOpenSSLDefault takes what OpenSSL finds in a system's store: the files of
// hashed names, and before them the bundle, which is its default file. A bundle
// that cannot be read is none, without a word.
//
// Source: openssl/openssl 3.0, crypto/x509/x509_d2.c,
// X509_STORE_set_default_paths; Debian 12, update-ca-certificates(8): a file of
// several certificates goes into the bundle and gets no hashed name.
func readOpenSSLDefault(content []byte, opt Options) (Taken, *ReadError) {
	directory, _ := parseDirectory(content)
	hashed, err := readOpenSSLDirectory(content, opt)
	bundles := systemBundles
	if beforeOpenSSL3(opt.Version) || OpenSSLWithoutDefaultFile[opt.Version] {
		bundles = bundles[1:]
	}
	for _, name := range bundles {
		bundle, there := directory[name]
		if !there {
			continue
		}
		taken, unreadable := readOpenSSLFile(bundle, opt)
		if unreadable != nil {
			break
		}
		taken.Anchors = append(taken.Anchors, hashed.Anchors...)
		for _, problem := range hashed.Problems {
			if problem.Code != CodeNotHashed {
				taken.Problems = append(taken.Problems, problem)
			}
		}
		once(&taken)
		return taken, nil
	}
	return hashed, err
}

// readEveryFile takes the certificates of every file of a directory, whatever
// its name; what is none is passed over.
//
// Source: golang/go 1.26, src/crypto/x509/root_unix.go, loadSystemRoots;
// dotnet/runtime 8, OpenSslCachedSystemStoreProvider.cs, LoadMachineStores.
func readEveryFile(content []byte, opt Options) (Taken, *ReadError) {
	directory, ok := parseDirectory(content)
	if !ok {
		return Taken{}, unreadable("", "it is not an archive of a directory")
	}
	var all Taken
	for _, name := range slices.Sorted(maps.Keys(directory)) {
		taken, err := readGoCertPool(directory[name], opt)
		if err == nil {
			all.Anchors = append(all.Anchors, taken.Anchors...)
		}
	}
	once(&all)
	return all, nil
}
