//! Connects with tokio-postgres, one JSON case a line. Each case gets a process
//! of its own, since what the TLS libraries read of the environment they keep.

mod connector;

use std::error::Error;
use std::io::{self, BufRead, Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{json, Value};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Config, NoTls, Socket};

type Failure = Box<dyn Error + Send + Sync>;
type Outcome = Result<bool, Failure>;

fn main() {
    if std::env::args().nth(1).as_deref() == Some("case") {
        let mut line = String::new();
        let _ = io::stdin().read_to_string(&mut line);
        println!("{}", answer(&serde_json::from_str(&line).unwrap_or(Value::Null)));
        return;
    }
    println!(
        "{}",
        json!({
            "driver": "tokio-postgres", "version": "0.7.7", "runtime": "native-tls 0.2, openssl 0.10 and rustls 0.20 on ".to_string() + openssl::version::version(),
            "runtime_version": openssl::version::version().split(' ').nth(1).unwrap_or(""),
        })
    );
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let case: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
        let answer = ask(&line, &case).unwrap_or_else(|e| result(&case, "fails", &e.to_string()).to_string());
        println!("{}", answer.trim());
        let _ = io::stdout().flush();
    }
}

/// Lets a process of its own answer one case.
fn ask(line: &str, case: &Value) -> Result<String, Failure> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg("case")
        .envs(texts(&case["environment"]))
        .env("HOME", case["home"].as_str().unwrap_or(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    child.stdin.take().ok_or("no standard input")?.write_all(line.as_bytes())?;
    Ok(String::from_utf8(child.wait_with_output()?.stdout)?)
}

fn texts(object: &Value) -> Vec<(String, String)> {
    let entries = object.as_object().into_iter().flatten();
    entries.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_string()))).collect()
}

fn result(case: &Value, outcome: &str, error: &str) -> Value {
    json!({"id": case["id"], "outcome": outcome, "error": error.chars().take(500).collect::<String>()})
}

fn answer(case: &Value) -> Value {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return result(case, "fails", &e.to_string()),
    };
    let limit = Duration::from_millis(case["timeout_ms"].as_u64().unwrap_or(10_000).max(1000));
    let connected = runtime.block_on(async { tokio::time::timeout(limit, connect(case)).await });
    match connected {
        Ok(Ok(true)) => result(case, "tls", ""),
        Ok(Ok(false)) => result(case, "plaintext", ""),
        Ok(Err(e)) => result(case, "fails", &chain(e.as_ref())),
        Err(_) => result(case, "fails", "timeout"),
    }
}

/// The error with its causes: tokio-postgres prints the outermost alone.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(e) = cause {
        text = format!("{text}: {e}");
        cause = e.source();
    }
    text
}

async fn connect(case: &Value) -> Outcome {
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
