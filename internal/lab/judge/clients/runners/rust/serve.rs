//! Reads one JSON case a line and answers it. Each case gets a process of its
//! own, since what the TLS libraries read of the environment they keep.

use std::error::Error;
use std::future::Future;
use std::io::{self, BufRead, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{json, Value};

pub type Failure = Box<dyn Error + Send + Sync>;
pub type Outcome = Result<bool, Failure>;

/// Runs the program. identity is its first line; program is the one that
/// answers a case, and connect does so.
pub fn serve<F: Future<Output = Outcome>>(identity: Value, program: fn(&Value) -> io::Result<PathBuf>, connect: fn(Value) -> F) {
    if std::env::args().nth(1).as_deref() == Some("case") {
        let mut line = String::new();
        let _ = io::stdin().read_to_string(&mut line);
        println!("{}", answer(serde_json::from_str(&line).unwrap_or(Value::Null), connect));
        return;
    }
    println!("{identity}");
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let case: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
        let answer = ask(&line, &case, program).unwrap_or_else(|e| result(&case["id"], "fails", &e.to_string()).to_string());
        println!("{}", answer.trim());
        let _ = io::stdout().flush();
    }
}

/// Lets a process of its own answer one case.
fn ask(line: &str, case: &Value, program: fn(&Value) -> io::Result<PathBuf>) -> Result<String, Failure> {
    let mut child = Command::new(program(case)?)
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

fn result(id: &Value, outcome: &str, error: &str) -> Value {
    json!({"id": id, "outcome": outcome, "error": error.chars().take(500).collect::<String>()})
}

fn answer<F: Future<Output = Outcome>>(case: Value, connect: fn(Value) -> F) -> Value {
    let id = case["id"].clone();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return result(&id, "fails", &e.to_string()),
    };
    let limit = Duration::from_millis(case["timeout_ms"].as_u64().unwrap_or(10_000).max(1000));
    let connected = runtime.block_on(async { tokio::time::timeout(limit, connect(case)).await });
    match connected {
        Ok(Ok(true)) => result(&id, "tls", ""),
        Ok(Ok(false)) => result(&id, "plaintext", ""),
        Ok(Err(e)) => result(&id, "fails", &chain(e.as_ref())),
        Err(_) => result(&id, "fails", "timeout"),
    }
}

/// The error with its causes: drivers print the outermost alone.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(e) = cause {
        text = format!("{text}: {e}");
        cause = e.source();
    }
    text
}
