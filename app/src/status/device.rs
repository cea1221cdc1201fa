//! How the book lies on this device, and the version of the app.

use leptos::prelude::*;
use rapport_shared::record::Kind;

use crate::book::use_book;
use crate::i18n::texts::status as words;
use crate::i18n::{count, megabytes};
use crate::ui::{Button, Look};

/// Storage and version.
#[component]
pub fn Device() -> impl IntoView {
    let book = use_book();
    let status = book.sync_status();
    let held = move || {
        let held = |kind: &Kind| book.read(|replica| replica.outlines(kind).count());
        words::records(count(held(&Kind::Customer)), count(held(&Kind::Note)))
    };
    let persisted = move || match status.read().storage_persisted {
        Some(true) => words::persisted(),
        Some(false) => words::not_persisted(),
        None => words::persist_unknown(),
    };
    let space = move || {
        let space = status.read().space?;
        Some(words::space(megabytes(space.quota), megabytes(space.used)))
    };
    let update = Memo::new(move |_| status.read().update_ready);
    view! {
        <section class="sheet">
            <div class="setting">
                <div>
                    <h2>{words::storage}</h2>
                    <p class="small quiet">{held}</p>
                    <p class="small quiet">{space}</p>
                    <p class="small quiet" data-test="storage-persisted">{persisted}</p>
                </div>
            </div>
            <div class="setting">
                <div>
                    <h2>{words::version} " " <span class="figure">{env!("CARGO_PKG_VERSION")}</span></h2>
                    <p class="small quiet">
                        {move || if update.get() { words::update_ready() } else { words::up_to_date() }}
                    </p>
                    {move || update.get().then(|| view! { <p class="small quiet">{words::update_help}</p> })}
                </div>
                <Show when=move || update.get()>
                    <Button
                        label=words::update
                        look=Look::Primary
                        test="apply-update"
                        on_press=move |()| book.apply_update()
                    />
                </Show>
            </div>
        </section>
    }
}
