//! Whom something was last written about.

use rapport_shared::recent::last_written;
use rapport_shared::record::{Kind, Record, Stamp};

use crate::make::{id, noon, record};

fn written(number: u128, customer: u128, day: &str) -> Record {
    let mut record = record(number, Kind::Note, customer, &[]);
    record.created = Stamp {
        at: noon(day),
        ..record.created
    };
    record
}

#[test]
fn the_newest_record_counts() {
    let mut removed = written(4, 9, "2026-11-30");
    removed.deleted = Some(removed.created);
    let records = [
        written(1, 7, "2026-11-01"),
        written(2, 8, "2026-11-05"),
        written(3, 7, "2026-11-09"),
        removed,
    ];
    assert_eq!(last_written(&records, 5), [id(7), id(8)]);
    assert_eq!(last_written(&records, 1), [id(7)]);
    assert_eq!(last_written(&records[..0], 5), []);
}
