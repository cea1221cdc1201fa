//! Waiting for a condition instead of for a time. It never returns before the condition holds, and never waits
//! past its limit.

use anyhow::{Context, Result, anyhow};
use std::fmt::Display;
use std::time::{Duration, Instant};

/// How long a person would wait before calling it broken.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// For what legitimately takes long on a slow machine: a first pull, a key derivation in an unoptimised build.
pub const LONG_PATIENCE: Duration = Duration::from_secs(120);

const PAUSE: Duration = Duration::from_millis(50);

/// Asks again and again until there is an answer.
///
/// # Errors
/// There is none within the limit; the last complaint of the probe is part of the message.
pub async fn until<T>(
    what: impl Display,
    limit: Duration,
    mut probe: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        let last = match probe().await {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => anyhow!("not yet"),
            Err(error) => error,
        };
        if started.elapsed() > limit {
            return Err(last).with_context(|| format!("waited {} s in vain for: {what}", limit.as_secs()));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The same, for what needs no awaiting.
///
/// # Errors
/// As [`until`].
pub async fn until_ready<T>(
    what: impl Display,
    limit: Duration,
    mut probe: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    until(what, limit, async || probe()).await
}
