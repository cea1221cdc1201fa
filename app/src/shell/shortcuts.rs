//! Keys for those with a keyboard: `/` to search, `n` for a note on the customer shown.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::routes;
use crate::ui::page;

const SEARCH: &str = "[data-shortcut=search]";
const NOTE: &str = "[data-shortcut=note]";

/// Listens until the frame goes away.
pub fn listen() {
    let navigate = use_navigate();
    page::on_shortcut(move |key, event| match key {
        "/" => {
            event.prevent_default();
            if !page::focus_first(SEARCH) {
                navigate(routes::CUSTOMERS, NavigateOptions::default());
                // The focus moves to the heading of the new page first.
                set_timeout(
                    || {
                        page::focus_first(SEARCH);
                    },
                    std::time::Duration::from_millis(80),
                );
            }
        }
        "n" => {
            page::press_first(NOTE);
        }
        _ => {}
    });
}
