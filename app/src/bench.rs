//! What `cargo xtask bench` calls in its page: the book as the screens use it, with the sample's records. It measures
//! nothing but time on the page's own clock, takes no way the screens do not take, and is never in what ships.

use std::cell::RefCell;

use gloo::timers::future::TimeoutFuture;
use js_sys::Date;
use leptos::prelude::*;
use rapport_shared::ids::RecordId;
use rapport_shared::record::Kind;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::profile::Profile;
use rapport_shared::sample::{self, TERM};
use rapport_shared::search::{Query, sort_key};
use serde_json::json;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::book::{Activity, Book, Installed, Phase, SyncStatus};
use crate::customers::ListState;
use crate::finding::Finding;
use crate::platform::timing;

/// Edits that are saved together when many are.
const BATCH: usize = 1_000;
/// Rows of the first list.
const ROWS: usize = 50;
/// How long anything may take before it is given up, in milliseconds.
const LONGEST: f64 = 600_000.0;

thread_local! {
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
}

/// The book, and what keeps its signals alive.
struct Page {
    book: Book,
    owner: Owner,
}

type Outcome = Result<String, JsValue>;

/// Makes the book, as the app does when it starts.
#[wasm_bindgen]
pub fn bench_start(key_worker: String) {
    // What is mounted has somebody to run its effects, and a list has some.
    leptos::mount::mount_to_body(|| ());
    let owner = Owner::new();
    let book = owner.with(|| Book::provide(key_worker));
    book.install(Installed::tables());
    PAGE.set(Some(Page { book, owner }));
}

/// Signs in with a name and a password.
///
/// # Errors
/// Why not.
#[wasm_bindgen]
pub async fn bench_sign_in(login: String, password: String) -> Outcome {
    let book = book()?;
    until(|| book.phase().get_untracked() == Phase::SignIn).await?;
    book.sign_in(login, password).await.map_err(said)?;
    Ok(json!({}).to_string())
}

/// Begins a book and waits until all the server has is on the disk of this device. Timed from the moment the key is
/// known; `list_ms` is when the list had its first rows.
///
/// # Errors
/// Why not.
#[wasm_bindgen]
pub async fn bench_pull(passphrase: String, rows: usize) -> Outcome {
    let book = book()?;
    book.choose_passphrase(passphrase).await.map_err(said)?;
    let customers = || book.read_untracked(|replica| replica.outlines(&Kind::Customer).count());
    let done = || book.sync_status().get_untracked().first_pull_done;
    until(|| customers() >= rows || done()).await?;
    let list = since_key()?;
    until(done).await?;
    Ok(json!({ "ms": since_key()?, "list_ms": list }).to_string())
}

/// Unlocks the book of this device and draws up the list as the screen does. From the moment the key is known: `ms` to
/// the list, of which `open_ms` until there was something to draw up, and `whole_ms` until all records were in memory,
/// `wasm_bytes` of it.
///
/// # Errors
/// Why not; a list that is not in order is a reason.
#[wasm_bindgen]
pub async fn bench_unlock(passphrase: String, cards: usize) -> Outcome {
    let book = book()?;
    until(|| book.phase().get_untracked() == Phase::Locked).await?;
    book.unlock(passphrase).await.map_err(said)?;
    let open = since_key()?;
    let first = with_owner(|| first_rows(book))?;
    let ms = since_key()?;
    let nav = now();
    if cards > 0 {
        check_rows(&first, cards)?;
    }
    until(|| book.is_whole().get_untracked()).await?;
    let whole = since_key()?;
    let times = json!({
        "ms": ms, "open_ms": open, "list_ms": ms - open, "nav_ms": nav, "rows": first.len(),
        "whole_ms": whole, "wasm_bytes": memory(),
    });
    Ok(times.to_string())
}

/// Saves sample notes one after the other, each only once the one before is on the disk.
///
/// # Errors
/// Why one was not saved.
#[wasm_bindgen]
pub async fn bench_save(count: usize, cards: usize, salt: u32) -> Outcome {
    let book = book()?;
    let edits: Vec<Edit> = sample::notes(count, cards, salt)
        .iter()
        .map(sample::Note::edit)
        .collect();
    let (began, mut longest) = (now(), 0.0_f64);
    for edit in edits {
        let before = now();
        book.write(vec![edit]).await.map_err(said)?;
        longest = longest.max(now() - before);
    }
    let ms = now() - began;
    Ok(json!({ "ms": ms, "per_op_ms": ms / count as f64, "max_op_ms": longest }).to_string())
}

/// Saves the whole sample as a user's own work, a thousand edits at a time.
///
/// # Errors
/// Why something was not saved.
#[wasm_bindgen]
pub async fn bench_bulk(cards: usize, notes: usize) -> Outcome {
    let book = book()?;
    let edits = whole(&profile(book)?, cards, notes, 0);
    let began = now();
    let mut edits = edits.into_iter().peekable();
    while edits.peek().is_some() {
        book.write(edits.by_ref().take(BATCH).collect()).await.map_err(said)?;
    }
    Ok(json!({ "ms": now() - began }).to_string())
}

/// Waits until the app has noticed that there is no network.
///
/// # Errors
/// It does not.
#[wasm_bindgen]
pub async fn bench_notice_offline() -> Outcome {
    let book = book()?;
    until(|| book.sync_status().get_untracked().activity == Activity::Offline).await?;
    Ok(json!({}).to_string())
}

/// Sends everything unsent and waits until all of it is acknowledged and that is on the disk.
///
/// # Errors
/// Something was refused, or never sent.
#[wasm_bindgen]
pub async fn bench_push() -> Outcome {
    let book = book()?;
    let began = now();
    book.sync_now();
    until(|| book.read_untracked(|replica| replica.outbox().is_empty())).await?;
    let ms = now() - began;
    let refused = book.read_untracked(|replica| replica.refused().len());
    if refused > 0 {
        return Err(said(format!("{refused} changes were refused")));
    }
    Ok(json!({ "ms": ms }).to_string())
}

/// Searches all notes for the sample's term, as the search box does: the first time, and the median of five more.
/// `index_ms`: from when the book was open until everything in it could be found, in slices beside other work.
///
/// # Errors
/// A search found something else than the sample holds.
#[wasm_bindgen]
pub async fn bench_search(notes: usize, cards: usize) -> Outcome {
    let book = book()?;
    until(|| book.has_read_notes()).await?;
    let marks = [timing::NOTES_AWAITED, timing::NOTES_READ].map(timing::mark_at);
    let index = marks[1].zip(marks[0]).map(|(read, awaited)| read - awaited);
    let mut times = Vec::new();
    let mut hits = 0;
    for _ in 0..6 {
        let began = now();
        hits = book.find_notes(&Query::new(TERM), |_| true, ROWS).total;
        times.push(now() - began);
    }
    let sample = sample::notes(notes, cards, 0);
    // Signs do not count: what stands on both sides of a comma is found as well.
    let counted = |note: &sample::Note| note.text().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let expected = sample.iter().filter(|note| counted(note).contains(TERM)).count();
    if hits != expected {
        return Err(said(format!("{hits} hits, not {expected}")));
    }
    let first = times.remove(0);
    times.sort_by(f64::total_cmp);
    Ok(json!({ "ms": times[2], "first_ms": first, "index_ms": index, "hits": hits }).to_string())
}

/// Whether the book holds just these sample records, field by field.
///
/// # Errors
/// What is missing or different.
#[wasm_bindgen]
pub fn bench_check(cards: usize, notes: usize, salt: u32) -> Outcome {
    let book = book()?;
    let expected = whole(&profile(book)?, cards, notes, salt);
    let (held, wrong) = book.read_untracked(|replica| {
        let kinds = [Kind::Customer, Kind::Note];
        let held = kinds.iter().map(|kind| replica.outlines(kind).count()).sum::<usize>();
        let is_wrong = |edit: &&Edit| {
            let record = replica.peek(edit.record);
            record.is_none_or(|record| record.fields != sample::fields(edit))
        };
        (held, expected.iter().filter(is_wrong).count())
    });
    if wrong > 0 || held != expected.len() {
        return Err(said(format!(
            "{held} records held, {wrong} of {} wrong",
            expected.len()
        )));
    }
    Ok(json!({ "held": held }).to_string())
}

fn whole(profile: &Profile, cards: usize, notes: usize, salt: u32) -> Vec<Edit> {
    let customers = sample::cards(cards);
    let customers = customers.iter().map(|card| card.edit(profile));
    let notes = sample::notes(notes, cards, salt);
    customers.chain(notes.iter().map(sample::Note::edit)).collect()
}

fn first_rows(book: Book) -> Vec<String> {
    let state = ListState::new(book, Finding::new(book));
    let shown = state.shown.get_untracked();
    let names = |id: &RecordId| {
        let name = |replica: &crate::book::Replica| Some(replica.get(*id)?.text("name")?.to_owned());
        book.read_untracked(name)
    };
    shown.iter().take(ROWS).filter_map(names).collect()
}

fn check_rows(rows: &[String], cards: usize) -> Result<(), JsValue> {
    let mut names: Vec<String> = sample::cards(cards).iter().map(|card| sort_key(card.name())).collect();
    names.sort_unstable();
    names.truncate(ROWS);
    let keys: Vec<String> = rows.iter().map(|name| sort_key(name)).collect();
    if keys == names {
        Ok(())
    } else {
        Err(said("the list is not the first fifty by name"))
    }
}

fn book() -> Result<Book, JsValue> {
    let book = PAGE.with_borrow(|page| page.as_ref().map(|page| page.book));
    book.ok_or_else(|| said("not started"))
}

fn with_owner<T>(work: impl FnOnce() -> T) -> Result<T, JsValue> {
    let owner = PAGE.with_borrow(|page| page.as_ref().map(|page| page.owner.clone()));
    owner.map(|owner| owner.with(work)).ok_or_else(|| said("not started"))
}

fn profile(book: Book) -> Result<Profile, JsValue> {
    book.profile().get_untracked().ok_or_else(|| said("locked"))
}

/// Waits for a condition, with the browser at work in between.
async fn until(condition: impl Fn() -> bool) -> Result<(), JsValue> {
    let began = Date::now();
    while !condition() {
        if Date::now() - began > LONGEST {
            let book = book()?;
            let status: SyncStatus = book.sync_status().get_untracked();
            return Err(said(format!(
                "waited in vain: {:?}, {status:?}",
                book.phase().get_untracked()
            )));
        }
        TimeoutFuture::new(1).await;
    }
    Ok(())
}

/// What the module takes of the machine's memory.
fn memory() -> Option<f64> {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().dyn_into().ok()?;
    js_sys::Reflect::get(&memory.buffer(), &"byteLength".into())
        .ok()?
        .as_f64()
}

fn now() -> f64 {
    timing::now()
}

/// Milliseconds since the key of the book became known.
fn since_key() -> Result<f64, JsValue> {
    let mark = timing::mark_at(timing::KEY_KNOWN);
    mark.map(|mark| now() - mark)
        .ok_or_else(|| said("no key was made known"))
}

fn said(reason: impl std::fmt::Display) -> JsValue {
    JsValue::from_str(&reason.to_string())
}
