//! Compares the texts of the languages: the same files with the same keys in each. What has all languages side by side in
//! one file is left to who builds it. It never judges a translation.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Languages differ in which plural forms they have; only that a text has forms must agree.
const PLURAL_FORMS: [&str; 6] = ["_zero", "_one", "_two", "_few", "_many", "_other"];

/// What one language has and another has not.
///
/// # Errors
/// The folder or a file in it cannot be read, or there are fewer than two languages.
pub fn differences(folder: &Path) -> Result<Vec<String>> {
    let mut languages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| format!("no texts in {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".toml") {
            continue;
        }
        let language = name.split('.').next().unwrap_or_default().to_owned();
        let keys = languages.entry(language).or_default();
        if entry.file_type()?.is_dir() {
            for file in fs::read_dir(entry.path())? {
                let file = file?;
                collect(&read(&file.path())?, &file.file_name().to_string_lossy(), keys);
            }
        } else {
            collect(&read(&entry.path())?, "", keys);
        }
    }
    if languages.len() < 2 {
        bail!("only {} languages in {}", languages.len(), folder.display());
    }
    Ok(compare(&languages))
}

fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path)?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}

fn collect(value: &Value, prefix: &str, keys: &mut BTreeSet<String>) {
    let Value::Object(entries) = value else {
        let singular = PLURAL_FORMS
            .iter()
            .find_map(|form| prefix.strip_suffix(form))
            .unwrap_or(prefix);
        keys.insert(singular.to_owned());
        return;
    };
    for (name, value) in entries {
        collect(value, &format!("{prefix}/{name}"), keys);
    }
}

fn compare(languages: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let all: BTreeSet<&String> = languages.values().flatten().collect();
    let missing = |(language, keys): (&String, &BTreeSet<String>)| -> Vec<String> {
        all.iter()
            .filter(|key| !keys.contains(**key))
            .map(|key| format!("{language} lacks {key}"))
            .collect()
    };
    languages.iter().flat_map(missing).collect()
}

/// The codes of refusals, as `wire` (the source of what travels) lists them, for which a language has no words.
///
/// # Errors
/// A file cannot be read, or the codes are not where they are looked for.
pub fn refusals_without_words(wire: &str, folder: &Path) -> Result<Vec<String>> {
    let codes = codes_of(wire).context("no codes of refusals in the source of what travels")?;
    let mut breaches = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            continue;
        }
        let texts = read(&file)?;
        let wordless = codes.iter().filter(|code| !texts["refusal"][code].is_string());
        breaches.extend(wordless.map(|code| format!("{} lacks refusal/{code}", file.display())));
    }
    Ok(breaches)
}

/// The codes that `codes!` lists for `RefusalCode` by their names on the wire, and that of a newer server.
fn codes_of(wire: &str) -> Option<Vec<String>> {
    let (_, body) = wire.split_once("    RefusalCode {")?;
    let (body, _) = body.split_once('}')?;
    let variants = body.lines().filter_map(|line| line.trim().strip_suffix(','));
    let names = variants.filter(|variant| variant.chars().all(char::is_alphanumeric));
    let codes: Vec<String> = names.map(snake_case).collect();
    let unknown = "unknown".to_owned();
    (!codes.is_empty()).then(|| codes.into_iter().chain([unknown]).collect())
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}

#[test]
fn names_the_code_that_has_no_words() -> Result<()> {
    let wire = "codes!(\n    RefusalCode {\n    /// One, or two.\n    NotVisible,\n}\n);";
    assert_eq!(codes_of(wire).context("codes")?, ["not_visible", "unknown"]);
    assert!(codes_of("pub enum Elsewhere {}").is_none());
    Ok(())
}

#[test]
fn names_what_a_language_lacks() -> Result<()> {
    let keys = |text: &str| -> Result<BTreeSet<String>> {
        let mut keys = BTreeSet::new();
        collect(&serde_json::from_str(text)?, "", &mut keys);
        Ok(keys)
    };
    let english = keys(r#"{"a": "x", "b": {"c": "y"}, "n_one": "1", "n_other": "2"}"#)?;
    let chinese = keys(r#"{"a": "x", "b": {}, "n_other": "2"}"#)?;
    let languages = BTreeMap::from([("en".to_owned(), english), ("zh".to_owned(), chinese)]);
    assert_eq!(compare(&languages), ["zh lacks /b/c"]);
    Ok(())
}
