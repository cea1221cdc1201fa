//! The customers of a team, a branch or the whole bank, searched on the server. What is found lives as long as the list.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::channel::Wider;
use rapport_shared::ids::RecordId;
use rapport_shared::sync::replica::CustomerValues;
use rapport_shared::sync::wire::{CustomerSearch, CustomersFound};

use super::digest::{Digest, digest};
use super::online::{Waiting, trouble};
use super::row::Row;
use crate::book::{Book, OnlineError};
use crate::i18n::texts::online as words;
use crate::i18n::{count, texts};
use crate::ui::{Button, Empty, Glyph, Later};

/// Rows asked for at once.
const ROWS: u32 = 50;
/// How long after the last character the server is asked.
const PAUSE: Duration = Duration::from_millis(300);
/// The value of the choice of the source that means the server.
pub const ONLINE: &str = "online";
/// The value that means this device.
pub const HELD: &str = "held";

/// State of the search on the server.
#[derive(Clone, Copy)]
pub struct OnlineList {
    book: Book,
    ids: RwSignal<Vec<RecordId>>,
    /// The rows' data.
    pub digests: RwSignal<Arc<CustomerValues<Digest>>>,
    /// How many there are in all; `None` before the first answer.
    pub found: RwSignal<Option<u64>>,
    next: RwSignal<Option<String>>,
    waiting: RwSignal<bool>,
    failure: RwSignal<Option<OnlineError>>,
    /// Tells the last question from those before, whose answers come too late.
    turn: StoredValue<u32>,
}

impl OnlineList {
    /// Searches for what is typed as long as the server is the source.
    pub fn new(book: Book, query: RwSignal<String>, source: RwSignal<String>) -> Self {
        let list = Self {
            book,
            ids: RwSignal::default(),
            digests: RwSignal::default(),
            found: RwSignal::new(None),
            next: RwSignal::new(None),
            waiting: RwSignal::new(false),
            failure: RwSignal::new(None),
            turn: StoredValue::new(0),
        };
        let later = Later::of_view();
        Effect::new(move |_| {
            let text = query.get();
            if *source.read() == ONLINE {
                let turn = list.begin();
                later.after(PAUSE, move || list.ask(turn, text, None));
            }
        });
        list
    }

    fn begin(self) -> u32 {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        self.waiting.set(true);
        self.turn.get_value()
    }

    /// Asks, unless something else is to be asked by now. `after`: for the rows that follow those shown.
    fn ask(self, turn: u32, text: String, after: Option<String>) {
        let is_last = move || self.turn.try_get_value() == Some(turn);
        if !is_last() {
            return;
        }
        let more = after.is_some();
        let search = CustomerSearch {
            text,
            after,
            limit: ROWS,
        };
        spawn_local(async move {
            let answer = self.book.search_online(search).await;
            if !is_last() {
                return;
            }
            self.waiting.set(false);
            match answer {
                Ok(found) => {
                    self.failure.set(None);
                    self.take(found, more);
                }
                Err(error) => self.failure.set(Some(error)),
            }
        });
    }

    fn take(self, answer: CustomersFound, more: bool) {
        let mut ids = if more { self.ids.get_untracked() } else { Vec::new() };
        let mut digests = if more {
            (*self.digests.get_untracked()).clone()
        } else {
            Default::default()
        };
        for row in &answer.rows {
            let digest: Option<Digest> = self.book.read_untracked(|replica| digest(replica, &row.record));
            if let Some(digest) = digest {
                ids.push(row.record.id);
                digests.insert(row.record.id, Arc::new(digest));
            }
        }
        self.digests.set(Arc::new(digests));
        self.ids.set(ids);
        self.found.set(Some(answer.found));
        self.next.set(answer.next);
    }
}

/// The words of the choice of the source.
pub fn source_name(wider: Wider) -> &'static str {
    match wider {
        Wider::Team(_) => words::team(),
        Wider::Branch(_) => words::branch(),
        Wider::Organisation => words::organisation(),
    }
}

/// What was found, with the way to more.
#[component]
pub fn OnlineRows(
    /// The search.
    list: OnlineList,
    /// What is typed.
    query: RwSignal<String>,
    /// The source, to go back to what is held.
    source: RwSignal<String>,
) -> impl IntoView {
    let again = move |()| list.ask(list.begin(), query.get_untracked(), None);
    let nobody = move || list.found.get() == Some(0);
    view! {
        <div class="online-rows" data-test="online-rows">
            {move || match list.failure.get() {
                Some(error) => {
                    let (title, help) = trouble(error);
                    view! {
                        <div data-test="online-trouble">
                            <Empty glyph=Glyph::Offline title=title help=help>
                                <div class="cluster">
                                    <Button label=words::again test="online-again" on_press=again/>
                                    <Button
                                        label=words::show_held
                                        test="show-held"
                                        on_press=move |()| source.set(HELD.to_owned())
                                    />
                                </div>
                            </Empty>
                        </div>
                    }.into_any()
                }
                None if nobody() => {
                    view! { <Empty glyph=Glyph::Search title=words::none_found help=words::none_help/> }
                        .into_any()
                }
                None => view! {
                    <ul aria-label=texts::customers::list_label>
                        <For each=move || list.ids.get() key=|id| *id let(id)>
                            <li><Row id/></li>
                        </For>
                    </ul>
                }.into_any(),
            }}
            <Show when=move || list.waiting.get() && list.failure.read().is_none()><Waiting/></Show>
            <Show when=move || list.next.read().is_some() && list.failure.read().is_none() && !list.waiting.get()>
                <div class="online-more">
                    <Button
                        label=words::more
                        test="online-more"
                        on_press=move |()| list.ask(list.begin(), query.get_untracked(), list.next.get_untracked())
                    />
                </div>
            </Show>
        </div>
    }
}

/// How many were found, in words.
pub fn headcount(list: OnlineList) -> String {
    // What was found before says nothing about what could not be asked.
    match list.found.get().filter(|_| list.failure.read().is_none()) {
        Some(found) => texts::customers::count(count(usize::try_from(found).unwrap_or(usize::MAX))),
        None => String::new(),
    }
}
