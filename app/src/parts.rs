//! Parts of the app that come on their own, after the screens of a day: a part is declared by `part!`, fetched when
//! nothing better is to be done, and drawn once it is here. One that does not come says so and is asked for again. They
//! know nothing of what they bring.

use futures::future::LocalBoxFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;

use crate::i18n::texts;
use crate::i18n::texts::parts as words;
use crate::platform::task::idle;
use crate::ui::{Banner, Button, page};

/// What comes of asking for a part.
pub type Coming<T> = LocalBoxFuture<'static, Result<T, SplitLoaderError>>;

/// A part of the app, and how it comes.
pub struct Part<T: 'static> {
    /// Fetches it, and gives what it brings.
    pub bring: fn() -> Coming<&'static T>,
    /// Only fetches it.
    pub fetch: fn() -> Coming<()>,
}

/// Declares a part: `part!(desk as DESK: Desk = Desk { … });`. What stands behind the equals sign, and all that only it
/// reaches, leaves the files that are fetched first; hence the part is a loader, and holds no pointer to what it brings.
macro_rules! part {
    ($(#[$doc:meta])* $part:ident as $name:ident: $brings:ty = $what:expr) => {
        $(#[$doc])*
        pub const $name: $crate::parts::Part<$brings> = {
            #[cfg(feature = "split")]
            #[leptos::wasm_split::wasm_split($part, wasm_split_path = leptos::wasm_split, fallible, preload(fetch))]
            fn $part() -> Result<&'static $brings, leptos::wasm_split::SplitLoaderError> {
                static BROUGHT: $brings = $what;
                Ok(&BROUGHT)
            }

            // For the app's own tests, which run in one piece.
            #[cfg(not(feature = "split"))]
            async fn $part() -> Result<&'static $brings, leptos::wasm_split::SplitLoaderError> {
                static BROUGHT: $brings = $what;
                Ok(&BROUGHT)
            }

            #[cfg(not(feature = "split"))]
            async fn fetch() -> Result<(), leptos::wasm_split::SplitLoaderError> {
                Ok(())
            }

            $crate::parts::Part {
                bring: || Box::pin($part()),
                fetch: || Box::pin(fetch()),
            }
        };
    };
}
pub(crate) use part;

/// Fetches these parts one after the other, each once the browser has nothing better to do. What can not be had now is
/// asked for again when it is needed.
pub fn fetch_when_idle(parts: &'static [fn() -> Coming<()>]) {
    spawn_local(async move {
        for fetch in parts {
            idle().await;
            let _ = fetch().await;
        }
    });
}

/// How a part stands.
enum Standing<T: 'static> {
    Coming,
    Here(&'static T),
    Failed,
}

impl<T> Clone for Standing<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Standing<T> {}

/// A screen of a part, as soon as the part is here. `draw`: which of its screens.
pub fn screen<T: Sync>(part: &'static Part<T>, draw: impl Fn(&'static T) -> AnyView + Send + 'static) -> AnyView {
    drawn(part, Box::new(draw))
}

fn drawn<T: Sync>(part: &'static Part<T>, draw: Box<dyn Fn(&'static T) -> AnyView + Send>) -> AnyView {
    let standing = RwSignal::new(Standing::Coming);
    let asking = RwSignal::new(false);
    let ask = move |then: fn()| {
        if asking.get_untracked() {
            return;
        }
        asking.set(true);
        spawn_local(async move {
            let came = (part.bring)().await;
            // Whoever asked may have gone elsewhere meanwhile.
            asking.try_set(false);
            if let Ok(brought) = came {
                standing.try_set(Standing::Here(brought));
                then();
            } else {
                standing.try_set(Standing::Failed);
            }
        });
    };
    ask(|| ());
    // The button that was pressed goes when the screen comes.
    let again = move |()| ask(|| request_animation_frame(page::focus_page));
    let shown = move || match standing.get() {
        Standing::Coming => view! {
            <div class="page" aria-busy="true">
                <p class="visually-hidden" role="status">{texts::app::reading}</p>
            </div>
        }
        .into_any(),
        Standing::Here(brought) => draw(brought),
        Standing::Failed => view! {
            <div class="page">
                <div class="page-inner page-narrow">
                    <h1 class="visually-hidden">{words::failed_title}</h1>
                    <div data-test="part-failed"><Banner tone="seal" text=words::failed/></div>
                    <div class="cluster">
                        <Button label=words::again disabled=asking test="part-again" on_press=again/>
                    </div>
                </div>
            </div>
        }
        .into_any(),
    };
    shown.into_any()
}
