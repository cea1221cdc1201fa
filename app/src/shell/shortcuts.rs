//! Keys for those with a keyboard, and the list of them. What a key does stands with the commands; none does anything
//! while somebody types, and single keys can be turned off, since some people's speech or hands press them unmeant.

use leptos::prelude::*;

use super::commands::{self, Reach, use_reach};
use crate::i18n::texts;
use crate::i18n::texts::keys as words;
use crate::ui::{Dialog, page};

const REMEMBERED_AS: &str = "rapport.single-keys";
const OFF: &str = "off";
const ESCAPE: &str = "Esc";
/// Drawn instead of a capital letter, which nobody would type as one.
const SHIFT: &str = "⇧";

/// Whether single keys do something on this device.
fn are_on() -> bool {
    page::recall(REMEMBERED_AS).as_deref() != Some(OFF)
}

/// Listens until the frame goes away.
pub fn listen(reach: Reach) {
    page::on_command_key("k", move || reach.finding.update(|open| *open = !*open));
    page::on_shortcut(move |key, event| {
        let pressed = commands::all().find(|command| command.key == key);
        if let Some(command) = pressed.filter(|_| are_on()) {
            event.prevent_default();
            (command.run)(reach);
        }
    });
}

/// All keys, and the switch for single ones.
#[component]
pub fn Keys() -> impl IntoView {
    let reach = use_reach();
    view! {
        <Dialog open=reach.helping title=texts::settings::keys>
            <dl class="keys" data-test="keys">
                {commands::all().filter(|command| !command.key.is_empty()).map(|command| view! {
                    <div>
                        <dt>{command.words}</dt>
                        <dd>{drawn(command.key).into_iter().map(|key| view! { <kbd>{key}</kbd> }).collect_view()}</dd>
                    </div>
                }).collect_view()}
                <div>
                    <dt>{words::escape}</dt>
                    <dd><kbd>{ESCAPE}</kbd></dd>
                </div>
            </dl>
            <label class="check">
                <input
                    type="checkbox"
                    data-test="single-keys"
                    prop:checked=are_on()
                    on:change=|event| page::remember(REMEMBERED_AS, if event_target_checked(&event) { "on" } else { OFF })
                />
                <span>{words::single}</span>
            </label>
        </Dialog>
    }
}

/// The keys to press together.
fn drawn(key: &'static str) -> Vec<&'static str> {
    let is_capital = key.len() == 1 && key.chars().all(char::is_uppercase);
    is_capital.then_some(SHIFT).into_iter().chain(key.split(' ')).collect()
}
