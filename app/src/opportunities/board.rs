//! The board of opportunities: a lane for each stage, all beside each other where there is room, one at a time on a phone.
//! An opportunity is moved by dragging, by a key, or from a sheet of stages, with the way back. What a move writes, what a
//! lane comes to and what raises an alarm is decided in `shared`.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use rapport_shared::handover::take_back;
use rapport_shared::ids::RecordId;
use rapport_shared::opportunities::board::{Alarm, Lane, Move, Way, alarm, lanes, move_to, neighbour};
use rapport_shared::opportunities::{OpportunityView, Stage, field};
use rapport_shared::record::{Kind, Record};

use super::{FORM, address};
use crate::book::{Book, use_book};
use crate::forms::{Subject, begin_with};
use crate::i18n::texts::opportunity as words;
use crate::i18n::{amount, choice, count, due, save_error, short_date, texts};
use crate::lists::ListState;
use crate::ui::{Button, ChoiceChips, Dialog, Empty, Glyph, Icon, Toasts, page, use_toasts};

/// Cards of a lane that are shown at first, and as many more each time more are asked for.
const MORE: usize = 30;

/// What the lanes and cards share.
#[derive(Clone, Copy)]
struct Board {
    book: Book,
    toasts: Toasts,
    lanes: Memo<Vec<Lane>>,
    /// What is being dragged.
    dragged: RwSignal<Option<RecordId>>,
    /// For which one a stage is chosen from the sheet.
    choosing: RwSignal<Option<RecordId>>,
    /// The lane that a phone shows.
    current: RwSignal<String>,
    go: Callback<String>,
}

/// The words of a stage.
fn stage_name(stage: Stage) -> String {
    choice("opportunity_stage", stage.as_str())
}

impl Board {
    fn get(self, id: RecordId) -> Option<Record> {
        self.book.read_untracked(|replica| replica.get(id).cloned())
    }

    /// Moves one to another stage; where it has to be said when and why it was decided, its form is opened.
    fn put(self, id: RecordId, stage: Stage) {
        self.choosing.set(None);
        let Some(record) = self.get(id) else { return };
        let edit = match move_to(&record, stage) {
            Move::Nowhere => return,
            Move::Ask => return self.ask(&record, stage),
            Move::Write(edit) => edit,
        };
        let (book, toasts) = (self.book, self.toasts);
        let said = words::moved(OpportunityView(&record).product(), stage_name(stage));
        spawn_local(async move {
            match book.write(vec![edit.clone()]).await {
                Ok(()) => {
                    self.follow(id, stage);
                    toasts.say_with_undo(said, move || {
                        let back =
                            book.read_untracked(|replica| take_back(std::slice::from_ref(&edit), |id| replica.get(id)));
                        spawn_local(async move {
                            if let Err(error) = book.write(back).await {
                                toasts.warn(save_error(&Kind::Opportunity, &error));
                            }
                        });
                    });
                }
                Err(error) => toasts.warn(save_error(&Kind::Opportunity, &error)),
            }
        });
    }

    fn ask(self, record: &Record, stage: Stage) {
        let subject = Subject::find(self.book, &record.kind, record.root(), Some(record.id), None);
        if let Some(subject) = subject {
            begin_with(self.book, &FORM, subject, field::STAGE, stage.as_str());
            self.go.run(address(record));
        }
    }

    /// The focus goes along with what was moved. The board may be gone by then.
    fn follow(self, id: RecordId, stage: Stage) {
        drop(self.current.try_set(stage.as_str().to_owned()));
        request_animation_frame(move || focus(id));
    }

    /// Arrows lead from card to card; with Shift those to the sides move the card itself.
    fn on_key(self, id: RecordId, stage: Stage, event: &leptos::ev::KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
            return;
        }
        let (key, shift) = (event.key(), event.shift_key());
        let way = match key.as_str() {
            "ArrowUp" => Way::Up,
            "ArrowDown" => Way::Down,
            "ArrowLeft" => Way::Before,
            "ArrowRight" => Way::Behind,
            _ => return,
        };
        event.prevent_default();
        match way {
            Way::Before if shift => before(stage).into_iter().for_each(|stage| self.put(id, stage)),
            Way::Behind if shift => behind(stage).into_iter().for_each(|stage| self.put(id, stage)),
            _ => {
                let to = neighbour(&self.lanes.read_untracked(), id, way);
                to.into_iter().for_each(focus);
            }
        }
    }
}

/// The stage before another one.
fn before(stage: Stage) -> Option<Stage> {
    Stage::ALL.iter().rev().copied().find(|other| *other < stage)
}

/// The stage behind another one.
fn behind(stage: Stage) -> Option<Stage> {
    Stage::ALL.iter().copied().find(|other| *other > stage)
}

fn focus(id: RecordId) {
    page::focus_first(&format!(".deal[data-id='{id}'] > a"));
}

/// The board of the opportunities that a list shows.
#[component]
pub fn BoardOf(
    /// The list.
    state: ListState,
) -> impl IntoView {
    let book = use_book();
    let navigate = use_navigate();
    let board = Board {
        book,
        toasts: use_toasts(),
        lanes: Memo::new(move |_| {
            let shown = state.shown.read();
            book.read(|replica| lanes(shown.iter().filter_map(|id| replica.get(*id))))
        }),
        dragged: RwSignal::new(None),
        choosing: RwSignal::new(None),
        current: RwSignal::new(Stage::Identified.as_str().to_owned()),
        go: Callback::new(move |address: String| navigate(&address, Default::default())),
    };
    let stages = Signal::derive(move || {
        let lanes = board.lanes.read();
        let named = lanes.iter().map(|lane| {
            let (name, many) = (stage_name(lane.stage), count(lane.cards.len()));
            (lane.stage.as_str().to_owned(), format!("{name} {many}"))
        });
        named.collect()
    });
    let none = move || board.lanes.read().iter().all(|lane| lane.cards.is_empty());
    view! {
        <div class="board" data-test="board">
            <div class="board-switch">
                <ChoiceChips name="board-stage" label=words::stages options=stages value=board.current test="board-stage"/>
            </div>
            <Show when=none>
                <Empty glyph=Glyph::Money title=words::none help=words::none_help/>
            </Show>
            <div class="board-lanes" role="group" aria-label=words::board aria-description=words::board_keys hidden=none>
                {Stage::ALL.iter().map(|stage| view! { <LaneOf board stage=*stage/> }).collect_view()}
            </div>
            <Stages board/>
        </div>
    }
}

#[component]
fn LaneOf(board: Board, stage: Stage) -> impl IntoView {
    let lane = Memo::new(move |_| board.lanes.read().iter().find(|lane| lane.stage == stage).cloned());
    let cards = move || lane.read().as_ref().map(|lane| lane.cards.clone()).unwrap_or_default();
    let most = RwSignal::new(MORE);
    let shown = move || cards().into_iter().take(most.get()).collect::<Vec<_>>();
    let hidden = move || cards().len().saturating_sub(most.get());
    let sum = move || {
        let lane = lane.read();
        let sums = lane.iter().flat_map(|lane| &lane.sums);
        let sums: Vec<String> = sums.map(|(currency, sum)| amount(*sum, currency)).collect();
        sums.join(" + ")
    };
    let over = RwSignal::new(false);
    let is_current = move || (*board.current.read() == stage.as_str()).to_string();
    let name = format!("lane-{}", stage.as_str());
    view! {
        <section
            class="lane"
            aria-labelledby=name.clone()
            data-test=name.clone()
            data-current=is_current
            data-over=move || over.get().to_string()
            on:dragover=move |event| {
                if board.dragged.read_untracked().is_some() {
                    // Otherwise nothing can be dropped here.
                    event.prevent_default();
                    over.set(true);
                }
            }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event| {
                event.prevent_default();
                over.set(false);
                if let Some(id) = board.dragged.get_untracked() {
                    board.put(id, stage);
                }
            }
        >
            <header class="lane-head">
                <h2 id=name.clone()>
                    {move || stage_name(stage)} " " <span class="figure">{move || count(cards().len())}</span>
                </h2>
                <p class="lane-sum">{sum}</p>
            </header>
            <ul class="lane-cards">
                <For each=shown key=|id| *id children=move |id| view! { <Card board id/> }/>
            </ul>
            <Show when=move || { hidden() > 0 }>
                <Button
                    label=move || texts::common::show_more(hidden().min(MORE))
                    on_press=move |()| most.update(|most| *most += MORE)
                />
            </Show>
        </section>
    }
}

#[component]
fn Card(board: Board, id: RecordId) -> impl IntoView {
    let book = board.book;
    let record = Memo::new(move |_| book.read(|replica| replica.get(id).cloned()));
    move || {
        record.get().map(|record| {
            let stage = OpportunityView(&record).stage();
            let raised = alarm(OpportunityView(&record), book.today());
            let choose = words::move_what(OpportunityView(&record).product());
            view! {
                <li
                    class="deal"
                    draggable="true"
                    data-test="deal"
                    data-id=id.to_string()
                    data-alarm=raised.is_some().to_string()
                    on:dragstart=move |event| {
                        page::carry(&event);
                        board.dragged.set(Some(id));
                    }
                    on:dragend=move |_| board.dragged.set(None)
                    on:keydown=move |event| board.on_key(id, stage, &event)
                >
                    <A href=address(&record) attr:class="deal-link" attr:draggable="false">
                        {content(book, &record, raised)}
                    </A>
                    <button
                        type="button"
                        class="icon-button deal-move"
                        aria-label=choose.clone()
                        title=choose
                        aria-haspopup="dialog"
                        data-test="deal-move"
                        on:click=move |_| board.choosing.set(Some(id))
                    >
                        <Icon glyph=Glyph::Forward/>
                    </button>
                </li>
            }
        })
    }
}

/// Whose, what, how much, when, and the next step or that there is none.
fn content(book: Book, record: &Record, raised: Option<Alarm>) -> impl IntoView + use<> {
    let view = OpportunityView(record);
    let today = book.today();
    let customer = record.root();
    let customer = customer.and_then(|id| book.read(|replica| replica.customer_name(id).map(str::to_owned)));
    let value = view.amount().map(|value| amount(value, view.currency()));
    let close = view.expected_close().map(|day| words::closes(short_date(day, today)));
    let facts: Vec<String> = [value, close].into_iter().flatten().collect();
    let day = view
        .next_step_on()
        .filter(|_| view.is_open())
        .map(|day| due(day, today));
    let step = view.next_step().filter(|_| view.is_open()).map(str::to_owned);
    let step: Vec<String> = [step, day].into_iter().flatten().collect();
    let badge = raised.map(|raised| {
        let words = match raised {
            Alarm::Missing => words::stepless(),
            Alarm::Past => words::step_past(),
        };
        view! { <span class="badge" data-tone="seal">{words}</span> }
    });
    view! {
        <span class="deal-customer">{customer}</span>
        <span class="deal-product">{view.product().to_owned()}</span>
        <span class="deal-facts">{facts.join(" · ")}</span>
        <span class="deal-step">{badge} {step.join(" · ")}</span>
    }
}

/// The sheet from which a stage is chosen: for fingers, keys and voices.
#[component]
fn Stages(board: Board) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(board.choosing.read().is_some()));
    // Closed without a choice.
    Effect::new(move |before: Option<bool>| {
        let is_open = open.get();
        if before == Some(true) && !is_open {
            board.choosing.set(None);
        }
        is_open
    });
    let record = move || board.get(board.choosing.get()?);
    let title = move || {
        let record = record();
        record.map_or_else(String::new, |record| {
            words::move_what(OpportunityView(&record).product())
        })
    };
    let stages = move || {
        let id = board.choosing.get_untracked()?;
        let now = OpportunityView(&board.get(id)?).stage();
        let row = move |stage: &Stage| {
            let stage = *stage;
            view! {
                <li>
                    <button
                        type="button"
                        class="add-choice"
                        aria-current=(stage == now).then_some("true")
                        data-test=format!("move-{}", stage.as_str())
                        on:click=move |_| board.put(id, stage)
                    >
                        {(stage == now).then(|| view! { <Icon glyph=Glyph::Check/> })}
                        <span>{stage_name(stage)}</span>
                    </button>
                </li>
            }
        };
        Some(view! { <ul class="add-list">{Stage::ALL.iter().map(row).collect_view()}</ul> })
    };
    view! { <Dialog open title>{stages}</Dialog> }
}
