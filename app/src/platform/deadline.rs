//! A deadline for a request: when it passes, the browser gives the request up.

use gloo::timers::callback::Timeout;
use web_sys::{AbortController, AbortSignal};

/// Gives a request up when the time is over, or when dropped before the answer came.
#[derive(Debug)]
pub(crate) struct Deadline {
    controller: Option<AbortController>,
    timer: Option<Timeout>,
}

impl Deadline {
    /// A deadline in `milliseconds` from now.
    pub(crate) fn new(milliseconds: u32) -> Self {
        let mut deadline = Self {
            controller: AbortController::new().ok(),
            timer: None,
        };
        deadline.renew(milliseconds);
        deadline
    }

    /// Moves it to `milliseconds` from now: something came.
    pub(crate) fn renew(&mut self, milliseconds: u32) {
        let controller = self.controller.clone();
        self.timer = controller.map(|controller| Timeout::new(milliseconds, move || controller.abort()));
    }

    /// Stops the clock: nobody waits.
    pub(crate) fn pause(&mut self) {
        self.timer = None;
    }

    /// What the request listens to.
    pub(crate) fn signal(&self) -> Option<AbortSignal> {
        self.controller.as_ref().map(AbortController::signal)
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        // After the answer this has no effect.
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}
