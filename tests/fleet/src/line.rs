//! What a device says to the server over HTTP, as the app says it: the cookie, the CSRF token, compressed bodies. It
//! counts what travels and decides nothing.

use std::future::Future;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use anyhow::Context as _;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rapport_shared::ids::DeviceId;
use rapport_shared::sync::engine::Failure;
use rapport_shared::sync::wire::{
    CSRF_HEADER, Lines, POKE_EVENT, Problem, ProblemCode, Session, SignIn, SyncRequest, SyncResponse,
};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, HeaderMap, SET_COOKIE};
use reqwest::{Client, RequestBuilder, StatusCode};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// The longest a request may take.
const LONGEST: Duration = Duration::from_secs(30);
/// A line that only listens has no end of its own.
const A_DAY: Duration = Duration::from_secs(86_400);
/// Bodies above this many bytes are compressed, as the app does.
const WORTH_COMPRESSING: usize = 1_024;

/// The proof of a session.
#[derive(Clone, Debug, Default)]
pub struct Ticket {
    /// As sent in the `Cookie` header.
    pub cookie: String,
    /// As sent in [`CSRF_HEADER`].
    pub csrf: String,
}

/// Bytes on the wire, headers included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// From the device.
    pub up: usize,
    /// To the device.
    pub down: usize,
}

/// What came of a sync request.
#[derive(Debug, Default)]
pub struct Exchange {
    /// The pages of the answer that came whole.
    pub pages: Vec<SyncResponse>,
    /// Why there are none, or no more although there should be.
    pub failure: Option<Failure>,
    /// What travelled.
    pub traffic: Traffic,
}

/// A way to the server.
#[derive(Clone)]
pub struct Line {
    client: Client,
    origin: String,
}

impl Line {
    /// A line to the server at `origin` from the local address `from`: the server counts sign-ins by address.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn to(origin: &str, from: Ipv4Addr) -> anyhow::Result<Self> {
        let client = Client::builder()
            .local_address(IpAddr::V4(from))
            .tcp_nodelay(true)
            .timeout(LONGEST)
            .no_proxy()
            .build()?;
        Ok(Self {
            client,
            origin: origin.to_owned(),
        })
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.origin))
    }

    /// Signs in.
    ///
    /// # Errors
    /// The server cannot be reached or says no.
    pub async fn sign_in(&self, sign_in: &SignIn) -> anyhow::Result<(Ticket, Session)> {
        let request = self.post("/api/sign-in").body(serde_json::to_vec(sign_in)?);
        let response = request.send().await?.error_for_status()?;
        let cookie = response.headers().get(SET_COOKIE).context("no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let session: Session = serde_json::from_slice(&response.bytes().await?)?;
        let csrf = session.csrf.clone();
        Ok((Ticket { cookie, csrf }, session))
    }

    /// Ends the session. It ends by itself as well, so that a failure does not matter.
    pub async fn sign_out(&self, ticket: &Ticket) {
        let request = self
            .post("/api/sign-out")
            .header(COOKIE, &ticket.cookie)
            .header(CSRF_HEADER, &ticket.csrf);
        let _ = request.send().await;
    }

    /// Holds a line on which the server says when to ask, and passes each such word on; ends when the line does.
    ///
    /// # Errors
    /// The line is refused, or breaks.
    pub async fn listen(&self, ticket: &Ticket, device: DeviceId, pokes: &mpsc::Sender<Instant>) -> anyhow::Result<()> {
        let request = self
            .client
            .get(format!("{}/api/events?device={device}", self.origin))
            .header(COOKIE, &ticket.cookie)
            .timeout(A_DAY);
        let mut response = request.send().await?.error_for_status()?;
        // Words are short: one comes whole or not at all.
        let poke = format!("event: {POKE_EVENT}");
        while let Some(words) = response.chunk().await? {
            if String::from_utf8_lossy(&words).contains(&poke) {
                pokes.send(Instant::now()).await?;
            }
        }
        Ok(())
    }

    /// One exchange. The request begins when the future is first polled; dropping it cuts the connection.
    pub fn sync(&self, ticket: &Ticket, request: &SyncRequest) -> impl Future<Output = Exchange> + Send + use<> {
        let prepared = prepare(self.post("/api/sync"), ticket, request);
        let client = self.client.clone();
        async move {
            let mut exchange = Exchange::default();
            let result = match prepared {
                Ok(request) => send(&client, request, &mut exchange).await,
                Err(_) => Err(Failure::Device),
            };
            exchange.failure = result.err();
            exchange
        }
    }
}

fn prepare(post: RequestBuilder, ticket: &Ticket, request: &SyncRequest) -> anyhow::Result<reqwest::Request> {
    let body = serde_json::to_vec(request)?;
    let post = post
        .header(COOKIE, &ticket.cookie)
        .header(CSRF_HEADER, &ticket.csrf)
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT_ENCODING, "gzip");
    let post = if body.len() > WORTH_COMPRESSING {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&body)?;
        post.header(CONTENT_ENCODING, "gzip").body(packed.finish()?)
    } else {
        post.body(body)
    };
    Ok(post.build()?)
}

async fn send(client: &Client, request: reqwest::Request, exchange: &mut Exchange) -> Result<(), Failure> {
    let body = request.body().and_then(|body| body.as_bytes()).map_or(0, <[u8]>::len);
    exchange.traffic.up = size(request.headers()) + body;
    let mut response = client.execute(request).await.map_err(|_| Failure::Unreachable)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    let came = loop {
        match response.chunk().await {
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Ok(None) => break Ok(()),
            Err(_) => break Err(Failure::Unreachable),
        }
    };
    exchange.traffic.down = size(&headers) + body.len();
    let packed = headers.get(CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
    let (body, whole) = if packed { unpack(&body) } else { (body, Ok(())) };
    if !status.is_success() {
        return Err(came.err().unwrap_or_else(|| failure(status, &body)));
    }
    let mut lines = Lines::default();
    lines.push(&body);
    while let Some(line) = lines.next_line() {
        exchange.pages.push(page(&line)?);
    }
    came?;
    whole.map_err(|_| Failure::Server)?;
    if let Some(rest) = lines.rest() {
        exchange.pages.push(page(&rest)?);
    }
    Ok(())
}

fn page(line: &[u8]) -> Result<SyncResponse, Failure> {
    serde_json::from_slice(line).map_err(|_| Failure::Server)
}

/// What is in a body, as far as it goes, and whether that is all.
pub fn unpack(body: &[u8]) -> (Vec<u8>, std::io::Result<()>) {
    let mut plain = Vec::with_capacity(body.len() * 4);
    let read = GzDecoder::new(body).read_to_end(&mut plain);
    (plain, read.map(drop))
}

/// The lines of a message before its body; names and values as they are, and a first line of usual length.
fn size(headers: &HeaderMap) -> usize {
    const FIRST_LINE: usize = 24;
    let lines = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4);
    FIRST_LINE + lines.sum::<usize>()
}

/// What the engine has to know about an answer that is no success; the app's own table.
fn failure(status: StatusCode, body: &[u8]) -> Failure {
    let code = serde_json::from_slice::<Problem>(body).map(|problem| problem.code);
    match (code, status.as_u16()) {
        (Ok(ProblemCode::SignedOut), _) => Failure::SignedOut,
        (Ok(ProblemCode::TooLarge), _) | (Err(_), 413) => Failure::TooLarge,
        (Ok(ProblemCode::TooManyRequests), _) | (Err(_), 429 | 503) => Failure::Busy,
        (Err(_), 502 | 504) => Failure::Unreachable,
        _ => Failure::Server,
    }
}
