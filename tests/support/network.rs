//! The network between one device and the server: a relay that can be cut, or that can swallow what the server
//! answers after the server has done its work. It never changes a byte that it lets through.

use anyhow::Result;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What the network does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// Everything passes.
    Fair,
    /// Nothing passes; open connections are cut.
    Down,
    /// Questions reach the server, and it acts on them, but its answers are lost.
    AnswersLost,
}

struct State {
    server: SocketAddr,
    weather: Mutex<Weather>,
    open: Mutex<Vec<TcpStream>>,
    lost_answers: AtomicUsize,
    closed: AtomicBool,
}

/// A relay with an address of its own; the device only ever knows this one.
pub struct Network {
    address: SocketAddr,
    state: Arc<State>,
}

impl Network {
    /// A relay to the server, in fair weather.
    ///
    /// # Errors
    /// No port is free.
    pub fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            server,
            weather: Mutex::new(Weather::Fair),
            open: Mutex::default(),
            lost_answers: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || accept(&listener, &shared));
        Ok(Self { address, state })
    }

    /// The origin under which the device sees the server.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes the weather; connections of before end.
    pub fn set(&self, weather: Weather) {
        *lock(&self.state.weather) = weather;
        for stream in lock(&self.state.open).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// How many answers of the server were swallowed so far.
    pub fn lost_answers(&self) -> usize {
        self.state.lost_answers.load(Ordering::SeqCst)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.state.closed.store(true, Ordering::SeqCst);
        self.set(Weather::Down);
        // Wakes the thread that waits for connections, so that it can end.
        let _ = TcpStream::connect(self.address);
    }
}

/// A test that panicked elsewhere must not hide behind a poisoned lock.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    for device in listener.incoming().flatten() {
        if state.closed.load(Ordering::SeqCst) {
            return;
        }
        // Dropping the connection is what a device without network sees: the request fails at once.
        if *lock(&state.weather) != Weather::Down {
            let state = Arc::clone(state);
            thread::spawn(move || drop(relay(device, &state)));
        }
    }
}

fn relay(device: TcpStream, state: &Arc<State>) -> std::io::Result<()> {
    let server = TcpStream::connect(state.server)?;
    lock(&state.open).extend([device.try_clone()?, server.try_clone()?]);
    let (from_device, to_server) = (device.try_clone()?, server.try_clone()?);
    let questions = thread::spawn(move || copy(from_device, to_server, || true));
    copy(server, device, || {
        let pass = *lock(&state.weather) == Weather::Fair;
        if !pass {
            state.lost_answers.fetch_add(1, Ordering::SeqCst);
        }
        pass
    });
    let _ = questions.join();
    Ok(())
}

/// Copies until an end closes or a piece may not pass; then both ends are closed.
fn copy(mut from: TcpStream, mut to: TcpStream, may_pass: impl Fn() -> bool) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if !may_pass() || to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
