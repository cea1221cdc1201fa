//! Whom something was last written about.

use rapport_shared::recent::last_written;

use crate::make::{id, noon};

#[test]
fn the_newest_record_counts() {
    let written = [(7, "2026-11-01"), (8, "2026-11-05"), (7, "2026-11-09")].map(|(of, day)| (id(of), noon(day)));
    assert_eq!(last_written(written, 5), [id(7), id(8)]);
    assert_eq!(last_written(written, 1), [id(7)]);
    assert_eq!(last_written([], 5), []);
}
