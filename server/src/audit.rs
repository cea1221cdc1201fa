//! What is written down when a request is refused: who, when and the code. Never what was in it.

use rapport_shared::record::profile::Profile;

use crate::problem::Failure;
use crate::state::AppState;
use crate::store::{AuditEntry, StoreError};

/// Writes down that a request of `profile` failed, when that was the sender's doing.
///
/// # Errors
/// What the store says.
pub async fn refused_request(state: &AppState, profile: &Profile, failure: &Failure) -> Result<(), StoreError> {
    if !failure.is_the_senders() {
        return Ok(());
    }
    refused(state, profile, "request_refused", failure.name()).await
}

/// Writes down that the place from which `profile` wanted to read on was not one this server gave out for today's
/// rights: nothing is read from there.
///
/// # Errors
/// What the store says.
pub async fn refused_cursor(state: &AppState, profile: &Profile) -> Result<(), StoreError> {
    refused(state, profile, "cursor_refused", String::new()).await
}

async fn refused(state: &AppState, profile: &Profile, action: &str, subject: String) -> Result<(), StoreError> {
    let entry = AuditEntry {
        org: Some(profile.org),
        at: state.clock.now(),
        user: Some(profile.user),
        device: None,
        action: action.to_owned(),
        subject,
    };
    state.store.audit(&entry).await
}
