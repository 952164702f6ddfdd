//! The connectors from their own crates.

use std::fs;

use postgres_native_tls::MakeTlsConnector as Native;
use postgres_openssl::MakeTlsConnector as OpenSSL;
use rustls::pki_types::{pem::PemObject, CertificateDer};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::serve::Failure;

type Property<'a> = dyn Fn(&str) -> Option<&'a str> + 'a;

pub fn native(property: &Property) -> Result<Native, Failure> {
    let mut builder = native_tls::TlsConnector::builder();
    if let Some(path) = property("root_certificate") {
        builder.add_root_certificate(native_tls::Certificate::from_pem(&fs::read(path)?)?);
    }
    builder.disable_built_in_roots(property("disable_built_in_roots") == Some("true"));
    builder.danger_accept_invalid_certs(property("danger_accept_invalid_certs") == Some("true"));
    builder.danger_accept_invalid_hostnames(property("danger_accept_invalid_hostnames") == Some("true"));
    Ok(Native::new(builder.build()?))
}

pub fn openssl(property: &Property) -> Result<OpenSSL, Failure> {
    use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode};
    let mut builder = SslConnector::builder(SslMethod::tls())?;
    if let Some(path) = property("root_certificate") {
        builder.set_ca_file(path)?;
    }
    if property("verify") == Some("none") {
        builder.set_verify(SslVerifyMode::NONE);
    }
    let mut connector = OpenSSL::new(builder.build());
    if property("verify_hostname") == Some("false") {
        connector.set_callback(|configuration, _| {
            configuration.set_verify_hostname(false);
            Ok(())
        });
    }
    Ok(connector)
}

/// The certificates of a PEM file, each of which must do as an anchor.
pub fn rustls(property: &Property) -> Result<MakeRustlsConnect, Failure> {
    let mut roots = rustls::RootCertStore::empty();
    if let Some(path) = property("root_certificate") {
        for der in CertificateDer::pem_slice_iter(&fs::read(path)?) {
            roots.add(der?)?;
        }
    }
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
