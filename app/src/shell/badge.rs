//! The badge of synchronisation: one glance says whether everything is with the server.

use leptos::prelude::*;
use rapport_shared::conflicts::is_open;
use rapport_shared::record::Kind;

use crate::book::{Activity, Book, SyncStatus, use_book};
use crate::i18n::texts;
use crate::ui::{Glyph, Icon};

/// The most urgent thing to say, as the name of a state.
fn state(status: &SyncStatus) -> &'static str {
    match status.activity {
        _ if status.refused > 0 => "refused",
        Activity::SignedOut => "signed-out",
        Activity::Syncing { .. } => "syncing",
        Activity::Offline => "offline",
        Activity::Failing => "failing",
        Activity::StoreFailing => "store-failing",
        Activity::Idle if status.unsent > 0 => "unsent",
        Activity::Idle => "synced",
    }
}

fn words(status: &SyncStatus) -> String {
    match state(status) {
        "refused" => texts::sync::refused(status.refused),
        "signed-out" => texts::sync::signed_out().to_owned(),
        "syncing" => texts::sync::syncing().to_owned(),
        "offline" if status.unsent > 0 => texts::sync::offline_unsent(status.unsent),
        "offline" => texts::sync::offline().to_owned(),
        "failing" => texts::sync::failing().to_owned(),
        "store-failing" => texts::sync::store_failing().to_owned(),
        "unsent" => texts::sync::unsent(status.unsent),
        _ => texts::sync::synced().to_owned(),
    }
}

fn glyph(state: &str) -> Glyph {
    match state {
        "refused" | "signed-out" | "failing" | "store-failing" => Glyph::Warning,
        "offline" => Glyph::Offline,
        "synced" => Glyph::Synced,
        _ => Glyph::Sync,
    }
}

/// How many conflicts wait for a decision.
pub fn open_conflicts(book: Book) -> usize {
    book.read(|replica| replica.iter(&Kind::Conflict).filter(|record| is_open(record)).count())
}

/// The badge: an icon and words, which are the name of the link it stands in.
#[component]
pub fn SyncBadge() -> impl IntoView {
    let book = use_book();
    let status = book.sync_status();
    let state = Memo::new(move |_| state(&status.read()));
    let conflicts = Memo::new(move |_| open_conflicts(book));
    view! {
        <span class="sync" data-test="sync-badge" data-state=state data-unsent=move || status.read().unsent>
            {move || view! { <Icon glyph=glyph(state.get())/> }}
            <span>{move || words(&status.read())}</span>
            {move || (conflicts.get() > 0).then(|| view! {
                <span class="sync-mark" role="img" aria-label=texts::conflict::open(conflicts.get())></span>
            })}
        </span>
    }
}

/// The same for screen readers, said whenever it changes.
#[component]
pub fn SyncWords() -> impl IntoView {
    let book = use_book();
    let status = book.sync_status();
    let conflicts = Memo::new(move |_| open_conflicts(book));
    view! {
        <span class="visually-hidden" role="status">
            {move || words(&status.read())}
            {move || (conflicts.get() > 0).then(|| format!(" · {}", texts::conflict::open(conflicts.get())))}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::state;
    use crate::book::{Activity, SyncStatus};

    #[test]
    fn says_the_most_urgent_thing() {
        let check = |activity: Activity, unsent: usize, refused: usize, expected: &str| {
            assert_eq!(
                state(&SyncStatus {
                    activity,
                    unsent,
                    refused,
                    ..SyncStatus::default()
                }),
                expected
            );
        };
        check(Activity::Idle, 0, 0, "synced");
        check(Activity::Idle, 2, 0, "unsent");
        check(Activity::Offline, 2, 0, "offline");
        check(Activity::Syncing { received: 0 }, 2, 0, "syncing");
        check(Activity::SignedOut, 2, 0, "signed-out");
        check(Activity::Failing, 0, 0, "failing");
        check(Activity::StoreFailing, 0, 0, "store-failing");
        check(Activity::Offline, 2, 1, "refused");
    }
}
