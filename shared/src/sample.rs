//! The book that measurements work on: made-up customers and visit notes, the same every time and the very ones that
//! other libraries are measured with. Compiled only for measuring; no app or server that ships holds it.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp as Moment;
use serde::Serialize;
use serde_json::{Value, json};

use crate::customers::{CustomerType, field, new_customer};
use crate::ids::RecordId;
use crate::notes::field as note_field;
use crate::record::mutation::{Edit, Operation};
use crate::record::profile::Profile;
use crate::record::{FieldPath, Fields, Kind, Record, Scope, Stamp};

mod words;

use words::{
    CITIES, COMMON, COMPANY_BACK, COMPANY_FRONT, DEPARTMENTS, GIVEN, INDUSTRIES, PUNCTUATION, ROADS, SURNAMES, TITLES,
    WORDS,
};

/// What is searched for: in about every fiftieth note.
pub const TERM: &str = "样机";
const SEED: u32 = 20_240_601;
const CARD_SEED: u32 = SEED ^ 0x51ed;
const NOTE_SEED: u32 = SEED ^ 0xbeef;
/// The first of January 2023.
const BEGINNING: i64 = 1_672_531_200_000;
const DAY: i64 = 86_400_000;
/// Characters of a note, and of a card's remark.
const NOTE_LENGTH: usize = 300;
const REMARK_LENGTH: usize = 105;

/// A customer as the generator makes it; members in the order in which it writes them.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    id: String,
    name: String,
    company: String,
    title: String,
    department: String,
    mobile: String,
    phone: String,
    email: String,
    wechat: String,
    province: String,
    city: String,
    address: String,
    postcode: String,
    industry: String,
    level: String,
    source: String,
    owner: String,
    tags: Vec<String>,
    birthday: String,
    credit_limit: i64,
    last_visit_at: String,
    next_visit_at: String,
    remark: String,
    created_at: String,
    updated_at: i64,
}

/// A visit note as the generator makes it.
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    id: String,
    card_id: String,
    author: String,
    kind: String,
    visited_at: String,
    mood: i64,
    text: String,
    created_at: String,
    updated_at: i64,
}

/// `count` customers.
pub fn cards(count: usize) -> Vec<Card> {
    let mut random = Random(CARD_SEED);
    (0..count).map(|_| card(&mut random)).collect()
}

/// `count` notes on the first `cards` customers (at most a thousand of them). Each `salt` gives other notes.
pub fn notes(count: usize, on: usize, salt: u32) -> Vec<Note> {
    let ids: Vec<String> = cards(on.min(1_000)).into_iter().map(|card| card.id).collect();
    let mut random = Random(NOTE_SEED.wrapping_add(salt.wrapping_mul(7_919)));
    (0..count).map(|_| note(&mut random, &ids)).collect()
}

impl Card {
    /// The card as its manager `profile` would write it. What this program has no field for keeps its name, as a field
    /// from a newer version would.
    pub fn edit(&self, profile: &Profile) -> Edit {
        let mut edit = new_customer(id(&self.id), profile)
            .set(FieldPath::known(field::TYPE), CustomerType::Corporate.as_str())
            .set(FieldPath::known("assigned_to"), self.owner.as_str());
        let own = json!(self);
        for (name, value) in own.as_object().into_iter().flatten() {
            let path = match name.as_str() {
                "id" | "owner" | "tags" => continue,
                "address" => field::VISITING_ADDRESS,
                other => other,
            };
            if let Ok(path) = FieldPath::parse(path) {
                edit = edit.set(path, value.clone());
            }
        }
        let tags: HashSet<&String> = self.tags.iter().collect();
        let tags = tags
            .into_iter()
            .filter_map(|tag| FieldPath::of_entry(field::TAGS, tag).ok());
        tags.fold(edit, |edit, tag| edit.set(tag, true))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Note {
    /// The note as it would be written.
    pub fn edit(&self) -> Edit {
        let visited = self.visited_at.parse::<Moment>().map_or(0, Moment::as_millisecond);
        let edit = Edit::create(id(&self.id), Kind::Note, Scope::Under(id(&self.card_id)))
            .set(FieldPath::known(note_field::TEXT), self.text.as_str())
            .set(FieldPath::known(note_field::VISITED_AT), visited);
        [
            ("author", json!(self.author)),
            ("kind", json!(self.kind)),
            ("mood", json!(self.mood)),
            ("created_at", json!(self.created_at)),
            ("updated_at", json!(self.updated_at)),
        ]
        .into_iter()
        .fold(edit, |edit, (name, value)| edit.set(FieldPath::known(name), value))
    }

    /// What was said.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The fields that a record made by `edit` holds.
pub fn fields(edit: &Edit) -> Fields {
    match &edit.operation {
        Operation::Write(changes) => {
            let written = changes.iter().filter(|(_, change)| !change.to.is_null());
            written
                .map(|(path, change)| (path.clone(), change.to.clone()))
                .collect()
        }
        Operation::Delete => Fields::new(),
    }
}

/// The record that the server holds once `edit` is committed as `stamp` says.
pub fn record(edit: &Edit, stamp: Stamp) -> Record {
    Record {
        id: edit.record,
        kind: edit.kind.clone(),
        scope: edit.scope,
        version: stamp.version,
        fields: fields(edit),
        created: stamp,
        stamps: BTreeMap::new(),
        deleted: None,
        unknown: BTreeMap::<String, Value>::new(),
    }
}

fn id(text: &str) -> RecordId {
    text.parse().unwrap_or(RecordId::from_u128(0))
}

/// Mulberry32: 32 bits of state, the same numbers as in every other implementation.
struct Random(u32);

impl Random {
    /// The next number, from 0 up to but not including 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x6d2b_79f5);
        let state = self.0;
        let mut mixed = (state ^ (state >> 15)).wrapping_mul(1 | state);
        mixed ^= mixed.wrapping_add((mixed ^ (mixed >> 7)).wrapping_mul(61 | mixed));
        f64::from(mixed ^ (mixed >> 14)) / 4_294_967_296.0
    }

    /// A whole number from 0 up to but not including `limit`.
    fn below(&mut self, limit: i64) -> i64 {
        (self.next() * limit as f64).floor() as i64
    }

    fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len() as i64) as usize]
    }

    /// One of the words of a list; with `early`, mostly one of the first.
    fn word<'a>(&mut self, list: &List<'a>, early: bool) -> &'a str {
        let place = self.next();
        let place = if early { place * place } else { place };
        list.0[(list.0.len() as f64 * place).floor() as usize]
    }

    fn hexadecimal(&mut self, length: usize) -> String {
        (0..length)
            .filter_map(|_| char::from_digit(self.below(16) as u32, 16))
            .collect()
    }

    fn uuid(&mut self) -> String {
        let (first, second) = (self.hexadecimal(8), self.hexadecimal(4));
        let third = self.hexadecimal(3);
        let variant = self.pick(&["8", "9", "a", "b"]);
        let (fourth, last) = (self.hexadecimal(3), self.hexadecimal(12));
        format!("{first}-{second}-4{third}-{variant}{fourth}-{last}")
    }
}

/// Words, or single characters, to pick from.
struct List<'a>(Vec<&'a str>);

impl<'a> List<'a> {
    fn words(text: &'a str) -> Self {
        Self(text.split(' ').collect())
    }

    fn characters(text: &'a str) -> Self {
        let bounds = text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]);
        Self(bounds.collect())
    }
}

/// A text of `length` characters; `term` goes in somewhere.
fn text(random: &mut Random, length: usize, term: &str) -> String {
    let (words, common) = (List::words(WORDS), List::characters(COMMON));
    let mut characters: Vec<char> = Vec::with_capacity(length + 8);
    let mut clause = 0.0;
    while characters.len() < length {
        let word = match random.next() < 0.6 {
            true => random.word(&words, true),
            false => random.word(&common, true),
        };
        characters.extend(word.chars());
        clause += word.chars().count() as f64;
        if clause > 8.0 + random.next() * 12.0 {
            characters.extend(random.pick(&PUNCTUATION).chars());
            clause = 0.0;
        }
    }
    if !term.is_empty() {
        let at = 20 + random.below(length as i64 - 60) as usize;
        characters.splice(at..at, term.chars());
    }
    characters.truncate(length - 1);
    characters.push('。');
    characters.into_iter().collect()
}

fn name(random: &mut Random) -> String {
    let (surnames, given) = (List::characters(SURNAMES), List::characters(GIVEN));
    let mut name = random.word(&surnames, false).to_owned();
    name.push_str(random.word(&given, false));
    if random.next() < 0.75 {
        name.push_str(random.word(&given, false));
    }
    name
}

fn digits(random: &mut Random) -> String {
    format!("{:08}", random.below(100_000_000))
}

fn card(random: &mut Random) -> Card {
    let one_of = |random: &mut Random, list: &str| random.word(&List::words(list), false).to_owned();
    let (province, city) = CITIES[random.below(CITIES.len() as i64) as usize];
    let time = BEGINNING + random.below(500) * DAY + random.below(DAY);
    let company = one_of(random, COMPANY_FRONT) + &one_of(random, COMPANY_BACK);
    let place: String = city.chars().take(2).collect();
    Card {
        id: random.uuid(),
        name: name(random),
        company: format!("{place}{company}有限公司"),
        title: one_of(random, TITLES),
        department: one_of(random, DEPARTMENTS),
        mobile: format!("1{}{}", random.pick(&["38", "39", "50", "86", "77"]), digits(random)),
        phone: format!("0{}-{}", (10.0 + random.next() * 890.0).floor(), digits(random)),
        email: random.hexadecimal(8) + "@example.com",
        wechat: "wx_".to_owned() + &random.hexadecimal(10),
        province: province.to_owned(),
        city: city.to_owned(),
        address: address(random),
        postcode: (100_000.0 + random.next() * 899_999.0).floor().to_string(),
        industry: one_of(random, INDUSTRIES),
        level: random.pick(&["A", "B", "C", "D"]).to_owned(),
        source: random.pick(&["展会", "转介绍", "电话", "网络", "老客户"]).to_owned(),
        owner: format!("user-{}", random.below(40)),
        tags: (0..3).map(|_| one_of(random, WORDS)).collect(),
        birthday: birthday(random),
        credit_limit: random.below(500) * 1_000,
        last_visit_at: iso(time + random.below(200) * DAY),
        next_visit_at: iso(time + (200.0 + random.next() * 60.0).floor() as i64 * DAY),
        remark: text(random, REMARK_LENGTH, ""),
        created_at: iso(time),
        updated_at: time + random.below(1_000_000_000),
    }
}

fn address(random: &mut Random) -> String {
    let road = random.word(&List::words(ROADS), false);
    let house = (1.0 + random.next() * 999.0).floor();
    let floor = (1.0 + random.next() * 30.0).floor();
    let room = (100.0 + random.next() * 900.0).floor();
    format!("{road}{house}号{floor}楼{room}室")
}

fn birthday(random: &mut Random) -> String {
    let year = 1960 + random.below(40);
    let month = 1 + random.below(12);
    let day = (1.0 + random.next() * 28.0).floor();
    format!("{year:04}-{month:02}-{day:02}")
}

fn note(random: &mut Random, cards: &[String]) -> Note {
    let time = BEGINNING + random.below(500 * 86_400) * 1_000;
    Note {
        id: random.uuid(),
        card_id: cards[random.below(cards.len() as i64) as usize].clone(),
        author: format!("user-{}", random.below(40)),
        kind: random.pick(&["拜访", "电话", "会议", "售后"]).to_owned(),
        visited_at: iso(time),
        mood: random.below(5),
        text: {
            let term = if random.next() < 0.02 { TERM } else { "" };
            text(random, NOTE_LENGTH, term)
        },
        created_at: iso(time + 3_600_000),
        updated_at: time + 3_600_000 + random.below(100_000_000),
    }
}

/// A point in time as JavaScript writes it, always with milliseconds.
fn iso(milliseconds: i64) -> String {
    let time = Moment::from_millisecond(milliseconds).unwrap_or(Moment::UNIX_EPOCH);
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::{TERM, cards, notes};

    #[test]
    fn is_what_the_others_are_measured_with() -> Result<(), serde_json::Error> {
        let (cards, notes) = (cards(1_000), notes(10_000, 1_000, 0));
        let text = format!(
            "{{\"cards\":{},\"notes\":{}}}",
            serde_json::to_string(&cards)?,
            serde_json::to_string(&notes)?
        );
        let digest = Sha256::digest(text.as_bytes());
        // The digest of the generator it is ported from.
        assert_eq!(digest[..8], [0xf8, 0x36, 0xf9, 0x19, 0xe6, 0x97, 0x94, 0x83]);
        assert_eq!(notes.iter().filter(|note| note.text().contains(TERM)).count(), 188);
        Ok(())
    }
}
