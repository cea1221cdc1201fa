//! Compresses the app's files and prints what each weighs, and what takes the space. It measures no time: that is the
//! benchmark's business.

pub mod named;

use crate::assemble::{self, Site};
use crate::{build, wasm, workspace};
use anyhow::{Context, Result};
use named::{Item, NAMELESS};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What may travel, compressed, of the whole app and before somebody can type; in bytes.
const EVERYTHING: usize = 900_000;
const FIRST_LOAD: usize = 500_000;
/// Formats that are compressed already.
const PACKED: [&str; 4] = ["png", "jpg", "webp", "woff2"];

/// The brotli copies of the site's files, each under its name plus `.br`.
///
/// # Errors
/// A file cannot be compressed.
pub fn compress(site: &Site, release: bool) -> Result<Site> {
    let quality = if release { 11 } else { 5 };
    let mut copies = Site::new();
    for (name, content) in site {
        if !is_packed(name) {
            copies.insert(
                format!("{name}.br"),
                brotli(content, quality).with_context(|| format!("cannot compress {name}"))?,
            );
        }
    }
    Ok(copies)
}

fn is_packed(name: &str) -> bool {
    PACKED
        .iter()
        .any(|extension| name.rsplit('.').next() == Some(extension))
}

fn brotli(content: &[u8], quality: i32) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: 22,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters)?;
    Ok(compressed)
}

/// Prints the raw and brotli size of each file and of all together.
pub fn print(site: &Site, copies: &Site) {
    println!("\n  {:>12} {:>12}  file (bytes)", "raw", "brotli");
    for (name, content) in site {
        println!("  {:>12} {:>12}  {name}", content.len(), travels(name, content, copies));
    }
    let raw: usize = site.values().map(Vec::len).sum();
    println!("  {raw:>12} {:>12}  together\n", all_travels(site, copies, |_| true));
}

/// What travels of a file, in bytes.
fn travels(name: &str, content: &[u8], copies: &Site) -> usize {
    copies.get(&format!("{name}.br")).map_or(content.len(), Vec::len)
}

fn all_travels(site: &Site, copies: &Site, counts: impl Fn(&str) -> bool) -> usize {
    let counted = site.iter().filter(|(name, _)| counts(name));
    counted.map(|(name, content)| travels(name, content, copies)).sum()
}

/// What travels of an app in a folder, in bytes: the compressed copy of each file, or the file where there is none.
///
/// # Errors
/// The folder is unreadable.
pub fn transferred(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        bytes += if path.is_dir() {
            transferred(&path)?
        } else if path.with_added_extension("br").exists() {
            0
        } else {
            path.metadata()?.len()
        };
    }
    Ok(bytes)
}

/// What to tell of the app's size.
#[derive(clap::Args)]
pub struct Options {
    /// Also by module, with the largest functions and constants.
    #[arg(long)]
    modules: bool,
}

/// Builds the app as it ships and prints what each file weighs, beside the budgets, and what takes the space.
///
/// # Errors
/// A step of the build fails.
pub fn sizes(options: &Options) -> Result<()> {
    let folder = workspace::target().join("sizes");
    build::shipped_app(&folder)?;
    let files = assemble::read(&folder)?;
    let (copies, site): (Site, Site) = files.into_iter().partition(|(name, _)| name.ends_with(".br"));
    let first = all_travels(&site, &copies, |name| !name.contains(wasm::LATER));
    print_budget("the first load", first, FIRST_LOAD);
    print_budget("everything", all_travels(&site, &copies, |_| true), EVERYTHING);
    let modules = assemble::read(&wasm::named_modules())?;
    let mut code = Vec::new();
    for module in modules.values() {
        code.extend(named::functions(module)?);
    }
    let linked = fs::read(wasm::linked(wasm::RELEASE))?;
    let data = named::constants(&linked)?;
    let parts = [
        ("code of all parts", code),
        ("constants and texts, before linked parts drop any", data),
    ];
    for (what, items) in &parts {
        print_shares(what, items, 1)?;
        if options.modules {
            print_shares(what, items, 3)?;
            print_largest(items);
        }
    }
    Ok(())
}

fn print_budget(what: &str, bytes: usize, budget: usize) {
    let verdict = if bytes <= budget { "met" } else { "MISSED" };
    println!("  {bytes:>12} of {budget:>9}  {what}, brotli: {verdict}");
}

/// Prints whose items take how much, by the first so many parts of their path. What somebody's code weighs compressed
/// depends on all that stands before it; what is printed is its size when compressed alone.
fn print_shares(what: &str, items: &[Item<'_>], depth: usize) -> Result<()> {
    const SHOWN: usize = 40;
    let mut shares: BTreeMap<String, (usize, Vec<u8>)> = BTreeMap::new();
    for item in items {
        let path = named::owner(&item.name);
        let owner = if path.is_empty() {
            NAMELESS.to_owned()
        } else {
            path[..depth.min(path.len())].join("::")
        };
        let (count, bytes) = shares.entry(owner).or_default();
        *count += 1;
        bytes.extend_from_slice(item.body);
    }
    let mut shares: Vec<_> = shares.into_iter().collect();
    shares.sort_by_key(|(_, (_, bytes))| std::cmp::Reverse(bytes.len()));
    println!("\n  {:>12} {:>12} {:>7}  {what}", "raw", "brotli alone", "items");
    for (owner, (count, bytes)) in shares.iter().take(SHOWN) {
        let alone = brotli(bytes, 9)?.len();
        println!("  {:>12} {alone:>12} {count:>7}  {owner}", bytes.len());
    }
    let rest = shares.iter().skip(SHOWN).map(|(_, (_, bytes))| bytes.len());
    println!("  {:>12} {:>12} {:>7}  others", rest.sum::<usize>(), "", "");
    Ok(())
}

fn print_largest(items: &[Item<'_>]) {
    const SHOWN: usize = 60;
    let mut largest: Vec<&Item<'_>> = items.iter().collect();
    largest.sort_by_key(|item| std::cmp::Reverse(item.body.len()));
    println!("\n  {:>12}  the largest of them", "raw");
    for item in largest.iter().take(SHOWN) {
        println!("  {:>12}  {}", item.body.len(), item.name);
    }
}

#[cfg(test)]
mod tests {
    use super::{brotli, is_packed};

    #[test]
    fn compresses_losslessly() -> anyhow::Result<()> {
        let content = b"rapport ".repeat(1000);
        let compressed = brotli(&content, 5)?;
        let mut restored = Vec::new();
        brotli::BrotliDecompress(&mut &compressed[..], &mut restored)?;
        assert_eq!(restored, content);
        assert!(compressed.len() < 100);
        assert!(is_packed("icons/app-1.png") && !is_packed("a.js"));
        Ok(())
    }
}
