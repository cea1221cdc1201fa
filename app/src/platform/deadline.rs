//! A deadline for a request: when it passes, the browser gives the request up.

use gloo::timers::callback::Timeout;
use web_sys::{AbortController, AbortSignal};

/// Gives a request up when the time is over, or when dropped before the answer came.
#[derive(Debug)]
pub(crate) struct Deadline {
    controller: Option<AbortController>,
    _timer: Option<Timeout>,
}

impl Deadline {
    /// A deadline in `milliseconds` from now.
    pub(crate) fn new(milliseconds: u32) -> Self {
        let controller = AbortController::new().ok();
        let timer = controller
            .clone()
            .map(|controller| Timeout::new(milliseconds, move || controller.abort()));
        Self {
            controller,
            _timer: timer,
        }
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
