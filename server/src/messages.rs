//! What the tools tell people, in the three languages of the product. The texts are in `locales/`; here they are only
//! looked up and filled in.

use std::collections::HashMap;

use serde_json::Value;

/// A language of the product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    ZhHans,
    /// Traditional Chinese.
    ZhHant,
    /// English.
    En,
}

impl Language {
    const fn source(self) -> &'static str {
        match self {
            Self::ZhHans => include_str!("../locales/zh-Hans.json"),
            Self::ZhHant => include_str!("../locales/zh-Hant.json"),
            Self::En => include_str!("../locales/en.json"),
        }
    }
}

/// A message: its key and what is to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The key in the locale files.
    pub key: &'static str,
    /// Values for the places in braces.
    pub values: Vec<(&'static str, String)>,
    /// Places that are filled with another text of the same language, by its key.
    pub texts: Vec<(&'static str, String)>,
}

impl Message {
    /// A message without places to fill.
    pub const fn new(key: &'static str) -> Self {
        Self {
            key,
            values: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// Fills the place `name`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// Fills the place `name` with the text of `key`.
    #[must_use]
    pub fn with_text(mut self, name: &'static str, key: impl ToString) -> Self {
        self.texts.push((name, key.to_string()));
        self
    }
}

/// The texts of one language.
pub struct Messages(HashMap<String, String>);

impl Messages {
    /// The texts of `language`.
    pub fn new(language: Language) -> Self {
        let texts: HashMap<String, Value> = serde_json::from_str(language.source()).unwrap_or_default();
        let texts = texts
            .into_iter()
            .filter_map(|(key, text)| Some((key, text.as_str()?.to_owned())));
        Self(texts.collect())
    }

    /// The text of `message`. A key without a text is shown itself.
    pub fn text(&self, message: &Message) -> String {
        let of = |key| self.0.get(key).map_or(key, String::as_str);
        let mut text = of(message.key).to_owned();
        let texts = message.texts.iter().map(|(name, key)| (name, of(key.as_str())));
        let values = message.values.iter().map(|(name, value)| (name, value.as_str()));
        for (name, value) in texts.chain(values) {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
            .collect()
    }

    #[test]
    fn every_language_has_every_text_with_the_same_places() {
        let english = Messages::new(Language::En).0;
        assert!(!english.is_empty());
        for language in [Language::ZhHans, Language::ZhHant] {
            let other = Messages::new(language).0;
            assert_eq!(
                other.keys().collect::<BTreeSet<_>>(),
                english.keys().collect::<BTreeSet<_>>()
            );
            for (key, text) in &english {
                assert_eq!(places(text), places(&other[key]), "{language:?} {key}");
            }
        }
    }

    #[test]
    fn places_are_filled() {
        let message = Message::new("reason.too_long").with("limit", 200);
        assert_eq!(Messages::new(Language::En).text(&message), "longer than 200 characters");
        assert_eq!(Messages::new(Language::ZhHans).text(&message), "超过 200 个字符");
    }
}
