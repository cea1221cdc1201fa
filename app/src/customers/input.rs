//! One field of a form for a record, entered as its meaning asks: keyboard, date, choice. It judges nothing.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use rapport_shared::customers::field;
use rapport_shared::record::{FieldPath, Kind};
use rapport_shared::schema;

use crate::i18n::texts::form as words;
use crate::i18n::{choice, field_name};
use crate::ui::{DateField, Field, Select, TextArea};

/// How a field is entered.
#[derive(Clone, Copy)]
pub enum Input {
    /// A line.
    Line,
    /// A line over the whole width.
    Wide,
    /// A text of many lines.
    Text,
    /// A telephone number.
    Telephone,
    /// An e-mail address.
    Email,
    /// An address in the web.
    Web,
    /// A number.
    Number,
    /// A day.
    Day,
    /// One of the names, which have their words in the group.
    Choice(&'static str, &'static [&'static str]),
}

/// The input for the field `name` of a record of `kind`.
pub fn input(
    kind: &Kind,
    name: &'static str,
    how: Input,
    value: RwSignal<String>,
    error: Signal<Option<String>>,
) -> AnyView {
    let label = {
        let (kind, path) = (kind.clone(), FieldPath::known(name));
        TextProp::from(move || field_name(&kind, &path))
    };
    let test = format!("field-{name}");
    let required = schema::required(kind).contains(&name);
    let is_tags = *kind == Kind::Customer && name == field::TAGS;
    let line = |native: &'static str, keyboard: &'static str, wide: bool| {
        let (label, test) = (label.clone(), test.clone());
        if is_tags {
            return view! { <Field name label value error test help=words::tags_help/> }.into_any();
        }
        view! { <Field name label value error kind=native keyboard required wide test/> }.into_any()
    };
    match how {
        Input::Line => line("text", "text", false),
        Input::Wide => line("text", "text", true),
        Input::Telephone => line("tel", "tel", false),
        Input::Email => line("email", "email", false),
        Input::Web => line("url", "url", false),
        Input::Number => line("text", "decimal", false),
        Input::Day => view! { <DateField name label value error test/> }.into_any(),
        Input::Text => view! { <TextArea name label value error test/> }.into_any(),
        Input::Choice(group, names) => {
            let words = move |name: &&str| ((*name).to_owned(), choice(group, name));
            let options = Signal::derive(move || names.iter().map(words).collect());
            view! { <Select name label value options error required test/> }.into_any()
        }
    }
}
