//! Setting a parameter from a day on. What is typed is kept as a draft until it is saved.

use jiff::civil::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{Kind, Record};
use rapport_shared::settings::{self, Parameter};
use serde_json::{Value, json};

use super::shown::{bounds, fault, value as shown};
use crate::book::{Book, SaveError, use_book};
use crate::i18n::texts;
use crate::i18n::texts::parameters as words;
use crate::i18n::{save_error, short_date};
use crate::routes;
use crate::ui::{Banner, Button, DateField, Field, Look, Toasts, page, use_toasts};

/// What is typed.
#[derive(Clone, Copy)]
struct Typed {
    value: RwSignal<String>,
    from: RwSignal<String>,
    source: RwSignal<String>,
}

impl Typed {
    /// What was typed earlier, or nothing yet.
    fn restore(book: Book, key: &str) -> Self {
        let draft = book.draft(key).unwrap_or_default();
        let text = |name: &str| draft.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            value: RwSignal::new(text("value").unwrap_or_default()),
            from: RwSignal::new(text("valid_from").unwrap_or_else(|| book.today().to_string())),
            source: RwSignal::new(text("source").unwrap_or_default()),
        }
    }

    /// Keeps what is typed from now on.
    fn keep(self, book: Book, key: String) {
        Effect::new(move |before: Option<()>| {
            let (value, from, source) = (self.value.get(), self.from.get(), self.source.get());
            if before.is_none() {
                return;
            }
            if value.is_empty() && source.is_empty() {
                book.remove_draft(&key);
            } else {
                book.put_draft(
                    key.clone(),
                    json!({ "value": value, "valid_from": from, "source": source }),
                );
            }
        });
    }

    fn clear(self) {
        self.value.try_set(String::new());
        self.source.try_set(String::new());
    }
}

/// What is wrong.
#[derive(Clone, PartialEq)]
enum Problem {
    Value(settings::Fault),
    Day,
    Save(SaveError),
}

/// The form.
#[component]
pub fn SetForm(
    /// What is set.
    parameter: &'static Parameter,
) -> impl IntoView {
    let (book, toasts) = (use_book(), use_toasts());
    let key = routes::parameter_draft(parameter.name);
    let typed = Typed::restore(book, &key);
    typed.keep(book, key.clone());
    let problem = RwSignal::new(None::<Problem>);
    let working = RwSignal::new(false);
    let value_error = Signal::derive(move || match problem.get() {
        Some(Problem::Value(wrong)) => Some(fault(parameter, wrong)),
        _ => None,
    });
    let day_error = Signal::derive(move || (problem.get() == Some(Problem::Day)).then(|| words::no_day().to_owned()));
    let failure = move || match problem.get() {
        Some(Problem::Save(error)) => Some(save_error(&Kind::Setting, &error)),
        _ => None,
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if working.get_untracked() {
            return;
        }
        let edit = match edit_of(book, parameter, typed) {
            Ok(edit) => edit,
            Err(wrong) => {
                problem.set(Some(wrong));
                request_animation_frame(|| {
                    page::focus_first("[aria-invalid=true]");
                });
                return;
            }
        };
        problem.set(None);
        working.set(true);
        let key = key.clone();
        spawn_local(async move {
            let record = edit.record;
            let saved = book.write_form(vec![edit], &key).await;
            working.try_set(false);
            match saved {
                Ok(()) => {
                    typed.clear();
                    told(book, toasts, parameter, record);
                }
                Err(error) => {
                    problem.try_set(Some(Problem::Save(error)));
                }
            }
        });
    };
    let keyboard = if parameter.most > 1 { "text" } else { "numeric" };
    view! {
        <section class="sheet">
            <div class="sheet-head"><h2>{words::set_title}</h2></div>
            <form class="form" on:submit=submit novalidate>
                {move || failure().map(|text| view! { <Banner tone="seal" text/> })}
                <Field
                    name="value"
                    label=words::value
                    value=typed.value
                    error=value_error
                    help=move || bounds(parameter)
                    keyboard
                    required=true
                    test="parameter-value"
                />
                <DateField name="valid-from" label=words::valid_from value=typed.from error=day_error test="parameter-from"/>
                <Field
                    name="source"
                    label=words::source
                    value=typed.source
                    help=words::source_help
                    wide=true
                    test="parameter-source"
                />
                <div class="cluster">
                    <Button label=texts::common::save look=Look::Primary disabled=working test="parameter-save"/>
                </div>
            </form>
        </section>
    }
}

fn edit_of(book: Book, parameter: &Parameter, typed: Typed) -> Result<Edit, Problem> {
    let text = typed.value.get_untracked();
    parameter.read(&text).map_err(Problem::Value)?;
    let from: Date = typed.from.read_untracked().parse().map_err(|_| Problem::Day)?;
    let source = typed.source.get_untracked();
    settings::set(book.new_record_id(), parameter, &text, from, &source).map_err(Problem::Value)
}

/// Says what was set, with the way back.
fn told(book: Book, toasts: Toasts, parameter: &'static Parameter, id: rapport_shared::ids::RecordId) {
    let record = book.read_untracked(|replica| replica.get(id).cloned());
    let Some(record) = record else { return };
    let view = settings::SettingView(&record);
    let numbers = parameter.read(view.value()).unwrap_or_default();
    let day = view.valid_from().unwrap_or_else(|| book.today());
    let said = words::saved(short_date(day, book.today()), shown(parameter, &numbers));
    toasts.say_with_undo(said, move || write(book, toasts, settings::withdraw(&record, true)));
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
