//! What screens need from the page and the browser around it: language and theme of the document, focus, small
//! remembered preferences, the clipboard. It never stores anything about customers.

use gloo::events::EventListener;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, MediaQueryList};

/// Languages the reader set in the browser, best first.
pub fn browser_languages() -> Vec<String> {
    let languages = window().navigator().languages();
    languages.iter().filter_map(|tag| tag.as_string()).collect()
}

/// A preference of this device remembered earlier; `None` where the browser keeps none.
pub fn recall(key: &str) -> Option<String> {
    let storage = window().local_storage().ok().flatten()?;
    storage.get_item(key).ok().flatten()
}

/// Remembers a preference of this device. Where the browser refuses, it is forgotten with the page.
pub fn remember(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
    }
}

/// Forgets a preference of this device.
pub fn forget(key: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.remove_item(key);
    }
}

fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute(name, value);
    }
}

/// Tells the browser, screen readers and hyphenation which language the page is in.
pub fn set_document_language(tag: &str) {
    set_root_attribute("lang", tag);
}

/// Light, dark, or (`auto`) as the system has it.
pub fn set_theme(theme: &str) {
    set_root_attribute("data-theme", theme);
}

/// The title of the tab.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Moves the focus to where one writes on the page just shown, or else to its heading, so that screen readers announce
/// it and Tab starts there.
pub fn focus_page() {
    let places = [
        "main [data-cursor] :is(textarea, input)",
        // With a list beside it, the page just shown is the one on the right.
        "main [data-detail=true] .pane-detail h1",
        "main h1",
    ];
    let _ = places.into_iter().any(focus_first);
}

/// Whether the window is as a media query says, now and from now on.
pub fn fits(query: &'static str) -> ReadSignal<bool> {
    let list = window().match_media(query).ok().flatten();
    let fits = RwSignal::new(list.as_ref().is_some_and(MediaQueryList::matches));
    if let Some(list) = list {
        let window = list.clone();
        let listener = EventListener::new(&list, "change", move |_| {
            let _ = fits.try_set(window.matches());
        });
        // Gone with whoever asked.
        StoredValue::new_local(listener);
    }
    fits.read_only()
}

/// Whether something lies over the page and has the keys for itself.
fn is_covered() -> bool {
    let covering = document().query_selector("dialog[open], :popover-open");
    covering.ok().flatten().is_some()
}

/// Moves the focus to the first element that fits `selector`; whether there was one in sight.
pub fn focus_first(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let element = found.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let Some(element) = element.filter(|element| element.offset_parent().is_some()) else {
        return false;
    };
    if element.tab_index() < 0 {
        let _ = element.set_attribute("tabindex", "-1");
    }
    element.focus().is_ok()
}

/// Calls `then` once what is drawn now has been painted.
pub fn once_painted(then: impl FnOnce() + 'static) {
    request_animation_frame(move || set_timeout(then, std::time::Duration::ZERO));
}

/// Whether the page is being printed.
pub fn printing() -> ReadSignal<bool> {
    let printing = RwSignal::new(false);
    let before = window_event_listener_untyped("beforeprint", move |_| {
        printing.try_set(true);
    });
    let after = window_event_listener_untyped("afterprint", move |_| {
        printing.try_set(false);
    });
    on_cleanup(move || {
        before.remove();
        after.remove();
    });
    printing.read_only()
}

/// Whether what had the focus has left the page, and nothing else has it.
pub fn is_focus_lost() -> bool {
    let focused = document().active_element();
    focused.is_none_or(|element| element.tag_name() == "BODY")
}

/// Whether a key was pressed on something that has a use for it: a box to be ticked, a field, a button.
pub fn is_on_control(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "BUTTON" | "SELECT" | "TEXTAREA"))
}

/// The letter or digit that was typed, outside of fields.
pub fn typed_letter(event: &KeyboardEvent) -> Option<String> {
    let key = event.key();
    let mut letters = key.chars();
    let is_one = letters.next().is_some_and(char::is_alphanumeric) && letters.next().is_none();
    let tag = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok())?
        .tag_name();
    (is_one && !matches!(tag.as_str(), "INPUT" | "SELECT" | "TEXTAREA")).then_some(key)
}

/// Calls `pressed` with each single key that is typed outside inputs and dialogs and without modifiers.
pub fn on_shortcut(pressed: impl Fn(&str, &KeyboardEvent) + 'static) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let typing = target.is_some_and(|element| {
            element.is_content_editable()
                || matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT" | "DIALOG")
        });
        if !typing && !is_covered() {
            pressed(&event.key(), &event);
        }
    });
    on_cleanup(move || handle.remove());
}

/// Calls `pressed` when `key` is typed together with Control or, on a Mac, Command; wherever the focus is.
pub fn on_command_key(key: &'static str, pressed: impl Fn() + 'static) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        let is_command = (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key();
        if is_command && event.key().eq_ignore_ascii_case(key) {
            event.prevent_default();
            pressed();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Calls `pressed` with each Escape that nothing on the page has taken for itself: no dialog is open, no word is being
/// composed.
pub fn on_escape(pressed: impl Fn() + 'static) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        let taken = event.is_composing() || event.default_prevented();
        if event.key() == "Escape" && !taken && !is_covered() {
            pressed();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Lets a thing be dragged: some browsers drag nothing that carries nothing.
pub fn carry(event: &leptos::ev::DragEvent) {
    let carried = js_sys::Reflect::get(event, &"dataTransfer".into());
    let set = carried
        .as_ref()
        .ok()
        .and_then(|data| js_sys::Reflect::get(data, &"setData".into()).ok());
    if let (Ok(data), Some(set)) = (carried, set.and_then(|set| set.dyn_into::<js_sys::Function>().ok())) {
        let _ = set.call2(&data, &"text/plain".into(), &" ".into());
    }
}

/// Puts `text` on the clipboard, where the browser lets us.
pub fn copy_text(text: &str) {
    let _ = window().navigator().clipboard().write_text(text);
}

/// The address of the server this page comes from.
pub fn address() -> String {
    window().location().origin().unwrap_or_default()
}

/// Loads the page anew.
pub fn reload() {
    let _ = window().location().reload();
}
