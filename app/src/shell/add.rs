//! What ＋ opens: the things one can begin to write, for the customer shown or for nobody yet, and what was begun and is
//! not filed. It writes nothing.

use leptos::prelude::*;
use rapport_shared::ids::RecordId;

use super::commands::{ADD, Command, use_reach};
use crate::filing::{Unfiled, unfiled};
use crate::finding::CustomerPicker;
use crate::i18n::texts;
use crate::i18n::texts::quick as words;
use crate::routes;
use crate::ui::{Dialog, Icon};

/// The sheet.
#[component]
pub fn AddSheet() -> impl IntoView {
    let reach = use_reach();
    let name = move || {
        let id = reach.customer.get()?;
        reach
            .book
            .read_untracked(|replica| replica.customer_name(id).map(str::to_owned))
    };
    view! {
        <Dialog open=reach.adding title=texts::command::add>
            {move || name().map(|name| view! { <p class="quiet" data-test="add-for">{texts::form::about(name)}</p> })}
            <ul class="add-list">
                {ADD.iter().zip(0..).map(|(command, place)| view! { <li><Choice command is_first=place == 0/></li> }).collect_view()}
            </ul>
            <Begun/>
        </Dialog>
    }
}

/// Asks whose it is, where what is to be written begins with that.
#[component]
pub fn Whose() -> impl IntoView {
    let reach = use_reach();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(reach.begun.read().is_some()));
    let pick = move |customer: RecordId| {
        if let Some(kind) = reach.begun.get_untracked() {
            reach.begun.set(None);
            reach.go(&routes::new_record(customer, &kind));
        }
    };
    // Closed without a choice.
    Effect::new(move |before: Option<bool>| {
        let is_open = open.get();
        if before == Some(true) && !is_open {
            reach.begun.set(None);
        }
        is_open
    });
    view! { <CustomerPicker open title=words::whose on_pick=pick/> }
}

#[component]
fn Choice(
    command: &'static Command,
    /// The dialog gives it the focus, rather than what closes it.
    is_first: bool,
) -> impl IntoView {
    let reach = use_reach();
    let press = move |_| {
        reach.adding.set(false);
        (command.run)(reach);
    };
    view! {
        <button type="button" class="add-choice" autofocus=is_first data-test=format!("add-{}", command.name) on:click=press>
            <Icon glyph=command.glyph size=24/>
            <span>{command.words}</span>
            {(!command.key.is_empty()).then(|| view! { <kbd aria-hidden="true">{command.key}</kbd> })}
        </button>
    }
}

/// What was begun and is not filed to a customer.
#[component]
fn Begun() -> impl IntoView {
    let reach = use_reach();
    let begun = Memo::new(move |_| reach.book.read(unfiled));
    let row = move |unfiled: Unfiled| {
        let glyph = unfiled.glyph();
        let address = unfiled.address;
        let press = move |_| {
            reach.adding.set(false);
            reach.go(&address);
        };
        view! {
            <li>
                <button type="button" class="add-choice" data-test="unfiled" on:click=press>
                    <Icon glyph/>
                    <span class="clip">{unfiled.beginning}</span>
                </button>
            </li>
        }
    };
    view! {
        <Show when=move || !begun.read().is_empty()>
            <section class="stack stack-tight">
                <h3 class="quiet">{words::begun}</h3>
                <ul class="add-list">{move || begun.get().into_iter().map(row).collect_view()}</ul>
            </section>
        </Show>
    }
}
