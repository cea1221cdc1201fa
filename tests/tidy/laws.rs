//! Each law as a function from a file to its breaches. The laws are those of the architecture: written as absences.

use crate::source::Source;

/// The parts of the app that are no features: what every feature may use.
const FOUNDATIONS: [&str; 17] = [
    "book", "db", "filing", "finding", "forms", "i18n", "lists", "parts", "platform", "routes", "sections", "shell",
    "sign_in", "sync", "ui", "vault", "wipe",
];

/// Adds what the file breaks.
pub fn check(source: &Source, breaches: &mut Vec<String>) {
    let mut found: Vec<(usize, String)> = Vec::new();
    no_words_of_the_workplace(source, &mut found);
    if source.is_rust() {
        shape_of_a_file(source, &mut found);
        borders(source, &mut found);
        crate::layers::check(source, &mut found);
        if source.path.starts_with("app/src/") {
            features(source, &mut found);
            texts(source, &mut found);
            style_attributes(source, &mut found);
        }
    } else if source.path.starts_with("app/public/") && source.path.ends_with(".html") {
        strict_page(source, &mut found);
    }
    found.sort();
    breaches.extend(
        found
            .into_iter()
            .map(|(at, what)| format!("{}:{}: {what}", source.path, source.line(at))),
    );
}

/// What plays people and networks, for whom waiting is part of the play.
const PLAYING: [&str; 2] = ["tests/support/", "tests/fleet/src/"];

fn shape_of_a_file(source: &Source, found: &mut Vec<(usize, String)>) {
    if !source.text.starts_with("//!") {
        found.push((0, "does not open with a //! paragraph".into()));
    }
    if source.path.ends_with("/mod.rs") {
        found.push((0, "is a mod.rs; put foo.rs beside foo/".into()));
    }
    for forbidden in ["#[allow(", "#![allow(", "#[ignore", "todo!(", "unimplemented!("] {
        found.extend(
            source
                .find_code(forbidden)
                .map(|at| (at, format!("{forbidden} is not used here"))),
        );
    }
    for panicking in [".unwrap()", ".expect(", "panic!("] {
        let outside = source.find_code(panicking).filter(|at| !source.is_test(*at));
        found.extend(outside.map(|at| (at, format!("{panicking} outside tests"))));
    }
    let sleeps = source
        .find_code("sleep(")
        .filter(|at| source.is_test(*at) && !PLAYING.iter().any(|place| source.path.starts_with(place)));
    found.extend(sleeps.map(|at| (at, "a test sleeps; wait for the condition".into())));
}

/// A name, and the only places where it may be said.
struct Border {
    name: &'static str,
    inside: &'static [&'static str],
}

const BORDERS: &[Border] = &[
    Border {
        name: "rexie",
        inside: &["app/src/db"],
    },
    Border {
        name: "web_sys",
        inside: &["app/src/platform", "app/src/db", "app/src/ui"],
    },
    Border {
        name: "gloo::net",
        inside: &["app/src/sync", "app/src/vault"],
    },
    Border {
        name: "leptos",
        inside: &["app/"],
    },
    Border {
        name: "sqlx",
        inside: &["server/src/store", "server/tests/"],
    },
    Border {
        name: "axum",
        inside: &["server/"],
    },
    Border {
        name: "rapport_server",
        inside: &["server/", "tests/fleet/"],
    },
    Border {
        name: "rapport_app",
        inside: &["app/"],
    },
];

/// What shared never does: read a clock, a disk, a network or randomness.
const IMPURE: [&str; 12] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant",
    "tokio",
    "rand",
    "getrandom",
    "js_sys",
    "async fn",
];

fn borders(source: &Source, found: &mut Vec<(usize, String)>) {
    for border in BORDERS {
        if border.inside.iter().any(|place| source.path.starts_with(place)) || source.path.starts_with("tests/tidy/") {
            continue;
        }
        let places = border.inside.join(", ");
        found.extend(
            source
                .find_name(border.name)
                .map(|at| (at, format!("only {places} may name {}", border.name))),
        );
    }
    if source.path.starts_with("shared/src/") {
        for impure in IMPURE {
            let outside = source.find_name(impure).filter(|at| !source.is_test(*at));
            found.extend(outside.map(|at| (at, format!("shared is pure: no {impure}"))));
        }
    }
}

/// The part of the app a file belongs to: `app/src/customers/list.rs` and `app/src/customers.rs` to `customers`.
fn part(path: &str) -> Option<&str> {
    path.strip_prefix("app/src/")?.split('/').next()?.split('.').next()
}

fn features(source: &Source, found: &mut Vec<(usize, String)>) {
    let Some(own) = part(&source.path) else { return };
    if own == "ui" {
        for business in ["rapport_shared", "crate::book"] {
            found.extend(
                source
                    .find_name(business)
                    .map(|at| (at, format!("ui knows no business: {business}"))),
            );
        }
    }
    let may_import_features = matches!(own, "lib" | "shell" | "routes" | "bench" | "features");
    if may_import_features {
        return;
    }
    for at in source.find_code("crate::") {
        let name: String = source.code[at + "crate::".len()..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        let module = name.starts_with(|c: char| c.is_lowercase());
        if module && name != own && !FOUNDATIONS.contains(&name.as_str()) {
            found.push((
                at,
                format!("{own} imports the feature {name}; they meet in shared, in routes or in the book"),
            ));
        }
    }
}

/// Attributes whose value a person reads or hears.
const READ_ALOUD: [&str; 5] = ["aria-label=", "title=", "placeholder=", "alt=", "aria-description="];

fn texts(source: &Source, found: &mut Vec<(usize, String)>) {
    let views = source.blocks_of("view!");
    for (at, content) in &source.strings {
        if source.is_test(*at) || part(&source.path) == Some("i18n") {
            continue;
        }
        let in_view = views.iter().any(|(start, end)| (*start..*end).contains(at));
        let before = source.code[..*at].trim_end();
        let read_aloud = READ_ALOUD.iter().any(|attribute| before.ends_with(attribute));
        let is_node = before.ends_with(['>', '}', '"']) || before.ends_with("view! {");
        let has_word = content.split(|c: char| !c.is_alphabetic()).any(|word| word.len() > 1);
        let visible = content.chars().any(is_chinese) || in_view && (read_aloud || is_node) && has_word;
        if visible {
            found.push((*at, format!("text for people outside the locale files: {content:?}")));
        }
    }
}

fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}

fn style_attributes(source: &Source, found: &mut Vec<(usize, String)>) {
    let forbidden = [
        ("style=\"", "a style attribute breaks the content policy"),
        ("inner_html", "inner_html is never used"),
    ];
    for (wanted, why) in forbidden {
        let whole = source
            .find_code(wanted)
            .filter(|at| !source.code[..*at].ends_with(|c: char| c.is_alphanumeric() || "-_".contains(c)));
        found.extend(whole.map(|at| (at, why.to_owned())));
    }
}

fn strict_page(source: &Source, found: &mut Vec<(usize, String)>) {
    for forbidden in [" style=", "<style", " onclick=", " onload=", "<script>", "javascript:"] {
        found.extend(
            source
                .find_code(forbidden)
                .map(|at| (at, format!("{forbidden} breaks the content policy"))),
        );
    }
}

/// Paths of one person's machine; put together here so that this file does not hold them.
fn no_words_of_the_workplace(source: &Source, found: &mut Vec<(usize, String)>) {
    for place in ["work", "root", "home", "Users"] {
        let wanted = format!("/{place}/");
        for (at, _) in source.text.match_indices(&wanted) {
            let before = source.text[..at].chars().next_back();
            // Within a longer path the word is a folder like any other; only absolute paths betray a machine.
            if !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '}' | '{')) {
                found.push((at, format!("an absolute path of somebody's machine: {wanted}")));
            }
        }
    }
}

#[test]
fn every_law_finds_its_breach() {
    let check = |path: &str, text: &str, expected: &str| {
        let mut breaches = Vec::new();
        super::laws::check(&Source::new(path, &format!("//! A file.\n{text}\n")), &mut breaches);
        let all = breaches.join("\n");
        assert_eq!(expected.is_empty(), breaches.is_empty(), "{path}: {text}\n{all}");
        assert!(
            all.contains(expected),
            "{path}: {text}: expected {expected:?}, got\n{all}"
        );
    };
    check("shared/src/text.rs", "fn f() { x.unwrap() }", "outside tests");
    check(
        "shared/src/text.rs",
        "#[cfg(test)]\nmod tests { fn f() { x.unwrap() } }",
        "",
    );
    check("shared/src/text.rs", "// x.unwrap() and rexie", "");
    check("shared/src/text.rs", "use std::time::Instant;", "pure");
    check("shared/src/text/mod.rs", "", "mod.rs");
    check(
        "shared/src/text.rs",
        &format!("#[{}(dead_code)]", "allow"),
        "not used here",
    );
    check("app/src/customers/list.rs", "use rexie::Rexie;", "only app/src/db");
    check(
        "app/src/customers/list.rs",
        "use web_sys::Window;",
        "only app/src/platform",
    );
    check("app/src/platform.rs", "use web_sys::Window;", "");
    check("server/src/http.rs", "let x = sqlx::query(a);", "only server/src/store");
    check("server/src/http.rs", "use rapport_app::x;", "only app/");
    check(
        "app/src/customers/list.rs",
        "use crate::visits::Note;",
        "imports the feature visits",
    );
    check(
        "app/src/customers/list.rs",
        "use crate::{ui::Button, book::Book}; use crate::customers::x; use crate::ui::Y;",
        "",
    );
    check("app/src/ui/list.rs", "use rapport_shared::customers;", "no business");
    check("app/src/shell.rs", "use crate::visits::Note;", "");
    check(
        "app/src/today.rs",
        "view! { <p>\"Nothing due\"</p> }",
        "outside the locale files",
    );
    check(
        "app/src/today.rs",
        "view! { <p class=\"due\" data-test=\"due\">{t!(i18n, due)}</p> }",
        "",
    );
    check(
        "app/src/today.rs",
        "view! { <a title=\"Open card\"/> }",
        "outside the locale files",
    );
    check("app/src/today.rs", "let x = \"今天\";", "outside the locale files");
    check(
        "app/src/today.rs",
        "view! { <p style=\"color:red\"/> }",
        "content policy",
    );
    check("app/src/today.rs", "view! { <p inner_html=x/> }", "inner_html");
    check(
        "app/src/today.rs",
        &format!("const X: &str = \"/{}/me/x\";", "home"),
        "somebody's machine",
    );
    check(
        "shared/src/text.rs",
        &format!("#[{}]\nfn f() {{}}", "ignore"),
        "not used here",
    );
    check("server/tests/a.rs", "fn f() { std::thread::sleep(x) }", "sleeps");
}
