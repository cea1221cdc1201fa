//! The values of a conflict as they are read: what an author changed is marked in the words, character by character in
//! Chinese.

use leptos::prelude::*;
use rapport_shared::conflicts::{ConflictView, Piece, Side, marked, met_edits};
use rapport_shared::record::Record;

use super::described;
use crate::book::Book;
use crate::i18n::texts::conflict as words;
use crate::i18n::{field_name, value_text};

/// The value of a side, with what it changed marked.
pub fn value(book: Book, conflict: ConflictView<'_>, side: Side<'_>) -> AnyView {
    let field = conflict.record_kind().zip(conflict.path());
    let pieces = field.and_then(|(kind, path)| marked(&kind, &path, conflict.before(), side.value));
    match pieces {
        Some(pieces) => pieces.into_iter().map(piece).collect_view().into_any(),
        None => described::value(book, conflict, side.value).into_any(),
    }
}

fn piece(piece: Piece) -> AnyView {
    match piece {
        Piece::Same(text) => text.into_any(),
        Piece::Gone(text) => view! { <del>{text}</del> }.into_any(),
        Piece::New(text) => view! { <ins>{text}</ins> }.into_any(),
    }
}

/// Whether any side has marks, which then are explained.
pub fn has_marks(conflict: ConflictView<'_>) -> bool {
    let field = conflict.record_kind().zip(conflict.path());
    field.is_some_and(|(kind, path)| {
        let values = [conflict.stands(), conflict.aside()];
        let mut marks = values
            .iter()
            .map(|value| marked(&kind, &path, conflict.before(), value));
        marks.any(|pieces| pieces.is_some())
    })
}

/// What the edit wrote that met a removal, field by field.
pub fn edits(book: Book, conflict: ConflictView<'_>, subject: Option<&Record>) -> AnyView {
    let history = subject.map(|record| book.read(|replica| replica.history(record.id)));
    let history = history.unwrap_or_default();
    let edits = met_edits(conflict, &history);
    let Some(kind) = conflict.record_kind().filter(|_| !edits.is_empty()) else {
        return view! { <p class="conflict-text">{words::edited}</p> }.into_any();
    };
    let edits = edits.into_iter().filter_map(|entry| {
        let path = entry.path.as_ref()?;
        let text = |value| value_text(book, &kind, path, value);
        let before = (!entry.from.is_null()).then(|| text(&entry.from));
        Some(view! {
            <div class="change">
                <dt class="small quiet">{field_name(&kind, path)}</dt>
                <dd class="change">
                    {before.map(|before| view! { <del>{before}</del> <span aria-hidden="true">"→"</span> })}
                    <ins>{text(&entry.to)}</ins>
                </dd>
            </div>
        })
    });
    view! { <dl>{edits.collect_view()}</dl> }.into_any()
}
