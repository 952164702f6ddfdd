//! Connects with tokio-postgres.

#[cfg_attr(feature = "crates", path = "crates.rs")]
mod connector;
mod serve;

use serde_json::{json, Value};
use serve::{Failure, Outcome};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Config, NoTls, Socket};

fn main() {
    let openssl = openssl::version::version();
    let identity = json!({
        "driver": "tokio-postgres", "version": env!("CARGO_PKG_VERSION"), "runtime": format!("{} on {openssl}", env!("CARGO_PKG_DESCRIPTION")),
        "runtime_version": openssl.split(' ').nth(1).unwrap_or(""),
    });
    serve::serve(identity, |_| std::env::current_exe(), connect);
}

async fn connect(case: Value) -> Outcome {
    let config: Config = case["connection"].as_str().unwrap_or("").parse()?;
    let property = |name: &str| case["properties"][name].as_str();
    match property("connector") {
        Some("native-tls") => session(&config, connector::native(&property)?).await,
        Some("openssl") => session(&config, connector::openssl(&property)?).await,
        Some("rustls") => session(&config, connector::rustls(&property)?).await,
        _ => session(&config, NoTls).await,
    }
}

async fn session<T>(config: &Config, tls: T) -> Outcome
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config.connect(tls).await?;
    let asked = async {
        let row = client.query_one("select ssl from pg_stat_ssl where pid = pg_backend_pid()", &[]).await?;
        Ok::<bool, Failure>(row.get(0))
    };
    tokio::select! {
        answer = asked => answer,
        ended = connection => Err(ended.err().map_or("closed".into(), |e| e.into())),
    }
}
