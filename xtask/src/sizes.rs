//! Prints what each of the app's files weighs, and what takes the space. It measures no time: that is the
//! benchmark's business.

use crate::assemble::{self, Site, brotli};
use crate::wasm::named::{self, Item, NAMELESS};
use crate::{build, wasm, workspace};
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What may travel, compressed, before somebody can type; in bytes.
const FIRST_LOAD: usize = 460_000;
/// The same of all that a manager's day needs: the first load, and the screens of the open book.
const DAY: usize = 950_000;
/// The same of each further part.
const PART: usize = 120_000;
/// The same of the whole app.
const EVERYTHING: usize = 1_700_000;

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
/// A step of the build fails, or a budget is missed.
pub fn sizes(options: &Options) -> Result<()> {
    let folder = workspace::target().join("sizes");
    build::shipped_app(&folder)?;
    let files = assemble::read(&folder)?;
    let (copies, site): (Site, Site) = files.into_iter().partition(|(name, _)| name.ends_with(".br"));
    let weighed = weigh(&wasm::parts()?, |counts| all_travels(&site, &copies, counts))?;
    for budget in &weighed {
        budget.print();
    }
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
    let missed: Vec<&str> = weighed
        .iter()
        .filter(|budget| !budget.is_met())
        .map(|budget| budget.what.as_str())
        .collect();
    if missed.is_empty() {
        Ok(())
    } else {
        bail!("heavier than the budget allows: {}", missed.join(", "))
    }
}

/// What something weighs, beside what it may weigh.
struct Budget {
    what: String,
    bytes: usize,
    allowed: usize,
}

impl Budget {
    const fn is_met(&self) -> bool {
        self.bytes <= self.allowed
    }

    fn print(&self) {
        let verdict = if self.is_met() { "met" } else { "MISSED" };
        println!(
            "  {:>12} of {:>9}  {}, brotli: {verdict}",
            self.bytes, self.allowed, self.what
        );
    }
}

/// The budgets, by what `travels` of the files it is asked to count. What a part shares with the screens of the day has
/// come with those; what parts share among themselves counts for each.
fn weigh(
    parts: &BTreeMap<String, Vec<String>>,
    travels: impl Fn(&dyn Fn(&str) -> bool) -> usize,
) -> Result<Vec<Budget>> {
    let all: BTreeSet<&str> = parts.values().flatten().map(String::as_str).collect();
    let inside = parts.get(wasm::INSIDE).context("the app has no screens of the day")?;
    let of_day: BTreeSet<&str> = inside.iter().map(String::as_str).collect();
    let budget = |what: &str, bytes: usize, allowed: usize| Budget {
        what: what.to_owned(),
        bytes,
        allowed,
    };
    let is_first = |name: &str| !is_one_of(name, &all);
    let mut budgets = vec![
        budget("the first load", travels(&is_first), FIRST_LOAD),
        budget(
            "a day",
            travels(&|name| is_first(name) || is_one_of(name, &of_day)),
            DAY,
        ),
    ];
    for (part, files) in parts.iter().filter(|(part, _)| *part != wasm::INSIDE) {
        let own = files.iter().map(String::as_str).filter(|file| !of_day.contains(file));
        let own = own.collect();
        budgets.push(budget(
            &format!("the part {part}"),
            travels(&|name| is_one_of(name, &own)),
            PART,
        ));
    }
    budgets.push(budget("everything", travels(&|_| true), EVERYTHING));
    Ok(budgets)
}

/// Whether a file of the site, as it is named there, is one of these modules.
fn is_one_of(name: &str, modules: &BTreeSet<&str>) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.strip_suffix(".wasm").and_then(|stem| stem.rsplit_once('-'));
    stem.is_some_and(|(stem, _)| modules.contains(stem))
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
    use super::weigh;
    use std::collections::BTreeMap;

    #[test]
    fn counts_what_parts_share_with_the_day_once() -> anyhow::Result<()> {
        let files = [
            ("index.html", 1),
            ("assets/rapport_app_bg-0.wasm", 10),
            ("assets/split_inside-1.wasm", 100),
            ("assets/chunk_1-2.wasm", 1_000),
            ("assets/split_desk-3.wasm", 10_000),
            ("assets/chunk_2-4.wasm", 100_000),
            ("assets/split_credit-5.wasm", 1_000_000),
        ];
        let parts = [
            ("inside", vec!["chunk_1", "split_inside"]),
            ("desk", vec!["chunk_1", "chunk_2", "split_desk"]),
            ("credit", vec!["chunk_2", "split_credit"]),
        ];
        let owned = |files: Vec<&str>| files.into_iter().map(str::to_owned).collect();
        let parts = parts.map(|(part, files)| (part.to_owned(), owned(files)));
        let weighed = weigh(&BTreeMap::from(parts), |counts| {
            files
                .iter()
                .filter(|(name, _)| counts(name))
                .map(|(_, bytes)| bytes)
                .sum()
        })?;
        let bytes: Vec<(&str, usize)> = weighed
            .iter()
            .map(|budget| (budget.what.as_str(), budget.bytes))
            .collect();
        let expected = [
            ("the first load", 11),
            ("a day", 1_111),
            ("the part credit", 1_100_000),
            ("the part desk", 110_000),
            ("everything", 1_111_111),
        ];
        assert_eq!(bytes, expected);
        assert!(weighed[0].is_met() && !weighed[2].is_met());
        Ok(())
    }
}
