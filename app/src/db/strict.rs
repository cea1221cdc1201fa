//! The one write that must be on the disk before it is reported: appending to the log with strict durability, which
//! rexie cannot ask for. A connection of its own, nothing but this write.

use std::cell::Cell;
use std::rc::Rc;

use futures::channel::oneshot;
use futures::future::{Either, select};
use gloo::events::EventListener;
use gloo::timers::future::TimeoutFuture;
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DomException, IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbRequest, IdbTransaction};

use super::{LOG, PATIENCE, StoreError, VERSION};

#[wasm_bindgen]
extern "C" {
    type Database;

    #[wasm_bindgen(method, catch)]
    fn transaction(this: &Database, stores: &str, mode: &str, options: &Object) -> Result<IdbTransaction, JsValue>;
}

/// What became of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Appended {
    /// It is on the disk.
    Durable,
    /// Other tabs have appended since; nothing was written.
    Behind,
}

/// A raw connection. It gives way by itself when a newer version, or a deletion, asks for it.
#[derive(Debug)]
pub(super) struct Connection {
    database: IdbDatabase,
    open: Rc<Cell<bool>>,
    /// How every append is to be carried out.
    options: Object,
    _listeners: [EventListener; 2],
}

impl Connection {
    /// Connects to the store, which must be there.
    pub(super) async fn open(name: &str) -> Result<Self, StoreError> {
        let factory = Reflect::get(&js_sys::global(), &"indexedDB".into()).map_err(error)?;
        let factory: IdbFactory = factory.dyn_into().map_err(|_| StoreError::Refused)?;
        // With the version named, so that a store of a newer one is not written to.
        let request = factory.open_with_u32(name, VERSION).map_err(error)?;
        let database: IdbDatabase = opened(&request).await?.unchecked_into();
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &"strict".into()).map_err(error)?;
        let open = Rc::new(Cell::new(true));
        let gives_way = {
            let (database, open) = (database.clone(), open.clone());
            EventListener::new(&database.clone(), "versionchange", move |_| {
                open.set(false);
                database.close();
            })
        };
        let closed = open.clone();
        let cut_off = EventListener::new(&database, "close", move |_| closed.set(false));
        Ok(Self {
            database,
            open,
            options,
            _listeners: [gives_way, cut_off],
        })
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.get()
    }

    pub(super) fn close(&self) {
        self.open.set(false);
        self.database.close();
    }

    /// Ends the connection as a browser in need of memory does: without a word.
    #[cfg(all(test, target_arch = "wasm32"))]
    pub(super) fn cut(&self) {
        self.database.close();
    }

    /// See [`super::DeviceStore::append`]. [`StoreError::Lost`] only when nothing was begun.
    pub(super) async fn append(&self, expected: u64, value: &JsValue) -> Result<Appended, StoreError> {
        let database: &Database = self.database.unchecked_ref();
        let transaction = database.transaction(LOG, "readwrite", &self.options);
        let transaction = transaction.map_err(error)?;
        let (settle, settled) = oneshot::channel();
        let settle = Rc::new(Cell::new(Some(settle)));
        let committed = settle.clone();
        let _complete = EventListener::once(&transaction, "complete", move |_| report(&committed, Ok(())));
        let aborted = transaction.clone();
        let _abort = EventListener::once(&transaction, "abort", move |_| {
            report(&settle, Err(aborted.error().map(|error| named(&error))));
        });
        let added = transaction
            .object_store(LOG)
            .and_then(|store| store.add(value))
            .map_err(error)?;
        let behind = Rc::new(Cell::new(false));
        let _added = undo_unless(&added, &transaction, expected, &behind);
        match settled.await {
            Ok(Ok(())) => Ok(Appended::Durable),
            Ok(Err(_)) if behind.get() => Ok(Appended::Behind),
            // Begun and then cut off: not to be mistaken for "nothing was begun".
            Ok(Err(Some(StoreError::Lost) | None)) | Err(_) => Err(StoreError::Failed("aborted".to_owned())),
            Ok(Err(Some(error))) => Err(error),
        }
    }
}

impl Drop for Connection {
    /// One that is left open would hold up whoever wants to delete the store.
    fn drop(&mut self) {
        self.database.close();
    }
}

type Settle = Cell<Option<oneshot::Sender<Result<(), Option<StoreError>>>>>;

fn report(settle: &Settle, result: Result<(), Option<StoreError>>) {
    if let Some(settle) = settle.take() {
        // Nobody waiting means that the page has moved on; the store has done its work all the same.
        let _ = settle.send(result);
    }
}

/// Aborts the transaction when the store gave another number than `expected`; numbers are given back by that.
fn undo_unless(
    added: &IdbRequest,
    transaction: &IdbTransaction,
    expected: u64,
    behind: &Rc<Cell<bool>>,
) -> EventListener {
    let (request, transaction, behind) = (added.clone(), transaction.clone(), behind.clone());
    EventListener::once(added, "success", move |_| {
        let given = request.result().ok().and_then(|key| key.as_f64());
        if given != Some(expected as f64) {
            behind.set(true);
            // Aborting fails only when the transaction is over, which it is not within its own event.
            let _ = transaction.abort();
        }
    })
}

async fn opened(request: &IdbOpenDbRequest) -> Result<JsValue, StoreError> {
    let (sender, receiver) = oneshot::channel();
    let sender = Rc::new(Cell::new(Some(sender)));
    let (succeeded, request_done) = (sender.clone(), request.clone());
    let _success = EventListener::once(request, "success", move |_| {
        if let Some(sender) = succeeded.take() {
            drop(sender.send(request_done.result().map_err(error)));
        }
    });
    let request_failed = request.clone();
    let _error = EventListener::once(request, "error", move |_| {
        if let Some(sender) = sender.take() {
            let exception = request_failed.error().ok().flatten();
            drop(sender.send(Err(exception.map_or(StoreError::Refused, |error| named(&error)))));
        }
    });
    let upgraded = request.clone();
    let _upgrade = EventListener::once(request, "upgradeneeded", move |_| {
        // Somebody deleted the store: an empty one must not take its place unseen.
        if let Some(transaction) = upgraded.transaction() {
            let _ = transaction.abort();
        }
    });
    match select(receiver, TimeoutFuture::new(PATIENCE)).await {
        Either::Left((result, _)) => result.map_err(|_| StoreError::Refused)?,
        Either::Right(_) => {
            close_late(request);
            Err(StoreError::Blocked)
        }
    }
}

/// Closes what opens after the patience for it has ended: nobody would, and it would hold up a deletion.
fn close_late(request: &IdbOpenDbRequest) {
    let late = request.clone();
    EventListener::once(request, "success", move |_| {
        if let Some(database) = late.result().ok().and_then(|it| it.dyn_into::<IdbDatabase>().ok()) {
            database.close();
        }
    })
    .forget();
}

fn error(value: JsValue) -> StoreError {
    match value.dyn_ref::<DomException>() {
        Some(exception) => named(exception),
        None => StoreError::Failed(format!("{value:?}")),
    }
}

fn named(exception: &DomException) -> StoreError {
    StoreError::from_text(format!("{}: {}", exception.name(), exception.message()))
}
