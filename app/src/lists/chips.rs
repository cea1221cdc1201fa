//! Filters and orders of a list, each a chip on which the native list of choices opens. What a filter offers comes from
//! the shape of its column.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use rapport_shared::lists::{Column, ListQuery, NO, NOTHING, Offer, Past, Rows, Sort, When, YES, occurring};
use rapport_shared::record::Kind;
use rapport_shared::schema::Choices;

use crate::i18n::texts::list as words;
use crate::i18n::{choice, texts};
use crate::ui::{Button, Glyph, Icon, Look};

/// Values with their words.
pub type Options = Signal<Vec<(String, String)>>;

/// What lets everything through.
const ANY: &str = "";

/// Words that follow the language.
pub type Named = Arc<dyn Fn() -> String + Send + Sync>;

/// A filter.
#[derive(Clone)]
pub struct FilterOf {
    /// By which column.
    pub column: &'static str,
    /// What it is called.
    pub label: Named,
    /// What can be chosen.
    pub options: Options,
}

impl FilterOf {
    /// The filter by a column of records of `kind`, that at `place` of the rows.
    pub fn new(
        kind: &Kind,
        column: Column,
        label: impl Fn() -> String + Send + Sync + 'static,
        rows: Memo<Arc<Rows>>,
        place: usize,
    ) -> Self {
        let label: Named = Arc::new(label);
        let offer = column.offer(kind);
        // Beside other chips a bare "yes", or "overdue", says too little.
        let of = label.clone();
        let with_label = move |word: &str| words::is(of(), word);
        let nothing = move || (NOTHING.to_owned(), words::nothing().to_owned());
        let options: Options = match offer {
            Offer::Names(choices) => Signal::derive(move || {
                let names = choices.names.iter();
                let words = names.map(|name| ((*name).to_owned(), choice(choices.group, name)));
                words.chain([nothing()]).collect()
            }),
            Offer::YesOrNo => Signal::derive(move || {
                vec![
                    (YES.to_owned(), with_label(texts::common::yes())),
                    (NO.to_owned(), with_label(texts::common::no())),
                ]
            }),
            Offer::Days => Signal::derive(move || named_in(When::CHOICES, &with_label)),
            Offer::Moments => Signal::derive(move || named_in(Past::CHOICES, &with_label)),
            Offer::Occurring => Self::occurring(rows, place, true),
        };
        Self {
            column: column.name(),
            label,
            options,
        }
    }

    /// What occurs in a column. `or_nothing`: also that there is no value.
    pub fn occurring(rows: Memo<Arc<Rows>>, place: usize, or_nothing: bool) -> Options {
        let found = Memo::new(move |_| occurring(rows.read().values(), place));
        Signal::derive(move || {
            let nothing = or_nothing.then(|| (NOTHING.to_owned(), words::nothing().to_owned()));
            let found = found.get();
            let nothing = nothing.filter(|_| !found.is_empty());
            found.into_iter().chain(nothing).collect()
        })
    }
}

/// The words of a group, and that there is no value.
fn named_in(choices: &Choices, with_label: &impl Fn(&str) -> String) -> Vec<(String, String)> {
    let named = choices
        .names
        .iter()
        .map(|name| ((*name).to_owned(), with_label(&choice(choices.group, name))));
    named
        .chain([(NOTHING.to_owned(), with_label(words::nothing()))])
        .collect()
}

/// The filters of a list.
#[component]
pub fn Filters(
    /// Where what is chosen is kept.
    query: RwSignal<ListQuery>,
    /// The filters.
    filters: Vec<FilterOf>,
) -> impl IntoView {
    let chip = move |filter: FilterOf| {
        let column = filter.column;
        // Several can be chosen at once by a view that is kept, not here.
        let value = Memo::new(move |_| {
            let query = query.read();
            let chosen = query.filters.get(column).and_then(|chosen| chosen.first().cloned());
            chosen.unwrap_or_default()
        });
        let choose = move |value: String| {
            let value = Some(value).filter(|value| value != ANY);
            query.update(|query| query.choose(column, value.as_deref()));
        };
        let (label, options) = (filter.label, filter.options);
        // Where nothing occurs there is nothing to choose among.
        let is_shown = Memo::new(move |_| !options.read().is_empty() || !value.read().is_empty());
        view! {
            <Show when=move || is_shown.get()>
                <Chip
                    label={
                        let label = label.clone();
                        move || label()
                    }
                    value
                    options
                    choose
                    test=format!("filter-{column}")
                />
            </Show>
        }
    };
    filters.into_iter().map(chip).collect_view()
}

/// An order that can be chosen.
#[derive(Clone)]
pub struct SortOf {
    /// By which column.
    pub column: &'static str,
    /// What it is called.
    pub name: Named,
}

/// The order of a list: by what, and which way.
#[component]
pub fn Sorts(
    /// Where what is chosen is kept.
    query: RwSignal<ListQuery>,
    /// The orders.
    sorts: Vec<SortOf>,
) -> impl IntoView {
    let options: Options = Signal::derive(move || {
        let named = sorts.iter().flat_map(|sort| {
            let name = (sort.name)();
            let both = [(false, words::ascending(&name)), (true, words::descending(&name))];
            both.map(|(descending, words)| {
                let column = sort.column.to_owned();
                (Sort { column, descending }.to_text(), words)
            })
        });
        named.collect()
    });
    let value = Memo::new(move |_| query.read().sort.to_text());
    let choose = move |value: String| query.update(|query| query.sort = Sort::read(&value));
    view! { <Chip label=words::sort value options choose test="sort" always=true/> }
}

/// The way back to everything.
#[component]
pub fn ClearFilters(
    /// Whether anything is filtered out.
    when: Signal<bool>,
    /// Lets everything through again.
    #[prop(into)]
    clear: Callback<()>,
) -> impl IntoView {
    view! {
        <Show when=move || when.get()>
            <Button label=words::clear look=Look::Plain test="clear-filters" on_press=move |()| clear.run(())/>
        </Show>
    }
}

/// A choice shown as a chip. The first option means "any" and carries the label.
#[component]
pub fn Chip(
    /// What is chosen.
    #[prop(into)]
    label: TextProp,
    /// The value chosen.
    #[prop(into)]
    value: Signal<String>,
    /// The values that can be.
    options: Options,
    /// Takes another value.
    #[prop(into)]
    choose: Callback<String>,
    /// Name for tests.
    #[prop(into)]
    test: String,
    /// Whether one option always holds, as with the order.
    #[prop(optional)]
    always: bool,
) -> impl IntoView {
    let any = label.clone();
    view! {
        <span class="chip chip-select" data-active=move || (!always && !value.read().is_empty()).to_string()>
            <select
                aria-label=move || label.get()
                data-test=test
                on:change=move |event| choose.run(event_target_value(&event))
            >
                {(!always).then(|| view! {
                    <option value=ANY selected=move || value.read().is_empty()>{move || any.get()}</option>
                })}
                {move || options.get().into_iter().map(|(key, text)| {
                    let this = key.clone();
                    view! { <option value=key selected=move || *value.read() == this>{text}</option> }
                }).collect_view()}
            </select>
            <Icon glyph=Glyph::Down size=16/>
        </span>
    }
}
