//! Marks on the card where two people changed the same thing at once. Deciding about it has a page of its own.

use leptos::prelude::*;
use leptos_router::components::A;
use rapport_shared::conflicts::{ConflictView, groups};
use rapport_shared::kinds;
use rapport_shared::record::{Kind, Record};

use crate::book::{Book, use_book};
use crate::i18n::texts::conflict as words;
use crate::i18n::{choice, field_name};
use crate::routes;
use crate::sections::Card;
use crate::ui::{Glyph, Icon};

/// A mark for every open conflict in the customer's scope, which leads to it.
#[component]
pub fn Conflicts(
    /// The card.
    state: Card,
) -> impl IntoView {
    let book = use_book();
    let open = Memo::new(move |_| {
        let records = state.records.read();
        let groups = groups(records.iter()).into_iter();
        groups.flat_map(|group| group.conflicts).cloned().collect::<Vec<_>>()
    });
    move || {
        let marks = open.get();
        (!marks.is_empty()).then(|| {
            view! {
                <ul class="conflict-marks">{marks.iter().map(|record| mark(book, record)).collect_view()}</ul>
            }
        })
    }
}

fn mark(book: Book, record: &Record) -> impl IntoView + use<> {
    let conflict = ConflictView(record);
    let kind = conflict.record_kind().unwrap_or(Kind::Customer);
    let subject = conflict
        .record()
        .and_then(|id| book.read(|replica| kinds::name_of(replica.get(id)?).map(str::to_owned)));
    let field = conflict.path().map(|path| field_name(&kind, &path));
    // The card bears the customer's name already.
    let subject = match kind {
        Kind::Customer => field.unwrap_or_else(|| choice("kind", kind.name())),
        _ => {
            let parts = [subject.or_else(|| Some(choice("kind", kind.name()))), field];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }
    };
    let removal = conflict.is_removal();
    let text = move || {
        if removal {
            words::mark_removal(&subject)
        } else {
            words::mark(&subject)
        }
    };
    view! {
        <li>
            <A href=routes::conflict(record.id) attr:class="conflict-mark" attr:data-test="conflict-mark">
                <Icon glyph=Glyph::Fork/>
                <span>{text}</span>
                <span class="link push">{words::look}</span>
            </A>
        </li>
    }
}
