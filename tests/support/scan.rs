//! Looks through every byte of a folder for texts, in the encodings a browser writes. It never trusts a file's name
//! or format.

use anyhow::{Context, Result};
use memchr::memmem;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a text was found.
#[derive(Debug)]
pub struct Finding {
    /// The text.
    pub text: String,
    /// The file.
    pub file: PathBuf,
    /// How it was written there.
    pub encoding: &'static str,
}

/// Every file in which one of the texts stands, as UTF-8 or UTF-16 (little endian).
///
/// # Errors
/// The folder cannot be read.
pub fn find(folder: &Path, texts: &[&str]) -> Result<Vec<Finding>> {
    let needles: Vec<(&str, &'static str, Vec<u8>)> = texts
        .iter()
        .flat_map(|text| {
            let wide = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [(*text, "UTF-8", text.as_bytes().to_vec()), (*text, "UTF-16LE", wide)]
        })
        .collect();
    let mut findings = Vec::new();
    for file in files(folder)? {
        // What a running browser has just deleted holds nothing any more.
        let Ok(content) = fs::read(&file) else { continue };
        for (text, encoding, needle) in &needles {
            if memmem::find(&content, needle).is_some() {
                findings.push(Finding {
                    text: (*text).to_owned(),
                    file: file.clone(),
                    encoding,
                });
            }
        }
    }
    Ok(findings)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot look into {}", folder.display()))? {
        let Ok(entry) = entry else { continue };
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files.extend(self::files(&entry.path()).unwrap_or_default()),
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
    Ok(files)
}

#[test]
fn finds_both_encodings_and_nothing_else() -> Result<()> {
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join("deep"))?;
    fs::write(folder.path().join("deep/a"), "xx万科企业xx")?;
    let wide: Vec<u8> = "x13800138000".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(folder.path().join("b"), wide)?;
    let findings = find(folder.path(), &["万科", "13800138000", "absent"])?;
    let mut found: Vec<(&str, &str)> = findings
        .iter()
        .map(|finding| (finding.text.as_str(), finding.encoding))
        .collect();
    found.sort_unstable();
    assert_eq!(found, [("13800138000", "UTF-16LE"), ("万科", "UTF-8")]);
    Ok(())
}
