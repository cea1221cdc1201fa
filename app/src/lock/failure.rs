//! Why the book cannot be used here, and what can be done.

use leptos::prelude::*;

use crate::book::StartFailure;
use crate::i18n::texts;
use crate::i18n::texts::failure as words;
use crate::ui::{Button, Gate, Look, page};
use crate::wipe::Wipe;

type Words = fn() -> &'static str;

const fn explanation(failure: StartFailure) -> (Words, Words) {
    match failure {
        StartFailure::StorageRefused => (words::storage_refused, words::storage_refused_help),
        StartFailure::NewerVersion => (words::newer_version, words::newer_version_help),
        StartFailure::BlockedByOtherTab => (words::blocked, words::blocked_help),
        StartFailure::Corrupt => (words::corrupt, words::corrupt_help),
        StartFailure::Silent => (words::silent, words::silent_help),
        StartFailure::Unsupported => (words::unsupported, words::unsupported_help),
        StartFailure::Incomplete => (words::incomplete, words::incomplete_help),
    }
}

/// The screen instead of the book.
#[component]
pub fn Failure(
    /// What went wrong.
    failure: StartFailure,
) -> impl IntoView {
    let wiping = RwSignal::new(false);
    let (title, help) = explanation(failure);
    let can_wipe = failure == StartFailure::Corrupt;
    view! {
        <Gate title=title lead=help>
            <div class="cluster" data-test="start-failure">
                <Button label=words::reload look=Look::Primary on_press=|()| page::reload()/>
                {can_wipe.then(|| view! {
                    <Button label=texts::wipe::open look=Look::Danger on_press=move |()| wiping.set(true)/>
                })}
            </div>
            <Wipe open=wiping/>
        </Gate>
    }
}
