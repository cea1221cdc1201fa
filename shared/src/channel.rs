//! The ways in which people and roots are connected: whoever shares a channel with a root sees it and everything under
//! it. Which channels a root is on is told by its own fields, which ones a person has by role and place (`access`);
//! neither is known here.

use std::fmt;
use std::str::FromStr;

use crate::ids::{BranchId, TeamId, UserId};

/// What lies beyond what is somebody's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wider {
    /// A team.
    Team(TeamId),
    /// A branch.
    Branch(BranchId),
    /// All of the organisation.
    Organisation,
}

impl From<Wider> for Channel {
    fn from(wider: Wider) -> Self {
        match wider {
            Wider::Team(id) => Self::Team(id),
            Wider::Branch(id) => Self::Branch(id),
            Wider::Organisation => Self::Organisation,
        }
    }
}

/// A way in which people and roots are connected: somebody sees, or a device holds, what shares a channel with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// A person by name: owner, co-manager, member.
    User(UserId),
    /// The team, for its lead.
    Team(TeamId),
    /// The branch, for its back office.
    Branch(BranchId),
    /// The whole organisation, for administrators.
    Organisation,
    /// Everybody who works there, whatever their role.
    Staff(Wider),
    /// Pinned by this user, who reads this far. For holding only, never for seeing.
    Pin(UserId, Wider),
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Team(id) => write!(f, "team:{id}"),
            Self::Branch(id) => write!(f, "branch:{id}"),
            Self::Organisation => f.write_str("organisation"),
            Self::Staff(wider) => write!(f, "staff:{}", Self::from(*wider)),
            Self::Pin(user, wider) => write!(f, "pin:{user}:{}", Self::from(*wider)),
        }
    }
}

impl Channel {
    /// How far somebody reads who sees roots by this channel; `None` where that is not by a role.
    pub(crate) const fn width(&self) -> Option<Wider> {
        match self {
            Self::Team(id) => Some(Wider::Team(*id)),
            Self::Branch(id) => Some(Wider::Branch(*id)),
            Self::Organisation => Some(Wider::Organisation),
            Self::User(_) | Self::Staff(_) | Self::Pin(..) => None,
        }
    }
}

/// Why a text is not a channel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a channel: user:<id>, team:<id>, branch:<id>, organisation, or staff: or pin:<id>: before one of the last three"
)]
pub struct NotAChannel;

impl FromStr for Channel {
    type Err = NotAChannel;

    fn from_str(text: &str) -> Result<Self, NotAChannel> {
        if text == "organisation" {
            return Ok(Self::Organisation);
        }
        let parsed = match text.split_once(':') {
            Some(("user", id)) => id.parse().ok().map(Self::User),
            Some(("team", id)) => id.parse().ok().map(Self::Team),
            Some(("branch", id)) => id.parse().ok().map(Self::Branch),
            Some(("staff", wider)) => parse_wider(wider).map(Self::Staff),
            Some(("pin", rest)) => parse_pin(rest),
            _ => None,
        };
        parsed.ok_or(NotAChannel)
    }
}

fn parse_wider(text: &str) -> Option<Wider> {
    text.parse::<Channel>().ok()?.width()
}

fn parse_pin(text: &str) -> Option<Channel> {
    let (user, wider) = text.split_once(':')?;
    Some(Channel::Pin(user.parse().ok()?, parse_wider(wider)?))
}
