//! The sheet in which a customer is picked: those of late first, all others by typing. It does nothing with the one
//! picked.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use rapport_shared::ids::RecordId;
use rapport_shared::search::Query;

use super::{Finding, found_customer, use_finding};
use crate::book::{Book, use_book};
use crate::i18n::texts::finder as words;
use crate::ui::{Chosen, Dialog, Finder, Found, Group};

/// Customers offered before anything is typed.
const RECENT: usize = 8;
/// Customers shown of those found.
const MOST: usize = 30;

/// The sheet; shown while `open` is true, and closed by a choice.
#[component]
pub fn CustomerPicker(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// Why a customer is asked for.
    #[prop(into)]
    title: TextProp,
    /// Takes the one picked.
    #[prop(into)]
    on_pick: Callback<RecordId>,
) -> impl IntoView {
    let choose = move |id: RecordId| {
        open.set(false);
        on_pick.run(id);
    };
    view! { <Dialog open title tall=true><CustomerFinder on_pick=choose/></Dialog> }
}

/// The same, where a sheet is open already.
#[component]
pub fn CustomerFinder(
    /// Takes the one picked.
    #[prop(into)]
    on_pick: Callback<RecordId>,
) -> impl IntoView {
    let (book, finding) = (use_book(), use_finding());
    let query = RwSignal::new(String::new());
    let choose = move |id: RecordId| -> Chosen { Arc::new(move || on_pick.run(id)) };
    let groups = Memo::new_with_compare(move |_| groups(book, finding, &query.read(), &choose), |_, _| true);
    view! {
        <Finder name="pick-customer" label=words::customers query groups none=words::no_customer/>
    }
}

fn groups(book: Book, finding: Finding, typed: &str, choose: &dyn Fn(RecordId) -> Chosen) -> Vec<Group> {
    let query = Query::new(typed);
    let (title, ids) = if query.is_blank() {
        (words::recent(), finding.recent(book, RECENT))
    } else {
        let index = finding.index().get();
        let hits = index.search(&query).into_iter().map(|hit| hit.id);
        (words::customers_group(), hits.take(MOST).collect())
    };
    let found: Vec<Found> = book.read_untracked(|replica| {
        let found = ids
            .into_iter()
            .map(|id| found_customer(replica, id, &query, choose(id)));
        found.flatten().collect()
    });
    vec![Group { title, found }]
}
