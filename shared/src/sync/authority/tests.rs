//! What a device may claim to have seen.

use serde_json::json;

use super::*;
use crate::ids::{OrgId, UserId};
use crate::record::profile::Role;
use crate::sync::fixtures::{customer, mutation, write};

#[test]
fn what_is_not_committed_here_was_not_seen() {
    let owner = UserId::from_u128(1);
    let card = customer(&[
        ("name", json!("甲")),
        ("type", json!("corporate")),
        ("owner", json!(owner.to_string())),
        ("phone", json!("1")),
    ]);
    // Somebody else's, at version 5; the next version is 6.
    let theirs = mutation(2, 10, 1, write(&[("phone", json!("1"), json!("theirs"))]));
    let card = merge(Some(&card), &theirs, Version(5)).record;
    let profile = Profile {
        org: OrgId::from_u128(1),
        user: owner,
        login: "rm1".to_owned(),
        name: "rm1".to_owned(),
        role: Role::RelationshipManager,
        team: None,
        branch: None,
    };
    let check = |base: u64, forked: bool, conflicts: usize| {
        let mine = mutation(1, 20, base, write(&[("phone", json!("1"), json!("mine"))]));
        let petition = Petition {
            profile: &profile,
            device: mine.device,
            now: Timestamp::from_milliseconds(60_000),
            forked,
        };
        let present = Present {
            record: Some(&card),
            root: Some(&card),
            people: &[],
            known_to_device: false,
        };
        let decision = decide(petition, &mine, present, Version(6), || RecordId::from_u128(99));
        assert_eq!(
            decision.conflicts.len(),
            conflicts,
            "base {base}, forked {forked}: {decision:?}"
        );
    };
    check(1, false, 1);
    check(5, false, 0);
    // The version to come, and any after it.
    check(6, false, 1);
    check(u64::MAX, false, 1);
    // A number of another run of commits says nothing about this one.
    check(5, true, 1);
}
