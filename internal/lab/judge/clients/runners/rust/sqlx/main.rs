//! Connects with sqlx. Which TLS library it has is a feature of the build: a
//! program of each lies beside this one.

mod serve;

use std::io;
use std::path::PathBuf;

use serde_json::{json, Value};
use serve::Outcome;
use sqlx::postgres::PgConnectOptions;
use sqlx::ConnectOptions;

fn main() {
    let openssl = openssl::version::version();
    let identity = json!({
        "driver": "sqlx", "version": env!("CARGO_PKG_VERSION"), "runtime": format!("{} on {openssl}", env!("CARGO_PKG_DESCRIPTION")),
        "runtime_version": openssl.split(' ').nth(1).unwrap_or(""),
    });
    serve::serve(identity, program, connect);
}

fn program(case: &Value) -> io::Result<PathBuf> {
    let name = match case["properties"]["tls"].as_str() {
        Some("tls-native-tls") => "native-tls",
        Some("tls-rustls") => "rustls",
        Some("tls-rustls-ring-native-roots") => "native-roots",
        _ => "none",
    };
    Ok(std::env::current_exe()?.with_file_name(name))
}

async fn connect(case: Value) -> Outcome {
    let property = |name: &str| case["properties"][name].as_str();
    let mut options: PgConnectOptions = match case["connection"].as_str() {
        None | Some("") => PgConnectOptions::new(),
        Some(url) => url.parse()?,
    };
    if let Some(mode) = property("ssl_mode") {
        options = options.ssl_mode(mode.parse()?);
    }
    if let Some(path) = property("ssl_root_cert") {
        options = options.ssl_root_cert(path);
    }
    if let Some(host) = property("host") {
        options = options.host(host);
    }
    let mut connection = options.connect().await?;
    let asked = sqlx::query_scalar("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
    Ok(asked.fetch_one(&mut connection).await?)
}
