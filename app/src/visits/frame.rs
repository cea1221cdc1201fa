//! What the two forms share: the customer at the address, and the way back to the card.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use rapport_shared::customers::CustomerView;
use rapport_shared::ids::RecordId;

use crate::book::{Book, use_book};
use crate::i18n::texts;
use crate::routes::{self, Leave};
use crate::ui::{Banner, Button, Empty, Glyph, Look};

/// The id at the address, if that customer is on this device.
pub fn customer_in_address() -> Memo<Option<RecordId>> {
    let book = use_book();
    let parameters = use_params_map();
    Memo::new(move |_| {
        let id = parameters.read().get("id").and_then(|id| id.parse().ok())?;
        book.read(|replica| replica.get(id).is_some()).then_some(id)
    })
}

/// The name of the customer.
pub fn name_of(book: Book, id: RecordId) -> String {
    book.read_untracked(|replica| {
        let customer = replica.get(id).and_then(CustomerView::of);
        customer.map_or_else(String::new, |customer| customer.name().to_owned())
    })
}

/// The heading of a form, with the customer it is about.
#[component]
pub fn FormHead(
    /// What is written.
    title: fn() -> &'static str,
    /// The customer.
    id: RecordId,
    /// The way out.
    leave: Leave,
) -> impl IntoView {
    let name = name_of(use_book(), id);
    view! {
        <div class="page-head">
            <div>
                <h1>{title}</h1>
                <p data-test="form-customer">{move || texts::note::for_customer(&name)}</p>
            </div>
            <Button label=texts::common::close look=Look::Plain glyph=Glyph::Close test="form-close" on_press=move |()| leave.go()/>
        </div>
    }
}

/// What stands where the customer is not on this device.
#[component]
pub fn Gone() -> impl IntoView {
    let book = use_book();
    let id = use_params_map().read_untracked().get("id");
    let has_draft = Memo::new(move |_| {
        let id = id.as_deref();
        book.read(|replica| replica.drafts().any(|key| id.is_some() && key.split('/').nth(1) == id))
    });
    view! {
        <div class="page">
            <h1 class="visually-hidden">{texts::customers::gone}</h1>
            {move || has_draft.get().then(|| view! {
                <Banner tone="amber" text=texts::customers::gone_draft>
                    <A href=routes::STATUS attr:class="button" attr:data-test="to-draft">{texts::status::open}</A>
                </Banner>
            })}
            <Empty title=texts::customers::gone help=texts::customers::gone_help>
                <A href=routes::CUSTOMERS attr:class="button">{texts::nav::customers}</A>
            </Empty>
        </div>
    }
}
