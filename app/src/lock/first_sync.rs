//! The first filling of the book, which needs the network this once.

use leptos::prelude::*;

use crate::book::{Activity, use_book};
use crate::i18n::texts::first_sync as words;
use crate::i18n::{count, texts};
use crate::sign_in::SignInAgain;
use crate::ui::{Banner, Button, Gate, Later, page};

/// How far the book has come down.
#[component]
pub fn FirstSync() -> impl IntoView {
    let book = use_book();
    let status = book.sync_status();
    let received = Memo::new(move |previous: Option<&u64>| match status.read().activity {
        Activity::Syncing { received } => received,
        // Between two requests the number stays.
        _ => previous.copied().unwrap_or_default(),
    });
    Later::of_view().frame(page::focus_page);
    let trouble = Memo::new(move |_| match status.read().activity {
        Activity::Idle | Activity::Syncing { .. } => None,
        Activity::Offline => Some("offline"),
        Activity::SignedOut => Some("signed-out"),
        Activity::Failing => Some("failing"),
        Activity::StoreFailing => Some("store-failing"),
    });
    view! {
        <Gate title=words::title lead=words::lead>
            <div class="stack" data-test="first-sync-progress">
                <progress class="progress" aria-label=words::title></progress>
                <p class="figure" role="status">{move || words::received(count(usize::try_from(received.get()).unwrap_or(usize::MAX)))}</p>
                {move || trouble.get().map(|trouble| {
                    let text = match trouble {
                        "signed-out" => return view! { <SignInAgain/> }.into_any(),
                        "offline" => words::offline,
                        "store-failing" => texts::status::store_failing_help,
                        _ => texts::status::failing_help,
                    };
                    view! {
                        <Banner tone="amber" text=text>
                            <Button label=words::retry on_press=move |()| book.sync_now()/>
                        </Banner>
                    }
                    .into_any()
                })}
            </div>
        </Gate>
    }
}
