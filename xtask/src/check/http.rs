//! The smallest HTTP client that can send what no well-behaved one would: one request a connection, bytes as given.
//! It knows the server it was made for and no other.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer may take: as long as the server gives itself, and a little.
const PATIENCE: Duration = Duration::from_secs(70);
/// Everybody's password in the made-up bank.
const PASSWORD: &str = "rapport-demo";

/// An answer.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// The session, when one was opened.
    cookie: Option<String>,
    /// Its body; `null` when it is no JSON.
    pub body: Value,
}

/// Somebody signed in.
pub struct Session {
    /// `name=value`.
    pub cookie: String,
    /// The token for changes.
    pub csrf: String,
    /// The user's id.
    pub user: String,
}

/// See the module.
pub struct Client {
    address: SocketAddr,
}

impl Client {
    /// A client of the server at this address.
    pub fn new(address: SocketAddr) -> Self {
        Self { address }
    }

    /// The server's base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// There is no answer, or it is no HTTP.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            self.address
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
        stream.write_all(head.as_bytes())?;
        // A server that has seen enough answers before it has read everything.
        let _ = stream.write_all(body);
        let mut bytes = Vec::new();
        let read = stream.read_to_end(&mut bytes);
        if bytes.is_empty() {
            read.with_context(|| format!("no answer to {method} {path}"))?;
        }
        parse(&bytes).with_context(|| format!("no HTTP in answer to {method} {path}"))
    }

    /// Signs a person of the made-up bank in.
    ///
    /// # Errors
    /// That fails.
    pub fn sign_in(&self, login: &str) -> Result<Session> {
        let body = json!({ "login": login, "password": PASSWORD }).to_string();
        let answer = self.send("POST", "/api/sign-in", &[], body.as_bytes())?;
        let text = |pointer: &str| answer.body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        match (answer.cookie.clone(), text("/csrf"), text("/profile/user")) {
            (Some(cookie), Some(csrf), Some(user)) => Ok(Session { cookie, csrf, user }),
            _ => bail!("{login} cannot sign in: {} {}", answer.status, answer.body),
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let cookie = lines.find_map(|line| line.strip_prefix("set-cookie: "));
    Some(Answer {
        status,
        cookie: cookie.and_then(|cookie| cookie.split(';').next()).map(str::to_owned),
        body: serde_json::from_slice(&bytes[end + 4..]).unwrap_or(Value::Null),
    })
}
