//! Reading online what does not lie on the device: a search over the customers in sight, and one customer whole. Every
//! reading is written to the audit, by ids and numbers, never by what was typed. Nothing is changed here.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use rapport_shared::access;
use rapport_shared::customers::CustomerView;
use rapport_shared::ids::RecordId;
use rapport_shared::record::Record;
use rapport_shared::record::profile::Profile;
use rapport_shared::search::{self, Hit, Query, SearchIndex};
use rapport_shared::sync::wire::{
    CustomerSearch, CustomersFound, MAXIMUM_SEARCH_CHARACTERS, MAXIMUM_SEARCH_ROWS, ProblemCode, WholeCustomer,
};
use rapport_shared::time::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::auth::{Guarded, SignedIn};
use crate::http::openapi::{Reading, Searching};
use crate::problem::Failure;
use crate::state::AppState;
use crate::store::{AuditEntry, Row, View};

/// A `CustomersFound` whose records are passed on as stored.
#[derive(Debug, Serialize)]
pub struct Found {
    rows: Vec<FoundRow>,
    found: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct FoundRow {
    record: Box<RawValue>,
}

/// A `WholeCustomer`, in the same way.
#[derive(Debug, Serialize)]
pub struct Whole {
    now: Timestamp,
    records: Vec<Box<RawValue>>,
    history: Vec<Box<RawValue>>,
}

fn view(profile: &Profile) -> View {
    View {
        user: profile.user,
        channels: access::visible_channels(profile),
    }
}

/// `POST /api/customers/search`.
///
/// # Errors
/// `SignedOut`, `BadCsrfToken`, `BadRequest`, `TooManyRequests` or `Internal`.
#[utoipa::path(
    post,
    path = "/api/customers/search",
    operation_id = "searchCustomers",
    summary = "Search the customers in sight",
    tag = "customers",
    security(("session" = [], "csrf" = [])),
    request_body = CustomerSearch,
    responses((status = 200, description = "Customers in sight, best matches first.", body = CustomersFound), Searching)
)]
pub async fn search(
    State(state): State<AppState>,
    Guarded(signed_in): Guarded,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Found>, Failure> {
    let bad = || Failure::new(ProblemCode::BadRequest);
    let asked: CustomerSearch = serde_json::from_slice(&body?).map_err(|_| bad())?;
    if asked.text.chars().count() > MAXIMUM_SEARCH_CHARACTERS {
        return Err(bad());
    }
    let profile = signed_in.profile;
    let rows = state.store.read(profile.org).await?.roots(&view(&profile)).await?;
    // Folding many names takes its time, which other requests must not wait for.
    let found = tokio::task::spawn_blocking(move || find(rows, &asked)).await;
    let (ids, found) = found.map_err(|_| Failure::new(ProblemCode::Internal))?;
    let shown: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let subject = format!("{} of {}: {}", ids.len(), found.found, shown.join(" "));
    audit(&state, &profile, "search", subject).await?;
    Ok(Json(found))
}

/// The rows asked for, and their ids.
fn find(rows: Vec<Row>, asked: &CustomerSearch) -> (Vec<RecordId>, Found) {
    let records: Vec<Option<Record>> = rows
        .iter()
        .map(|row| serde_json::from_str(row.body.get()).ok())
        .collect();
    let customers = records.iter().flatten().filter(|record| !record.is_deleted());
    let customers = customers.filter_map(CustomerView::of);
    let index = SearchIndex::build(customers.map(|customer| (customer.id(), search::customer_texts(customer, []))));
    let hits = index.search(&Query::new(&asked.text));
    let start = asked.after.as_deref().map_or(0, |after| place_after(after, &hits));
    let limit = asked.limit.clamp(1, MAXIMUM_SEARCH_ROWS) as usize;
    let end = hits.len().min(start + limit);
    let ids: Vec<RecordId> = hits[start..end].iter().map(|hit| hit.id).collect();
    let more = end < hits.len();
    let next = ids.last().filter(|_| more).map(|last| format!("{end}.{last}"));
    let mut bodies: std::collections::HashMap<RecordId, Box<RawValue>> =
        rows.into_iter().map(|row| (row.record, row.body)).collect();
    let shown = ids.iter().filter_map(|id| bodies.remove(id));
    let found = Found {
        rows: shown.map(|record| FoundRow { record }).collect(),
        found: hits.len(),
        next,
    };
    (ids, found)
}

/// Where the rows after `after` begin: behind the customer it names, or where that customer was when it is found no
/// more. What cannot be read is the beginning.
fn place_after(after: &str, hits: &[Hit]) -> usize {
    let Some((place, last)) = after.split_once('.') else {
        return 0;
    };
    let (place, last): (usize, Option<RecordId>) = (place.parse().unwrap_or(0), last.parse().ok());
    let found = hits.iter().position(|hit| Some(hit.id) == last);
    found.map_or(place.min(hits.len()), |at| at + 1)
}

/// `GET /api/customers/{id}`.
///
/// # Errors
/// `NotFound` for what is not there and for what may not be seen alike; `SignedOut`, `TooManyRequests` or `Internal`.
#[utoipa::path(
    get,
    path = "/api/customers/{id}",
    operation_id = "showCustomer",
    summary = "Read one customer whole",
    tag = "customers",
    params(("id" = String, Path, description = "The customer's id.")),
    security(("session" = [])),
    responses((status = 200, description = "All in the customer's scope.", body = WholeCustomer), Reading)
)]
pub async fn show(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Json<Whole>, Failure> {
    let not_found = || Failure::new(ProblemCode::NotFound);
    let id: RecordId = id.parse().map_err(|_| not_found())?;
    let profile = signed_in.profile;
    let mut reader = state.store.read(profile.org).await?;
    let stored = reader.records(&[id]).await?;
    let customer = stored.get(&id).and_then(CustomerView::of);
    if !customer.is_some_and(|customer| access::may_see(&profile, customer.0)) {
        return Err(not_found());
    }
    let records = reader.whole(&[id]).await?;
    let ids: Vec<RecordId> = records.iter().map(|row| row.record).collect();
    let head = reader.head().await?;
    let history = reader.history_of(&ids, head.sequence).await?;
    drop(reader);
    audit(&state, &profile, "read", format!("{id} {} records", records.len())).await?;
    Ok(Json(Whole {
        now: state.clock.now(),
        records: records.into_iter().map(|row| row.body).collect(),
        history: history.into_iter().map(|row| row.body).collect(),
    }))
}

async fn audit(state: &AppState, profile: &Profile, action: &str, subject: String) -> Result<(), Failure> {
    let entry = AuditEntry {
        org: Some(profile.org),
        at: state.clock.now(),
        user: Some(profile.user),
        device: None,
        action: action.to_owned(),
        subject,
    };
    Ok(state.store.audit(&entry).await?)
}
