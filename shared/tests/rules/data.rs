//! Texts nobody on this project wrote. They lie beside the repository; where they are absent, the tests that need
//! them say loudly that they were skipped. Never writes.

use std::path::PathBuf;

/// Where a file of the shared test data lies, if it does.
pub fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data")
        .join(name)
}

/// The text of a file of the shared test data; `None`, and a line in the output, when it is absent.
pub fn read(name: &str) -> Option<String> {
    let path = path(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("SKIPPED: {} is absent", path.display());
    }
    text
}

/// Every string of the "big list of naughty strings", and some of our own.
pub fn naughty_strings() -> Vec<String> {
    let own = [
        "",
        " ",
        "\u{0}",
        "\u{feff}",
        "=1+1",
        "𠮷野家",
        "e\u{301}",
        "👩‍👩‍👧",
        "．。",
        "\u{202e}rtl",
    ];
    let listed = read("07_naughty_strings/blns.json").unwrap_or_else(|| "[]".to_owned());
    let listed: Vec<String> = serde_json::from_str(&listed).expect("a list of strings");
    own.map(str::to_owned).into_iter().chain(listed).collect()
}
