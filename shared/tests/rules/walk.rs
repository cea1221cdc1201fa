//! The walk on the device: what has left it is in nothing that it shows, lists, counts, finds or reminds of, whatever its
//! kind. What is shown, printed, told in a title or behind the lock is drawn from the replica and these queries alone.
//! The walk over the server is beside its routes.

use std::collections::BTreeSet;
use std::path::Path;

use quote::ToTokens as _;
use rapport_shared::descriptor::Place;
use rapport_shared::ids::{MutationId, RecordId};
use rapport_shared::kinds;
use rapport_shared::record::refusal::{Refusal, RefusalCode};
use rapport_shared::record::{Kind, Record, Scope, Version};
use rapport_shared::schema::{self, Shape};
use rapport_shared::sync::replica::{LogEntry, Op, Replica};
use rapport_shared::sync::wire::HistoryEntry;
use serde_json::{Value, json};

use crate::{make, queries};

/// In every text of what leaves, and nowhere else.
const MARK: &str = "潜龙九四一七";

/// A record with the mark in every text, and something in everything else.
fn marked(number: u128, kind: &Kind, scope: Scope) -> Record {
    let value = |shape: Shape| match shape {
        Shape::Text | Shape::Name => json!(MARK),
        Shape::Choice(choices) => json!(choices.names[0]),
        Shape::Grade(grades) => json!(grades.from),
        Shape::Integer(from, _) => json!(from.max(1)),
        Shape::Time => json!(make::noon("2026-11-20").milliseconds()),
        Shape::Date => json!("2026-11-21"),
        Shape::Flag => json!(false),
        Shape::Decimal | Shape::Amount | Shape::Rate => json!("94.17"),
        Shape::Id => make::text(0x9417),
        Shape::Person => make::text(1),
        shape if shape.is_line() => json!(MARK),
        _ => Value::Null,
    };
    let mut record = make::record(number, kind.clone(), 0, &[]);
    record.scope = scope;
    for field in schema::fields_of(kind) {
        let (path, value) = match field.shape {
            Shape::Each(choices, inner) => (format!("{}.{}", field.name, choices.names[0]), value(*inner)),
            Shape::Tags => (format!("{}.{MARK}", field.name), json!(true)),
            shape => (field.name.to_owned(), value(shape)),
        };
        if !value.is_null() {
            record.fields.insert(make::path(&path), value);
        }
    }
    record
}

/// A root of `kind` with a record of every kind that lies under it, each with a past.
fn family(number: u128, root: &Kind) -> Vec<Record> {
    let id = make::id(number);
    let under = Kind::KNOWN.iter().filter(|kind| kinds::of(kind).lies_under(root));
    let under = (number + 1..)
        .zip(under)
        .map(|(number, kind)| marked(number, kind, Scope::Under(id)));
    [marked(number, root, Scope::Under(id))]
        .into_iter()
        .chain(under)
        .collect()
}

fn past(record: &Record, number: u128) -> HistoryEntry {
    serde_json::from_value(json!({
        "mutation": MutationId::from_u128(number),
        "record": record.id,
        "kind": record.kind,
        "path": record.fields.keys().next(),
        "from": MARK,
        "to": MARK,
        "stamp": record.created,
    }))
    .unwrap()
}

fn said(replica: &Replica) -> Vec<(&'static str, String)> {
    let records: Vec<&Record> = Kind::KNOWN.iter().flat_map(|kind| replica.iter(kind)).collect();
    let queries = queries::all_queries().into_iter();
    queries.map(|(name, query)| (name, query(&records))).collect()
}

#[test]
fn what_has_left_the_device_is_in_nothing_it_shows() {
    let roots: Vec<&Kind> = Kind::KNOWN
        .iter()
        .filter(|kind| kinds::of(kind).readers().is_some())
        .collect();
    assert!(roots.len() >= 2);
    for root in roots {
        let mut replica = Replica::default();
        let (gone, stays) = (family(0x1000, root), family(0x2000, root));
        let stays: Vec<Record> = stays
            .into_iter()
            .map(|record| serde_json::from_str(&serde_json::to_string(&record).unwrap().replace(MARK, "见龙")).unwrap())
            .collect();
        let history = (1..)
            .zip(&gone)
            .map(|(number, record)| Op::History(past(record, number)));
        let put = gone.iter().chain(&stays).cloned().map(Op::Put);
        replica.apply(LogEntry(put.chain(history).collect()));
        let before = said(&replica);
        let speaking = before.iter().filter(|(_, text)| text.contains(MARK)).count();
        assert!(speaking >= 5, "{root}: the walk would find it");
        assert!(
            stored(&mut replica).contains(MARK),
            "{root}: the walk would find it on the disk"
        );
        replica.apply(LogEntry(vec![Op::Evict(make::id(0x1000))]));
        let ids: BTreeSet<RecordId> = gone.iter().map(|record| record.id).collect();
        for (name, text) in said(&replica) {
            assert!(!text.contains(MARK), "{root}: read in {name}: {text}");
            for id in &ids {
                assert!(!text.contains(&id.to_string()), "{root}: {id} is met in {name}: {text}");
            }
        }
        for id in &ids {
            assert!(replica.get(*id).is_none() && replica.base(*id).is_none());
            assert!(replica.history(*id).is_empty());
            assert_eq!(
                (replica.customer_name(*id), replica.of_customer(*id).count()),
                (None, 0)
            );
        }
        // Everything else is as it was, and nothing of what left is kept for the next start.
        assert_eq!(replica.len(), stays.len());
        let disk = stored(&mut replica);
        assert!(!disk.contains(MARK), "{root}: kept on the disk");
        assert!(!format!("{replica:?}").contains(MARK), "{root}: kept in memory");
    }
}

/// All that the device stores of it anew, before it is sealed.
fn stored(replica: &mut Replica) -> String {
    let checkpoint = replica.checkpoint(None).unwrap();
    replica.checkpointed();
    let pages = checkpoint.pages.into_iter().filter_map(|(_, bytes)| bytes);
    let all: Vec<u8> = pages.chain([checkpoint.head]).flatten().collect();
    String::from_utf8_lossy(&all).into_owned()
}

/// What somebody typed about it and the server did not take is theirs, and stays to be read and copied; nothing else of
/// the root is told with it but its name.
#[test]
fn of_what_was_refused_only_the_authors_own_words_stay() {
    for root in Kind::KNOWN.iter().filter(|kind| kinds::of(kind).readers().is_some()) {
        let mut replica = Replica::default();
        let gone = family(0x1000, root);
        let under = gone.last().unwrap();
        let mut own = make::write(0x3000, under.kind.clone(), under.scope, &[("text", json!("我写的"))]);
        own.id = MutationId::from_u128(77);
        own.base = Version::NONE;
        let refuse = Op::Refuse {
            id: own.id,
            refusal: Refusal::whole(RefusalCode::NotVisible),
        };
        let put: Vec<Op> = gone.iter().cloned().map(Op::Put).collect();
        replica.apply(LogEntry(put));
        replica.apply(LogEntry(vec![Op::Enqueue(own.clone())]));
        replica.apply(LogEntry(vec![Op::Evict(make::id(0x1000)), refuse]));
        let refused = replica.refused();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].mutation.operation, own.operation);
        let texts = refused[0].customer_name.as_deref();
        assert!(texts.is_none_or(|name| name == MARK));
        assert!(gone.iter().all(|record| replica.get(record.id).is_none()));
        assert!(said(&replica).iter().all(|(_, text)| !text.contains(MARK)));
    }
}

#[test]
fn the_walk_knows_every_query() {
    let is_function = |name: &&str| name.contains("::");
    let known: BTreeSet<String> = queries::all_queries()
        .into_keys()
        .filter(is_function)
        .map(str::to_owned)
        .collect();
    let found = in_the_source(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    let missing: Vec<&String> = found.difference(&known).collect();
    assert!(missing.is_empty(), "let the walk go through {missing:?}");
    let stale: Vec<&String> = known.difference(&found).collect();
    assert!(stale.is_empty(), "the walk still knows {stale:?}");
}

/// Every kind says where it lies, and so who reads it; there is no other way to be read.
#[test]
fn every_kind_is_read_by_those_its_places_name() {
    for kind in Kind::KNOWN {
        for place in kinds::of(kind).places {
            match place {
                Place::Root { readers } => {
                    let bare = make::record(7, kind.clone(), 7, &[]);
                    assert!(
                        readers(&bare).len() <= 1,
                        "{kind}: nobody reads it by default but administrators"
                    );
                }
                Place::Under(root) => assert!(kinds::of(root).readers().is_some(), "{kind} under {root}"),
                Place::Own | Place::Organisation => {}
            }
        }
    }
}

/// The functions that anybody may call with many records, by module and name. The engine and its replica hold what they
/// are given, and show nothing.
fn in_the_source(source: &Path) -> BTreeSet<String> {
    fn gather(source: &Path, folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_stem().unwrap().to_string_lossy().into_owned();
            if ["tests", "sync", "vault", "sample"].contains(&&*name) {
                continue;
            }
            if entry.is_dir() {
                gather(source, &entry, found);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                let module = entry.strip_prefix(source).unwrap().components().next().unwrap();
                let module = Path::new(module.as_os_str())
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                let file = syn::parse_file(&std::fs::read_to_string(&entry).unwrap()).unwrap();
                functions(&module, &file.items, found);
            }
        }
    }
    let mut found = BTreeSet::new();
    gather(source, source, &mut found);
    found
}

/// Those among the items of a module, and of its types.
fn functions(module: &str, items: &[syn::Item], found: &mut BTreeSet<String>) {
    let is_public = |visibility: &syn::Visibility| matches!(visibility, syn::Visibility::Public(_));
    let mut take = |signature: &syn::Signature| {
        let arguments = signature.inputs.to_token_stream().to_string();
        let arguments = arguments + &signature.generics.to_token_stream().to_string();
        let is_of_records = |text: &str| {
            let mut words = text.split(|c: char| !c.is_alphanumeric());
            words.any(|word| ["Record", "Outline"].contains(&word) || word.ends_with("View"))
        };
        let has = |word: &str| {
            arguments
                .split(|c: char| !c.is_alphanumeric())
                .any(|other| other == word)
        };
        let mut slices = arguments.split('[').skip(1).filter_map(|part| part.split(']').next());
        let is_many = has("IntoIterator") || has("Iterator") || has("Vec");
        if has("Replica") || slices.any(is_of_records) || is_many && is_of_records(&arguments) {
            found.insert(format!("{module}::{}", signature.ident));
        }
    };
    for item in items {
        match item {
            syn::Item::Fn(function) if is_public(&function.vis) => take(&function.sig),
            syn::Item::Impl(implementation) => {
                for item in &implementation.items {
                    if let syn::ImplItem::Fn(function) = item
                        && is_public(&function.vis)
                    {
                        take(&function.sig);
                    }
                }
            }
            _ => {}
        }
    }
}
