//! Reading a sync request so that one bad mutation fails alone: mutations are taken as raw JSON first, and only what
//! has a readable id can be answered. It judges no values.

use rapport_shared::ids::{DeviceId, MutationId};
use rapport_shared::record::mutation::Mutation;
use rapport_shared::record::refusal::RefusalCode;
use rapport_shared::sync::wire::{
    Cursor, MAXIMUM_MUTATION_BYTES, MAXIMUM_MUTATIONS, MAXIMUM_PAGES, PROTOCOL, ProblemCode,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::problem::Failure;

/// The most records in a page, whatever a device asks for.
const LARGEST_PAGE: u32 = 5_000;

/// A request, as far as it could be read.
pub(super) struct Request {
    pub(super) device: DeviceId,
    pub(super) cursor: Option<Cursor>,
    pub(super) mutations: Vec<Received>,
    pub(super) limit: usize,
    pub(super) pages: u32,
}

/// One mutation of a request.
pub(super) enum Received {
    /// It could be read.
    Mutation(Box<Mutation>),
    /// Only its id could be.
    Refused(MutationId, RefusalCode),
}

impl Received {
    pub(super) fn id(&self) -> MutationId {
        match self {
            Self::Mutation(mutation) => mutation.id,
            Self::Refused(id, _) => *id,
        }
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    protocol: u32,
    device: DeviceId,
    #[serde(default)]
    cursor: Option<Cursor>,
    #[serde(default, borrow)]
    mutations: Vec<&'a RawValue>,
    limit: u32,
    #[serde(default)]
    pages: u32,
}

#[derive(Deserialize)]
struct Identified {
    id: MutationId,
}

/// Reads a body.
///
/// # Errors
/// `BadRequest` when it is no request or holds something that cannot even be answered, `ProtocolTooNew` when the
/// device speaks a later protocol, `TooLarge` for too many mutations.
pub(super) fn read(body: &[u8]) -> Result<Request, Failure> {
    let bad = || Failure::new(ProblemCode::BadRequest);
    let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(|_| bad())?;
    if envelope.protocol > PROTOCOL {
        return Err(Failure::new(ProblemCode::ProtocolTooNew));
    }
    if envelope.mutations.len() > MAXIMUM_MUTATIONS {
        return Err(Failure::new(ProblemCode::TooLarge));
    }
    let mutations = envelope
        .mutations
        .iter()
        .map(|raw| received(raw))
        .collect::<Option<_>>()
        .ok_or_else(bad)?;
    Ok(Request {
        device: envelope.device,
        cursor: envelope.cursor,
        mutations,
        limit: envelope.limit.clamp(1, LARGEST_PAGE) as usize,
        pages: envelope.pages.clamp(1, MAXIMUM_PAGES),
    })
}

fn received(raw: &RawValue) -> Option<Received> {
    let text = raw.get();
    let refused = |code| {
        serde_json::from_str::<Identified>(text)
            .ok()
            .map(|mutation| Received::Refused(mutation.id, code))
    };
    if text.len() > MAXIMUM_MUTATION_BYTES {
        return refused(RefusalCode::TooLarge);
    }
    match serde_json::from_str::<Mutation>(text) {
        Ok(mutation) => Some(Received::Mutation(Box::new(mutation))),
        Err(_) => refused(RefusalCode::InvalidValue),
    }
}
