//! Which module of `shared` stands on which: imports point down only, so that no rule of a kind is pulled in by what all
//! kinds stand on. It reads the text of imports, tests left out; it never says what a module is for.

use crate::source::Source;

/// The modules from the ground up. A module stands on those of lower layers, never on its neighbours. A file in a
/// module's folder belongs to the module, unless it is named here itself.
const LAYERS: &[&[&str]] = &[
    &["lunar", "order", "text", "time", "vault"],
    &["dates", "identity", "ids", "money"],
    &["channel", "record"],
    &["shape"],
    &["due"],
    &["descriptor"],
    &["settings"],
    // One file a kind.
    &[
        "circles",
        "conflicts",
        "contacts",
        "customers",
        "holdings",
        "notes",
        "people",
        "tasks",
        "touches",
        "views",
        "visits",
    ],
    // It names the families of what is held.
    &["opportunities"],
    &["kinds"],
    &["schema"],
    &[
        "access",
        "conflicts/combine",
        "conflicts/difference",
        "conflicts/settle",
        "drafts",
        "filing",
        "plausible",
        "recent",
        "timeline",
    ],
    &["handover", "idle", "refusals", "search", "today"],
    &["agenda", "lists"],
    &["parameters"],
    &["sync"],
    &["conflicts/inbox", "sample"],
];

/// What the machine of the sync never names: with it, the rules of all kinds would be in the first load.
const MACHINE: [&str; 3] = ["sync/engine", "sync/merge", "sync/replica"];

/// Adds the imports of a file of `shared` that do not point down.
pub fn check(source: &Source, found: &mut Vec<(usize, String)>) {
    let Some(file) = source.path.strip_prefix("shared/src/") else {
        return;
    };
    let file = file.trim_end_matches(".rs");
    if file == "lib" {
        return;
    }
    let Some((own, layer)) = place(file) else {
        found.push((
            0,
            "is in no layer; say in tests/tidy/layers.rs what it stands on".into(),
        ));
        return;
    };
    for at in source.find_code("crate::").filter(|at| !source.is_test(*at)) {
        for module in modules(&source.code[at + "crate::".len()..]) {
            let is_own = module == own.split('/').next().unwrap_or(own);
            let is_below = LAYERS[..layer].iter().any(|layer| layer.contains(&module));
            if !is_own && !is_below {
                found.push((
                    at,
                    format!("imports point down only: {own} stands below {module}, or beside it"),
                ));
            }
            if MACHINE.iter().any(|part| file.starts_with(part)) && matches!(module, "kinds" | "descriptor") {
                found.push((at, format!("{own} never reaches the rules of kinds: {module}")));
            }
        }
    }
}

/// The module a file belongs to, and its layer.
fn place(file: &str) -> Option<(&'static str, usize)> {
    let belongs = |module: &str| file == module || file.strip_prefix(module).is_some_and(|rest| rest.starts_with('/'));
    let layers = LAYERS.iter().enumerate();
    let named = layers.flat_map(|(layer, modules)| modules.iter().map(move |module| (*module, layer)));
    named
        .filter(|(module, _)| belongs(module))
        .max_by_key(|(module, _)| module.len())
}

/// The modules named behind `crate::`: one, or those of a list in braces.
fn modules(behind: &str) -> Vec<&str> {
    fn name(text: &str) -> &str {
        let text = text.trim_start();
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
        &text[..end.unwrap_or(text.len())]
    }
    let Some(list) = behind.strip_prefix('{') else {
        return vec![name(behind)].into_iter().filter(|name| is_module(name)).collect();
    };
    let (mut depth, mut begins, mut names) = (1, 0, Vec::new());
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || depth == 1 && character == ',' {
            names.push(name(&list[begins..at]));
            begins = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    names.into_iter().filter(|name| is_module(name)).collect()
}

fn is_module(name: &str) -> bool {
    name.starts_with(|c: char| c.is_lowercase())
}

#[test]
fn every_import_that_does_not_point_down_is_found() {
    let breaches = |path: &str, text: &str| {
        let mut found = Vec::new();
        check(&Source::new(path, text), &mut found);
        found.len()
    };
    let check = |path: &str, text: &str, expected: usize| {
        assert_eq!(breaches(path, text), expected, "{path}: {text}");
    };
    check("shared/src/today.rs", "use crate::{ids::X, timeline};", 0);
    check("shared/src/record.rs", "use crate::ids::X;", 0);
    check("shared/src/record/mutation.rs", "use crate::record::X;", 0);
    check("shared/src/record.rs", "use crate::kinds;", 1);
    check("shared/src/shape.rs", "use crate::{record::{A, B}, schema, text};", 1);
    check("shared/src/tasks.rs", "use crate::customers::X;", 1);
    check("shared/src/tasks.rs", "// crate::sync", 0);
    check(
        "shared/src/tasks.rs",
        "#[cfg(test)]\nmod tests { use crate::sync::X; }",
        0,
    );
    check("shared/src/conflicts/combine.rs", "use crate::schema;", 0);
    check("shared/src/conflicts.rs", "use crate::schema;", 1);
    check("shared/src/sync/replica/log.rs", "fn f() { crate::kinds::of(x) }", 1);
    check("shared/src/of_tomorrow.rs", "use crate::ids::X;", 1);
    check("server/src/record.rs", "use crate::kinds;", 0);
}
