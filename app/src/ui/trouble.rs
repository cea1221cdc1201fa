//! What a person is told when the app fails where it never should: a word at once, and a line under Status afterwards.
//! It keeps the place in the program and the time, and nothing of what was being worked on.

use std::panic::PanicHookInfo;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::page;
use crate::i18n::texts::trouble as words;

const POPOVER: &str = "trouble";
/// Journeys look here too.
const REMEMBERED_AS: &str = "rapport.trouble";

/// Tells and remembers every failure from now on. The word on it has to be in the page already: after a failure, only
/// what the browser does by itself can be relied on.
pub fn watch() {
    std::panic::set_hook(Box::new(failed));
}

fn failed(failure: &PanicHookInfo<'_>) {
    let place = failure.location().map_or_else(String::new, |location| {
        format!("{}:{}", short(location.file()), location.line())
    });
    page::remember(REMEMBERED_AS, &format!("{} {place}", js_sys::Date::now()));
    let word = document().get_element_by_id(POPOVER);
    if let Some(word) = word.and_then(|word| word.dyn_into::<HtmlElement>().ok()) {
        // It may be open already.
        let _ = word.show_popover();
    }
}

/// The end of a path, enough to find the file by.
fn short(path: &str) -> &str {
    path.rmatch_indices('/')
        .nth(2)
        .and_then(|(at, _)| path.get(at + 1..))
        .unwrap_or(path)
}

/// The last failure that nobody has dismissed: when, in milliseconds since the epoch, and where in the program.
pub fn last() -> Option<(i64, String)> {
    let remembered = page::recall(REMEMBERED_AS).filter(|remembered| !remembered.is_empty())?;
    let (at, place) = remembered.split_once(' ')?;
    Some((at.parse().ok()?, place.to_owned()))
}

/// Forgets the last failure.
pub fn dismiss() {
    page::forget(REMEMBERED_AS);
}

/// The word on a failure; once in the app. It works without the app: the browser shows and hides it, and the link loads
/// the page anew.
#[component]
pub fn Trouble() -> impl IntoView {
    view! {
        <div id=POPOVER class="popover trouble" popover="manual" role="alert" data-test="trouble">
            <h2>{words::title}</h2>
            <p>{words::help}</p>
            <div class="cluster">
                <button type="button" class="button" data-look="primary" popovertarget=POPOVER popovertargetaction="hide">
                    {words::go_on}
                </button>
                <a class="button" href="" rel="external">{words::reload}</a>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn says_where_in_the_program() {
        let check = |path: &str, expected: &str| assert_eq!(short(path), expected);
        check("app/src/ui/virtual_list.rs", "src/ui/virtual_list.rs");
        check("/somewhere/registry/leptos-0.8.1/src/lib.rs", "leptos-0.8.1/src/lib.rs");
        check("lib.rs", "lib.rs");
    }
}
