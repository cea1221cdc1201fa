//! The one way out of a form: back to where it was opened from, so that no step back opens a closed form again. It saves
//! and forgets nothing: what was typed is the form's to keep.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use leptos_router::location::State;

use crate::ui::{history, page};

/// Leaves the form it was made in, once. `Copy`; does nothing when the form has been left in another way meanwhile, so a
/// save that ends late pulls nobody back.
#[derive(Clone, Copy)]
pub struct Leave {
    otherwise: StoredValue<String>,
    is_open: StoredValue<bool>,
    /// Whether the page stays when the form goes.
    stays: bool,
    replace: Callback<String>,
}

/// The way out of a form. `otherwise`: the address shown when the form was not opened from within the app.
pub fn use_leave(otherwise: String) -> Leave {
    let navigate = use_navigate();
    Leave {
        otherwise: StoredValue::new(otherwise),
        is_open: StoredValue::new(true),
        stays: false,
        replace: Callback::new(move |address: String| navigate(&address, in_its_place())),
    }
}

/// For a page that takes the place of the present one: one step back leads to what was before both.
pub fn in_its_place() -> NavigateOptions {
    NavigateOptions {
        replace: true,
        state: State::new(Some(history::state())),
        ..NavigateOptions::default()
    }
}

impl Leave {
    /// Tells `left` where it would go, for forms without a router around them.
    #[cfg(all(test, target_arch = "wasm32"))]
    pub fn to(left: RwSignal<Vec<String>>) -> Self {
        Self {
            otherwise: StoredValue::new("back".to_owned()),
            is_open: StoredValue::new(true),
            stays: false,
            replace: Callback::new(move |address| left.update(|left| left.push(address))),
        }
    }

    /// For a form that stands on a page which stays: `then` puts something in its place.
    pub fn in_place(then: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            otherwise: StoredValue::new(String::new()),
            is_open: StoredValue::new(true),
            stays: true,
            replace: Callback::new(move |_| then()),
        }
    }

    /// Whether the form is still there, and closes it for every later call.
    fn close(self) -> bool {
        let was_open = self.is_open.try_update_value(|open| std::mem::replace(open, false));
        was_open.unwrap_or(false)
    }

    /// The form is closed or what it holds is saved: back to where it was opened.
    pub fn go(self) {
        if !self.close() {
            return;
        }
        if !self.stays && history::is_way_back() {
            history::back();
        } else {
            self.replace.run(self.otherwise.get_value());
        }
    }

    /// What was made takes the place of the form that made it.
    pub fn on_to(self, address: String) {
        if self.close() {
            self.replace.run(address);
        }
    }

    /// Leaves on Escape as well.
    pub fn on_escape(self) {
        page::on_escape(move || self.go());
    }
}
