//! The screens of the open book. The app is taken apart here: what stands at the door comes first, so that a
//! first visit has something to type into sooner, and the rest comes while somebody types. It decides nothing.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;

use super::Frame;
use crate::book::StartFailure;
use crate::lock::Failure;

#[cfg(feature = "split")]
#[leptos::wasm_split::wasm_split(inside, wasm_split_path = leptos::wasm_split, fallible, preload(fetch))]
fn frame() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Frame/> }.into_any())
}

/// For the app's own tests, which run in one piece.
#[cfg(not(feature = "split"))]
async fn frame() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Frame/> }.into_any())
}

#[cfg(not(feature = "split"))]
async fn fetch() -> Result<(), SplitLoaderError> {
    Ok(())
}

/// Fetches the screens ahead of time. What cannot be had now is asked for again when it is needed.
pub(super) fn fetch_ahead() {
    spawn_local(async {
        let _ = fetch().await;
    });
}

/// The screens, as soon as they are here.
pub(super) fn screens() -> AnyView {
    Suspend::new(async {
        let failed = |_| view! { <Failure failure=StartFailure::Incomplete/> }.into_any();
        frame().await.unwrap_or_else(failed)
    })
    .into_any()
}
