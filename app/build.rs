//! Turns the locale files into functions, so that a missing or misspelt text is a compile error and no text is
//! parsed at run time, and tells the linker when the app is to be taken apart. It writes one file into the build
//! folder and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

/// The languages, in the order of the enum `Language`.
const LANGUAGES: [&str; 3] = ["zh-Hans", "zh-Hant", "en"];
/// Sections whose texts are looked up by a name from the data; the others become functions.
const LOOKED_UP: [&str; 7] = ["choice", "field", "language", "month", "refusal", "strength", "weekday"];

type Section = BTreeMap<String, String>;
type Locale = BTreeMap<String, Section>;

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
    std::fs::write(Path::new(&target).join("texts.rs"), generate(&locales)?)?;
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

fn generate(locales: &[Locale]) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    let mut table = BTreeMap::new();
    for (name, section) in &locales[0] {
        let of = |key: &str| -> Vec<&str> { locales.iter().map(|locale| locale[name][key].as_str()).collect() };
        if LOOKED_UP.contains(&name.as_str()) {
            table.extend(section.keys().map(|key| (format!("{name}.{key}"), of(key))));
            continue;
        }
        writeln!(code, "pub(crate) mod {name} {{")?;
        for key in section.keys() {
            function(&mut code, key, &of(key))?;
        }
        writeln!(code, "}}")?;
    }
    writeln!(
        code,
        "pub(crate) static LOOKED_UP: [(&str, [&str; {}]); {}] = [",
        LANGUAGES.len(),
        table.len()
    )?;
    for (key, texts) in table {
        writeln!(code, "({key:?}, {}),", array(&texts))?;
    }
    writeln!(code, "];")?;
    Ok(code)
}

fn function(code: &mut String, key: &str, texts: &[&str]) -> Result<(), Box<dyn Error>> {
    let arguments: BTreeSet<&str> = texts.iter().flat_map(|text| placeholders(text)).collect();
    if arguments.is_empty() {
        writeln!(
            code,
            "pub(crate) fn {key}() -> &'static str {{ crate::i18n::pick(&{}) }}",
            array(texts)
        )?;
        return Ok(());
    }
    let parameters: Vec<String> = arguments
        .iter()
        .map(|name| format!("{name}: impl std::fmt::Display"))
        .collect();
    let pairs: Vec<String> = arguments
        .iter()
        .map(|name| format!("({name:?}, {name}.to_string())"))
        .collect();
    let (parameters, pairs) = (parameters.join(", "), pairs.join(", "));
    writeln!(
        code,
        "pub(crate) fn {key}({parameters}) -> String {{ crate::i18n::fill(crate::i18n::pick(&{}), &[{pairs}]) }}",
        array(texts)
    )?;
    Ok(())
}

/// The names between braces: `{count}`, and `count` of the plural `{count|day|days}`.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    let inside = text.split('{').skip(1).filter_map(|part| part.split_once('}'));
    inside.map(|(name, _)| name.split('|').next().unwrap_or(name))
}

fn array(texts: &[&str]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
    format!("[{}]", quoted.join(", "))
}
