//! The next contact of a note: by a tap, by a day, or not at all and why. It judges nothing.

use jiff::civil::Date;
use leptos::prelude::*;
use rapport_shared::notes::field;

use crate::book::use_book;
use crate::forms::{Form, Framed};
use crate::i18n::texts::{common, note as words};
use crate::ui::{ChoiceChips, Field, Moment, MomentField};

/// The choice of no next contact.
const NO_CONTACT: &str = "none";

/// One of the quick choices of a day.
struct Ahead {
    name: &'static str,
    words: fn() -> &'static str,
    days: i32,
    months: i32,
}

const fn ahead(name: &'static str, words: fn() -> &'static str, days: i32, months: i32) -> Ahead {
    Ahead {
        name,
        words,
        days,
        months,
    }
}

const DAYS: &[Ahead] = &[
    ahead("tomorrow", words::next_tomorrow, 1, 0),
    ahead("week", words::next_week, 7, 0),
    ahead("fortnight", words::next_fortnight, 14, 0),
    ahead("month", words::next_month, 0, 1),
];

impl Ahead {
    fn day(&self, today: Date) -> String {
        let ahead = jiff::Span::new().days(self.days).months(self.months);
        today.saturating_add(ahead).to_string()
    }
}

/// Which choice is pressed, of what is typed.
fn pressed(wants_none: bool, day: &str, today: Date) -> String {
    if wants_none {
        return NO_CONTACT.to_owned();
    }
    let same = DAYS.iter().find(|ahead| ahead.day(today) == day);
    same.map_or_else(String::new, |ahead| ahead.name.to_owned())
}

/// When to be in touch again, by a tap or a day; or why not. Of the two only what is in sight is kept.
#[component]
pub(super) fn NextContactFields(form: Form) -> impl IntoView {
    let today = use_book().today();
    let (day, reason) = (form.text(field::NEXT_CONTACT), form.text(field::NO_NEXT_CONTACT_REASON));
    let none = RwSignal::new(day.read_untracked().is_empty() && !reason.read_untracked().is_empty());
    let chosen = RwSignal::new(pressed(none.get_untracked(), &day.read_untracked(), today));
    let reason_before = StoredValue::new(String::new());
    // What is typed presses the choice that means it.
    Effect::new(move |_| {
        let means = pressed(none.get(), &day.read(), today);
        if *chosen.read_untracked() != means {
            chosen.set(means);
        }
    });
    // A choice pressed fills in what it means.
    Effect::new(move |_| {
        let name = chosen.get();
        if name == untrack(|| pressed(none.get(), &day.read(), today)) {
            return;
        }
        if name == NO_CONTACT {
            none.set(true);
            day.set(String::new());
            reason.set(reason_before.get_value());
        } else if let Some(ahead) = DAYS.iter().find(|ahead| ahead.name == name) {
            none.set(false);
            reason_before.set_value(reason.get_untracked());
            reason.set(String::new());
            day.set(ahead.day(today));
        }
    });
    let options = Signal::derive(|| {
        let days = DAYS
            .iter()
            .map(|ahead| (ahead.name.to_owned(), (ahead.words)().to_owned()));
        days.chain([(NO_CONTACT.to_owned(), words::next_none().to_owned())])
            .collect::<Vec<_>>()
    });
    let label = || format!("{} {}", words::next(), common::required());
    let day_error = form.error(field::NEXT_CONTACT);
    let reason_error = form.error(field::NO_NEXT_CONTACT_REASON);
    let any_error = Signal::derive(move || reason_error.get().or_else(|| day_error.get()));
    view! {
        <Framed path=field::NEXT_CONTACT>
            <div class="stack stack-tight">
                <p class="group-label" aria-hidden="true">
                    {words::next}
                    <span class="field-required">" *"</span>
                </p>
                <ChoiceChips name="next-contact" label options value=chosen test="next"/>
                <div class="form-grid">
                    {move || if none.get() {
                        view! {
                            <Framed path=field::NO_NEXT_CONTACT_REASON>
                                <Field name="no-next-reason" label=words::reason value=reason error=any_error test="no-next-reason"/>
                            </Framed>
                        }.into_any()
                    } else {
                        view! {
                            <MomentField of=Moment::Day name="next-day" label=words::next_day value=day error=any_error test="next-contact"/>
                        }.into_any()
                    }}
                </div>
            </div>
        </Framed>
    }
}
