//! express-pouchdb on LevelDB in these measurements: one database of documents, written many at once and read as
//! PouchDB's own replication does, changes first and then the documents by id and revision.

use std::path::Path;

use anyhow::{Context as _, ensure};
use rapport_shared::sample::{Card, Note};
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};

use super::node::Node;
use super::{Contender, Document, Pulled};
use crate::usage;

const DATABASE: &str = "/db/bench";
/// Documents in one request.
const BATCH: usize = 1_000;

/// See the module.
pub(super) struct Pouch {
    node: Node,
    since: u64,
}

impl Pouch {
    pub(super) async fn start(harness: &Path, folder: &Path) -> anyhow::Result<Self> {
        let node = Node::start(harness, "pouchdb.mjs", folder, "").await?;
        // As PouchDB does before anything else; it is there, and from here on known.
        let _ = node.call(Method::PUT, DATABASE, None).await;
        Ok(Self { node, since: 0 })
    }

    async fn put(&self, kind: &str, documents: &[impl Serialize]) -> anyhow::Result<()> {
        for documents in documents.chunks(BATCH) {
            let documents = documents.iter().map(|document| {
                let mut document = serde_json::to_value(document)?;
                let members = document.as_object_mut().context("no document")?;
                let id = members.remove("id").context("no id")?;
                members.insert(
                    "_id".to_owned(),
                    json!(format!("{kind}:{}", id.as_str().unwrap_or_default())),
                );
                members.insert("type".to_owned(), json!(kind));
                Ok(document)
            });
            let documents: Vec<Value> = documents.collect::<anyhow::Result<_>>()?;
            let path = format!("{DATABASE}/_bulk_docs");
            let body = json!({ "docs": documents });
            let answer = self.node.call(Method::POST, &path, Some(&body)).await?;
            let written = answer.body.as_array().context("no answers")?;
            ensure!(written.iter().all(|one| one["ok"] == true), "a document was refused");
        }
        Ok(())
    }

    /// The documents that changed since the last time, up to a bounded number.
    async fn changes(&mut self) -> anyhow::Result<Pulled> {
        let path = format!("{DATABASE}/_changes?style=all_docs&limit={BATCH}&since={}", self.since);
        let answer = self.node.call(Method::GET, &path, None).await?;
        let changes = answer.body["results"].as_array().context("no changes")?;
        let wanted = changes.iter().flat_map(|change| {
            let revisions = change["changes"].as_array().into_iter().flatten();
            revisions.map(|revision| json!({ "id": change["id"], "rev": revision["rev"] }))
        });
        let wanted: Vec<Value> = wanted.collect();
        self.since = answer.body["last_seq"].as_u64().context("no place")?;
        let mut pulled = Pulled {
            documents: Vec::new(),
            wire: answer.wire,
        };
        if wanted.is_empty() {
            return Ok(pulled);
        }
        let path = format!("{DATABASE}/_bulk_get?revs=true&latest=true");
        let mut answer = self
            .node
            .call(Method::POST, &path, Some(&json!({ "docs": wanted })))
            .await?;
        let results = answer.body["results"].as_array_mut().context("no documents")?;
        for document in results.iter_mut().map(|result| &mut result["docs"][0]["ok"]) {
            let id = document["_id"].as_str().and_then(|id| id.split_once(':'));
            let id = id.context("no id")?.1.to_owned();
            pulled.documents.push(Document::take(&id, document)?);
        }
        pulled.wire += answer.wire;
        Ok(pulled)
    }

    /// To the end of the changes, without the documents.
    async fn catch_up(&mut self) -> anyhow::Result<()> {
        let answer = self.node.call(Method::GET, DATABASE, None).await?;
        self.since = answer.body["update_seq"].as_u64().context("no place")?;
        Ok(())
    }
}

impl Contender for Pouch {
    async fn pull(&mut self) -> anyhow::Result<Pulled> {
        let mut all = Pulled::default();
        loop {
            let pulled = self.changes().await?;
            all.wire += pulled.wire;
            if pulled.documents.is_empty() {
                return Ok(all);
            }
            all.documents.extend(pulled.documents);
        }
    }

    async fn push(&mut self, notes: &[Note]) -> anyhow::Result<()> {
        self.put("note", notes).await?;
        self.catch_up().await
    }

    async fn sync(&mut self, note: &Note) -> anyhow::Result<()> {
        self.put("note", std::slice::from_ref(note)).await?;
        let count = self.changes().await?.documents.len();
        ensure!(count == 1, "{count} documents came instead of the one");
        Ok(())
    }

    async fn import(&mut self, cards: &[Card]) -> anyhow::Result<u64> {
        self.put("card", cards).await?;
        self.catch_up().await?;
        usage::peak(self.node.process())
    }

    async fn count(&mut self) -> anyhow::Result<usize> {
        let answer = self.node.call(Method::GET, DATABASE, None).await?;
        let count = answer.body["doc_count"].as_u64().context("no count")?;
        Ok(usize::try_from(count)?)
    }
}
