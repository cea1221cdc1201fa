//! What the app says to the server over HTTP, and what the answers mean. It decides nothing and keeps nothing.

pub(crate) mod line;

use gloo::net::http::{Request, RequestBuilder, Response};
use js_sys::Uint8Array;
use rapport_shared::ids::{RecordId, UserId};
use rapport_shared::sync::engine::Failure;
use rapport_shared::sync::wire::{
    CSRF_COOKIE, CSRF_HEADER, CustomerSearch, CustomersFound, Lines, Problem, ProblemCode, Session, SignIn,
    SyncRequest, SyncResponse, WholeCustomer, csrf_of,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::platform::deadline::Deadline;
use crate::platform::stream::{BrokenOff, Pieces};
use crate::platform::{compress, cookie};

/// The longest a small request may take, in milliseconds.
const SHORT: u32 = 15_000;
/// The longest that nothing may come of an answer, in milliseconds: much work is sent over a slow line before, and
/// the server has its time.
const LONG: u32 = 90_000;
/// Bodies above this many bytes are compressed.
const WORTH_COMPRESSING: usize = 1_024;

/// Why there is no answer to work with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HttpError {
    /// No answer at all, or one cut off.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The server says why not.
    #[error("the server answers {0:?}")]
    Problem(ProblemCode),
    /// An answer that is not this server's.
    #[error("the answer makes no sense")]
    Nonsense,
}

impl HttpError {
    /// What the engine has to know about it.
    pub(crate) const fn failure(self) -> Failure {
        match self {
            Self::Unreachable => Failure::Unreachable,
            Self::Problem(ProblemCode::SignedOut) => Failure::SignedOut,
            Self::Problem(ProblemCode::TooLarge) => Failure::TooLarge,
            Self::Problem(ProblemCode::TooManyRequests) => Failure::Busy,
            Self::Problem(_) | Self::Nonsense => Failure::Server,
        }
    }
}

/// Signs in; the browser keeps the session's cookie.
///
/// # Errors
/// [`HttpError`].
pub(crate) async fn sign_in(sign_in: &SignIn) -> Result<Session, HttpError> {
    let body = json(sign_in)?;
    exchange(Request::post("/api/sign-in"), Some(body), SHORT).await
}

/// The present session, by the browser's cookie.
///
/// # Errors
/// [`HttpError`].
pub(crate) async fn session() -> Result<Session, HttpError> {
    exchange(Request::get("/api/session"), None, SHORT).await
}

/// What requests have to carry while this browser has a session of `owner`, as far as can be known without asking.
pub(crate) fn csrf_at_hand(owner: UserId) -> Option<String> {
    csrf_of(owner, &cookie::read(CSRF_COOKIE)?).map(str::to_owned)
}

/// Ends the session. It ends by itself as well, so that no answer is waited for long.
///
/// # Errors
/// [`HttpError`].
pub(crate) async fn sign_out(csrf: &str) -> Result<(), HttpError> {
    let request = Request::post("/api/sign-out").header(CSRF_HEADER, csrf);
    send(request, None, SHORT).await.map(drop)
}

/// The body of a request as it travels. One that was not heard is kept: packing a long one takes as long as the server
/// takes to work on it.
#[derive(Debug)]
pub(crate) struct Parcel {
    plain: Vec<u8>,
    /// Compressed, when that is worth it and the browser can.
    packed: Option<Uint8Array>,
}

impl Parcel {
    async fn new(plain: Vec<u8>) -> Self {
        let packed = if plain.len() > WORTH_COMPRESSING {
            compress::gzip(&plain).await
        } else {
            None
        };
        Self { plain, packed }
    }

    /// What says `request`: `kept`, when it says just that.
    ///
    /// # Errors
    /// Only when the request cannot be written.
    pub(crate) async fn of(request: &SyncRequest, kept: Option<Self>) -> Result<Self, HttpError> {
        let plain = request.to_bytes().map_err(|_| HttpError::Nonsense)?;
        match kept.filter(|kept| kept.plain == plain) {
            Some(kept) => Ok(kept),
            None => Ok(Self::new(plain).await),
        }
    }

    fn body_of(&self, request: RequestBuilder) -> Result<Request, HttpError> {
        let request = request.header("content-type", "application/json");
        let request = match &self.packed {
            Some(packed) => request.header("content-encoding", "gzip").body(packed),
            None => request.body(Uint8Array::from(&*self.plain)),
        };
        request.map_err(|_| HttpError::Nonsense)
    }
}

/// One round of synchronisation: gives the answer as soon as it begins.
///
/// # Errors
/// [`HttpError`]; whether the server carried the request out is unknown then.
pub(crate) async fn sync(csrf: &str, request: &Parcel) -> Result<Answer, HttpError> {
    let post = Request::post("/api/sync").header(CSRF_HEADER, csrf);
    let deadline = Deadline::new(LONG);
    let response = open(post, Some(request), &deadline).await?;
    let body = response.body().ok_or(HttpError::Nonsense)?;
    Ok(Answer {
        pieces: Pieces::of(&body),
        lines: Lines::default(),
        deadline,
        has_ended: false,
    })
}

/// An answer that is coming in. Dropping it before its end gives the rest up.
#[derive(Debug)]
pub(crate) struct Answer {
    pieces: Pieces,
    lines: Lines,
    deadline: Deadline,
    has_ended: bool,
}

impl Answer {
    /// The next page; `None` when all have come.
    ///
    /// # Errors
    /// [`HttpError`]: the rest will not come. What came before is as good as any answer.
    pub(crate) async fn next(&mut self) -> Result<Option<SyncResponse>, HttpError> {
        let line = loop {
            if let Some(line) = self.lines.next_line() {
                break line;
            }
            if self.has_ended {
                return Ok(None);
            }
            self.deadline.renew(LONG);
            match self.pieces.next().await {
                Ok(Some(piece)) => self.lines.push(&piece),
                Ok(None) => {
                    self.has_ended = true;
                    if let Some(rest) = self.lines.rest() {
                        break rest;
                    }
                }
                Err(BrokenOff) => return Err(HttpError::Unreachable),
            }
        };
        // Until the next one is asked for, the server is not to blame for silence.
        self.deadline.pause();
        SyncResponse::read(&line).map(Some).map_err(|_| HttpError::Nonsense)
    }
}

/// Customers in sight, wherever they are held.
///
/// # Errors
/// [`HttpError`].
pub(crate) async fn search_customers(csrf: &str, search: &CustomerSearch) -> Result<CustomersFound, HttpError> {
    let body = json(search)?;
    let post = Request::post("/api/customers/search").header(CSRF_HEADER, csrf);
    exchange(post, Some(body), SHORT).await
}

/// Everything about one customer in sight.
///
/// # Errors
/// [`HttpError`].
pub(crate) async fn whole_customer(id: RecordId) -> Result<WholeCustomer, HttpError> {
    exchange(Request::get(&format!("/api/customers/{id}")), None, SHORT).await
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, HttpError> {
    serde_json::to_vec(value).map_err(|_| HttpError::Nonsense)
}

async fn exchange<T: DeserializeOwned>(
    request: RequestBuilder,
    body: Option<Vec<u8>>,
    milliseconds: u32,
) -> Result<T, HttpError> {
    let bytes = send(request, body, milliseconds).await?;
    serde_json::from_slice(&bytes).map_err(|_| HttpError::Nonsense)
}

async fn send(request: RequestBuilder, body: Option<Vec<u8>>, milliseconds: u32) -> Result<Vec<u8>, HttpError> {
    let deadline = Deadline::new(milliseconds);
    let body = match body {
        Some(body) => Some(Parcel::new(body).await),
        None => None,
    };
    let response = open(request, body.as_ref(), &deadline).await?;
    response.binary().await.map_err(|_| HttpError::Unreachable)
}

/// Sends a request; gives the answer when it begins, if it is a success.
async fn open(request: RequestBuilder, body: Option<&Parcel>, deadline: &Deadline) -> Result<Response, HttpError> {
    let request = request.abort_signal(deadline.signal().as_ref());
    let request = match body {
        Some(body) => body.body_of(request)?,
        None => request.build().map_err(|_| HttpError::Nonsense)?,
    };
    let response = request.send().await.map_err(|_| HttpError::Unreachable)?;
    if response.ok() {
        return Ok(response);
    }
    let bytes = response.binary().await.map_err(|_| HttpError::Unreachable)?;
    Err(problem(&response, &bytes))
}

fn problem(response: &Response, body: &[u8]) -> HttpError {
    match (serde_json::from_slice::<Problem>(body), response.status()) {
        (Ok(problem), _) => HttpError::Problem(problem.code),
        // A proxy in between answers in words of its own.
        (Err(_), 413) => HttpError::Problem(ProblemCode::TooLarge),
        (Err(_), 429 | 503) => HttpError::Problem(ProblemCode::TooManyRequests),
        (Err(_), 502 | 504) => HttpError::Unreachable,
        (Err(_), _) => HttpError::Nonsense,
    }
}
