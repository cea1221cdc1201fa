//! The fields of a form, a sheet for each group, each field drawn by its shape. It decides nothing.

use leptos::prelude::*;

use super::inputs::input;
use super::{Form, Sheet};

/// All sheets of the form.
#[component]
pub fn Sheets(
    /// The form.
    form: Form,
) -> impl IntoView {
    let sheets = form.typing.of.sheets;
    // One alone needs no heading of its own.
    let has_heads = sheets.len() > 1;
    let sheet = |Sheet(title, entries): &'static Sheet| {
        let any = move || entries.iter().any(|entry| form.shows(*entry));
        view! {
            <fieldset class="sheet" hidden=move || !any()>
                <legend class="visually-hidden">{*title}</legend>
                {has_heads.then(|| view! { <div class="sheet-head" aria-hidden="true"><h2>{*title}</h2></div> })}
                <div class="form-grid">
                    {entries.iter().map(|entry| view! {
                        <Show when=move || form.shows(*entry)>{input(form, *entry)}</Show>
                    }).collect_view()}
                </div>
            </fieldset>
        }
    };
    sheets.iter().map(sheet).collect_view()
}
