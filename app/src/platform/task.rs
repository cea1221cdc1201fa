//! Long work in slices, so that the page goes on answering: no slice is longer than a frame or two.

use gloo::timers::future::TimeoutFuture;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;

/// The longest a slice may take before the browser gets its turn, in milliseconds.
const SLICE: f64 = 20.0;

#[wasm_bindgen]
extern "C" {
    type Scheduler;

    #[wasm_bindgen(method, catch, js_name = "yield")]
    fn give_way(this: &Scheduler) -> Result<js_sys::Promise, wasm_bindgen::JsValue>;
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
