//! The form of the card: which fields are asked for, of whom, and what a new card starts with.

use rapport_shared::customers::{CustomerType, field, new_customer};
use rapport_shared::record::Kind;
use rapport_shared::record::mutation::{Edit, Operation};

use crate::book::Book;
use crate::forms::{Form, FormOf, FormWords, Sheet, Subject, blank, by_rules, entry};
use crate::i18n::texts::{card, common, form as words};
use leptos::prelude::*;

/// The form.
pub static FORM: FormOf = FormOf {
    kind: Kind::Customer,
    words: FormWords {
        new: words::new_title,
        change: words::edit_title,
        lead: || "",
        save: common::save,
        created: |name| words::created(name),
        removal: None,
    },
    sheets: SHEETS,
    body: None,
    start: blank,
    complete: of_the_writer,
    judge: by_rules,
};

const SHEETS: &[Sheet] = &[
    Sheet(
        card::identity,
        &[
            entry(field::TYPE),
            entry(field::NAME).wide(),
            entry(field::SHORT_NAME),
            entry(field::CREDIT_CODE).when(is_business),
            entry(field::LEGAL_REPRESENTATIVE).when(is_business),
            entry(field::FOUNDED).when(is_business),
            entry(field::ID_NUMBER).when(is_person),
            entry(field::SEX).when(is_person),
            entry(field::BIRTHDAY).when(is_person),
            entry(field::OCCUPATION).when(is_person),
        ],
    ),
    Sheet(
        card::reach,
        &[
            entry(field::PHONE),
            entry(field::EMAIL),
            entry(field::WECHAT),
            entry(field::WEBSITE).when(is_business),
            entry(field::VISITING_ADDRESS),
            entry(field::REGISTERED_ADDRESS).when(is_business),
            entry(field::REGION),
        ],
    ),
    Sheet(
        card::business,
        &[
            entry(field::INDUSTRY).when(is_business),
            entry(field::SIZE).when(is_business),
            entry(field::NATURE).when(is_business),
            entry(field::REGISTERED_CAPITAL).when(is_business),
            entry(field::HEADCOUNT).when(is_business),
            entry(field::PRODUCTS).when(is_business),
        ],
    ),
    Sheet(
        card::relation,
        &[
            entry(field::TIER),
            entry(field::STAGE),
            entry(field::SOURCE),
            entry(field::SINCE),
            entry(field::RISK_RATING).when(is_person),
            entry(field::RESTRICTED),
            entry(field::TAGS),
            entry(field::REMARK),
            entry(field::CONSENT),
        ],
    ),
];

fn is_person(form: Form) -> bool {
    *form.text(field::TYPE).read() == CustomerType::Individual.as_str()
}

fn is_business(form: Form) -> bool {
    !is_person(form)
}

/// A new customer is the writer's own.
fn of_the_writer(subject: &Subject, book: Book, edit: Edit) -> Edit {
    let profile = book.profile().get_untracked().filter(|_| subject.is_new());
    let Some(profile) = profile else { return edit };
    let Operation::Write(own) = new_customer(edit.record, &profile).operation else {
        return edit;
    };
    own.into_iter()
        .fold(edit, |edit, (path, change)| edit.set(path, change.to))
}
