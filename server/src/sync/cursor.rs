//! Where a device's next page starts, as the text it keeps for us: which run of commits, whose eyes, which place.
//! Anything that does not fit means a rebuild, never an error.

use rapport_shared::access;
use rapport_shared::ids::RecordId;
use rapport_shared::record::Version;
use rapport_shared::record::profile::Profile;
use rapport_shared::sync::wire::Cursor;
use sha2::{Digest, Sha256};

use crate::store::{Head, Row};

/// A place in what one user may see. A first pull goes through the book as it lies, so that it costs as much as the
/// book is large, and then through the changes since it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the book as it lies.
    First {
        /// Where the order of commits stood when the first pull began.
        until: Version,
        /// How far it has come.
        at: First,
    },
    /// In the order of commits.
    Changes {
        /// The last commit sent.
        after: Version,
    },
}

/// A place in the book, in the order in which a first pull goes through its parts. What a customer's scope holds comes
/// after its card: a card that changes meanwhile comes again with the changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// In the records of no customer: colleagues, settings, own tasks.
    Loose {
        /// The last one sent.
        after: Version,
    },
    /// In the customers' own records, by id.
    Cards {
        /// The last one sent.
        after: RecordId,
    },
    /// In all other records of customers, by customer, and by version within one.
    Rest {
        /// The last one sent, or passed.
        after: (RecordId, Version),
    },
}

impl First {
    /// The beginning of the part after this one.
    pub(super) const fn next(self) -> Option<Self> {
        let nobody = RecordId::from_u128(0);
        match self {
            Self::Loose { .. } => Some(Self::Cards { after: nobody }),
            Self::Cards { .. } => Some(Self::Rest {
                after: (nobody, Version::NONE),
            }),
            Self::Rest { .. } => None,
        }
    }

    /// The place after `row`, in this part.
    pub(super) fn moved_to(self, row: &Row) -> Self {
        match self {
            Self::Loose { .. } => Self::Loose { after: row.version },
            Self::Cards { .. } => Self::Cards { after: row.record },
            Self::Rest { after } => Self::Rest {
                after: (row.root.unwrap_or(after.0), row.version),
            },
        }
    }
}

impl Place {
    /// Whether a first pull is at this place when all cards are sent, and other things are not.
    pub(super) const fn is_past_cards(self) -> bool {
        matches!(
            self,
            Self::First {
                at: First::Rest { .. },
                ..
            }
        )
    }

    /// Where a first pull begins.
    pub(super) fn first(head: &Head) -> Self {
        Self::First {
            until: head.sequence,
            at: First::Loose { after: Version::NONE },
        }
    }
}

/// A short digest of all that decides what lies on somebody's devices. When it changes, what was sent before may be
/// wrong.
fn fingerprint(profile: &Profile) -> String {
    let mut text = format!(
        "{}|{}|{:?}|{:?}|{:?}",
        profile.org, profile.user, profile.role, profile.team, profile.branch
    );
    // Before there were pins, devices held all that those who read wider might see.
    if access::wider(profile).is_some() {
        text.push_str("|pins");
    }
    crate::hex::encode(&Sha256::digest(text.as_bytes())[..8])
}

/// The text for a place, in an answer of a moment at which the order of commits stood at `head`.
pub(super) fn write(place: Place, head: &Head, profile: &Profile) -> Cursor {
    let place = match place {
        Place::First { until, at } => match at {
            First::Loose { after } => format!("l.{}.{}", until.0, after.0),
            First::Cards { after } => format!("k.{}.{after}", until.0),
            First::Rest { after } => format!("r.{}.{}.{}", until.0, after.0, after.1.0),
        },
        Place::Changes { after } => format!("c.{}", after.0),
    };
    let (epoch, rights) = (&head.epoch, fingerprint(profile));
    Cursor(format!("2.{epoch}.{rights}.{}.{place}", head.sequence.0))
}

/// What a device's cursor says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// To go on from here.
    At(Place),
    /// The cursor is of no use: the device starts anew.
    Rebuild {
        /// The cursor comes from a run of commits, or a part of it, that this store does not have: it was restored
        /// from a backup, and the device may hold what was acknowledged later.
        reoffer: bool,
    },
}

/// The run of commits in which `cursor` was given out; `None` when it is of no format known here.
pub(super) fn run(cursor: &Cursor) -> Option<&str> {
    let mut parts = cursor.0.split('.');
    let known = matches!(parts.next(), Some("1" | "2"));
    parts
        .next()
        .filter(|run| known && run.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// What `cursor` says to somebody with the rights of `profile`. `reach` is the last commit of its run that is in this
/// store. A device may hold acknowledgements of commits far beyond its place, so the cursor says up to where the order
/// of commits was known; cursors of format 1 did not.
pub(super) fn read(cursor: &Cursor, reach: Option<Version>, profile: &Profile) -> Start {
    let anew = Start::Rebuild { reoffer: false };
    let (Some(_), Some((format, rest))) = (run(cursor), cursor.0.split_once('.')) else {
        return anew;
    };
    let mut parts = rest.splitn(if format == "1" { 3 } else { 4 }, '.').skip(1);
    let rights = parts.next().unwrap_or_default();
    let seen = if format == "1" {
        Some(Version::NONE)
    } else {
        parts.next().and_then(|seen| seen.parse().ok()).map(Version)
    };
    let (Some(seen), Some((place, newest))) = (seen, parts.next().and_then(parse)) else {
        return anew;
    };
    if reach.is_none_or(|reach| newest.max(seen) > reach) {
        return Start::Rebuild { reoffer: true };
    }
    if rights == fingerprint(profile) {
        Start::At(place)
    } else {
        anew
    }
}

/// A place, and the latest commit it knows of.
fn parse(text: &str) -> Option<(Place, Version)> {
    let mut parts = text.split('.');
    let kind = parts.next()?;
    let first = parts.next()?.parse().ok().map(Version)?;
    let mut newest = first;
    let mut version = |text: &str| {
        let version = text.parse().ok().map(Version)?;
        newest = newest.max(version);
        Some(version)
    };
    let first_pull = |at| Place::First { until: first, at };
    let place = match kind {
        "c" => Place::Changes { after: first },
        "l" => first_pull(First::Loose {
            after: version(parts.next()?)?,
        }),
        "k" => first_pull(First::Cards {
            after: parts.next()?.parse().ok()?,
        }),
        "r" => {
            let customer = parts.next()?.parse().ok()?;
            first_pull(First::Rest {
                after: (customer, version(parts.next()?)?),
            })
        }
        // Cards and all else in one order, as it once was: it goes on with the cards from the first.
        "b" => {
            let _: RecordId = parts.next()?.parse().ok()?;
            version(parts.next()?)?;
            first_pull(First::Cards {
                after: RecordId::from_u128(0),
            })
        }
        _ => return None,
    };
    parts.next().is_none().then_some((place, newest))
}

#[cfg(test)]
mod tests {
    use rapport_shared::ids::{BranchId, OrgId, TeamId, UserId};
    use rapport_shared::record::profile::Role;

    use super::*;

    fn profile() -> Profile {
        Profile {
            org: OrgId::from_u128(1),
            user: UserId::from_u128(2),
            login: "rm1".to_owned(),
            name: "张伟".to_owned(),
            role: Role::RelationshipManager,
            team: Some(TeamId::from_u128(3)),
            branch: Some(BranchId::from_u128(4)),
        }
    }

    fn head(sequence: u64) -> Head {
        Head {
            epoch: "e0".to_owned(),
            sequence: Version(sequence),
        }
    }

    fn first(at: First) -> Place {
        Place::First { until: Version(7), at }
    }

    /// As earlier programs wrote them.
    #[test]
    fn places_of_before_are_gone_on_from() {
        let check = |place: &str, expected: Place| {
            let text = Cursor(format!("2.e0.{}.7.{place}", fingerprint(&profile())));
            assert_eq!(
                read(&text, Some(Version(7)), &profile()),
                Start::At(expected),
                "{place}"
            );
        };
        check("l.7.3", first(First::Loose { after: Version(3) }));
        check("c.5", Place::Changes { after: Version(5) });
        let from_first_card = first(First::Cards {
            after: RecordId::from_u128(0),
        });
        check("b.7.00000000-0000-0000-0000-000000000009.5", from_first_card);
    }

    #[test]
    fn a_place_survives_the_trip_to_the_device() {
        let customer = RecordId::from_u128(9);
        for place in [
            first(First::Loose { after: Version(3) }),
            first(First::Cards { after: customer }),
            first(First::Rest {
                after: (customer, Version(5)),
            }),
            Place::Changes { after: Version(7) },
        ] {
            let text = write(place, &head(7), &profile());
            assert_eq!(run(&text), Some("e0"));
            assert_eq!(read(&text, Some(Version(7)), &profile()), Start::At(place));
        }
    }

    #[test]
    fn what_does_not_fit_is_no_place() {
        let text = write(Place::Changes { after: Version(7) }, &head(7), &profile());
        let lead = Profile {
            role: Role::TeamLead,
            ..profile()
        };
        let other = Profile {
            user: UserId::from_u128(8),
            ..profile()
        };
        let (restored, anew) = (Start::Rebuild { reoffer: true }, Start::Rebuild { reoffer: false });
        let reach = |version| Some(Version(version));
        assert_eq!(
            read(&text, reach(6), &profile()),
            restored,
            "beyond what is here of its run"
        );
        assert_eq!(read(&text, None, &profile()), restored, "a run nothing is known of");
        assert_eq!(read(&text, reach(7), &lead), anew, "other rights");
        assert_eq!(read(&text, reach(7), &other), anew, "another user");
        // A place far back, and an acknowledgement of later.
        let place = Place::Changes { after: Version(2) };
        let behind = write(place, &head(7), &profile());
        assert_eq!(read(&behind, reach(6), &profile()), restored);
        assert_eq!(read(&behind, reach(9), &profile()), Start::At(place));
        // As the first release wrote it.
        let first = Cursor(format!("1.e0.{}.c.2", fingerprint(&profile())));
        assert_eq!(run(&first), Some("e0"));
        assert_eq!(read(&first, reach(2), &profile()), Start::At(place));
        assert_eq!(read(&first, reach(1), &profile()), restored);
        for garbage in [
            "",
            "1",
            "x.y.z",
            "1.e0",
            &format!("{}.1", text.0),
            "1.e0.0.c.-1",
            "2.e0.0.c.1",
            "2.e0.0.7.b.7.9.1",
            "2.e0.0.7.k.7",
            "3.e0.0.7.c.1",
            "2.e 0.0.7.c.1",
            "💥",
        ] {
            assert_eq!(
                read(&Cursor(garbage.to_owned()), reach(7), &profile()),
                anew,
                "{garbage}"
            );
        }
    }
}
