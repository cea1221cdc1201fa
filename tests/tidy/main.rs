//! The laws of the house, checked on the text of the source: who may import whom, and what must not be there at
//! all. It reads files and never compiles or changes them.

mod laws;
mod layers;
mod locales;
mod source;

use anyhow::{Result, bail};
use source::Source;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold no source of ours.
const FOREIGN: [&str; 5] = ["target", "data", "node_modules", ".git", "locales"];
/// Kinds of files that are text.
const TEXT: [&str; 14] = [
    "rs",
    "toml",
    "md",
    "html",
    "js",
    "css",
    "json",
    "yml",
    "sql",
    "sh",
    "svg",
    "webmanifest",
    "lock",
    "csv",
];

#[test]
fn the_source_keeps_the_laws() -> Result<()> {
    let root = root();
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    let mut breaches = Vec::new();
    for file in files {
        let path = file.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&file)?;
        laws::check(&Source::new(&path, &text), &mut breaches);
    }
    report(&breaches)
}

#[test]
fn every_language_has_every_text() -> Result<()> {
    let folder = root().join("app/locales");
    report(&locales::differences(&folder)?)
}

#[test]
fn every_refusal_has_words_in_every_language() -> Result<()> {
    let wire = fs::read_to_string(root().join("shared/src/record/refusal.rs"))?;
    report(&locales::refusals_without_words(&wire, &root().join("app/locales"))?)
}

#[test]
fn the_map_names_every_folder() -> Result<()> {
    let map = fs::read_to_string(root().join("CONTRIBUTING.md"))?;
    let mut missing = Vec::new();
    for entry in fs::read_dir(root())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_ours = entry.file_type()?.is_dir() && !name.starts_with('.') && !FOREIGN.contains(&name.as_str());
        if is_ours && !map.contains(&format!("| `{name}/` |")) {
            missing.push(format!("the map of CONTRIBUTING.md does not name {name}/"));
        }
    }
    report(&missing)
}

/// Every link from one page of ours to a file leads somewhere.
#[test]
fn no_page_points_nowhere() -> Result<()> {
    let mut files = Vec::new();
    collect(&root(), &mut files)?;
    let mut broken = Vec::new();
    for page in files
        .iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "md"))
    {
        let text = fs::read_to_string(page)?;
        let folder = page.parent().unwrap_or(page);
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split([')', '#']).next())
        {
            if !link.is_empty() && !link.contains("://") && !folder.join(link).exists() {
                broken.push(format!("{}: {link} is not there", page.display()));
            }
        }
    }
    report(&broken)
}

fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

fn report(breaches: &[String]) -> Result<()> {
    if !breaches.is_empty() {
        bail!("{} breaches:\n{}", breaches.len(), breaches.join("\n"));
    }
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            if !FOREIGN.contains(&name.as_str()) {
                collect(&entry.path(), files)?;
            }
        } else if is_text(&name) && name != "Cargo.lock" {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(())
}

fn is_text(name: &str) -> bool {
    name.rsplit_once('.')
        .is_none_or(|(_, extension)| TEXT.contains(&extension))
}
