//! What the judgement finds: nothing where every promise was kept, and each way of breaking one.

use std::collections::BTreeMap;

use rapport_shared::ids::UserId;
use rapport_shared::record::Scope;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::refusal::{Refusal, RefusalCode};
use rapport_shared::sync::merge::merge;
use rapport_shared::time::Timestamp;

use super::*;

const DEVICE: DeviceId = DeviceId::from_u128(1);
const CUSTOMER: RecordId = RecordId::from_u128(2);
const NOTE: RecordId = RecordId::from_u128(3);

fn mutation(number: u64, base: Option<&Record>, edit: Edit) -> Mutation {
    Mutation {
        id: MutationId::from_u128(u128::from(number)),
        device: DEVICE,
        device_seq: number,
        author: UserId::from_u128(1),
        at: Timestamp::from_milliseconds(1),
        record: edit.record,
        kind: edit.kind,
        scope: edit.scope,
        base: base.map_or(Version::NONE, |base| base.version),
        operation: edit.operation,
        unknown: BTreeMap::new(),
    }
}

/// A run in which somebody opened a customer, changed its telephone number and wrote a note.
struct Run {
    journal: Journal,
    settled: HashMap<MutationId, Outcome>,
    everything: Sight,
    replica: Replica,
    /// What the device's disk holds; what it shows when left out.
    restored: Option<Replica>,
}

impl Run {
    fn new() -> Self {
        let mut run = Self {
            journal: Journal::default(),
            settled: HashMap::new(),
            everything: Sight::default(),
            replica: Replica::default(),
            restored: None,
        };
        let scope = Scope::Under(CUSTOMER);
        let card = Edit::create(CUSTOMER, Kind::Customer, scope).set(FieldPath::known("name"), "某公司");
        run.carry_out(1, card);
        let card = run.everything.records[&CUSTOMER].clone();
        for (number, phone) in [(2, "111"), (3, "222")] {
            run.carry_out(number, Edit::of(&card).change(&card, FieldPath::known("phone"), phone));
        }
        let note = Edit::create(NOTE, Kind::Note, scope).set(FieldPath::known("text"), "谈了贷款");
        run.carry_out(4, note);
        run
    }

    /// One mutation from the device to the server and back, as it should be.
    fn carry_out(&mut self, number: u64, edit: Edit) {
        let base = self.everything.records.get(&edit.record).cloned();
        let mutation = mutation(number, base.as_ref(), edit);
        let entry = LogEntry(vec![Op::Enqueue(mutation.clone())]);
        self.journal.stored(&entry);
        self.replica.apply(entry);
        let version = Version(number);
        let merged = merge(base.as_ref(), &mutation, version);
        self.everything.records.insert(merged.record.id, merged.record);
        self.everything.history.extend(merged.history);
        let outcome = Outcome::Applied { version };
        self.settled.insert(mutation.id, outcome.clone());
        self.journal.answered(&[Acknowledgement {
            id: mutation.id,
            outcome,
        }]);
        let (id, at) = (mutation.id, mutation.at);
        self.replica.apply(LogEntry(vec![Op::Acknowledge {
            id,
            version,
            clean: true,
            at,
        }]));
    }

    fn refuse(&mut self, number: u64) {
        let note = Edit::create(RecordId::from_u128(9), Kind::Note, Scope::Under(CUSTOMER));
        let mutation = mutation(number, None, note);
        let outcome = Outcome::Refused(Refusal::whole(RefusalCode::NotVisible));
        self.journal.stored(&LogEntry(vec![Op::Enqueue(mutation.clone())]));
        self.journal.answered(&[Acknowledgement {
            id: mutation.id,
            outcome: outcome.clone(),
        }]);
        self.settled.insert(mutation.id, outcome);
    }

    fn judge(&self) -> Verdict {
        let device = Held {
            id: DEVICE,
            whose: "rm1".to_owned(),
            shown: &self.replica,
            restored: self.restored.clone().unwrap_or_else(|| self.replica.clone()),
            sight: &self.everything,
        };
        judge(&self.journal, &self.settled, &self.everything, &[device])
    }
}

/// How many were lost, doubled and unequal after `change`.
fn check(what: &str, change: impl FnOnce(&mut Run), expected: (usize, usize, usize)) {
    let mut run = Run::new();
    change(&mut run);
    let verdict = run.judge();
    let found = (verdict.lost.len(), verdict.doubled.len(), verdict.unequal.len());
    assert_eq!(found, expected, "{what}:\n{verdict}");
}

fn id(number: u128) -> MutationId {
    MutationId::from_u128(number)
}

#[test]
fn each_broken_promise_is_found() {
    check("all kept", |_| {}, (0, 0, 0));
    check(
        "acknowledged, then unknown to the server",
        |run| {
            run.settled.remove(&id(4));
        },
        (1, 0, 0),
    );
    check(
        "saved, never sent",
        |run| {
            run.settled.remove(&id(4));
            run.journal.acknowledged.remove(&id(4));
        },
        (1, 0, 0),
    );
    check(
        "the record is gone, from the device too",
        |run| {
            run.everything.records.remove(&NOTE);
            run.replica = Replica::default();
            let card = run.everything.records[&CUSTOMER].clone();
            let history = run.everything.history.iter().cloned().map(Op::History);
            run.replica.apply(LogEntry(history.chain([Op::Put(card)]).collect()));
        },
        (1, 0, 0),
    );
    check(
        "a value was overwritten and is not in the history",
        |run| run.everything.history.clear(),
        (1, 0, 1),
    );
    check(
        "two commits of one mutation",
        |run| {
            run.settled.insert(id(4), Outcome::Applied { version: Version(5) });
        },
        (0, 1, 0),
    );
    check(
        "twice in the history",
        |run| {
            let again = run.everything.history[0].clone();
            run.everything.history.push(again);
        },
        (0, 1, 1),
    );
    check(
        "a second record of the same text",
        |run| {
            let mut again = run.everything.records[&NOTE].clone();
            again.id = RecordId::from_u128(7);
            run.replica.apply(LogEntry(vec![Op::Put(again.clone())]));
            run.everything.records.insert(again.id, again);
        },
        (0, 1, 0),
    );
    check(
        "the device shows another value",
        |run| {
            let mut card = run.everything.records[&CUSTOMER].clone();
            card.fields.insert(FieldPath::known("phone"), "333".into());
            run.replica.apply(LogEntry(vec![Op::Put(card)]));
        },
        (0, 0, 1),
    );
    check(
        "the device kept what its user may no longer see",
        |run| {
            let mut other = run.everything.records[&NOTE].clone();
            other.id = RecordId::from_u128(8);
            run.replica.apply(LogEntry(vec![Op::Put(other)]));
        },
        (0, 0, 1),
    );
    check(
        "a restart would show nothing",
        |run| run.restored = Some(Replica::default()),
        (0, 0, 1),
    );
    check("refused and not shown", |run| run.refuse(5), (1, 0, 0));
    check(
        "refused and given up by the user",
        |run| {
            run.refuse(5);
            run.journal.stored(&LogEntry(vec![Op::Discard(id(5))]));
        },
        (0, 0, 0),
    );
}
