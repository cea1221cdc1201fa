//! What is gathered from the customers, or from the records of a kind, that changed is what is gathered from all, whatever
//! happens in between. What the client gathers is not its matter.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::ids::{MutationId, UserId};

/// Everything in the scope of a customer as the user sees it, of each; and each key person with the customer.
#[derive(Clone)]
struct Gathered {
    customers: ByCustomer<Vec<Record>>,
    contacts: ByRecord<(Record, Option<Record>)>,
}

impl Gathered {
    #[expect(clippy::type_complexity, reason = "compared and nothing else")]
    fn values(
        &self,
    ) -> (
        Arc<CustomerValues<Vec<Record>>>,
        Arc<RecordValues<(Record, Option<Record>)>>,
    ) {
        (self.customers.values(), self.contacts.values())
    }
}

fn gathered(replica: &Replica, before: Option<&Gathered>) -> Gathered {
    let (customers, contacts) = (before.map(|it| &it.customers), before.map(|it| &it.contacts));
    Gathered {
        customers: replica.gather(customers, |customer| {
            Some(replica.of_customer(customer.id).cloned().collect())
        }),
        contacts: replica.gather_kind(&Kind::Contact, contacts, |contact| {
            let customer = contact.root().and_then(|id| replica.get(id));
            Some((contact.clone(), customer.cloned()))
        }),
    }
}

/// One of three customers with three records each, or of two records of no customer.
fn place() -> impl Strategy<Value = (RecordId, Kind, Scope)> {
    (0..14_u128).prop_map(|number| {
        let id = RecordId::from_u128(number + 1);
        let customer = RecordId::from_u128(number % 3 + 1);
        match number {
            0..3 => (id, Kind::Customer, Scope::Under(id)),
            3..6 => (id, Kind::Note, Scope::Under(customer)),
            6..9 => (id, Kind::Contact, Scope::Under(customer)),
            9..12 => (id, Kind::Conflict, Scope::Under(customer)),
            12 => (id, Kind::Person, Scope::Organisation),
            _ => (id, Kind::Task, Scope::User(UserId::from_u128(1))),
        }
    })
}

/// What happens next. Who waits or was refused is chosen by a number.
#[derive(Clone, Debug)]
enum Step {
    Put(Record),
    Enqueue(Mutation),
    Acknowledge {
        which: usize,
        clean: bool,
    },
    Refuse(usize),
    Resend(Mutation),
    Discard,
    Evict(RecordId),
    BeginRebuild,
    Progress {
        complete: bool,
    },
    Reoffer,
    /// The next steps are in another entry of the log.
    Entry,
    /// Whoever looks seldom looks now.
    Look,
    /// The book is opened anew.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let name = || (0..5).prop_map(|number| json!(format!("名{number}")));
    let record = (place(), name(), prop::bool::weighted(0.2));
    let record = record.prop_map(|((id, kind, scope), name, gone)| {
        let mut record = customer(&[("name", name)]);
        (record.id, record.kind, record.scope) = (id, kind, scope);
        record.deleted = gone.then_some(record.created);
        record
    });
    let operation = || {
        let set = name().prop_map(|name| write(&[("name", json!(null), name)]));
        prop_oneof![4 => set, 1 => Just(Operation::Delete)]
    };
    let change = move || {
        (place(), operation(), 0..1_000_i64, 0..40_u64).prop_map(|((record, kind, scope), operation, at, base)| {
            let base = base.saturating_sub(20);
            Mutation {
                record,
                kind,
                scope,
                ..mutation(1, at, base, operation)
            }
        })
    };
    prop_oneof![
        5 => record.prop_map(Step::Put),
        4 => change().prop_map(Step::Enqueue),
        3 => (any::<usize>(), any::<bool>()).prop_map(|(which, clean)| Step::Acknowledge { which, clean }),
        1 => any::<usize>().prop_map(Step::Refuse),
        1 => change().prop_map(Step::Resend),
        1 => Just(Step::Discard),
        2 => (1..4_u128).prop_map(|id| Step::Evict(RecordId::from_u128(id))),
        1 => Just(Step::BeginRebuild),
        2 => prop::bool::weighted(0.7).prop_map(|complete| Step::Progress { complete }),
        1 => Just(Step::Reoffer),
        8 => Just(Step::Entry),
        2 => Just(Step::Look),
        1 => Just(Step::Restart),
    ]
}

/// The step as the log has it, where it makes sense now; `number` is new with each.
fn op(step: Step, replica: &Replica, number: u64) -> Option<Op> {
    let at = Timestamp::default();
    let version = Version(number);
    let named = |mutation| Mutation {
        id: MutationId::from_u128(number.into()),
        ..mutation
    };
    let waiting = |which: usize| {
        let outbox = replica.outbox();
        let chosen = outbox.iter().nth(which.checked_rem(outbox.len())?)?;
        Some(chosen.id)
    };
    let refused = || replica.refused().first().map(|refused| refused.mutation.id);
    Some(match step {
        Step::Put(record) => Op::Put(Record { version, ..record }),
        Step::Enqueue(mutation) => Op::Enqueue(named(mutation)),
        Step::Acknowledge { which, clean } => Op::Acknowledge {
            id: waiting(which)?,
            version,
            clean,
            at,
        },
        Step::Refuse(which) => Op::Refuse {
            id: waiting(which)?,
            refusal: Refusal::whole(RefusalCode::Unknown),
        },
        Step::Resend(mutation) => Op::Resend {
            id: refused()?,
            mutation: named(mutation),
        },
        Step::Discard => Op::Discard(refused()?),
        Step::Evict(customer) => Op::Evict(customer),
        Step::BeginRebuild => Op::BeginRebuild,
        Step::Progress { complete } => Op::Progress {
            cursor: Cursor(number.to_string()),
            clock_offset: 0,
            at,
            complete,
        },
        Step::Reoffer => Op::Reoffer,
        Step::Entry | Step::Look | Step::Restart => return None,
    })
}

proptest! {
    #[test]
    fn it_is_the_same_whatever_happens(steps in prop::collection::vec(step(), 1..80)) {
        let mut replica = Replica::default();
        let mut disk = BTreeMap::new();
        // One looks after each entry, the other seldom.
        let mut often = gathered(&replica, None);
        let mut seldom = often.clone();
        let mut entry = Vec::new();
        for (number, step) in (1..).zip(steps) {
            match step {
                Step::Entry => {
                    replica.apply(LogEntry(std::mem::take(&mut entry)));
                    often = gathered(&replica, Some(&often));
                    prop_assert_eq!(often.values(), gathered(&replica, None).values());
                }
                Step::Look => {
                    seldom = gathered(&replica, Some(&seldom));
                    prop_assert_eq!(seldom.values(), gathered(&replica, None).values());
                }
                Step::Restart => {
                    replica = restart_from(&mut disk, &mut replica);
                    let shown = often.values();
                    often = gathered(&replica, None);
                    prop_assert_eq!(often.values(), shown);
                    seldom = often.clone();
                }
                step => entry.extend(op(step, &replica, number)),
            }
        }
    }
}
