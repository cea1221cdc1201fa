//! Setting a parameter from a day on, in a form of the kit that stands on the parameter's page; and taking a value back.
//! What may be set is decided in `shared::settings`.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::parameters;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Fields, Kind, Record};
use rapport_shared::settings::{self, Parameter, field};
use serde_json::Value;

use super::shown::{bounds, fault, label};
use crate::book::Book;
use crate::forms::{Form, FormInPlace, FormOf, FormWords, Sheet, Subject, Wrong, entry};
use crate::i18n::save_error;
use crate::i18n::texts::common;
use crate::i18n::texts::parameters as words;
use crate::routes::{self, Leave};
use crate::ui::Toasts;

/// The form.
pub static FORM: FormOf = FormOf {
    kind: Kind::Setting,
    words: FormWords {
        new: words::set_title,
        change: words::set_title,
        lead: || "",
        save: common::save,
        created,
        removal: None,
    },
    sheets: &[Sheet(
        words::set_title,
        &[
            entry(field::VALUE),
            entry(field::VALID_FROM),
            entry(field::SOURCE).wide(),
        ],
    )],
    body: None,
    start,
    complete,
    judge,
};

fn created(name: &str) -> String {
    words::saved(parameters::named(name).map(label).unwrap_or_default())
}

fn start(_: &Subject, book: Book) -> Fields {
    Fields::from([(FieldPath::known(field::VALID_FROM), book.today().to_string().into())])
}

/// Which number is set: the page says so.
fn parameter_of(subject: &Subject) -> Option<&'static Parameter> {
    parameters::named(subject.given.get(field::NAME)?.as_str()?)
}

/// The value as it is stored, however it was typed.
fn complete(subject: &Subject, _: Book, edit: Edit) -> Edit {
    let typed = edit.operation.wanted(field::VALUE).and_then(Value::as_str);
    let numbers = typed
        .zip(parameter_of(subject))
        .map(|(typed, parameter)| parameter.read(typed));
    match numbers {
        Some(Ok(numbers)) => edit.set(FieldPath::known(field::VALUE), Parameter::show(&numbers)),
        _ => edit,
    }
}

fn judge(subject: &Subject, _: Book, values: &Fields) -> Option<Wrong> {
    let parameter = parameter_of(subject)?;
    let typed = values.get(field::VALUE)?.as_str()?;
    let wrong = parameter.read(typed).err();
    wrong.map(|wrong| (field::VALUE, fault(parameter, wrong)))
}

/// The form on the page of `parameter`. Once it is saved, another one stands in its place.
#[component]
pub fn SetForm(
    /// What is set.
    parameter: &'static Parameter,
) -> impl IntoView {
    let saved = RwSignal::new(0);
    let form = move || {
        saved.track();
        let given = Fields::from([(FieldPath::known(field::NAME), parameter.name.into())]);
        let subject = Subject::given(routes::parameter_draft(parameter.name), given);
        let leave = Leave::in_place(move || {
            saved.try_update(|saved| *saved += 1);
        });
        view! { <FormInPlace form=Form::open(&FORM, subject, leave)/> }
    };
    view! {
        <section class="stack" aria-labelledby="set-title">
            <h2 id="set-title">{words::set_title}</h2>
            <p class="small quiet">{move || bounds(parameter)}</p>
            {form}
        </section>
    }
}

/// Takes a value back, or lets it count again; with the way back.
pub fn withdraw(book: Book, toasts: Toasts, record: &Record, is_withdrawn: bool) {
    let edit = settings::withdraw(record, is_withdrawn);
    let id = record.id;
    spawn_local(async move {
        if let Err(error) = book.write(vec![edit]).await {
            return toasts.warn(save_error(&Kind::Setting, &error));
        }
        let said = if is_withdrawn {
            words::withdrawn_said()
        } else {
            words::restored_said()
        };
        toasts.say_with_undo(said, move || {
            if let Some(record) = book.read_untracked(|replica| replica.get(id).cloned()) {
                write(book, toasts, settings::withdraw(&record, !is_withdrawn));
            }
        });
    });
}

fn write(book: Book, toasts: Toasts, edit: Edit) {
    spawn_local(async move {
        if let Err(error) = book.write(vec![edit]).await {
            toasts.warn(save_error(&Kind::Setting, &error));
        }
    });
}
