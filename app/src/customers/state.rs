//! What is typed and chosen above the list, and which customers that leaves in which order.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use leptos::prelude::*;
use rapport_shared::customers::{CustomerType, Tier};
use rapport_shared::ids::RecordId;
use rapport_shared::record::{Kind, Version};
use rapport_shared::search::{NotesFound, Query, in_order_of_names};
use rapport_shared::today::TodayParameters;
use wasm_bindgen_futures::spawn_local;

use super::digest::{Digest, digest, partial_digest};
use super::list::Digests;
use super::online_list::{HELD, OnlineList};
use crate::book::{Book, Gathered};
use crate::finding::Finding;
use crate::i18n::texts::customers as words;
use crate::platform::task::idle;

/// The value of a filter that lets everybody pass.
pub const ANY: &str = "";
/// Notes told in detail at most; the others are counted.
const MOST_NOTES: usize = 50;
/// The orders of the list, as values of the choice.
pub const SORTS: &[&str] = &["name", "tier", "last", "due"];

/// The words of an order.
pub fn sort_name(sort: &str) -> String {
    let words = match sort {
        "tier" => words::sort_tier,
        "last" => words::sort_last,
        "due" => words::sort_due,
        _ => words::sort_name,
    };
    words().to_owned()
}

/// State of the list.
#[derive(Clone, Copy)]
pub struct ListState {
    pub query: RwSignal<String>,
    pub kind: RwSignal<String>,
    pub tier: RwSignal<String>,
    pub owner: RwSignal<String>,
    pub tag: RwSignal<String>,
    pub sort: RwSignal<String>,
    pub digests: Memo<Digests>,
    pub shown: Memo<Arc<Vec<RecordId>>>,
    /// What was said to customers that the filters let through, when something is typed.
    pub notes: Memo<NotesFound>,
    /// Whether all customers are shown though notes were found as well.
    pub all_customers: RwSignal<bool>,
    pub total: Memo<usize>,
    /// What was typed and chosen, all in one.
    pub asked: Memo<String>,
    /// How many rows are still to come below those shown, which are the first ones then, whatever was typed and chosen:
    /// nothing can be found or left out before the cards are here.
    pub to_come: Memo<usize>,
    /// Managers that occur, by id with their names.
    pub owners: Memo<Vec<(String, String)>>,
    pub tags: Memo<BTreeSet<String>>,
    /// Whether this device or the server is searched.
    pub source: RwSignal<String>,
    pub online: OnlineList,
}

impl ListState {
    /// Nothing typed, nobody filtered out, in the order of names.
    pub fn new(book: Book, finding: Finding) -> Self {
        let text = || RwSignal::new(String::new());
        let (query, kind, tier, owner, tag) = (text(), text(), text(), text(), text());
        let sort = RwSignal::new("name".to_owned());
        let source = RwSignal::new(HELD.to_owned());
        let whole = book.is_whole();
        let gathered = Memo::new_with_compare(move |before| gathered(book, before, whole.get()), |_, _| true);
        let digests: Memo<Digests> = Memo::new(move |_| gathered.read().values());
        let index = finding.index();
        let filters = move || Filters {
            kind: kind.get(),
            tier: tier.get(),
            owner: owner.get(),
            tag: tag.get(),
        };
        let notes = Memo::new(move |_| {
            if *source.read() != HELD {
                return NotesFound::default();
            }
            let (digests, filters) = (digests.read(), filters());
            let of_shown = |customer| digests.get(&customer).is_some_and(|digest| filters.pass(digest));
            book.find_notes(&Query::new(&query.read()), of_shown, MOST_NOTES)
        });
        let all_customers = RwSignal::new(false);
        Effect::new(move |_| {
            query.track();
            all_customers.set(false);
        });
        let names = Memo::new(move |_| names(&digests.read()));
        let by_name = Memo::new(move |_| in_order_of_names(names.read().iter().map(|(id, name)| (*id, name.as_str()))));
        // Drawing the list needs the names only. The index is built after that, and again after a change, so that the
        // first key typed does not wait for it. The digests are read here and not only watched: without a first look at
        // all of them, the first change would have to gather all of them.
        Effect::new(move |_| {
            digests.with(|_| ());
            if whole.get() {
                spawn_local(async move {
                    idle().await;
                    // The list may be gone by then.
                    index.try_with_untracked(|_| ());
                });
            }
        });
        let beginning = book.list_beginning();
        let shown = Memo::new(move |_| {
            if let Some(beginning) = &*beginning.read() {
                return beginning.rows.clone();
            }
            let typed = Query::new(&query.read());
            let (digests, filters) = (digests.read(), filters());
            let passes = |id: &RecordId| digests.get(id).is_some_and(|digest| filters.pass(digest));
            if typed.is_blank() {
                let mut shown: Vec<RecordId> = by_name.read().iter().copied().filter(passes).collect();
                order(&mut shown, &digests, &sort.read());
                return Arc::new(shown);
            }
            // A search has an order of its own: the best match first.
            let found = index.read().search(&typed).into_iter().map(|hit| hit.id);
            Arc::new(found.filter(passes).collect())
        });
        Self {
            query,
            kind,
            tier,
            owner,
            tag,
            sort,
            digests,
            shown,
            notes,
            all_customers,
            total: Memo::new(move |_| match &*beginning.read() {
                Some(beginning) => beginning.total,
                None => digests.read().len(),
            }),
            to_come: Memo::new(move |_| {
                let beginning = beginning.read();
                let to_come = beginning
                    .as_ref()
                    .map(|list| list.total.saturating_sub(list.rows.len()));
                to_come.unwrap_or_default()
            }),
            owners: Memo::new(move |_| owners(&digests.read())),
            tags: Memo::new(move |_| digests.read().values().flat_map(|digest| digest.tags.clone()).collect()),
            asked: Memo::new(move |_| [query, kind, tier, owner, tag, sort].map(|part| part.get()).join("\n")),
            source,
            online: OnlineList::new(book, query, source),
        }
    }

    /// Whether a filter is set.
    pub fn is_filtered(self) -> bool {
        [self.kind, self.tier, self.owner, self.tag]
            .iter()
            .any(|filter| !filter.read().is_empty())
    }

    /// Lets everybody pass again.
    pub fn clear_filters(self) {
        for filter in [self.kind, self.tier, self.owner, self.tag] {
            filter.set(String::new());
        }
    }
}

/// What is chosen above the list; [`ANY`] lets everybody pass.
struct Filters {
    kind: String,
    tier: String,
    owner: String,
    tag: String,
}

impl Filters {
    fn pass(&self, digest: &Digest) -> bool {
        let is = |chosen: &str, value: Option<&str>| chosen == ANY || value == Some(chosen);
        let is_owner = || digest.owner.is_some_and(|owner| owner.to_string() == self.owner);
        is(&self.kind, digest.kind.map(CustomerType::as_str))
            && is(&self.tier, digest.tier.map(Tier::as_str))
            && (self.owner == ANY || is_owner())
            && (self.tag == ANY || digest.tags.contains(&self.tag))
    }
}

/// What a digest depends on besides its customer's records.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Circumstances {
    is_whole: bool,
    are_first_rows: bool,
    today: Date,
    utc_offset_minutes: i32,
    parameters: TodayParameters,
    /// How many are in the directory, and its last change: the names of owners come from there.
    people: (usize, Version),
}

fn gathered(
    book: Book,
    before: Option<&Gathered<Circumstances, Digest>>,
    is_whole: bool,
) -> Gathered<Circumstances, Digest> {
    let (today, utc_offset_minutes) = (book.today(), book.utc_offset_minutes());
    let parameters = TodayParameters::next_at_customer(&book.settings());
    let people = book.read(|replica| {
        let people = replica.iter(&Kind::Person);
        people.fold((0, Version::NONE), |(many, last), person| {
            (many + 1, last.max(person.version))
        })
    });
    let circumstances = Circumstances {
        is_whole,
        are_first_rows: book.list_beginning().read().is_some(),
        today,
        utc_offset_minutes,
        parameters: parameters.clone(),
        people,
    };
    Gathered::gather(book, before, circumstances, |replica, customer| {
        if is_whole {
            digest(replica, customer, (today, utc_offset_minutes), &parameters)
        } else {
            partial_digest(replica, customer)
        }
    })
}

fn names(digests: &Digests) -> HashMap<RecordId, String> {
    digests.iter().map(|(id, digest)| (*id, digest.name.clone())).collect()
}

fn owners(digests: &Digests) -> Vec<(String, String)> {
    let owners: BTreeSet<(String, String)> = digests
        .values()
        .filter_map(|digest| Some((digest.owner_name.clone()?, digest.owner?.to_string())))
        .collect();
    owners.into_iter().map(|(name, id)| (id, name)).collect()
}

/// Puts the customers, which come in the order of their names, into another one.
fn order(ids: &mut [RecordId], digests: &Digests, sort: &str) {
    let get = |id: &RecordId| digests.get(id);
    match sort {
        // Without a tier last.
        "tier" => ids.sort_by_key(|id| {
            get(id)
                .and_then(|digest| digest.tier)
                .map_or((true, None), |tier| (false, Some(tier)))
        }),
        // Never contacted first.
        "last" => ids.sort_by_key(|id| get(id).and_then(|digest| digest.last_contact)),
        // Without anything due last.
        "due" => ids.sort_by_key(|id| {
            get(id)
                .and_then(|digest| digest.next_due)
                .map_or((true, None), |day| (false, Some(day)))
        }),
        _ => {}
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests;
