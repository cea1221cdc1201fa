//! Choosing several rows of a list and doing something with all of them: by touch, by the keyboard alone, with one word
//! and one way back for the whole. What is done is the feature's; no row is drawn here.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::handover::take_back;
use rapport_shared::ids::RecordId;
use rapport_shared::lists::between;
use rapport_shared::order::InOrder as _;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{Kind, Record};

use super::Words;
use crate::book::{Book, Replica};
use crate::i18n::texts::list as words;
use crate::i18n::{count, save_error};
use crate::ui::{Button, Cursor, Dialog, Glyph, Icon, Look, Toasts, page, use_toasts};

/// Something that is done with the chosen rows.
#[derive(Debug)]
pub struct Action {
    /// For tests.
    pub name: &'static str,
    /// What is done.
    pub words: Words,
    /// Its icon.
    pub glyph: Glyph,
    /// How it is done.
    pub does: Does,
}

/// How something is done with the chosen rows.
#[derive(Clone, Copy, Debug)]
pub enum Does {
    /// At once.
    Now(fn(Selection)),
    /// After what this asks, in a dialog.
    Ask(fn(Selection) -> AnyView),
}

/// The rows that are chosen.
#[derive(Clone, Copy)]
pub struct Selection {
    /// The open book.
    pub book: Book,
    toasts: Toasts,
    kind: &'static Kind,
    /// Whether somebody is choosing.
    pub choosing: RwSignal<bool>,
    /// Those chosen.
    pub chosen: RwSignal<BTreeSet<RecordId>>,
    /// Those that can be, in order.
    shown: Memo<Arc<Vec<RecordId>>>,
    cursor: Cursor,
    /// Where a stretch of rows begins.
    anchor: StoredValue<Option<RecordId>>,
    /// What is asked before something is done.
    asking: RwSignal<Option<&'static Action>>,
}

impl Selection {
    /// Nothing is chosen yet, of the records of `kind` that are shown.
    pub fn new(book: Book, kind: &'static Kind, shown: Memo<Arc<Vec<RecordId>>>, cursor: Cursor) -> Self {
        let chosen = RwSignal::new(BTreeSet::new());
        // What is no longer shown is no longer chosen: nobody sees what would be done to it.
        Effect::new(move |_| {
            let shown: BTreeSet<RecordId> = shown.read().iter().copied().into_set();
            if chosen.with_untracked(|chosen: &BTreeSet<RecordId>| !chosen.is_subset(&shown)) {
                chosen.update(|chosen| chosen.retain(|id| shown.contains(id)));
            }
        });
        Self {
            book,
            toasts: use_toasts(),
            kind,
            choosing: RwSignal::new(false),
            chosen,
            shown,
            cursor,
            anchor: StoredValue::new(None),
            asking: RwSignal::new(None),
        }
    }

    /// The records that are chosen, in the order in which they are shown. Not tracked.
    pub fn records(self) -> Vec<Record> {
        let chosen = self.chosen.get_untracked();
        let shown = self.shown.get_untracked();
        let ids = shown.iter().filter(|id| chosen.contains(id));
        self.book
            .read_untracked(|replica| ids.filter_map(|id| replica.get(*id).cloned()).collect())
    }

    /// Changes all records that are chosen, in one go, and says of how many that is true, with the way back. A record of
    /// which `edits` makes nothing is left alone.
    pub fn change(self, edits: impl Fn(&Record) -> Vec<Edit>, said: fn(String) -> String) {
        let made = self.records().into_iter().map(|record| edits(&record));
        let made: Vec<Vec<Edit>> = made.filter(|edits| edits.iter().any(|edit| !edit.is_empty())).collect();
        let many = made.len();
        let edits: Vec<Edit> = made.into_iter().flatten().collect();
        let written = edits.clone();
        self.write(edits, said(count(many)), move |replica| {
            take_back(&written, |id| replica.get(id))
        });
    }

    /// Writes the edits, says so, and offers `back`, which takes them back.
    pub fn write(self, edits: Vec<Edit>, said: String, back: impl Fn(&Replica) -> Vec<Edit> + Send + Sync + 'static) {
        self.asking.set(None);
        if edits.is_empty() {
            return self.toasts.say(words::nothing_to_do());
        }
        let (book, toasts, kind) = (self.book, self.toasts, self.kind);
        spawn_local(async move {
            match book.write(edits).await {
                Ok(()) => {
                    self.stop();
                    toasts.say_with_undo(said, move || {
                        let edits = book.read_untracked(&back);
                        spawn_local(async move {
                            if let Err(error) = book.write(edits).await {
                                toasts.warn(save_error(kind, &error));
                            }
                        });
                    });
                }
                Err(error) => toasts.warn(save_error(kind, &error)),
            }
        });
    }

    /// Chooses a row, or no longer.
    pub fn toggle(self, id: RecordId) {
        self.choosing.set(true);
        self.anchor.set_value(Some(id));
        self.chosen.update(|chosen| {
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        });
    }

    fn choose_all(self) {
        self.choosing.set(true);
        self.chosen.set(self.shown.get_untracked().iter().copied().collect());
    }

    /// Chooses everything from where the stretch began to this row.
    fn stretch(self, to: RecordId) {
        self.choosing.set(true);
        let from = self.anchor.get_value().unwrap_or(to);
        let stretch = between(&self.shown.read_untracked(), from, to);
        self.chosen.set(stretch.into_iter().collect());
    }

    /// Nobody chooses any more. The list may be gone by then.
    fn stop(self) {
        drop(self.chosen.try_set(BTreeSet::new()));
        self.choosing.try_set(false);
        self.anchor.try_set_value(None);
    }

    /// Keys in the rows: the space bar chooses, Shift with the arrows a stretch, Control or Command with A all, Escape
    /// none. Arrows are the rows' own, and lead to a row before this hears of them. Whether it was taken.
    pub fn on_key(self, event: &KeyboardEvent) -> bool {
        let key = event.key();
        let is_command = event.ctrl_key() || event.meta_key();
        let here = || self.shown.read_untracked().get(self.cursor.place()).copied();
        if event.alt_key() || event.is_composing() {
            return false;
        }
        match key.as_str() {
            "a" | "A" if is_command => self.choose_all(),
            _ if is_command => return false,
            " " if !page::is_on_control(event) => here().into_iter().for_each(|id| self.toggle(id)),
            "Escape" if self.choosing.get_untracked() => self.stop(),
            "ArrowDown" | "ArrowUp" | "PageDown" | "PageUp" | "Home" | "End" if event.shift_key() => {
                here().into_iter().for_each(|id| self.stretch(id));
            }
            // Whoever goes on without Shift begins the next stretch there.
            "ArrowDown" | "ArrowUp" | "PageDown" | "PageUp" | "Home" | "End" => {
                self.anchor.set_value(here());
                return false;
            }
            _ => return false,
        }
        true
    }
}

/// Begins to choose, for fingers.
#[component]
pub fn ChooseButton(
    /// What is chosen.
    selection: Selection,
) -> impl IntoView {
    let toggle = move |()| {
        if selection.choosing.get_untracked() {
            selection.stop();
        } else {
            selection.choosing.set(true);
        }
    };
    let label = move || {
        if selection.choosing.get() {
            words::choose_end()
        } else {
            words::choose_begin()
        }
    };
    view! { <Button label look=Look::Plain test="list-select" on_press=toggle/> }
}

/// The box by which a row is chosen, while somebody chooses.
#[component]
pub fn ChooseBox(
    /// What is chosen.
    selection: Selection,
    /// The row.
    id: RecordId,
    /// What the row is called.
    #[prop(into)]
    called: Signal<String>,
) -> impl IntoView {
    let is_chosen = Memo::new(move |_| selection.chosen.read().contains(&id));
    view! {
        <Show when=move || selection.choosing.get()>
            <label class="list-choose">
                <input
                    type="checkbox"
                    tabindex="-1"
                    aria-label=move || words::choose(called.get())
                    data-test="list-choose"
                    prop:checked=move || is_chosen.get()
                    on:change=move |_| selection.toggle(id)
                />
            </label>
        </Show>
    }
}

/// What can be done with the rows that are chosen, and what is asked before it is done.
#[component]
pub fn ActionBar(
    /// What is chosen.
    selection: Selection,
    /// What can be done.
    actions: &'static [Action],
) -> impl IntoView {
    view! {
        <Show when=move || selection.choosing.get()><Bar selection actions/></Show>
        <Question selection/>
    }
}

#[component]
fn Bar(selection: Selection, actions: &'static [Action]) -> impl IntoView {
    let many = move || words::chosen(count(selection.chosen.read().len()));
    let none = Memo::new(move |_| selection.chosen.read().is_empty());
    let all = move || selection.chosen.read().len() < selection.shown.read().len();
    let button = move |action: &'static Action| {
        let press = move |_| match action.does {
            Does::Now(run) => run(selection),
            Does::Ask(_) => selection.asking.set(Some(action)),
        };
        view! {
            <button
                type="button"
                class="button"
                data-test=format!("list-{}", action.name)
                disabled=move || none.get()
                on:click=press
            >
                <Icon glyph=action.glyph/>
                <span>{action.words}</span>
            </button>
        }
    };
    view! {
        <div class="list-bar" role="group" aria-label=words::actions data-test="list-bar">
            <p role="status" data-test="list-chosen">{many}</p>
            {actions.iter().map(button).collect_view()}
            <Show when=all>
                <Button
                    label=words::choose_all
                    look=Look::Plain
                    test="list-choose-all"
                    on_press=move |()| selection.choose_all()
                />
            </Show>
            <Button
                label=words::choose_none
                look=Look::Plain
                test="list-choose-none"
                on_press=move |()| {
                    selection.stop();
                    selection.cursor.go(selection.cursor.place());
                }
            />
        </div>
    }
}

#[component]
fn Question(selection: Selection) -> impl IntoView {
    let asking = selection.asking;
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(asking.read().is_some()));
    // Closed without an answer.
    Effect::new(move |before: Option<bool>| {
        let is_open = open.get();
        if before == Some(true) && !is_open {
            asking.set(None);
        }
        is_open
    });
    let title = move || asking.get().map(|action| (action.words)()).unwrap_or_default();
    let content = move || {
        asking.get_untracked().and_then(|action| match action.does {
            Does::Ask(ask) => Some(ask(selection)),
            Does::Now(_) => None,
        })
    };
    view! { <Dialog open title>{content}</Dialog> }
}
