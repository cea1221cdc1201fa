//! Opportunities: their form, their list and their board. What is due of one, and how often its customer is to be reached, is decided
//! in `shared::opportunities`.

mod board;
mod chosen;
mod section;

use leptos::prelude::*;
use rapport_shared::lists::ListQuery;
use rapport_shared::opportunities::{Stage, field};
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Fields, Kind, Record};

use self::board::BoardOf;
pub use self::section::SECTION;
use crate::book::{Book, use_book};
use crate::forms::{Form, FormOf, FormWords, Removal, Sheet, Subject, by_rules, entry};
use crate::i18n::texts::common;
use crate::i18n::texts::opportunity as words;
use crate::lists::{CUSTOMER, ChooseButton, ListFrame, ListOf, ListRows, ListState, shown};
use crate::routes;
use crate::ui::{Segmented, page};

/// The form.
pub static FORM: FormOf = FormOf {
    kind: Kind::Opportunity,
    words: FormWords {
        new: words::new_title,
        change: words::edit_title,
        lead: || "",
        save: common::save,
        created: |name| words::created(name),
        removal: Some(Removal {
            remove: words::remove,
            removed: |name| words::removed(name),
            restored: |name| words::restored(name),
        }),
    },
    sheets: &[
        Sheet(
            words::deal,
            &[
                entry(field::PRODUCT).wide(),
                entry(field::STAGE).chips(),
                entry(field::FAMILY),
                entry(field::AMOUNT),
                entry(field::CURRENCY),
                entry(field::EXPECTED_CLOSE),
                entry(field::PROBABILITY),
                entry(field::CLOSED_ON).when(is_decided),
                entry(field::LOST_REASON).wide().when(is_lost),
            ],
        ),
        Sheet(
            words::next,
            &[entry(field::NEXT_STEP).wide(), entry(field::NEXT_STEP_ON)],
        ),
        Sheet(
            words::who,
            &[
                entry(field::MANAGER),
                entry(field::PRODUCT_MANAGER),
                entry(field::COMPETITORS).wide(),
                entry(field::REMARK),
            ],
        ),
    ],
    body: None,
    start,
    complete,
    judge: by_rules,
};

/// It begins with a need that was seen.
fn start(_: &Subject, _: Book) -> Fields {
    Fields::from([(FieldPath::known(field::STAGE), Stage::Identified.as_str().into())])
}

fn stage(form: Form) -> Option<Stage> {
    Stage::parse(&form.text(field::STAGE).read())
}

fn is_decided(form: Form) -> bool {
    stage(form).is_some_and(|stage| !stage.is_open())
}

fn is_lost(form: Form) -> bool {
    stage(form) == Some(Stage::Lost)
}

/// Once it is decided it was today, unless it says otherwise.
fn complete(subject: &Subject, book: Book, edit: Edit) -> Edit {
    let wanted = edit
        .operation
        .wanted(field::STAGE)
        .and_then(|value| Stage::parse(value.as_str()?));
    let is_decided = wanted.is_some_and(|stage| !stage.is_open());
    if !is_decided || edit.operation.wanted(field::CLOSED_ON).is_some() {
        return edit;
    }
    let (path, today) = (FieldPath::known(field::CLOSED_ON), book.today().to_string());
    match &subject.record {
        Some(record) if record.get(field::CLOSED_ON).is_some() => edit,
        Some(record) => edit.change(record, path, today),
        None => edit.set(path, today),
    }
}

static LIST: ListOf = ListOf {
    kind: Kind::Opportunity,
    title: words::title,
    none: (words::none, words::none_help),
    columns: &[
        shown(field::PRODUCT),
        CUSTOMER,
        shown(field::STAGE),
        shown(field::AMOUNT),
        shown(field::EXPECTED_CLOSE).due(),
        shown(field::NEXT_STEP_ON).due(),
        shown(field::MANAGER),
    ],
    filters: &[
        field::STAGE,
        field::EXPECTED_CLOSE,
        field::NEXT_STEP_ON,
        "customer",
        field::MANAGER,
    ],
    sorts: &[
        field::EXPECTED_CLOSE,
        field::NEXT_STEP_ON,
        field::AMOUNT,
        field::STAGE,
        "customer",
    ],
    begins: || ListQuery::by(field::EXPECTED_CLOSE),
    address,
    actions: chosen::ACTIONS,
};

fn address(opportunity: &Record) -> String {
    match opportunity.root() {
        Some(root) => routes::edit_record(root, &opportunity.kind, opportunity.id),
        None => routes::OPPORTUNITIES.to_owned(),
    }
}

/// Where the device remembers how the opportunities were looked at last.
const REMEMBERED_AS: &str = "rapport.opportunities";
/// The value of the choice that means the board.
const BOARD: &str = "board";

/// The page: a list or a board of the same opportunities.
#[component]
pub fn OpportunitiesPage() -> impl IntoView {
    let state = ListState::new(use_book(), &LIST);
    let face = RwSignal::new(page::recall(REMEMBERED_AS).unwrap_or_else(|| "list".to_owned()));
    Effect::new(move |before: Option<()>| {
        let face = face.read();
        if before.is_some() {
            page::remember(REMEMBERED_AS, &face);
        }
    });
    let options = Signal::derive(|| {
        let list = ("list".to_owned(), words::as_list().to_owned());
        vec![list, (BOARD.to_owned(), words::as_board().to_owned())]
    });
    let is_board = Memo::new(move |_| *face.read() == BOARD);
    let beside = view! {
        <Show when=move || !is_board.get()><ChooseButton selection=state.selection/></Show>
        <Segmented name="face" label=words::face options value=face test="face"/>
    }
    .into_any();
    view! {
        <ListFrame state beside>
            <Show when=move || is_board.get() fallback=move || view! { <ListRows state/> }>
                <BoardOf state/>
            </Show>
        </ListFrame>
    }
}
