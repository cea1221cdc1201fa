//! The field for a day and the field for a time of day: typed in any usual form, stepped by arrow keys, or picked with
//! the platform's own picker. What is typed stands as it was typed until it can be read and the field is left; what
//! cannot be read stays too, and is told. What it means is read by a rule; nothing is judged here.

use jiff::civil::{Date, Time};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::field::{FieldError, Label};
use super::icon::{Glyph, Icon};
use crate::i18n::texts::moment as words;
use crate::i18n::{date, lunar, minutes_on, read_date, read_time, stored_day, weekday, written_time};

/// The day it is, as the owner of the clock says.
#[derive(Clone, Copy)]
struct Today(Callback<(), Date>);

/// Tells the fields below which day it is.
pub fn provide_today(today: impl Fn() -> Date + Send + Sync + 'static) {
    provide_context(Today(Callback::new(move |()| today())));
}

/// What distinguishes a day from a time of day.
#[derive(Clone, Copy)]
struct Sort {
    /// The native type, for the platform's picker.
    native: &'static str,
    /// The stored form of what is typed; `None` when it cannot be read.
    read: fn(&str, Date) -> Option<String>,
    /// A stored value in the reader's language, in a form that can be read again.
    shown: fn(&str) -> String,
    /// What is said about a stored value beside it; `whole`: with the value itself.
    told: fn(&str, bool) -> String,
    /// The stored value a key leads to.
    stepped: fn(Option<&str>, &str, Date) -> Option<String>,
    example: fn() -> &'static str,
    unreadable: fn() -> &'static str,
    pick: fn() -> &'static str,
    glyph: Glyph,
}

const DAY: Sort = Sort {
    native: "date",
    read: |typed, today| read_date(typed, today).map(|day| day.to_string()),
    shown: |stored| stored_day(stored).map_or_else(|| stored.to_owned(), date),
    told: told_day,
    stepped: stepped_day,
    example: words::day_example,
    unreadable: words::day_unreadable,
    pick: words::pick_day,
    glyph: Glyph::Calendar,
};

const TIME: Sort = Sort {
    native: "time",
    read: |typed, _| read_time(typed).map(written_time),
    shown: str::to_owned,
    told: |stored, whole| if whole { stored.to_owned() } else { String::new() },
    stepped: stepped_time,
    example: words::time_example,
    unreadable: words::time_unreadable,
    pick: words::pick_time,
    glyph: Glyph::Clock,
};

/// Minutes from one step of a time to the next.
const MINUTES: i32 = 15;

fn told_day(stored: &str, whole: bool) -> String {
    let Some(day) = stored_day(stored) else {
        return String::new();
    };
    let weekday = weekday(day).to_owned();
    let parts = [whole.then(|| date(day)), Some(weekday), lunar(day)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn stepped_day(stored: Option<&str>, key: &str, today: Date) -> Option<String> {
    let step = match key {
        "ArrowUp" => jiff::Span::new().days(1),
        "ArrowDown" => jiff::Span::new().days(-1),
        "PageUp" => jiff::Span::new().months(1),
        "PageDown" => jiff::Span::new().months(-1),
        _ => return None,
    };
    let day = match stored.and_then(stored_day) {
        Some(day) => day.saturating_add(step),
        // From nothing, the first step leads to today.
        None => today,
    };
    Some(day.to_string())
}

fn stepped_time(stored: Option<&str>, key: &str, _: Date) -> Option<String> {
    let minutes = match key {
        "ArrowUp" => MINUTES,
        "ArrowDown" => -MINUTES,
        "PageUp" => 60,
        "PageDown" => -60,
        _ => return None,
    };
    let from = stored.and_then(read_time);
    Some(written_time(
        from.map_or(Time::constant(9, 0, 0, 0), |from| minutes_on(from, minutes)),
    ))
}

/// What is typed in one field, and what it means.
#[derive(Clone, Copy)]
struct Typed {
    sort: Sort,
    today: StoredValue<Option<Today>>,
    /// Of the form: the stored value, or what cannot be read.
    value: RwSignal<String>,
    /// What stands in the field while it is typed; `None`: the value, in the reader's language.
    text: RwSignal<Option<String>>,
    /// Whether somebody is typing in it.
    inside: RwSignal<bool>,
}

impl Typed {
    fn new(sort: Sort, value: RwSignal<String>) -> Self {
        Self {
            sort,
            today: StoredValue::new(use_context()),
            value,
            text: RwSignal::new(None),
            inside: RwSignal::new(false),
        }
    }

    fn today(self) -> Date {
        let clock = self.today.try_get_value().flatten();
        clock.map_or(Date::ZERO, |Today(today)| today.run(()))
    }

    /// The stored form of `text`; `None` when it cannot be read.
    fn stored(self, text: &str) -> Option<String> {
        (self.sort.read)(text, self.today())
    }

    /// What stands in the field.
    fn shown(self) -> String {
        let value = self.value.get();
        match self.text.get() {
            // The form may have been given another value meanwhile, by a chip or by what was kept of it.
            Some(text) if self.means(&text) == value => text,
            _ => (self.sort.shown)(&value),
        }
    }

    /// The value that a text in the field gives.
    fn means(self, text: &str) -> String {
        if text.trim().is_empty() {
            return String::new();
        }
        self.stored(text).unwrap_or_else(|| text.to_owned())
    }

    fn enter(self, text: String) {
        let value = self.means(&text);
        self.text.set(Some(text));
        self.value.set(value);
    }

    fn leave(self) {
        self.inside.set(false);
        // What could be read is shown in the reader's language now; what could not be stands as it was typed.
        self.text.set(None);
    }

    fn take(self, stored: String) {
        self.text.set(None);
        self.value.set(stored);
    }

    fn is_unreadable(self) -> bool {
        let value = self.value.get();
        !value.is_empty() && self.stored(&value).is_none()
    }

    /// What is said below the field: what was read, or how one may type.
    fn told(self) -> String {
        let value = self.value.get();
        match self.stored(&value) {
            Some(stored) => {
                let as_shown = self.shown() == (self.sort.shown)(&stored);
                (self.sort.told)(&stored, !as_shown)
            }
            None => (self.sort.example)().to_owned(),
        }
    }

    fn key(self, event: &KeyboardEvent) {
        if event.is_composing() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let stored = self.stored(&self.value.get_untracked());
        if let Some(next) = (self.sort.stepped)(stored.as_deref(), &event.key(), self.today()) {
            event.prevent_default();
            self.take(next);
        }
    }
}

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A day: `YYYY-MM-DD`.
    Day,
    /// A time of day: `HH:MM`.
    Time,
}

/// A day, or a time of day. The value is in its stored form, or what is typed as long as it cannot be read.
#[component]
pub fn MomentField(
    /// Which of them.
    of: Moment,
    /// Unique on the page.
    #[prop(into)]
    name: String,
    /// The label.
    #[prop(into)]
    label: TextProp,
    /// The day or time.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// A sentence of help.
    #[prop(optional, into)]
    help: Option<TextProp>,
    /// Whether it must be filled.
    #[prop(optional)]
    required: bool,
    /// The latest that the picker offers.
    #[prop(optional, into)]
    to: Option<String>,
    /// Name for tests.
    #[prop(optional, into)]
    test: String,
) -> impl IntoView {
    let sort = match of {
        Moment::Day => DAY,
        Moment::Time => TIME,
    };
    let typed = Typed::new(sort, value);
    let id = format!("input-{name}");
    let (error_id, help_id) = (format!("{id}-error"), format!("{id}-help"));
    let picker = NodeRef::<html::Input>::new();
    let told = Memo::new(move |_| typed.told());
    // What cannot be read is told once the field is left, or at once where the form has already refused it.
    let error = Signal::derive(move || {
        let refused = error.get();
        if typed.is_unreadable() && (refused.is_some() || !typed.inside.get()) {
            Some((sort.unreadable)().to_owned())
        } else {
            refused
        }
    });
    view! {
        <div class="field">
            <Label id=id.clone() label required/>
            <div class="input-row">
                <input
                    class="input"
                    id=id
                    name=name.clone()
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-describedby=format!("{help_id} {error_id}")
                    aria-invalid=move || error.read().is_some().to_string()
                    aria-required=required.to_string()
                    data-test=test
                    prop:value=move || typed.shown()
                    on:input=move |event| typed.enter(event_target_value(&event))
                    on:focus=move |_| typed.inside.set(true)
                    on:blur=move |_| typed.leave()
                    on:keydown=move |event| typed.key(&event)
                />
                <Picker sort typed picker to/>
            </div>
            <p class="field-help moment-told" id=help_id aria-live="polite">
                {move || help.as_ref().filter(|_| value.read().is_empty()).map_or_else(|| told.get(), |help| help.get().to_string())}
            </p>
            <FieldError id=error_id error/>
        </div>
    }
}

/// The button that opens the platform's own picker, for fingers. The native input that owns the picker is never seen.
#[component]
fn Picker(sort: Sort, typed: Typed, picker: NodeRef<html::Input>, to: Option<String>) -> impl IntoView {
    let open = move |_| {
        let Some(native) = picker.get_untracked() else { return };
        native.set_value(&typed.stored(&typed.value.get_untracked()).unwrap_or_default());
        // A browser without a picker leaves the typing.
        let _ = native.show_picker();
    };
    view! {
        <input
            class="moment-native"
            type=sort.native
            tabindex="-1"
            aria-hidden="true"
            autocomplete="off"
            node_ref=picker
            max=to
            on:change=move |event| {
                let picked = event_target_value(&event);
                if !picked.is_empty() {
                    typed.take(typed.means(&picked));
                }
            }
        />
        <button type="button" class="icon-button" aria-label=sort.pick title=sort.pick on:click=open>
            <Icon glyph=sort.glyph/>
        </button>
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests;
