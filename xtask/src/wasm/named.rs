//! What a compiled module is made of, from the names that the compiler left in it, and the module without them. It never
//! looks at the source: code counts for whoever wrote it, as its name says.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use wasmparser::{KnownCustom, Linking, Name, Parser, Payload, SymbolInfo, TypeRef};

/// The libraries that come with the compiler. What of them is made for somebody else's types counts for those.
const STANDARD: [&str; 6] = ["core", "alloc", "std", "hashbrown", "dlmalloc", "compiler_builtins"];
/// What has no name of a crate: code of wasm-bindgen, of the linker, constants.
pub const NAMELESS: &str = "(no crate)";

/// One function or constant.
pub struct Item<'a> {
    /// As the source would call it, without the hash.
    pub name: String,
    /// What of it lies in the module; a constant's bytes are not looked at, only counted.
    pub body: &'a [u8],
}

/// The module without names and other notes of its makers.
///
/// # Errors
/// It is no module.
pub fn without_names(wasm: &[u8]) -> Result<Vec<u8>> {
    const HEADER: usize = 8;
    let mut kept = wasm.get(..HEADER).context("a module without a header")?.to_vec();
    let mut end = HEADER;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let Some((_, range)) = payload.as_section() else {
            continue;
        };
        let start = std::mem::replace(&mut end, usize::try_from(range.end)?);
        if !matches!(payload, Payload::CustomSection(_)) {
            kept.extend_from_slice(&wasm[start..end]);
        }
    }
    Ok(kept)
}

/// The functions of a module.
///
/// # Errors
/// It is no module.
pub fn functions(wasm: &[u8]) -> Result<Vec<Item<'_>>> {
    let (mut imported, mut bodies, mut names) = (0, Vec::new(), BTreeMap::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(subsections) = section.as_known() {
                    for subsection in subsections {
                        if let Name::Function(map) = subsection? {
                            for naming in map {
                                let naming = naming?;
                                names.insert(naming.index, readable(naming.name));
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let numbered = (imported..).zip(bodies);
    Ok(numbered
        .map(|(index, body)| Item {
            name: names.remove(&index).unwrap_or_default(),
            body,
        })
        .collect())
}

/// The constants and texts of a module that was linked with its relocations.
///
/// # Errors
/// It is no module.
pub fn constants(wasm: &[u8]) -> Result<Vec<Item<'_>>> {
    let (mut segments, mut symbols) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::DataSection(section) => {
                for segment in section {
                    segments.push(segment?.data);
                }
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Linking(subsections) = section.as_known() {
                    for subsection in subsections {
                        if let Linking::SymbolTable(map) = subsection? {
                            symbols = map.into_iter().collect::<Result<_, _>>()?;
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let constant = |symbol: &SymbolInfo| {
        let SymbolInfo::Data {
            name,
            symbol: Some(place),
            ..
        } = symbol
        else {
            return None;
        };
        let start = usize::try_from(place.offset).ok()?;
        // What begins as nothing but zeros is part of no segment.
        let body = segments
            .get(usize::try_from(place.index).ok()?)?
            .get(start..start + usize::try_from(place.size).ok()?)?;
        Some(Item {
            name: readable(name),
            body,
        })
    };
    Ok(symbols.iter().filter_map(constant).collect())
}

fn readable(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}

/// The path in the source that something counts for: `["tachys", "view", "either"]`; nothing for what has no path.
pub fn owner(name: &str) -> Vec<&str> {
    let paths = name
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == ':'))
        .filter(|path| !path.starts_with(':') && path.contains("::"))
        .map(|path| path.split("::").filter(|part| !part.is_empty()).collect::<Vec<_>>());
    let mut first = Vec::new();
    for path in paths {
        if !STANDARD.contains(&path[0]) {
            return path;
        }
        if first.is_empty() {
            first = path;
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::{constants, functions, owner, without_names};

    /// A module with one imported function, one of its own, and names for both.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\
        \x01\x04\x01\x60\0\0\
        \x02\x07\x01\x01a\x01b\0\0\
        \x03\x02\x01\0\
        \x0a\x04\x01\x02\0\x0b\
        \0\x1e\x04name\x01\x17\x02\0\x01b\x01\x11_RNvC7rapport3run";

    #[test]
    fn names_functions_behind_the_imported_ones() -> anyhow::Result<()> {
        let found = functions(MODULE)?;
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].name.as_str(), found[0].body),
            ("rapport::run", &b"\0\x0b"[..])
        );
        assert!(constants(MODULE)?.is_empty());
        Ok(())
    }

    #[test]
    fn names_constants_of_a_linked_module() -> anyhow::Result<()> {
        // Two segments, of which the second is not in the file; a symbol within each.
        let linked = b"\0asm\x01\0\0\0\
            \x05\x03\x01\0\x01\
            \x0b\x09\x01\0\x41\x08\x0b\x03abc\
            \0\x1a\x07linking\x02\x08\x0f\x02\x01\0\x01T\0\x01\x02\x01\0\x01Z\x01\0\x04";
        let found = constants(linked)?;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_str(), found[0].body), ("T", &b"bc"[..]));
        Ok(())
    }

    #[test]
    fn leaves_names_out() -> anyhow::Result<()> {
        let shipped = without_names(MODULE)?;
        assert_eq!(shipped, &MODULE[..MODULE.len() - 0x20]);
        assert_eq!(functions(&shipped)?[0].name, "");
        Ok(())
    }

    #[test]
    fn counts_code_for_whoever_wrote_it() {
        let check = |name: &str, expected: &[&str]| assert_eq!(owner(name), expected, "{name}");
        check(
            "<tachys::view::Either<app::A> as core::fmt::Debug>::fmt",
            &["tachys", "view", "Either"],
        );
        check(
            "core::ptr::drop_in_place::<alloc::vec::Vec<app::book::Book>>",
            &["app", "book", "Book"],
        );
        check("<[u8] as core::fmt::Debug>::fmt", &["core", "fmt", "Debug"]);
        check("<core::cell::Cell<u8>>::insert::tail", &["core", "cell", "Cell"]);
        check("app::today::row::{closure#0}", &["app", "today", "row"]);
        check("memcpy", &[]);
    }
}
