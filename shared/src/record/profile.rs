//! Who is signed in: identity, role and place in the organisation. What a role may do is judged by `access`, never here.

use serde::{Deserialize, Serialize};

use crate::ids::{BranchId, OrgId, TeamId, UserId};

/// What somebody's job lets them do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// 客户经理: owns customers.
    RelationshipManager,
    /// 团队主管: sees the team's customers.
    TeamLead,
    /// 后台: sees the branch's customers.
    BackOffice,
    /// 管理员: sees the organisation, manages users.
    Administrator,
}

/// The signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    /// The organisation.
    pub org: OrgId,
    /// The user.
    pub user: UserId,
    /// The name to sign in with.
    pub login: String,
    /// The name to show.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The team, for relationship managers and leads.
    #[serde(default)]
    pub team: Option<TeamId>,
    /// The branch, for everybody but administrators.
    #[serde(default)]
    pub branch: Option<BranchId>,
}
