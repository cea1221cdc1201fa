//! What people type and paste, made fit to be stored: full width becomes half width, what nobody can see goes, what
//! breaks a line becomes one. Never decides what a text means.

/// The half-width character that a full-width one stands for: letters, digits, marks, the blank. Others are their own.
pub fn half_width(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '\u{3000}' => ' ',
        _ => character,
    }
}

/// The text with every character in half width.
pub fn in_half_width(text: &str) -> String {
    text.chars().map(half_width).collect()
}

/// Whether the character ends a line: those of every system, and the separators some of them paste.
const fn ends_line(character: char) -> bool {
    matches!(
        character,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Control characters, and the line and paragraph separators that some systems paste.
pub(crate) fn breaks_line(character: char) -> bool {
    character.is_control() || ends_line(character)
}

/// Marks that turn the direction of writing (UAX #9): with them a text reads differently from what it is. Phones put
/// them around numbers that are copied.
const fn turns_writing(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether nothing is seen of the character, though it is no blank: marks of direction, joiners, fillers, selectors.
pub(crate) const fn is_invisible(character: char) -> bool {
    turns_writing(character)
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2060}'..='\u{2065}'
                | '\u{206a}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Whether there is nothing to be seen in the text.
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_whitespace() || breaks_line(character) || is_invisible(character))
}

/// Marks that mean nothing in any writing and come with a paste. Joiners and selectors stay: emoji and some scripts are
/// written with them.
const fn comes_with_a_paste(character: char) -> bool {
    turns_writing(character) || matches!(character, '\u{feff}' | '\u{2060}')
}

/// The text as it may be stored on one line: control characters become blanks, marks of direction go, the ends are
/// trimmed.
pub fn clean_line(text: &str) -> String {
    let kept = text.chars().filter(|c| !comes_with_a_paste(*c));
    let spaced: String = kept.map(|c| if breaks_line(c) { ' ' } else { c }).collect();
    spaced.trim().to_owned()
}

/// The text as it may be stored in a note: every end of a line is `\n`, other control characters but tabs are dropped,
/// marks of direction go, the end is trimmed.
pub fn clean_text(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let kept = text.chars().filter_map(|c| match c {
        '\t' => Some('\t'),
        c if ends_line(c) => Some('\n'),
        c if c.is_control() || comes_with_a_paste(c) => None,
        c => Some(c),
    });
    let kept: String = kept.collect();
    kept.trim_end().to_owned()
}

/// The text of a code, a number, an address: half width, on one line, nothing invisible, blanks as plain ones.
pub(crate) fn clean_code(text: &str) -> String {
    let kept = text.chars().filter(|c| !is_invisible(*c)).map(half_width);
    let spaced: String = kept
        .map(|c| if breaks_line(c) || c.is_whitespace() { ' ' } else { c })
        .collect();
    spaced.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{clean_code, clean_line, clean_text, is_blank};

    #[test]
    fn what_nobody_sees_is_no_text() {
        for blank in [
            "",
            " 　\u{a0}",
            "\u{200b}\u{200d}",
            "\u{3164}",
            "\u{feff}\n",
            "\u{202e}\u{202c}",
        ] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for text in ["a", "王", "👨‍👩‍👧", ".", "ـ"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn pastes_become_what_was_meant() {
        assert_eq!(clean_line("甲\t乙\u{0}"), "甲 乙");
        assert_eq!(clean_line("\u{202d}恒源\u{202c}"), "恒源");
        assert_eq!(clean_line("👨\u{200d}👩 a"), "👨\u{200d}👩 a");
        assert_eq!(
            clean_text("一\u{b}二\r\n三\u{85}四\u{2028}五\u{3}\u{0}\t六 \n"),
            "一\n二\n三\n四\n五\t六"
        );
        assert_eq!(clean_code("ＡＢ\u{a0}\u{200b}１"), "AB 1");
    }
}
