//! From the app's source to the wasm module and the script that loads it. It never calls an installed
//! wasm-bindgen: the library here is locked at the very version the app uses.

pub mod named;
mod split;

use crate::setup::{WASM, WasmToolchain};
use crate::{process, tools, workspace};
use anyhow::{Context, Result, bail};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::{Bindgen, Output};

/// The name of the compiled app, as the crate's library is called.
const APP: &str = "rapport_app";
/// The profile of what ships.
pub const RELEASE: &str = "wasm-release";
/// The part with the screens of a day; the others are fetched beside it.
pub const INSIDE: &str = "inside";
/// The release of binaryen whose optimiser shrinks release builds.
const BINARYEN: &str = "132.0.0";
/// What of it is run. Its whole `-Os` makes the module 7 % smaller but what travels 7 % larger: it undoes the
/// compiler's regular patterns, of which the compression lives.
const PASSES: [&str; 9] = [
    "--debuginfo",
    "--optimize-instructions",
    "--reorder-locals",
    "--duplicate-function-elimination",
    "--remove-unused-module-elements",
    "--memory-packing",
    "--simplify-locals-nostructure",
    "--vacuum",
    // What was made of one source for several types stands together.
    "--reorder-functions-by-name",
];

/// What a released app is compiled with beyond its profile. A developer's build has to be quick instead.
const RELEASE_FLAGS: [&str; 3] = [
    // Every engine since 2023 has it. Sealing and unsealing take a sixth less time by it, searching notes a tenth of it.
    "-Ctarget-feature=+simd128",
    // Views of one type instead of thousands.
    "--cfg=erase_components",
    // Names that tell whom code of a library was made for. They do not ship.
    "-Csymbol-mangling-version=v0",
];

/// The compiled app: file name (relative, snippets below `snippets/`) to content.
pub type Module = BTreeMap<String, Vec<u8>>;

/// Compiles the app, with these features besides its own.
///
/// # Errors
/// The compiler or wasm-bindgen fails; the message names the step.
pub fn build(toolchain: WasmToolchain, release: bool, features: &[&str]) -> Result<Module> {
    check_versions()?;
    let profile = if release { RELEASE } else { "wasm-dev" };
    process::step(&format!("compile the app to wasm ({profile})"), || {
        let mut cargo = toolchain.cargo();
        cargo.args([
            "build",
            "--package",
            "rapport-app",
            "--lib",
            "--target",
            WASM,
            "--profile",
            profile,
        ]);
        let features = features.iter().chain(&["split"]);
        cargo.args(features.flat_map(|feature| ["--features", feature]));
        if release {
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", RELEASE_FLAGS.join(" "));
        }
        process::run(cargo.arg("--target-dir").arg(workspace::wasm_target()))
    })?;
    let parts = split::split(&linked(profile))?;
    fs::write(parts_list(), serde_json::to_vec(&parts.files)?)?;
    let mut module = process::step("bind the app to the browser", || bind(&parts.first))?;
    let script = module.get_mut(&format!("{APP}.js")).context("the app has no script")?;
    *script = parts.join_loader(&String::from_utf8_lossy(script))?.into_bytes();
    module.extend(parts.later);
    if release {
        optimise(&mut module)?;
        take_names(&mut module)?;
    }
    Ok(module)
}

/// Where the modules of the last release build lie with the names of their functions.
pub fn named_modules() -> PathBuf {
    workspace::wasm_target().join("named")
}

/// The modules that each part of the last build consists of, by the part's name and without their endings: its own, and
/// what it shares with other parts. What is in no part is the first load.
///
/// # Errors
/// There was no build yet.
pub fn parts() -> Result<BTreeMap<String, Vec<String>>> {
    let list = fs::read(parts_list()).context("the app was not taken apart yet")?;
    Ok(serde_json::from_slice(&list)?)
}

fn parts_list() -> PathBuf {
    workspace::wasm_target().join("parts.json")
}

/// What the linker made of the whole app, before it was taken apart.
pub fn linked(profile: &str) -> PathBuf {
    workspace::wasm_target()
        .join(WASM)
        .join(profile)
        .join(format!("{APP}.wasm"))
}

/// Keeps the modules with the names of their functions beside the build, for `cargo xtask sizes`, and ships them without.
fn take_names(module: &mut Module) -> Result<()> {
    let folder = named_modules();
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    for (name, wasm) in module.iter_mut().filter(|(name, _)| name.ends_with(".wasm")) {
        fs::write(folder.join(name), &*wasm)?;
        *wasm = named::without_names(wasm)?;
    }
    Ok(())
}

/// The format between the macro and the tool changes with every release: both must be the same one.
fn check_versions() -> Result<()> {
    let library = workspace::locked_version("wasm-bindgen")?;
    let tool = workspace::locked_version("wasm-bindgen-cli-support")?;
    if library != tool {
        bail!(
            "Cargo.lock has wasm-bindgen {library} but wasm-bindgen-cli-support {tool}: `cargo update -p wasm-bindgen-cli-support --precise {library}`"
        );
    }
    Ok(())
}

fn bind(compiled: &Path) -> Result<Module> {
    let mut output = Bindgen::new()
        .input_path(compiled)
        .web(true)?
        .typescript(false)
        // The page and its workers start the app without having to know the module's hashed name.
        .omit_default_module_path(false)
        // What reads the names makes them readable itself.
        .demangle(false)
        .remove_producers_section(true)
        // By these the parts of the app find each other.
        .keep_lld_exports(true)
        .generate_output()
        .context("wasm-bindgen cannot process the compiled app")?;
    let mut module = Module::new();
    let script = shorten_names(&mut output);
    module.insert(format!("{APP}.js"), script.into_bytes());
    for (folder, scripts) in output.snippets() {
        for (index, script) in scripts.iter().enumerate() {
            module.insert(
                format!("snippets/{folder}/inline{index}.js"),
                script.as_bytes().to_vec(),
            );
        }
    }
    for (path, script) in output.local_modules() {
        module.insert(format!("snippets/{path}"), script.as_bytes().to_vec());
    }
    module.insert(format!("{APP}_bg.wasm"), output.wasm_mut().emit_wasm());
    Ok(module)
}

/// Gives short names to what module and script call each other by. The long ones tell hashes and types, which compress
/// badly, and stand in both.
fn shorten_names(output: &mut Output) -> String {
    let mut script = output.js().to_owned();
    let module = output.wasm_mut();
    for (index, import) in module.imports.iter_mut().enumerate() {
        if let Some(shorter) = rename_key(&script, &import.name, &format!("i{index}")) {
            script = shorter;
            import.name = format!("i{index}");
        }
    }
    // The compiler's own names stand for nothing else. One may begin as another does: the longest first.
    let mut closures: Vec<_> = module
        .exports
        .iter_mut()
        .filter(|export| export.name.starts_with("_R"))
        .collect();
    closures.sort_by_key(|export| Reverse(export.name.len()));
    for (index, export) in closures.into_iter().enumerate() {
        script = script.replace(&export.name, &format!("closure{index}"));
        export.name = format!("closure{index}");
    }
    script
}

/// The script with one of the functions that it offers the module renamed; nothing where it does not offer that name once,
/// and in the form it has today.
fn rename_key(script: &str, name: &str, short: &str) -> Option<String> {
    let key = format!("{name}: function(");
    let (before, after) = script.split_once(&key)?;
    let is_whole = before.ends_with(char::is_whitespace) && !after.contains(&key);
    is_whole.then(|| format!("{before}{short}: function({after}"))
}

/// Shrinks the module with binaryen's optimiser; without npm the app is merely larger.
fn optimise(module: &mut Module) -> Result<()> {
    let package = match tools::npm_package("binaryen", BINARYEN) {
        Ok(package) => package,
        Err(reason) => {
            println!("  SKIPPED: wasm-opt ({reason:#}); the app works, but is larger than it needs to be.");
            return Ok(());
        }
    };
    process::step("shrink the app with wasm-opt", || {
        for (_, wasm) in module.iter_mut().filter(|(name, _)| name.ends_with(".wasm")) {
            *wasm = optimised(&package, wasm)?;
        }
        Ok(())
    })
}

fn optimised(package: &Path, wasm: &[u8]) -> Result<Vec<u8>> {
    let (input, output) = (
        workspace::tools().join("before.wasm"),
        workspace::tools().join("after.wasm"),
    );
    fs::write(&input, wasm)?;
    let mut node = process::command("node");
    node.arg(package.join("bin/wasm-opt"))
        .arg(&input)
        .arg("-o")
        .arg(&output);
    // What the compiler may emit; without these the optimiser refuses the module.
    for feature in [
        "bulk-memory",
        "reference-types",
        "sign-ext",
        "mutable-globals",
        "nontrapping-float-to-int",
        "multivalue",
        "simd",
    ] {
        node.arg(format!("--enable-{feature}"));
    }
    process::run(node.args(PASSES))?;
    Ok(fs::read(&output)?)
}

#[cfg(test)]
mod tests {
    use super::rename_key;

    #[test]
    fn renames_what_the_script_offers_once() {
        let check = |script: &str, expected: Option<&str>| {
            assert_eq!(
                rename_key(script, "__wbg_new_1f", "i7").as_deref(),
                expected,
                "{script}"
            );
        };
        check("{\n__wbg_new_1f: function(arg0) {", Some("{\ni7: function(arg0) {"));
        check("{\n__wbg_new_1f: function() {\n__wbg_new_1f: function() {", None);
        check("{\n__wbg___wbg_new_1f: function() {", None);
        check("{\n__wbg_new_1f: import1.load,", None);
    }
}
