//! One question to a worker of our own: it starts, answers once and is ended. What is asked is the caller's matter.

use futures::channel::oneshot;
use gloo::events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// The worker could not be started or ended without an answer.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the worker gave no answer")]
pub(crate) struct NoAnswer;

/// Starts the module worker at `address`, sends it `question` and waits for its one answer.
///
/// # Errors
/// [`NoAnswer`] when the worker cannot be loaded, or fails.
pub(crate) async fn ask(address: &str, question: &JsValue) -> Result<JsValue, NoAnswer> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options(address, &options).map_err(|_| NoAnswer)?;
    let (sender, answer) = oneshot::channel();
    let sender = std::rc::Rc::new(std::cell::Cell::new(Some(sender)));
    let settle = move |result: Result<JsValue, NoAnswer>| {
        if let Some(sender) = sender.take() {
            drop(sender.send(result));
        }
    };
    let failed = settle.clone();
    let _on_answer = EventListener::new(&worker, "message", move |event| {
        settle(event.dyn_ref::<MessageEvent>().map(MessageEvent::data).ok_or(NoAnswer));
    });
    let _on_error = EventListener::new(&worker, "error", move |_| failed(Err(NoAnswer)));
    let result = match worker.post_message(question) {
        Ok(()) => answer.await.unwrap_or(Err(NoAnswer)),
        Err(_) => Err(NoAnswer),
    };
    worker.terminate();
    result
}
