//! What can be done from anywhere, one line a command. The palette finds commands by their words, the keyboard by their
//! key, and the help lists those that have one. How something is done is the business of the screen it leads to.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use rapport_shared::ids::RecordId;
use rapport_shared::record::Kind;

use crate::book::{Book, use_book};
use crate::i18n::{Language, texts};
use crate::routes;
use crate::ui::{Glyph, Toasts, choose_language, page, use_toasts};

/// The words of a text.
type Words = fn() -> &'static str;

/// One thing that can be done from anywhere.
pub struct Command {
    /// Its name for tests.
    pub name: &'static str,
    /// What it does, in words.
    pub words: Words,
    /// Its icon.
    pub glyph: Glyph,
    /// The key that does it; empty when there is none.
    pub key: &'static str,
    /// Does it.
    pub run: fn(Reach),
}

/// What commands can reach.
#[derive(Clone, Copy)]
pub struct Reach {
    /// The open book.
    pub book: Book,
    /// What was just done.
    pub toasts: Toasts,
    /// The customer whose card or form is shown.
    pub customer: Memo<Option<RecordId>>,
    /// Whether the sheet of new things is open.
    pub adding: RwSignal<bool>,
    /// Whether the one box for everything is open.
    pub finding: RwSignal<bool>,
    /// Whether the list of keys is open.
    pub helping: RwSignal<bool>,
    /// What is to be written about a customer who is not picked yet.
    pub begun: RwSignal<Option<Kind>>,
    go: Callback<String>,
}

impl Reach {
    /// Puts it into the context of the frame.
    pub fn provide() -> Self {
        let path = use_location().pathname;
        let navigate = use_navigate();
        let reach = Self {
            book: use_book(),
            toasts: use_toasts(),
            customer: Memo::new(move |_| customer_at(&path.read())),
            adding: RwSignal::new(false),
            finding: RwSignal::new(false),
            helping: RwSignal::new(false),
            begun: RwSignal::new(None),
            go: Callback::new(move |address: String| navigate(&address, NavigateOptions::default())),
        };
        provide_context(reach);
        reach
    }

    /// Closes whatever lies over the page, which is another one now.
    pub fn close_all(self) {
        for open in [self.adding, self.finding, self.helping] {
            open.set(false);
        }
    }

    /// Shows the page of an address.
    pub fn go(self, address: &str) {
        self.go.run(address.to_owned());
    }

    /// The customer a new record is for: the one that is shown and in the book.
    fn subject(self) -> Option<RecordId> {
        let id = self.customer.get_untracked()?;
        let is_held = self.book.read_untracked(|replica| replica.get(id).is_some());
        is_held.then_some(id)
    }

    /// Begins a record of a customer: of the one shown, or of one who is asked for.
    fn begin(self, kind: Kind) {
        match self.subject() {
            Some(customer) => self.go(&routes::new_record(customer, &kind)),
            None => self.begun.set(Some(kind)),
        }
    }

    /// Writes a note or touch: for the customer shown, or first of all.
    fn write(self, kind: &Kind) {
        let address = match self.subject() {
            Some(customer) => routes::new_record(customer, kind),
            None => routes::write(kind, self.book.new_record_id()),
        };
        self.go(&address);
    }
}

/// What the frame shares with all that can be done from anywhere.
pub fn use_reach() -> Reach {
    expect_context()
}

/// The customer whose card or form is at the address.
pub(super) fn customer_at(path: &str) -> Option<RecordId> {
    let mut parts = path.trim_start_matches('/').split('/');
    parts.next().filter(|first| *first == "customers")?;
    parts.next()?.parse().ok()
}

const fn command(name: &'static str, words: Words, glyph: Glyph, key: &'static str, run: fn(Reach)) -> Command {
    Command {
        name,
        words,
        glyph,
        key,
        run,
    }
}

/// What ＋ offers.
pub const ADD: &[Command] = &[
    command("note", texts::command::note, Glyph::Note, "n", |reach| {
        reach.write(&Kind::Note);
    }),
    command("touch", texts::command::touch, Glyph::Phone, "c", |reach| {
        reach.write(&Kind::Touch);
    }),
    command(
        "appointment",
        texts::command::appointment,
        Glyph::Calendar,
        "v",
        |reach| {
            reach.begin(Kind::Visit);
        },
    ),
    command("task", texts::command::task, Glyph::Check, "t", |reach| {
        match reach.subject() {
            Some(customer) => reach.go(&routes::new_record(customer, &Kind::Task)),
            None => reach.go(&routes::new_own(&Kind::Task)),
        }
    }),
    command("opportunity", texts::command::opportunity, Glyph::Money, "o", |reach| {
        reach.begin(Kind::Opportunity);
    }),
    command("customer", texts::command::customer, Glyph::Customers, "", |reach| {
        reach.go(routes::NEW_CUSTOMER);
    }),
];

/// Everything else.
pub const OTHERS: &[Command] = &[
    command("find", texts::command::find, Glyph::Search, FIND_KEY, |reach| {
        reach.finding.set(true)
    }),
    command("search", texts::command::search, Glyph::Search, "/", |reach| {
        search(reach)
    }),
    command("add", texts::command::add, Glyph::Plus, "+", |reach| {
        reach.adding.set(true)
    }),
    command("undo", texts::command::undo, Glyph::History, "z", |reach| {
        reach.toasts.take_back()
    }),
    command("today", texts::nav::today, Glyph::Today, "1", |reach| {
        reach.go(routes::TODAY)
    }),
    command("customers", texts::nav::customers, Glyph::Customers, "2", |reach| {
        reach.go(routes::CUSTOMERS)
    }),
    command("calendar", texts::nav::calendar, Glyph::Calendar, "3", |reach| {
        reach.go(routes::CALENDAR)
    }),
    command("tasks", texts::nav::tasks, Glyph::Check, "4", |reach| {
        reach.go(routes::TASKS)
    }),
    command("opportunities", texts::nav::opportunities, Glyph::Money, "5", |reach| {
        reach.go(routes::OPPORTUNITIES)
    }),
    command("circles", texts::nav::circles, Glyph::Talk, "", |reach| {
        reach.go(routes::CIRCLES)
    }),
    command("conflicts", texts::conflict::title, Glyph::Fork, "", |reach| {
        reach.go(routes::CONFLICTS)
    }),
    command("status", texts::command::status, Glyph::Synced, "s", |reach| {
        reach.go(routes::STATUS)
    }),
    command("sync", texts::status::sync_now, Glyph::Sync, "", |reach| {
        reach.book.sync_now()
    }),
    command("settings", texts::nav::settings, Glyph::Settings, ",", |reach| {
        reach.go(routes::SETTINGS)
    }),
    command("parameters", texts::parameters::title, Glyph::Settings, "", |reach| {
        reach.go(routes::PARAMETERS)
    }),
    command("theme", texts::settings::theme, Glyph::Settings, "", |reach| {
        reach.go(routes::SETTINGS)
    }),
    command("clear", texts::settings::sign_out, Glyph::Lock, "", |reach| {
        reach.go(routes::SETTINGS)
    }),
    command("simplified", texts::command::simplified, Glyph::Language, "", |_| {
        choose_language(Language::SimplifiedChinese);
    }),
    command("traditional", texts::command::traditional, Glyph::Language, "", |_| {
        choose_language(Language::TraditionalChinese);
    }),
    command("english", texts::command::english, Glyph::Language, "", |_| {
        choose_language(Language::English)
    }),
    command("lock", texts::command::lock, Glyph::Lock, "L", |reach| {
        reach.book.lock()
    }),
    command("keys", texts::settings::keys, Glyph::Keyboard, "?", |reach| {
        reach.helping.set(true)
    }),
];

/// What opens the one box for everything, together with Control or Command.
pub const FIND_KEY: &str = "Ctrl K";

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Command> {
    ADD.iter().chain(OTHERS)
}

const SEARCH: &str = "[data-shortcut=search]";

/// Goes to the search box of the list of customers.
fn search(reach: Reach) {
    if !page::focus_first(SEARCH) {
        reach.go(routes::CUSTOMERS);
        // The focus moves to the heading of the new page first.
        let then = || {
            page::focus_first(SEARCH);
        };
        set_timeout(then, std::time::Duration::from_millis(80));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{all, customer_at};

    #[test]
    fn no_key_does_two_things() {
        let keys: Vec<&str> = all().map(|command| command.key).filter(|key| !key.is_empty()).collect();
        let different: BTreeSet<&str> = keys.iter().copied().collect();
        assert_eq!(keys.len(), different.len(), "{keys:?}");
    }

    #[test]
    fn the_customer_is_in_the_address() {
        const ID: &str = "0198c6f0-0000-7000-8000-000000000001";
        let check = |path: &str, expected: bool| assert_eq!(customer_at(path).is_some(), expected, "{path}");
        check("/", false);
        check("/customers", false);
        check("/customers/new", false);
        check(&format!("/customers/{ID}"), true);
        check(&format!("/customers/{ID}/edit"), true);
        check(&format!("/conflicts/{ID}"), false);
    }
}
