package connlog

import "strings"

// alertMeanings says what each alert means that comes from a client while the
// handshake is under way.
//
// Source: RFC 8446, section 6.2, and RFC 5246, section 7.2.2, for the meaning;
// OpenSSL's ssl/ssl_err.c, 1.0.2 to 3.5, for the texts.
var alertMeanings = map[string]string{
	"unknown_ca":                      "the client does not trust the CA of the server certificate",
	"bad_certificate":                 "the client did not accept the server certificate, because of its chain, its name or its signature",
	"certificate_unknown":             "the client did not accept the server certificate and did not say why; Java clients report an unknown CA in this way",
	"certificate_expired":             "by the client's clock, a certificate in the server's chain has expired",
	"certificate_revoked":             "a certificate in the server's chain is revoked",
	"unsupported_certificate":         "the client does not support the type of the server certificate",
	"bad_certificate_hash_value":      "the client did not accept the server certificate",
	"bad_certificate_status_response": "the client did not accept the server's OCSP response",
	"access_denied":                   "the client accepted the certificate, but then decided not to continue",
	"decrypt_error":                   "the client could not verify a signature of the handshake",
	"handshake_failure":               "the client and the server have no cipher suite, curve or signature algorithm in common for the server's type of key",
	"insufficient_security":           "the server's parameters are too weak for the client",
	"protocol_version":                "the client and the server have no TLS version in common",
	"illegal_parameter":               "in the handshake, the client received a value that it does not allow",
	"decode_error":                    "the client could not read a message of the handshake",
	"unexpected_message":              "the client received a message out of order",
	"bad_record_mac":                  "a TLS record was damaged in transit",
	"record_overflow":                 "a TLS record was too long for the client",
	"decryption_failed":               "a TLS record was damaged in transit",
	"decompression_failure":           "a TLS record was damaged in transit",
	"internal_error":                  "the client failed for a reason of its own",
	"inappropriate_fallback":          "the client had needlessly fallen back to an older TLS version",
	"user_canceled":                   "the client's user ended the handshake",
	"no_renegotiation":                "the client does not renegotiate",
	"no_certificate":                  "the client has no certificate to show",
	"export_restriction":              "the client does not allow the key length used",
	"missing_extension":               "the handshake lacks an extension that the client needs",
	"unsupported_extension":           "the client received an extension that it did not ask for",
	"unrecognized_name":               "the client does not know the server's name",
	"certificate_unobtainable":        "the client could not fetch a certificate",
	"certificate_required":            "the client requires a certificate",
	"no_application_protocol":         "the client and the server have no application protocol in common",
}

// distrust are the alerts of clients that did not accept the certificate.
var distrust = map[string]bool{
	"unknown_ca": true, "bad_certificate": true, "certificate_unknown": true, "certificate_expired": true, "certificate_revoked": true,
	"unsupported_certificate": true, "bad_certificate_hash_value": true, "bad_certificate_status_response": true, "access_denied": true, "decrypt_error": true,
}

// alertOf returns the name of the alert that a text of OpenSSL reports, and
// nothing for any other text.
func alertOf(text string) string {
	for _, start := range []string{"tlsv1 alert ", "sslv3 alert ", "ssl/tls alert ", "tlsv13 alert ", "tls alert ", "tlsv1 "} {
		rest, is := strings.CutPrefix(text, start)
		if !is {
			continue
		}
		name := strings.ReplaceAll(rest, " ", "_")
		if name == "user_cancelled" {
			name = "user_canceled"
		}
		if alertMeanings[name] != "" {
			return name
		}
	}
	return ""
}

// Meaning says in words why the handshake ended.
func (r Refusal) Meaning() string {
	if meaning := alertMeanings[r.Alert]; meaning != "" {
		return meaning
	}
	switch {
	case strings.HasPrefix(r.Text, "EOF detected"), strings.HasPrefix(r.Text, "unexpected eof"), strings.Contains(r.Text, "reset by peer"), r.Text == "Success":
		return "the client disconnected during the handshake without sending an alert"
	case r.Text == "no shared cipher", r.Text == "no suitable signature algorithm":
		return alertMeanings["handshake_failure"]
	case r.Text == "unsupported protocol", r.Text == "wrong version number", r.Text == "version too low", strings.HasPrefix(r.Text, "unknown protocol"):
		return alertMeanings["protocol_version"]
	case r.Text == "certificate verify failed", r.Text == "peer did not return a certificate", r.Text == "no certificate returned":
		return "the server did not accept the client's certificate"
	case r.Text == "http request", r.Text == "https proxy request":
		return "the connection did not come from a PostgreSQL client"
	}
	return "the handshake failed on the server's side"
}

// Distrusts reports whether the client ended the handshake because it did not
// accept the server certificate.
func (r Refusal) Distrusts() bool { return distrust[r.Alert] }

// CutOff reports whether a switch of the CA may be why: the client did not
// accept the server certificate, or shares with the server no cipher suite and no
// signature algorithm for the type of its key.
func (r Refusal) CutOff() bool {
	return r.Distrusts() || r.Meaning() == alertMeanings["handshake_failure"] || r.Alert == "insufficient_security"
}
