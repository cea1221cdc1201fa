//! What somebody wrote and has not filed to a customer: notes and contacts that wait as drafts, and records of one's own
//! that are filed afterwards. What filing means is decided in `shared::filing`; it asks for the customer, and submits no
//! form.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use rapport_shared::filing::{file, take_back};
use rapport_shared::ids::RecordId;
use rapport_shared::record::{Kind, Record};

use crate::book::{Book, Replica, use_book};
use crate::finding::CustomerPicker;
use crate::i18n::texts::{filing as words, quick};
use crate::i18n::{choice, count, save_error};
use crate::routes;
use crate::ui::{Button, Glyph, Icon, Look, Toasts};

/// What can be written before it is known whose it is.
pub const WRITTEN: [Kind; 2] = [Kind::Note, Kind::Touch];
/// Under which name drafts keep what was said, in these and in the forms they go on in.
pub const TEXT: &str = "text";

/// Where what was written and is not filed to a customer is kept.
pub fn unfiled_key(kind: &Kind, id: RecordId) -> String {
    format!("{}{id}", beginning_of_keys(kind))
}

fn beginning_of_keys(kind: &Kind) -> String {
    format!("{kind}/unfiled/")
}

/// What was written and is not filed to a customer.
#[derive(Clone, PartialEq)]
pub struct Unfiled {
    /// What it is.
    pub kind: Kind,
    /// Where it is written on.
    pub address: String,
    /// How it begins.
    pub beginning: String,
}

impl Unfiled {
    /// Its icon.
    pub const fn glyph(&self) -> Glyph {
        match self.kind {
            Kind::Touch => Glyph::Phone,
            _ => Glyph::Note,
        }
    }
}

/// Everything that is not filed to a customer, the oldest first.
pub fn unfiled(replica: &Replica) -> Vec<Unfiled> {
    let of_kind = |kind: &Kind| {
        let beginning = beginning_of_keys(kind);
        let keys = replica
            .drafts()
            .filter_map(move |key| key.strip_prefix(&beginning).map(|id| (id, key)));
        let found = keys.filter_map(|(id, key)| {
            let text = replica.draft(key)?.get(TEXT)?.as_str()?;
            Some(Unfiled {
                kind: kind.clone(),
                address: routes::write(kind, id.parse().ok()?),
                beginning: text.trim_start().lines().next().unwrap_or_default().to_owned(),
            })
        });
        found.collect::<Vec<_>>()
    };
    WRITTEN.iter().flat_map(of_kind).collect()
}

/// A sheet of what is not filed, each leading to where it is; nothing when there is nothing.
#[component]
pub fn UnfiledSheet() -> impl IntoView {
    let book = use_book();
    let all = Memo::new(move |_| book.read(unfiled));
    let row = |unfiled: Unfiled| {
        let glyph = unfiled.glyph();
        view! {
            <li class="row" data-test="unfiled-row">
                <Icon glyph/>
                <A href=unfiled.address attr:class="row-main">
                    <span class="row-title clip">{unfiled.beginning}</span>
                    <span class="row-detail">{choice("kind", unfiled.kind.name())}</span>
                </A>
            </li>
        }
    };
    view! {
        <Show when=move || !all.read().is_empty()>
            <section class="sheet" data-test="unfiled-sheet">
                <div class="sheet-head">
                    <h2>{quick::begun} " " <span class="figure">{move || all.read().len()}</span></h2>
                </div>
                <ul>{move || all.get().into_iter().map(row).collect_view()}</ul>
            </section>
        </Show>
    }
}

/// Files a record of one's own to a customer, and says so, with the way back.
pub fn file_record(book: Book, toasts: Toasts, record: Record, customer: RecordId) {
    let id = book.new_record_id();
    spawn_local(async move {
        match book.write(file(&record, id, customer).to_vec()).await {
            Ok(()) => say_filed(book, toasts, record, id),
            Err(error) => toasts.warn(save_error(&record.kind, &error)),
        }
    });
}

/// Says that a record was filed, as the record `id`, with the way back.
pub fn say_filed(book: Book, toasts: Toasts, record: Record, id: RecordId) {
    toasts.say_with_undo(words::filed(count(1)), move || {
        let back = book.read_untracked(|replica| take_back(&record, replica.get(id)));
        let kind = record.kind.clone();
        spawn_local(async move {
            if let Err(error) = book.write(back).await {
                toasts.warn(save_error(&kind, &error));
            }
        });
    });
}

/// The way by which a record of one's own is filed to a customer, as a button.
#[component]
pub fn FileButton(
    /// Takes the customer.
    #[prop(into)]
    on_pick: Callback<RecordId>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <Button
            label=words::file
            look=Look::Plain
            glyph=Glyph::Customers
            test="file-record"
            on_press=move |()| open.set(true)
        />
        <CustomerPicker open title=quick::whose on_pick/>
    }
}
