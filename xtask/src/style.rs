//! One stylesheet from the files that style/main.css imports, in that order, with comments and idle blanks
//! taken out. It never reorders or rewrites a rule.

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

/// The bundled stylesheet.
///
/// # Errors
/// main.css or a file it imports is unreadable, or an import is not understood.
pub fn bundle(folder: &Path) -> Result<String> {
    let main = folder.join("main.css");
    let source = fs::read_to_string(&main).with_context(|| format!("cannot read {}", main.display()))?;
    let bundled = inline_imports(&strip_comments(&source), &|name| {
        let path = folder.join(name);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}, imported by main.css", path.display()))
    })?;
    Ok(squeeze(&bundled))
}

fn inline_imports(source: &str, read: &dyn Fn(&str) -> Result<String>) -> Result<String> {
    let mut bundled = String::new();
    let mut rest = source;
    while let Some(start) = rest.find("@import") {
        bundled.push_str(&rest[..start]);
        let after = &rest[start + "@import".len()..];
        let end = after
            .find(';')
            .context("an @import in main.css does not end with a semicolon")?;
        let import = Import::parse(after[..end].trim())?;
        let content = strip_comments(&read(import.file)?);
        if content.contains("@import") {
            bail!("{} imports further files; only main.css may", import.file);
        }
        bundled.push_str(&import.wrap(&content));
        rest = &after[end + 1..];
    }
    bundled.push_str(rest);
    Ok(bundled)
}

struct Import<'a> {
    file: &'a str,
    layer: Option<&'a str>,
    media: &'a str,
}

impl<'a> Import<'a> {
    /// Understands `"file.css"` and `url("file.css")`, then optionally `layer(name)`, then a media query.
    fn parse(text: &'a str) -> Result<Self> {
        let quoted = text.strip_prefix("url(").unwrap_or(text);
        let quote = quoted
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))
            .context("an @import in main.css names no quoted file")?;
        let (file, rest) = quoted[1..]
            .split_once(quote)
            .context("an @import in main.css has an open quote")?;
        let rest = rest.trim_start().trim_start_matches(')').trim_start();
        let (layer, media) = match rest.strip_prefix("layer(").and_then(|rest| rest.split_once(')')) {
            Some((layer, media)) => (Some(layer.trim()), media.trim()),
            None => (None, rest),
        };
        Ok(Self {
            file: file.trim_start_matches("./"),
            layer,
            media,
        })
    }

    fn wrap(&self, content: &str) -> String {
        let mut wrapped = content.to_owned();
        if let Some(layer) = self.layer {
            wrapped = format!("@layer {layer}{{{wrapped}}}");
        }
        if !self.media.is_empty() {
            wrapped = format!("@media {}{{{wrapped}}}", self.media);
        }
        wrapped + "\n"
    }
}

fn strip_comments(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("/*") {
        kept.push_str(&rest[..start]);
        rest = rest[start..].find("*/").map_or("", |end| &rest[start + end + 2..]);
    }
    kept + rest
}

/// Collapses runs of blanks outside strings to one, and drops that one where no meaning hangs on it.
fn squeeze(source: &str) -> String {
    let mut squeezed = String::with_capacity(source.len());
    let mut quote = None;
    let mut characters = source.chars().peekable();
    while let Some(character) = characters.next() {
        if let Some(open) = quote {
            squeezed.push(character);
            if character == '\\' {
                squeezed.extend(characters.next());
            } else if character == open {
                quote = None;
            }
        } else if character.is_whitespace() {
            let before = squeezed.chars().last().is_none_or(|last| "{};,".contains(last));
            let after = characters
                .peek()
                .is_none_or(|next| next.is_whitespace() || "{};,".contains(*next));
            if !before && !after {
                squeezed.push(' ');
            }
        } else {
            if matches!(character, '"' | '\'') {
                quote = Some(character);
            }
            squeezed.push(character);
        }
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::{inline_imports, squeeze, strip_comments};

    #[test]
    fn squeezes_without_changing_meaning() {
        let check = |source: &str, expected: &str| assert_eq!(squeeze(&strip_comments(source)), expected);
        check(
            "a {\n  color : red;\n  margin: 0 auto ;\n}\n",
            "a{color : red;margin: 0 auto;}",
        );
        check("a /* gone */ b{}", "a b{}");
        check("a::before { content: \" {  } \"; }", "a::before{content: \" {  } \";}");
        check(
            "@media (width > 40em) and (hover) { a { width: calc(1px + 2px) } }",
            "@media (width > 40em) and (hover){a{width: calc(1px + 2px)}}",
        );
    }

    #[test]
    fn inlines_imports_in_order() {
        let read = |name: &str| Ok(format!("/* {name} */ .{}{{}}", name.trim_end_matches(".css")));
        let check = |source: &str, expected: &str| {
            let bundled = inline_imports(source, &read).map(|css| squeeze(&css)).ok();
            assert_eq!(bundled.as_deref(), Some(expected), "{source}");
        };
        check(
            "@layer a, b;\n@import \"a.css\" layer(a);\n@import url('./b.css') layer(b) print;\n",
            "@layer a,b;@layer a{.a{}}@media print{@layer b{.b{}}}",
        );
        check("@import 'a.css';.z{}", ".a{}.z{}");
    }

    #[test]
    fn refuses_imports_it_does_not_understand() {
        let read = |_: &str| Ok("@import 'deep.css';".to_owned());
        assert!(inline_imports("@import 'a.css';", &read).is_err());
        assert!(inline_imports("@import a.css;", &read).is_err());
        assert!(inline_imports("@import 'a.css'", &read).is_err());
    }
}
