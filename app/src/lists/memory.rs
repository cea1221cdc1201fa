//! How somebody left each list: what was asked of it and what was in sight, for as long as the book is open. Whoever comes
//! back finds it so. Nothing of it is written down.

use std::collections::HashMap;

use leptos::prelude::*;
use rapport_shared::ids::RecordId;
use rapport_shared::lists::ListQuery;

use crate::ui::Cursor;

/// What is kept of one list.
#[derive(Clone, Copy)]
pub struct Kept {
    /// What is asked of it.
    pub query: RwSignal<ListQuery>,
    /// What is typed, where a list searches in a way of its own.
    pub text: RwSignal<String>,
    /// Where the keyboard is, and what is in sight.
    pub cursor: Cursor,
    /// The view that was chosen last.
    pub view: RwSignal<Option<RecordId>>,
    /// Whether the view used last on this device was looked for.
    pub is_begun: RwSignal<bool>,
}

impl Kept {
    fn new(begins: ListQuery) -> Self {
        Self {
            query: RwSignal::new(begins),
            text: RwSignal::new(String::new()),
            cursor: Cursor::new(),
            view: RwSignal::new(None),
            is_begun: RwSignal::new(false),
        }
    }
}

/// All lists of the open book.
#[derive(Clone)]
struct Memory {
    /// Outlives the lists.
    owner: Owner,
    lists: StoredValue<HashMap<&'static str, Kept>>,
}

/// Remembers lists from now on, for everything below.
pub fn remember_lists() {
    let owner = Owner::current().unwrap_or_default();
    let lists = StoredValue::new(HashMap::new());
    provide_context(Memory { owner, lists });
}

/// How the list of that name was left; as it begins, the first time.
pub fn kept(name: &'static str, begins: fn() -> ListQuery) -> Kept {
    let Some(memory) = use_context::<Memory>() else {
        return Kept::new(begins());
    };
    if let Some(kept) = memory.lists.with_value(|lists| lists.get(name).copied()) {
        return kept;
    }
    let kept = memory.owner.with(|| Kept::new(begins()));
    memory.lists.update_value(|lists| {
        lists.insert(name, kept);
    });
    kept
}
