//! The open book's link to the server: which tab synchronises, whether there is a session, what is sent and when.
//! What is sent and what an answer means is the engine's to say.

use std::rc::Rc;

use futures::channel::oneshot;
use gloo::timers::callback::Timeout;
use rapport_shared::record::profile::Profile;
use rapport_shared::sync::engine::{self, Event, Failure, RequestToken};
use rapport_shared::sync::wire::{ProblemCode, Session, SyncRequest};
use wasm_bindgen_futures::spawn_local;

use super::between_tabs;
use super::state::{Life, Open, State};
use super::types::Activity;
use crate::platform::locks::{self, Lock};
use crate::platform::task::Slices;
use crate::sync::{self, Answer, HttpError, Parcel};

/// Time to the first try to find the session again, in milliseconds; doubles each time.
const FIRST_RETRY: u32 = 1_000;
/// Longest time between such tries, in milliseconds.
const LONGEST_RETRY: u32 = 30_000;
/// For how long after the last answer nothing is asked that can wait, in milliseconds: work that waits goes first.
const SETTLING: u32 = 1_000;

/// How things stand while the engine has no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Nothing is known yet, or another tab synchronises.
    Unknown,
    Offline,
    SignedOut,
    Failing,
}

/// See the module's first paragraph.
#[derive(Debug)]
pub(super) struct Link {
    standing: Standing,
    /// Held by the one tab that synchronises.
    lock: Option<Lock>,
    /// A session just made, not yet used.
    session: Option<Session>,
    /// Whose session it is, once known.
    profile: Option<Profile>,
    asking: bool,
    /// The server did not take the session this browser said it had: ask before anything is sent again.
    doubtful: bool,
    /// The session was taken as at hand: its profile may have changed since it was last asked for.
    unconfirmed: bool,
    failures: u32,
    retry: Option<Timeout>,
    settling: Option<Timeout>,
    received: u64,
    round_over: bool,
    /// The last request, when the server could not be reached: most often the same is sent next.
    unheard: Option<Parcel>,
    /// Whoever reads an answer and waits for the engine to have taken some of it over.
    reader: Option<oneshot::Sender<()>>,
}

impl Link {
    pub(super) const fn new(session: Option<Session>) -> Self {
        Self {
            standing: Standing::Unknown,
            lock: None,
            session,
            profile: None,
            asking: false,
            doubtful: false,
            unconfirmed: false,
            failures: 0,
            retry: None,
            settling: None,
            received: 0,
            round_over: false,
            unheard: None,
            reader: None,
        }
    }

    /// What the user should know while the engine has no session.
    pub(super) const fn activity(&self) -> Activity {
        match self.standing {
            Standing::Unknown => Activity::Idle,
            Standing::Offline => Activity::Offline,
            Standing::SignedOut => Activity::SignedOut,
            Standing::Failing => Activity::Failing,
        }
    }

    /// Whose session it is.
    pub(super) const fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref()
    }

    /// The engine has moved on: whoever reads an answer looks whether it wants more of it.
    pub(super) fn wake_reader(&mut self) {
        if let Some(reader) = self.reader.take() {
            // Who does not read any more does not mind.
            let _ = reader.send(());
        }
    }

    /// Records received since this round began.
    pub(super) const fn received(&self) -> u64 {
        self.received
    }
}

impl State {
    /// Waits for its turn to be the tab that synchronises, then connects.
    pub(super) fn join_line(self: &Rc<Self>, life: Life) {
        let state = self.clone();
        spawn_local(async move {
            let lock = locks::acquire(between_tabs::LEADER).await;
            // Locked meanwhile: the lock is dropped and so freed.
            if state.with(life, |open| open.link.lock = Some(lock)).is_some() {
                state.connect(life);
            }
        });
    }

    /// Whether this is the tab that synchronises.
    pub(super) fn leads(&self, life: Life) -> bool {
        self.with(life, |open| open.link.lock.is_some()) == Some(true)
    }

    /// A reason to ask the server now.
    pub(super) fn nudge(self: &Rc<Self>) {
        let Some(life) = self.life() else { return };
        if !self.nudge_if_leading(life) {
            self.say(between_tabs::SYNC);
        }
    }

    /// Asks the server now if this is the tab to do so; whether it is.
    pub(super) fn nudge_if_leading(self: &Rc<Self>, life: Life) -> bool {
        let leads = self.with(life, |open| (open.link.lock.is_some(), open.engine.is_signed_in()));
        match leads {
            Some((true, true)) => drop(self.handle(life, Event::SyncNow)),
            Some((true, false)) => self.connect(life),
            Some((false, _)) | None => return false,
        }
        true
    }

    /// A session was made by signing in again, in this tab or another.
    pub(super) fn session_made(self: &Rc<Self>, life: Life, session: Option<Session>) {
        let leads = self.with(life, |open| {
            open.link.session = session;
            open.link.doubtful = false;
            open.link.standing = Standing::Unknown;
            open.link.lock.is_some()
        });
        if leads == Some(true) {
            self.connect(life);
        }
        self.publish(false);
    }

    /// Finds out whose session this browser has, and tells the engine when it is the owner's. Nothing is asked when the
    /// browser knows: each request carries that session's token, and the server takes none under another session.
    fn connect(self: &Rc<Self>, life: Life) {
        let begun = self.with(life, |open| {
            let idle = !open.link.asking && !open.engine.is_signed_in();
            open.link.asking |= idle;
            open.link.retry = None;
            idle.then(|| open.link.session.take())
        });
        let Some(session) = begun.flatten() else { return };
        if session.is_none() && self.resume(life) {
            return;
        }
        let state = self.clone();
        spawn_local(async move {
            let result = match session {
                Some(session) => Ok(session),
                None => sync::session().await,
            };
            state.connected(life, result);
        });
    }

    /// Goes on under the owner's session at hand, if there is one.
    fn resume(self: &Rc<Self>, life: Life) -> bool {
        let found = self.with(life, |open| {
            let profile = open.engine.replica().profile().filter(|_| !open.link.doubtful)?.clone();
            let csrf = sync::csrf_at_hand(profile.user)?;
            open.link.asking = false;
            open.link.unconfirmed = true;
            open.link.failures = 0;
            open.link.profile = Some(profile.clone());
            Some((profile, csrf))
        });
        let Some((profile, csrf)) = found.flatten() else {
            return false;
        };
        self.csrf.replace(Some(csrf));
        self.handle(life, Event::SessionReady(profile));
        true
    }

    /// The server has answered: what can wait is asked once it has been still for a while.
    fn settle_soon(self: &Rc<Self>, life: Life) {
        let state = self.clone();
        let timer = Timeout::new(SETTLING, move || state.settled(life));
        self.with(life, |open| open.link.settling = Some(timer));
    }

    fn settled(self: &Rc<Self>, life: Life) {
        let is_idle = |open: &mut Open| open.engine.activity() == engine::Activity::Idle;
        if self.with(life, is_idle) == Some(true) {
            self.listen_to_server(life);
            self.confirm(life);
        }
    }

    /// Asks what the owner's profile is by now, and which kinds the server knows.
    fn confirm(self: &Rc<Self>, life: Life) {
        if self.with(life, |open| std::mem::take(&mut open.link.unconfirmed)) != Some(true) {
            return;
        }
        let state = self.clone();
        spawn_local(async move {
            let found = sync::session().await;
            let news = state.with(life, |open| {
                open.link.unconfirmed = found.is_err();
                let session = found.ok()?;
                let held = open.link.profile.as_mut()?;
                let is_owners = held.user == session.profile.user;
                let is_news = is_owners && *held != session.profile;
                if is_news {
                    held.clone_from(&session.profile);
                }
                is_owners.then_some((session, is_news))
            });
            let Some((session, is_news)) = news.flatten() else {
                return;
            };
            state.handle(life, Event::KindsKnown(session.kinds));
            if is_news {
                state.handle(life, Event::SessionReady(session.profile));
            }
        });
    }

    fn connected(self: &Rc<Self>, life: Life, result: Result<Session, HttpError>) {
        let owner = self.with(life, |open| {
            open.link.asking = false;
            open.engine.replica().profile().map(|profile| profile.user)
        });
        let Some(owner) = owner else { return };
        match result {
            // Another user's queue is never sent under this one.
            Ok(session) if owner.is_some_and(|owner| owner != session.profile.user) => {
                self.stand(life, Standing::SignedOut);
            }
            Ok(session) => {
                self.csrf.replace(Some(session.csrf));
                self.handle(life, Event::KindsKnown(session.kinds));
                let profile = session.profile;
                self.with(life, |open| {
                    open.link.failures = 0;
                    open.link.doubtful = false;
                    open.link.unconfirmed = false;
                    open.link.profile = Some(profile.clone());
                });
                self.handle(life, Event::SessionReady(profile));
            }
            Err(HttpError::Problem(ProblemCode::SignedOut)) => self.stand(life, Standing::SignedOut),
            Err(HttpError::Unreachable) => self.retry(life, Standing::Offline),
            Err(_) => self.retry(life, Standing::Failing),
        }
    }

    fn stand(&self, life: Life, standing: Standing) {
        self.with(life, |open| {
            open.link.standing = standing;
            if standing == Standing::SignedOut {
                open.link.profile = None;
                open.ear.close();
            }
        });
        self.publish(false);
    }

    fn retry(self: &Rc<Self>, life: Life, standing: Standing) {
        let state = self.clone();
        self.with(life, |open| {
            let delay = (FIRST_RETRY << open.link.failures.min(6)).min(LONGEST_RETRY);
            open.link.failures += 1;
            open.link.retry = Some(Timeout::new(delay, move || state.connect(life)));
        });
        self.stand(life, standing);
    }

    /// Carries out the engine's wish to send.
    pub(super) fn send(self: &Rc<Self>, life: Life, token: RequestToken, request: Box<SyncRequest>) {
        self.with(life, |open| {
            if std::mem::take(&mut open.link.round_over) {
                open.link.received = 0;
            }
        });
        let state = self.clone();
        spawn_local(async move {
            let result = state.converse(life, token, &request).await;
            // An engine put in place meanwhile has not asked for this; it will ask by itself.
            if state.life() != Some(life) {
                return;
            }
            match result {
                Ok(()) => {
                    state.handle(life, Event::AnswerEnded(token));
                    state.settle_soon(life);
                }
                Err(error) => state.failed(life, token, error),
            }
        });
    }

    /// Asks, and hands the engine page after page, as fast as it takes them and as long as it wants them.
    async fn converse(
        self: &Rc<Self>,
        life: Life,
        token: RequestToken,
        request: &SyncRequest,
    ) -> Result<(), HttpError> {
        let mut answer = self.exchange(life, request).await?;
        let mut slices = Slices::new();
        while self.awaits(life, token).await
            && let Some(response) = answer.next().await?
        {
            if self.life() != Some(life) {
                break;
            }
            self.with(life, |open| {
                open.link.received += response.page.records.len() as u64;
                open.link.round_over = !response.page.more;
            });
            self.handle(life, Event::Answered(token, Box::new(response)));
            slices.pause().await;
        }
        Ok(())
    }

    /// Waits until the engine can take another page of this answer; whether it still wants any.
    async fn awaits(&self, life: Life, token: RequestToken) -> bool {
        loop {
            let (ready, turn) = oneshot::channel();
            let awaited = self.with(life, |open| {
                let same = open.life == life;
                let awaited = open.engine.is_awaited(token).filter(|_| same);
                open.link.reader = (awaited == Some(false)).then_some(ready);
                awaited
            });
            match awaited.flatten() {
                Some(false) => drop(turn.await),
                wanted => return wanted.is_some(),
            }
        }
    }

    async fn exchange(&self, life: Life, request: &SyncRequest) -> Result<Answer, HttpError> {
        let unheard = self.with(life, |open| open.link.unheard.take()).flatten();
        let parcel = Parcel::of(request, unheard).await?;
        let known = self.csrf.borrow().clone();
        let csrf = match known {
            Some(csrf) => csrf,
            None => self.find_csrf(life).await?,
        };
        let answer = sync::sync(&csrf, &parcel).await;
        if matches!(answer, Err(HttpError::Unreachable)) {
            self.with(life, |open| open.link.unheard = Some(parcel));
        }
        answer
    }

    /// Asks for what every request has to carry, after the server did not take what was known.
    async fn find_csrf(&self, life: Life) -> Result<String, HttpError> {
        let session = sync::session().await?;
        let owner = self.with(life, |open| open.link.profile.as_ref().map(|profile| profile.user));
        if owner.flatten() != Some(session.profile.user) {
            return Err(HttpError::Problem(ProblemCode::SignedOut));
        }
        self.csrf.replace(Some(session.csrf.clone()));
        Ok(session.csrf)
    }

    fn failed(self: &Rc<Self>, life: Life, token: RequestToken, error: HttpError) {
        if matches!(
            error,
            HttpError::Problem(ProblemCode::SignedOut | ProblemCode::BadCsrfToken)
        ) {
            self.csrf.replace(None);
            self.with(life, |open| open.link.doubtful = true);
        }
        let failure = error.failure();
        if failure == Failure::SignedOut {
            self.stand(life, Standing::SignedOut);
        }
        self.handle(life, Event::Failed(token, failure));
    }
}
