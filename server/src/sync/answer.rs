//! What a sync request is answered with: one page as a whole, or page after page in one body, each read when the device
//! has taken the one before. A page is read as if it were asked for by itself, so nothing depends on those before it.

use std::collections::HashSet;
use std::convert::Infallible;
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use rapport_shared::record::Version;
use rapport_shared::sync::wire::{Acknowledgement, Cursor, LINES_TYPE, PROTOCOL, ProblemCode};
use rapport_shared::time::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::cursor::Start;
use crate::auth::{self, SignedIn};
use crate::events::{Exchange, UNBUFFERED};
use crate::problem::Failure;
use crate::state::AppState;

/// An answer that has lasted this long ends with its next page: the device asks again if it is still there.
const LONGEST: Duration = Duration::from_secs(60);

/// A `SyncResponse` whose records are passed on as stored, without being read and written again.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    pub(super) protocol: u32,
    pub(super) now: Timestamp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) acknowledgements: Vec<Acknowledgement>,
    pub(super) page: PageBody,
}

/// A `Page`, in the same way.
#[derive(Debug, Serialize)]
pub(super) struct PageBody {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) records: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) history: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) evicted: Vec<rapport_shared::ids::RecordId>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) rebuild: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) reoffer: bool,
    pub(super) cursor: Cursor,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) listed: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) more: bool,
}

impl Answer {
    fn line(&self) -> Result<Bytes, Failure> {
        let mut line = serde_json::to_vec(self).map_err(|_| Failure::new(ProblemCode::Internal))?;
        line.push(b'\n');
        Ok(line.into())
    }
}

/// What is to follow the first page.
pub(super) struct More {
    /// Lasts as long as the answer.
    pub(super) asking: Exchange,
    /// The most records of a page.
    pub(super) limit: usize,
    /// The most pages.
    pub(super) pages: u32,
}

/// `first`, and then what follows as it is read.
pub(super) fn stream(state: &AppState, signed_in: SignedIn, first: Answer, more: More) -> Result<Response, Failure> {
    let line = first.line()?;
    // One page on its way to the device, one that waits, one that is being read: no more, however slow the device is.
    let (sender, mut receiver) = mpsc::channel(1);
    let rest = Rest {
        state: state.clone(),
        signed_in,
        limit: more.limit,
        cursor: first.page.cursor,
        lines: sender,
    };
    tokio::spawn(async move {
        if let Some(reached) = rest.read(line, more.pages).await {
            more.asking.reaches(reached);
        }
    });
    // The compressor asks once more after the end, which not every stream bears.
    let lines = futures_util::stream::poll_fn(move |context| {
        let line: Poll<Option<Bytes>> = receiver.poll_recv(context);
        line.map(|line| line.map(Ok::<_, Infallible>))
    });
    Ok(([(CONTENT_TYPE, LINES_TYPE)], [UNBUFFERED], Body::from_stream(lines)).into_response())
}

/// An answer on its way.
struct Rest {
    state: AppState,
    signed_in: SignedIn,
    limit: usize,
    /// Where the last page ended.
    cursor: Cursor,
    lines: mpsc::Sender<Bytes>,
}

impl Rest {
    /// Sends `first` and up to `pages` more; gives the commit up to which the device then has everything, if it has.
    /// Where it cannot go on the answer ends: the device asks again, and hears why.
    async fn read(mut self, first: Bytes, pages: u32) -> Option<Version> {
        let began = Instant::now();
        self.lines.send(first).await.ok()?;
        for _ in 0..pages {
            if began.elapsed() > LONGEST {
                break;
            }
            let (answer, reached) = match self.next().await {
                Ok(next) => next?,
                Err(failure) => {
                    tracing::warn!(?failure, "an answer ends early");
                    return None;
                }
            };
            let line = answer.line().ok()?;
            self.lines.send(line).await.ok()?;
            if !answer.page.more {
                return Some(reached);
            }
            self.cursor = answer.page.cursor;
        }
        None
    }

    /// The next page, and how far its snapshot goes; `None` when the session has ended, or the cursor is of no use to
    /// its user any more.
    async fn next(&self) -> Result<Option<(Answer, Version)>, Failure> {
        let state = &self.state;
        let holder = auth::holder(state, &self.signed_in.token).await?;
        let Some(profile) = holder.filter(|holder| *holder == self.signed_in.profile) else {
            return Ok(None);
        };
        let mut reader = state.store.read(profile.org).await?;
        let (start, head) = super::start(&mut *reader, &profile, Some(&self.cursor)).await?;
        let Start::At(place) = start else { return Ok(None) };
        let page = super::page(&mut *reader, &profile, &head, &HashSet::new(), place, self.limit).await?;
        let answer = Answer {
            protocol: PROTOCOL,
            now: state.clock.now(),
            acknowledgements: Vec::new(),
            page,
        };
        Ok(Some((answer, head.sequence)))
    }
}
