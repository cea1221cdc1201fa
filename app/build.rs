//! Turns the locale files into functions, so that a missing or misspelt text is a compile error and no text is
//! parsed at run time, and tells the linker when the app is to be taken apart. It writes one file into the build
//! folder and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

/// The languages, in the order of the enum `Language`.
const LANGUAGES: [&str; 3] = ["zh-Hans", "zh-Hant", "en"];
/// Sections whose texts are looked up by a name, and are needed before anybody has come in: a table of their own, so
/// that the other does not travel with the first load.
const AT_DOOR: [&str; 2] = ["language", "strength"];
/// The other sections whose texts are looked up by a name from the data. What is in no such section becomes a function.
const INSIDE: [&str; 4] = ["choice", "month", "refusal", "weekday"];

type Section = BTreeMap<String, String>;
type Locale = BTreeMap<String, Section>;
/// The texts of a name, in the order of the languages.
type Texts = [String; LANGUAGES.len()];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    let is_set = |name: &str, value: &str| std::env::var(name).is_ok_and(|set| set == value);
    if is_set("CARGO_FEATURE_SPLIT", "1") && is_set("CARGO_CFG_TARGET_ARCH", "wasm32") {
        // By the relocations the module can be taken apart.
        println!("cargo::rustc-link-arg-cdylib=--emit-relocs");
    }
    let mut locales = Vec::new();
    for language in LANGUAGES {
        let path = format!("locales/{language}.json");
        let text = std::fs::read_to_string(&path)?;
        locales.push(serde_json::from_str::<Locale>(&text).map_err(|error| format!("{path}: {error}"))?);
    }
    check_same_keys(&locales)?;
    let target = std::env::var("OUT_DIR")?;
    let code = generate(&locales, words_of_kinds(Path::new("locales"))?)?;
    std::fs::write(Path::new(&target).join("texts.rs"), code)?;
    Ok(())
}

/// What each kind's own file says, by the name it is looked up by: `kind.toml` has the kind's name, `field.*`, `choice.*`,
/// `problem.*` and `refusal.*`, each in all languages side by side.
fn words_of_kinds(folder: &Path) -> Result<BTreeMap<String, Texts>, Box<dyn Error>> {
    let mut words = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(kind) = path
            .file_stem()
            .filter(|_| path.extension().is_some_and(|end| end == "toml"))
        else {
            continue;
        };
        let kind = kind.to_string_lossy();
        let wrong = |reason: String| format!("{}: {reason}", path.display());
        let table: toml::Table = std::fs::read_to_string(&path)?
            .parse()
            .map_err(|error| wrong(format!("{error}")))?;
        let mut found = Vec::new();
        texts_of(&toml::Value::Table(table), String::new(), &mut found).map_err(wrong)?;
        for (name, texts) in found {
            let key = match name.split_once('.') {
                None if name == "kind" => format!("choice.kind.{kind}"),
                Some((section @ ("field" | "problem" | "refusal"), rest)) => format!("{section}.{kind}.{rest}"),
                Some(("choice", _)) => name,
                _ => return Err(wrong(format!("nobody looks for {name}")).into()),
            };
            if words.insert(key.clone(), texts).is_some() {
                return Err(wrong(format!("{key} has words already")).into());
            }
        }
    }
    Ok(words)
}

/// Every list of texts in a table, by its dotted name.
fn texts_of(value: &toml::Value, name: String, found: &mut Vec<(String, Texts)>) -> Result<(), String> {
    if let toml::Value::Table(table) = value {
        let dot = if name.is_empty() { "" } else { "." };
        return table
            .iter()
            .try_for_each(|(key, value)| texts_of(value, format!("{name}{dot}{key}"), found));
    }
    let items = value.as_array().into_iter().flatten();
    let texts: Vec<String> = items.filter_map(|text| text.as_str().map(str::to_owned)).collect();
    let is_said = |texts: &Texts| texts.iter().all(|text| !text.trim().is_empty());
    let texts = Texts::try_from(texts).ok().filter(is_said);
    found.push((
        name.clone(),
        texts.ok_or_else(|| format!("{name} needs a text in each of {LANGUAGES:?}"))?,
    ));
    Ok(())
}

/// Every language must have every text.
fn check_same_keys(locales: &[Locale]) -> Result<(), Box<dyn Error>> {
    let keys = |locale: &Locale| -> BTreeSet<String> {
        let keys = locale
            .iter()
            .flat_map(|(name, section)| section.keys().map(move |key| format!("{name}.{key}")));
        keys.collect()
    };
    let all: BTreeSet<String> = locales.iter().flat_map(keys).collect();
    for (language, locale) in LANGUAGES.iter().zip(locales) {
        let missing: Vec<String> = all.difference(&keys(locale)).cloned().collect();
        if !missing.is_empty() {
            return Err(format!("locales/{language}.json lacks {}", missing.join(", ")).into());
        }
    }
    Ok(())
}

fn generate(locales: &[Locale], of_kinds: BTreeMap<String, Texts>) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    let (mut at_door, mut inside) = (BTreeMap::new(), of_kinds);
    for (name, section) in &locales[0] {
        let of = |key: &str| -> Texts { std::array::from_fn(|language| locales[language][name][key].clone()) };
        let named = section.keys().map(|key| (format!("{name}.{key}"), of(key)));
        if AT_DOOR.contains(&name.as_str()) {
            at_door.extend(named);
            continue;
        }
        if INSIDE.contains(&name.as_str()) {
            inside.extend(named);
            continue;
        }
        writeln!(code, "pub(crate) mod {name} {{")?;
        for key in section.keys() {
            function(&mut code, key, &of(key))?;
        }
        writeln!(code, "}}")?;
    }
    table(&mut code, "AT_DOOR", &at_door)?;
    table(&mut code, "INSIDE", &inside)?;
    Ok(code)
}

/// Texts that are looked up by name, in the order of names.
fn table(code: &mut String, name: &str, texts: &BTreeMap<String, Texts>) -> Result<(), Box<dyn Error>> {
    writeln!(code, "pub(crate) static {name}: [(&str, &str); {}] = [", texts.len())?;
    for (key, texts) in texts {
        writeln!(code, "({key:?}, {}),", joined(texts))?;
    }
    writeln!(code, "];")?;
    Ok(())
}

fn function(code: &mut String, key: &str, texts: &Texts) -> Result<(), Box<dyn Error>> {
    let arguments: BTreeSet<&str> = texts.iter().flat_map(|text| placeholders(text)).collect();
    if arguments.is_empty() {
        writeln!(
            code,
            "pub(crate) fn {key}() -> &'static str {{ crate::i18n::pick({}) }}",
            joined(texts)
        )?;
        return Ok(());
    }
    let parameters: Vec<String> = arguments
        .iter()
        .map(|name| format!("{name}: impl std::fmt::Display"))
        .collect();
    let pairs: Vec<String> = arguments.iter().map(|name| format!("({name:?}, &{name})")).collect();
    let (parameters, pairs) = (parameters.join(", "), pairs.join(", "));
    writeln!(
        code,
        "pub(crate) fn {key}({parameters}) -> String {{ crate::i18n::fill(crate::i18n::pick({}), &[{pairs}]) }}",
        joined(texts)
    )?;
    Ok(())
}

/// The names between braces: `{count}`, and `count` of the plural `{count|day|days}`.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    let inside = text.split('{').skip(1).filter_map(|part| part.split_once('}'));
    inside.map(|(name, _)| name.split('|').next().unwrap_or(name))
}

/// One constant for all languages: what is alike in them stands together and packs well, and no table of pointers is
/// needed.
fn joined(texts: &Texts) -> String {
    format!("{:?}", texts.join("\u{1f}"))
}
