//! Long work in slices, so that the page goes on answering: no slice is longer than a frame or two.

use futures::channel::oneshot;
use futures::future::select;
use gloo::timers::future::TimeoutFuture;
use leptos::prelude::request_animation_frame;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;

/// The longest a slice may take before the browser gets its turn, in milliseconds.
const SLICE: f64 = 20.0;
/// Taken for the time until the browser has drawn what was asked of it, in milliseconds.
const MOMENT: u32 = 100;

#[wasm_bindgen]
extern "C" {
    type Scheduler;

    #[wasm_bindgen(method, catch, js_name = "yield")]
    fn give_way(this: &Scheduler) -> Result<js_sys::Promise, wasm_bindgen::JsValue>;

    #[wasm_bindgen(js_name = requestIdleCallback)]
    fn request_idle_callback(then: &js_sys::Function) -> u32;
}

/// Waits until the browser has nothing better to do; where it does not say, for a moment.
pub(crate) async fn idle() {
    let says = js_sys::Reflect::has(&js_sys::global(), &"requestIdleCallback".into()).unwrap_or(false);
    if !says {
        return TimeoutFuture::new(MOMENT).await;
    }
    let turn = js_sys::Promise::new(&mut |resolve, _| {
        let _handle = request_idle_callback(&resolve);
    });
    // It is never rejected.
    drop(JsFuture::from(turn).await);
}

/// Waits until the browser has painted what was drawn up so far; not for long, since a page that nobody sees is never
/// painted.
pub(crate) async fn painted() {
    let (sender, frame) = oneshot::channel();
    request_animation_frame(move || {
        // Who waited too long does not wait any more.
        let _ = sender.send(());
    });
    select(frame, TimeoutFuture::new(MOMENT)).await;
    give_way().await;
}

/// Gives the browser its turn: input, painting, timers.
async fn give_way() {
    let scheduler = js_sys::Reflect::get(&js_sys::global(), &"scheduler".into()).ok();
    let scheduler = scheduler.filter(|scheduler| scheduler.is_object());
    let turn = scheduler.and_then(|scheduler| scheduler.unchecked_into::<Scheduler>().give_way().ok());
    match turn {
        // A rejected turn is a turn as well.
        Some(turn) => drop(JsFuture::from(turn).await),
        None => TimeoutFuture::new(0).await,
    }
}

/// Measures slices of long work.
#[derive(Debug)]
pub(crate) struct Slices {
    began: f64,
}

impl Slices {
    /// The first slice begins now.
    pub(crate) fn new() -> Self {
        Self {
            began: js_sys::Date::now(),
        }
    }

    /// Gives way when the present slice has lasted long enough.
    pub(crate) async fn pause(&mut self) {
        if js_sys::Date::now() - self.began >= SLICE {
            give_way().await;
            self.began = js_sys::Date::now();
        }
    }
}
