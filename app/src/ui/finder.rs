//! A box to type into with a list of what was found below it: the pattern of a combobox whose list is always shown. It
//! finds nothing itself: what is found comes in, in groups, each with what comes of choosing it.

use std::ops::Range;
use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::icon::{Glyph, Icon};
use crate::i18n::texts;

/// What comes of choosing something. A function rather than a value that is given back, so that one box serves all.
pub type Chosen = Arc<dyn Fn() + Send + Sync>;

/// One thing that was found.
#[derive(Clone)]
pub struct Found {
    /// What comes of choosing it.
    pub chosen: Chosen,
    /// The icon before it.
    pub glyph: Glyph,
    /// Its name.
    pub title: String,
    /// The parts of the name that were typed, as byte ranges.
    pub marks: Vec<Range<usize>>,
    /// Short facts below the name.
    pub detail: String,
    /// The key that does the same.
    pub key: &'static str,
}

/// Things of one sort.
#[derive(Clone)]
pub struct Group {
    /// What they are.
    pub title: &'static str,
    /// The best first.
    pub found: Vec<Found>,
}

/// Which one the arrow keys stand on, after `by` steps; around the ends.
fn step(now: usize, by: isize, count: usize) -> usize {
    if count == 0 {
        return 0;
    }
    let count = count.cast_signed();
    (now.cast_signed() + by).rem_euclid(count).cast_unsigned()
}

/// The box and its list.
#[component]
pub fn Finder(
    /// Unique on the page.
    name: &'static str,
    /// What can be found, in words.
    #[prop(into)]
    label: TextProp,
    /// What is typed.
    query: RwSignal<String>,
    /// What is found.
    #[prop(into)]
    groups: Signal<Vec<Group>>,
    /// What is said when nothing is.
    #[prop(into)]
    none: TextProp,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let active = RwSignal::new(0_usize);
    Effect::new(move |_| {
        query.track();
        active.set(0);
    });
    // The dialog around it gives the focus to its first button.
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            request_animation_frame(move || drop(input.focus()));
        }
    });
    let count = Memo::new(move |_| groups.read().iter().map(|group| group.found.len()).sum::<usize>());
    let chosen = move || {
        let groups = groups.read_untracked();
        let mut all = groups.iter().flat_map(|group| &group.found);
        all.nth(active.get_untracked()).map(|found| found.chosen.clone())
    };
    let pressed = move |event: KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        let by = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            "Enter" => {
                event.prevent_default();
                if let Some(chosen) = chosen() {
                    chosen();
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        active.set(step(active.get_untracked(), by, count.get_untracked()));
        show(&option_id(name, active.get_untracked()));
    };
    let list = format!("{name}-list");
    let (heading, placeholder) = (label.clone(), label.clone());
    view! {
        <div class="finder">
            <div class="search">
                <Icon glyph=Glyph::Search/>
                <input
                    class="input"
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    enterkeyhint="go"
                    aria-label=move || label.get()
                    aria-autocomplete="list"
                    aria-expanded="true"
                    aria-controls=list.clone()
                    aria-activedescendant=move || (count.get() > 0).then(|| option_id(name, active.get()))
                    placeholder=move || placeholder.get()
                    data-test=name
                    node_ref=input
                    prop:value=query
                    on:input=move |event| query.set(event_target_value(&event))
                    on:keydown=pressed
                />
            </div>
            <div class="finder-list" role="listbox" id=list aria-label=move || heading.get()>
                {move || {
                    let mut first = 0;
                    let groups = groups.get().into_iter().filter(|group| !group.found.is_empty());
                    let drawn = groups.map(|group| {
                        let from = first;
                        first += group.found.len();
                        options(name, from, group, active)
                    });
                    drawn.collect_view()
                }}
            </div>
            <Show when=move || count.get() == 0>
                {
                    let none = none.clone();
                    view! { <p class="finder-none quiet">{move || none.get()}</p> }
                }
            </Show>
            <p class="visually-hidden" role="status">{move || texts::finder::count(count.get())}</p>
        </div>
    }
}

fn option_id(name: &str, place: usize) -> String {
    format!("{name}-option-{place}")
}

/// Brings an option into sight, and moves nothing when it is.
fn show(id: &str) {
    if let Some(option) = document().get_element_by_id(id) {
        let nearest = ScrollIntoViewOptions::new();
        nearest.set_block(ScrollLogicalPosition::Nearest);
        option.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}

fn options(name: &'static str, from: usize, group: Group, active: RwSignal<usize>) -> impl IntoView {
    let heading = format!("{name}-group-{from}");
    let named_by = heading.clone();
    let options = (from..).zip(group.found).map(|(place, found)| {
        let is_active = move || active.get() == place;
        let chosen = found.chosen;
        view! {
            <div
                class="finder-option"
                role="option"
                id=option_id(name, place)
                aria-selected=move || is_active().to_string()
                data-test=format!("{name}-option")
                on:click=move |_| chosen()
                on:pointermove=move |_| active.set(place)
            >
                <Icon glyph=found.glyph/>
                <span class="finder-words">
                    <span class="finder-title clip">{marked(&found.title, &found.marks)}</span>
                    {(!found.detail.is_empty()).then(|| view! { <span class="row-detail clip">{found.detail}</span> })}
                </span>
                {(!found.key.is_empty()).then(|| view! { <kbd>{found.key}</kbd> })}
            </div>
        }
    });
    view! {
        <div role="group" aria-labelledby=named_by>
            <p class="finder-group" id=heading role="presentation">{group.title}</p>
            {options.collect_view()}
        </div>
    }
}

/// A text with parts of it marked.
pub fn marked(text: &str, marks: &[Range<usize>]) -> AnyView {
    let mut parts = Vec::new();
    let mut end = 0;
    for mark in marks {
        parts.push((text.get(end..mark.start).unwrap_or_default().to_owned(), false));
        parts.push((text.get(mark.clone()).unwrap_or_default().to_owned(), true));
        end = mark.end;
    }
    parts.push((text.get(end..).unwrap_or_default().to_owned(), false));
    let part = |(text, found): (String, bool)| {
        if found {
            view! { <mark>{text}</mark> }.into_any()
        } else {
            text.into_any()
        }
    };
    parts.into_iter().map(part).collect_view().into_any()
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn goes_around_the_ends() {
        let check = |now: usize, by: isize, count: usize, expected: usize| {
            assert_eq!(step(now, by, count), expected, "{by} from {now} of {count}");
        };
        check(0, 1, 3, 1);
        check(2, 1, 3, 0);
        check(0, -1, 3, 2);
        check(0, 1, 0, 0);
        check(0, -1, 1, 0);
    }
}
