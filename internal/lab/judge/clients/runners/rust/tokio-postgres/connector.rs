//! The connectors that a program passes to tokio-postgres, as the crates
//! postgres-native-tls, postgres-openssl and tokio-postgres-rustls are: thin.

use std::fs;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_postgres::Socket;

use crate::serve::Failure;

type Handshake = Pin<Box<dyn Future<Output = Result<Encrypted, Failure>> + Send>>;
type Property<'a> = dyn Fn(&str) -> Option<&'a str> + 'a;

/// What a connector hands back.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

pub struct Encrypted(Box<dyn Duplex>);

/// A connector for one host name, and how to make it.
pub struct Connector(Box<dyn FnOnce(Socket) -> Handshake + Send>);
pub struct Maker(Box<dyn FnMut(&str) -> Result<Connector, Failure> + Send>);

impl MakeTlsConnect<Socket> for Maker {
    type Stream = Encrypted;
    type TlsConnect = Connector;
    type Error = Failure;
    fn make_tls_connect(&mut self, host: &str) -> Result<Connector, Failure> {
        (self.0)(host)
    }
}

impl TlsConnect<Socket> for Connector {
    type Stream = Encrypted;
    type Error = Failure;
    type Future = Handshake;
    fn connect(self, socket: Socket) -> Handshake {
        (self.0)(socket)
    }
}

/// native-tls: add_root_certificate, danger_accept_invalid_certs,
/// danger_accept_invalid_hostnames, disable_built_in_roots.
pub fn native(property: &Property) -> Result<Maker, Failure> {
    let mut builder = native_tls::TlsConnector::builder();
    if let Some(path) = property("root_certificate") {
        builder.add_root_certificate(native_tls::Certificate::from_pem(&fs::read(path)?)?);
    }
    builder.disable_built_in_roots(property("disable_built_in_roots") == Some("true"));
    builder.danger_accept_invalid_certs(property("danger_accept_invalid_certs") == Some("true"));
    builder.danger_accept_invalid_hostnames(property("danger_accept_invalid_hostnames") == Some("true"));
    let connector = tokio_native_tls::TlsConnector::from(builder.build()?);
    Ok(Maker(Box::new(move |host| {
        let (connector, host) = (connector.clone(), host.to_string());
        Ok(Connector(Box::new(|socket| {
            Box::pin(async move { Ok(Encrypted(Box::new(connector.connect(&host, socket).await?) as Box<dyn Duplex>)) })
        })))
    })))
}

/// openssl: set_ca_file, set_verify, and verify_hostname of the callback.
pub fn openssl(property: &Property) -> Result<Maker, Failure> {
    use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode};
    let mut builder = SslConnector::builder(SslMethod::tls())?;
    if let Some(path) = property("root_certificate") {
        builder.set_ca_file(path)?;
    }
    if property("verify") == Some("none") {
        builder.set_verify(SslVerifyMode::NONE);
    }
    let check = property("verify_hostname") != Some("false");
    let connector = builder.build();
    Ok(Maker(Box::new(move |host| {
        let mut configuration = connector.configure()?;
        configuration.set_verify_hostname(check);
        let host = host.to_string();
        Ok(Connector(Box::new(|socket| {
            Box::pin(async move {
                let mut stream = tokio_openssl::SslStream::new(configuration.into_ssl(&host)?, socket)?;
                match Pin::new(&mut stream).connect().await {
                    Ok(()) => Ok(Encrypted(Box::new(stream) as Box<dyn Duplex>)),
                    Err(e) => Err(format!("{e}: {}", stream.ssl().verify_result()).into()),
                }
            })
        })))
    })))
}

/// rustls: the certificates of a PEM file, each of which must do as an anchor.
pub fn rustls(property: &Property) -> Result<Maker, Failure> {
    let mut roots = rustls::RootCertStore::empty();
    if let Some(path) = property("root_certificate") {
        let content = fs::read(path)?;
        for der in rustls_pemfile::certs(&mut content.as_slice())? {
            roots.add(&rustls::Certificate(der))?;
        }
    }
    let config = rustls::ClientConfig::builder().with_safe_defaults().with_root_certificates(roots).with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    Ok(Maker(Box::new(move |host| {
        let (connector, name) = (connector.clone(), rustls::ServerName::try_from(host)?);
        Ok(Connector(Box::new(|socket| {
            Box::pin(async move { Ok(Encrypted(Box::new(connector.connect(name, socket).await?) as Box<dyn Duplex>)) })
        })))
    })))
}

impl AsyncRead for Encrypted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl TlsStream for Encrypted {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}
