//! `GET /api/events`: a line that stays open, on which a device hears that it should ask now. Nothing else is said on
//! it, for what changed is answered by `POST /api/sync` alone, and a word that gets lost costs a delay only.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderName;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use rand::Rng as _;
use rapport_shared::ids::DeviceId;
use rapport_shared::sync::wire::{ALIVE_EVENT, LONGEST_SILENCE, POKE_EVENT};
use serde::Deserialize;

use crate::auth::{self, SignedIn};
use crate::http::openapi::Listening;
use crate::problem::Failure;
use crate::state::AppState;
use crate::store::TokenHash;
use crate::sync;

mod follower;
mod lines;

pub use lines::{Exchange, Lines};

/// Browsers pass on no event without data; there is nothing to say in it.
const NO_DATA: &str = "1";
/// Told to proxies (nginx knows it), which would gather the words until there are enough of them.
pub(crate) const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// Who listens, as the address says.
#[derive(Deserialize)]
pub struct Caller {
    device: DeviceId,
}

/// `GET /api/events?device=<id>`: Server-Sent Events. One [`POKE_EVENT`] at once, for something may have happened
/// before; one whenever a commit concerns what the device holds, unless the device has it already; and an
/// [`ALIVE_EVENT`] in a long silence. The line ends with the session, with the server, and when the same device opens
/// another one.
///
/// # Errors
/// `SignedOut`, `BadRequest`, `TooManyRequests` when the user, or the server, has as many lines as it may, or
/// `Internal`.
#[utoipa::path(
    get,
    path = "/api/events",
    operation_id = "listen",
    summary = "Hear when to ask",
    tag = "sync",
    security(("session" = [])),
    params(("device" = DeviceId, Query, description = "The device that listens; it is spared what it has already.")),
    responses(
        (
            status = 200,
            description = "A line that stays open. `poke`: ask now. `alive`: nothing happened for a while.",
            content_type = "text/event-stream",
            body = String
        ),
        Listening
    )
)]
pub async fn events(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Query(caller): Query<Caller>,
) -> Result<Response, Failure> {
    let view = sync::view(&signed_in.profile);
    let line = Line {
        listener: state.lines.open(caller.device, view).await?,
        state,
        token: signed_in.token,
        is_new: true,
        silence: rand::rng().random_range(LONGEST_SILENCE * 4 / 5..LONGEST_SILENCE),
    };
    let words = unfold(line, |mut line| async {
        let word = line.next_word().await?;
        let event = Event::default().event(word).data(NO_DATA);
        Some((Ok::<_, Infallible>(event), line))
    });
    Ok(([UNBUFFERED], Sse::new(words)).into_response())
}

/// One open line.
struct Line {
    listener: lines::Listener,
    state: AppState,
    token: TokenHash,
    is_new: bool,
    /// After how many milliseconds without a word there is one; lines that began together do not speak together.
    silence: u32,
}

impl Line {
    /// The next word, once there is one to say; `None` at the end of the line.
    async fn next_word(&mut self) -> Option<&'static str> {
        if std::mem::take(&mut self.is_new) {
            return Some(POKE_EVENT);
        }
        let silence = Duration::from_millis(self.silence.into());
        let word = tokio::select! {
            is_poked = self.listener.poked() => is_poked.then_some(POKE_EVENT)?,
            () = tokio::time::sleep(silence) => ALIVE_EVENT,
        };
        // Before the word: what is committed from here on is seen with the present rights, and what was committed
        // before is in the answer the device will get.
        match auth::holder(&self.state, &self.token).await {
            Ok(holder) => self.listener.look_through(sync::view(&holder?)),
            Err(error) => tracing::debug!(%error, "the session of an open line could not be looked up"),
        }
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SessionRow;
    use crate::testing::{Bank, profile};

    #[tokio::test]
    #[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    async fn a_long_silence_is_broken_while_the_session_lasts() {
        let folder = tempfile::tempdir().unwrap();
        let bank = Bank::open(&folder.path().join("bank.db")).await.unwrap();
        let profile = profile("rm1").unwrap();
        let session = SessionRow {
            token: [7; 32],
            org: profile.org,
            user: profile.user,
            csrf: String::new(),
            created: bank.now(),
            expires: bank.now().plus(1),
        };
        bank.state.store.open_session(&session).await.unwrap();
        let listener = bank.state.lines.open(DeviceId::from_u128(1), sync::view(&profile));
        let mut line = Line {
            listener: listener.await.unwrap(),
            state: bank.state.clone(),
            token: session.token,
            is_new: false,
            silence: 1,
        };
        for _ in 0..2 {
            assert_eq!(line.next_word().await, Some(ALIVE_EVENT));
        }
        bank.pass(1);
        assert_eq!(line.next_word().await, None);
    }
}
