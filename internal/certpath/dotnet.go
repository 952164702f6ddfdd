package certpath

import "time"

// dotNetError is npgsql's outermost text for a chain that .NET refuses.
const dotNetError = "The remote certificate was rejected by the provided RemoteCertificateValidationCallback."

// verifyDotNet follows .NET's X509Chain with a custom trust store, as npgsql
// uses it for Root Certificate: on Linux the chain is built by OpenSSL without
// a security level, self-issued certificates of the store are roots, and the
// others help to build.
//
// Source: dotnet/runtime OpenSslX509ChainProcessor.cs, documentation of
// X509ChainTrustMode.CustomRootTrust. Read, not run: no .NET client has
// judged these rules, and SChannel on Windows can differ.
func verifyDotNet(presented, store []*certificate, at time.Time) Result {
	profile := Profile{Version: "3", SecurityLevel: SecurityLevelNone}
	roots := make([]*certificate, 0, len(store))
	pool := append([]*certificate(nil), presented...)
	for _, c := range store {
		if c.selfIssued {
			roots = append(roots, c)
		} else {
			pool = append(pool, c)
		}
	}
	result := verifyOpenSSL(profile, pool, roots, at).result()
	if result.Reason == Accepted || result.Reason == "" {
		return result
	}
	if len(roots) == 0 && len(store) > 0 { // then no path ends
		result.Reason = AnchorNotSelfSigned
	}
	result.ClientError = dotNetError
	return result
}
