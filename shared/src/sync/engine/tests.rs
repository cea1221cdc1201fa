//! What the engine asks for, case by case. What it amounts to under faults is the simulator's business.

use serde_json::json;

use super::*;
use crate::ids::{OrgId, RecordId, UserId};
use crate::record::profile::Role;
use crate::record::{Kind, Scope, Version};
use crate::sync::fixtures::{CUSTOMER, Counter, customer, path, write};
use crate::sync::wire::{Acknowledgement, Cursor, Page};

mod ages;
mod pages;

struct Bench {
    engine: Engine,
    entropy: Counter,
    now: Timestamp,
}

fn profile(user: u128) -> Profile {
    Profile {
        org: OrgId::from_u128(1),
        user: UserId::from_u128(user),
        login: "rm".to_owned(),
        name: "RM".to_owned(),
        role: Role::RelationshipManager,
        team: None,
        branch: None,
    }
}

impl Bench {
    /// An engine that belongs to user 1, is signed in, and has its first request under way.
    fn signed_in() -> (Self, RequestToken) {
        let mut replica = Replica::default();
        replica.apply(LogEntry(vec![
            Op::Profile(profile(1)),
            Op::Put(customer(&[("phone", json!("1"))])),
            Op::Progress {
                cursor: Cursor("5".to_owned()),
                clock_offset: 0,
                at: Timestamp::default(),
                complete: true,
            },
        ]));
        let engine = Engine::new(DeviceId::from_u128(1), replica);
        let mut bench = Self {
            engine,
            entropy: Counter::default(),
            now: Timestamp::from_milliseconds(1_000_000),
        };
        let commands = bench.tell(Event::SessionReady(profile(1)));
        let token = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}")).0;
        (bench, token)
    }

    fn tell(&mut self, event: Event) -> Vec<Command> {
        self.engine.handle(event, self.now, &mut self.entropy)
    }

    /// Carries out the commits of `commands`; gives what follows.
    fn commit(&mut self, commands: &[Command]) -> Vec<Command> {
        let commits = commands.iter().filter_map(|command| match command {
            Command::Commit(token, entry) => Some(Event::Committed(*token, entry.clone())),
            _ => None,
        });
        commits.flat_map(|event| self.tell(event)).collect()
    }

    /// Saves, and waits for as long as what was saved waits for more; gives what follows.
    fn save(&mut self, edits: Vec<Edit>) -> Vec<Command> {
        let commands = self.tell(Event::Write(edits));
        assert!(!matches!(self.commit(&commands)[..], [Command::Send(..)]));
        self.tell(Event::Woken)
    }

    fn answer(&mut self, token: RequestToken, acknowledgements: Vec<Acknowledgement>, more: bool) -> Vec<Command> {
        let response = SyncResponse {
            acknowledgements,
            ..self.page("7", more)
        };
        self.hear(token, response)
    }

    /// An answer of half a second later, with nothing in it.
    fn page(&self, cursor: &str, more: bool) -> SyncResponse {
        let page = Page {
            records: Vec::new(),
            history: Vec::new(),
            evicted: Vec::new(),
            rebuild: false,
            reoffer: false,
            listed: false,
            cursor: Cursor(cursor.to_owned()),
            more,
            unread: false,
        };
        SyncResponse {
            protocol: PROTOCOL,
            now: self.now.plus(500),
            acknowledgements: Vec::new(),
            page,
        }
    }

    /// An answer of one page, and what follows.
    fn hear(&mut self, token: RequestToken, response: SyncResponse) -> Vec<Command> {
        let mut all = self.tell(Event::Answered(token, Box::new(response)));
        all.extend(self.tell(Event::AnswerEnded(token)));
        let followed = self.commit(&all);
        all.extend(followed);
        all
    }

    /// A bench at rest: signed in, nothing under way.
    fn at_rest() -> Self {
        let (mut bench, token) = Self::signed_in();
        let commands = bench.answer(token, Vec::new(), false);
        assert_eq!(sent(&commands), None);
        bench
    }

    fn edit(&self) -> Edit {
        let record = self
            .engine
            .replica()
            .get(CUSTOMER)
            .unwrap_or_else(|| unreachable!("the customer is there"));
        Edit::of(record).change(record, path("phone"), "2")
    }
}

fn sent(commands: &[Command]) -> Option<(RequestToken, &SyncRequest)> {
    commands.iter().find_map(|command| match command {
        Command::Send(token, request) => Some((*token, &**request)),
        _ => None,
    })
}

#[test]
fn work_is_sent_only_once_it_is_durable() {
    let mut bench = Bench::at_rest();
    let edit = bench.edit();
    let commands = bench.tell(Event::Write(vec![edit]));
    assert!(matches!(commands[..], [Command::Commit(..)]), "{commands:?}");
    assert!(bench.engine.replica().outbox().is_empty());
    let commands = bench.commit(&commands);
    assert_eq!(sent(&commands), None);
    assert_eq!(bench.engine.replica().outbox().len(), 1);
    let commands = bench.tell(Event::Woken);
    let (_, request) = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}"));
    assert!(request.mutations.iter().eq(bench.engine.replica().outbox().iter()));
    assert_eq!(request.mutations.len(), 1);
}

#[test]
fn what_is_saved_in_one_go_is_sent_in_one_go() {
    let mut bench = Bench::at_rest();
    for number in [77, 78] {
        let task = Edit::create(
            RecordId::from_u128(number),
            Kind::Task,
            Scope::User(UserId::from_u128(1)),
        );
        let commands = bench.tell(Event::Write(vec![task.set(path("title"), "call")]));
        let commands = bench.commit(&commands);
        assert!(matches!(commands[..], [Command::WakeAfter(GATHER)]), "{commands:?}");
    }
    // While more is being saved, the time that has come does not count.
    let task = Edit::create(RecordId::from_u128(79), Kind::Task, Scope::User(UserId::from_u128(1)));
    let commands = bench.tell(Event::Write(vec![task.set(path("title"), "call")]));
    assert_eq!(bench.tell(Event::Woken), [Command::WakeAfter(GATHER)]);
    bench.commit(&commands);
    let commands = bench.tell(Event::Woken);
    assert_eq!(sent(&commands).map(|(_, request)| request.mutations.len()), Some(3));
    // That request is reason enough: the time comes when it is under way, and nothing more is asked for.
    assert_eq!(bench.tell(Event::Woken), [Command::WakeAfter(POLL)]);
    let (token, _) = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}"));
    assert_eq!(sent(&bench.answer(token, Vec::new(), false)), None);
}

#[test]
fn work_leaves_the_outbox_with_its_own_acknowledgement_only() {
    let mut bench = Bench::at_rest();
    let edit = bench.edit();
    let commands = bench.save(vec![edit]);
    let (token, request) = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}"));
    let id = request.mutations[0].id;

    // An answer about something else, then one that is late, change nothing.
    let stranger = Acknowledgement {
        id: MutationId::from_u128(77),
        outcome: Outcome::Applied { version: Version(9) },
    };
    bench.answer(token, vec![stranger], false);
    assert_eq!(bench.engine.replica().outbox().len(), 1);
    let late = Acknowledgement {
        id,
        outcome: Outcome::Applied { version: Version(9) },
    };
    bench.answer(token, vec![late.clone()], false);
    assert_eq!(bench.engine.replica().outbox().len(), 1);

    let commands = bench.tell(Event::SyncNow);
    let (token, request) = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}"));
    assert_eq!(request.mutations[0].id, id);
    bench.answer(token, vec![late], false);
    assert!(bench.engine.replica().outbox().is_empty());
}

#[test]
fn an_ended_session_holds_the_queue_until_the_same_user_signs_in() {
    let mut bench = Bench::at_rest();
    let edit = bench.edit();
    let commands = bench.save(vec![edit]);
    let (token, _) = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}"));
    bench.tell(Event::Failed(token, Failure::SignedOut));
    assert_eq!(bench.engine.activity(), Activity::SignedOut);
    assert_eq!(sent(&bench.tell(Event::SyncNow)), None);
    assert_eq!(sent(&bench.tell(Event::SessionReady(profile(2)))), None);
    let commands = bench.tell(Event::SessionReady(profile(1)));
    assert_eq!(sent(&commands).map(|(_, request)| request.mutations.len()), Some(1));
}

#[test]
fn pages_follow_each_other_without_waiting() {
    let (mut bench, token) = Bench::signed_in();
    let commands = bench.answer(token, Vec::new(), true);
    let (_, request) = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}"));
    assert_eq!(request.cursor, Some(Cursor("7".to_owned())));
}

#[test]
fn saves_do_not_send_the_queue_while_a_failure_is_waited_out() {
    let (mut bench, token) = Bench::signed_in();
    bench.tell(Event::Failed(token, Failure::Unreachable));
    let save = |bench: &mut Bench| {
        let edit = bench.edit();
        let commands = bench.tell(Event::Write(vec![edit]));
        bench.commit(&commands)
    };
    assert_eq!(sent(&save(&mut bench)), None);
    let commands = bench.tell(Event::Woken);
    let (token, request) = sent(&commands).unwrap_or_else(|| unreachable!("asks again"));
    assert_eq!(request.mutations.len(), 1);
    // Saved while that was under way: sent as soon as it is answered.
    let other = Edit::create(RecordId::from_u128(77), Kind::Task, Scope::User(UserId::from_u128(1)));
    let commands = bench.tell(Event::Write(vec![other.set(path("title"), "later")]));
    assert_eq!(sent(&bench.commit(&commands)), None);
    let commands = bench.answer(token, Vec::new(), false);
    let (_, request) = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}"));
    assert_eq!(request.mutations.len(), 2);
}

#[test]
fn an_answer_of_nothing_is_a_failure_and_asked_for_again() {
    let (mut bench, token) = Bench::signed_in();
    let commands = bench.tell(Event::AnswerEnded(token));
    assert!(
        matches!(commands[..], [Command::WakeAfter(span)] if span < LONGEST_RETRY),
        "{commands:?}"
    );
    assert_eq!(bench.engine.activity(), Activity::Failing);
    let commands = bench.tell(Event::Woken);
    assert!(sent(&commands).is_some(), "{commands:?}");
}

#[test]
fn failures_are_retried_ever_more_slowly() {
    let (mut bench, mut token) = Bench::signed_in();
    let mut spans = Vec::new();
    for _ in 0..9 {
        let commands = bench.tell(Event::Failed(token, Failure::Unreachable));
        spans.extend(commands.iter().filter_map(|command| match command {
            Command::WakeAfter(span) => Some(*span),
            _ => None,
        }));
        assert_eq!(bench.engine.activity(), Activity::Offline);
        token = sent(&bench.tell(Event::Woken))
            .unwrap_or_else(|| unreachable!("asks again"))
            .0;
    }
    assert!(
        spans.is_sorted() && spans[0] >= 500 && spans[8] >= 30_000 && spans[8] <= 60_000,
        "{spans:?}"
    );
}

#[test]
fn a_request_too_large_is_split_and_a_change_too_large_is_shown() {
    let mut bench = Bench::at_rest();
    let create = |number: u128| {
        let id = RecordId::from_u128(number);
        Edit {
            operation: write(&[("text", json!(null), json!("记录"))]),
            ..Edit::create(id, Kind::Note, Scope::Under(CUSTOMER))
        }
    };
    let commands = bench.save((10..18).map(create).collect());
    let mut request = sent(&commands).map(|(token, request)| (token, request.mutations.len()));
    let mut sizes = Vec::new();
    while let (Some((token, size)), true) = (request, sizes.len() < 3) {
        sizes.push(size);
        let commands = bench.tell(Event::Failed(token, Failure::TooLarge));
        bench.commit(&commands);
        request = sent(&bench.tell(Event::Woken)).map(|(token, request)| (token, request.mutations.len()));
    }
    assert_eq!(sizes, [8, 2, 1]);
    let refused = bench.engine.replica().refused();
    assert_eq!(
        refused.iter().map(|refused| refused.refusal.code).collect::<Vec<_>>(),
        [RefusalCode::TooLarge]
    );
    assert_eq!(bench.engine.replica().outbox().len(), 7);
}

#[test]
fn times_are_corrected_to_the_server() {
    let mut bench = Bench::at_rest();
    assert_eq!(bench.engine.corrected(bench.now), bench.now.plus(500));
    let edit = bench.edit();
    let commands = bench.tell(Event::Write(vec![edit]));
    bench.commit(&commands);
    let written = bench.engine.replica().outbox().first();
    assert_eq!(written.map(|mutation| mutation.at), Some(bench.now.plus(500)));
}

#[test]
fn a_commit_that_fails_leaves_everything_as_it_was() {
    let mut bench = Bench::at_rest();
    let edit = bench.edit();
    let commands = bench.tell(Event::Write(vec![edit]));
    let Some(Command::Commit(token, _)) = commands.first() else {
        unreachable!("{commands:?}")
    };
    bench.tell(Event::CommitFailed(*token));
    assert!(bench.engine.replica().outbox().is_empty());
    assert_eq!(
        bench
            .engine
            .replica()
            .get(CUSTOMER)
            .and_then(|record| record.text("phone")),
        Some("1")
    );
}
