//! What somebody gets on a device that has nothing: pulled page by page past the engine, so that the engine can be
//! held against it.

use anyhow::bail;
use rapport_shared::ids::DeviceId;
use rapport_shared::sync::engine::Entropy as _;
use rapport_shared::sync::wire::{MAXIMUM_PAGES, PROTOCOL, SignIn, SyncRequest};

use crate::chance::Chance;
use crate::device::now;
use crate::journal::Sight;
use crate::line::Line;

/// Pulls everything.
///
/// # Errors
/// The server does not answer, or says no.
pub async fn of(line: &Line, sign_in: &SignIn) -> anyhow::Result<Sight> {
    let (ticket, _) = line.sign_in(sign_in).await?;
    let device = DeviceId::new(now(), Chance::new(rand::random(), 0).draw());
    let mut request = SyncRequest {
        protocol: PROTOCOL,
        device,
        cursor: None,
        mutations: Vec::new(),
        limit: 1_000,
        pages: MAXIMUM_PAGES,
    };
    let mut sight = Sight::default();
    loop {
        let exchange = line.sync(&ticket, &request).await;
        if let Some(failure) = exchange.failure {
            bail!("no answer: {failure:?}");
        }
        for page in exchange.pages.into_iter().map(|response| response.page) {
            sight
                .records
                .extend(page.records.into_iter().map(|record| (record.id, record)));
            sight.history.extend(page.history);
            request.cursor = Some(page.cursor);
            if !page.more {
                return Ok(sight);
            }
        }
    }
}
