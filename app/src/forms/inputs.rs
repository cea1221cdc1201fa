//! One field of a form, drawn by its shape: line, text, choice, set, day, time, number, person, tags, flag. It judges
//! nothing and reads nothing of what is typed.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use rapport_shared::access::may_name;
use rapport_shared::order::{self, InOrder as _};
use rapport_shared::people::{PersonView, field as person};
use rapport_shared::record::{FieldPath, Kind, Record};
use rapport_shared::schema::{self, LINE, Shape};

use super::{Entry, Form, entry};
use crate::book::{Book, use_book};
use crate::i18n::texts::{common, form as words};
use crate::i18n::{choice, field_name, read_time};
use crate::ui::{ChoiceChips, Field, Labelled, Moment, MomentField, Select, TextArea, ToggleChips};

/// What stands for yes in the text of a flag.
const YES: &str = "true";

/// Values and their words.
type Options = Vec<(String, String)>;

/// The input for a field of the form.
pub(super) fn input(form: Form, entry: Entry) -> AnyView {
    let frame = Frame::new(form, entry);
    let path = FieldPath::known(entry.path);
    let inner = match schema::of_field(form.kind(), entry.path) {
        Some(Shape::Set(choices)) => frame.toggles(move || named(choices.group, choices.names)),
        Some(Shape::Tags) => frame.tags(),
        Some(Shape::People) => frame.people(),
        _ => frame.one(schema::shape(form.kind(), &path).unwrap_or(Shape::Any)),
    };
    view! { <Framed path=entry.path>{inner}</Framed> }.into_any()
}

/// A field of the form, drawn by its shape, for a form with a face of its own.
#[component]
pub fn Entered(
    /// The form.
    form: Form,
    /// The path of the field.
    path: &'static str,
) -> impl IntoView {
    input(form, entry(path))
}

/// The day of a moment, for a form that asks for no more. Another day typed is noon of it, or now when it is today.
pub fn day_of(form: Form, path: &str) -> RwSignal<String> {
    let whole = form.text(path);
    let before = StoredValue::new(whole.get_untracked());
    let day_in = |whole: &str| whole.split(' ').next().unwrap_or_default().to_owned();
    let day = RwSignal::new(day_in(&whole.read_untracked()));
    Effect::new(move |_| {
        let typed = day.get();
        let stands = whole.with_untracked(|whole| day_in(whole) == typed);
        let was = before.with_value(|before| (day_in(before) == typed).then(|| before.clone()));
        if !stands {
            whole.set(was.unwrap_or(typed));
        }
    });
    day
}

/// Marks what belongs to a field, so that what leads to it finds it.
#[component]
pub fn Framed(
    /// The path of the field.
    path: &'static str,
    /// Its input.
    children: Children,
) -> impl IntoView {
    view! { <div class="form-entry" data-field=path>{children()}</div> }
}

/// What the inputs of a field share.
struct Frame {
    form: Form,
    entry: Entry,
    label: TextProp,
    error: Signal<Option<String>>,
    test: String,
    required: bool,
}

impl Frame {
    fn new(form: Form, entry: Entry) -> Self {
        let kind = form.kind();
        let path = FieldPath::known(entry.path);
        Self {
            form,
            entry,
            label: TextProp::from(move || field_name(kind, &path)),
            error: form.error(entry.path),
            test: format!("field-{}", entry.path),
            required: schema::is_required(kind, entry.path),
        }
    }

    fn value(&self) -> RwSignal<String> {
        self.form.text(self.entry.path)
    }

    fn one(self, shape: Shape) -> AnyView {
        match shape {
            Shape::Text => self.text(),
            Shape::Choice(choices) => self.choice(move || named(choices.group, choices.names)),
            Shape::Grade(grades) => self.choice(move || {
                let numbers = (grades.from..=grades.to).map(|number| number.to_string());
                numbers
                    .map(|number| (number.clone(), choice(grades.group, &number)))
                    .collect()
            }),
            Shape::Person => {
                let (book, value) = (use_book(), self.value());
                let (kind, field) = (self.form.kind(), self.entry.path);
                self.choice(move || people(book, kind, field, &BTreeSet::from([value.get()])))
            }
            Shape::Team => self.choice(|| places(use_book(), person::TEAM, person::TEAM_NAME)),
            Shape::Branch => self.choice(|| places(use_book(), person::BRANCH, person::BRANCH_NAME)),
            Shape::Flag => self.flag(),
            Shape::Date => self.day(),
            Shape::Time => self.moment(),
            Shape::Integer(..) | Shape::Region => self.line("numeric", false),
            Shape::Decimal | Shape::Rate => self.line("decimal", false),
            Shape::Phone => self.line("tel", false),
            Shape::Email => self.line("email", false),
            Shape::Web => self.line("url", false),
            Shape::Line(limit) => self.line("text", limit > LINE),
            // An amount is typed with its unit too: 5000万.
            _ => self.line("text", false),
        }
    }

    /// Always a plain text for the browser: for other types it changes what is typed.
    fn line(self, keyboard: &'static str, wide: bool) -> AnyView {
        let (value, wide) = (self.value(), wide || self.entry.is_wide);
        let (name, label, error, required, test) = (self.entry.path, self.label, self.error, self.required, self.test);
        view! { <Field name label value error keyboard required wide test/> }.into_any()
    }

    fn tags(self) -> AnyView {
        let (name, label, value, error, test) =
            (self.entry.path, self.label.clone(), self.value(), self.error, self.test);
        view! { <Field name label value error help=words::tags_help test/> }.into_any()
    }

    fn text(self) -> AnyView {
        let value = self.value();
        let (name, label, error, required, test) = (self.entry.path, self.label, self.error, self.required, self.test);
        view! { <TextArea name label value error required test/> }.into_any()
    }

    fn day(self) -> AnyView {
        let value = self.value();
        let (name, label, error, test) = (self.entry.path, self.label, self.error, self.test);
        view! { <MomentField of=Moment::Day name label value error test/> }.into_any()
    }

    /// A day and a time of day, which are one value.
    fn moment(self) -> AnyView {
        let value = self.value();
        let (day, time) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        Effect::new(move |_| {
            let whole = value.get();
            // What is being typed has blanks of its own; only what comes from elsewhere is taken apart.
            if untrack(|| joined(day, time)) != whole {
                let (first, second) = whole.split_once(' ').unwrap_or((&whole, ""));
                set_changed(day, first);
                set_changed(time, second);
            }
        });
        Effect::new(move |first: Option<()>| {
            let whole = joined(day, time);
            if first.is_some() {
                set_changed(value, &whole);
            }
        });
        let (name, label, error, test) = (self.entry.path, self.label, self.error, self.test);
        let wide = self.entry.is_wide;
        let time_name = format!("{name}-time");
        let time_test = format!("{test}-time");
        // What is wrong is told at the half at fault.
        let is_time = Memo::new(move |_| !time.read().is_empty() && read_time(&time.read()).is_none());
        let of_day = Signal::derive(move || error.get().filter(|_| !is_time.get()));
        let of_time = Signal::derive(move || error.get().filter(|_| is_time.get()));
        view! {
            <div class="form-pair" class=("form-wide", wide)>
                <MomentField of=Moment::Day name label value=day error=of_day test/>
                <MomentField of=Moment::Time name=time_name label=common::time value=time error=of_time test=time_test/>
            </div>
        }
        .into_any()
    }

    fn flag(self) -> AnyView {
        let value = self.value();
        let (label, test) = (self.label, self.test);
        let change = move |event| value.set(if event_target_checked(&event) { YES } else { "" }.to_owned());
        view! {
            <label class="check">
                <input type="checkbox" data-test=test prop:checked=move || *value.read() == YES on:change=change/>
                <span>{move || label.get()}</span>
            </label>
        }
        .into_any()
    }

    fn choice(self, options: impl Fn() -> Options + Send + Sync + 'static) -> AnyView {
        let (value, options) = (self.value(), Signal::derive(options));
        let (name, label, error, required, test) = (self.entry.path, self.label, self.error, self.required, self.test);
        if !self.entry.is_chips {
            return view! { <Select name label value options error required test/> }.into_any();
        }
        view! {
            <Labelled name label=label.clone() error required>
                <ChoiceChips name label options value test/>
            </Labelled>
        }
        .into_any()
    }

    /// Whoever is chosen from the list joins the others, who leave when they are pressed.
    fn people(self) -> AnyView {
        let (book, pressed) = (use_book(), self.form.pressed(self.entry.path));
        let (kind, field) = (self.form.kind(), self.entry.path);
        let named = move |is_chosen: bool| {
            let chosen = pressed.get();
            let all = people(book, kind, field, &chosen);
            all.into_iter()
                .filter(|(user, _)| chosen.contains(user) == is_chosen)
                .collect::<Options>()
        };
        let (others, chosen) = (
            Signal::derive(move || named(false)),
            Signal::derive(move || named(true)),
        );
        let next = RwSignal::new(String::new());
        Effect::new(move |_| {
            let user = next.get();
            if !user.is_empty() {
                pressed.update(|pressed| {
                    pressed.insert(user);
                });
                next.set(String::new());
            }
        });
        let (name, label, error, test) = (self.entry.path, self.label, self.error, self.test);
        let chips = format!("{test}-chosen");
        view! {
            <Select name label=label.clone() value=next options=others error test/>
            <ToggleChips label options=chosen value=pressed test=chips/>
        }
        .into_any()
    }

    fn toggles(self, options: impl Fn() -> Options + Send + Sync + 'static) -> AnyView {
        let value = self.form.pressed(self.entry.path);
        let options = Signal::derive(options);
        let (name, label, error, test) = (self.entry.path, self.label, self.error, self.test);
        view! {
            <Labelled name label=label.clone() error>
                <ToggleChips label options value test/>
            </Labelled>
        }
        .into_any()
    }
}

fn joined(day: RwSignal<String>, time: RwSignal<String>) -> String {
    format!("{} {}", day.get(), time.get()).trim_end().to_owned()
}

fn set_changed(signal: RwSignal<String>, text: &str) {
    if signal.with_untracked(|now| now != text) {
        signal.set(text.to_owned());
    }
}

fn named(group: &str, names: &[&str]) -> Options {
    names
        .iter()
        .map(|name| ((*name).to_owned(), choice(group, name)))
        .collect()
}

/// The teams or branches that people of the directory work at, by name.
fn places(book: Book, id: &str, name: &str) -> Options {
    let places: BTreeMap<String, String> = book.read(|replica| {
        let people = replica
            .iter(&Kind::Person)
            .filter(|record| PersonView(record).is_active());
        let place = |record: &Record| Some((record.text(id)?.to_owned(), record.text(name)?.to_owned()));
        people.filter_map(place).into_map()
    });
    let mut places: Options = places.into_iter().collect();
    order::sort_by(&mut places, |one, two| one.1.cmp(&two.1));
    places
}

/// The reader first, then the colleagues who may be named there, by name; and whoever is chosen already.
fn people(book: Book, kind: &Kind, field: &str, chosen: &BTreeSet<String>) -> Options {
    let reader = book.profile().get();
    let own = reader.as_ref().map(|reader| reader.user);
    let is_offered = |person: PersonView<'_>| {
        let may_be_named = |reader| may_name(reader, kind, field, person);
        own == Some(person.user())
            || reader.as_ref().is_some_and(may_be_named)
            || chosen.contains(&person.user().to_string())
    };
    let mut people: Vec<_> = book.read(|replica| {
        let people = replica.iter(&Kind::Person).filter_map(PersonView::of);
        let offered = people.filter(|person| is_offered(*person));
        offered
            .map(|person| (person.user(), person.name().to_owned()))
            .collect()
    });
    order::sort_by(&mut people, |one, two| {
        (Some(one.0) != own, &one.1).cmp(&(Some(two.0) != own, &two.1))
    });
    people
        .into_iter()
        .map(|(user, name)| (user.to_string(), name))
        .collect()
}
