//! Views of a list that somebody keeps under a name: chosen from a chip, kept, renamed and removed in a sheet. The one
//! used last on this device is there on return. What a view says, and which names it may have, is decided in `shared`.

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::ids::RecordId;
use rapport_shared::lists::ListQuery;
use rapport_shared::lists::kept::{self, NameProblem, asks_more, labels, name_problem};
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Kind, Record};
use rapport_shared::views::{SavedView, field, of_list};

use super::chips::{Chip, Named, Options};
use super::memory::Kept;
use crate::book::{Book, use_book};
use crate::i18n::texts::list as words;
use crate::i18n::{save_error, texts};
use crate::ui::{Button, Dialog, Field, Glyph, IconButton, Look, Toasts, ToggleChips, page, use_toasts};

/// The list whose views these are.
#[derive(Clone)]
pub struct Viewed {
    /// Its name.
    pub list: &'static str,
    /// What is asked of it, and which view was chosen.
    pub kept: Kept,
    /// What it asks before anybody chooses.
    pub begins: fn() -> ListQuery,
    /// All its columns.
    pub columns: Vec<&'static str>,
    /// Those that may be left out, with their names.
    pub optional: Vec<(&'static str, Named)>,
}

/// What the chip and the sheet share.
#[derive(Clone, Copy)]
struct Views {
    book: Book,
    toasts: Toasts,
    viewed: StoredValue<Viewed>,
    query: RwSignal<ListQuery>,
    view: RwSignal<Option<RecordId>>,
    /// The views of the list.
    all: Memo<Vec<Record>>,
}

/// Where the device remembers the view of a list that was used last: an id, which says nothing to anybody else.
fn remembered_as(list: &str) -> String {
    format!("rapport.view.{list}")
}

impl Views {
    fn new(book: Book, viewed: Viewed) -> Self {
        let list = viewed.list;
        let all = Memo::new(move |_| {
            book.read(|replica| {
                let views = of_list(replica.iter(&Kind::View), list).into_iter();
                views.map(|view| view.0.clone()).collect::<Vec<_>>()
            })
        });
        let views = Self {
            book,
            toasts: use_toasts(),
            query: viewed.kept.query,
            view: viewed.kept.view,
            viewed: StoredValue::new(viewed),
            all,
        };
        views.begin();
        views
    }

    /// Takes up the view used last, once the book is whole; and none where the chosen one is gone.
    fn begin(self) {
        let whole = self.book.is_whole();
        let is_begun = self.viewed.with_value(|viewed| viewed.kept.is_begun);
        Effect::new(move |_| {
            if !whole.get() {
                return;
            }
            let gone = self.view.get().is_some_and(|id| self.find(id).is_none());
            if gone {
                self.view.set(None);
            }
            if !is_begun.get_untracked() {
                is_begun.set(true);
                let last = page::recall(&remembered_as(self.list())).and_then(|id| id.parse().ok());
                if let Some(id) = last {
                    self.choose(Some(id));
                }
            }
        });
    }

    fn list(self) -> &'static str {
        self.viewed.with_value(|viewed| viewed.list)
    }

    fn begins(self) -> ListQuery {
        self.viewed.with_value(|viewed| (viewed.begins)())
    }

    fn find(self, id: RecordId) -> Option<Record> {
        self.all.read().iter().find(|view| view.id == id).cloned()
    }

    /// The chosen view. Tracked.
    fn chosen(self) -> Option<Record> {
        self.find(self.view.get()?)
    }

    /// Shows a view, or the list as it begins.
    fn choose(self, id: Option<RecordId>) {
        let view = id.and_then(|id| untrack(|| self.find(id)));
        let query = match view.as_ref().and_then(SavedView::of) {
            Some(view) => kept::read(view, &self.begins()),
            None => self.begins(),
        };
        self.take(view.map(|view| view.id));
        self.query.set(query);
    }

    fn take(self, id: Option<RecordId>) {
        self.view.set(id);
        let key = remembered_as(self.list());
        match id {
            Some(id) => page::remember(&key, &id.to_string()),
            None => page::forget(&key),
        }
    }

    /// What is wrong with a name, in words. `own`: the view that is renamed.
    fn problem(self, name: &str, own: Option<RecordId>) -> Option<String> {
        let all = self.all.read();
        let others = all.iter().filter(|view| Some(view.id) != own).filter_map(SavedView::of);
        Some(match name_problem(name, others)? {
            NameProblem::Missing => words::view_unnamed().to_owned(),
            NameProblem::TooLong(limit) => texts::form::too_long(limit),
            NameProblem::Taken => words::view_taken().to_owned(),
        })
    }

    fn write(self, edit: Edit, then: impl FnOnce() + 'static) {
        let (book, toasts) = (self.book, self.toasts);
        spawn_local(async move {
            match book.write(vec![edit]).await {
                Ok(()) => then(),
                Err(error) => toasts.warn(save_error(&Kind::View, &error)),
            }
        });
    }

    /// Keeps what is asked under a new name.
    fn keep(self, name: &str) {
        let Some(profile) = self.book.profile().get_untracked() else {
            return;
        };
        let id = self.book.new_record_id();
        let edit = self
            .query
            .with_untracked(|query| kept::create(id, profile.user, self.list(), name, query));
        let said = words::view_kept(name.trim());
        self.write(edit, move || {
            self.toasts.say(said);
            self.take(Some(id));
        });
    }

    /// Takes a view away, with the way back.
    fn remove(self, view: Record) {
        let name = view.text(field::NAME).unwrap_or_default().to_owned();
        self.write(Edit::delete(&view), move || {
            self.toasts.say_with_undo(words::view_removed(&name), move || {
                self.write(Edit::revive(&view, FieldPath::known(field::NAME)), || ());
            });
        });
    }
}

/// The choice of a view, and the way to the sheet in which they are kept.
#[component]
pub fn ViewTools(
    /// The list.
    viewed: Viewed,
) -> impl IntoView {
    let views = Views::new(use_book(), viewed);
    let open = RwSignal::new(false);
    let options: Options = Signal::derive(move || {
        let all = views.all.read();
        let all: Vec<SavedView<'_>> = all.iter().filter_map(SavedView::of).collect();
        let labels = labels(&all).into_iter();
        labels.map(|(id, name)| (id.to_string(), name)).collect()
    });
    let value = Signal::derive(move || views.view.get().map(|id| id.to_string()).unwrap_or_default());
    let more = Memo::new(move |_| {
        let query = views.query.read();
        views.viewed.with_value(|viewed| asks_more(&query, &viewed.columns))
    });
    view! {
        <Show when=move || !options.read().is_empty()>
            <Chip
                label=words::view
                value
                options
                choose=move |id: String| views.choose(id.parse().ok())
                test="view"
            />
        </Show>
        <IconButton label=words::views glyph=Glyph::Settings test="views" on_press=move |()| open.set(true)/>
        <Show when=move || more.get()>
            <span class="small" role="status" data-test="view-more">{words::view_unknown}</span>
        </Show>
        <Dialog open title=words::views><Sheet views open/></Dialog>
    }
}

#[component]
fn Sheet(views: Views, open: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="stack">
            <Columns views/>
            <Keep views open/>
            <Show when=move || !views.all.read().is_empty()>
                <ul class="stack stack-tight">
                    <For
                        each=move || views.all.get()
                        key=|view| (view.id, view.text(field::NAME).map(str::to_owned))
                        children=move |view| view! { <Row views view open/> }
                    />
                </ul>
            </Show>
        </div>
    }
}

/// Which columns are shown.
#[component]
fn Columns(views: Views) -> impl IntoView {
    let optional = views.viewed.with_value(|viewed| viewed.optional.clone());
    if optional.is_empty() {
        return ().into_any();
    }
    let names: Vec<&'static str> = optional.iter().map(|(column, _)| *column).collect();
    let query = views.query;
    let shown = RwSignal::new(BTreeSet::new());
    let all = names.clone();
    Effect::new(move |_| {
        let query = query.read();
        let of = all.iter().filter(|column| !query.hidden.contains(**column));
        shown.set(of.map(|column| (*column).to_owned()).collect());
    });
    Effect::new(move |before: Option<()>| {
        let shown: BTreeSet<String> = shown.get();
        let is_hidden = |column: &&str| !shown.contains(*column);
        if before.is_some() {
            query.maybe_update(|query| {
                // Columns of a newer version stay as it left them.
                let mut hidden = query.hidden.clone();
                hidden.retain(|column| !names.contains(&column.as_str()));
                hidden.extend(
                    names
                        .iter()
                        .filter(|column| is_hidden(column))
                        .map(|column| (*column).to_owned()),
                );
                let is_other = hidden != query.hidden;
                query.hidden = hidden;
                is_other
            });
        }
    });
    let options: Options = Signal::derive(move || {
        let named = optional.iter();
        named.map(|(column, name)| ((*column).to_owned(), name())).collect()
    });
    view! {
        <section class="stack stack-tight">
            <h3>{words::columns}</h3>
            <ToggleChips label=words::columns options value=shown test="view-column"/>
        </section>
    }
    .into_any()
}

/// Keeps what is asked now: under a new name, or as the chosen view.
#[component]
fn Keep(views: Views, open: RwSignal<bool>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let problem = Memo::new(move |_| views.problem(&name.read(), None));
    let error = Signal::derive(move || problem.get().filter(|_| tried.get()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if problem.get_untracked().is_none() {
            open.set(false);
            views.keep(&name.read_untracked());
        }
    };
    let changed = move || {
        let view = views.chosen()?;
        let edit = kept::change(&view, &views.query.read());
        (!edit.is_empty()).then_some((view, edit))
    };
    view! {
        {move || changed().map(|(view, edit)| {
            let name = view.text(field::NAME).unwrap_or_default().to_owned();
            let label = words::view_update(&name);
            view! {
                <Button
                    label
                    test="view-update"
                    on_press=move |()| {
                        open.set(false);
                        let said = words::view_kept(&name);
                        views.write(edit.clone(), move || views.toasts.say(said));
                    }
                />
            }
        })}
        <form class="stack stack-tight" on:submit=submit novalidate>
            <Field name="view-name" label=words::view_name value=name error test="view-name"/>
            <div class="cluster"><Button label=words::view_keep look=Look::Primary test="view-keep"/></div>
        </form>
    }
}

/// One view: its name, another name, its end.
#[component]
fn Row(views: Views, view: Record, open: RwSignal<bool>) -> impl IntoView {
    let (id, name) = (view.id, view.text(field::NAME).unwrap_or_default().to_owned());
    let renaming = RwSignal::new(false);
    let typed = RwSignal::new(name.clone());
    let problem = Memo::new(move |_| views.problem(&typed.read(), Some(id)).filter(|_| renaming.get()));
    let view = StoredValue::new(view);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if problem.get_untracked().is_none() {
            renaming.set(false);
            let edit = view.with_value(|view| kept::rename(view, &typed.read_untracked()));
            views.write(edit, || ());
        }
    };
    let (rename, remove) = (words::view_rename(&name), words::view_remove(&name));
    let chosen = name.clone();
    view! {
        <li class="row" data-test="view-row">
            <button
                type="button"
                class="row-main list-view"
                data-test="view-choose"
                on:click=move |_| {
                    open.set(false);
                    views.choose(Some(id));
                }
            >
                {chosen}
            </button>
            <IconButton
                label=rename
                glyph=Glyph::Edit
                test="view-rename"
                on_press=move |()| renaming.update(|renaming| *renaming = !*renaming)
            />
            <IconButton
                label=remove
                glyph=Glyph::Close
                test="view-remove"
                on_press=move |()| {
                    open.set(false);
                    views.remove(view.get_value());
                }
            />
        </li>
        <Show when=move || renaming.get()>
            <li>
                <form class="stack stack-tight" on:submit=submit novalidate>
                    <Field
                        name="view-new-name"
                        label=words::view_name
                        value=typed
                        error=problem
                        test="view-new-name"
                    />
                    <div class="cluster"><Button label=texts::common::save test="view-renamed"/></div>
                </form>
            </li>
        </Show>
    }
}
