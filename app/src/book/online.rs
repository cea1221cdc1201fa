//! Reading from the server what this device does not hold. Nothing of it is stored here: it lives as long as the screen
//! that shows it.

use rapport_shared::ids::RecordId;
use rapport_shared::sync::replica::Replica;
use rapport_shared::sync::wire::{CustomerSearch, CustomersFound, ProblemCode};

use super::state::State;
use super::types::OnlineError;
use crate::sync::{self, HttpError};

impl From<HttpError> for OnlineError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unreachable => Self::Offline,
            HttpError::Problem(ProblemCode::SignedOut | ProblemCode::BadCsrfToken) => Self::SignedOut,
            HttpError::Problem(ProblemCode::TooManyRequests) => Self::Busy,
            HttpError::Problem(ProblemCode::NotFound) => Self::NotFound,
            HttpError::Problem(_) | HttpError::Nonsense => Self::Server,
        }
    }
}

impl State {
    /// See [`super::Book::search_online`].
    pub(super) async fn search_online(&self, search: &CustomerSearch) -> Result<CustomersFound, OnlineError> {
        let csrf = self.session_of_owner().await?;
        let found = sync::search_customers(&csrf, search).await;
        Ok(found.inspect_err(|error| self.forget_session(*error))?)
    }

    /// See [`super::Book::read_online`].
    pub(super) async fn read_online(&self, id: RecordId) -> Result<Replica, OnlineError> {
        // Asked for under the owner's session alone, whoever else may have signed in with this browser.
        self.session_of_owner().await?;
        let whole = sync::whole_customer(id).await;
        let whole = whole.inspect_err(|error| self.forget_session(*error))?;
        let mut replica = Replica::default();
        replica.apply(whole.into());
        Ok(replica)
    }

    /// What requests of the open book's owner have to carry; asked for when it is not known, as in a tab that does not
    /// synchronise.
    async fn session_of_owner(&self) -> Result<String, OnlineError> {
        if let Some(csrf) = self.csrf.borrow().clone() {
            return Ok(csrf);
        }
        self.whole().await;
        let life = self.life().ok_or(OnlineError::SignedOut)?;
        let session = sync::session().await?;
        let owner = self.with(life, |open| open.engine.replica().profile().map(|profile| profile.user));
        if owner.flatten() != Some(session.profile.user) {
            return Err(OnlineError::SignedOut);
        }
        self.csrf.replace(Some(session.csrf.clone()));
        Ok(session.csrf)
    }

    fn forget_session(&self, error: HttpError) {
        if matches!(
            error,
            HttpError::Problem(ProblemCode::SignedOut | ProblemCode::BadCsrfToken)
        ) {
            self.csrf.replace(None);
        }
    }
}
