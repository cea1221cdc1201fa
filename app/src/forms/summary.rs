//! What keeps a form from being saved, beside its button: a line for each problem, which leads to its field. The field
//! itself may be out of sight.

use leptos::prelude::*;

use super::Form;
use super::form::go_to;
use crate::i18n::texts::form as words;

/// The lines; nothing while nothing is wrong.
#[component]
pub fn Summary(
    /// The form.
    form: Form,
) -> impl IntoView {
    let lines = move || {
        let lines = form.lines();
        let count = lines.len();
        let lines = lines.into_iter().map(|(path, text)| match path {
            Some(path) => view! {
                <li>
                    <button type="button" class="form-problem" data-test="form-problem" on:click=move |_| go_to(path)>
                        {text}
                    </button>
                </li>
            }
            .into_any(),
            None => view! { <li data-test="form-problem">{text}</li> }.into_any(),
        });
        let head = if form.is_only_doubted() {
            Some(words::doubts().to_owned())
        } else {
            (count > 1).then(|| words::fix_errors(count))
        };
        (count > 0).then(|| {
            view! {
                {head.map(|text| view! { <p>{text}</p> })}
                <ul>{lines.collect_view()}</ul>
            }
        })
    };
    view! { <div class="form-summary" role="alert" data-test="form-summary">{lines}</div> }
}
