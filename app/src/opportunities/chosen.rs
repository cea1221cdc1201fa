//! What is done with several opportunities at once: moved to another stage, given another day for the next step. What
//! that means for one is decided in `shared`.

use leptos::prelude::*;
use rapport_shared::opportunities::board::{Move, move_to};
use rapport_shared::opportunities::{OpportunityView, Stage, field};
use rapport_shared::record::mutation::Edit;
use rapport_shared::record::{FieldPath, Kind, Record};

use crate::i18n::texts::opportunity as words;
use crate::i18n::{choice, field_name};
use crate::lists::{Action, Ask, AskDay, Does, Selection};
use crate::ui::{Glyph, Select};

/// Everything.
pub const ACTIONS: &[Action] = &[
    Action {
        name: "stage",
        words: words::move_many,
        glyph: Glyph::Forward,
        does: Does::Ask(|chosen| view! { <Stages chosen/> }.into_any()),
    },
    Action {
        name: "step",
        words: words::step_day,
        glyph: Glyph::Calendar,
        does: Does::Ask(|chosen| view! { <StepDay chosen/> }.into_any()),
    },
];

/// Those that are open: one that is decided says when, and why, in its own form.
#[component]
fn Stages(chosen: Selection) -> impl IntoView {
    let to = RwSignal::new(String::new());
    let options = Signal::derive(|| {
        let open = Stage::ALL.iter().filter(|stage| stage.is_open());
        open.map(|stage| (stage.as_str().to_owned(), choice("opportunity_stage", stage.as_str())))
            .collect()
    });
    let submit = move |()| {
        if let Some(stage) = Stage::parse(&to.read_untracked()) {
            let moved = |record: &Record| match move_to(record, stage) {
                Move::Write(edit) => vec![edit],
                Move::Nowhere | Move::Ask => Vec::new(),
            };
            chosen.change(moved, words::moved_many);
        }
    };
    view! {
        <Ask action=words::move_many is_ready=Signal::derive(move || !to.read().is_empty()) on_submit=submit>
            <Select
                name="stage-to"
                label=|| field_name(&Kind::Opportunity, &FieldPath::known(field::STAGE))
                value=to
                options
                test="stage-to"
            />
        </Ask>
    }
}

#[component]
fn StepDay(chosen: Selection) -> impl IntoView {
    let take = move |day: jiff::civil::Date| {
        let moved = |record: &Record| {
            let is_open = OpportunityView(record).is_open();
            let path = FieldPath::known(field::NEXT_STEP_ON);
            let edit = is_open.then(|| Edit::of(record).change(record, path, day.to_string()));
            edit.into_iter().collect()
        };
        chosen.change(moved, words::stepped);
    };
    let label = || field_name(&Kind::Opportunity, &FieldPath::known(field::NEXT_STEP_ON));
    view! { <AskDay label action=words::step_day on_day=take/> }
}
