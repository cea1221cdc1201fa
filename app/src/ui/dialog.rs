//! A modal dialog on the native element, which keeps the focus inside, closes on Escape and gives the focus back.

use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::button::IconButton;
use super::icon::Glyph;
use crate::i18n::texts;

/// A dialog that is shown while `open` is true. Its content is made when it opens and dropped when it closes.
#[component]
pub fn Dialog(
    /// Whether it is shown; closing by the user sets it to false.
    open: RwSignal<bool>,
    /// The heading.
    #[prop(into)]
    title: TextProp,
    /// Whether it keeps one height, however much it holds.
    #[prop(optional)]
    tall: bool,
    /// The content.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let wanted = open.get();
        let Some(dialog) = node.get() else { return };
        if wanted && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    let heading = title.clone();
    view! {
        <dialog class="dialog" class=("dialog-tall", tall) node_ref=node aria-label=move || title.get() on:close=move |_| open.set(false)>
            <div class="dialog-head">
                <h2>{move || heading.get()}</h2>
                <IconButton label=texts::common::close glyph=Glyph::Close on_press=move |()| open.set(false)/>
            </div>
            <div class="dialog-body">{move || open.get().then(|| children())}</div>
        </dialog>
    }
}
