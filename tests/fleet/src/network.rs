//! The network between the devices and the servers: a relay that spreads connections over the servers that are up,
//! and in a storm holds bytes back and cuts connections: in the middle of a question, between question and answer, in
//! the middle of an answer. It never changes a byte that it lets through.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::chance::Chance;

/// Of a hundred pieces that pass in a storm, so many are fatal to their connection …
const FATAL: u64 = 4;
/// … and so many are held back.
const SLOW: u64 = 10;
/// The longest time a piece is held back, in milliseconds.
const LONGEST_DELAY: u64 = 400;

struct State {
    servers: Vec<SocketAddr>,
    stormy: AtomicBool,
    next: AtomicUsize,
    cuts: AtomicUsize,
    chance: Mutex<Chance>,
    /// Grows when all connections shall end.
    reset: watch::Sender<u64>,
}

/// A relay with an address of its own. It ends with this.
pub struct Network {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl Network {
    /// A relay to these servers, in fair weather.
    ///
    /// # Errors
    /// No port is free.
    pub async fn to(servers: Vec<SocketAddr>, chance: Chance) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            servers,
            stormy: AtomicBool::new(false),
            next: AtomicUsize::new(0),
            cuts: AtomicUsize::new(0),
            chance: Mutex::new(chance),
            reset: watch::Sender::new(0),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&state)));
        Ok(Self { address, state, task })
    }

    /// The origin under which devices see the servers.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Begins or ends the storm.
    pub fn set_stormy(&self, stormy: bool) {
        self.state.stormy.store(stormy, Ordering::SeqCst);
    }

    /// Cuts every connection there is.
    pub fn cut_all(&self) {
        self.state.reset.send_modify(|number| *number += 1);
    }

    /// How many connections were cut so far.
    pub fn cuts(&self) -> usize {
        self.state.cuts.load(Ordering::SeqCst)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.task.abort();
        self.cut_all();
    }
}

/// What happens to a piece.
enum Fate {
    Passes,
    Waits(Duration),
    /// So much of a hundred parts of it pass, then the connection ends.
    Cut(u64),
}

impl State {
    fn fate(&self) -> Fate {
        if !self.stormy.load(Ordering::SeqCst) {
            return Fate::Passes;
        }
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        match chance.between(0, 100) {
            // Half of them whole: the other side has everything, and this one will never hear of it.
            drawn if drawn < FATAL && chance.percent(50) => Fate::Cut(100),
            drawn if drawn < FATAL => Fate::Cut(chance.between(0, 100)),
            drawn if drawn < FATAL + SLOW => Fate::Waits(Duration::from_millis(chance.between(1, LONGEST_DELAY))),
            _ => Fate::Passes,
        }
    }

    /// A connection to the next server in turn that accepts one.
    async fn connect(&self) -> Option<TcpStream> {
        let first = self.next.fetch_add(1, Ordering::SeqCst);
        for turn in 0..self.servers.len() {
            let server = self.servers[(first + turn) % self.servers.len()];
            if let Ok(stream) = TcpStream::connect(server).await {
                let _ = stream.set_nodelay(true);
                return Some(stream);
            }
        }
        None
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    loop {
        let Ok((device, _)) = listener.accept().await else {
            continue;
        };
        let _ = device.set_nodelay(true);
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let Some(server) = state.connect().await else { return };
            let mut reset = state.reset.subscribe();
            let (from_device, to_device) = device.into_split();
            let (from_server, to_server) = server.into_split();
            // The first end ends both.
            tokio::select! {
                () = copy(from_device, to_server, &state) => {}
                () = copy(from_server, to_device, &state) => {}
                _ = reset.changed() => {
                    state.cuts.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
    }
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, state: &State) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let passing = match state.fate() {
            Fate::Passes => length,
            Fate::Waits(time) => {
                sleep(time).await;
                length
            }
            Fate::Cut(percent) => {
                state.cuts.fetch_add(1, Ordering::SeqCst);
                let part = length * usize::try_from(percent).unwrap_or(0) / 100;
                let _ = to.write_all(&buffer[..part]).await;
                // Long enough for a whole question to be acted upon before its connection ends.
                sleep(Duration::from_millis(20)).await;
                return;
            }
        };
        if to.write_all(&buffer[..passing]).await.is_err() {
            return;
        }
    }
}
