//! The engine among other ages: a server of the next version, a server restored from yesterday's backup, a cursor that
//! is of no use any more, a device whose clock shows 2099 or 1970.

use super::*;
use crate::sync::replica::{Outbox, Restore};

const NEXT: &str = include_str!("../../../../tests/golden/wire/next/sync-response.json");

fn next_id(number: u128) -> MutationId {
    MutationId::from_u128(0x019e_7047_63e3_7559_bcc3_0000_0000_0000 + number)
}

fn phone(number: u128) -> Mutation {
    Mutation {
        id: next_id(number),
        ..crate::sync::fixtures::mutation(1, 100, 1, write(&[("phone", json!("1"), json!(format!("1{number}")))]))
    }
}

fn ids(outbox: &Outbox) -> Vec<MutationId> {
    outbox.iter().map(|mutation| mutation.id).collect()
}

/// A bench whose request under way holds the mutations the golden answer speaks of, and one it cannot name.
fn asking() -> (Bench, RequestToken) {
    let mut bench = Bench::at_rest();
    let commands = bench.tell(Event::Steps((1..=7).map(|number| Op::Enqueue(phone(number))).collect()));
    bench.commit(&commands);
    let commands = bench.tell(Event::Woken);
    let (token, request) = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}"));
    assert_eq!(request.mutations.len(), 7);
    (bench, token)
}

/// A restart with what is on the disk.
fn restarted(engine: &Engine) -> Replica {
    let checkpoint = engine
        .replica()
        .checkpoint(None)
        .unwrap_or_else(|error| unreachable!("{error}"));
    let mut restore = Restore::default();
    let head = restore.head(&checkpoint.head);
    assert!(head.is_ok(), "{head:?}");
    for (number, page) in checkpoint.pages {
        let page = restore.page(number, &page.unwrap_or_default());
        assert!(page.is_ok(), "{page:?}");
    }
    restore.finish([])
}

/// Work of kinds the server does not know waits, with what lies under roots of such kinds; all else goes on.
#[test]
fn work_a_server_does_not_know_waits_for_one_that_does() {
    let kinds = |commands: &[Command]| -> Vec<Kind> {
        let mutations = sent(commands).map(|(_, request)| request.mutations.clone());
        mutations.into_iter().flatten().map(|mutation| mutation.kind).collect()
    };
    let mut bench = Bench::at_rest();
    let (root, hologram) = (RecordId::from_u128(70), Kind::from("hologram"));
    let edits = vec![
        Edit::create(root, hologram.clone(), Scope::Under(root)).set(path("beam"), "wide"),
        Edit::create(RecordId::from_u128(71), Kind::Note, Scope::Under(root)).set(path("text"), "x"),
        Edit::create(RecordId::from_u128(72), Kind::Note, Scope::Under(CUSTOMER)).set(path("text"), "y"),
    ];
    let commands = bench.save(edits);
    let (token, request) = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}"));
    let id = request.mutations[0].id;
    assert_eq!(kinds(&commands), [Kind::Note], "only what lies under the customer");
    let outcome = Outcome::Applied { version: Version(6) };
    let commands = bench.answer(token, vec![Acknowledgement { id, outcome }], false);
    // It waits, and nobody asks again and again for it.
    assert!(sent(&commands).is_none(), "{commands:?}");
    assert_eq!(bench.engine.replica().outbox().len(), 2);
    let commands = bench.tell(Event::KindsKnown(vec![hologram.clone()]));
    assert_eq!(kinds(&commands), [hologram, Kind::Note]);
}

#[test]
fn an_answer_of_a_newer_server_loses_nothing_and_holds_nothing_up() {
    let (mut bench, token) = asking();
    let response = SyncResponse::read(NEXT.as_bytes()).unwrap_or_else(|error| unreachable!("{error}"));
    bench.hear(token, response);
    let replica = bench.engine.replica();
    // Both stored ones are acknowledged, what the server does not hold is shown, what it did not name is sent again.
    assert_eq!(ids(replica.outbox()), [next_id(7)]);
    let refused: Vec<_> = replica
        .refused()
        .iter()
        .map(|refused| (refused.mutation.id, refused.refusal.code))
        .collect();
    let unknown = RefusalCode::Unknown;
    assert_eq!(refused, [3, 4, 5, 6].map(|number| (next_id(number), unknown)));
    assert_eq!(
        replica.cursor().map(|cursor| cursor.0.as_str()),
        Some("a cursor of another form: {2}")
    );
    // What can be read is here with all that is not known, and comes back from the disk as it came.
    let customer = replica.base(CUSTOMER).cloned();
    let held = customer
        .as_ref()
        .map(|record| (record.version, record.get("aura"), record.unknown.get("projector")));
    assert_eq!(
        held,
        Some((
            Version(21),
            Some(&json!({"colour": "blue"})),
            Some(&json!({"kept": true}))
        ))
    );
    assert_eq!(replica.iter(&Kind::from("hologram")).count(), 1);
    let because = |replica: &Replica| {
        let history = replica.history(CUSTOMER);
        history.iter().find_map(|entry| entry.unknown.get("because").cloned())
    };
    assert_eq!(because(replica), Some(json!("the customer called")));
    let again = restarted(&bench.engine);
    assert_eq!(again.base(CUSTOMER), customer.as_ref());
    assert_eq!(because(&again), because(replica));
    assert_eq!(again.refused(), replica.refused());
    // The next round goes on as always.
    assert!(sent(&bench.tell(Event::SyncNow)).is_some());
}

#[test]
fn what_could_not_be_read_is_asked_for_again_by_a_newer_program_only() {
    let (mut bench, token) = asking();
    let response = SyncResponse::read(NEXT.as_bytes()).unwrap_or_else(|error| unreachable!("{error}"));
    bench.hear(token, response);
    let check = |left_out_by: u32, asks_for_everything: bool| {
        let mut replica = restarted(&bench.engine);
        replica.apply(LogEntry(vec![Op::Unread { protocol: left_out_by }]));
        let mut bench = Bench {
            engine: Engine::new(DeviceId::from_u128(1), replica),
            entropy: Counter::default(),
            now: bench.now,
        };
        let commands = bench.tell(Event::SessionReady(profile(1)));
        let (token, request) = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}"));
        assert_eq!(request.cursor.is_none(), asks_for_everything);
        bench.answer(token, Vec::new(), false);
        // Once is enough, and what the server did not send again is gone.
        assert_eq!(bench.engine.replica().has_unread(), !asks_for_everything);
        assert_eq!(bench.engine.replica().is_empty(), asks_for_everything);
        assert_eq!(ids(bench.engine.replica().outbox()), [next_id(7)]);
    };
    check(PROTOCOL, false);
    check(PROTOCOL - 1, true);
}

#[test]
fn a_server_that_is_too_old_for_this_program_is_asked_again_later() {
    let (mut bench, token) = asking();
    // What the app makes of `protocol_too_new`.
    let commands = bench.tell(Event::Failed(token, Failure::Server));
    assert!(matches!(commands[..], [Command::WakeAfter(_)]), "{commands:?}");
    assert_eq!(bench.engine.activity(), Activity::Failing);
    assert_eq!(bench.engine.replica().outbox().len(), 7);
    let commands = bench.tell(Event::Woken);
    assert_eq!(sent(&commands).map(|(_, request)| request.mutations.len()), Some(7));
}

#[test]
fn what_is_no_answer_at_all_is_not_taken_for_one() {
    for body in [
        "",
        "null",
        "[]",
        "<html>",
        r#"{"protocol":1,"now":0}"#,
        r#"{"protocol":1,"now":0,"page":{"records":[]}}"#,
    ] {
        assert!(SyncResponse::read(body.as_bytes()).is_err(), "{body}");
    }
}

/// The answer to a device whose cursor is of no use: everything from nothing, of which `records` is all.
fn rebuild(bench: &mut Bench, token: RequestToken, reoffer: bool, records: Vec<crate::record::Record>) {
    let page = Page {
        records,
        history: Vec::new(),
        evicted: Vec::new(),
        rebuild: true,
        reoffer,
        listed: false,
        cursor: Cursor("new".to_owned()),
        more: false,
        unread: false,
    };
    let response = SyncResponse {
        protocol: PROTOCOL,
        now: bench.now,
        acknowledgements: Vec::new(),
        page,
    };
    bench.hear(token, response);
}

#[test]
fn a_cursor_too_old_means_a_rebuild_that_keeps_the_outbox() {
    let (mut bench, token) = asking();
    let stranger = crate::record::Record {
        id: RecordId::from_u128(2),
        scope: Scope::Under(RecordId::from_u128(2)),
        ..customer(&[("phone", json!("5"))])
    };
    rebuild(&mut bench, token, false, vec![stranger]);
    let replica = bench.engine.replica();
    assert_eq!(replica.base(CUSTOMER), None, "what was not sent again is gone");
    assert_eq!(
        replica.get(CUSTOMER),
        None,
        "nor is unsent work on it shown as if it were one"
    );
    assert_eq!((replica.outbox().len(), replica.len()), (7, 1));
}

#[test]
fn a_server_restored_from_yesterday_is_offered_what_it_acknowledged_since() {
    let (mut bench, token) = asking();
    let acknowledged = |number| Acknowledgement {
        id: next_id(number),
        outcome: Outcome::Applied { version: Version(10) },
    };
    bench.answer(token, vec![acknowledged(1), acknowledged(2)], false);
    assert_eq!(bench.engine.replica().outbox().len(), 5);
    let commands = bench.tell(Event::SyncNow);
    let (token, _) = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}"));
    rebuild(&mut bench, token, true, vec![customer(&[("phone", json!("1"))])]);
    // Under their old identity, in their old order, and as if nothing had been seen: nothing of the restored server's
    // is overwritten unseen.
    let outbox = bench.engine.replica().outbox();
    assert_eq!(ids(outbox), (1..=7).map(next_id).collect::<Vec<_>>());
    let bases: Vec<u64> = outbox.iter().map(|mutation| mutation.base.0).collect();
    assert_eq!(bases[..2], [0, 0]);
}

#[test]
fn a_clock_that_shows_2099_or_1970_is_corrected_after_one_answer() {
    const SERVER: i64 = 1_780_000_000_000;
    for device in [4_070_908_800_000, 0, -1, SERVER] {
        let (mut bench, token) = Bench::signed_in();
        bench.now = Timestamp::from_milliseconds(device);
        let mut response = SyncResponse::read(NEXT.as_bytes()).unwrap_or_else(|error| unreachable!("{error}"));
        response.now = Timestamp::from_milliseconds(SERVER);
        response.acknowledgements.clear();
        // The request was on its way while the clock was set: the answer seems to come before the question.
        bench.hear(token, response.clone());
        let commands = bench.tell(Event::SyncNow);
        let (token, _) = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}"));
        bench.hear(token, response);
        let edit = bench.edit();
        let commands = bench.tell(Event::Write(vec![edit]));
        bench.commit(&commands);
        let written: Vec<i64> = bench
            .engine
            .replica()
            .outbox()
            .iter()
            .map(|mutation| mutation.at.milliseconds())
            .collect();
        assert_eq!(written, [SERVER], "{device}");
    }
}
