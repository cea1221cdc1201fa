//! The three languages of the interface: which one is in use, and the words of the locale files as functions that
//! follow it. It never touches the browser; `ui::page` tells it what the reader prefers.
//!
//! The words come from `locales/` through `build.rs` (a kind's from a file of its own, `‹kind›.toml`, the languages side
//! by side) rather than from leptos_i18n: texts named by the data
//! (fields, choices, refusals: more than a third of them) must be looked up by name, which its typed keys do not do,
//! and it would bring icu_locale, leptos_meta and leptos-use along for what is a static table here.

mod dates;
mod names;
mod numbers;

use std::cell::RefCell;
use std::fmt::Display;

use leptos::prelude::*;
use leptos::reactive::graph::Observer;

pub use dates::{
    ago, clock, date, date_with_weekday, due, lunar, minutes_on, read_date, read_time, relative_day, short_date,
    stored_day, time, weekday, written_time,
};
pub use names::{choice, field_name, field_text, person, problem, refusal, save_error, value_text};
pub use numbers::{amount, count, grouped, in_unit, megabytes, percent};

/// The words. One function for each text of the locale files; tracked, so views follow the language.
pub mod texts {
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

/// A language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// 简体中文.
    SimplifiedChinese,
    /// 繁體中文, in the words of Taiwan and Hong Kong.
    TraditionalChinese,
    /// English.
    English,
}

impl Language {
    /// All of them, in the order of the locale files.
    pub const ALL: [Self; 3] = [Self::SimplifiedChinese, Self::TraditionalChinese, Self::English];

    /// The tag for `lang` attributes (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::SimplifiedChinese => "zh-Hans",
            Self::TraditionalChinese => "zh-Hant",
            Self::English => "en",
        }
    }

    /// The language a tag such as `zh-TW` or `en-GB` asks for; `None` for one we do not have.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let tag = tag.to_ascii_lowercase();
        let mut parts = tag.split(['-', '_']);
        match parts.next() {
            Some("zh") => {
                let traditional = parts.any(|part| matches!(part, "hant" | "tw" | "hk" | "mo"));
                Some(if traditional && !tag.contains("hans") {
                    Self::TraditionalChinese
                } else {
                    Self::SimplifiedChinese
                })
            }
            Some("yue") => Some(Self::TraditionalChinese),
            Some("en") => Some(Self::English),
            _ => None,
        }
    }

    /// The first of the reader's languages that we have; simplified Chinese when there is none.
    pub fn best_of(tags: &[String]) -> Self {
        tags.iter()
            .find_map(|tag| Self::of_tag(tag))
            .unwrap_or(Self::SimplifiedChinese)
    }
}

thread_local! {
    /// Not in the reactive context, because words are also needed in handlers, after an await.
    static LANGUAGE: RefCell<ArcRwSignal<Language>> = RefCell::new(ArcRwSignal::new(Language::SimplifiedChinese));
}

/// The language in use; tracked inside views and effects.
pub fn language() -> Language {
    let signal = LANGUAGE.with_borrow(Clone::clone);
    if Observer::get().is_some() {
        signal.get()
    } else {
        signal.get_untracked()
    }
}

/// Changes the language of everything shown.
pub fn set_language(language: Language) {
    LANGUAGE.with_borrow(Clone::clone).set(language);
}

/// The text of the language in use, of those of all languages as `build.rs` joins them.
pub(crate) fn pick(texts: &'static str) -> &'static str {
    texts.split('\u{1f}').nth(language() as usize).unwrap_or_default()
}

/// The text of a name that comes from the data, such as `field.customer.phone`; `None` when there is none. Only for the
/// screens of the open book: the words of all kinds would travel with the first load otherwise.
pub(crate) fn look_up(key: &str) -> Option<&'static str> {
    find(&texts::INSIDE, key)
}

/// The text of a name of the sections that are needed before anybody has come in.
pub(crate) fn look_up_at_door(key: &str) -> Option<&'static str> {
    find(&texts::AT_DOOR, key)
}

fn find(table: &'static [(&str, &str)], key: &str) -> Option<&'static str> {
    let place = table.binary_search_by(|(name, _)| (*name).cmp(key)).ok()?;
    Some(pick(table[place].1))
}

/// Puts values into `{name}` and chooses in `{name|one|other}`.
pub(crate) fn fill(template: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((inside, behind)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        let mut parts = inside.split('|');
        let name = parts.next().unwrap_or_default();
        let value = values
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_string())
            .unwrap_or_default();
        match (parts.next(), parts.next()) {
            (Some(one), Some(other)) => filled.push_str(if value == "1" { one } else { other }),
            _ => filled.push_str(&value),
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::{Language, fill, texts};

    #[test]
    fn takes_the_first_language_we_have() {
        let check = |tags: &[&str], expected: Language| {
            let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            assert_eq!(Language::best_of(&tags), expected, "{tags:?}");
        };
        check(&[], Language::SimplifiedChinese);
        check(&["zh-CN", "en"], Language::SimplifiedChinese);
        check(&["zh"], Language::SimplifiedChinese);
        check(&["zh-TW"], Language::TraditionalChinese);
        check(&["zh-Hant-HK"], Language::TraditionalChinese);
        check(&["zh-Hans-HK"], Language::SimplifiedChinese);
        check(&["yue"], Language::TraditionalChinese);
        check(&["de", "en-GB", "zh-CN"], Language::English);
        check(&["fr"], Language::SimplifiedChinese);
    }

    #[test]
    fn fills_names_and_plurals() {
        let check = |template: &str, count: &str, expected: &str| {
            assert_eq!(fill(template, &[("count", &count)]), expected);
        };
        check("{count} {count|day|days} ago", "1", "1 day ago");
        check("{count} {count|day|days} ago", "2", "2 days ago");
        check("{count} 天前", "3", "3 天前");
        check("open { brace", "3", "open { brace");
        check("none", "3", "none");
    }

    #[test]
    fn looked_up_texts_are_sorted() {
        assert!(texts::AT_DOOR.is_sorted_by(|a, b| a.0 < b.0));
        assert!(texts::INSIDE.is_sorted_by(|a, b| a.0 < b.0));
    }
}
