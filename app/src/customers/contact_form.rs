//! The form of a key person of a customer: which fields are asked for.

use rapport_shared::contacts::field;
use rapport_shared::record::Kind;

use crate::forms::{FormOf, FormWords, Removal, Sheet, as_typed, blank, by_rules, entry};
use crate::i18n::texts::{card, common, contact as words};

/// The form.
pub static FORM: FormOf = FormOf {
    kind: Kind::Contact,
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
            card::identity,
            &[entry(field::NAME), entry(field::ROLE), entry(field::BIRTHDAY)],
        ),
        Sheet(
            card::reach,
            &[
                entry("phone.mobile"),
                entry("phone.office"),
                entry(field::EMAIL),
                entry(field::WECHAT),
                entry(field::PREFERRED_CHANNEL),
            ],
        ),
        Sheet(
            words::decision,
            &[
                entry(field::DECISION_ROLE),
                entry(field::POWER),
                entry(field::ATTITUDE),
                entry(field::REMARK),
            ],
        ),
    ],
    body: None,
    start: blank,
    complete: as_typed,
    judge: by_rules,
};
