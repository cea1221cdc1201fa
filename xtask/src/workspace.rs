//! Where things lie in this repository and which version of a dependency it has locked. It never looks
//! outside the workspace.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The folder that holds the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// The host target folder; everything these tasks write lies below it.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The target folder of wasm builds, apart from the host's so that neither invalidates the other.
pub fn wasm_target() -> PathBuf {
    target().join("wasm")
}

/// Where the assembled app lies, ready to be served or embedded.
pub fn assembled_app() -> PathBuf {
    target().join("app")
}

/// Tools these tasks fetched or built for themselves.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// The path of the server binary of a profile folder, `debug` or `release`.
pub fn server_binary(release: bool) -> PathBuf {
    let name = format!("rapport{}", std::env::consts::EXE_SUFFIX);
    target().join(if release { "release" } else { "debug" }).join(name)
}

/// The locked version of a package, from `Cargo.lock`.
///
/// # Errors
/// The file is unreadable or does not name the package.
pub fn locked_version(package: &str) -> Result<String> {
    let path = root().join("Cargo.lock");
    let lock = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    find_version(&lock, package).with_context(|| format!("Cargo.lock does not name the package {package}"))
}

fn find_version(lock: &str, package: &str) -> Option<String> {
    let wanted = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != wanted).skip(1);
    let version = lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::find_version;

    #[test]
    fn finds_the_version_of_exactly_that_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-shared\"\nversion = \"1\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"2\"\n";
        assert_eq!(find_version(lock, "wasm-bindgen").as_deref(), Some("2"));
        assert_eq!(find_version(lock, "bindgen"), None);
    }
}
