//! What a writer reads comes from its own transaction; where the order of commits stands it knows from the row it
//! holds.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use rapport_shared::channel::Channel;
use rapport_shared::ids::RecordId;
use rapport_shared::record::{Kind, Record, Version};

use super::super::super::{Budget, Head, Reader, Result, Row, ScopeEvent, Slice, Touched, View};
use super::Writing;

#[async_trait]
impl Reader for Writing {
    async fn head(&mut self) -> Result<Head> {
        Ok(self.head.clone())
    }

    async fn run_until(&mut self, epoch: &str) -> Result<Option<Version>> {
        self.session.run_until(epoch).await
    }

    async fn records(&mut self, ids: &[RecordId]) -> Result<HashMap<RecordId, Record>> {
        self.session.records(ids).await
    }

    async fn of_kind(&mut self, kind: &Kind) -> Result<Vec<Record>> {
        self.session.of_kind(kind).await
    }

    async fn each_of_kind(&mut self, kind: &Kind, take: &mut (dyn FnMut(Record) + Send)) -> Result<()> {
        self.session.each_of_kind(kind, take).await
    }

    async fn changes(&mut self, view: &View, after: Version, budget: Budget) -> Result<Slice> {
        self.session.changes(view, after, budget).await
    }

    async fn history(&mut self, view: &View, after: Version, budget: Budget) -> Result<Slice> {
        self.session.history(view, after, budget).await
    }

    async fn loose(&mut self, view: &View, after: Version, budget: Budget) -> Result<Slice> {
        self.session.loose(view, after, budget).await
    }

    async fn cards(&mut self, view: &View, after: RecordId, budget: Budget) -> Result<Slice> {
        self.session.cards(view, after, budget).await
    }

    async fn book(&mut self, view: &View, after: (RecordId, Version), budget: Budget) -> Result<Slice> {
        self.session.book(view, after, budget).await
    }

    async fn roots(&mut self, view: &View) -> Result<Vec<Row>> {
        self.session.roots(view).await
    }

    async fn whole(&mut self, roots: &[RecordId]) -> Result<Vec<Row>> {
        self.session.whole(roots).await
    }

    async fn history_of(&mut self, records: &[RecordId], until: Version) -> Result<Vec<Row>> {
        self.session.history_of(records, until).await
    }

    async fn scope_events(&mut self, view: &View, after: Version) -> Result<Vec<ScopeEvent>> {
        self.session.scope_events(view, after).await
    }

    async fn seen_through(
        &mut self,
        view: &View,
        roots: &HashSet<RecordId>,
    ) -> Result<HashMap<RecordId, BTreeSet<Channel>>> {
        self.session.seen_through(view, roots).await
    }
    async fn touched(&mut self, after: Version) -> Result<Touched> {
        self.session.touched(after).await
    }
}
