//! The open line on which the server says when to ask. It asks nothing itself, and once it has ended it stays so:
//! whether there is to be another one is the book's to say.

use futures::StreamExt as _;
use futures::stream::select_all;
use gloo::net::eventsource::futures::EventSource;
use rapport_shared::ids::DeviceId;
use rapport_shared::sync::wire::{ALIVE_EVENT, POKE_EVENT};
use wasm_bindgen_futures::spawn_local;

/// The browser's own name for whatever goes wrong with a line, before and after it was open.
const ERROR_EVENT: &str = "error";

/// What is heard on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// Ask now.
    Poke,
    /// The line is open, and nothing else.
    Alive,
    /// Nothing more will be heard: there is no way to the server, or it does not want to talk. The browser tells no
    /// status; asking does.
    Ended,
}

/// An open line, or one about to open. Dropping it closes it.
#[derive(Debug)]
pub(crate) struct Line {
    _source: EventSource,
}

impl Line {
    /// Opens a line for this device; `heard` is called with every word. `None` where the browser has no such lines.
    pub(crate) fn open(device: DeviceId, heard: impl Fn(Word) + 'static) -> Option<Self> {
        let mut source = EventSource::new(&format!("/api/events?device={device}")).ok()?;
        // Left to itself the browser would try again every few seconds, all day long on the road: a first error is the
        // end.
        let names = [POKE_EVENT, ALIVE_EVENT, ERROR_EVENT];
        let subscriptions: Result<Vec<_>, _> = names.into_iter().map(|name| source.subscribe(name)).collect();
        let mut words = select_all(subscriptions.ok()?);
        spawn_local(async move {
            let mut is_open = true;
            while let Some(event) = words.next().await.filter(|_| is_open) {
                let word = match event {
                    Ok((name, _)) if name == POKE_EVENT => Word::Poke,
                    Ok((name, _)) if name == ALIVE_EVENT => Word::Alive,
                    Ok(_) | Err(_) => Word::Ended,
                };
                is_open = word != Word::Ended;
                heard(word);
            }
        });
        Some(Self { _source: source })
    }
}
