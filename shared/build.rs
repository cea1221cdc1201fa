//! Packs the readings of Chinese characters, which are text for people to correct, so that they travel in a fifth less
//! space and need no parsing. It writes into the build folder and nothing else.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

const READINGS: &str = "src/search/readings.txt";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={READINGS}");
    let target = std::env::var("OUT_DIR")?;
    let packed = pack(&std::fs::read_to_string(READINGS)?)?;
    std::fs::write(Path::new(&target).join("readings.rs"), packed)?;
    Ok(())
}

/// Stretches of characters without a gap, the distinct sets of readings, commonest first, and the number of each
/// character's set, all low bytes before all high ones: these are nearly all zero.
fn pack(text: &str) -> Result<String, Box<dyn Error>> {
    let (mut stretches, mut entries): (Vec<(u32, usize)>, Vec<&str>) = (Vec::new(), Vec::new());
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(start) = line.strip_prefix('@') {
            stretches.push((u32::from_str_radix(start, 16)?, 0));
            continue;
        }
        let (_, length) = stretches.last_mut().ok_or("readings before the first @")?;
        let before = entries.len();
        entries.extend(line.split(' '));
        *length += entries.len() - before;
    }
    let mut counts = BTreeMap::from([("-", 0)]);
    for entry in &entries {
        *counts.entry(*entry).or_insert(0) += 1;
    }
    let mut sets: Vec<(&str, usize)> = counts.into_iter().collect();
    sets.sort_by_key(|(set, count)| (*set != "-", std::cmp::Reverse(*count)));
    let sets: Vec<&str> = sets.into_iter().map(|(set, _)| set).collect();
    let numbers: BTreeMap<&str, usize> = sets.iter().enumerate().map(|(number, set)| (*set, number)).collect();
    let numbers = entries.iter().map(|entry| u16::try_from(numbers[entry]));
    let numbers: Vec<[u8; 2]> = numbers
        .map(|number| number.map(u16::to_le_bytes))
        .collect::<Result<_, _>>()?;
    let mut code = String::new();
    writeln!(
        code,
        "const STRETCHES: [(u32, usize); {}] = {stretches:?};",
        stretches.len()
    )?;
    writeln!(code, "const SETS: &str = {:?};", sets.join(" "))?;
    for (half, name) in ["LOW", "HIGH"].into_iter().enumerate() {
        let bytes: Vec<u8> = numbers.iter().map(|bytes| bytes[half]).collect();
        writeln!(code, "static {name}: [u8; {}] = {bytes:?};", bytes.len())?;
    }
    Ok(code)
}
