//! An answer of several pages: each becomes durable before the next is looked at, and whatever ends it early leaves the
//! device at the last durable one.

use super::*;

impl Bench {
    /// A bench whose answer has begun: its first page, up to `a`, is durable and more is to come.
    fn in_the_middle() -> (Self, RequestToken) {
        let (mut bench, token) = Self::signed_in();
        let commands = bench.turn("a", token);
        assert!(
            bench.commit(&commands).is_empty(),
            "nothing is asked while more is to come"
        );
        assert_eq!(bench.cursor(), "a");
        (bench, token)
    }

    /// A page up to `cursor` comes, and more waits.
    fn turn(&mut self, cursor: &str, token: RequestToken) -> Vec<Command> {
        let response = self.page(cursor, true);
        self.tell(Event::Answered(token, Box::new(response)))
    }

    fn cursor(&self) -> &str {
        self.engine.replica().cursor().map_or("", |cursor| &cursor.0)
    }
}

fn stored(commands: &[Command]) -> Option<CommitToken> {
    commands.iter().find_map(|command| match command {
        Command::Commit(token, _) => Some(*token),
        _ => None,
    })
}

fn asked_from(commands: &[Command]) -> Option<&str> {
    let (_, request) = sent(commands)?;
    request.cursor.as_ref().map(|cursor| cursor.0.as_str())
}

#[test]
fn a_page_waits_until_the_one_before_is_durable() {
    let (mut bench, token) = Bench::in_the_middle();
    let second = bench.turn("b", token);
    assert!(bench.turn("c", token).is_empty());
    assert_eq!(bench.cursor(), "a");
    let third = bench.commit(&second);
    assert!(stored(&third).is_some(), "{third:?}");
    assert_eq!(bench.cursor(), "b");
    bench.commit(&third);
    assert_eq!(bench.cursor(), "c");
    // The server has sent as much as it likes to at once.
    let commands = bench.tell(Event::AnswerEnded(token));
    assert_eq!(asked_from(&commands), Some("c"));
}

#[test]
fn no_more_is_read_than_can_be_taken_over() {
    let (mut bench, token) = Bench::in_the_middle();
    assert_eq!(bench.engine.is_awaited(token), Some(true));
    let second = bench.turn("b", token);
    bench.turn("c", token);
    assert_eq!(bench.engine.is_awaited(token), Some(true));
    bench.turn("d", token);
    assert_eq!(bench.engine.is_awaited(token), Some(false));
    bench.commit(&second);
    assert_eq!(bench.engine.is_awaited(token), Some(true));
    assert_eq!(bench.engine.is_awaited(RequestToken(77)), None);
}

#[test]
fn what_comes_after_a_page_that_could_not_be_stored_is_not_taken_over() {
    let (mut bench, token) = Bench::in_the_middle();
    let second = bench.turn("b", token);
    bench.turn("c", token);
    let commit = stored(&second).unwrap_or_else(|| unreachable!("{second:?}"));
    let commands = bench.tell(Event::CommitFailed(commit));
    assert!(matches!(commands[..], [Command::WakeAfter(_)]), "{commands:?}");
    assert_eq!(bench.engine.is_awaited(token), None);
    assert!(bench.turn("d", token).is_empty());
    assert!(bench.tell(Event::AnswerEnded(token)).is_empty());
    assert_eq!(bench.engine.activity(), Activity::StoreFailing);
    assert_eq!(asked_from(&bench.tell(Event::Woken)), Some("a"));
}

#[test]
fn an_answer_that_is_cut_off_is_gone_on_with_at_once() {
    let (mut bench, token) = Bench::in_the_middle();
    let second = bench.turn("b", token);
    assert!(bench.tell(Event::Failed(token, Failure::Unreachable)).is_empty());
    let commands = bench.commit(&second);
    assert_eq!(asked_from(&commands), Some("b"));
    // Nothing came of this one: no reason to ask again at once.
    let token = sent(&commands).map(|(token, _)| token).unwrap_or(token);
    let commands = bench.tell(Event::Failed(token, Failure::Unreachable));
    assert!(matches!(commands[..], [Command::WakeAfter(_)]), "{commands:?}");
    assert_eq!(bench.engine.activity(), Activity::Offline);
}

#[test]
fn new_work_does_not_wait_for_the_rest_of_an_answer() {
    let (mut bench, token) = Bench::in_the_middle();
    let second = bench.turn("b", token);
    bench.turn("c", token);
    let edit = bench.edit();
    let write = bench.tell(Event::Write(vec![edit]));
    let mut commands = bench.commit(&second);
    assert_eq!(sent(&commands), None, "it is not durable yet");
    commands.retain(|command| matches!(command, Command::Commit(..)));
    commands.splice(0..0, write);
    let commands = bench.commit(&commands);
    let (_, request) = sent(&commands).unwrap_or_else(|| unreachable!("{commands:?}"));
    assert_eq!((request.mutations.len(), request.pages), (1, MAXIMUM_PAGES));
    assert_eq!(asked_from(&commands), Some("c"));
    assert_eq!(bench.engine.is_awaited(token), None);
}

#[test]
fn what_does_not_fit_one_request_is_sent_before_more_is_heard() {
    let mut bench = Bench::at_rest();
    let edits = (0..8).map(|_| bench.edit()).collect();
    let commands = bench.save(edits);
    let all = |commands: &[Command]| sent(commands).map(|(_, request)| (request.mutations.len(), request.pages));
    assert_eq!(all(&commands), Some((8, MAXIMUM_PAGES)));
    let token = sent(&commands).map(|(token, _)| token);
    bench.tell(Event::Failed(token.unwrap_or(RequestToken(0)), Failure::TooLarge));
    assert_eq!(all(&bench.tell(Event::Woken)), Some((2, 1)));
}

#[test]
fn the_list_is_whole_once_the_page_that_says_so_is_durable() {
    let engine = Engine::new(DeviceId::from_u128(1), Replica::default());
    let (entropy, now) = (Counter::default(), Timestamp::from_milliseconds(1_000_000));
    let mut bench = Bench { engine, entropy, now };
    let commands = bench.tell(Event::SessionReady(profile(1)));
    let commands = bench.commit(&commands);
    let token = sent(&commands).map_or(RequestToken(0), |(token, _)| token);
    let first = bench.turn("a", token);
    bench.commit(&first);
    assert!(!bench.engine.has_list());
    let mut response = bench.page("b", true);
    response.page.listed = true;
    let second = bench.tell(Event::Answered(token, Box::new(response)));
    assert!(!bench.engine.has_list());
    bench.commit(&second);
    assert!(bench.engine.has_list());
}

#[test]
fn the_clock_goes_by_the_first_page() {
    let (mut bench, token) = Bench::signed_in();
    let first = bench.turn("a", token);
    bench.commit(&first);
    let offset = bench.engine.replica().clock_offset();
    // Made when the request came in, and read long after.
    let late = bench.page("b", false);
    bench.now = bench.now.plus(60_000);
    let commands = bench.tell(Event::Answered(token, Box::new(late)));
    bench.commit(&commands);
    assert_eq!((bench.cursor(), bench.engine.replica().clock_offset()), ("b", offset));
}
