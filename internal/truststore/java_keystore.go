package truststore

import "strings"

// readJavaKeyStore opens a key store as KeyStore.load does and takes from it
// what the PKIX trust manager does.
//
// Source: OpenJDK 17, sun/security/util/KeyStoreDelegator.java (both formats
// under the names of either, keystore.type.compat), sun/security/validator/
// TrustStoreUtil.java.
func readJavaKeyStore(content []byte, opt Options) (Taken, *ReadError) {
	entries, problems, err := openKeyStore(content, opt)
	if err != nil {
		return Taken{Problems: problems}, err
	}
	return takeKeyStore(entries, problems)
}

// takeKeyStore takes the anchors out of an opened key store.
func takeKeyStore(entries []Entry, problems []Problem) (Taken, *ReadError) {
	taken := Taken{Problems: problems}
	taken.Anchors = anchorsOf(entries)
	if len(taken.Anchors) == 0 {
		return taken, &ReadError{Err: ErrNoAnchors, Client: javaNoAnchors, Detail: withoutAnchors(entries, problems)}
	}
	once(&taken)
	return taken, nil
}

func withoutAnchors(entries []Entry, problems []Problem) string {
	for _, p := range problems {
		if p.Code == CodeNullPassword {
			return "it is encrypted and no password is set, so Java reads it as empty"
		}
	}
	if len(entries) > 0 {
		return "it holds certificates, but none of them as a trusted entry"
	}
	return "it holds no certificate"
}

// openKeyStore reads the entries of a key store under the type that it is
// opened as.
func openKeyStore(content []byte, opt Options) ([]Entry, []Problem, *ReadError) {
	magic, isJKS := looksLikeJKS(content)
	switch strings.ToLower(opt.StoreType) {
	case "", "pkcs12", "jks":
		if isJKS && magic == magicJKS {
			return parseJKS(content, opt.Password, typeJKS)
		}
		return parsePKCS12(content, opt.Password)
	case "jceks":
		return parseJKS(content, opt.Password, typeJCEKS)
	case "caseexactjks":
		return parseJKS(content, opt.Password, typeCaseExactJKS)
	}
	return nil, nil, &ReadError{
		Err: ErrUnsupportedFormat, Client: clipped(opt.StoreType) + " not found",
		Detail: "the JVM has no key store of the type that the settings name",
	}
}
