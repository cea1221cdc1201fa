//! What a form is about: the customer, the record that is changed or corrected, and where its draft is kept. Read once:
//! what arrives while somebody types must not change what the form compares with.

use leptos::prelude::*;
use rapport_shared::descriptor::Place;
use rapport_shared::drafts::draft_key;
use rapport_shared::ids::RecordId;
use rapport_shared::kinds;
use rapport_shared::record::{Fields, Kind, Record, Scope};

use crate::book::Book;

/// What a form is about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The customer; `None` for a new one, and for what belongs to nobody but its author.
    pub root: Option<RecordId>,
    /// The name of the customer.
    pub root_name: Option<String>,
    /// The record that is changed.
    pub record: Option<Record>,
    /// The record that a new one corrects. It may have left the device.
    pub revises: Option<RecordId>,
    /// The same, where it is here.
    pub revised: Option<Record>,
    /// Where the draft is kept.
    pub draft_key: String,
    /// Values of a new record that nobody types.
    pub given: Fields,
}

impl Subject {
    /// A form of `kind` about `root`, for the record `record` or for a new one, which may correct `revises`. `None` when
    /// what it is about is not on this device.
    pub fn find(
        book: Book,
        kind: &Kind,
        root: Option<RecordId>,
        record: Option<RecordId>,
        revises: Option<RecordId>,
    ) -> Option<Self> {
        let held = |id: RecordId| book.read_untracked(|replica| replica.get(id).cloned());
        let described = kinds::of(kind);
        let is_root = described.readers().is_some();
        let fits = |record: &Record| {
            if is_root {
                record.kind == *kind
            } else {
                described.lies_under(&record.kind)
            }
        };
        let under = match root {
            Some(id) => Some(held(id).filter(fits)?),
            None => None,
        };
        let changed = match (record, &under) {
            (None, Some(root)) if is_root => Some(root.clone()),
            (None, _) => None,
            (Some(id), _) => {
                let found = held(id).filter(|record| record.kind == *kind && record.root() == root);
                Some(found?)
            }
        };
        let name = under.as_ref().and_then(kinds::name_of);
        Some(Self {
            root,
            root_name: name.map(str::to_owned),
            record: changed,
            revises,
            revised: revises.and_then(held),
            draft_key: draft_key(kind, root, record.or(revises)),
            given: Fields::new(),
        })
    }

    /// A form for a new record of which some values are given with the page it stands on; its draft is kept under `key`.
    pub fn given(key: String, given: Fields) -> Self {
        Self {
            root: None,
            root_name: None,
            record: None,
            revises: None,
            revised: None,
            draft_key: key,
            given,
        }
    }

    /// Whether there is no record yet.
    pub const fn is_new(&self) -> bool {
        self.record.is_none()
    }

    /// In which scope a new record of `kind` with that id lies.
    pub(super) fn scope(&self, book: Book, kind: &Kind, id: RecordId) -> Scope {
        let user = book.profile().get_untracked().map(|profile| profile.user);
        let described = kinds::of(kind);
        let is_everybodys = described
            .places
            .iter()
            .any(|place| matches!(place, Place::Organisation));
        match (self.root, user) {
            (Some(root), _) => Scope::Under(root),
            (None, _) if described.readers().is_some() => Scope::Under(id),
            (None, _) if is_everybodys => Scope::Organisation,
            (None, Some(user)) => Scope::User(user),
            (None, None) => Scope::Under(id),
        }
    }
}
