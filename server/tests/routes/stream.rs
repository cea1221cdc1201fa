//! An answer of several pages in one body: it amounts to what the same pages amount to one by one, each is read when it
//! is sent, and whoever may not read any more gets no further one.

use std::io::Read as _;

use axum::http::header::ACCEPT_ENCODING;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use futures_util::StreamExt as _;
use rapport_server::testing::{Bank, Tablet};
use rapport_shared::ids::RecordId;
use rapport_shared::sync::wire::{LINES_TYPE, Lines, MAXIMUM_PAGES, Problem, ProblemCode, SyncResponse};
use tower::ServiceExt as _;

use crate::bank;

/// A customer with notes, two a request: so many records.
const RECORDS: usize = 9;

async fn fill(tablet: &mut Tablet<'_>) -> RecordId {
    let customer = tablet.mutation(tablet.new_customer("上海华信").unwrap()).unwrap();
    let id = customer.record;
    let mut batch = vec![customer];
    for number in 1..RECORDS {
        let note = tablet.new_note(id, &format!("第{number}次拜访")).unwrap();
        batch.push(tablet.mutation(note).unwrap());
    }
    tablet.sync(&batch).await.unwrap();
    id
}

/// Asks for pages of two records, with an answer packed like that if a way is named.
async fn ask(bank: &Bank, tablet: &Tablet<'_>, pages: u32, packed: Option<HeaderValue>) -> Response {
    let mut body = tablet.body(&[], 2).unwrap();
    body["pages"] = pages.into();
    let mut request = tablet.request(Method::POST, "/api/sync", body.to_string()).unwrap();
    request.headers_mut().extend(packed.map(|way| (ACCEPT_ENCODING, way)));
    bank.router.clone().oneshot(request).await.unwrap()
}

/// An answer that is read page by page.
struct Reader {
    headers: HeaderMap,
    body: axum::body::BodyDataStream,
    lines: Lines,
}

impl Reader {
    async fn ask(bank: &Bank, tablet: &Tablet<'_>, pages: u32) -> Self {
        let response = ask(bank, tablet, pages, None).await;
        assert_eq!(response.status(), StatusCode::OK);
        Self {
            headers: response.headers().clone(),
            body: response.into_body().into_data_stream(),
            lines: Lines::default(),
        }
    }

    async fn page(&mut self) -> Option<SyncResponse> {
        loop {
            if let Some(line) = self.lines.next_line() {
                return Some(serde_json::from_slice(&line).unwrap());
            }
            match self.body.next().await {
                Some(piece) => self.lines.push(&piece.unwrap()),
                None => {
                    let rest = self.lines.rest()?;
                    return Some(serde_json::from_slice(&rest).unwrap());
                }
            }
        }
    }

    async fn rest(mut self) -> Vec<SyncResponse> {
        let mut pages = Vec::new();
        while let Some(page) = self.page().await {
            pages.push(page);
        }
        pages
    }
}

/// The records of pages, in order, with their versions.
fn records(pages: &[SyncResponse]) -> Vec<(RecordId, u64)> {
    let records = pages.iter().flat_map(|response| &response.page.records);
    records.map(|record| (record.id, record.version.0)).collect()
}

#[tokio::test]
async fn pages_in_one_answer_are_those_that_come_one_by_one() {
    let (bank, _folder) = bank().await;
    fill(&mut bank.sign_in("rm1").await.unwrap()).await;
    let mut one = bank.sign_in("rm1").await.unwrap();
    let mut single = Vec::new();
    loop {
        let page = one.exchange(one.body(&[], 2).unwrap().to_string()).await.unwrap();
        let more = page.page.more;
        single.push(page);
        if !more {
            break;
        }
    }
    assert!(single.len() > 5, "{} pages", single.len());
    for most in [0, 1, 2, 3, MAXIMUM_PAGES, u32::MAX] {
        let tablet = bank.sign_in("rm1").await.unwrap();
        let reader = Reader::ask(&bank, &tablet, most).await;
        let kind = if most > 1 { LINES_TYPE } else { "application/json" };
        assert_eq!(reader.headers["content-type"], kind);
        let pages = reader.rest().await;
        let expected = single.len().min(usize::try_from(most.max(1)).unwrap());
        assert_eq!(pages.len(), expected, "at most {most}");
        assert_eq!(records(&pages), records(&single[..expected]));
        let cursors = |pages: &[SyncResponse]| -> Vec<String> {
            pages.iter().map(|response| response.page.cursor.0.clone()).collect()
        };
        assert_eq!(cursors(&pages), cursors(&single[..expected]));
        assert_eq!(pages.last().unwrap().page.more, expected < single.len());
    }
}

#[tokio::test]
async fn one_page_that_is_all_is_no_line() {
    let (bank, _folder) = bank().await;
    let tablet = bank.sign_in("rm2").await.unwrap();
    let mut body = tablet.body(&[], 1_000).unwrap();
    body["pages"] = MAXIMUM_PAGES.into();
    let request = tablet.request(Method::POST, "/api/sync", body.to_string()).unwrap();
    let (status, headers, body) = bank.send(request).await.unwrap();
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::OK, &"application/json".parse().unwrap())
    );
    assert!(!body.ends_with(b"\n"));
}

#[tokio::test]
async fn acknowledgements_come_first_and_what_is_committed_meanwhile_comes_too() {
    let (bank, _folder) = bank().await;
    let mut writer = bank.sign_in("rm1").await.unwrap();
    let customer = fill(&mut writer).await;
    let tablet = bank.sign_in("rm1").await.unwrap();
    let note = tablet.mutation(tablet.new_note(customer, "路上写的").unwrap()).unwrap();
    let mut body = tablet.body(std::slice::from_ref(&note), 2).unwrap();
    body["pages"] = MAXIMUM_PAGES.into();
    let request = tablet.request(Method::POST, "/api/sync", body.to_string()).unwrap();
    let response = bank.router.clone().oneshot(request).await.unwrap();
    let mut reader = Reader {
        headers: HeaderMap::new(),
        body: response.into_body().into_data_stream(),
        lines: Lines::default(),
    };
    let first = reader.page().await.unwrap();
    assert_eq!(first.acknowledgements.len(), 1);
    // The server has not read the last pages yet: it waits for this device.
    let late = writer.mutation(writer.new_note(customer, "别处写的").unwrap()).unwrap();
    writer.sync(std::slice::from_ref(&late)).await.unwrap();
    let pages = reader.rest().await;
    assert!(pages.iter().all(|page| page.acknowledgements.is_empty()));
    assert!(
        records(&pages).iter().any(|(id, _)| *id == late.record),
        "it was read when it was sent"
    );
    assert!(!pages.last().unwrap().page.more);
}

#[tokio::test]
async fn who_is_signed_out_or_deactivated_meanwhile_gets_no_further_page() {
    for deactivated in [false, true] {
        let (bank, _folder) = bank().await;
        fill(&mut bank.sign_in("rm1").await.unwrap()).await;
        let tablet = bank.sign_in("rm1").await.unwrap();
        let mut reader = Reader::ask(&bank, &tablet, MAXIMUM_PAGES).await;
        let first = reader.page().await.unwrap();
        assert!(first.page.more);
        if deactivated {
            let mut account = bank.state.store.account("rm1").await.unwrap().unwrap();
            account.active = false;
            let mut writer = bank.state.store.write(bank.state.org).await.unwrap();
            writer.put_account(&account).await.unwrap();
            writer.commit().await.unwrap();
        } else {
            let request = tablet.request(Method::POST, "/api/sign-out", "").unwrap();
            bank.send(request).await.unwrap();
        }
        let pages = reader.rest().await;
        assert!(pages.len() <= 3, "what was read before, and no more: {}", pages.len());
        assert!(pages.last().is_none_or(|page| page.page.more));
        let (status, body) = tablet.post(tablet.body(&[], 2).unwrap().to_string()).await.unwrap();
        let problem: Problem = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            (status, problem.code),
            (StatusCode::UNAUTHORIZED, ProblemCode::SignedOut)
        );
    }
}

#[tokio::test]
async fn other_rights_end_an_answer_and_begin_a_rebuild() {
    let (bank, _folder) = bank().await;
    fill(&mut bank.sign_in("rm1").await.unwrap()).await;
    let mut tablet = bank.sign_in("rm1").await.unwrap();
    let mut reader = Reader::ask(&bank, &tablet, MAXIMUM_PAGES).await;
    let first = reader.page().await.unwrap();
    let mut account = bank.state.store.account("rm1").await.unwrap().unwrap();
    account.profile.role = rapport_shared::record::profile::Role::TeamLead;
    let mut writer = bank.state.store.write(bank.state.org).await.unwrap();
    writer.put_account(&account).await.unwrap();
    writer.commit().await.unwrap();
    let pages = reader.rest().await;
    let last = pages.last().unwrap_or(&first);
    assert!(last.page.more, "it ends before its end");
    tablet.cursor = Some(last.page.cursor.clone());
    let next = tablet.exchange(tablet.body(&[], 2).unwrap().to_string()).await.unwrap();
    assert!(next.page.rebuild);
}

#[tokio::test]
async fn a_packed_answer_comes_page_by_page_and_to_its_end() {
    let (bank, _folder) = bank().await;
    fill(&mut bank.sign_in("rm1").await.unwrap()).await;
    let tablet = bank.sign_in("rm1").await.unwrap();
    let response = ask(&bank, &tablet, MAXIMUM_PAGES, Some(HeaderValue::from_static("gzip"))).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let mut pieces = response.into_body().into_data_stream();
    let mut packed = Vec::new();
    let mut at_first = None;
    // Long before the server has sent all, what it has sent can be read.
    while let Some(piece) = pieces.next().await {
        packed.extend_from_slice(&piece.unwrap());
        let (text, _) = unpack(&packed);
        at_first = at_first.or(Some(text.lines().count()).filter(|pages| *pages > 0));
    }
    assert!(
        at_first.is_some_and(|pages| pages < 4),
        "{at_first:?} pages with the first pieces"
    );
    let (text, end) = unpack(&packed);
    end.unwrap();
    let pages: Vec<SyncResponse> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(pages.len() > 5, "{} pages", pages.len());
    assert!(!pages.last().unwrap().page.more);
}

/// The whole lines in what was packed, as far as it goes, and whether that is all.
fn unpack(packed: &[u8]) -> (String, std::io::Result<()>) {
    let mut plain = Vec::new();
    let end = flate2::read::GzDecoder::new(packed).read_to_end(&mut plain).map(drop);
    plain.truncate(plain.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1));
    (String::from_utf8(plain).unwrap(), end)
}
