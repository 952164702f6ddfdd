// Asks webpki, in the releases that rustls has used, about certification paths,
// and the newest about names.
//
// One question and one answer a line, in JSON, as for the other judges. An
// anchor that a release cannot read is left out, as rustls's
// add_parsable_certificates does. The signature algorithms are those of
// rustls with ring.
use base64::{engine::general_purpose::STANDARD, Engine};
use serde_json::{json, Value};
use std::io::{BufRead, Write};
use std::time::Duration;

struct Question {
    presented: Vec<Vec<u8>>,
    anchors: Vec<Vec<u8>>,
    at: u64,
}

macro_rules! first_generation {
    ($name:ident, $krate:ident, $anchor:path, $leaf:path) => {
        fn $name(q: &Question) -> Result<(), String> {
            static ALGORITHMS: &[&$krate::SignatureAlgorithm] = &[
                &$krate::ECDSA_P256_SHA256,
                &$krate::ECDSA_P256_SHA384,
                &$krate::ECDSA_P384_SHA256,
                &$krate::ECDSA_P384_SHA384,
                &$krate::ED25519,
                &$krate::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
                &$krate::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
                &$krate::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
                &$krate::RSA_PKCS1_2048_8192_SHA256,
                &$krate::RSA_PKCS1_2048_8192_SHA384,
                &$krate::RSA_PKCS1_2048_8192_SHA512,
                &$krate::RSA_PKCS1_3072_8192_SHA384,
            ];
            let anchors: Vec<_> = q.anchors.iter().filter_map(|der| $anchor(der).ok()).collect();
            let others: Vec<&[u8]> = q.presented[1..].iter().map(|der| der.as_slice()).collect();
            $leaf(q.presented[0].as_slice())
                .and_then(|leaf| {
                    leaf.verify_is_valid_tls_server_cert(
                        ALGORITHMS,
                        &$krate::TLSServerTrustAnchors(&anchors),
                        &others,
                        $krate::Time::from_seconds_since_unix_epoch(q.at),
                    )
                })
                .map_err(|e| format!("{:?}", e))
        }
    };
}

mod v22 {
    pub use webpki22::TlsServerTrustAnchors as TLSServerTrustAnchors;
    pub use webpki22::*;
}
mod v101 {
    pub use webpki101::TlsServerTrustAnchors as TLSServerTrustAnchors;
    pub use webpki101::*;
}
first_generation!(webpki_0_22, v22, v22::TrustAnchor::try_from_cert_der, v22::EndEntityCert::try_from);
first_generation!(webpki_0_101, v101, v101::TrustAnchor::try_from_cert_der, v101::EndEntityCert::try_from);

macro_rules! second_generation {
    ($name:ident, $krate:ident) => {
        fn $name(q: &Question) -> Result<(), String> {
            use rustls_pki_types::{CertificateDer, UnixTime};
            let anchors: Vec<CertificateDer> = q.anchors.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
            let anchors: Vec<_> = anchors.iter().filter_map(|der| $krate::anchor_from_trusted_cert(der).ok()).collect();
            let others: Vec<CertificateDer> = q.presented[1..].iter().map(|der| CertificateDer::from(der.as_slice())).collect();
            let leaf = CertificateDer::from(q.presented[0].as_slice());
            let leaf = $krate::EndEntityCert::try_from(&leaf).map_err(|e| format!("{:?}", e))?;
            let result = leaf.verify_for_usage(
                &[
                    $krate::ring::ECDSA_P256_SHA256,
                    $krate::ring::ECDSA_P256_SHA384,
                    $krate::ring::ECDSA_P384_SHA256,
                    $krate::ring::ECDSA_P384_SHA384,
                    $krate::ring::ED25519,
                    $krate::ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
                    $krate::ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
                    $krate::ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
                    $krate::ring::RSA_PKCS1_2048_8192_SHA256,
                    $krate::ring::RSA_PKCS1_2048_8192_SHA384,
                    $krate::ring::RSA_PKCS1_2048_8192_SHA512,
                    $krate::ring::RSA_PKCS1_3072_8192_SHA384,
                ],
                &anchors,
                &others,
                UnixTime::since_unix_epoch(Duration::from_secs(q.at)),
                $krate::KeyUsage::server_auth(),
                None,
                None,
            );
            result.map(|_| ()).map_err(|e| format!("{:?}", e))
        }
    };
}
second_generation!(webpki_0_102, webpki102);
second_generation!(webpki_0_103, webpki103);

// A name as rustls takes it since 0.22, and the certificate that it is held
// against.
fn name_0_103(leaf: &[u8], host: &str) -> Result<(), String> {
    use rustls_pki_types::{CertificateDer, ServerName};
    let name = ServerName::try_from(host).map_err(|_| "InvalidDnsNameError".to_string())?;
    let leaf = CertificateDer::from(leaf);
    let leaf = webpki103::EndEntityCert::try_from(&leaf).map_err(|e| format!("{:?}", e))?;
    leaf.verify_is_valid_for_subject_name(&name).map_err(|e| format!("{:?}", e))
}

fn answer(result: Result<(), String>) -> Value {
    match result {
        Ok(()) => json!({ "ok": true }),
        Err(text) => {
            let code: String = text.chars().take_while(|c| c.is_alphanumeric()).collect();
            json!({ "code": code })
        }
    }
}

fn main() {
    let input = std::io::stdin();
    let mut output = std::io::stdout();
    for line in input.lock().lines() {
        let question: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if let Some(host) = question["host"].as_str() {
            let leaf = STANDARD.decode(question["leaf"].as_str().unwrap()).unwrap();
            let answers = json!({ "webpki-0.103": answer(name_0_103(&leaf, host)) });
            writeln!(output, "{}", json!({ "id": question["id"], "answers": answers })).unwrap();
            output.flush().unwrap();
            continue;
        }
        let list = |key: &str| -> Vec<Vec<u8>> {
            question[key].as_array().unwrap().iter().map(|c| STANDARD.decode(c.as_str().unwrap()).unwrap()).collect()
        };
        let q = Question {
            presented: list("presented"),
            anchors: list("anchors"),
            at: question["at"].as_i64().unwrap().max(0) as u64,
        };
        let answers = json!({
            "webpki-0.22": answer(webpki_0_22(&q)),
            "webpki-0.101": answer(webpki_0_101(&q)),
            "webpki-0.102": answer(webpki_0_102(&q)),
            "webpki-0.103": answer(webpki_0_103(&q)),
        });
        writeln!(output, "{}", json!({ "id": question["id"], "answers": answers })).unwrap();
        output.flush().unwrap();
    }
}
