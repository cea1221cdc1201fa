//! Finding what was said: which texts are found, which of a note and its corrections, in which order, and the line that
//! is shown of each; and the law that the index finds what a look at every text finds.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rapport_shared::record::{Kind, Record};
use rapport_shared::search::{NoteHit, NoteIndex, Query};
use rapport_shared::timeline::timeline;
use serde_json::json;

use crate::make;

/// A note on customer 100, visited on that day of January 2026 and written in the order of the numbers.
fn note(number: u128, day: u32, text: &str, revises: Option<u128>) -> Record {
    let visited = make::noon(&format!("2026-01-{day:02}"));
    let mut fields = vec![("text", json!(text)), ("visited_at", json!(visited.milliseconds()))];
    fields.extend(revises.map(|revised| ("revises", json!(make::id(revised).to_string()))));
    let mut note = make::record(number, Kind::Note, 100, &fields);
    note.created.at = make::noon("2026-02-01").plus(i64::try_from(number).unwrap());
    note
}

fn index(records: &[Record]) -> NoteIndex {
    let mut index = NoteIndex::default();
    records.iter().for_each(|record| index.put(record));
    index
}

fn number(id: rapport_shared::ids::RecordId) -> u128 {
    u128::from_be_bytes(*id.as_bytes())
}

fn found(index: &mut NoteIndex, typed: &str) -> Vec<(u128, u128)> {
    let found = index.search(&Query::new(typed), |_| true, usize::MAX);
    assert_eq!(found.total, found.newest.len());
    let numbers = |hit: &NoteHit| (number(hit.record), number(hit.standing));
    found.newest.iter().map(numbers).collect()
}

#[test]
fn every_word_is_found_by_its_characters() {
    #[track_caller]
    fn check(text: &str, typed: &str, expected: bool) {
        // Other texts before and behind, which must not lend it a character.
        let records = [
            note(1, 1, "前样", None),
            note(2, 1, text, None),
            note(3, 1, "机后", None),
        ];
        let is_found = found(&mut index(&records), typed).contains(&(2, 2));
        assert_eq!(is_found, expected, "{typed:?} in {text:?}");
    }
    check("客户看了样机，很满意。", "样机", true);
    check("客户看了樣機，很满意。", "样机", true);
    check("客户看了样机，很满意。", "樣機 满意", true);
    check("客户看了样机，很满意。", "样机 不满", false);
    check("客户看了样机，很满意。", "机", true);
    check("客户看了样机，很满意。", "yangji", false);
    check("看样，机器好", "样机", true);
    check("看样\n机器好", "样机", true);
    check("样样样机", "样样机", true);
    check("样品和机器", "样机", false);
    check("样", "样机", false);
    check("用ＡＢＣ打印", "abc", true);
    check("Café with 3,500 items", "cafe 3500", true);
    check("ABC样机3号", "bc样机3", true);
    check("与𬭎达面谈", "𬭎达", true);
    check("样机", "", false);
    check("样机", "，", false);
    check("", "样", false);
}

#[test]
fn of_a_note_and_its_corrections_one_is_found() {
    #[track_caller]
    fn check(records: &[Record], typed: &str, expected: &[(u128, u128)]) {
        assert_eq!(found(&mut index(records), typed), expected, "{typed}");
    }
    let corrected = [
        note(1, 1, "看了样机", None),
        note(2, 1, "看了新样机", Some(1)),
        note(3, 1, "看了新机型", Some(2)),
    ];
    check(&corrected, "看了", &[(3, 3)]);
    check(&corrected, "新机型", &[(3, 3)]);
    check(&corrected, "样机", &[(2, 3)]);
    check(&corrected, "了样机", &[(1, 3)]);
    // Two people corrected the same note: the later one written stands.
    let twice = [
        note(1, 1, "看了样机", None),
        note(2, 1, "看了样机甲", Some(1)),
        note(3, 1, "看了样机乙", Some(1)),
    ];
    check(&twice, "样机", &[(3, 3)]);
    check(&twice, "样机甲", &[(2, 3)]);
    // What is corrected is not here, or corrections go round in a ring (damaged data).
    check(&[note(2, 1, "看了样机", Some(1))], "样机", &[(2, 2)]);
    let ring = [note(1, 1, "看了样机", Some(2)), note(2, 1, "看了样机", Some(1))];
    check(&ring, "样机", &[(2, 2)]);
    // The date is that of what stands.
    let moved = [
        note(1, 20, "看了样机", None),
        note(2, 3, "改期", Some(1)),
        note(4, 10, "样机", None),
    ];
    check(&moved, "样机", &[(4, 4), (1, 2)]);
}

#[test]
fn records_that_change_are_found_by_what_they_are_now() {
    let mut index = index(&[note(1, 1, "看了样机", None), note(2, 2, "看了样机", None)]);
    assert_eq!(found(&mut index, "样机"), [(2, 2), (1, 1)]);
    index.put(&note(1, 1, "看了样机", None));
    index.put(&note(1, 5, "看了样机", None));
    assert_eq!(found(&mut index, "样机"), [(1, 1), (2, 2)]);
    index.put(&note(1, 5, "看了样品", None));
    assert_eq!(found(&mut index, "样机"), [(2, 2)]);
    assert_eq!(found(&mut index, "样品"), [(1, 1)]);
    let mut deleted = note(1, 5, "看了样品", None);
    deleted.deleted = Some(deleted.created);
    index.put(&deleted);
    index.remove(make::id(9));
    assert_eq!(found(&mut index, "样"), [(2, 2)]);
    index.remove(make::id(2));
    assert_eq!(found(&mut index, "样"), []);
    assert!(index.is_empty());
}

#[test]
fn what_was_said_without_a_visit_is_found_too() {
    let call = |number, kind, text| make::record(number, kind, 100, &[("text", json!(text))]);
    let records = [
        call(1, Kind::Touch, "电话里谈了样机"),
        call(2, Kind::Task, "样机"),
        make::customer(100, &[("name", json!("样机公司"))]),
    ];
    assert_eq!(found(&mut index(&records), "样机"), [(1, 1)]);
}

#[test]
fn the_newest_are_told_and_all_are_counted() {
    let records: Vec<Record> = (1..=28).map(|day| note(u128::from(day), day, "样机", None)).collect();
    let mut index = index(&records);
    let mut other = note(99, 28, "样机", None);
    other.scope = rapport_shared::record::Scope::Under(make::id(200));
    index.put(&other);
    let query = Query::new("样机");
    let of_one = index.search(&query, |customer| customer == make::id(100), 3);
    let numbers: Vec<u128> = of_one.newest.iter().map(|hit| number(hit.record)).collect();
    assert_eq!((of_one.total, numbers), (28, vec![28, 27, 26]));
    assert_eq!(index.search(&query, |_| true, 3).total, 29);
}

#[test]
fn sheets_are_cleared_of_what_is_gone() {
    // A quarter of a sheet each, so that sheets fill, empty and are written anew.
    let long = |word: &str| format!("{word}{}", "页".repeat(64_000));
    let words = ["甲子", "乙丑", "丙寅", "丁卯", "戊辰", "己巳", "庚午", "辛未"];
    let mut index = NoteIndex::default();
    for (number, word) in (1..).zip(words) {
        index.put(&note(number, 1, &long(word), None));
    }
    for number in [1, 3, 6, 2, 7] {
        index.put(&note(number, 1, &long("改过"), None));
        index.put(&note(number, 1, &long("又改"), None));
    }
    let mut changed = found(&mut index, "又改");
    changed.sort_unstable();
    assert_eq!(changed, [(1, 1), (2, 2), (3, 3), (6, 6), (7, 7)]);
    assert_eq!(found(&mut index, "改过"), []);
    for (number, word) in (1..).zip(words) {
        let stays = [4, 5, 8].contains(&number);
        assert_eq!(
            found(&mut index, word),
            if stays { vec![(number, number)] } else { vec![] },
            "{word}"
        );
    }
}

#[test]
fn a_line_shows_what_was_searched_for() {
    #[track_caller]
    fn check(text: &str, typed: &str, expected: &str) {
        let excerpt = Query::new(typed).excerpt(text);
        let mut line = excerpt.text.clone();
        for mark in excerpt.marks.iter().rev() {
            line.insert(mark.end, '］');
            line.insert(mark.start, '［');
        }
        assert_eq!(line, expected, "{typed} in {text}");
    }
    check("客户看了样机，很满意。", "样机", "客户看了［样机］，很满意。");
    check("客户看了樣，機。", "样机", "客户看了［樣，機］。");
    check("先谈贷款。客户看了样机。再约。", "样机", "客户看了［样机］。再约。");
    check("先谈\n\n贷款  样机\n再约", "样机", "贷款 ［样机］ 再约");
    check(
        "客户的财务总监在会上说他们看了样机",
        "样机",
        "…在会上说他们看了［样机］",
    );
    check(
        "客户的财务总监在会，说他们也都看了样机",
        "样机",
        "…说他们也都看了［样机］",
    );
    check("样机样机和样品", "样", "［样］机［样］机和［样］品");
    check("样机好，价格高", "价格 样", "［样］机好，［价格］高");
    check(
        "The director of procurement has seen the sample",
        "sample",
        "…has seen the ［sample］",
    );
    check("Disintercontinentalisation", "isation", "…［isation］");
    check("客户看了样机", "贷款", "客户看了样机");
    check("客户看了样机", "", "客户看了样机");
    check("", "样", "");
    let long = format!("样机{}", "页".repeat(200));
    check(&long, "样机", &format!("［样机］{}…", "页".repeat(78)));
}

proptest! {
    #[test]
    fn nothing_else_is_found_than_by_looking_at_every_text(
        steps in prop::collection::vec((1_u128..12, 0_u8..5, "[样機机a1 ，\n]{0,9}", prop::option::of(1_u128..12)), 1..40),
        typed in "[样机樣a1，]{1,3}( [样机a]{1,2})?",
    ) {
        let mut index = NoteIndex::default();
        let mut held: BTreeMap<u128, Record> = BTreeMap::new();
        for (number, what, text, revises) in steps {
            // What is found now is not taken for what is found later.
            found(&mut index, "样");
            if what == 0 {
                index.remove(make::id(number));
                held.remove(&number);
                continue;
            }
            let mut record = note(number, 1 + number as u32, &text, revises.filter(|revised| *revised < number));
            record.deleted = (what == 1).then_some(record.created);
            index.put(&record);
            held.insert(number, record);
        }
        // A line that shows no mark does not hold the word.
        let holds = |record: &Record, word: &str| {
            let text = record.text("text").unwrap_or_default();
            !Query::new(word).excerpt(text).marks.is_empty()
        };
        let words: Vec<&str> = typed.split_whitespace().filter(|word| *word != "，").collect();
        let words: Vec<&str> = words.into_iter().filter(|word| word.chars().any(char::is_alphanumeric)).collect();
        let is_found = |record: &Record| !words.is_empty() && words.iter().all(|word| holds(record, word));
        let shown = timeline(held.values());
        let expected: Vec<(u128, u128)> = shown
            .iter()
            .filter_map(|entry| {
                let texts = std::iter::once(&entry.record).chain(&entry.earlier);
                let first = texts.into_iter().find(|record| is_found(record))?;
                Some((number(first.id), number(entry.record.id)))
            })
            .collect();
        // As typed, character by character.
        let ends = typed.char_indices().map(|(at, _)| at);
        ends.for_each(|end| drop(found(&mut index, &typed[..end])));
        prop_assert_eq!(found(&mut index, &typed), expected);
    }
}
