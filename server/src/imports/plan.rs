//! One import as one transaction: which rows are new, changed, unchanged or refused. A row is merged three ways (the
//! file now, the file last time, the record), so that an unchanged cell never undoes what somebody edited since.

use std::collections::{BTreeMap, HashMap};

use rapport_shared::access;
use rapport_shared::customers::{CustomerType, field as customer_field};
use rapport_shared::identity;
use rapport_shared::ids::{MutationId, OrgId, RecordId, UserId};
use rapport_shared::people::field as person_field;
use rapport_shared::record::mutation::{Change, Mutation, Operation};
use rapport_shared::record::profile::{Profile, Role};
use rapport_shared::record::refusal::{Refusal, RefusalCode};
use rapport_shared::record::{FieldPath, Kind, Record, Scope, Version};
use rapport_shared::schema;
use rapport_shared::settings;
use rapport_shared::sync::merge::merge;
use rapport_shared::text::in_half_width;
use rapport_shared::time::Timestamp;
use serde_json::Value;

use super::mapping::Mapping;
use super::table::{Row, Table};
use super::value::{Directory, Entries, Reading, convert};
use super::{Failed, Options, Report, RowError};
use crate::clock;
use crate::messages::Message;
use crate::people::fold_login;
use crate::store::{AuditEntry, ImportedRow, Store, Writer};
use crate::sync::ledger::{Ledger, SERVER_DEVICE};

/// The column that names a holding's customer: no field of the holding.
const CUSTOMER_CODE: &str = "customer_code";
const CODE: &str = customer_field::CODE;

/// Rows that are read, decided and written at once.
const PIECE: usize = 1_000;

/// Minutes ahead of UTC.
const CHINA: i32 = 480;

type Cells = BTreeMap<String, String>;

pub(super) struct Plan<'a> {
    options: &'a Options,
    mapping: &'a Mapping,
    author: Profile,
    now: Timestamp,
    people: HashMap<RecordId, Record>,
    directory: Directory,
    reading: Reading,
    /// What new customers start with.
    defaults: Entries,
    /// Customers by [`key`], like all below. Only holdings ask for them.
    customers: HashMap<String, RecordId>,
    known: HashMap<String, RecordId>,
    /// Codes of rows of earlier files, as they were then.
    codes: HashMap<String, String>,
    /// What those rows said, by code, of the present piece.
    imported: HashMap<String, ImportedRow>,
    /// Of the present piece.
    ledger: Ledger,
    /// Of the present piece.
    remembered: Vec<(String, ImportedRow)>,
    report: Report,
}

/// Imports the rows of `table` behind the header: piece by piece, so that what is held in memory does not grow with the
/// file, and in one transaction. A dry run is the same without its end.
pub(super) async fn run(
    store: &dyn Store,
    org: OrgId,
    options: &Options,
    mapping: &Mapping,
    table: &Table,
    now: Timestamp,
) -> Result<Report, Failed> {
    let author = author(store, org, options).await?;
    let rows = || table.rows().skip(mapping.header_row + 1);
    let twice = twice(mapping, rows());
    let mut writer = store.write(org).await?;
    let mut plan = Plan::prepare(&mut *writer, options, mapping, author.clone(), now).await?;
    let mut rows = rows();
    loop {
        let piece: Vec<Row> = rows.by_ref().take(PIECE).collect();
        if piece.is_empty() {
            break;
        }
        plan.begin(&mut *writer, &piece).await?;
        for row in &piece {
            plan.row(row, &twice);
        }
        plan.end(&mut *writer).await?;
    }
    let report = plan.report;
    if options.dry_run {
        return Ok(report);
    }
    let mut ledger = Ledger::new(&writer.head().await?, HashMap::new());
    ledger.audit(AuditEntry {
        org: Some(org),
        at: now,
        user: Some(author.user),
        device: None,
        action: "import".to_owned(),
        subject: format!(
            "{}: {} new, {} changed, {} unchanged, {} refused",
            options.kind, report.new, report.changed, report.unchanged, report.refused
        ),
    });
    writer.put(&ledger.finish()).await?;
    writer.commit().await?;
    Ok(report)
}

async fn author(store: &dyn Store, org: OrgId, options: &Options) -> Result<Profile, Failed> {
    let accounts = store.accounts(org).await?;
    let mut accounts = accounts
        .iter()
        .filter(|account| account.active)
        .map(|account| &account.profile);
    let found = match &options.author {
        Some(login) => accounts
            .find(|profile| fold_login(&profile.login) == fold_login(login))
            .ok_or_else(|| Message::new("import.unknown_login").with("login", login)),
        None => accounts
            .find(|profile| profile.role == Role::Administrator)
            .ok_or_else(|| Message::new("import.no_administrator")),
    };
    // Whoever imports reaches as far as the bank.
    let role = Role::Administrator;
    Ok(Profile { role, ..found?.clone() })
}

/// What codes are compared by: `K001`, `k001` and `Ｋ００１` are one customer to everybody who types them.
fn key(code: &str) -> String {
    in_half_width(code).trim().to_lowercase()
}

/// Keys that occur more than once, with the numbers of their first two rows.
fn twice(mapping: &Mapping, rows: impl Iterator<Item = Row>) -> HashMap<String, (usize, usize)> {
    let column = code_column(mapping);
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut twice = HashMap::new();
    for row in rows.filter(|row| row.fault.is_none()) {
        let key = key(row.cell(column));
        match first.get(&key) {
            Some(earlier) => {
                twice.entry(key).or_insert((*earlier, row.number));
            }
            None => {
                first.insert(key, row.number);
            }
        }
    }
    twice
}

fn code_column(mapping: &Mapping) -> usize {
    mapping.columns.get(CODE).map_or(usize::MAX, |(column, _)| *column)
}

async fn by_code(writer: &mut dyn Writer, kind: &Kind) -> Result<HashMap<String, RecordId>, Failed> {
    let mut found: HashMap<String, (Version, RecordId)> = HashMap::new();
    let mut take = |record: Record| {
        let Some(code) = record.text(CODE) else { return };
        let this = (record.created.version, record.id);
        // Of two with the same code the older one counts, every time.
        let of_code = found.entry(key(code)).or_insert(this);
        *of_code = this.min(*of_code);
    };
    writer.each_of_kind(kind, &mut take).await?;
    Ok(found.into_iter().map(|(key, (_, id))| (key, id)).collect())
}

impl<'a> Plan<'a> {
    async fn prepare(
        writer: &mut dyn Writer,
        options: &'a Options,
        mapping: &'a Mapping,
        author: Profile,
        now: Timestamp,
    ) -> Result<Self, Failed> {
        let people = writer.of_kind(&Kind::Person).await?;
        let directory = Directory::new(&people);
        let today = now.civil_date(CHINA);
        let settings = settings::of(&writer.of_kind(&Kind::Setting).await?, today);
        let reading = Reading { today, settings };
        let defaults = defaults(options, &people, &directory)?;
        let mut known = by_code(writer, &options.kind).await?;
        let customers = if options.kind == Kind::Customer {
            HashMap::new()
        } else {
            by_code(writer, &Kind::Customer).await?
        };
        let mut codes: Vec<(String, RecordId)> = writer.imported_codes(&options.kind).await?;
        codes.sort();
        known.extend(codes.iter().map(|(code, record)| (key(code), *record)));
        Ok(Self {
            options,
            mapping,
            author,
            now,
            people: people.into_iter().map(|person| (person.id, person)).collect(),
            directory,
            reading,
            defaults,
            customers,
            known,
            codes: codes.into_iter().map(|(code, _)| (key(&code), code)).collect(),
            imported: HashMap::new(),
            ledger: Ledger::new(&writer.head().await?, HashMap::new()),
            remembered: Vec::new(),
            report: Report {
                ignored: mapping.ignored.clone(),
                ..Report::default()
            },
        })
    }

    /// Reads what the rows of a piece need.
    async fn begin(&mut self, writer: &mut dyn Writer, piece: &[Row]) -> Result<(), Failed> {
        let column = code_column(self.mapping);
        let keys: Vec<String> = piece.iter().map(|row| key(row.cell(column))).collect();
        let records: Vec<RecordId> = keys.iter().filter_map(|key| self.known.get(key)).copied().collect();
        let codes: Vec<String> = keys.iter().filter_map(|key| self.codes.get(key)).cloned().collect();
        self.imported = writer.imported(&self.options.kind, &codes).await?;
        self.ledger = Ledger::new(&writer.head().await?, writer.records(&records).await?);
        Ok(())
    }

    fn row(&mut self, row: &Row, twice: &HashMap<String, (usize, usize)>) {
        if let Some(fault) = row.fault {
            return self.refuse_at(row, fault.column, Message::new("reason.broken_quote"));
        }
        let code = row.cell(code_column(self.mapping));
        match twice.get(&key(code)) {
            _ if code.is_empty() => self.refuse(row, CODE, Message::new("reason.missing_key")),
            Some((first, second)) => {
                let other = if row.number == *first { second } else { &row.number };
                let message = Message::new("reason.duplicate_key")
                    .with("first", first)
                    .with("second", other);
                self.refuse(row, CODE, message.with("value", code));
            }
            None => self.take(code, row),
        }
    }

    /// Writes what became of a piece.
    async fn end(&mut self, writer: &mut dyn Writer) -> Result<(), Failed> {
        let nothing = Ledger::new(&writer.head().await?, HashMap::new());
        let batch = std::mem::replace(&mut self.ledger, nothing).finish();
        writer.put(&batch).await?;
        let remembered = std::mem::take(&mut self.remembered);
        Ok(writer.put_imported(&self.options.kind, &remembered).await?)
    }

    fn refuse(&mut self, row: &Row, field: &str, reason: Message) {
        match self.mapping.columns.get(field) {
            Some((column, header)) => self.note(row, *column, header.clone(), reason),
            None => self.note(row, usize::MAX, field.to_owned(), reason),
        }
    }

    fn refuse_at(&mut self, row: &Row, column: usize, reason: Message) {
        let mut columns = self.mapping.columns.values();
        let header = columns.find(|(position, _)| *position == column);
        let header = header.map_or_else(|| (column + 1).to_string(), |(_, header)| header.clone());
        self.note(row, column, header, reason);
    }

    fn note(&mut self, row: &Row, column: usize, header: String, reason: Message) {
        if self.report.errors.last().is_none_or(|last| last.row != row.number) {
            self.report.refused += 1;
        }
        self.report.errors.push(RowError {
            row: row.number,
            column: header,
            value: row.cell(column).to_owned(),
            reason,
        });
    }

    fn take(&mut self, code: &str, row: &Row) {
        let cells: Cells = self
            .mapping
            .columns
            .iter()
            .map(|(field, (column, _))| (field.clone(), row.cell(*column).to_owned()))
            .collect();
        let key = key(code);
        let code = self.codes.get(&key).cloned().unwrap_or_else(|| in_half_width(code));
        let before = self
            .imported
            .get(&code)
            .map(|row| row.cells.clone())
            .unwrap_or_default();
        let record = self.known.get(&key).and_then(|id| self.ledger.get(*id)).cloned();
        let Some(scope) = self.scope(row, &cells, record.as_ref()) else {
            return;
        };
        let Some(mut wanted) = self.wanted(row, &cells, &before) else {
            return;
        };
        if record.is_none() {
            self.complete(&mut wanted);
        } else {
            // It was found by its code, however the file writes that now.
            wanted.remove(&FieldPath::known(CODE));
        }
        let id = record.as_ref().map_or_else(|| scope.0, |record| record.id);
        let changes = changes(wanted, record.as_ref());
        if changes.is_empty() && record.is_some() {
            self.report.unchanged += 1;
        } else if let Err(refusal) = self.write(id, scope.1, record.as_ref(), changes) {
            let field = refusal.field.as_ref().map_or(CODE, FieldPath::field).to_owned();
            self.refuse(row, &field, reason(&refusal));
            return;
        }
        if cells != before {
            let cells = before.into_iter().chain(cells).collect();
            self.remembered.push((code, ImportedRow { record: id, cells }));
        }
    }

    /// A new record's id and the scope, or `None` when the row was refused.
    fn scope(&mut self, row: &Row, cells: &Cells, record: Option<&Record>) -> Option<(RecordId, Scope)> {
        let id = RecordId::new(self.now, clock::entropy());
        if self.options.kind == Kind::Customer {
            let id = record.map_or(id, |record| record.id);
            return Some((id, Scope::Under(id)));
        }
        let code = cells.get(CUSTOMER_CODE).map_or("", String::as_str);
        let Some(customer) = self.customers.get(&key(code)).copied() else {
            self.refuse(row, CUSTOMER_CODE, Message::new("reason.unknown_customer"));
            return None;
        };
        if record.is_some_and(|record| record.root() != Some(customer)) {
            self.refuse(row, CUSTOMER_CODE, Message::new("reason.other_customer"));
            return None;
        }
        Some((id, Scope::Under(customer)))
    }

    /// What the row wants to be different from what the file said last time; `None` when it was refused.
    fn wanted(&mut self, row: &Row, cells: &Cells, before: &Cells) -> Option<Entries> {
        let is_code = self.is_credit_code(cells);
        let mut wanted = Entries::new();
        let mut refused = false;
        for (field, cell) in cells.iter().filter(|(field, _)| *field != CUSTOMER_CODE) {
            let earlier = before.get(field).map_or("", String::as_str);
            if earlier == cell {
                continue;
            }
            let meant = match field.as_str() {
                customer_field::ID_NUMBER if is_code => customer_field::CREDIT_CODE,
                field => field,
            };
            let convert = |cell| convert(&self.options.kind, meant, cell, &self.directory, &self.reading);
            match convert(cell) {
                Ok(entries) => {
                    let gone = convert(earlier).unwrap_or_default();
                    wanted.extend(gone.into_keys().map(|path| (path, Value::Null)));
                    wanted.extend(entries);
                }
                Err(reason) => {
                    self.refuse(row, field, reason);
                    refused = true;
                }
            }
        }
        (!refused).then_some(wanted)
    }

    /// Whether the number of the row's document (one column in many files) is that of an organisation, not of a person.
    fn is_credit_code(&self, cells: &Cells) -> bool {
        let cell = |field: &str| cells.get(field).map_or("", String::as_str);
        let number = identity::normalise(cell(customer_field::ID_NUMBER));
        if identity::is_resident_id(&number) || !cell(customer_field::CREDIT_CODE).is_empty() {
            return false;
        }
        // A person's number begins with a region, and no region with 9; enterprises' codes do.
        let kind_of = |cell: &str| {
            convert(
                &Kind::Customer,
                customer_field::TYPE,
                cell,
                &self.directory,
                &self.reading,
            )
        };
        let told = kind_of(cell(customer_field::TYPE)).unwrap_or_default();
        match told.values().next().and_then(Value::as_str) {
            Some(kind) => kind != CustomerType::Individual.as_str(),
            None => number.starts_with('9'),
        }
    }

    fn complete(&self, wanted: &mut Entries) {
        if self.options.kind != Kind::Customer {
            return;
        }
        let customer_type = if wanted.contains_key(customer_field::ID_NUMBER) {
            CustomerType::Individual
        } else {
            self.options.customer_type
        };
        wanted
            .entry(FieldPath::known(customer_field::TYPE))
            .or_insert_with(|| customer_type.as_str().into());
        if !wanted.contains_key(customer_field::OWNER) {
            wanted.extend(self.defaults.clone());
        }
    }

    fn write(
        &mut self,
        id: RecordId,
        scope: Scope,
        record: Option<&Record>,
        changes: BTreeMap<FieldPath, Change>,
    ) -> Result<(), Refusal> {
        let mutation = Mutation {
            id: MutationId::new(self.now, clock::entropy()),
            device: SERVER_DEVICE,
            device_seq: 0,
            author: self.author.user,
            at: self.now,
            record: id,
            kind: self.options.kind.clone(),
            scope,
            base: record.map_or(Version::NONE, |record| record.version),
            operation: Operation::Write(changes),
            unknown: BTreeMap::new(),
        };
        let find = |user: UserId| self.people.get(&user.into());
        access::check_people(&self.author, &mutation, record, find)?;
        schema::check(&mutation, record)?;
        let merged = merge(record, &mutation, self.ledger.next());
        self.ledger.advance(1);
        self.ledger.add_history(scope, merged.history);
        self.ledger.put(merged.record);
        if record.is_some() {
            self.report.changed += 1;
        } else {
            self.report.new += 1;
        }
        Ok(())
    }
}

fn changes(wanted: Entries, record: Option<&Record>) -> BTreeMap<FieldPath, Change> {
    let mut changes = BTreeMap::new();
    for (path, to) in wanted {
        let from = record
            .and_then(|record| record.get(path.as_str()))
            .cloned()
            .unwrap_or(Value::Null);
        if from != to {
            changes.insert(path, Change { from, to });
        }
    }
    changes
}

/// Who is in charge of new customers a file says nothing about.
fn defaults(options: &Options, people: &[Record], directory: &Directory) -> Result<Entries, Message> {
    if let Some(login) = &options.owner {
        let unknown = |_| Message::new("import.unknown_login").with("login", login);
        let entries = directory.in_care_of(login).map_err(unknown)?;
        // Whoever reads no customers of his own would leave them to nobody.
        if !directory.may_own(login) {
            return Err(Message::new("import.owner_role").with("login", login));
        }
        return Ok(entries);
    }
    let branches: BTreeMap<&str, &str> = people
        .iter()
        .filter_map(|person| {
            Some((
                person.text(person_field::BRANCH_NAME)?,
                person.text(person_field::BRANCH)?,
            ))
        })
        .collect();
    let branch = match &options.branch {
        Some(name) => {
            let unknown = || Message::new("import.unknown_branch").with("branch", name);
            Some(*branches.get(name.as_str()).ok_or_else(unknown)?)
        }
        // With one branch there is no question.
        None if branches.len() == 1 => branches.values().next().copied(),
        None => None,
    };
    Ok(branch
        .map(|id| (FieldPath::known(customer_field::BRANCH), Value::from(id)))
        .into_iter()
        .collect())
}

fn reason(refusal: &Refusal) -> Message {
    match refusal.code {
        RefusalCode::MissingField => Message::new("reason.missing_value"),
        RefusalCode::InvalidValue => Message::new("reason.invalid_value"),
        _ => Message::new("reason.not_allowed"),
    }
}
