//! What happens after the next frame or a while, but only where the view that asked for it is still there: its signals
//! are gone with it, and to read one of them then would end the app. It never keeps a view alive.

use std::time::Duration;

use leptos::prelude::*;

/// Tells whether the view in which it was made is still there, and does things later only then.
#[derive(Clone, Copy)]
pub struct Later {
    /// Goes with everything else of the view.
    here: StoredValue<()>,
}

impl Later {
    /// Of the view that is being made.
    pub fn of_view() -> Self {
        Self {
            here: StoredValue::new(()),
        }
    }

    /// Whether the view is still there.
    pub fn is_here(self) -> bool {
        self.here.try_get_value().is_some()
    }

    /// Does it before the next painting.
    pub fn frame(self, then: impl FnOnce() + 'static) {
        request_animation_frame(move || {
            if self.is_here() {
                then();
            }
        });
    }

    /// Does it after a while.
    pub fn after(self, wait: Duration, then: impl FnOnce() + 'static) {
        set_timeout(
            move || {
                if self.is_here() {
                    then();
                }
            },
            wait,
        );
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests;
