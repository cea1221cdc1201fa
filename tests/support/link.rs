//! A link with a round-trip time and rates of its own between a browser and the server, which counts what passes. The
//! model is coarse: order is kept, all connections share the rates, a new connection costs one round trip more;
//! nothing is lost and nothing starts slowly. It never changes a byte.

use anyhow::Result;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What a link is like; zero means "no delay" and "no limit".
#[derive(Clone, Copy, Debug, Default)]
pub struct Quality {
    /// Round-trip time in milliseconds.
    pub rtt_ms: f64,
    /// Towards the browser, in Mbit/s.
    pub down_mbps: f64,
    /// From the browser, in Mbit/s.
    pub up_mbps: f64,
}

/// What passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes from the browser, headers included.
    pub up_bytes: u64,
    /// Bytes to the browser.
    pub down_bytes: u64,
    /// HTTP requests.
    pub requests: u64,
    /// Connections on which something was asked.
    pub connections: u64,
}

struct State {
    server: SocketAddr,
    quality: Quality,
    up: Mutex<Instant>,
    down: Mutex<Instant>,
    traffic: Mutex<Traffic>,
    open: Mutex<Vec<TcpStream>>,
    cut: AtomicBool,
    closed: AtomicBool,
}

/// A running link.
pub struct Link {
    address: SocketAddr,
    state: Arc<State>,
}

impl Link {
    /// A link to the server.
    ///
    /// # Errors
    /// No port is free.
    pub fn to(server: SocketAddr, quality: Quality) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let now = Instant::now();
        let state = Arc::new(State {
            server,
            quality,
            up: Mutex::new(now),
            down: Mutex::new(now),
            traffic: Mutex::default(),
            open: Mutex::default(),
            cut: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || accept(&listener, &shared));
        Ok(Self { address, state })
    }

    /// The origin under which the browser sees the server.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Cuts the link, or joins it again; connections of before end in either case.
    pub fn set_cut(&self, cut: bool) {
        self.state.cut.store(cut, Ordering::SeqCst);
        for stream in lock(&self.state.open).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// What passed since this was last asked.
    pub fn take_traffic(&self) -> Traffic {
        std::mem::take(&mut lock(&self.state.traffic))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.state.closed.store(true, Ordering::SeqCst);
        self.set_cut(true);
        // Wakes the thread that waits for connections, so that it can end.
        let _ = TcpStream::connect(self.address);
    }
}

/// A test that panicked elsewhere must not hide behind a poisoned lock.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    for browser in listener.incoming().flatten() {
        if state.closed.load(Ordering::SeqCst) {
            return;
        }
        if !state.cut.load(Ordering::SeqCst) {
            let state = Arc::clone(state);
            thread::spawn(move || drop(relay(browser, &state)));
        }
    }
}

fn relay(browser: TcpStream, state: &Arc<State>) -> std::io::Result<()> {
    let server = TcpStream::connect(state.server)?;
    browser.set_nodelay(true)?;
    server.set_nodelay(true)?;
    lock(&state.open).extend([browser.try_clone()?, server.try_clone()?]);
    let (from, to) = (browser.try_clone()?, server.try_clone()?);
    let shared = Arc::clone(state);
    let questions = thread::spawn(move || copy(from, to, &shared, Direction::Up));
    copy(server, browser, state, Direction::Down);
    let _ = questions.join();
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

impl State {
    fn note(&self, direction: Direction, bytes: &[u8], first: bool) {
        let mut traffic = lock(&self.traffic);
        let length = bytes.len() as u64;
        if direction == Direction::Down {
            traffic.down_bytes += length;
            return;
        }
        traffic.up_bytes += length;
        traffic.connections += u64::from(first);
        traffic.requests += u64::from(begins_request(bytes));
    }

    /// When a piece that was sent now arrives.
    fn arrival(&self, direction: Direction, length: usize, first: bool) -> Instant {
        let (line, rate) = match direction {
            Direction::Up => (&self.up, self.quality.up_mbps),
            Direction::Down => (&self.down, self.quality.down_mbps),
        };
        let seconds = if rate > 0.0 {
            length as f64 * 8.0 / (rate * 1e6)
        } else {
            0.0
        };
        let mut free = lock(line);
        *free = (*free).max(Instant::now()) + Duration::from_secs_f64(seconds);
        // The first piece waits for the handshake as well.
        let handshake = first && direction == Direction::Up;
        let trips = if handshake { 1.5 } else { 0.5 };
        *free + Duration::from_secs_f64(self.quality.rtt_ms * trips / 1e3)
    }
}

fn begins_request(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let methods = ["GET ", "POST ", "PUT ", "DELETE ", "HEAD ", "OPTIONS ", "PATCH "];
    line.ends_with(b" HTTP/1.1") && methods.iter().any(|method| line.starts_with(method.as_bytes()))
}

/// Reads pieces and lets a second thread hand them on in time.
fn copy(mut from: TcpStream, to: TcpStream, state: &Arc<State>, direction: Direction) {
    let (sender, pieces) = channel();
    let writer = thread::spawn(move || deliver(&pieces, to));
    read(&mut from, &sender, state, direction);
    drop(sender);
    let _ = writer.join();
    let _ = from.shutdown(Shutdown::Both);
}

fn read(from: &mut TcpStream, sender: &Sender<(Instant, Vec<u8>)>, state: &State, direction: Direction) {
    let mut buffer = vec![0; 64 * 1024];
    let mut last = Instant::now();
    let mut first = true;
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let piece = &buffer[..length];
        state.note(direction, piece, first);
        last = last.max(state.arrival(direction, length, first));
        first = false;
        if sender.send((last, piece.to_vec())).is_err() {
            return;
        }
    }
}

fn deliver(pieces: &Receiver<(Instant, Vec<u8>)>, mut to: TcpStream) {
    for (at, piece) in pieces {
        let early = at.saturating_duration_since(Instant::now());
        if !early.is_zero() {
            thread::sleep(early);
        }
        if to.write_all(&piece).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
