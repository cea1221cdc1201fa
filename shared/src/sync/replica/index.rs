//! Which records are to be seen of each kind, and under each root, in the order of their ids. It holds ids and nothing of
//! the records.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use super::Outline;
use crate::ids::RecordId;
use crate::record::Kind;

/// Ids by kind and by root.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    kinds: Vec<(Kind, OfKind)>,
    /// Lists in order: under most roots there are few.
    roots: HashMap<RecordId, Vec<Member>>,
}

/// The records of a kind, put in order when somebody asks for them: of most nobody does before the first screen is drawn.
#[derive(Clone, Debug, Default)]
struct OfKind {
    /// Those that came before that, some of them more than once.
    fresh: Vec<RecordId>,
    in_order: OnceLock<BTreeSet<RecordId>>,
}

impl OfKind {
    fn in_order(&self) -> &BTreeSet<RecordId> {
        self.in_order.get_or_init(|| {
            let mut ids = self.fresh.clone();
            ids.sort_unstable();
            ids.into_iter().collect()
        })
    }

    fn insert(&mut self, id: RecordId) {
        match self.in_order.get_mut() {
            Some(ids) => {
                ids.insert(id);
            }
            None => self.fresh.push(id),
        }
        self.forget_fresh();
    }

    fn remove(&mut self, id: RecordId) {
        match self.in_order.get_mut() {
            Some(ids) => {
                ids.remove(&id);
            }
            None => self.fresh.retain(|other| *other != id),
        }
        self.forget_fresh();
    }

    fn forget_fresh(&mut self) {
        if self.in_order.get().is_some() {
            self.fresh = Vec::new();
        }
    }
}

/// A record under a root, and the number of its kind, so that nobody has to look for those that are not wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Member {
    id: RecordId,
    kind: u16,
}

impl Index {
    /// Of many records at once.
    pub(super) fn of<'a>(records: impl Iterator<Item = Outline<'a>>) -> Self {
        let mut index = Self::default();
        for record in records {
            let kind = index.number(record.kind);
            if let Some((_, ids)) = index.kinds.get_mut(usize::from(kind)) {
                ids.insert(record.id);
            }
            if let Some(root) = record.scope.root() {
                index
                    .roots
                    .entry(root)
                    .or_default()
                    .push(Member { id: record.id, kind });
            }
        }
        for members in index.roots.values_mut() {
            members.sort_unstable();
            members.shrink_to_fit();
        }
        index
    }

    fn number(&mut self, kind: &Kind) -> u16 {
        let known = self.kinds.iter().position(|(known, _)| known == kind);
        let place = known.unwrap_or_else(|| {
            self.kinds.push((kind.clone(), OfKind::default()));
            self.kinds.len() - 1
        });
        // There are a dozen, and as many more as newer versions bring.
        u16::try_from(place).unwrap_or(u16::MAX)
    }

    /// All of a kind.
    pub(super) fn of_kind(&self, kind: &Kind) -> impl Iterator<Item = RecordId> + use<'_> {
        let of_kind = self.kinds.iter().find(|(known, _)| known == kind);
        of_kind.into_iter().flat_map(|(_, ids)| ids.in_order()).copied()
    }

    /// All under a root whose kinds are wanted, its own included.
    pub(super) fn under(&self, root: RecordId, wanted: impl Fn(&Kind) -> bool) -> impl Iterator<Item = RecordId> {
        let wanted: Vec<bool> = self.kinds.iter().map(|(kind, _)| wanted(kind)).collect();
        let members = self.roots.get(&root).into_iter().flatten();
        let is_wanted = move |member: &&Member| wanted.get(usize::from(member.kind)).copied().unwrap_or_default();
        members.filter(is_wanted).map(|member| member.id)
    }

    /// Whether a record is under a root.
    pub(super) fn is_under(&self, id: RecordId, root: RecordId) -> bool {
        let members = self.roots.get(&root);
        members.is_some_and(|members| members.binary_search_by_key(&id, |member| member.id).is_ok())
    }

    /// Adds a record, if it is not there.
    pub(super) fn insert(&mut self, id: RecordId, kind: &Kind, root: Option<RecordId>) {
        let kind = self.number(kind);
        if let Some((_, ids)) = self.kinds.get_mut(usize::from(kind)) {
            ids.insert(id);
        }
        if let Some(root) = root {
            let members = self.roots.entry(root).or_default();
            match members.binary_search_by_key(&id, |member| member.id) {
                Ok(place) => members.get_mut(place).into_iter().for_each(|member| member.kind = kind),
                Err(place) => members.insert(place, Member { id, kind }),
            }
        }
    }

    /// Removes a record; gives the root under which it was.
    pub(super) fn remove(&mut self, id: RecordId) -> Option<RecordId> {
        self.kinds.iter_mut().for_each(|(_, ids)| ids.remove(id));
        let mut before = None;
        self.roots.retain(|root, members| {
            if let Ok(place) = members.binary_search_by_key(&id, |member| member.id) {
                members.remove(place);
                before = Some(*root);
            }
            !members.is_empty()
        });
        before
    }
}
