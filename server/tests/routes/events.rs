//! Lines on which devices hear that they should ask: who is told of what, who is not, and when a line ends. No sockets.

use axum::body::BodyDataStream;
use axum::http::header::COOKIE;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use futures_util::StreamExt as _;
use rapport_server::testing::{Bank, Tablet, problem};
use rapport_shared::ids::RecordId;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Record};
use rapport_shared::sync::wire::{Outcome, POKE_EVENT, ProblemCode};
use tower::ServiceExt as _;

use crate::bank;

const HOUR: i64 = 3_600_000;

/// An open line, read as a browser would read it.
pub(crate) struct Line(BodyDataStream);

impl Line {
    /// The name of the next event; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<String> {
        let chunk = self.0.next().await?.unwrap();
        let text = String::from_utf8(chunk.to_vec()).unwrap();
        let (name, rest) = text.strip_prefix("event: ").unwrap().split_once('\n').unwrap();
        assert_eq!(rest, "data: 1\n\n", "there is nothing in it");
        Some(name.to_owned())
    }

    pub(crate) async fn is_poked(&mut self) -> bool {
        self.next().await.as_deref() == Some(POKE_EVENT)
    }

    /// What is said until the line ends.
    async fn rest(mut self) -> Vec<String> {
        let mut rest = Vec::new();
        while let Some(word) = self.next().await {
            rest.push(word);
        }
        rest
    }
}

async fn open(bank: &Bank, tablet: &Tablet<'_>) -> (StatusCode, HeaderMap, Line) {
    let path = format!("/api/events?device={}", tablet.device);
    let mut request = tablet.request(Method::GET, &path, "").unwrap();
    let encodings = "gzip, zstd".parse().unwrap();
    request.headers_mut().insert("accept-encoding", encodings);
    let (parts, body) = bank.router.clone().oneshot(request).await.unwrap().into_parts();
    (parts.status, parts.headers, Line(body.into_data_stream()))
}

/// A line that has heard its first word.
pub(crate) async fn listen(bank: &Bank, tablet: &Tablet<'_>) -> Line {
    let (status, _, mut line) = open(bank, tablet).await;
    assert_eq!(status, StatusCode::OK);
    assert!(line.is_poked().await, "something may have happened before");
    line
}

async fn push(tablet: &mut Tablet<'_>, edit: Edit) -> RecordId {
    let mutation = tablet.mutation(edit).unwrap();
    let response = tablet.sync(std::slice::from_ref(&mutation)).await.unwrap();
    let outcome = &response.acknowledgements[0].outcome;
    assert!(!matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
    mutation.record
}

pub(crate) async fn add_customer(tablet: &mut Tablet<'_>) -> RecordId {
    let customer = tablet.new_customer("杭州恒源").unwrap();
    push(tablet, customer).await
}

async fn pull(tablet: &mut Tablet<'_>, id: RecordId) -> Record {
    let page = tablet.sync(&[]).await.unwrap().page;
    page.records.into_iter().find(|record| record.id == id).unwrap()
}

fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}

#[tokio::test]
async fn listening_needs_a_session_and_a_device() {
    let (bank, _folder) = bank().await;
    let tablet = bank.sign_in("rm1").await.unwrap();
    let device = format!("?device={}", tablet.device);
    for (cookie, query, expected) in [
        ("", device.as_str(), ProblemCode::SignedOut),
        ("__Host-rapport=deadbeef", &device, ProblemCode::SignedOut),
        (&tablet.cookie, "", ProblemCode::BadRequest),
        (&tablet.cookie, "?device=1", ProblemCode::BadRequest),
    ] {
        let request = Request::get(format!("/api/events{query}")).header(COOKIE, cookie);
        let (_, _, body) = bank.send(request.body("".into()).unwrap()).await.unwrap();
        assert_eq!(problem(&body).unwrap(), expected, "{cookie} {query}");
    }
}

#[tokio::test]
async fn words_are_neither_packed_nor_kept() {
    let (bank, _folder) = bank().await;
    let tablet = bank.sign_in("rm1").await.unwrap();
    let (status, headers, _line) = open(&bank, &tablet).await;
    assert_eq!(status, StatusCode::OK);
    for (name, expected) in [
        ("content-type", Some("text/event-stream")),
        ("content-encoding", None),
        ("cache-control", Some("no-store")),
        ("x-accel-buffering", Some("no")),
    ] {
        let value = headers.get(name).map(|value| value.to_str().unwrap());
        assert_eq!(value, expected, "{name}");
    }
}

#[tokio::test]
async fn those_whom_a_change_concerns_are_poked() {
    let (bank, _folder) = bank().await;
    let mut author = bank.sign_in("rm1").await.unwrap();
    let mut second = bank.sign_in("rm1").await.unwrap();
    let mut lead = bank.sign_in("lead1").await.unwrap();
    let colleague = bank.sign_in("rm2").await.unwrap();
    let stranger = bank.sign_in("rm3").await.unwrap();
    let customer = add_customer(&mut author).await;
    let record = pull(&mut second, customer).await;
    let mut own = listen(&bank, &author).await;
    let mut on_second = listen(&bank, &second).await;
    let mut of_colleague = listen(&bank, &colleague).await;
    let of_stranger = listen(&bank, &stranger).await;

    let co_manager = path(&format!("co_managers.{}", colleague.user().unwrap()));
    push(&mut lead, Edit::of(&record).change(&record, co_manager, true)).await;
    assert!(on_second.is_poked().await, "the card changed");
    assert!(of_colleague.is_poked().await, "a customer was gained");
    assert!(own.is_poked().await, "somebody else changed the card");
    // What it writes itself is no news to it.
    author.sync(&[]).await.unwrap();
    let note = author.new_note(customer, "面谈").unwrap();
    push(&mut author, note).await;
    assert!(on_second.is_poked().await && of_colleague.is_poked().await);

    bank.state.lines.close();
    assert_eq!(own.rest().await, [""; 0], "it has what it wrote");
    assert_eq!(of_stranger.rest().await, [""; 0], "nothing of it is theirs to see");
    assert_eq!(on_second.rest().await, [""; 0]);
}

#[tokio::test]
async fn who_is_slow_to_read_hears_of_many_changes_once() {
    let (bank, _folder) = bank().await;
    let mut author = bank.sign_in("rm1").await.unwrap();
    let (slow, quick) = (bank.sign_in("rm1").await.unwrap(), bank.sign_in("rm1").await.unwrap());
    let slow = listen(&bank, &slow).await;
    let mut quick = listen(&bank, &quick).await;
    for _ in 0..3 {
        add_customer(&mut author).await;
        assert!(quick.is_poked().await);
    }
    bank.state.lines.close();
    assert_eq!(slow.rest().await, [POKE_EVENT]);
}

#[tokio::test]
async fn a_change_of_somebodys_rights_pokes_and_ends_what_it_must() {
    let (bank, _folder) = bank().await;
    let mut admin = bank.sign_in("admin").await.unwrap();
    let leaver = bank.sign_in("rm1").await.unwrap();
    let colleague = bank.sign_in("rm2").await.unwrap();
    let of_leaver = listen(&bank, &leaver).await;
    let mut of_colleague = listen(&bank, &colleague).await;
    let person = pull(&mut admin, colleague.user().unwrap().into()).await;
    push(&mut admin, Edit::of(&person).change(&person, path("role"), "team_lead")).await;
    assert!(of_colleague.is_poked().await);

    admin.cursor = None;
    let person = pull(&mut admin, leaver.user().unwrap().into()).await;
    push(&mut admin, Edit::of(&person).change(&person, path("active"), false)).await;
    assert!(of_colleague.is_poked().await);
    // It was poked and did not read; who has left hears nothing any more.
    assert_eq!(of_leaver.rest().await, [""; 0]);
}

#[tokio::test]
async fn a_line_ends_with_its_session() {
    let (bank, _folder) = bank().await;
    let mut author = bank.sign_in("rm1").await.unwrap();
    let leaving = bank.sign_in("rm1").await.unwrap();
    let line = listen(&bank, &leaving).await;
    bank.send(leaving.request(Method::POST, "/api/sign-out", "").unwrap())
        .await
        .unwrap();
    add_customer(&mut author).await;
    assert_eq!(line.rest().await, [""; 0], "signed out");

    let unused = bank.sign_in("rm1").await.unwrap();
    let line = listen(&bank, &unused).await;
    // Listening is no use of it.
    for _ in 0..2 {
        bank.pass(7 * HOUR);
        author.sync(&[]).await.unwrap();
    }
    add_customer(&mut author).await;
    assert_eq!(line.rest().await, [""; 0], "unused for too long");
}

#[tokio::test]
async fn nobody_has_lines_without_end() {
    let (bank, _folder) = bank().await;
    let mut lines = Vec::new();
    let mut tablets = Vec::new();
    for _ in 0..8 {
        let tablet = bank.sign_in("rm1").await.unwrap();
        lines.push(listen(&bank, &tablet).await);
        tablets.push(tablet);
    }
    let (status, headers, refused) = open(&bank, &bank.sign_in("rm1").await.unwrap()).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(headers.contains_key("retry-after"));
    let body = axum::body::to_bytes(axum::body::Body::from_stream(refused.0), 1_000)
        .await
        .unwrap();
    assert_eq!(problem(&body).unwrap(), ProblemCode::TooManyRequests);
    listen(&bank, &bank.sign_in("rm2").await.unwrap()).await;
    // A device that comes back, before its old line is known to be dead, takes the place of that.
    let again = listen(&bank, &tablets[0]).await;
    assert_eq!(lines.remove(0).rest().await, [""; 0]);
    drop((again, lines));
    for tablet in &tablets {
        listen(&bank, tablet).await;
    }
}

#[tokio::test]
async fn a_server_that_stops_ends_its_lines_and_opens_none() {
    let (bank, _folder) = bank().await;
    let tablet = bank.sign_in("rm1").await.unwrap();
    let line = listen(&bank, &tablet).await;
    bank.state.lines.close();
    assert_eq!(line.rest().await, [""; 0]);
    assert_eq!(listen(&bank, &tablet).await.rest().await, [""; 0]);
}
