//! Kinto in these measurements, with everything in memory as its own documentation starts it: records of two
//! collections, written one by one or in batches, and read since a time.

use std::path::Path;

use anyhow::{Context as _, ensure};
use rapport_shared::sample::{Card, Note};
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};

use super::node::{Answer, Node};
use super::{Contender, Document, Pulled};
use crate::usage;

/// `bench:bench`.
const WHO: &str = "Basic YmVuY2g6YmVuY2g=";
const COLLECTIONS: &str = "/v1/buckets/bench/collections";
/// The most requests Kinto takes in one, unless told otherwise.
const BATCH: usize = 25;

/// See the module.
pub(super) struct Kinto {
    node: Node,
    since: Option<String>,
}

impl Kinto {
    pub(super) async fn start(harness: &Path, folder: &Path) -> anyhow::Result<Self> {
        let node = Node::start(harness, "kinto.mjs", folder, WHO).await?;
        Ok(Self { node, since: None })
    }

    async fn put(&self, collection: &str, documents: &[impl Serialize]) -> anyhow::Result<()> {
        for documents in documents.chunks(BATCH) {
            let requests = documents.iter().map(|document| {
                let document = serde_json::to_value(document)?;
                let id = document["id"].as_str().context("no id")?;
                let path = format!("/buckets/bench/collections/{collection}/records/{id}");
                Ok(json!({ "path": path, "body": { "data": document } }))
            });
            let requests: Vec<Value> = requests.collect::<anyhow::Result<_>>()?;
            let batch = json!({ "defaults": { "method": "PUT" }, "requests": requests });
            let answer = self.node.call(Method::POST, "/v1/batch", Some(&batch)).await?;
            let answers = answer.body["responses"].as_array().context("no answers")?;
            ensure!(
                answers.iter().all(|one| one["status"].as_u64() < Some(300)),
                "a record was refused"
            );
        }
        Ok(())
    }

    async fn list(&self, collection: &str, query: &str) -> anyhow::Result<(Answer, usize)> {
        let path = format!("{COLLECTIONS}/{collection}/records{query}");
        let answer = self.node.call(Method::GET, &path, None).await?;
        let count = answer.body["data"].as_array().context("no records")?.len();
        Ok((answer, count))
    }
}

impl Contender for Kinto {
    async fn pull(&mut self) -> anyhow::Result<Pulled> {
        let mut pulled = Pulled::default();
        for collection in ["cards", "notes"] {
            let (mut answer, _) = self.list(collection, "").await?;
            pulled.wire += answer.wire;
            for document in answer.body["data"].as_array_mut().into_iter().flatten() {
                let id = document["id"].as_str().context("no id")?.to_owned();
                pulled.documents.push(Document::take(&id, document)?);
            }
            self.since = answer.tag;
        }
        Ok(pulled)
    }

    async fn push(&mut self, notes: &[Note]) -> anyhow::Result<()> {
        self.put("notes", notes).await?;
        self.since = self.list("notes", "?_limit=1").await?.0.tag;
        Ok(())
    }

    async fn sync(&mut self, note: &Note) -> anyhow::Result<()> {
        let note = serde_json::to_value(note)?;
        let id = note["id"].as_str().context("no id")?;
        let path = format!("{COLLECTIONS}/notes/records/{id}");
        self.node
            .call(Method::PUT, &path, Some(&json!({ "data": note })))
            .await?;
        let since = self.since.as_deref().unwrap_or_default().replace('"', "%22");
        let (answer, count) = self.list("notes", &format!("?_since={since}")).await?;
        ensure!(count == 1, "{count} records came instead of the one");
        self.since = answer.tag;
        Ok(())
    }

    async fn import(&mut self, cards: &[Card]) -> anyhow::Result<u64> {
        self.put("cards", cards).await?;
        usage::peak(self.node.process())
    }

    async fn count(&mut self) -> anyhow::Result<usize> {
        let mut count = 0;
        for collection in ["cards", "notes"] {
            let path = format!("{COLLECTIONS}/{collection}/records");
            count += self
                .node
                .call(Method::HEAD, &path, None)
                .await?
                .total
                .context("no count")?;
        }
        Ok(count)
    }
}
