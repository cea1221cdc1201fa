//! The last time the app failed where it never should, until it was dismissed: when, and where in the program.

use leptos::prelude::*;
use rapport_shared::time::Timestamp;

use crate::book::use_book;
use crate::i18n::texts::trouble as words;
use crate::i18n::time;
use crate::ui::{Button, trouble};

/// The last failure, if any.
#[component]
pub fn LastFailure() -> impl IntoView {
    let book = use_book();
    let last = RwSignal::new(trouble::last());
    move || {
        last.get().map(|(at, place)| {
            let at = Timestamp::from_milliseconds(at);
            let when = move || time(at, book.today(), book.utc_offset_minutes());
            let dismiss = move |()| {
                trouble::dismiss();
                last.set(None);
            };
            view! {
                <section class="sheet" data-test="last-failure">
                    <div class="setting">
                        <div>
                            <h2>{words::last}</h2>
                            <p class="small quiet">{move || words::last_at(&place, when())}</p>
                        </div>
                        <Button label=words::seen test="dismiss-failure" on_press=dismiss/>
                    </div>
                </section>
            }
        })
    }
}
