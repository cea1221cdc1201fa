//! Compresses the app's files and prints what each weighs. It never decides what is too much: budgets are
//! the benchmark's business.

use crate::assemble::Site;
use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::Path;

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

fn gzip_length(content: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len())
}

/// Prints raw, gzip and brotli size of each file and of all together.
///
/// # Errors
/// A file cannot be compressed.
pub fn print(site: &Site, copies: &Site) -> Result<()> {
    println!("\n  {:>12} {:>12} {:>12}  file (bytes)", "raw", "gzip", "brotli");
    let mut total = [0; 3];
    for (name, content) in site {
        let brotli = copies.get(&format!("{name}.br")).map_or(content.len(), Vec::len);
        let gzip = if is_packed(name) {
            content.len()
        } else {
            gzip_length(content)?
        };
        let sizes = [content.len(), gzip, brotli];
        println!("  {:>12} {:>12} {:>12}  {name}", sizes[0], sizes[1], sizes[2]);
        for (sum, size) in total.iter_mut().zip(sizes) {
            *sum += size;
        }
    }
    println!("  {:>12} {:>12} {:>12}  together\n", total[0], total[1], total[2]);
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::{brotli, gzip_length, is_packed};

    #[test]
    fn compresses_losslessly() -> anyhow::Result<()> {
        let content = b"rapport ".repeat(1000);
        let compressed = brotli(&content, 5)?;
        let mut restored = Vec::new();
        brotli::BrotliDecompress(&mut &compressed[..], &mut restored)?;
        assert_eq!(restored, content);
        assert!(compressed.len() < 100 && gzip_length(&content)? < 200);
        assert!(is_packed("icons/app-1.png") && !is_packed("a.js"));
        Ok(())
    }
}
