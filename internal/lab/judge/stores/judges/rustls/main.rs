// Says which certificates rustls takes from files: one JSON line per line of
// stdin. A request is "pki-types PATH" or "pemfile PATH" (rustls-pemfile 1.0.2);
// each certificate must do as an anchor, as for RootCertStore::add, whose words
// for one that does not are rustls's.
use rustls_pki_types::{pem::PemObject, CertificateDer};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::BufRead;

fn pki_types(content: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    CertificateDer::pem_slice_iter(content).map(|der| der.map(|d| d.to_vec()).map_err(|e| format!("{:?}", e))).collect()
}

fn pemfile(mut content: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    rustls_pemfile::certs(&mut content).map_err(|e| e.to_string())
}

fn anchors(kind: &str, content: &[u8]) -> Result<BTreeSet<String>, String> {
    let all = if kind == "pemfile" { pemfile(content)? } else { pki_types(content)? };
    let mut found = BTreeSet::new();
    for der in all {
        webpki::anchor_from_trusted_cert(&CertificateDer::from(der.as_slice())).map_err(|e| match e {
            webpki::Error::BadDer | webpki::Error::BadDerTime | webpki::Error::TrailingData(_) => "invalid peer certificate: BadEncoding".to_string(),
            other => format!("{:?}", other),
        })?;
        found.insert(Sha256::digest(&der).iter().map(|b| format!("{:02x}", b)).collect());
    }
    Ok(found)
}

fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (kind, path) = line.split_once(' ').unwrap();
        let answer = anchors(kind, &std::fs::read(path).unwrap());
        let (found, error) = match &answer {
            Ok(found) => (found.clone(), String::new()),
            Err(error) => (BTreeSet::new(), error.clone()),
        };
        println!("{}", json!({"ok": answer.is_ok(), "anchors": found, "error": error, "request": line}));
    }
}
