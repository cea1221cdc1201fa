//! One box for everything: customers, people, notes, tasks, settings and what can be done, by the book on this device
//! alone. It ranks nothing itself, and before anything is typed it offers what was looked at last.

use std::sync::Arc;

use leptos::prelude::*;
use rapport_shared::contacts::ContactView;
use rapport_shared::ids::RecordId;
use rapport_shared::record::{Kind, Record};
use rapport_shared::search::{Query, Rank, SearchIndex, TextRole};
use rapport_shared::tasks::TaskView;
use rapport_shared::timeline::said;

use super::commands::{self, Command, FIND_KEY, Reach, use_reach};
use crate::book::Replica;
use crate::filing::unfiled;
use crate::finding::{Finding, found_customer, use_finding};
use crate::i18n::texts::finder as words;
use crate::i18n::{due, relative_day, texts};
use crate::routes;
use crate::ui::{Chosen, Dialog, Finder, Found, Glyph, Group};

/// Customers looked at that are offered before anything is typed.
const RECENT: usize = 5;
/// Things of one sort that are shown at most.
const MOST: usize = 6;
/// Customers that are looked into for a person of that name.
const LOOKED_INTO: usize = 60;

/// Open tasks, made ready when the box is opened.
type Tasks = Arc<SearchIndex>;

/// The box.
#[component]
pub fn Palette() -> impl IntoView {
    let (reach, finding) = (use_reach(), use_finding());
    view! {
        <Dialog open=reach.finding title=texts::command::find tall=true>
            {
                let query = RwSignal::new(String::new());
                let tasks = StoredValue::new(reach.book.read_untracked(open_tasks));
                let groups = Memo::new_with_compare(
                    move |_| {
                        let tasks = tasks.get_value();
                        groups(reach, finding, &tasks, &query.read())
                    },
                    |_, _| true,
                );
                view! { <Finder name="palette" label=words::everything query groups none=words::nothing/> }
            }
        </Dialog>
    }
}

fn open_tasks(replica: &Replica) -> Tasks {
    let tasks = replica.iter(&Kind::Task).map(TaskView).filter(|task| !task.is_done());
    let texts = tasks.map(|task| (task.0.id, [(TextRole::Name, task.title())]));
    Arc::new(SearchIndex::build(texts))
}

/// Leads to the page of an address.
fn show(reach: Reach, address: String) -> Chosen {
    Arc::new(move || {
        reach.finding.set(false);
        reach.go(&address);
    })
}

fn groups(reach: Reach, finding: Finding, tasks: &SearchIndex, typed: &str) -> Vec<Group> {
    let (book, query) = (reach.book, Query::new(typed));
    if query.is_blank() {
        let recent = finding.recent(book, RECENT).into_iter();
        let recent =
            book.read_untracked(|replica| recent.filter_map(|id| customer(reach, replica, id, &query)).collect());
        return vec![
            group(words::begun(), book.read_untracked(|replica| begun(reach, replica))),
            group(words::recent(), recent),
            group(
                words::commands(),
                offered().map(|command| of_command(reach, command, &query)).collect(),
            ),
        ];
    }
    let index = finding.index().get();
    let hits = index.search(&query);
    let (customers, people, tasks) = book.read_untracked(|replica| {
        let customers = hits
            .iter()
            .filter_map(|hit| customer(reach, replica, hit.id, &query))
            .take(MOST);
        let of_people = hits.iter().filter(|hit| hit.rank == Rank::Person).take(LOOKED_INTO);
        let people = of_people
            .flat_map(|hit| people(reach, replica, hit.id, &query))
            .take(MOST);
        let found = tasks.search(&query).into_iter();
        let tasks = found
            .filter_map(|hit| task(reach, replica.get(hit.id)?, &query))
            .take(MOST);
        (customers.collect(), people.collect(), tasks.collect())
    });
    let commands = offered().map(|command| of_command(reach, command, &query));
    let commands: Vec<Found> = commands.filter(|found| !found.marks.is_empty()).collect();
    vec![
        group(words::customers_group(), customers),
        group(words::people(), people),
        group(words::commands(), commands),
        group(words::tasks(), tasks),
        group(words::notes(), notes(reach, &query)),
    ]
}

const fn group(title: &'static str, found: Vec<Found>) -> Group {
    Group { title, found }
}

fn customer(reach: Reach, replica: &Replica, id: RecordId, query: &Query) -> Option<Found> {
    found_customer(replica, id, query, show(reach, routes::customer(id)))
}

/// The key persons of a customer whose name was typed.
fn people(reach: Reach, replica: &Replica, customer: RecordId, query: &Query) -> Vec<Found> {
    let of = replica.customer_name(customer).unwrap_or_default();
    let contacts: Vec<_> = replica.peek_customer(customer, |kind| *kind == Kind::Contact).collect();
    let contacts = contacts.iter().filter_map(|contact| ContactView::of(contact));
    let named = contacts.map(|contact| (contact, query.highlight(contact.name())));
    let named = named.filter(|(_, marks)| !marks.is_empty());
    let found = named.map(|(contact, marks)| Found {
        chosen: show(reach, routes::customer(customer)),
        glyph: Glyph::Talk,
        title: contact.name().to_owned(),
        marks,
        detail: contact
            .role()
            .map_or_else(|| of.to_owned(), |role| format!("{role} · {of}")),
        key: "",
    });
    found.collect()
}

fn task(reach: Reach, record: &Record, query: &Query) -> Option<Found> {
    let task = TaskView(record);
    let address = record.root().map_or_else(|| routes::TODAY.to_owned(), routes::customer);
    Some(Found {
        chosen: show(reach, address),
        glyph: Glyph::Check,
        title: task.title().to_owned(),
        marks: query.highlight(task.title()),
        detail: task.due().map(|day| due(day, reach.book.today())).unwrap_or_default(),
        key: "",
    })
}

fn notes(reach: Reach, query: &Query) -> Vec<Found> {
    let book = reach.book;
    let found = book.find_notes(query, |_| true, MOST);
    let found = found.newest.iter().filter_map(|hit| {
        let (name, line) = book.read_untracked(|replica| {
            let line = query.excerpt(said(replica.get(hit.record)?));
            Some((replica.customer_name(hit.customer)?.to_owned(), line))
        })?;
        let day = relative_day(hit.at.civil_date(book.utc_offset_minutes()), book.today());
        Some(Found {
            chosen: show(reach, routes::customer_at(hit.customer, hit.standing)),
            glyph: Glyph::Note,
            title: line.text,
            marks: line.marks,
            detail: format!("{name} · {day}"),
            key: "",
        })
    });
    found.collect()
}

/// The commands, but for the one that opened the box.
fn offered() -> impl Iterator<Item = &'static Command> {
    commands::all().filter(|command| command.key != FIND_KEY)
}

fn of_command(reach: Reach, command: &'static Command, query: &Query) -> Found {
    Found {
        chosen: Arc::new(move || {
            reach.finding.set(false);
            (command.run)(reach);
        }),
        glyph: command.glyph,
        title: (command.words)().to_owned(),
        marks: query.highlight((command.words)()),
        detail: String::new(),
        key: command.key,
    }
}

/// What was written and is not filed to a customer.
fn begun(reach: Reach, replica: &Replica) -> Vec<Found> {
    let begun = unfiled(replica).into_iter().map(|unfiled| Found {
        chosen: show(reach, unfiled.address),
        glyph: Glyph::Note,
        title: unfiled.beginning,
        marks: Vec::new(),
        detail: String::new(),
        key: "",
    });
    begun.collect()
}
