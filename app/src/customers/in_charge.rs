//! Who is in charge of the customer and who helps, as those change it who may. What moves with a customer, and who may
//! take it, is in `shared::handover`.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rapport_shared::customers::CustomerView;
use rapport_shared::handover::{self, INTRODUCTION_DAYS, Introduction};
use rapport_shared::ids::{RecordId, UserId};
use rapport_shared::order;
use rapport_shared::people::PersonView;
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{Kind, Record};

use crate::book::{Book, Replica, use_book};
use crate::i18n::texts::in_charge as words;
use crate::i18n::{person, save_error, texts};
use crate::sections::Card;
use crate::ui::{Button, Look, Select, Toasts, use_toasts};

/// What the buttons of the dialog do.
#[derive(Clone, Copy)]
struct Work {
    book: Book,
    toasts: Toasts,
    state: Card,
    working: RwSignal<bool>,
}

impl Work {
    /// Writes the edits, with the way back.
    fn write(self, edits: Vec<Edit>, said: String, done: impl FnOnce() + 'static) {
        if self.working.get_untracked() {
            return;
        }
        self.working.set(true);
        let Self {
            book, toasts, state, ..
        } = self;
        let seen = state.source.online();
        let id = state.id;
        spawn_local(async move {
            let nothing = Replica::default();
            let outcome = book
                .write_seen(edits.clone(), seen.as_deref().unwrap_or(&nothing))
                .await;
            self.working.try_set(false);
            match outcome {
                Ok(()) => {
                    done();
                    toasts.say_with_undo(said, move || take_back(book, toasts, id, edits.clone()));
                }
                Err(error) => toasts.warn(save_error(&Kind::Customer, &error)),
            }
        });
    }

    /// Hands the customer to `to`.
    fn hand_over(self, to: &str, open: RwSignal<bool>) {
        let Self { book, state, .. } = self;
        let Some(customer) = state.own.get_untracked() else {
            return;
        };
        let successor = to.parse::<UserId>().ok();
        let successor = successor.and_then(|user| book.read_untracked(|replica| replica.get(user.into()).cloned()));
        let Some(successor) = successor.as_ref().and_then(PersonView::of) else {
            return;
        };
        let owner = CustomerView(&customer).owner();
        let owner = owner.map_or_else(
            || texts::common::unknown_person().to_owned(),
            |owner| name_of(book, owner),
        );
        let due = book
            .today()
            .saturating_add(jiff::Span::new().days(book.settings().number(&INTRODUCTION_DAYS)));
        let introduction = Introduction {
            task: book.new_record_id(),
            title: words::introduction().to_owned(),
            reason: words::introduction_reason(owner),
            due,
        };
        let records = state.records.get_untracked();
        let edits = handover::hand_over(&customer, &records, successor, introduction);
        let said = words::handed_over(successor.name());
        self.write(edits, said, move || {
            open.try_set(false);
        });
    }

    /// Lets somebody help, or no longer.
    fn help(self, user: UserId, helps: bool) {
        let Some(customer) = self.state.own.get_untracked() else {
            return;
        };
        let name = name_of(self.book, user);
        let said = if helps {
            words::helps(name)
        } else {
            words::helps_no_more(name)
        };
        self.write(vec![handover::co_manage(&customer, user, helps)], said, || ());
    }
}

/// The name of a colleague, even one's own: others will read it.
fn name_of(book: Book, user: UserId) -> String {
    let name = book.read_untracked(|replica| replica.person_name(user).map(str::to_owned));
    name.unwrap_or_else(|| texts::common::unknown_person().to_owned())
}

fn take_back(book: Book, toasts: Toasts, id: RecordId, edits: Vec<Edit>) {
    spawn_local(async move {
        let held = book.read_untracked(|replica| replica.get(id).is_some());
        let online = if held { None } else { book.read_online(id).await.ok() };
        let edits = book.read_untracked(|replica| {
            let seen = online.as_ref().unwrap_or(replica);
            handover::take_back(&edits, |id| seen.get(id))
        });
        if edits.is_empty() {
            toasts.warn(words::not_taken_back());
            return;
        }
        match book.write_seen(edits, &online.unwrap_or_default()).await {
            Ok(()) => toasts.say(words::taken_back()),
            Err(error) => toasts.warn(save_error(&Kind::Customer, &error)),
        }
    });
}

/// What the dialog holds.
#[component]
pub fn Choices(
    /// The card.
    state: Card,
    /// Whether the dialog is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let (book, toasts) = (use_book(), use_toasts());
    let work = Work {
        book,
        toasts,
        state,
        working: RwSignal::new(false),
    };
    let to = RwSignal::new(String::new());
    let helper = RwSignal::new(String::new());
    let owner = Memo::new(move |_| {
        state
            .own
            .read()
            .as_ref()
            .and_then(|record| CustomerView(record).owner())
    });
    let helping = Memo::new(move |_| {
        let customer = state.own.read();
        customer
            .as_ref()
            .map(|record| CustomerView(record).co_managers().collect::<Vec<_>>())
            .unwrap_or_default()
    });
    let people = Memo::new(move |_| people(book));
    let successors = Signal::derive(move || choices(&people.read(), |user| Some(user) != owner.get()));
    let helpers = Signal::derive(move || {
        choices(&people.read(), |user| {
            Some(user) != owner.get() && !helping.read().contains(&user)
        })
    });
    let nobody = Signal::derive(move || to.read().is_empty() || work.working.get());
    let no_helper = Signal::derive(move || helper.read().is_empty() || work.working.get());
    let present = move || {
        let owner = owner.get()?;
        Some(words::present(person(book, owner)))
    };
    view! {
        <form
            class="form in-charge"
            on:submit=move |event| {
                event.prevent_default();
                if !nobody.get_untracked() {
                    work.hand_over(&to.get_untracked(), open);
                }
            }
        >
            <p data-test="present-owner">{present}</p>
            <Select name="successor" label=words::to value=to options=successors test="successor"/>
            {move || (!to.read().is_empty()).then(|| consequences(book, state, owner.get()))}
            <div class="cluster">
                <Button label=words::hand_over look=Look::Primary disabled=nobody test="hand-over"/>
            </div>
        </form>
        <section class="form in-charge">
            <h3>{texts::in_charge::co_managers}</h3>
            <p class="small quiet">{words::co_managers_help}</p>
            <ul>
                {move || helping.get().into_iter().map(|user| view! {
                    <li class="row" data-test="co-manager">
                        <span class="row-main">{person(book, user)}</span>
                        <Button
                            label=words::remove_helper
                            disabled=work.working
                            test="remove-helper"
                            on_press=move |()| work.help(user, false)
                        />
                    </li>
                }).collect_view()}
            </ul>
            <Select name="helper" label=words::add_helper value=helper options=helpers test="helper"/>
            <div class="cluster">
                <Button
                    label=words::add
                    disabled=no_helper
                    test="add-helper"
                    on_press=move |()| {
                        if let Ok(user) = helper.get_untracked().parse() {
                            work.help(user, true);
                            helper.set(String::new());
                        }
                    }
                />
            </div>
        </section>
    }
}

/// What moves with the customer, said before it does.
fn consequences(book: Book, state: Card, owner: Option<UserId>) -> impl IntoView + use<> {
    let customer = state.own.get();
    let tasks = customer.as_ref().and_then(CustomerView::of).map_or(0, |customer| {
        handover::moving_work(customer, &state.records.get() as &[Record]).len()
    });
    let from = owner.map(|owner| words::leaves(person(book, owner)));
    view! {
        <ul class="in-charge-moves small quiet" data-test="handover-moves">
            <li>{if tasks == 0 { words::no_tasks_move().to_owned() } else { words::tasks_move(tasks) }}</li>
            <li>{words::introduction_moves(book.settings().number(&INTRODUCTION_DAYS))}</li>
            {from.map(|from| view! { <li>{from}</li> })}
        </ul>
    }
}

/// Whom the signed-in person may entrust a customer to, by name.
fn people(book: Book) -> Vec<(UserId, String)> {
    let profile = book.profile().get();
    book.read(|replica| {
        let candidates = profile.map(|profile| handover::candidates(&profile, replica.iter(&Kind::Person)));
        let mut people: Vec<(UserId, String)> = candidates
            .into_iter()
            .flatten()
            .map(|person| (person.user(), person.name().to_owned()))
            .collect();
        order::sort_by(&mut people, |one, two| one.1.cmp(&two.1));
        people
    })
}

fn choices(people: &[(UserId, String)], fits: impl Fn(UserId) -> bool) -> Vec<(String, String)> {
    let fitting = people.iter().filter(|(user, _)| fits(*user));
    fitting.map(|(user, name)| (user.to_string(), name.clone())).collect()
}
