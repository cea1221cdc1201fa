//! Takes a compiled app apart: what a first visit needs before somebody can type, and what is fetched afterwards. Where
//! the parts meet is said in the app's source, by `wasm_split`. It never changes what the app does.

use super::{APP, Module};
use crate::{process, workspace};
use anyhow::{Context, Result, anyhow, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use wasm_split_cli_support::{Options, transform};

/// The script that fetches parts, as the compiled app imports it.
const LOADER: &str = "./__wasm_split.js";

/// What came of taking a module apart.
pub struct Parts {
    /// The part for the first visit, to be bound to the browser.
    pub first: PathBuf,
    /// The others, by file name.
    pub later: Module,
    /// Which of those each part consists of: the name of the part to the names of its files, without their endings.
    pub files: BTreeMap<String, Vec<String>>,
    /// The script that fetches them.
    loader: String,
}

/// Takes the compiled app apart.
///
/// # Errors
/// It was compiled without what tells its parts (`--emit-relocs`).
pub fn split(compiled: &Path) -> Result<Parts> {
    process::step("take the app apart", || {
        let folder = workspace::wasm_target().join("parts");
        let _ = fs::remove_dir_all(&folder);
        let first = folder.join(format!("{APP}.wasm"));
        let wasm = fs::read(compiled).with_context(|| format!("cannot read {}", compiled.display()))?;
        let main = format!("./{APP}.js");
        let mut options = Options::new(&wasm);
        options.output_dir = &folder;
        options.main_out_path = &first;
        options.link_name = LOADER;
        options.main_module = &main;
        let made = transform(options).map_err(|report| anyhow!("the app cannot be taken apart: {report:?}"))?;
        let mut later = Module::new();
        for path in made.split_modules {
            let name = path.file_name().context("a part without a name")?;
            later.insert(name.to_string_lossy().into_owned(), fs::read(&path)?);
        }
        let loader = fs::read_to_string(folder.join(LOADER))?;
        Ok(Parts {
            first,
            later,
            files: made.prefetch_map.into_iter().collect(),
            loader,
        })
    })
}

impl Parts {
    /// Puts the loader into the app's own script: each refers to the other, so as two files neither could be named by its
    /// content, and a visit would wait for one file more.
    ///
    /// # Errors
    /// The scripts are not of the form in which the tools write them today.
    pub fn join_loader(&self, script: &str) -> Result<String> {
        let own = format!("import {{ initSync }} from \"./{APP}.js\";");
        let loader = self.loader.replacen(&own, "", 1);
        if loader == self.loader {
            bail!("the loader does not begin with {own}");
        }
        // One import for each part, all of the same.
        let (imports, lines): (Vec<&str>, Vec<&str>) = script
            .split_inclusive('\n')
            .partition(|line| line.starts_with("import * as ") && line.contains(LOADER));
        let names = imports.iter().filter_map(|import| import.split(' ').nth(3));
        let names: Vec<&str> = names.collect();
        if names.is_empty() {
            bail!("the app's script imports no loader");
        }
        let exports: Vec<&str> = loader
            .lines()
            .filter_map(|line| line.strip_prefix("export const ")?.split(' ').next())
            .collect();
        let loader = loader.replace("export const ", "const ");
        let exports = exports.join(", ");
        let constants = names.iter().map(|name| format!("const {name} = {{ {exports} }};\n"));
        Ok(format!(
            "{}\n{loader}\n{}",
            lines.concat(),
            constants.collect::<String>()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::{Module, Parts};
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    #[test]
    fn joins_the_loader_with_the_script() -> anyhow::Result<()> {
        let parts = |loader: &str| Parts {
            first: PathBuf::new(),
            later: Module::new(),
            files: BTreeMap::new(),
            loader: loader.to_owned(),
        };
        let loader = "import { initSync } from \"./rapport_app.js\";\n\nexport const load_inside = wrap();\n";
        let script = "import * as import1 from \"./__wasm_split.js\"\nuse(import1);\n";
        let joined = parts(loader).join_loader(script)?;
        assert_eq!(
            joined.split_whitespace().collect::<Vec<_>>().join(" "),
            "use(import1); const load_inside = wrap(); const import1 = { load_inside };"
        );
        let two = format!("{script}import * as import2 from \"./__wasm_split.js\"\n");
        let joined = parts(loader).join_loader(&two)?;
        assert!(!joined.contains("__wasm_split.js"), "{joined}");
        assert!(joined.contains("const import2 = { load_inside };"), "{joined}");
        assert!(parts("export const load_inside = 1;").join_loader(script).is_err());
        assert!(
            parts(loader)
                .join_loader("import * as other from \"./other.js\"\n")
                .is_err()
        );
        Ok(())
    }
}
