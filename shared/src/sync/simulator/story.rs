//! A run told step by step, so that one can read how a promise came to be broken. It changes nothing about the run.

use std::fmt::Display;

use crate::record::mutation::{Mutation, Operation};
use crate::sync::replica::{LogEntry, Op};
use crate::sync::wire::{Acknowledgement, Outcome, SyncRequest, SyncResponse};
use crate::time::Timestamp;

/// Takes the lines; without a listener nothing is written at all.
#[derive(Default)]
pub(super) struct Story<'a>(Option<&'a mut dyn FnMut(&str)>);

impl<'a> Story<'a> {
    pub(super) fn to(listener: &'a mut dyn FnMut(&str)) -> Self {
        Self(Some(listener))
    }

    pub(super) fn say(&mut self, now: Timestamp, line: impl FnOnce() -> String) {
        if let Some(listener) = &mut self.0 {
            listener(&format!(
                "{:>9.1} s  {}",
                now.milliseconds() as f64 / 1_000.0 - 1_780_000_000.0,
                line()
            ));
        }
    }
}

/// The end of an id: enough to tell those of one run apart.
pub(super) fn short(id: impl Display) -> String {
    let text = id.to_string();
    text.get(text.len().saturating_sub(6)..).unwrap_or(&text).to_owned()
}

fn list<T>(items: &[T], tell: impl Fn(&T) -> String) -> String {
    format!("[{}]", items.iter().map(tell).collect::<Vec<_>>().join(", "))
}

fn mutation(mutation: &Mutation) -> String {
    let what = match &mutation.operation {
        Operation::Write(changes) => {
            let paths: Vec<&str> = changes.keys().map(|path| path.as_str()).collect();
            paths.join(" ")
        }
        Operation::Delete => "deleted".to_owned(),
    };
    let (id, record) = (short(mutation.id), short(mutation.record));
    format!("{id}: {} {record} {what} on v{}", mutation.kind, mutation.base.0)
}

fn acknowledgement(acknowledgement: &Acknowledgement) -> String {
    let outcome = match &acknowledgement.outcome {
        Outcome::Applied { version } => format!("applied v{}", version.0),
        Outcome::Merged { version, .. } => format!("merged v{}", version.0),
        Outcome::Refused(refusal) => format!("refused: {refusal}"),
        Outcome::Other(other) => other.to_string(),
    };
    format!("{} {outcome}", short(acknowledgement.id))
}

pub(super) fn request(request: &SyncRequest) -> String {
    let cursor = request.cursor.as_ref().map_or("nothing", |cursor| &cursor.0);
    let brought = list(&request.mutations, mutation);
    format!("asks from {cursor} for {} pages, brings {brought}", request.pages)
}

pub(super) fn response(response: &SyncResponse) -> String {
    let page = &response.page;
    let records = list(&page.records, |record| {
        format!("{} {} v{}", record.kind, short(record.id), record.version.0)
    });
    let mut told = format!(
        "acknowledges {}, sends {records}",
        list(&response.acknowledgements, acknowledgement)
    );
    if !page.evicted.is_empty() {
        told += &format!(", takes away {}", list(&page.evicted, |id| short(id)));
    }
    for (said, what) in [
        (page.rebuild, "from the start"),
        (page.reoffer, "asks for what was acknowledged"),
        (page.more, "more waits"),
    ] {
        if said {
            told += &format!(", {what}");
        }
    }
    format!("{told}, up to {}", page.cursor.0)
}

pub(super) fn entry(entry: &LogEntry) -> String {
    list(&entry.0, |op| match op {
        Op::Put(record) => format!("put {} v{}", short(record.id), record.version.0),
        Op::History(entry) => format!("history {}", short(entry.mutation)),
        Op::Evict(customer) => format!("evict {}", short(customer)),
        Op::Enqueue(written) => format!("enqueue {}", mutation(written)),
        Op::Acknowledge { id, version, clean, .. } => {
            format!(
                "acknowledge {} v{}{}",
                short(id),
                version.0,
                if *clean { "" } else { ", state follows" }
            )
        }
        Op::Refuse { id, refusal } => format!("refuse {}: {refusal}", short(id)),
        Op::Discard(id) => format!("give up {}", short(id)),
        Op::Resend {
            id,
            mutation: successor,
        } => format!("instead of {}: {}", short(id), mutation(successor)),
        Op::PutDraft { .. } | Op::RemoveDraft(_) => "draft".to_owned(),
        Op::Profile(profile) => format!("belongs to {}", profile.login),
        Op::Progress { cursor, complete, .. } => {
            format!("up to {}{}", cursor.0, if *complete { ", complete" } else { "" })
        }
        Op::BeginRebuild => "begin anew".to_owned(),
        Op::Reoffer => "offer again".to_owned(),
        Op::Remember { .. } => "a name".to_owned(),
        Op::Unread { protocol } => format!("left out by protocol {protocol}"),
    })
}
