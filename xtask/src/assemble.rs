//! Lays the app out as the server serves it: names that carry the content's hash, the precache list and the
//! build's id in the service worker, compressed copies. It never touches the source of what it lays out.

use crate::wasm::Module;
use crate::{style, workspace};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Files whose address is fixed: the page itself and the worker, whose scope and updates hang on its address.
const FIXED: [&str; 2] = ["index.html", "service-worker.js"];
/// The page of the measurements; its address is fixed as well.
const BENCH: &str = "bench.html";
/// Files in which placeholders are filled in.
const TEXT: [&str; 6] = ["html", "js", "css", "json", "svg", "webmanifest"];

/// Formats that are compressed already.
const PACKED: [&str; 4] = ["png", "jpg", "webp", "woff2"];

/// The app as it is served: path below the root to content.
pub type Site = BTreeMap<String, Vec<u8>>;

/// Reads the folders and style, joins them with the compiled app and gives everything its final name.
///
/// # Errors
/// A file is unreadable or missing, or a placeholder names what does not exist.
pub fn site(module: Module, folders: &[&str]) -> Result<Site> {
    let root = workspace::root();
    let mut sources = module;
    for folder in folders {
        sources.extend(read(&root.join(folder))?);
    }
    sources.insert("style.css".to_owned(), style::bundle(&root.join("style"))?.into_bytes());
    Assembly::new(sources).finish()
}

/// The files of a folder, by their path below it.
///
/// # Errors
/// One is unreadable.
pub fn read(folder: &Path) -> Result<Site> {
    let mut files = Site::new();
    read_folder(folder, "", &mut files)?;
    Ok(files)
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Module) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_folder(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// Fills in placeholders, naming a file only once everything it refers to has its name.
struct Assembly {
    sources: Module,
    named: BTreeMap<String, String>,
    site: Site,
}

impl Assembly {
    fn new(sources: Module) -> Self {
        Self {
            sources,
            named: BTreeMap::new(),
            site: Site::new(),
        }
    }

    fn finish(mut self) -> Result<Site> {
        let names: Vec<String> = self
            .sources
            .keys()
            .filter(|name| !FIXED.contains(&name.as_str()) && *name != BENCH)
            .cloned()
            .collect();
        for name in &names {
            self.asset(name, &mut vec![])?;
        }
        let build = self.build_id();
        let mut precache: Vec<String> = self.named.values().cloned().collect();
        precache.push("/".to_owned());
        precache.sort();
        let precache = serde_json::to_string(&precache)?;
        let bench = self.sources.contains_key(BENCH).then_some(BENCH);
        for name in FIXED.into_iter().chain(bench) {
            let source = self.source(name)?;
            let text = String::from_utf8(source).with_context(|| format!("{name} is not UTF-8"))?;
            let text = self
                .fill(name, &text, &mut vec![])?
                .replace("{{build_id}}", &build)
                .replace("{{precache}}", &precache);
            reject_placeholders(name, &text)?;
            self.site.insert(name.to_owned(), text.into_bytes());
        }
        Ok(self.site)
    }

    /// One id for exactly this content: every asset's name holds its hash, the fixed files are hashed here.
    fn build_id(&self) -> String {
        let mut hasher = Sha256::new();
        for address in self.named.values() {
            hasher.update(address);
        }
        for name in FIXED {
            hasher.update(self.sources.get(name).map_or(&[][..], Vec::as_slice));
        }
        hexadecimal(&hasher.finalize())
    }

    /// The address of an asset, laying it out first when it is not yet.
    fn asset(&mut self, name: &str, path: &mut Vec<String>) -> Result<String> {
        if let Some(address) = self.named.get(name) {
            return Ok(address.clone());
        }
        if path.iter().any(|before| before == name) {
            bail!("{name} refers to itself by way of {}", path.join(" → "));
        }
        path.push(name.to_owned());
        let content = self.resolved(name, path)?;
        path.pop();
        let address = format!("/assets/{}", hashed_name(name, &content));
        self.site.insert(address.trim_start_matches('/').to_owned(), content);
        self.named.insert(name.to_owned(), address.clone());
        Ok(address)
    }

    fn resolved(&mut self, name: &str, path: &mut Vec<String>) -> Result<Vec<u8>> {
        let source = self.source(name)?;
        let extension = name.rsplit('.').next().unwrap_or_default();
        if !TEXT.contains(&extension) {
            return Ok(source);
        }
        let text = String::from_utf8(source).with_context(|| format!("{name} is not UTF-8"))?;
        let text = self.fill(name, &self.name_modules(name, &text), path)?;
        reject_placeholders(name, &text)?;
        Ok(text.into_bytes())
    }

    /// wasm-bindgen's script names its module, the parts fetched later and its snippets as they were before they got a
    /// hash.
    fn name_modules(&self, name: &str, text: &str) -> String {
        let Some(stem) = name.strip_suffix(".js") else {
            return text.to_owned();
        };
        let module = format!("{stem}_bg.wasm");
        if !self.sources.contains_key(&module) {
            return text.to_owned();
        }
        let is_named = |key: &&String| key.starts_with("snippets/") || (key.ends_with(".wasm") && **key != module);
        self.sources.keys().filter(is_named).fold(
            text.replace(&module, &format!("{{{{asset:{module}}}}}")),
            |text, file| text.replace(&format!("./{file}"), &format!("{{{{asset:{file}}}}}")),
        )
    }

    fn fill(&mut self, name: &str, text: &str, path: &mut Vec<String>) -> Result<String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{asset:") {
            let (wanted, after) = after
                .split_once("}}")
                .with_context(|| format!("{name} has an open placeholder"))?;
            filled.push_str(before);
            filled.push_str(&self.asset(wanted, path).with_context(|| format!("in {name}"))?);
            rest = after;
        }
        Ok(filled + rest)
    }

    fn source(&self, name: &str) -> Result<Vec<u8>> {
        self.sources
            .get(name)
            .cloned()
            .with_context(|| format!("the app has no file {name}"))
    }
}

fn reject_placeholders(name: &str, text: &str) -> Result<()> {
    for placeholder in ["{{asset:", "{{precache}}", "{{build_id}}"] {
        if text.contains(placeholder) {
            bail!(
                "{name} cannot use the placeholder {placeholder}: only {} know the whole build",
                FIXED.join(" and ")
            );
        }
    }
    Ok(())
}

/// `icons/app.png` → `icons/app-0123456789abcdef.png`.
fn hashed_name(name: &str, content: &[u8]) -> String {
    let hash = hexadecimal(&Sha256::digest(content));
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
        None => format!("{name}-{hash}"),
    }
}

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

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

/// One file, compressed.
///
/// # Errors
/// It cannot be.
pub fn brotli(content: &[u8], quality: i32) -> Result<Vec<u8>> {
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

/// Writes the site and its compressed copies to the folder `target`, replacing what was there only when all is written.
///
/// # Errors
/// The disk refuses.
pub fn write(site: &Site, compressed: &Site, target: &Path) -> Result<()> {
    // Two builds at once must not write into each other's folder.
    let fresh = target.with_extension(format!("new-{}", std::process::id()));
    for (path, content) in site.iter().chain(compressed) {
        let file = fresh.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, content).with_context(|| format!("cannot write {}", file.display()))?;
    }
    if target.exists() {
        fs::remove_dir_all(target)?;
    }
    fs::rename(&fresh, target).with_context(|| format!("cannot put {} in place", target.display()))
}

#[cfg(test)]
mod tests {
    use super::{Assembly, Module, brotli, is_packed};

    fn sources(files: &[(&str, &str)]) -> Module {
        files
            .iter()
            .map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn fills_names_and_precaches_everything() -> anyhow::Result<()> {
        let site = Assembly::new(sources(&[
            ("index.html", "<script src=\"{{asset:boot.js}}\"></script>{{build_id}}"),
            ("service-worker.js", "const P={{precache}},B='{{build_id}}';"),
            ("boot.js", "import '{{asset:app.js}}'"),
            (
                "app.js",
                "import './snippets/x/inline0.js'; new URL('app_bg.wasm'); new URL('./part.wasm')",
            ),
            ("app_bg.wasm", "\0asm"),
            ("part.wasm", "\0asm part"),
            ("snippets/x/inline0.js", "1"),
        ]))
        .finish()?;
        let text = |name: &str| String::from_utf8_lossy(&site[name]).into_owned();
        let worker = text("service-worker.js");
        assert!(!worker.contains("{{"), "{worker}");
        let assets: Vec<&String> = site.keys().filter(|name| name.starts_with("assets/")).collect();
        assert_eq!(assets.len(), 5);
        for asset in assets {
            assert!(
                worker.contains(&format!("\"/{asset}\"")),
                "{asset} is not in the precache list: {worker}"
            );
        }
        assert!(worker.contains("[\"/\","));
        let script = site
            .keys()
            .find(|name| name.starts_with("assets/app-"))
            .cloned()
            .unwrap_or_default();
        assert!(text("index.html").contains("/assets/boot-"));
        assert!(
            text(&script).contains("'/assets/snippets/x/inline0-"),
            "{}",
            text(&script)
        );
        assert!(text(&script).contains("'/assets/app_bg-"), "{}", text(&script));
        assert!(text(&script).contains("'/assets/part-"), "{}", text(&script));
        Ok(())
    }

    #[test]
    fn changes_every_referring_name_when_content_changes() -> anyhow::Result<()> {
        let name_of_boot = |wasm: &str| -> anyhow::Result<String> {
            let files = [
                ("index.html", ""),
                ("service-worker.js", ""),
                ("boot.js", "{{asset:a.wasm}}"),
                ("a.wasm", wasm),
            ];
            let site = Assembly::new(sources(&files)).finish()?;
            Ok(site.into_keys().find(|name| name.contains("boot")).unwrap_or_default())
        };
        assert_ne!(name_of_boot("1")?, name_of_boot("2")?);
        assert_eq!(name_of_boot("1")?, name_of_boot("1")?);
        Ok(())
    }

    #[test]
    fn refuses_what_cannot_be_filled() {
        let check = |boot: &str, complaint: &str| {
            let files = [("index.html", ""), ("service-worker.js", ""), ("boot.js", boot)];
            let error = Assembly::new(sources(&files))
                .finish()
                .map(|_| ())
                .map_err(|error| format!("{error:#}"));
            assert!(
                error.clone().is_err_and(|error| error.contains(complaint)),
                "{boot}: {error:?}"
            );
        };
        check("{{asset:none.js}}", "no file none.js");
        check("{{asset:boot.js}}", "refers to itself");
        check("{{asset:boot.js", "open placeholder");
        check("{{build_id}}", "only index.html and service-worker.js");
    }

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
